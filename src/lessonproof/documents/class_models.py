"""The class file as it is written: one model per part, field meanings in both languages. No cross checks here."""

import difflib
import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from lessonproof.documents.checking import Written, described, expected
from lessonproof.documents.papers import PAPERS
from lessonproof.documents.paths import check_inner_path, is_stored
from lessonproof.documents.scalars import CountInt, Day, Flag, Moment, Numbers, PositiveInt, Signed, Text, TimeOrMoment
from lessonproof.evidence.attendance import SourceKind
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.photo import PhotoSide, PhotoSubject
from lessonproof.evidence.training import ClassType, InstitutionKind, UnitKind

MAX_SECONDS: Final = 7 * 86_400.0
"""No recording of one lesson lasts a week."""
MAX_UNIT_ID_CHARS: Final = 64
_DIGEST_CHARS: Final = 64
_UNIT_ID: Final = re.compile(rf"[^\W_][\w.-]{{0,{MAX_UNIT_ID_CHARS - 1}}}")
_DEVICES: Final = frozenset(
    {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))}
)


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_SECONDS:
        raise expected("seconds from the start of the recording, 0 or more", "从录像开始起的秒数，不小于 0")
    return float(value)


def _digest(value: object) -> str:
    if not isinstance(value, str) or len(value) != _DIGEST_CHARS or not set(value) <= set("0123456789abcdef"):
        raise expected("the recording's SHA-256: 64 digits 0-9 a-f", "录像的 SHA-256：64 位小写十六进制数字")
    return value


def _recording_file(file: str) -> str:
    return file if is_stored(file) else check_inner_path(file)


def _unit_id(unit_id: str) -> str:
    """A unit's results go into a folder of its name, on any system (Windows' device names among them)."""
    is_device = unit_id.partition(".")[0].upper() in _DEVICES
    if not _UNIT_ID.fullmatch(unit_id) or unit_id.endswith(".") or is_device:
        raise expected(
            f"a folder's name: letters, digits, - and _, at most {MAX_UNIT_ID_CHARS} characters, such as T1",
            f"可用作文件夹名的编号：文字、数字、- 和 _，不超过 {MAX_UNIT_ID_CHARS} 个字符，例如 T1",
        )
    return unit_id


def _paper(word: object) -> str:
    if isinstance(word, str) and word in PAPERS:
        return word
    near = difflib.get_close_matches(str(word), PAPERS, n=1)
    en, zh = (f" (did you mean {near[0]}?)", f"（是否应为 {near[0]}？）") if near else ("", "")
    raise expected(
        f"a word of the documents list in docs/class-file.md{en}", f"材料类别表（docs/class-file.zh-CN.md）中的类别{zh}"
    )


