"""Other words of the report: statuses, consequences, measurements, forms. Data only."""

from collections.abc import Mapping
from typing import Final

from lessonproof.evidence.findings import Severity
from lessonproof.evidence.training import ClassType, InstitutionKind, UnitKind
from lessonproof.evidence.verdict import Bilingual, ClauseStatus, Outcome

OUTCOMES: Final[Mapping[Outcome, tuple[Bilingual, Bilingual]]] = {
    Outcome.PASS: (
        Bilingual("通过", "Pass"),
        Bilingual("所有适用于本授课单元的条款均符合要求。", "Every clause that applies to this unit holds."),
    ),
    Outcome.FAIL: (
        Bilingual("不通过", "Fail"),
        Bilingual(
            "至少一个条款不符合要求，证据见下文。", "At least one clause does not hold; the evidence stands below."
        ),
    ),
    Outcome.REVIEW: (
        Bilingual("待复核", "Needs review"),
        Bilingual(
            "现有证据不足以得出结论，须补充材料或由人工复核。",
            "The evidence does not decide yet: something has to be supplied or looked at by a person.",
        ),
    ),
}

STATUSES: Final[Mapping[ClauseStatus, tuple[Bilingual, Bilingual]]] = {
    ClauseStatus.FAIL: (
        Bilingual("不符合", "Fails"),
        Bilingual("证据表明不符合要求", "evidence shows that it does not hold"),
    ),
    ClauseStatus.UNCERTAIN: (
        Bilingual("无法确定", "Uncertain"),
        Bilingual("有证据，但不足以判定", "there is evidence, and it cannot decide"),
    ),
    ClauseStatus.MISSING: (Bilingual("缺少证据", "Missing"), Bilingual("未提供证据", "the evidence was not supplied")),
    ClauseStatus.NOT_CHECKED: (
        Bilingual("待人工记录", "Not checked"),
        Bilingual("须由人工核对并记录", "a person has to check and record it"),
    ),
    ClauseStatus.PASS: (Bilingual("符合", "Holds"), Bilingual("符合要求", "the obligation is met")),
    ClauseStatus.NOT_APPLICABLE: (
        Bilingual("不适用", "Not applicable"),
        Bilingual("与本授课单元无关", "does not speak of this unit"),
    ),
}
"""In the order of the report: what needs attention first."""

SEVERITIES: Final[Mapping[Severity, Bilingual]] = {
    Severity.CRITICAL: Bilingual("重要", "Critical"),
    Severity.WARNING: Bilingual("注意", "Warning"),
    Severity.INFO: Bilingual("提示", "Note"),
}

CONSEQUENCES: Final[Mapping[str, Bilingual]] = {
    "HOUR_VOID": Bilingual("该课时视为无效", "the lesson hours count as not given"),
    "WARN": Bilingual("书面警告、限期整改", "written warning, rectification"),
    "SUSPEND": Bilingual("整改期内暂停培训", "training stopped during rectification"),
    "CLASS_NOPAY": Bilingual("该班不予补贴", "no subsidy for this class"),
    "DEQUALIFY": Bilingual("取消承接资格", "qualification withdrawn"),
    "NEXT_YEAR": Bilingual("次年不得申报", "no project applications next year"),
    "NOT_ACCEPTED": Bilingual("不予受理", "application refused"),
    "RETURN": Bilingual("退回或补充材料", "returned or one request for supplements"),
    "NO_EXAM": Bilingual("不得参加结业考试", "trainee may not sit the final exam"),
    "RECOVER": Bilingual("追缴资金", "money recovered"),
    "CRIMINAL": Bilingual("移送司法机关", "handed to the judicial organs"),
    "TERMINATE": Bilingual("解除协议", "agreement ended"),
    "CREDIT": Bilingual("记入信用记录", "entry in the credit system"),
    "FAIL_CHECK": Bilingual("检查不合格", "inspection counts as failed"),
    "ABSENT": Bilingual("按缺勤处理", "counted absent"),
}

