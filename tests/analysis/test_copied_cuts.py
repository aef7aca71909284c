"""Cuts that lie exactly on random-access pictures: copied packets, unless an encoder may have put one there."""

import numpy as np
import pytest

from lessonproof.analysis.copied_cuts import copied_cuts
from lessonproof.analysis.joint_search import Joint
from lessonproof.analysis.joints import TELL_CHANCE
from lessonproof.analysis.packets import PacketTable
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import Interval
from tests.analysis.tables import MS, table

GOP = 50
AT_NS = 20_000 * MS
"""The random-access picture at which the picture jumps: picture 500 of 1000."""


def pictures(gop: int = GOP) -> PacketTable:
    return table(list(range(0, 40_000, 40)), gop=gop)


def cut(at_ns: int = AT_NS, *, sure: float = 0.98, measured_from: str = "full_decode", step_ms: int = 40) -> Finding:
    where = Interval(at_ns - step_ms * MS, at_ns)
    return Finding(FindingKind.CUT, where, sure, Severity.CRITICAL, measured_from)


def test_a_cut_exactly_on_a_keyframe_was_made_by_copying() -> None:
    (found,) = copied_cuts([cut()], pictures(), [], is_signed=False)
    assert found.kind is FindingKind.CONCATENATED
    assert found.interval == Interval(AT_NS, AT_NS)
    assert found.detail["picture_jumps_at_keyframe"] is True
    assert found.detail["usual_pictures_between_keyframes"] == GOP
    assert TELL_CHANCE <= found.confidence < 0.98


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(cut(AT_NS + 40 * MS), id="one-picture-later"),
        pytest.param(cut(measured_from="clock_and_sound"), id="place-not-seen"),
        pytest.param(cut(step_ms=1000), id="across-a-hole"),
        pytest.param(cut(sure=0.55), id="unsure"),
        pytest.param(
            Finding(FindingKind.SCENE_CHANGE, cut().interval, 0.98, Severity.WARNING, "full_decode"), id="other"
        ),
    ],
)
def test_other_findings_say_nothing_of_copying(told: Finding) -> None:
    assert copied_cuts([told], pictures(), [], is_signed=False) == ()


def test_a_software_encoder_may_have_coded_the_file_after_the_cut() -> None:
    assert copied_cuts([cut()], pictures(), [], is_signed=True) == ()


def test_a_keyframe_that_was_set_because_the_picture_jumped_is_off_the_rhythm() -> None:
    packets = pictures()
    packets.is_key[450] = False
    packets.is_key[470] = True
    assert copied_cuts([cut()], packets, [], is_signed=False) == ()


def test_without_a_rhythm_nothing_is_told() -> None:
    packets = pictures()
    packets.is_key[:] = False
    packets.is_key[np.cumsum([0, *range(20, 43), 0])] = True
    packets.is_key[500] = True
    assert copied_cuts([cut()], packets, [], is_signed=False) == ()
    assert copied_cuts([cut()], pictures(gop=250), [], is_signed=False) == ()


def test_where_every_picture_is_a_keyframe_a_cut_meets_one_always() -> None:
    assert copied_cuts([cut()], pictures(gop=1), [], is_signed=False) == ()


def test_rarer_keyframes_make_it_surer() -> None:
    sure = [copied_cuts([cut()], pictures(gop), [], is_signed=False)[0].confidence for gop in (10, 25, 100)]
    assert sure == sorted(set(sure))


def test_a_weak_mark_in_the_packets_adds_to_it_and_a_strong_one_is_told_by_itself() -> None:
    weak = Joint(AT_NS, AT_NS - 40 * MS, False, 0.3, {"early_keyframe_pictures": 12})
    (alone,) = copied_cuts([cut()], pictures(), [], is_signed=False)
    (both,) = copied_cuts([cut()], pictures(), [weak], is_signed=False)
    assert both.confidence > alone.confidence
    assert both.detail["early_keyframe_pictures"] == 12
    strong = Joint(AT_NS, AT_NS - 40 * MS, False, 0.8)
    assert copied_cuts([cut()], pictures(), [strong], is_signed=False) == ()
