"""Chinese words for the codes that reasons speak of; in English the codes read well enough by themselves."""

from collections.abc import Iterable, Mapping
from typing import Final

from lessonproof.evidence.findings import FindingKind as Kind
from lessonproof.evidence.training import ClassType, InstitutionKind, UnitKind

FINDINGS: Final[Mapping[Kind, str]] = {
    Kind.CUT: "剪切",
    Kind.SPLICE: "拼接",
    Kind.LOOP: "重复播放",
    Kind.FREEZE: "画面静止",
    Kind.BLACK: "黑屏",
    Kind.COVERED: "镜头遮挡",
    Kind.REVERSED: "倒放",
    Kind.SPEED: "变速",
    Kind.GAP: "录像中断",
    Kind.DROPPED_FRAMES: "丢帧",
    Kind.SCENE_CHANGE: "场景变化",
    Kind.CAMERA_MOVED: "机位移动",
    Kind.REUSE: "重复使用他处录像",
    Kind.CLOCK_JUMP: "画面时钟跳变",
    Kind.CLOCK_DRIFT: "画面时钟走时不准",
    Kind.CLOCK_FROZEN: "画面时钟停走",
    Kind.WRONG_DATE: "日期不符",
    Kind.NO_AUDIO: "没有声音",
    Kind.AUDIO_GAP: "声音缺失",
    Kind.AUDIO_BREAK: "声音不连续",
    Kind.AV_DESYNC: "音画不同步",
    Kind.REENCODED: "重新编码",
    Kind.CONTAINER_MISMATCH: "文件结构与设备不符",
    Kind.CONCATENATED: "文件由多段合并",
    Kind.EDIT_LIST: "播放列表隐藏内容",
    Kind.TRUNCATED: "文件不完整",
    Kind.UNREADABLE: "无法读取",
    Kind.MISSING_RECORDING: "缺少录像",
    Kind.SHORT_RECORDING: "录像时长不足",
    Kind.NO_ROLL_CALL: "未见课前点名",
    Kind.LOW_COUNT: "人数偏少",
    Kind.HIGH_COUNT: "人数偏多",
    Kind.NOBODY_PRESENT: "画面无人",
    Kind.NO_TEACHER: "未见教师授课",
    Kind.STATION_UNCOVERED: "工位未被拍到",
    Kind.STATION_IDLE: "工位闲置",
    Kind.PHOTO_DUPLICATE: "照片重复",
    Kind.PHOTO_POOR: "照片质量不足",
}
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


def findings_zh(kinds: Iterable[Kind]) -> str:
    """Finding kinds in Chinese, in the given order."""
    return "、".join(FINDINGS[kind] for kind in kinds)
