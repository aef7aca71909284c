import numpy as np

from lessonproof.analysis.activity import activity_curve, echo_near, echoes
from lessonproof.analysis.packets import PacketTable

FRAME_NS = 40_000_000


def table_of(sizes: np.ndarray, gop: int = 50) -> PacketTable:
    count = sizes.size
    is_key = np.arange(count) % gop == 0
    size_bytes = np.where(is_key, 9000, sizes).astype(np.int64)
    times = np.arange(count, dtype=np.int64) * FRAME_NS
    return PacketTable(times, size_bytes, np.cumsum(size_bytes), is_key, np.zeros(count, np.bool_), FRAME_NS)


def lesson_sizes(count: int = 4000) -> np.ndarray:
    rng = np.random.default_rng(2)
    return np.asarray(1000 * np.exp(0.3 * rng.normal(size=count)) * (1 + 0.5 * (np.arange(count) % 50 < 5)))


def test_a_stretch_coded_again_echoes_although_its_rhythm_is_another() -> None:
    sizes = lesson_sizes()
    sizes[2613:2813] = sizes[907:1107] * np.exp(0.1 * np.random.default_rng(4).normal(size=200))
    curve = activity_curve(table_of(sizes))
    assert curve is not None
    best = echoes(curve, frames=100, hop=25)[0]
    assert abs((best.copy_row - best.source_row) - (2613 - 907)) <= 1
    assert best.agreement > 0.6


def test_honest_sizes_do_not_echo() -> None:
    curve = activity_curve(table_of(lesson_sizes()))
    assert curve is not None
    assert echoes(curve, frames=100, hop=25)[0].agreement < 0.55


def test_the_lag_is_found_within_its_reach() -> None:
    sizes = lesson_sizes()
    sizes[2613:2813] = sizes[907:1107]
    curve = activity_curve(table_of(sizes))
    assert curve is not None
    near = echo_near(curve, 2650 * FRAME_NS, 930 * FRAME_NS, frames=100, reach=40)
    assert near is not None
    assert near.copy_row - near.source_row == 2613 - 907


def test_a_short_recording_has_no_curve() -> None:
    assert activity_curve(table_of(lesson_sizes(200))) is None


def test_no_more_places_are_asked_for_than_the_cost_allows() -> None:
    curve = activity_curve(table_of(lesson_sizes(9000)))
    assert curve is not None
    assert len(echoes(curve, frames=100, hop=1)) <= 3600
