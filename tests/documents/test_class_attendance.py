from pathlib import Path

import pytest

from lessonproof.documents.class_file import parse_class_file, read_class_file
from lessonproof.evidence.attendance import SourceKind
from lessonproof.evidence.errors import DocumentError

EXAMPLE = Path(__file__).parents[2] / "examples" / "online" / "class.yaml"
CLASS = """
rule_pack: NK
institution: {name: x}
class: {number: 1, occupation: x, level: x, opened_on: 2026-03-02}
roster: [{number: 1, name: 甲}]
units:
  - {id: T1, kind: theory, date: 2026-03-02, start: 08:30, end: 11:30, teacher: x, venue: x, topic: x, class_hours: 4,
     attendance: [{kind: punches, file: p.csv}]}
  - {id: T2, kind: theory, date: 2026-03-03, start: 08:30, end: 11:30, teacher: x, venue: x, topic: x, class_hours: 4,
     attendance: [{kind: punches, file: p.csv}]}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "class.yaml").write_text(CLASS, encoding="utf-8")
    (tmp_path / "p.csv").write_text("序号,时间\n1,2026-03-02 08:20\n", encoding="utf-8")
    return tmp_path / "class.yaml"


def test_the_example_reads_every_kind() -> None:
    units = read_class_file(EXAMPLE).training_class.units
    assert [[file.kind for file in unit.attendance] for unit in units] == [
        [SourceKind.PUNCHES, SourceKind.SITE_CHECK],
        [SourceKind.ONLINE_LOG],
    ]


def test_a_file_may_stand_in_several_units(path: Path) -> None:
    first, second = read_class_file(path).training_class.units
    assert first.attendance == second.attendance
    assert [punch.row for punch in first.attendance[0].punches] == [2]


def test_mistakes_name_file_row_and_column(path: Path) -> None:
    (path.parent / "p.csv").write_text("序号,时间\n1,soon\n", encoding="utf-8")
    with pytest.raises(DocumentError, match=r"p\.csv:2: column 时间: got 'soon'"):
        read_class_file(path)
    (path.parent / "p.csv").unlink()
    with pytest.raises(DocumentError, match=r"p\.csv: cannot be opened"):
        read_class_file(path)


def test_links_and_other_folders_are_refused(path: Path, tmp_path: Path) -> None:
    (path.parent / "p.csv").rename(tmp_path / "q.csv")
    (path.parent / "p.csv").symlink_to(tmp_path / "q.csv")
    with pytest.raises(DocumentError, match=r"class\.yaml:8: attendance: got a symbolic link"):
        read_class_file(path)
    path.write_text(CLASS.replace("p.csv", "../q.csv"), encoding="utf-8")
    with pytest.raises(DocumentError, match="inside this file's folder"):
        read_class_file(path)


def test_an_upload_has_nothing_beside_it() -> None:
    with pytest.raises(DocumentError, match="nothing beside it") as refused:
        parse_class_file(CLASS, "c.yaml")
    assert "命令行" in refused.value.zh


def test_each_file_once_per_unit(path: Path) -> None:
    twice = "[{kind: punches, file: p.csv}, {kind: site_check, file: p.csv}]"
    path.write_text(CLASS.replace("[{kind: punches, file: p.csv}]", twice, 1), encoding="utf-8")
    with pytest.raises(DocumentError, match=r"units\[0\]\.attendance\[1\]\.file"):
        read_class_file(path)
