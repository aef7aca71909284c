"""The sentences that say what is missing and who can supply it; equal sentences are shown once per unit."""

from collections.abc import Sequence

from lessonproof.documents.papers import PAPERS
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.verdict import Bilingual
from lessonproof.policy.rules.words import findings_zh


def sheet(unit_id: str) -> Bilingual:
    """A sign-in sheet."""
    return Bilingual(
        f"请培训机构提供授课单元 {unit_id} 的签到表", f"The institution supplies the sign-in sheet of unit {unit_id}"
    )


def sheet_detail(unit_id: str) -> Bilingual:
    """A field of the sign-in sheet."""
    return Bilingual(
        f"请培训机构补全授课单元 {unit_id} 签到表的记录",
        f"The institution completes the record of unit {unit_id}'s sign-in sheet",
    )


def sheet_numbers(unit_id: str) -> Bilingual:
    """Signatures that could not be told from a photograph."""
    return Bilingual(
        f"请培训机构提供授课单元 {unit_id} 签到表的清晰照片，或由审核人员核对原件后填写已签名的序号",
        f"The institution supplies a clear photograph of unit {unit_id}'s sheet, or a reviewer enters who signed",
    )


def attendance(where: str, zh: str, en: str) -> Bilingual:
    """A source of attendance.

    Args:
        where: units or days that lack it.
        zh: what it is, Chinese.
        en: the same, English.
    """
    return Bilingual(
        f"请培训机构提供 {where} 的{zh}，并列入班级文件的 attendance",
        f"The institution supplies the {en} of {where} and names it in the class file (attendance)",
    )


def photos(unit_id: str) -> Bilingual:
    """Photographs of the lesson."""
    return Bilingual(
        f"请培训机构提供授课单元 {unit_id} 的现场照片文件，并列入班级文件的 photos",
        f"The institution supplies photographs of unit {unit_id} and names them in the class file (photos)",
    )


def photos_examined() -> Bilingual:
    """Photographs that nobody measured."""
    return Bilingual(
        "请运维人员用 lessonproof verify 检验照片，或由审核人员查看后记录",
        "The operator has the photographs examined by lessonproof verify, or a reviewer looks and records it",
    )


def punch_columns() -> Bilingual:
    """An export of the punch clock that says more."""
    return Bilingual(
        "请培训机构提供含花名册序号、打卡地点和打卡方式的打卡导出，并补全签到表",
        "The institution supplies a punch export with roster numbers, place and method, and completes the sheets",
    )


def recording(unit_id: str) -> Bilingual:
    """A recording."""
    return Bilingual(
        f"请培训机构提供授课单元 {unit_id} 的录像", f"The institution supplies the recording of unit {unit_id}"
    )


def readable_copy(files: Sequence[str]) -> Bilingual:
    """A copy of a recording that can be read."""
    names = ", ".join(files)
    return Bilingual(
        f"请培训机构提供可读取的录像副本，或由运维人员重新分析：{names}",
        f"The institution supplies a readable copy, or the operator has it analysed again: {names}",
    )


def started_at(files: Sequence[str]) -> Bilingual:
    """The wall-clock time of a recording's first frame."""
    names = ", ".join(files)
    return Bilingual(
        f"请培训机构申报录像首帧的实际时间：{names}",
        f"The institution declares the wall-clock time of the first frame of {names}",
    )


def search(kinds: Sequence[FindingKind]) -> Bilingual:
    """Findings that were not searched for throughout."""
    listed = ", ".join(kinds)
    return Bilingual(
        f"请运维人员用能检查以下项目的版本重新分析，或由审核人员观看录像后记录：{findings_zh(kinds)}",
        f"The operator has it analysed by a version that searches for {listed}, or a reviewer watches and records it",
    )


def weights() -> Bilingual:
    """Head counts."""
    return Bilingual(
        "请运维人员安装人数检测模型并重新分析（见 lessonproof doctor），或由审核人员观看录像后记录",
        "The operator installs the person detector and analyses again (see lessonproof doctor), or a reviewer watches "
        "the recording and records it",
    )


def review_findings() -> Bilingual:
    """A decision on suspected findings."""
    return Bilingual(
        "请两名审核人员对疑似发现作出认定（reviews）", "Two reviewers decide on the suspected findings (reviews)"
    )


def reviewer_records() -> Bilingual:
    """A person's look at what no machine has measured."""
    return Bilingual(
        "请审核人员查看证据后记录结论（records）", "A reviewer looks at the evidence and records the result (records)"
    )


def unit_record(unit_id: str) -> Bilingual:
    """How the lesson was really held."""
    return Bilingual(
        f"请培训机构填写授课单元 {unit_id} 的实际时间、教师和地点（held）",
        f"The institution states when, by whom and where unit {unit_id} was really held (held)",
    )


def bureau_opinion(unit_id: str) -> Bilingual:
    """The bureau's answer to a change request."""
    return Bilingual(
        f"请人社部门答复授课单元 {unit_id} 的变更申请", f"The bureau answers the change request of unit {unit_id}"
    )


def papers(kinds: Sequence[str]) -> Bilingual:
    """Papers of the ledger."""
    listed = ", ".join(kinds)
    listed_zh = "、".join(PAPERS[kind].zh if kind in PAPERS else kind for kind in kinds)
    return Bilingual(f"请培训机构提供台账材料：{listed_zh}", f"The institution supplies these papers: {listed}")


def declaration(zh: str, en: str) -> Bilingual:
    """A field of the class file.

    Args:
        zh: the field, Chinese.
        en: the field, English.
    """
    return Bilingual(f"请培训机构在班级文件中申报：{zh}", f"The institution declares in the class file: {en}")


def operator() -> Bilingual:
    """A defect of the service."""
    return Bilingual(
        "请运维人员处理内部错误后重新判定", "The operator mends an internal error and has the unit judged again"
    )
