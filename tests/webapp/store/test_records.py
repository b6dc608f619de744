import numpy as np
import pytest

from tests.making import same_bits
from tests.webapp.store.older import pack_older
from webapp.store.encoding import CurveData, joined, pack
from webapp.store.records import NARROW, WIDE, pack_records, unpack_all

TIMES = 1.7e9 + np.arange(5) / 8


def curve(values, steps=(1, 2, 5, 9, 10), times=TIMES) -> CurveData:
    return CurveData(np.array(steps, np.int64), np.array(values, np.float64), np.array(times, np.float64))


FLOATS = curve([0.5, np.nan, -np.inf, -0.0, 2.0])
DOUBLES = curve([0.1, np.nan, np.inf, -0.0, 1e-300])


def same(left: CurveData, right: CurveData) -> bool:
    return all(same_bits(getattr(left, name), getattr(right, name)) for name in ("steps", "values", "times"))


@pytest.mark.parametrize(("data", "form", "size"), [(FLOATS, NARROW, 12), (DOUBLES, WIDE, 16)])
def test_a_record_is_of_a_fixed_width_and_loses_no_bit(data, form, size):
    block = pack_records(data)
    assert block[0] == form
    assert len(pack_records(data.where(slice(1, 5)))) == len(block) - size
    assert same(unpack_all([block]), data)


@pytest.mark.parametrize(
    "data",
    [
        curve(range(5), steps=(0, 1, 2, 3, 2**40)),
        curve(range(5), times=TIMES - np.array([0, 0, 9, 0, 0])),
        curve(range(5), times=TIMES * np.array([1, 1, 1, 1, 2])),
    ],
    ids=["steps far apart", "a clock that was set back", "times far apart"],
)
def test_what_no_record_holds_is_packed_as_points_are(data):
    assert pack_records(data)[0] not in (NARROW, WIDE)
    assert same(unpack_all([pack_records(data)]), data)


def test_blocks_of_all_forms_are_read_in_their_order():
    later = [CurveData(DOUBLES.steps + 100 * k, DOUBLES.values, DOUBLES.times + k) for k in range(6)]
    blocks = [pack_records(later[0]), pack_records(later[1]), pack_older(later[2]), pack(later[3])]
    blocks += [pack_records(FLOATS), pack_records(later[5])]
    assert same(unpack_all(blocks), joined([*later[:4], FLOATS, later[5]]))
    assert len(unpack_all([])) == 0
