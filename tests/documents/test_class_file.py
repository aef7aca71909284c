import hashlib
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from lessonproof.documents.class_file import at_line, parse_class_file, read_class_file
from lessonproof.documents.class_models import WrittenClassFile
from lessonproof.documents.yaml_source import YamlValue, load_yaml
from lessonproof.evidence.errors import DocumentError
from lessonproof.evidence.training import ClassFile, InstitutionKind, UnitKind

EXAMPLES = Path(__file__).parents[2] / "examples"
SMALL = """\
rule_pack: NK
institution: {name: 示例学校}
class: {number: 0012, occupation: 电工, level: 四级, opened_on: 2026-03-02}
roster:
  - {number: 2, name: 学员乙}
  - {number: 1, name: 学员甲}
  - {number: 3, name: 学员丙, withdrawn_at: 2026-03-01 12:00}
units:
  - id: T1
    kind: theory
    date: 2026-03-02
    start: 08:30
    end: 11:30
    teacher: 林示例
    venue: 301
    topic: 安全
    class_hours: 4
    sheets:
      - signed: all
    recordings:
      - {file: recordings/T1.mp4, camera: 后方, started_at: 08:28:30}
"""


def _complaint(old: str, new: str) -> DocumentError:
    assert old in SMALL
    with pytest.raises(DocumentError) as caught:
        parse_class_file(SMALL.replace(old, new, 1), "c.yaml")
    return caught.value


@pytest.mark.parametrize("name", ["theory", "practical"])
def test_the_examples_are_valid(name: str) -> None:
    class_file = read_class_file(EXAMPLES / name / "class.yaml")
    assert class_file.training_class.units


def _keys(value: YamlValue) -> set[str]:
    if isinstance(value, list):
        return {key for item in value for key in _keys(item)}
    if isinstance(value, dict):
        return value.keys() | {key for item in value.values() for key in _keys(item)}
    return set()


def test_the_examples_show_every_field() -> None:
    written: set[str] = set()
    for path in EXAMPLES.glob("*/class.yaml"):
        written |= _keys(load_yaml(path.read_text(encoding="utf-8"), path.name).data)
    schema = WrittenClassFile.model_json_schema(by_alias=True)
    known = {key for part in [schema, *schema["$defs"].values()] for key in part.get("properties", {})}
    assert written == known


def test_plain_class_file() -> None:
    class_file = parse_class_file(SMALL, "c.yaml")
    training_class = class_file.training_class
    unit = class_file.unit("T1")
    assert training_class.class_id == "0012", "leading zeros stay"
    assert training_class.opened_on == date(2026, 3, 2)
    assert [trainee.number for trainee in training_class.roster.trainees] == [1, 2, 3], "by rising number"
    assert (unit.kind, unit.class_hours, unit.venue) == (UnitKind.THEORY, 4, "301")
    assert unit.start == datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
    assert unit.recordings[0].started_at == datetime(2026, 3, 2, 0, 28, 30, tzinfo=UTC)
    assert unit.sheets[0].signed_numbers == {1, 2}, "all: those enrolled when the unit starts"
    assert (unit.held_start, unit.held_teacher, unit.sheets[0].stamped) == (None, None, None), "unknown stays unknown"
    assert (class_file.documents, class_file.institution.kind) == (None, None)
    assert class_file.source_sha256 == hashlib.sha256(SMALL.encode()).hexdigest()
    assert class_file.roster_sha256 is None


@pytest.mark.parametrize(
    ("sheet", "numbers"),
    [
        pytest.param("signed: all", {1, 2}, id="all-who-are-enrolled"),
        pytest.param("signed: [1-3]", {1, 2, 3}, id="what-stands-on-paper-stands"),
        pytest.param("signed: 1-2", {1, 2}, id="one-range-as-text"),
        pytest.param("signed: []", set(), id="nobody-signed"),
        pytest.param("absent: [2]", {1}, id="all-but-the-absent"),
        pytest.param("{signed: all, absent: [1]}", {2}, id="both-words"),
    ],
)
def test_signatures(sheet: str, numbers: set[int]) -> None:
    class_file = parse_class_file(SMALL.replace("signed: all", sheet), "c.yaml")
    assert class_file.unit("T1").sheets[0].signed_numbers == numbers


