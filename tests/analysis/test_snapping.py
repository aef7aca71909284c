import pytest

from lessonproof.analysis.snapping import snap_to_borders, snap_views
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval

BORDERS_NS = (40 * NS_PER_S, 71_760_000_000, 84_640_000_000, 90 * NS_PER_S)


def coarse(kind: FindingKind = FindingKind.REVERSED, start_s: float = 1.0, end_s: float = 1.0) -> Finding:
    within = Interval(71 * NS_PER_S, 85 * NS_PER_S)
    detail = {"start_uncertain_s": start_s, "end_uncertain_s": end_s}
    return Finding(kind, within, 0.9, Severity.CRITICAL, "clock", detail)


def test_borders_move_onto_the_only_cut_that_may_be_meant() -> None:
    (found,) = snap_to_borders([coarse()], BORDERS_NS)
    assert found.interval == Interval(BORDERS_NS[1], BORDERS_NS[2])
    assert found.detail["start_uncertain_s"] == found.detail["end_uncertain_s"] == 0.0
    assert found.detail["borders_from"] == "cuts"


def test_each_border_moves_by_itself() -> None:
    (found,) = snap_to_borders([coarse(end_s=0.1)], BORDERS_NS)
    assert found.interval == Interval(BORDERS_NS[1], 85 * NS_PER_S)
    assert (found.detail["start_uncertain_s"], found.detail["end_uncertain_s"]) == (0.0, 0.1)


@pytest.mark.parametrize(
    "finding",
    [
        coarse(start_s=0.0, end_s=0.0),
        coarse(start_s=0.2, end_s=0.2),
        coarse(FindingKind.CLOCK_FROZEN),
        Finding(FindingKind.REVERSED, Interval(0, NS_PER_S), 0.9, Severity.CRITICAL, "full_decode", {}),
    ],
)
def test_what_is_known_or_far_from_cuts_or_no_cut_stays(finding: Finding) -> None:
    assert snap_to_borders([finding], BORDERS_NS) == [finding]


def test_of_two_cuts_nobody_knows_which() -> None:
    borders_ns = (70_500_000_000, 71_400_000_000)
    assert snap_to_borders([coarse()], borders_ns) == [coarse()]


def test_a_stretch_never_turns_inside_out() -> None:
    wide = coarse(start_s=20.0, end_s=20.0)
    (found,) = snap_to_borders([wide], [80 * NS_PER_S])
    assert found == wide


def test_a_change_of_view_takes_the_only_step_of_the_picture_between_the_two_views() -> None:
    between = Interval(50 * NS_PER_S, 60 * NS_PER_S)
    moved = Finding(FindingKind.SCENE_CHANGE, between, 0.9, Severity.WARNING, "keyframes", {"scale": 1.0})
    step = Interval(53 * NS_PER_S, 53 * NS_PER_S + 40_000_000)
    elsewhere = Interval(70 * NS_PER_S, 70 * NS_PER_S + 40_000_000)
    (found,) = snap_views([moved], [step], [elsewhere])
    assert (found.kind, found.interval) == (FindingKind.SCENE_CHANGE, step)
    assert found.detail["between_keyframes_end_s"] == 60.0
    assert snap_views([moved], [elsewhere], []) == [moved]
    assert snap_views([moved], [step], [Interval(55 * NS_PER_S, 56 * NS_PER_S)]) == [moved]
    assert snap_views([coarse()], [step], []) == [coarse()]
    (jolted,) = snap_views([moved], [elsewhere], [step])
    assert (jolted.kind, jolted.interval) == (FindingKind.CAMERA_MOVED, step)
