import numpy as np

from dlcore.sheet import LARGEST_TILE, sheet


def test_tiles_stand_six_in_a_row_as_they_were_read():
    part = np.random.default_rng(0).integers(0, 256, (20, 3, 5, 4), dtype=np.uint8)
    part[0, 0, 0, :2] = (0, 255)
    pixels, geometry = sheet(part, [3, 1, 4, 1, 5, 9, 2])
    assert geometry == {"tiles": 7, "columns": 6, "tile_height": 5, "tile_width": 4}
    assert pixels.shape == (10, 24, 3)
    assert np.array_equal(pixels[:5, 4:8], part[1].transpose(1, 2, 0))
    assert np.array_equal(pixels[5:, :4], part[2].transpose(1, 2, 0))


def test_few_levels_are_spread_from_black_to_white():
    part = np.array([0, 8, 16], np.uint8).reshape(3, 1, 1, 1)
    pixels, _ = sheet(part, [0, 1, 2])
    assert pixels.tolist() == [[0, 128, 255]]


def test_large_pictures_are_made_smaller_by_a_whole_factor():
    part = np.zeros((1, 1, 2 * LARGEST_TILE - 1, 2 * LARGEST_TILE))
    part[0, 0, :2, :2] = [[0, 1], [1, 2]]
    pixels, geometry = sheet(part, [0])
    assert (geometry["tile_height"], geometry["tile_width"]) == (LARGEST_TILE - 1, LARGEST_TILE)
    assert pixels[0, 0] == 128