def test_a_unit_without_sheets_and_recordings_is_judged_not_refused() -> None:
    cut = SMALL[: SMALL.index("    sheets:")]
    unit = parse_class_file(cut, "c.yaml").unit("T1")
    assert (unit.sheets, unit.recordings) == ((), ())


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "expected"),
    [
        pytest.param("end: 11:30", "end: 08:30", 13, "units[0].end", "a time after the start", id="end-equals-start"),
        pytest.param("end: 11:30", "end: 8:00", 13, "units[0].end", "a time after the start", id="end-before-start"),
        pytest.param("start: 08:30", "start: 2026-03-03 08:30", 12, "units[0].start", "a start on", id="another-day"),
        pytest.param("start: 08:30", "start: 830", 12, "units[0].start", 'a time such as "08:30"', id="no-time"),
        pytest.param("number: 2,", "number: 1,", 6, "roster[1].number", "a number of its own", id="double-number"),
        pytest.param("number: 2,", "number: 0,", 5, "roster[0].number", "at least 1", id="number-zero"),
        pytest.param("name: 学员乙", "name: ''", 5, "roster[0].name", "text that is not empty", id="empty-name"),
        pytest.param("id: T1", "id: ../T1", 9, "units[0].id", "a folder's name", id="unit-leads-out"),
        pytest.param("id: T1", "id: nul.txt", 9, "units[0].id", "a folder's name", id="device-name"),
        pytest.param(
            "signed: all", "signed: [1-9]", 19, "units[0].sheets[0].signed", "on the roster", id="not-enrolled"
        ),
        pytest.param(
            "signed: all", "pages: 1", 19, "units[0].sheets[0]", "one of them", id="neither-signed-nor-absent"
        ),
        pytest.param(
            "signed: all", "{signed: [1], absent: [2]}", 19, "units[0].sheets[0].absent", "one of them", id="two-lists"
        ),
        pytest.param("recordings/T1.mp4", "http://x/T1.mp4", 21, "units[0].recordings[0].file", "a path", id="address"),
        pytest.param("kind: theory", "kind: lecture", 10, "units[0].kind", "'theory'", id="unknown-kind"),
        pytest.param("topic: 安全", "topics: 安全", 16, "units[0].topics", "did you mean topic?", id="unknown-key"),
        pytest.param(
            "class_hours: 4", "class_hours: '4'", 17, "units[0].class_hours", "a whole number", id="text-as-number"
        ),
        pytest.param(
            "opened_on: 2026-03-02", "opened_on: 2026-02-30", 3, "class.opened_on", "a date", id="no-such-day"
        ),
        pytest.param(
            "rule_pack: NK", "rule_pak: NK", 1, "rule_pak", "did you mean rule_pack?", id="misspelt-first-key"
        ),
    ],
)
def test_mistakes_are_named_by_line_and_field(old: str, new: str, line: int, field: str, expected: str) -> None:
    error = _complaint(old, new)
    wanted = [text for text in error.en.splitlines() if text.startswith(f"c.yaml:{line}: {field}: got ")]
    assert wanted, error.en
    assert expected in wanted[0]
    assert len(error.zh.splitlines()) == len(error.en.splitlines())


@pytest.mark.parametrize(
    ("section", "field", "expected"),
    [
        pytest.param(
            "documents: [{kind: roster, unit: T9}]", "documents[0].unit", "one of the units T1", id="document"
        ),
        pytest.param("documents: [{kind: rooster}]", "documents[0].kind", "did you mean roster?", id="paper-kind"),
        pytest.param(
            "changes: [{unit: T9, what: time, applied_at: 2026-03-01 08:00}]",
            "changes[0].unit",
            "one of the units T1",
            id="change",
        ),
        pytest.param(
            "records: [{clause: NK-8, unit: T9, holds: true, by: 甲, at: 2026-03-01 08:00}]",
            "records[0].unit",
            "one of the units T1",
            id="record",
        ),
        pytest.param(
            "reviews: [{recording: abc, kind: cut, start_s: 1, confirmed: true, reviewers: [甲]}]",
            "reviews[0].recording",
            "64 digits",
            id="no-digest",
        ),
        pytest.param(
            f"reviews: [{{recording: {'0' * 64}, kind: cuts, start_s: -1, confirmed: true, reviewers: [甲]}}]",
            "reviews[0].start_s",
            "0 or more",
            id="before-the-recording",
        ),
        pytest.param("roster_file: roster.csv", "roster_file", "either roster or roster_file", id="two-rosters"),
    ],
)
def test_sections_that_speak_of_others(section: str, field: str, expected: str) -> None:
    text = SMALL + section + "\n"
    with pytest.raises(DocumentError) as caught:
        parse_class_file(text, "c.yaml")
    if section.startswith("roster_file"):
        assert "nothing beside it" in caught.value.en
        return
    wanted = [line for line in caught.value.en.splitlines() if line.startswith(f"c.yaml:22: {field}: got ")]
    assert wanted, caught.value.en
    assert expected in wanted[0]


def test_units_that_would_share_a_folder() -> None:
    second = SMALL[SMALL.index("  - id: T1") :].replace("T1", "t1", 1)
    with pytest.raises(DocumentError, match=r"c\.yaml:22: units\[1\]\.id: got \"t1\", which is units\[0\] already"):
        parse_class_file(SMALL + second, "c.yaml")


