"""What each augmentation does to a batch: its statistics, its limits, and that examples have draws of their own."""

import math

import pytest
import torch

from dlcore.augment import Augmentation
from dlcore.augment.colour_jitter import ColourJitter
from dlcore.augment.crop import Crop
from dlcore.augment.cutout import Cutout
from dlcore.augment.flip import Flip
from dlcore.augment.noise import Noise
from dlcore.augment.scale_and_crop import ScaleAndCrop
from dlcore.augment.stretch import Stretch
from dlcore.augment.windows import show_windows
from dlcore.data.digits import Digits
from dlcore.data.moons import Moons
from dlcore.errors import SpecError
from dlcore.part import discover
from dlcore.preprocess.pca import PCA

EVERY = [part() for part in discover("dlcore.augment", Augmentation)]
PICTURES = torch.randn(64, 3, 12, 10, generator=torch.Generator().manual_seed(1))


def ramps(n: int, height: int, width: int) -> torch.Tensor:
    """Channel 0 is a pixel's row, channel 1 its column: a resampled picture tells from where it was taken."""
    rows = torch.arange(height, dtype=torch.float64)[:, None].expand(height, width)
    columns = torch.arange(width, dtype=torch.float64)[None, :].expand(height, width)
    return torch.stack([rows, columns]).expand(n, 2, height, width).clone()


@pytest.mark.parametrize("change", EVERY, ids=lambda change: change.kind)
def test_shape_and_type_are_kept_and_the_batch_itself_is_not_changed(change: Augmentation) -> None:
    for pictures in (PICTURES, PICTURES[:, :1], PICTURES[:1], PICTURES.double()):
        before = pictures.clone()
        done = change.apply(pictures)
        assert done.shape == pictures.shape
        assert done.dtype == pictures.dtype
        assert torch.equal(pictures, before)
        assert done.isfinite().all()


@pytest.mark.parametrize("change", EVERY, ids=lambda change: change.kind)
def test_the_state_of_torchs_generator_decides(change: Augmentation) -> None:
    torch.manual_seed(5)
    torch.rand(3)
    state = torch.get_rng_state()
    first, second = change.apply(PICTURES), change.apply(PICTURES)
    torch.set_rng_state(state)
    assert torch.equal(change.apply(PICTURES), first)
    assert torch.equal(change.apply(PICTURES), second)
    assert not torch.equal(first, second)


@pytest.mark.parametrize("change", EVERY, ids=lambda change: change.kind)
def test_examples_have_draws_of_their_own(change: Augmentation) -> None:
    torch.manual_seed(0)
    same = PICTURES[:1].expand(64, -1, -1, -1)
    done = change.apply(same).flatten(1)
    assert len(torch.unique(done, dim=0)) > 1


def test_a_vertical_flip_turns_upside_down() -> None:
    assert torch.equal(Flip(probability=1, direction="vertical").apply(PICTURES), PICTURES.flip(-2))


def test_the_share_of_flipped_pictures_is_the_probability() -> None:
    torch.manual_seed(0)
    marked = torch.zeros(4000, 1, 1, 2)
    marked[..., 0] = 1
    share = Flip(probability=0.3).apply(marked)[..., 1].mean().item()
    assert share == pytest.approx(0.3, abs=4 * math.sqrt(0.3 * 0.7 / 4000))


def test_every_shift_of_a_crop_is_as_frequent_as_any_other() -> None:
    torch.manual_seed(0)
    done = Crop(padding=2).apply(ramps(5000, 9, 9) + 1)
    down = done[:, 0, 4, 4] - 5
    assert set(down.tolist()) == {-2, -1, 0, 1, 2}
    assert torch.bincount((down + 2).long()).div(5000).sub(0.2).abs().max() < 0.03


def test_the_whole_window_is_the_picture_itself() -> None:
    ones, zeros = torch.ones(64), torch.zeros(64)
    torch.testing.assert_close(show_windows(PICTURES, (ones, ones), (zeros, zeros)), PICTURES, atol=1e-5, rtol=0)


def test_a_window_of_half_the_size_shows_the_middle_enlarged() -> None:
    half, zero = torch.full((1,), 0.5, dtype=torch.float64), torch.zeros(1, dtype=torch.float64)
    done = show_windows(ramps(1, 8, 8), (half, half), (zero, zero))
    wanted = 1.75 + 0.5 * torch.arange(8, dtype=torch.float64)  # pixel k shows (k + 1/2) / 2 + 2 − 1/2
    torch.testing.assert_close(done[0, 0, :, 0], wanted)
    torch.testing.assert_close(done[0, 1, 0, :], wanted)


