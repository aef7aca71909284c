"""The first picture of a frozen stretch, by what packets cost."""

import numpy as np
import pytest

from lessonproof.analysis.freeze_start import repeated_since_ns
from lessonproof.analysis.packets import PacketTable
from lessonproof.evidence.intervals import Interval
from tests.analysis.tables import MS, table

FRAMES, GOP = 600, 250
QUIET, FIRST, END = 300, 330, 420
"""Nobody moves from picture 300 on; 330 is repeated up to 419."""
TOLD = Interval(QUIET * 40 * MS, END * 40 * MS)


def packets(*, living: int = 900, quiet: int = 300, refining: int = 4, repeated: int = 50) -> PacketTable:
    rng = np.random.default_rng(4)
    chance = np.exp(rng.normal(0, 0.2, FRAMES))
    sizes = (living * chance).astype(np.int64)
    sizes[QUIET:FIRST] = (quiet * chance[QUIET:FIRST]).astype(np.int64)
    sizes[FIRST + 1 : END] = repeated
    sizes[FIRST : FIRST + refining] = np.geomspace(1500, repeated + 30, refining).astype(np.int64)
    sizes[::GOP] = 20_000
    return table([40 * i for i in range(FRAMES)], gop=GOP, sizes=sizes.tolist())


@pytest.mark.parametrize("refining", [1, 3, 5])
def test_a_quiet_moment_before_a_freeze_is_no_part_of_it(refining: int) -> None:
    assert repeated_since_ns(packets(refining=refining), TOLD) == FIRST * 40 * MS


@pytest.mark.parametrize(
    "whole",
    [
        pytest.param(packets(quiet=60), id="quiet-costs-what-repeating-does"),
        pytest.param(packets(quiet=200, living=4000), id="refined-rather-than-quiet"),
        pytest.param(packets(quiet=900), id="refined-at-full-cost"),
        pytest.param(packets(refining=20), id="refined-for-long"),
    ],
)
def test_where_sizes_do_not_know_the_start_stays(whole: PacketTable) -> None:
    assert repeated_since_ns(whole, TOLD) is None


def test_a_start_that_is_right_stays() -> None:
    assert repeated_since_ns(packets(), Interval(FIRST * 40 * MS, END * 40 * MS)) is None


def test_a_picture_whose_sizes_never_settle_says_nothing() -> None:
    whole = packets()
    whole.size_bytes[FIRST:END:2] = 400
    assert repeated_since_ns(whole, TOLD) is None