MEASUREMENTS: Final[Mapping[str, Bilingual]] = {
    "packets": Bilingual("录像文件的数据包时间表", "the file's table of packets"),
    "container": Bilingual("录像文件的结构", "the file's structure"),
    "keyframes": Bilingual("关键帧画面", "random-access pictures"),
    "full_decode": Bilingual("逐帧解码的画面", "every picture of the stretch, decoded"),
    "audio": Bilingual("声音", "the sound"),
    "clock": Bilingual("画面上的时钟", "the burned-in clock"),
    "speech": Bilingual("录像开头的说话声", "speech at the beginning"),
    "clock_and_sound": Bilingual("画面上的时钟与声音", "the burned-in clock and the sound"),
    "hum": Bilingual("声音中的市电交流声", "the mains hum in the sound"),
    "cadence": Bilingual("帧的节奏", "the rhythm of the frames"),
    "fingerprint": Bilingual("与其他录像比对动作", "movements compared with other recordings"),
    "digest": Bilingual("与其他文件逐字节比对", "comparison with other files to the last byte"),
    "people": Bilingual("画面中的人数", "counts of people in the picture"),
    "photos": Bilingual("现场照片", "photographs of the lesson"),
    "stations": Bilingual("画面与场地布局的参考画面比对", "pictures held against the layout's reference pictures"),
}
"""By ``Finding.measured_from``; several that agree are joined there by a plus sign."""

NO_HEADCOUNT: Final[Mapping[str, Bilingual]] = {
    "no_weights": Bilingual(
        "未安装人数检测模型，因此没有统计人数（安装方法见 lessonproof doctor）。",
        "No person detector is installed, so nobody was counted (lessonproof doctor says how to install one).",
    ),
    "switched_off": Bilingual("本次检验关闭了人数统计。", "Counting people was switched off for this analysis."),
    "failed": Bilingual("人数统计失败，请运维人员处理后重新分析。", "Counting failed; the operator has to look at it."),
}

UNIT_KINDS: Final[Mapping[UnitKind, Bilingual]] = {
    UnitKind.THEORY: Bilingual("理论课", "theory"),
    UnitKind.PRACTICAL: Bilingual("实操课", "practical"),
    UnitKind.ONLINE: Bilingual("线上课", "online"),
}

CLASS_TYPES: Final[Mapping[ClassType, Bilingual]] = {
    ClassType.EMPLOYMENT_SKILL: Bilingual("就业技能培训", "employment skills"),
    ClassType.SKILL_UPGRADING: Bilingual("岗位技能提升培训", "skill upgrading"),
    ClassType.ENTREPRENEURSHIP: Bilingual("创业培训", "entrepreneurship"),
}

INSTITUTION_KINDS: Final[Mapping[InstitutionKind, Bilingual]] = {
    InstitutionKind.ENTERPRISE_CENTRE: Bilingual("企业培训中心", "enterprise training centre"),
    InstitutionKind.ENTERPRISE_PUBLIC_BASE: Bilingual("企业公共实训基地", "enterprise public training base"),
    InstitutionKind.VOCATIONAL_SCHOOL: Bilingual("职业学校", "vocational school"),
    InstitutionKind.PUBLIC_BASE: Bilingual("公共实训基地", "public training base"),
    InstitutionKind.PRIVATE: Bilingual("民办职业培训机构", "private training institution"),
}

PICTURE_CAPTIONS: Final[Mapping[str, Bilingual]] = {
    "before": Bilingual("之前", "Before"),
    "during": Bilingual("其间", "During"),
    "source": Bilingual("疑似出处：同一画面首次出现之处", "Where it seems to have been shown first"),
    "after": Bilingual("之后", "After"),
}
"""By the last word of a picture's name."""


def measured_words(measured_from: str) -> Bilingual:
    """What a finding was measured from; several measurements are named one after the other."""
    known = [looked_up(MEASUREMENTS, word) for word in measured_from.split("+")]
    return Bilingual("、".join(one.zh for one in known), ", ".join(one.en for one in known))


def looked_up(table: Mapping[str, Bilingual], word: str) -> Bilingual:
    """The words for ``word``, or the word itself where a newer stage or pack uses one that is not in the table."""
    return table.get(word, Bilingual(word, word))
