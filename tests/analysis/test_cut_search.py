"""The search for cuts over a whole synthetic recording: packets point, windows decide, silence has a reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pytest

from lessonproof.analysis.candidates import BUDGET_MIN_NS, Candidate, Reason
from lessonproof.analysis.cut_search import (
    FEW_BLOCKS,
    CutSearch,
    Incomplete,
    _as_judged,
    confidence_of,
    find_cuts_in,
)
from lessonproof.analysis.cuts import Step
from lessonproof.analysis.frames import FrameWindow, WindowBuilder
from lessonproof.analysis.hints import Hint, HintSource
from lessonproof.analysis.keyframes import KeyframeFacts, KeyframeMeasurer
from lessonproof.analysis.packets import PacketTable
from lessonproof.analysis.thumbnails import NO_THUMBNAILS, Thumbnails, thumbnail
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import Interval
from tests.analysis.scenes import FRAME_NS, PEOPLE, Picture, room, swaying
from tests.analysis.tables import table

SECONDS: Final = 80
FRAMES: Final = SECONDS * 25
GOP: Final = 50
PICTURE_PX: Final = 1280 * 720
NOISE: Final = np.random.default_rng(1).normal(0.0, 1.5, (17, 192, 320)).astype(np.float32)


@dataclass
class SceneSource:
    """A frame source that draws a scene instead of decoding it."""

    picture_at: Callable[[int], Picture]
    asked: list[Interval] = field(default_factory=list)

    def window(self, stretch: Interval) -> FrameWindow | None:
        self.asked.append(stretch)
        builder = WindowBuilder()
        for number in range(-(-stretch.start_ns // FRAME_NS), -(-stretch.end_ns // FRAME_NS)):
            builder.add(number * FRAME_NS, luma_of(self.picture_at, number), is_key=number % GOP == 0)
        return builder.build()

    def cost_ns(self, stretch: Interval) -> int:
        if any(known.start_ns <= stretch.start_ns and stretch.end_ns <= known.end_ns for known in self.asked):
            return 0
        gop_ns = GOP * FRAME_NS
        return stretch.end_ns - stretch.start_ns // gop_ns * gop_ns


class DamagedSource(SceneSource):
    """Nothing of it can be decoded."""

    def window(self, stretch: Interval) -> FrameWindow | None:
        self.asked.append(stretch)
        return None


def luma_of(picture_at: Callable[[int], Picture], number: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    noisy = picture_at(number) + NOISE[number % len(NOISE)]
    return np.asarray(np.clip(np.round(noisy), 0, 255), np.uint8)


def keyframes_of(picture_at: Callable[[int], Picture]) -> tuple[list[KeyframeFacts], Thumbnails]:
    measurer = KeyframeMeasurer()
    numbers = range(0, FRAMES, GOP)
    lumas = [luma_of(picture_at, number) for number in numbers]
    facts = [measurer.see(number * FRAME_NS, luma)[0] for number, luma in zip(numbers, lumas, strict=True)]
    thumbs = Thumbnails(np.array(numbers, np.int64) * FRAME_NS, np.stack([thumbnail(luma) for luma in lumas]))
    return facts, thumbs


def packets_with(spikes: Sequence[int], usual_bytes: int = 1000) -> PacketTable:
    sizes = [9 * usual_bytes if number % GOP == 0 else usual_bytes for number in range(FRAMES)]
    for number in spikes:
        sizes[number] = 4 * usual_bytes
    return table([40 * number for number in range(FRAMES)], gop=GOP, sizes=sizes)


def search(
    picture_at: Callable[[int], Picture],
    *,
    spikes: Sequence[int] = (),
    hints: Sequence[Hint] = (),
    usual_bytes: int = 1000,
    with_keyframes: bool = False,
    source: SceneSource | None = None,
) -> CutSearch:
    facts, thumbs = keyframes_of(picture_at) if with_keyframes else ([], NO_THUMBNAILS)
    asked = source or SceneSource(picture_at)
    packets = packets_with(spikes, usual_bytes)
    return find_cuts_in(asked, packets, facts, thumbs, hints, picture_px=PICTURE_PX)


def cut_at(at: int, back_at: int = FRAMES) -> Callable[[int], Picture]:
    """Everybody sits elsewhere from a frame on, until another one."""
    places = [(left + (9 if k % 2 else -8), top + 3) for k, (left, top) in enumerate(PEOPLE)]

    def picture_at(number: int) -> Picture:
        if not at <= number < back_at:
            return swaying(number)
        sway = round(1.2 * np.sin(0.5 * number))
        return room([(left + sway, top) for left, top in places])

    return picture_at


def test_an_honest_recording_is_silent_and_complete_and_hardly_decoded() -> None:
    found = search(swaying, with_keyframes=True)
    assert (found.findings, found.borders, found.complete, found.reason) == ((), (), True, None)
    assert found.decoded_ns <= BUDGET_MIN_NS


def test_a_cut_that_costs_bits_is_found_with_both_its_sides_and_its_evidence() -> None:
    at = 1533
    found = search(cut_at(at), spikes=[at])
    (cut,) = found.findings
    assert cut.kind is FindingKind.CUT
    assert cut.interval == Interval((at - 1) * FRAME_NS, at * FRAME_NS)
    assert cut.detail["blocks_in_picture"] == 240
    assert cut.detail["hinted_by"] == []
    assert cut.detail["size_score"] is not None
    (border,) = found.borders
    assert not border.is_weak
    assert (border.time_before_ns, border.time_after_ns) == (cut.interval.start_ns, cut.interval.end_ns)
    assert cut.detail["times_stronger_than_neighbours"] == round(border.strength, 2)


def test_bits_that_no_jump_explains_are_no_finding() -> None:
    found = search(swaying, spikes=[333, 1533, 1822])
    assert found.findings == ()
    assert found.complete
    assert len(found.windows) == 3


@pytest.mark.parametrize("source", list(HintSource))
def test_a_cut_without_a_trace_is_found_where_another_measurement_points(source: HintSource) -> None:
    at = 1533
    hint = Hint(Interval(at * FRAME_NS - 100_000_000, at * FRAME_NS), source, 0.3)
    (cut,) = search(cut_at(at), hints=[hint]).findings
    assert cut.interval.end_ns == at * FRAME_NS
    assert cut.detail["hinted_by"] == [source.value]


def test_what_two_measurements_say_weighs_more() -> None:
    at = 1533
    near = Interval(at * FRAME_NS, at * FRAME_NS)
    (alone,) = search(cut_at(at), spikes=[at]).findings
    (hinted,) = search(cut_at(at), spikes=[at], hints=[Hint(near, HintSource.SOUND, 0.3)]).findings
    assert hinted.confidence > alone.confidence


def test_a_cut_exactly_on_a_random_access_picture_is_found_where_the_border_looks_odd() -> None:
    at = 30 * GOP
    found = search(cut_at(at), with_keyframes=True)
    (cut,) = found.findings
    assert cut.interval.end_ns == at * FRAME_NS
    assert cut.detail["at_random_access_picture"] is True


def test_noise_that_hides_jumps_is_told() -> None:
    found = search(swaying, usual_bytes=PICTURE_PX // 16)
    assert (found.complete, found.reason) == (False, Incomplete.NOISE_HIDES_JUMPS)


def test_more_suspicious_places_than_the_budget_reaches_are_told() -> None:
    spikes = [20 + 29 * k + (7 * k * k + 3 * k) % 23 for k in range(60)]  # at no fixed distance
    found = search(swaying, spikes=spikes)
    assert (found.complete, found.reason) == (False, Incomplete.BUDGET_SPENT)
    assert found.decoded_ns <= BUDGET_MIN_NS


def test_what_cannot_be_decoded_is_told() -> None:
    found = search(swaying, spikes=[1533], source=DamagedSource(swaying))
    assert (found.windows, found.complete, found.reason) == ((), False, Incomplete.UNDECODABLE)


def test_the_same_recording_gives_the_same_answer() -> None:
    first, again = (search(cut_at(1533), spikes=[1533, 700]) for _ in range(2))
    assert first.findings == again.findings
    assert first.windows == again.windows


@pytest.mark.parametrize(("jump_px", "is_weak"), [(3, True), (9, False)])
def test_a_jump_too_weak_to_be_told_is_kept_as_a_weak_border(jump_px: int, is_weak: bool) -> None:
    at = 1533

    def twice(number: int) -> Picture:
        """Everybody jumps, and by a pixel again half a second later."""
        shift = (jump_px if number >= at else 0) + (1 if number >= at + 12 else 0)
        return room([(left + shift, top) for left, top in PEOPLE])

    found = search(twice, spikes=[at])
    border = found.borders[0]
    assert (border.time_after_ns, border.is_weak) == (at * FRAME_NS, is_weak)
    assert len(found.findings) == (0 if is_weak else 1)


@pytest.mark.parametrize("hinted", [0, 1, 3])
def test_confidence_rises_with_strength_breadth_and_hints(hinted: int) -> None:
    steps = [confidence_of(times, 10, hinted) for times in (1.0, 1.5, 3.0, 10.0)]
    assert steps == sorted(steps)
    assert confidence_of(2.0, 4, hinted) <= confidence_of(2.0, 40, hinted)
    assert confidence_of(2.0, 4, hinted) < confidence_of(2.0, 4, hinted + 1)
    assert min(steps) >= 0.5
    assert max(steps) <= 0.99


def one_jumps(at: int) -> Callable[[int], Picture]:
    """One person is elsewhere from a frame on, the others go on swaying."""

    def picture_at(number: int) -> Picture:
        places = [
            (left + round(1.6 * np.sin(0.5 * number + 1.3 * k)), top + round(1.2 * np.cos(0.4 * number + k)))
            for k, (left, top) in enumerate(PEOPLE)
        ]
        if number >= at:
            places[1] = (places[1][0] + 28, places[1][1])
        return room(places)

    return picture_at


def test_one_person_alone_who_starts_is_only_told_where_something_else_points_there() -> None:
    at = 1533
    alone = search(one_jumps(at), spikes=[at])
    assert alone.findings == ()
    assert [border.is_weak for border in alone.borders] == [True]
    pointed = Hint(Interval((at - 1) * FRAME_NS, at * FRAME_NS), HintSource.CLOCK, 0.9)
    told = search(one_jumps(at), spikes=[at], hints=[pointed])
    assert [cut.detail["hinted_by"] for cut in told.findings] == [["clock"]]


def test_a_jump_that_shows_at_the_end_of_what_was_decoded_is_looked_at_again() -> None:
    """The window begins with the group of pictures, too near the jump to know what is usual before it."""
    at = 30 * GOP + 4
    hint = Hint(Interval((at + 20) * FRAME_NS, (at + 20) * FRAME_NS), HintSource.SOUND, 0.3)
    found = search(cut_at(at), hints=[hint])
    assert [border.time_after_ns for border in found.borders] == [at * FRAME_NS]
    assert any(window.start_ns < 30 * GOP * FRAME_NS for window in found.windows)
    assert found.complete


def test_an_honest_recording_is_not_looked_at_again() -> None:
    hint = Hint(Interval((30 * GOP + 24) * FRAME_NS, (30 * GOP + 24) * FRAME_NS), HintSource.SOUND, 0.3)
    found = search(swaying, hints=[hint])
    assert len(found.windows) == 1


def speck(at: int) -> Callable[[int], Picture]:
    """Two hands jump and nothing else in the room."""

    def picture_at(number: int) -> Picture:
        shift = 16 if number >= at else 0
        return room([(60 + shift, 60), (200 + shift, 70)], size_px=(6, 8))

    return picture_at


@pytest.mark.parametrize(("spikes", "is_told"), [([], False), ([1533], True)])
def test_a_jump_in_next_to_no_place_is_only_told_where_something_else_points_there(
    spikes: list[int], is_told: bool
) -> None:
    at = 1533
    # What is decoded for something else holds the jump.
    aside = Hint(Interval((at + 14) * FRAME_NS, (at + 14) * FRAME_NS), HintSource.FILE, 0.3)
    found = search(speck(at), spikes=spikes, hints=[aside])
    (border,) = found.borders
    assert border.blocks < FEW_BLOCKS
    assert border.is_weak is not is_told
    assert len(found.findings) == int(is_told)


@pytest.mark.parametrize(
    ("strength", "usual_blocks", "second", "is_told"),
    [
        (3.0, 18.0, None, False),
        (5.1, 18.0, None, True),
        (3.0, 9.0, None, True),
        (3.0, 18.0, HintSource.SOUND, True),
        (3.0, 18.0, HintSource.CLOCK, False),
        (3.0, 18.0, "packet", True),
    ],
)
def test_a_faint_jump_no_wider_than_what_usually_moves_needs_a_second_witness(
    strength: float, usual_blocks: float, second: HintSource | str | None, is_told: bool
) -> None:
    at = 1533
    border = replace(search(cut_at(at), spikes=[at]).borders[0], blocks=22)
    instant = Interval(border.time_before_ns, border.time_after_ns)
    change = np.zeros((12, 20), np.float32)
    change[2:10:3, ::4] = change[2:10:3, 1::4] = 40.0
    step = Step(border, is_key=False, change=change, near=np.zeros_like(change), persistence=1.0, needed=2.5)
    hints = [Hint(instant, second, 0.9)] if isinstance(second, HintSource) else []
    sizes = [Candidate(instant, 6.0, next(iter(Reason)))] if second == "packet" else []
    assert _as_judged(step, strength, hints, sizes, usual_blocks).is_weak is not is_told
