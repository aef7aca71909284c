"""Pictures that bring the whole view back, told by what packets cost."""

import numpy as np

from lessonproof.analysis.fresh_pictures import fresh_pictures
from lessonproof.analysis.packets import PacketTable
from tests.analysis.tables import MS, table

FRAMES, GOP = 1000, 50
FIRST, END = 420, 445
"""A stretch in which nothing is shown, between two random-access pictures."""


def packets(*, dark: bool = True, back: int = 15_000, at: int = END, usual: int = 900) -> PacketTable:
    rng = np.random.default_rng(2)
    sizes = (usual * np.exp(rng.normal(0, 0.15, FRAMES))).astype(np.int64)
    if dark:
        sizes[FIRST:at] = 40
    sizes[::GOP] = 20_000
    sizes[at] = back
    return table([40 * i for i in range(FRAMES)], gop=GOP, sizes=sizes.tolist())


def test_the_view_that_comes_back_after_next_to_nothing_is_seen() -> None:
    assert fresh_pictures(packets(), after_quiet=True).tolist() == [END * 40 * MS]


def test_a_passer_by_costs_as_much_but_nothing_was_quiet_before() -> None:
    assert fresh_pictures(packets(dark=False), after_quiet=True).size == 0
    assert fresh_pictures(packets(dark=False), after_quiet=False).tolist() == [END * 40 * MS]


def test_a_movement_after_a_quiet_moment_is_no_whole_view() -> None:
    assert fresh_pictures(packets(back=4000), after_quiet=False).size == 0


def test_bidirectional_pictures_in_front_of_it_may_already_look_ahead() -> None:
    whole = packets()
    whole.size_bytes[END - 2 : END] = 3000
    assert fresh_pictures(whole, after_quiet=True).tolist() == [END * 40 * MS]


def test_a_random_access_picture_that_was_set_for_it_counts_and_the_regular_ones_do_not() -> None:
    at = 435
    whole = packets(back=20_000, at=at)
    whole.is_key[at + 1 :] = False  # an encoder counts on from there
    whole.is_key[at::GOP] = True
    whole.size_bytes[450:1000:GOP], whole.size_bytes[at::GOP] = 900, 20_000
    assert fresh_pictures(whole, after_quiet=True).tolist() == [at * 40 * MS]


def test_the_largest_come_first_and_only_some() -> None:
    whole = packets(dark=False)
    rows = np.arange(25, 1000, 50)
    whole.size_bytes[rows] = 10_000 + rows
    found = fresh_pictures(whole, after_quiet=False)
    assert found[0] == END * 40 * MS
    assert found[1] == 975 * 40 * MS
    assert found.size == 4


def test_without_predicted_pictures_there_is_nothing_to_compare() -> None:
    assert fresh_pictures(table([40 * i for i in range(100)], gop=1), after_quiet=False).size == 0
