import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.documents.yaml_source import MAX_BYTES, MAX_DEPTH, MAX_NODES, YamlValue, load_yaml, resolve_plain
from lessonproof.evidence.errors import DocumentError

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**14), 10**14)
    | st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("NO", "NO", id="norway-stays-a-word"),
        pytest.param("off", "off", id="off-is-no-boolean"),
        pytest.param("08:30", "08:30", id="a-time-of-day-is-no-sexagesimal-number"),
        pytest.param("1:30", "1:30", id="nor-is-a-short-one"),
        pytest.param("2026-03-02", "2026-03-02", id="a-day-stays-text"),
        pytest.param("0012", "0012", id="leading-zeros-of-a-class-number-stay"),
        pytest.param("+86", "+86", id="a-dialling-code-stays"),
        pytest.param("0x1F", "0x1F", id="no-hexadecimal"),
        pytest.param("1_000", "1_000", id="no-underscores"),
        pytest.param("1e5", "1e5", id="an-exponent-alone-makes-no-number"),
        pytest.param("110101199003077758", "110101199003077758", id="an-identity-number-stays-text"),
        pytest.param(".nan", ".nan", id="not-a-number-is-no-number"),
        pytest.param("1.0e999", "1.0e999", id="nor-is-infinity"),
        pytest.param("-0", "-0", id="minus-zero-would-lose-its-sign"),
        pytest.param("12", 12, id="an-integer"),
        pytest.param("-3", -3, id="a-negative-integer"),
        pytest.param("1201.24", 1201.24, id="a-decimal-number"),
        pytest.param("true", True, id="true"),
        pytest.param("False", False, id="false-as-python-writes-it"),
        pytest.param("null", None, id="null"),
        pytest.param("~", None, id="tilde"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_plain_words(text: str, value: object) -> None:
    found = resolve_plain(text)
    assert (found, type(found)) == (value, type(value))


@given(st.integers(-(10**14), 10**14))
def test_an_integer_comes_back_as_it_was_written(number: int) -> None:
    assert load_yaml(f"n: {number}", "n.yaml").data == {"n": number}


@given(PLAIN)
def test_what_another_writer_writes_is_read_alike(value: YamlValue) -> None:
    assert load_yaml(yaml.safe_dump(value, allow_unicode=True), "t.yaml").data == value


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_line(text: str) -> None:
    complaint: DocumentError | None = None
    try:
        load_yaml(text, "t.yaml")
    except DocumentError as error:
        complaint = error
    assert complaint is None or all(said.startswith("t.yaml:") for said in (complaint.en, complaint.zh))


def test_lines_of_keys_items_and_what_is_not_there() -> None:
    document = load_yaml("# head\na: 1\nb:\n  - x: 1\n    y:\n      - 2\n  - 3\n", "d.yaml")
    assert document.line_of(()) == 2
    assert document.line_of(("a",)) == 2
    assert document.line_of(("b", 0, "y")) == 5
    assert document.line_of(("b", 0, "y", 0)) == 6
    assert document.line_of(("b", 1)) == 7
    assert document.line_of(("b", 0, "absent", "deeper")) == 4, "the nearest value around it"


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n"])
def test_an_empty_file_holds_nothing(text: str) -> None:
    assert load_yaml(text, "e.yaml").data is None


def test_keys_are_text_as_written() -> None:
    assert load_yaml("NO: 1\n08:30: 2\n12: 3\n", "k.yaml").data == {"NO": 1, "08:30": 2, "12": 3}


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        pytest.param("a: 1\nb: 2\na: 3\n", 3, "given already on line 1", id="double-key"),
        pytest.param("a: &x [1]\n", 1, "anchors", id="anchor"),
        pytest.param("a: 1\nb: *x\n", 2, "anchors", id="alias"),
        pytest.param("a: !!python/object/apply:os.system [x]\n", 1, "tags", id="python-tag"),
        pytest.param("a: !!str 5\n", 1, "tags", id="harmless-tag"),
        pytest.param("a: ! x\n", 1, "tags", id="bare-tag"),
        pytest.param("<<: {a: 1}\n? [x]\n: 2\n", 2, "a key must be a plain word", id="list-as-key"),
        pytest.param("a: 1\n---\nb: 2\n", 2, "second document", id="two-documents"),
        pytest.param("a: 1\nb: [1,\n", 3, "not valid YAML", id="unclosed-list"),
        pytest.param("a: 1\n\tb: 2\n", 2, "not valid YAML", id="tab"),
        pytest.param("a: b: c\n", 1, "not valid YAML", id="two-colons"),
        pytest.param("a: 1\nb: \x07\n", 2, "U+0007", id="control-character"),
        pytest.param("a: 1\nb: \ud800\n", 2, "Unicode", id="lone-surrogate"),
        pytest.param("[" * (MAX_DEPTH + 2), 1, "too deep", id="too-deep"),
        pytest.param("a: [" + "1," * MAX_NODES + "]", 1, "too large", id="too-many-values"),
        pytest.param("a: " + "x" * MAX_BYTES, 1, "bytes", id="too-many-bytes"),
    ],
)
def test_refusals_name_the_line(text: str, line: int, what: str) -> None:
    with pytest.raises(DocumentError) as caught:
        load_yaml(text, "r.yaml")
    assert caught.value.en.startswith(f"r.yaml:{line}: ")
    assert what in caught.value.en
    assert caught.value.zh.startswith(f"r.yaml:{line}")


def test_a_billion_laughs_is_refused_at_the_first_laugh() -> None:
    bomb = 'a: &a ["lol"]\n' + "".join(f"b{i}: &b{i} [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n" for i in range(30))
    with pytest.raises(DocumentError, match="anchors"):
        load_yaml(bomb, "bomb.yaml")
