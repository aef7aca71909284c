"""Every mistake in a rule pack is named by file, line, field and what was expected."""

from collections.abc import Callable
from importlib.resources import files

import pytest

from lessonproof.evidence.errors import DocumentError
from lessonproof.policy.packs import load_pack

GOOD = (files("lessonproof.policy") / "packs" / "nankai.yaml").read_text(encoding="utf-8")


def line_of(text: str, needle: str) -> int:
    return text[: text.index(needle)].count("\n") + 1


def refused(text: str) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        load_pack(text.encode(), "mine.yaml")
    return caught.value


def swap(old: str, new: str) -> Callable[[], str]:
    assert old in GOOD
    return lambda: GOOD.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "near", "field", "expected"),
    [
        pytest.param(
            swap("draft: false", "draft: false\ncolour: red"), "colour", "colour", "an unknown key", id="unknown key"
        ),
        pytest.param(swap("scope: class", "scope: klass"), "scope: klass", "clauses[0].scope", "unit", id="scope"),
        pytest.param(swap("kinds: [D]", "kinds: [Z]"), "kinds: [Z]", "clauses[0].kinds[0]", "V", id="kind"),
        pytest.param(
            swap("id: NK-4.1\n", "id: NK-4.0\n"),
            'quote: "首次开展培训前',
            "clauses[2].id",
            "no other clause",
            id="double ID",
        ),
        pytest.param(swap("id: NK-2\n", "id: XX-2\n"), "id: XX-2", "clauses[0].id", "begins with NK-", id="prefix"),
        pytest.param(
            swap("name: institution_kind_known", "name: no_such_rule"),
            "name: no_such_rule",
            "clauses[0].rule.name",
            "one of attendance_rates",
            id="unknown rule",
        ),
        pytest.param(swap("percent: 50", "percent: 101"), "percent: 101", "percent", "at most 100", id="bad setting"),
        pytest.param(
            swap("documents: [exam_results]", "documents: [exam_result]"),
            "documents: [exam_result]",
            "documents[0]",
            "a word of the documents list",
            id="unknown paper",
        ),
        pytest.param(swap("percent: 50", "share: 50"), "share: 50", "share", "an unknown key", id="unknown setting"),
        pytest.param(
            swap("cut: [NK-6.2.2e]", "cut: [NK-9.9]"), "cut: [NK-9.9]", "findings.cut[0]", "a clause", id="clause"
        ),
        pytest.param(
            swap("  - edit_list\n", ""),
            "findings:\n",
            "findings",
            "edit_list either in findings or in note_only",
            id="kind left out",
        ),
        pytest.param(
            swap("values: {edge_tolerance_s: 120}", "values: {}"),
            "name: recorded_throughout",
            "clauses[15].rule.name",
            "the value Q6.edge_tolerance_s",
            id="open point without its value",
        ),
        pytest.param(
            swap("values: {reviewers: 2}", "values: {}"),
            "open_points:",
            "open_points",
            "Q12.reviewers",
            id="no reviewers",
        ),
        pytest.param(
            swap('["12:30", "18:00"]', '["18:00", "12:30"]'), "half_day", "half_day_bounds", "rising", id="half-days"
        ),
        pytest.param(
            swap("last: 2029-08-31", "last: 2024-08-31"), "last: 2024", "valid.last", "not before", id="validity"
        ),
        pytest.param(
            swap("consequences: [FAIL_CHECK]", "consequences: [JAIL]"), "JAIL", "consequences[0]", "WARN", id="code"
        ),
    ],
)
def test_a_mistake_is_named(text: Callable[[], str], near: str, field: str, expected: str) -> None:
    content = text()
    error = refused(content)
    assert error.code == "document_error"
    (found,) = [line for line in error.en.splitlines() if field in line and expected in line][:1]
    assert found.startswith("mine.yaml")
    number = int(found.split(":")[1])
    assert abs(number - line_of(content, near)) <= 1 or "rule.name" in field
    assert error.zh.count("\n") == error.en.count("\n")


def test_text_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(DocumentError, match="UTF-8"):
        load_pack("中文".encode("gbk"), "mine.yaml")


def test_any_change_of_the_file_changes_the_digest() -> None:
    one, two = load_pack(GOOD.encode(), "a"), load_pack(f"{GOOD}# a comment\n".encode(), "a")
    assert one.stamp.version == two.stamp.version
    assert one.stamp.sha256 != two.stamp.sha256
