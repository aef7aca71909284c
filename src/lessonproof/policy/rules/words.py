"""Chinese words for the codes that reasons speak of; in English the codes read well enough by themselves."""

from collections.abc import Iterable, Mapping
from typing import Final

from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.kind_words import KIND_WORDS
from lessonproof.evidence.training import ClassType, InstitutionKind, UnitKind

FINDINGS: Final[Mapping[FindingKind, str]] = {kind: words.plain_zh for kind, words in KIND_WORDS.items()}
CLASS_TYPES: Final[Mapping[ClassType, str]] = {
    ClassType.EMPLOYMENT_SKILL: "就业技能培训",
    ClassType.SKILL_UPGRADING: "岗位技能提升培训",
    ClassType.ENTREPRENEURSHIP: "创业培训",
}
INSTITUTIONS: Final[Mapping[InstitutionKind, str]] = {
    InstitutionKind.ENTERPRISE_CENTRE: "企业培训中心",
    InstitutionKind.ENTERPRISE_PUBLIC_BASE: "企业公共实训基地",
    InstitutionKind.VOCATIONAL_SCHOOL: "职业学校",
    InstitutionKind.PUBLIC_BASE: "公共实训基地",
    InstitutionKind.PRIVATE: "民办职业培训机构",
}
UNITS: Final[Mapping[UnitKind, str]] = {
    UnitKind.THEORY: "理论",
    UnitKind.PRACTICAL: "实操",
    UnitKind.ONLINE: "线上",
}
NOT_COUNTED: Final[Mapping[str, str]] = {
    "no_weights": "未安装人数检测模型",
    "switched_off": "人数统计已关闭",
    "failed": "人数统计失败",
}


def findings_zh(kinds: Iterable[FindingKind]) -> str:
    """Finding kinds in Chinese, in the given order."""
    return "、".join(FINDINGS[kind] for kind in kinds)
