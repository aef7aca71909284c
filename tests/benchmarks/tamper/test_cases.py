from dataclasses import replace

import pytest

from benchmarks.lessons.spec import Edit, EditKind, LessonSpec
from benchmarks.scoring import SAME_EVENT
from benchmarks.tamper.cases import EARLIEST, LINES, cases
from benchmarks.tamper.clips import CLIPS, HONEST_CLIPS, clip_cases
from benchmarks.tamper.masters import SPLITS, honest_hours, masters
from benchmarks.tamper.spec import Case, Motion, Piece, Recorder, Reedit, digest_of

ALL = {split: (*cases(split), *clip_cases(split)) for split in SPLITS}


def test_the_list_never_changes_by_itself_and_names_each_case_once() -> None:
    for split in SPLITS:
        assert cases(split) == cases(split)
        ids = [case.id for case in ALL[split]]
        assert len(set(ids)) == len(ids)
        names = [m.name for m in (*masters(split), *honest_hours(split))]
        assert len(set(names)) == len(names)


def test_every_kind_of_edit_is_there_in_both_splits() -> None:
    for split in SPLITS:
        assert {case.kind for case in ALL[split]} == {*SAME_EVENT, "honest"}


def test_the_splits_share_no_room_no_device_and_no_real_camera() -> None:
    dev, test = ([*masters(split), *honest_hours(split)] for split in SPLITS)
    assert max(m.spec.seed for m in dev) < 1000
    assert min(m.spec.seed for m in test) >= 9000
    assert not {m.spec.room_seed or m.spec.seed for m in dev} & {m.spec.room_seed or m.spec.seed for m in test}
    assert not {m.device for m in dev} & {m.device for m in test}
    clips = [{c.file for c in CLIPS[split]} | set(HONEST_CLIPS[split]) for split in SPLITS]
    assert not clips[0] & clips[1]


def test_the_test_split_has_enough_for_what_is_promised() -> None:
    counts: dict[str, int] = {}
    for case in ALL["test"]:
        counts[case.kind] = counts.get(case.kind, 0) + 1
    assert all(counts[kind] >= 16 for kind in ("cut", "splice", "loop", "speed"))
    assert all(count >= 6 for count in counts.values())
    assert sum(m.spec.duration_s for m in honest_hours("test")) >= 10 * 3600
    codecs = {c.operation.encoding.codec for c in ALL["test"] if isinstance(c.operation, Reedit)}
    assert codecs == {"h264", "h265"}


@pytest.mark.parametrize("split", SPLITS)
def test_cases_name_masters_that_are_there_and_lie_inside_them(split: str) -> None:
    lengths = {m.name: m.spec.duration_s for m in masters(split)}
    for case in cases(split):
        assert {case.source, *case.others, *case.accepted} <= set(lengths)
        assert case.source not in case.accepted
        if isinstance(case.operation, Reedit):
            check_pieces(case, case.operation, [lengths[name] for name in (case.source, *case.others)])


def check_pieces(case: Case, operation: Reedit, lengths: list[float]) -> None:
    for piece in operation.pieces:
        if piece.end_s < 1e5 and piece.motion is not Motion.STILL:
            assert piece.end_s <= lengths[piece.source], case.id
    if case.kind in {"cut", "splice", "loop", "freeze", "reversed"}:
        assert operation.pieces[0].end_s >= EARLIEST * lengths[0] - 1, case.id


def test_a_loop_repeats_what_was_shown_before() -> None:
    for case in cases("test"):
        if case.kind == "loop" and isinstance(case.operation, Reedit):
            before, again, _ = case.operation.pieces
            assert 0 <= again.start_s < again.end_s <= before.end_s + 0.01, case.id
            assert again.end_s - again.start_s >= 5 - 0.02


def test_recorders_that_were_accepted_are_at_least_three() -> None:
    for case in cases("test"):
        if case.kind == "container_mismatch":
            assert len(case.accepted) >= 3


def test_lines_are_of_known_kinds() -> None:
    assert {line.kind for line in LINES.values()} - {"honest"} <= set(SAME_EVENT)


def test_a_digest_tells_files_apart_and_ignores_fields_at_their_default() -> None:
    spec = LessonSpec(seed=1)
    assert digest_of(spec) == digest_of(replace(spec))
    assert digest_of(spec) != digest_of(replace(spec, people=13))
    assert digest_of(Piece(0, 1), Recorder.NVR) != digest_of(Piece(0, 1), Recorder.PHONE)
    assert digest_of((Piece(0, 1),)) != digest_of((Piece(0, 1), Piece(0, 1)))


def test_a_master_is_honest() -> None:
    master = masters("dev")[0]
    with pytest.raises(ValueError, match="honest"):
        replace(master, spec=replace(master.spec, edits=(Edit(EditKind.CUT, 30, 5),)))
    with pytest.raises(ValueError, match="start_s < end_s"):
        Piece(5, 5)