UnitId = Annotated[Text, AfterValidator(_unit_id)]
RecordingFile = Annotated[Text, AfterValidator(_recording_file)]
InnerPath = Annotated[Text, AfterValidator(check_inner_path)]
Seconds = Annotated[float, BeforeValidator(_seconds), WithJsonSchema({"type": "number", "minimum": 0})]
Digest = Annotated[str, BeforeValidator(_digest), WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{64}$"})]
PaperKind = Annotated[str, BeforeValidator(_paper), WithJsonSchema({"type": "string", "enum": sorted(PAPERS)})]


class WrittenInstitution(Written):
    """Who trains and hands in the evidence / 承接机构（培训机构）."""

    name: Text = described("name of the institution", "机构名称")
    kind: InstitutionKind | None = described(
        "kind of institution by NK-2: enterprise training centre, enterprise public training base, vocational school, "
        "public training base, private institution",
        "机构类别（NK-2）：企业培训中心、企业公共实训基地、职业学校、公共实训基地、民办职业培训机构",
        default=None,
    )
    licensed_venues: tuple[Text, ...] = described(
        "places that the licence or contract covers, named as in units[].venue",
        "审批或签约的培训场地，名称与 units[].venue 一致",
        default=(),
    )


class WrittenClass(Written):
    """The training class / 培训班."""

    number: Text = described("class number", "班级编号")
    type: ClassType | None = described(
        "class type by SX-1: employment skills, skill upgrading, entrepreneurship",
        "培训类型（SX-1）：就业技能培训、岗位技能提升培训、创业培训",
        default=None,
    )
    occupation: Text = described("trade that is trained", "培训职业（工种）")
    level: Text = described("level of the certificate", "培训等级")
    opened_on: Day = described(
        "opening date; selects whether the rule pack is in force", "开班日期；决定适用的规则包版本"
    )
    attendant: Text | None = described("class attendant or manager", "跟班管理人员（专职人员）", default=None)
    filed_teachers: tuple[Text, ...] | None = described(
        "teachers on the filed list; leave out where no list was handed in",
        "备案教师名单；未提供名单时省略",
        default=None,
    )
    minutes_per_class_hour: Literal[40, 45] | None = described(
        "minutes of one class hour, 40 or 45; leave out to let the rule pack say",
        "每课时分钟数，40 或 45；省略时按规则包",
        default=None,
    )
    enterprise_staff: Flag | None = described(
        "whether the trainees are an enterprise's employees (NK-5.3c, NK-6.1.5)",
        "学员是否为企业在职职工（NK-5.3c、NK-6.1.5）",
        default=None,
    )


class WrittenTrainee(Written):
    """One enrolled person / 一名学员."""

    number: PositiveInt = described("number on the roster, unique", "花名册序号，不得重复")
    name: Text = described("name; never shown in reports", "姓名；不会出现在报告中")
    withdrawn_at: Moment | None = described(
        "when the person was withdrawn from the class", "中断培训（退班）的时间", default=None
    )


class WrittenSheet(Written):
    """The signed attendance of one unit / 签到表."""

    signed: Signed | None = described(
        "numbers with a signature: all, or [1-12, 14]; all means everyone enrolled when the unit starts",
        "已签名学员的序号：all 或 [1-12, 14]；all 指授课开始时在册的全体学员",
        default=None,
    )
    absent: Numbers | None = described(
        "numbers without a signature: everyone else signed", "未签名学员的序号：其余学员均已签名", default=None
    )
    teacher_signed: Flag | None = described("whether the teacher signed", "教师是否签名", default=None)
    signed_at: TimeOrMoment | None = described("when the sheet was completed", "签到完成时间", default=None)
    declared_start: TimeOrMoment | None = described(
        "lesson start printed on the sheet", "签到表上的开始时间", default=None
    )
    declared_end: TimeOrMoment | None = described("lesson end printed on the sheet", "签到表上的结束时间", default=None)
    stamped: Flag | None = described(
        "whether the sheet carries the institution's stamp", "是否加盖机构公章", default=None
    )
    class_number: Text | None = described("class number on the sheet", "签到表上的班级编号", default=None)
    pages: PositiveInt = described("sheets of paper", "纸张数", default=1)
    photos: tuple[InnerPath, ...] = described(
        "photographs of the printed sheet's pages, inside the folder of the class file, instead of signed and absent",
        "打印的签到表各页的照片（位于班级文件所在文件夹内），代替 signed 和 absent",
        default=(),
    )
    table: InnerPath | None = described(
        "CSV file or workbook (.xlsx, .xls, .ods) with the columns number and signed, inside the folder of the class "
        "file, instead of signed, absent and photos",
        "CSV 文件或 Excel、WPS 表格（.xlsx、.xls、.ods），列名为序号、签名，位于班级文件所在文件夹内，"
        "代替 signed、absent 和 photos",
        default=None,
    )


class WrittenRecording(Written):
    """One video file of one camera / 一个摄像头的一个录像文件."""

    file: RecordingFile = described(
        "path inside the folder of the class file, or sha256:<digest> of an uploaded recording",
        "录像路径（相对于班级文件所在文件夹），或已上传录像的 sha256:<摘要>",
    )
    camera: Text = described("which camera", "摄像头（机位）名称")
    started_at: TimeOrMoment | None = described(
        "wall-clock time of the first frame; leave out where nobody knows",
        "录像首帧的实际时间；不清楚时省略",
        default=None,
    )
    device: Text | None = described(
        "which recorder wrote the file (model or asset number): its files are compared with each other; leave out to "
        "go by camera",
        "生成该文件的录像设备（型号或资产编号），用于与该设备以往的文件比对；省略时按摄像头（机位）比对",
        default=None,
    )


class WrittenAttendance(Written):
    """A file that says who was there / 考勤来源文件（打卡导出、线上学习记录、现场检查表）."""

    kind: SourceKind = described(
        "what it holds: punches, online_log (logins or progress of an online course), site_check (people counted by an "
        "inspector)",
        "内容：punches 打卡导出、online_log 线上学习记录、site_check 现场检查人数",
    )
    file: InnerPath = described(
        "CSV file or workbook (.xlsx, .xls, .ods) inside the folder of the class file; may hold other days' rows",
        "CSV 文件或 Excel、WPS 表格（.xlsx、.xls、.ods），位于班级文件所在文件夹内；可包含其他日期的行",
    )


class WrittenPhoto(Written):
    """One photograph of the lesson / 一张现场照片."""

    file: InnerPath = described(
        "JPEG or PNG file inside the folder of the class file", "JPEG 或 PNG 文件，位于班级文件所在文件夹内"
    )
    taken_at: TimeOrMoment | None = described(
        "when it was taken, as declared; leave out where nobody knows", "申报的拍摄时间；不清楚时省略", default=None
    )
    side: PhotoSide | None = described(
        "from which end of the room: front or back; never guessed",
        "从教室哪一端拍摄：front 前、back 后；不作推测",
        default=None,
    )
    shows: tuple[PhotoSubject, ...] = described(
        "what it is handed in as: overview, teacher, content (SX-3.2.3)",
        "照片类别：overview 培训全景、teacher 上课老师、content 上课内容（SX-3.2.3）",
        default=(),
    )


class WrittenHeld(Written):
    """How the lesson was really given / 实际授课情况."""

    start: TimeOrMoment | None = described("when it was begun", "实际开始时间", default=None)
    end: TimeOrMoment | None = described("when it ended", "实际结束时间", default=None)
    teacher: Text | None = described("who taught", "实际授课教师", default=None)
    venue: Text | None = described("where", "实际授课地点", default=None)


class WrittenUnit(Written):
    """One half-day by one teacher / 授课单元（半天内同一教师的授课）."""

    id: UnitId = described("short name, unique in the class; becomes a folder name", "单元编号，班内唯一；用作文件夹名")
    kind: UnitKind = described("theory, practical or online", "theory 理论、practical 实操、online 线上")
    date: Day = described("day of the unit", "授课日期")
    start: TimeOrMoment = described("scheduled start, Asia/Shanghai", "计划开始时间（北京时间）")
    end: TimeOrMoment = described("scheduled end, after the start", "计划结束时间，须晚于开始时间")
    teacher: Text = described("declared teacher", "申报的授课教师")
    venue: Text = described("declared place", "申报的授课地点")
    topic: Text = described("what is taught", "授课内容")
    class_hours: PositiveInt = described("class hours that the timetable claims", "课程表申报的课时数")
    sheets: tuple[WrittenSheet, ...] = described("sign-in sheets; one is expected", "签到表；应为一份", default=())
    recordings: tuple[WrittenRecording, ...] = described(
        "recordings; a unit without one is judged as lacking it", "录像；没有录像的单元按缺少录像判定", default=()
    )
    held: WrittenHeld | None = described("how the lesson was really given", "实际授课情况", default=None)
    declared_staff: CountInt = described(
        "persons in view who are no trainees (teacher, attendant)", "画面中非学员人数（教师、跟班人员）", default=1
    )
    safety_education: Flag = described("whether the unit is safety education", "是否为安全教育课", default=False)
    audio_waiver: Text | None = described(
        "number of the bureau's consent to pictures without sound (NK-6.1.5)",
        "区人社局同意仅提供画面的批复编号（NK-6.1.5）",
        default=None,
    )
    workstations: PositiveInt | None = described("number of training stations", "实训工位数", default=None)
    venue_file: InnerPath | None = described(
        "venue file with the cameras' views of the training stations, inside the folder of the class file",
        "场地布局文件（各摄像头画面中的实训工位），位于班级文件所在文件夹内",
        default=None,
    )
    attendance: tuple[WrittenAttendance, ...] = described(
        "further sources of attendance, compared with the signatures",
        "其他考勤来源，与签到表相互核对",
        default=(),
    )
    photos: tuple[WrittenPhoto, ...] = described(
        "photographs of the lesson; not those of sign-in sheets", "授课现场照片；不含签到表的照片", default=()
    )


class WrittenDocument(Written):
    """One paper of the ledger / 台账材料."""

    kind: PaperKind = described("kind of paper, a word of the documents list", "材料类别（见材料类别表）")
    file: Text | None = described("where it lies", "文件位置", default=None)
    unit: Text | None = described(
        "unit that it belongs to; leave out for papers of the class", "所属授课单元；班级材料省略", default=None
    )


class WrittenChange(Written):
    """A change request of one unit / 变更申请（工作联系单）."""

    unit: Text = described("unit that it speaks of", "授课单元编号")
    what: Literal["time", "teacher", "venue", "content"] = described(
        "what changes: time, teacher, venue, content", "变更事项：time 时间、teacher 教师、venue 地点、content 内容"
    )
    applied_at: Moment = described("when it was handed in", "申请时间")
    approved: Flag | None = described(
        "whether it was approved; leave out while open", "是否同意；未答复时省略", default=None
    )


class WrittenReview(Written):
    """What people decided of one machine finding / 对一条疑似发现的认定."""

    recording: Digest = described("SHA-256 of the recording", "录像的 SHA-256")
    kind: FindingKind = described("kind of the finding", "发现类别")
    start_s: Seconds = described(
        "start of the finding in seconds, as printed in the report", "发现的起始秒数（以报告为准）"
    )
    confirmed: Flag = described("whether the finding stands", "是否认定属实")
    reviewers: tuple[Text, ...] = described("who decided; a confirmation needs two people", "审核人；认定属实须两人")


class WrittenCount(Written):
    """How many people a reviewer counted in one picture / 审核人清点的画面人数."""

    recording: Digest = described("SHA-256 of the recording", "录像的 SHA-256")
    at_s: Seconds = described("moment of the picture in seconds from the start", "画面时刻，自录像开头起的秒数")
    people: CountInt = described("everybody in view, staff included", "画面中的全部人数，含工作人员")
    reviewer: Text = described("who counted", "清点人")


class WrittenRecord(Written):
    """What a person recorded of a clause that no measurement decides / 人工记录的条款结论."""

    clause: Text = described("ID of the clause, for example NK-6.1.3", "条款编号，例如 NK-6.1.3")
    unit: Text | None = described("unit; leave out for the whole class", "授课单元；对全班的结论省略", default=None)
    holds: Flag = described("whether the obligation is met", "是否符合要求")
    by: Text = described("who recorded it", "记录人")
    at: Moment = described("when it was recorded", "记录时间")
    note: Text | None = described("reason and evidence seen", "理由和所见证据", default=None)


class WrittenClassFile(Written):
    """A class file / 班级文件."""

    rule_pack: Text = described("prefix of the regulation: NK, SX", "所适用办法的规则包：NK、SX")
    institution: WrittenInstitution = described("who trains", "培训机构")
    training_class: WrittenClass = described("the class", "培训班", alias="class")
    roster: tuple[WrittenTrainee, ...] | None = described(
        "enrolled persons; give either roster or roster_file", "花名册；与 roster_file 二选一", default=None
    )
    roster_file: InnerPath | None = described(
        "CSV file or workbook (.xlsx, .xls, .ods) beside the class file with the columns number and name",
        "班级文件旁的 CSV 或 Excel、WPS 花名册（.xlsx、.xls、.ods），列名为序号、姓名",
        default=None,
    )
    units: tuple[WrittenUnit, ...] = described("schedule: at least one teaching unit", "课程表：至少一个授课单元")
    documents: tuple[WrittenDocument, ...] | None = described(
        "papers of the ledger; leave out where papers are not listed here", "台账材料；不在此列出时省略", default=None
    )
    changes: tuple[WrittenChange, ...] = described("change requests", "变更申请", default=())
    reviews: tuple[WrittenReview, ...] = described("decisions on findings", "对疑似发现的认定", default=())
    counts: tuple[WrittenCount, ...] = described(
        "people counted by eye; three or more pictures of a camera correct how its counts are read",
        "人工清点的画面人数；同一摄像机清点三张以上画面后，用于校正该机位的人数统计",
        default=(),
    )
    records: tuple[WrittenRecord, ...] = described("recorded clauses", "人工记录的条款", default=())
