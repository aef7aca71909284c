"""What clock, hum and cadence together say of the speed."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.analysis.speed import SpeedEvidence, SpeedSource, fuse_speed
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import NS_PER_S, Interval

HOUR_NS = 3600 * NS_PER_S


def says(
    source: SpeedSource, factor: float, start_s: float = 600, end_s: float = 660, slack: float = 0.005
) -> SpeedEvidence:
    within = Interval(round(start_s * NS_PER_S), round(end_s * NS_PER_S))
    return SpeedEvidence(within, factor, factor - slack, factor + slack, source)


HONEST = (
    says(SpeedSource.CLOCK, 1.0, 0, 3600, 0.0005),
    says(SpeedSource.HUM, 1.0, 0, 600, 0.004),
    says(SpeedSource.HUM, 1.0, 660, 3600, 0.004),
)


def test_nothing_said_is_nothing_found() -> None:
    assert fuse_speed((), HOUR_NS) == ()
    assert fuse_speed(HONEST, HOUR_NS) == ()


@pytest.mark.parametrize("source", [SpeedSource.CLOCK, SpeedSource.HUM])
@pytest.mark.parametrize("factor", [0.9, 0.95, 1.05, 1.25])
def test_clock_or_hum_is_enough(source: SpeedSource, factor: float) -> None:
    (finding,) = fuse_speed([says(source, factor)], HOUR_NS)
    assert finding.kind is FindingKind.SPEED
    assert finding.detail["factor"] == factor
    assert finding.detail["agree"] == [source.value]
    assert finding.interval == says(source, factor).within


def test_sources_that_agree_weigh_more() -> None:
    alone = fuse_speed([says(SpeedSource.CLOCK, 1.1)], HOUR_NS)
    together = fuse_speed([says(SpeedSource.CLOCK, 1.1), says(SpeedSource.HUM, 1.098, 604, 652)], HOUR_NS)
    assert [f.kind for f in together] == [FindingKind.SPEED]
    assert together[0].confidence > alone[0].confidence
    assert together[0].detail["agree"] == ["clock", "hum"]


def test_cadence_accuses_only_beside_another_measurement() -> None:
    assert fuse_speed([says(SpeedSource.CADENCE, 1.2), says(SpeedSource.CADENCE, 1.2)], HOUR_NS) == ()
    both = fuse_speed([says(SpeedSource.CADENCE, 1.2), says(SpeedSource.CLOCK, 1.2)], HOUR_NS)
    assert [f.kind for f in both] == [FindingKind.SPEED]
    assert both[0].detail["agree"] == ["cadence", "clock"]


def test_a_clock_that_the_hum_denies_is_a_wrong_clock() -> None:
    found = fuse_speed([says(SpeedSource.CLOCK, 1.1), says(SpeedSource.HUM, 1.0, 0, 3600, 0.004)], HOUR_NS)
    assert [f.kind for f in found] == [FindingKind.CLOCK_DRIFT]
    assert found[0].detail["differ"] == ["hum"]
    assert found[0].detail["reason"] == "hum_denies_other_speed"


def test_a_hum_that_the_clock_denies_stays_doubtful_but_is_told() -> None:
    found = fuse_speed([says(SpeedSource.HUM, 1.1), says(SpeedSource.CLOCK, 1.0, 0, 3600, 0.0005)], HOUR_NS)
    assert [f.detail["differ"] for f in found] == [["clock"]]
    assert found[0].confidence < fuse_speed([says(SpeedSource.HUM, 1.1)], HOUR_NS)[0].confidence


@pytest.mark.parametrize(
    "honest",
    [
        pytest.param(says(SpeedSource.CLOCK, 1.0004, 0, 3600, 0.0001), id="cheap-oscillator"),
        pytest.param(says(SpeedSource.HUM, 1.004, 0, 3600, 0.004), id="mains-within-its-standard"),
        pytest.param(says(SpeedSource.CLOCK, 1.05, 600, 660, 0.06), id="too-vague"),
        pytest.param(says(SpeedSource.CLOCK, 1.1, 600, 608), id="too-short"),
        pytest.param(says(SpeedSource.CADENCE, 0.8), id="twenty-frames-sold-as-twentyfive"),
        pytest.param(says(SpeedSource.CADENCE, 0.9, 0, 3600), id="a-habit-of-the-recorder"),
        pytest.param(says(SpeedSource.CADENCE, 1.16), id="a-stretch-from-a-phone"),
        pytest.param(says(SpeedSource.CADENCE, 0.9), id="nine-frames-brought-to-ten"),
        pytest.param(says(SpeedSource.CLOCK, 1.05, 0, 3600), id="a-clock-that-is-off-throughout"),
    ],
)
def test_honest_measurements_are_silent(honest: SpeedEvidence) -> None:
    assert fuse_speed([honest], HOUR_NS) == ()


def test_a_coded_rhythm_counts_with_another_witness() -> None:
    found = fuse_speed([says(SpeedSource.CADENCE, 0.8), says(SpeedSource.HUM, 0.801)], HOUR_NS)
    assert [f.detail["agree"] for f in found] == [["cadence", "hum"]]


@pytest.mark.parametrize("witness", [SpeedSource.CADENCE, SpeedSource.HUM])
def test_a_clock_that_is_off_throughout_is_no_clock_fault_where_others_say_so_too(witness: SpeedSource) -> None:
    (finding,) = fuse_speed([says(SpeedSource.CLOCK, 0.95, 0, 3600), says(witness, 0.951, 0, 3600)], HOUR_NS)
    assert finding.kind is FindingKind.SPEED
    assert finding.detail["agree"] == sorted(["clock", witness.value])


def test_no_clock_is_off_by_a_quarter() -> None:
    assert [f.kind for f in fuse_speed([says(SpeedSource.CLOCK, 1.25, 0, 3600)], HOUR_NS)] == [FindingKind.SPEED]


def test_pieces_of_one_stretch_are_one_finding_with_the_borders_of_who_knows_them_best() -> None:
    pieces = [says(SpeedSource.HUM, 0.95, 600 + 20 * k, 616 + 20 * k) for k in range(3)]
    clock = says(SpeedSource.CLOCK, 0.951, 598.5, 661.5)
    (finding,) = fuse_speed([*pieces, clock], HOUR_NS)
    assert finding.interval == clock.within
    assert finding.detail["agree"] == ["clock", "hum"]
    steps = replace(says(SpeedSource.CADENCE, 0.951, 598, 661), blur_ns=80_000_000)
    assert [f.interval for f in fuse_speed([*pieces, clock, steps], HOUR_NS)] == [steps.within]


def test_a_rhythm_that_was_seen_in_a_part_tells_no_borders() -> None:
    part = replace(says(SpeedSource.CADENCE, 0.9, 610, 640), blur_ns=80_000_000)
    (finding,) = fuse_speed([says(SpeedSource.CLOCK, 0.9), part], HOUR_NS)
    assert finding.interval == says(SpeedSource.CLOCK, 0.9).within
    assert finding.detail["agree"] == ["cadence", "clock"]


def test_two_speeds_are_two_findings() -> None:
    found = fuse_speed([says(SpeedSource.CLOCK, 1.1, 600, 660), says(SpeedSource.CLOCK, 0.9, 660, 720)], HOUR_NS)
    assert [f.detail["factor"] for f in found] == [1.1, 0.9]


pieces = st.builds(
    lambda source, factor, start, length, slack: says(source, factor, start, start + length, slack),
    st.sampled_from(SpeedSource),
    st.floats(0.5, 2.0),
    st.integers(0, 3000),
    st.integers(1, 600),
    st.floats(0.0001, 0.1),
)


@given(st.lists(pieces, max_size=8))
def test_findings_lie_in_the_recording_and_do_not_depend_on_the_order(evidence: list[SpeedEvidence]) -> None:
    found = fuse_speed(evidence, HOUR_NS)
    assert all(0 <= f.interval.start_ns < f.interval.end_ns <= HOUR_NS for f in found)
    assert all(b.interval.start_ns >= a.interval.start_ns for a, b in pairwise(found))
    assert [f.interval for f in fuse_speed(evidence[::-1], HOUR_NS)] == [f.interval for f in found]