def sides(done: torch.Tensor, height: int, width: int) -> tuple[torch.Tensor, torch.Tensor]:
    """(heights, widths) of the windows that ramps show, as shares, from the slope in their middle."""
    rows, columns = done[:, 0, :, width // 2], done[:, 1, height // 2, :]
    return rows[:, height // 2] - rows[:, height // 2 - 1], columns[:, width // 2] - columns[:, width // 2 - 1]


def test_scale_and_crop_takes_areas_and_shapes_within_its_limits() -> None:
    torch.manual_seed(0)
    done = ScaleAndCrop(smallest=0.25, ratio=1.5).apply(ramps(4000, 40, 60))
    height, width = sides(done, 40, 60)
    area = height * width
    assert area.min() > 0.25 * 0.99
    assert area.max() <= 1 + 1e-9
    assert max(height.max().item(), width.max().item()) <= 1 + 1e-9
    ratio = width / height
    assert 1 / 1.5 - 1e-6 <= ratio.min() < 0.7
    assert 1.45 < ratio.max() <= 1.5 + 1e-6
    small = area[area < 0.6]  # no side is cut short there: uniform areas
    assert small.mean().item() == pytest.approx(0.425, abs=0.01)


def test_scale_and_crop_never_shows_what_is_beyond_the_picture() -> None:
    torch.manual_seed(0)
    done = ScaleAndCrop(smallest=0.1).apply(ramps(500, 16, 16))
    assert done.min() >= 0
    assert done.max() <= 15
    middle = done[:, 0].mean((1, 2))
    assert middle.mean().item() == pytest.approx(7.5, abs=0.3)
    assert middle.std() > 1


def test_a_stretch_is_symmetric_on_a_log_scale_and_keeps_the_middle() -> None:
    torch.manual_seed(0)
    done = Stretch(most=2).apply(ramps(4000, 41, 41))
    height, width = sides(done, 41, 41)
    for side in (height, width):
        assert 0.5 - 1e-6 <= side.min() < 0.51
        assert 1.96 < side.max() <= 2 + 1e-6
        assert side.log().mean().abs() < 4 * (2 * math.log(2) / math.sqrt(12)) / math.sqrt(4000)
    assert torch.corrcoef(torch.stack([height.log(), width.log()]))[0, 1].abs() < 0.06
    torch.testing.assert_close(done[:, 0, 20, 20], torch.full((4000,), 20.0, dtype=torch.float64))


def test_contrast_and_saturation_keep_a_pictures_mean() -> None:
    torch.manual_seed(0)
    done = ColourJitter(brightness=0, contrast=0.5, saturation=0.5).apply(PICTURES.double())
    torch.testing.assert_close(done.mean((1, 2, 3)), PICTURES.double().mean((1, 2, 3)))
    assert not torch.allclose(done, PICTURES.double())


def test_contrast_scales_the_deviation_by_up_to_its_share() -> None:
    torch.manual_seed(0)
    pictures = PICTURES[:1, :1].double().expand(4000, -1, -1, -1)
    factor = ColourJitter(brightness=0, contrast=0.4).apply(pictures).std((1, 2, 3)) / pictures[0].std()
    assert 0.6 <= factor.min() < 0.61
    assert 1.39 < factor.max() <= 1.4
    assert factor.mean().item() == pytest.approx(1, abs=0.02)


def test_no_saturation_at_all_would_be_grey() -> None:
    torch.manual_seed(0)
    done = ColourJitter(brightness=0, contrast=0, saturation=1).apply(PICTURES[:1].double().expand(2000, -1, -1, -1))
    spread = (done - done.mean(1, keepdim=True)).abs().amax((1, 2, 3)) / (
        PICTURES[:1].double() - PICTURES[:1].double().mean(1, keepdim=True)
    ).abs().max()
    assert spread.min() < 0.01
    assert 1.99 < spread.max() <= 2 + 1e-9


def test_brightness_shifts_all_pixels_of_a_picture_alike() -> None:
    torch.manual_seed(0)
    pictures = PICTURES.double()
    shift = ColourJitter(brightness=0.5, contrast=0, saturation=0).apply(pictures) - pictures
    torch.testing.assert_close(shift, shift[:, :1, :1, :1].expand_as(shift))
    assert 0.3 < shift.abs().max() <= 0.5
    assert shift[:, 0, 0, 0].mean().abs() < 0.15


def test_grey_pictures_have_no_saturation() -> None:
    pictures = PICTURES[:, :1].double()
    torch.testing.assert_close(ColourJitter(brightness=0, contrast=0, saturation=1).apply(pictures), pictures)


def test_noise_has_its_deviation_and_no_mean() -> None:
    torch.manual_seed(0)
    added = Noise(deviation=0.3).apply(torch.zeros(100, 3, 20, 20, dtype=torch.float64))
    assert added.std().item() == pytest.approx(0.3, rel=0.01)
    assert added.mean().abs() < 4 * 0.3 / math.sqrt(added.numel())
    assert Noise().apply(torch.zeros(5, 7)).shape == (5, 7)


@pytest.mark.parametrize("size", [3, 4, 7])
def test_cutout_removes_a_square_that_is_cut_at_the_border(size: int) -> None:
    torch.manual_seed(0)
    holes = Cutout(size=size).apply(torch.ones(3000, 2, 12, 16)) == 0
    assert torch.equal(holes[:, 0], holes[:, 1])
    heights, widths = holes[:, 0].any(2).sum(1), holes[:, 0].any(1).sum(1)
    assert torch.equal(heights * widths, holes[:, 0].sum((1, 2)))  # a rectangle
    assert heights.max() == widths.max() == size

    def expected(length: int) -> float:
        """Mean of what a window around every pixel has inside."""
        starts = [middle - size // 2 for middle in range(length)]
        return sum(min(start + size, length) - max(start, 0) for start in starts) / length

    assert heights.double().mean().item() == pytest.approx(expected(12), rel=0.02)
    assert widths.double().mean().item() == pytest.approx(expected(16), rel=0.02)


def test_every_pixel_may_be_cut_out() -> None:
    torch.manual_seed(0)
    cut = (Cutout(size=3).apply(torch.ones(4000, 1, 6, 6)) == 0).double().mean(0)[0]
    assert cut.min() > 0.05
    assert cut[2:4, 2:4].mean().item() == pytest.approx(9 / 36, abs=0.02)


def test_pictures_that_preprocessing_made_rows_of_cannot_be_flipped_but_may_get_noise() -> None:
    with pytest.raises(SpecError, match="rows of numbers") as raised:
        _ = Digits(preprocess=(PCA(components=9),), augment=(Noise(), Flip())).network_shape
    assert raised.value.path == "data.augment"
    assert Moons(augment=(Noise(),)).network_shape == (2,)
