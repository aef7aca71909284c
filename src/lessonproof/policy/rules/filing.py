"""Rules on what the class was filed as: dates, kinds, named persons."""

from lessonproof.evidence.verdict import UnitCase
from lessonproof.policy.rules import needs
from lessonproof.policy.rules.base import (
    NoParameters,
    Parameters,
    RuleContext,
    RuleOutcome,
    failed,
    missing,
    passed,
    record,
)
from lessonproof.policy.rules.papers import PaperWord, listed_kinds, named_zh
from lessonproof.policy.rules.words import CLASS_TYPES, INSTITUTIONS


class ClassTypeParameters(Parameters):
    """Settings of :func:`class_type_in_scope`. ``contract``: document kind that proves the purchase contract."""

    contract: PaperWord


def pack_in_force(case: UnitCase, context: RuleContext, _parameters: NoParameters) -> RuleOutcome:
    """The class was opened while the regulation is in force (SX-6, NK-16); both end dates are included."""
    opened = case.class_file.training_class.opened_on
    first, last = context.terms.valid_from, context.terms.valid_until
    until_zh, until_en = ("", "") if last is None else (f"至 {last}", f" to {last}")
    if opened < first or (last is not None and opened > last):
        return failed(
            f"开班日期 {opened} 不在本办法的施行期内（{first} 起{until_zh}）",
            f"The class was opened on {opened}, outside the time of force (from {first}{until_en})",
            record("class.opened_on"),
        )
    return passed(
        f"开班日期 {opened} 在施行期内（{first} 起{until_zh}）",
        f"The class was opened on {opened}, inside the time of force (from {first}{until_en})",
        record("class.opened_on"),
    )


def class_type_in_scope(case: UnitCase, _context: RuleContext, parameters: ClassTypeParameters) -> RuleOutcome:
    """The class type is one of the regulation's, and the purchase contract is in the ledger (SX-1).

    The class file admits only the three types of SX-1; what can be absent is the declaration or the contract.
    """
    declared = case.class_file.training_class.class_type
    if declared is None:
        return missing(
            "班级文件未申报培训类型",
            "The class file does not declare the class type",
            needs.declaration("培训类型（class.type）", "the class type (class.type)"),
        )
    if parameters.contract not in listed_kinds(case.class_file):
        return missing(
            f"培训类型为{CLASS_TYPES[declared]}；台账缺少：{named_zh([parameters.contract])}",
            f"The class type is {declared}; the ledger lacks: {parameters.contract}",
            needs.papers([parameters.contract]),
            record("class.type"),
        )
    return passed(
        f"培训类型为{CLASS_TYPES[declared]}，台账中有{named_zh([parameters.contract])}",
        f"The class type is {declared}, and the ledger lists: {parameters.contract}",
        (*record("class.type"), *record("documents")),
    )


def institution_kind_known(case: UnitCase, _context: RuleContext, _parameters: NoParameters) -> RuleOutcome:
    """The institution declares which of the five kinds of NK-2 it is."""
    kind = case.class_file.institution.kind
    if kind is None:
        return missing(
            "班级文件未申报机构类别",
            "The class file does not declare the kind of institution",
            needs.declaration("机构类别（institution.kind）", "the kind of institution (institution.kind)"),
        )
    return passed(f"机构类别为{INSTITUTIONS[kind]}", f"The institution is a {kind}", record("institution.kind"))


def attendant_named(case: UnitCase, _context: RuleContext, _parameters: NoParameters) -> RuleOutcome:
    """A class attendant or manager is named (SX-3.1.2, NK-6.2.1a). The name itself stays out of the reason."""
    if case.class_file.training_class.attendant is None:
        return missing(
            "班级文件未指明跟班管理人员",
            "The class file names no class attendant",
            needs.declaration("跟班管理人员（class.attendant）", "the class attendant (class.attendant)"),
        )
    return passed("已指明跟班管理人员", "A class attendant is named", record("class.attendant"))


def teacher_filed(case: UnitCase, _context: RuleContext, _parameters: NoParameters) -> RuleOutcome:
    """Who taught stands on the filed list (NK-5.2d).

    A matter of the register: no machine identifies faces here (open point Q23), and the reason says so.
    """
    filed = case.class_file.training_class.filed_teachers
    if filed is None:
        return missing(
            "未提供备案教师名单",
            "No list of filed teachers was handed in",
            needs.declaration("备案教师名单（class.filed_teachers）", "the filed teachers (class.filed_teachers)"),
        )
    path = f"units[{case.unit.unit_id}]"
    if case.unit.teacher not in filed:
        return failed(
            "课程表申报的教师不在备案名单中", "The declared teacher is not on the filed list", record(f"{path}.teacher")
        )
    if case.unit.held_teacher is None:
        return missing(
            "申报的教师已备案；实际授课人没有记录",
            "The declared teacher is filed; who really taught is not recorded",
            needs.unit_record(case.unit.unit_id),
            record(f"{path}.teacher"),
        )
    if case.unit.held_teacher not in filed:
        return failed(
            "实际授课教师不在备案名单中", "Who really taught is not on the filed list", record(f"{path}.held.teacher")
        )
    return passed(
        "申报和实际授课的教师均在备案名单中；依据登记，未对画面中的人作身份识别",
        "The declared and the actual teacher are on the filed list; by the register, no face was identified",
        (*record(f"{path}.held.teacher"), *record("class.filed_teachers")),
    )
