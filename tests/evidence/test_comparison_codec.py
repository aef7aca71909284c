import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.codec import canonical_json, findings_document
from lessonproof.evidence.comparison import Comparison
from lessonproof.evidence.comparison_codec import comparison_from_json, comparison_to_json
from tests.evidence.values import DIGESTS, WORDS, findings
from tests.storage.support import digest, dossier


def comparisons() -> st.SearchStrategy[Comparison]:
    return st.builds(
        Comparison,
        sha256=DIGESTS,
        compared_with=st.lists(DIGESTS, max_size=3).map(tuple),
        index_digest=st.none() | DIGESTS,
        hours_compared=st.floats(0, 1e6),
        findings=st.lists(findings(), max_size=3).map(tuple),
        checked=st.frozensets(WORDS, max_size=3),
        unchecked=st.dictionaries(WORDS, WORDS, max_size=3),
        profile_digest=st.none() | DIGESTS,
        source_digest=st.none() | DIGESTS,
    )


@given(comparisons())
def test_nothing_is_lost(comparison: Comparison) -> None:
    content = canonical_json(comparison_to_json(comparison))
    assert comparison_from_json(json.loads(content)) == comparison


def test_another_schema_is_refused() -> None:
    with pytest.raises(ValueError, match="comparison/1"):
        comparison_from_json({"schema": "lessonproof.comparison/2"})


def test_findings_say_what_was_compared() -> None:
    compared = Comparison(digest("a"), (digest("b"),), None, 1.25, (), frozenset({"reuse"}), {}, digest("c"))
    results = [("a.mp4", dossier(digest("a"))), ("d.mp4", dossier(digest("d")))]
    first, second = json.loads(canonical_json(findings_document(results, {"a.mp4": compared})))["recordings"]
    assert first["comparison"] == {
        "compared_with": [digest("b")],
        "index_digest": None,
        "hours_compared": 1.25,
        "profile": digest("c"),
        "source": None,
    }
    assert second["comparison"] is None