def test_a_recording_may_serve_two_units_and_stands_once_in_each() -> None:
    second = SMALL[SMALL.index("  - id: T1") :].replace("id: T1", "id: T2")
    assert len(parse_class_file(SMALL + second, "c.yaml").training_class.units) == 2
    twice = "      - {file: ./recordings//T1.mp4, camera: 前方}\n"
    with pytest.raises(DocumentError, match="each recording once per unit"):
        parse_class_file(SMALL + twice, "c.yaml")


@pytest.mark.parametrize(
    ("roster", "expected"),
    [
        pytest.param("roster: []\n", "got an empty list, expected at least one trainee", id="empty"),
        pytest.param("", "roster: got no such key, expected a list of trainees, or roster_file", id="none"),
    ],
)
def test_a_class_without_trainees(roster: str, expected: str) -> None:
    start, end = SMALL.index("roster:"), SMALL.index("units:")
    with pytest.raises(DocumentError) as caught:
        parse_class_file(SMALL[:start] + roster + SMALL[end:], "c.yaml")
    assert expected in caught.value.en


def test_a_class_without_units() -> None:
    with pytest.raises(DocumentError, match=r"c\.yaml:8: units: got an empty list"):
        parse_class_file(SMALL[: SMALL.index("units:")] + "units: []\n", "c.yaml")


class TestRosterFile:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        shutil.copytree(EXAMPLES / "theory", tmp_path / "class")
        return tmp_path / "class"

    def test_it_stands_beside_the_class_file(self, folder: Path) -> None:
        class_file = read_class_file(folder / "class.yaml")
        assert len(class_file.training_class.roster.trainees) == 12
        assert class_file.roster_sha256 == hashlib.sha256((folder / "roster.csv").read_bytes()).hexdigest()
        assert class_file.institution.kind is InstitutionKind.PRIVATE

    def test_a_mistake_in_it_names_its_row(self, folder: Path) -> None:
        (folder / "roster.csv").write_text("序号,姓名\n1,甲\n1,乙\n", encoding="utf-8")
        with pytest.raises(DocumentError, match=r"roster\.csv:3: column 序号"):
            read_class_file(folder / "class.yaml")

    def test_it_is_not_there(self, folder: Path) -> None:
        (folder / "roster.csv").unlink()
        with pytest.raises(DocumentError, match=r"roster\.csv: cannot be opened"):
            read_class_file(folder / "class.yaml")

    def test_a_link_is_refused(self, folder: Path) -> None:
        (folder / "roster.csv").rename(folder.parent / "elsewhere.csv")
        (folder / "roster.csv").symlink_to(folder.parent / "elsewhere.csv")
        with pytest.raises(DocumentError, match=r"class\.yaml:\d+: roster_file: got a symbolic link"):
            read_class_file(folder / "class.yaml")


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_bytes(b"a: \xff\n")
    with pytest.raises(DocumentError, match="not UTF-8"):
        read_class_file(tmp_path / "c.yaml")
    with pytest.raises(DocumentError, match="cannot be opened"):
        read_class_file(tmp_path / "absent.yaml")


def test_what_is_found_later_still_gets_its_line(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("# head\nrule_pack: LA\n", encoding="utf-8")
    error = at_line(path, ("rule_pack",), DocumentError("rule_pack: unknown", "rule_pack：未知"))
    assert (error.en, error.zh) == (f"{path}:2: rule_pack: unknown", f"{path}:2: rule_pack：未知")


def test_class_files_are_values() -> None:
    assert isinstance(hash(parse_class_file(SMALL, "c.yaml").unit("T1")), int)
    assert parse_class_file(SMALL, "c.yaml") == parse_class_file(SMALL, "d.yaml")
    assert isinstance(parse_class_file(SMALL, "c.yaml"), ClassFile)


@pytest.mark.parametrize("page", ["class-file.md", "class-file.zh-CN.md"])
def test_the_least_that_works_in_the_page_works(page: str) -> None:
    text = (EXAMPLES.parent / "docs" / page).read_text(encoding="utf-8")
    block = text[text.index("```yaml\nrule_pack") :].split("```")[1].removeprefix("yaml\n")
    assert parse_class_file(block, page).unit("T1").class_hours == 4


def test_photographs_stand_instead_of_numbers_and_need_a_folder() -> None:
    error = _complaint("- signed: all", "- photos: [sheets/T1.jpg]")
    assert "c.yaml:19: photos: an uploaded class file has nothing beside it" in error.en
    both = _complaint("- signed: all", "- {photos: [sheets/T1.jpg], signed: all}")
    assert "either photos, or signed and absent" in both.en
    outside = _complaint("- signed: all", "- photos: [../T1.jpg]")
    assert "a path inside this file's folder" in outside.en
