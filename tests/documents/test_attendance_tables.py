from datetime import datetime, timedelta

import pytest

from lessonproof.documents.attendance_tables import MAX_PROBLEMS, read_attendance
from lessonproof.evidence.attendance import AttendanceFile, NamedPerson, OnlineRow, Punch, SiteCheck, SourceKind
from lessonproof.evidence.errors import DocumentError
from lessonproof.evidence.training import SHANGHAI


def read(kind: SourceKind, text: str) -> AttendanceFile:
    return read_attendance(text.encode(), kind, "a/t.csv", "t.csv")


def refused(kind: SourceKind, text: str) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read(kind, text)
    return caught.value


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-05-11T{clock}").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("序号,姓名,打卡时间,打卡地点,设备,打卡方式\n1,甲,2026-05-11 08:11,门口,K1,人脸\n", id="chinese"),
        pytest.param("Number,Name,Time,Place,Device,Method\n1,甲,2026/5/11 8:11,门口,K1,人脸\n", id="english"),
        pytest.param(
            "身份证号,设备名称,打卡方式,打卡地点,时间,日期,姓名,序号\n11,K1,人脸,门口,8:11,2026年5月11日,甲,1\n",
            id="date-apart-and-other-columns",
        ),
    ],
)
def test_punches(text: str) -> None:
    found = read(SourceKind.PUNCHES, text)
    assert found.punches == (Punch(2, NamedPerson(1, "甲"), at("08:11"), "门口", "K1", "人脸"),)
    assert (found.kind, found.file, len(found.sha256)) == (SourceKind.PUNCHES, "a/t.csv", 64)
    assert (found.online, found.checks) == ((), ())


def test_what_is_empty_is_unknown() -> None:
    found = read(SourceKind.PUNCHES, "姓名,时间,地点\n甲,2026-05-11 08:11,\n")
    assert found.punches == (Punch(2, NamedPerson(None, "甲"), at("08:11")),)


def test_online_logs_by_login_and_by_progress() -> None:
    text = (
        "姓名,课程名称,登录时间,退出时间,学习时长（分钟）,进度,课程时长,IP\n"
        "甲,营养,2026-05-11 19:00,2026-05-11 19:45,45,,90分钟,192.0.2.1\n"
        "乙,营养,2026-05-11 19:30,,,62.5%,1:30:00,\n"
    )
    assert read(SourceKind.ONLINE_LOG, text).online == (
        OnlineRow(
            *(2, NamedPerson(None, "甲"), at("19:00"), at("19:45"), timedelta(minutes=45), None),
            *("营养", timedelta(minutes=90), "192.0.2.1"),
        ),
        OnlineRow(3, NamedPerson(None, "乙"), at("19:30"), None, None, 62.5, "营养", timedelta(minutes=90)),
    )


def test_site_checks() -> None:
    found = read(SourceKind.SITE_CHECK, "检查时间,学员人数,检查人\n2026-05-11 09:40,0,王\n")
    assert found.checks == (SiteCheck(2, at("09:40"), 0),)


@pytest.mark.parametrize(
    ("kind", "text", "en"),
    [
        pytest.param(
            SourceKind.PUNCHES, "序号,时间\nx,2026-05-11 08:11\n", "t.csv:2: column 序号: got 'x'", id="number"
        ),
        pytest.param(SourceKind.PUNCHES, "序号,时间\n1,soon\n", "t.csv:2: column 时间: got 'soon'", id="time"),
        pytest.param(SourceKind.PUNCHES, "序号,时间\n1,08:11\n", "column 时间: got '08:11'", id="time-without-day"),
        pytest.param(SourceKind.PUNCHES, "序号,时间\n1,\n", "column 时间: got ''", id="no-time"),
        pytest.param(SourceKind.PUNCHES, "序号,姓名,时间\n,,2026-05-11 08:11\n", "column 序号: got ''", id="nobody"),
        pytest.param(SourceKind.PUNCHES, "姓名,地点\n甲,门口\n", "expected the columns time", id="no-time-column"),
        pytest.param(SourceKind.PUNCHES, "时间,地点\n2026-05-11 08:11,门口\n", "number or name", id="no-person-column"),
        pytest.param(SourceKind.PUNCHES, "姓名,时间,time\n", "column time: a second column", id="column-twice"),
        pytest.param(SourceKind.PUNCHES, "姓名,时间\n", "t.csv: no rows", id="header-only"),
        pytest.param(SourceKind.PUNCHES, "", "t.csv:1: got the headers ''", id="empty"),
        pytest.param(
            SourceKind.ONLINE_LOG,
            "姓名,开始时间,结束时间\n甲,2026-05-11 20:00,2026-05-11 19:00\n",
            "column 结束时间: got '2026-05-11 19:00', expected a time that is not before the start",
            id="ends-before-it-starts",
        ),
        pytest.param(
            SourceKind.ONLINE_LOG, "姓名,时间,进度\n甲,2026-05-11 20:00,101\n", "column 进度: got '101'", id="progress"
        ),
        pytest.param(
            SourceKind.ONLINE_LOG, "姓名,时间,学习时长\n甲,2026-05-11 20:00,nan\n", "got 'nan'", id="no-number"
        ),
        pytest.param(SourceKind.ONLINE_LOG, "姓名,时间,学习时长\n甲,2026-05-11 20:00,-5\n", "got '-5'", id="negative"),
        pytest.param(SourceKind.SITE_CHECK, "时间,人数\n2026-05-11 09:40,\n", "column 人数: got ''", id="no-count"),
        pytest.param(SourceKind.SITE_CHECK, "时间,人数\n2026-05-11 09:40,-1\n", "got '-1'", id="negative-count"),
    ],
)
def test_wrong_cells_are_named_in_both_languages(kind: SourceKind, text: str, en: str) -> None:
    error = refused(kind, text)
    assert en in error.en
    assert not error.zh.isascii()
    assert error.zh.startswith("t.csv")


def test_every_wrong_cell_is_listed_up_to_a_bound() -> None:
    error = refused(SourceKind.PUNCHES, "序号,时间\n" + "x,y\n" * 60)
    assert len(error.en.splitlines()) == MAX_PROBLEMS + 1
    assert error.en.endswith(f"{2 * 60 - MAX_PROBLEMS} more")


def test_no_message_quotes_a_name() -> None:
    assert "学员甲" not in refused(SourceKind.PUNCHES, "姓名,时间\n学员甲,soon\n").en
