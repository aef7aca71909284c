from hypothesis import given
from hypothesis import strategies as st

from benchmarks.scoring import SAME_EVENT, Edit, score
from lessonproof.evidence.findings import FindingKind

KINDS = st.sampled_from(sorted(SAME_EVENT))
SPANS = st.tuples(st.floats(0, 1000), st.floats(0, 30)).map(lambda t: (t[0], t[0] + t[1]))
EDITS = st.builds(lambda kind, span: Edit(kind, *span), KINDS, SPANS)


@given(st.lists(EDITS, max_size=8), st.lists(EDITS, max_size=12))
def test_every_edit_and_every_finding_is_counted_once(edits: list[Edit], findings: list[Edit]) -> None:
    result = score(edits, findings)
    assert len(result.found) + len(result.missed) == len(edits)
    told = [f for _, f in result.found] + [*result.explained, *result.false_alarms]
    assert sorted(told, key=repr) == sorted(findings, key=repr)


@given(st.lists(EDITS, max_size=8))
def test_the_truth_itself_scores_full_marks(edits: list[Edit]) -> None:
    result = score(edits, edits)
    assert not result.missed
    assert not result.false_alarms


@given(st.lists(EDITS, max_size=6), st.lists(EDITS, max_size=6))
def test_facts_of_the_file_count_as_nothing(edits: list[Edit], findings: list[Edit]) -> None:
    told = [f for f in findings if f.kind != "reencoded"]
    extra = [*told, Edit("reencoded", 0, 1000)]
    facts = frozenset({"reencoded"})
    assert score(edits, extra, facts=facts) == score(edits, told, facts=facts)


def test_a_border_half_a_second_off_still_counts_and_no_further() -> None:
    edit = Edit("freeze", 10, 20)
    assert score([edit], [Edit("freeze", 10.5, 19.5)]).found
    beyond = score([edit], [Edit("freeze", 10.51, 20)])
    assert beyond.missed == (edit,)
    assert not beyond.false_alarms
    assert beyond.noticed(edit)


def test_the_nearest_of_two_tells_and_the_double_is_a_false_alarm() -> None:
    near, far = Edit("cut", 30.0, 30.04), Edit("cut", 30.4, 30.44)
    result = score([Edit("cut", 30.0, 30.04)], [far, near])
    assert result.found[0][1] == near
    assert result.false_alarms == (far,)


def test_an_insert_may_be_told_with_its_two_borders_but_not_three() -> None:
    splice = Edit("splice", 50, 60)
    cuts = [Edit("cut", at, at + 0.04) for at in (49.96, 55.0, 59.96)]
    result = score([splice], [splice, *cuts])
    assert result.found
    assert len(result.explained) == 2
    assert len(result.false_alarms) == 1


def test_a_cut_far_from_the_edit_is_a_false_alarm() -> None:
    result = score([Edit("splice", 50, 60)], [Edit("cut", 70, 70.04)])
    assert len(result.false_alarms) == 1


def test_borders_of_the_whole_file_do_not_count() -> None:
    assert score([Edit("speed", 0, 100, whole=True)], [Edit("speed", 3, 90)]).found


def test_the_table_speaks_of_known_kinds_and_each_names_itself() -> None:
    known = {kind.value for kind in FindingKind}
    for kind, others in SAME_EVENT.items():
        assert kind in others
        assert others <= known
