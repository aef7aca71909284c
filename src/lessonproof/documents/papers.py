"""The documents list: the words for papers of the ledger (台账) in class files and rule packs, in both languages.

Source: the regulations' own lists of papers (SX-3.3.3, SX-A1, SX-A5; NK-4.0, NK-6.2.5, NK-6.2.6a). A word that is not
here would be a paper that no clause ever finds, so class files may use these only; ``other`` is for everything that no
clause asks for.
"""

from collections.abc import Mapping
from typing import Final

from lessonproof.evidence.verdict import Bilingual

PAPERS: Final[Mapping[str, Bilingual]] = {
    "agreement": Bilingual("承接政府补贴职业培训项目协议书", "agreement on subsidised training"),
    "attendance": Bilingual("考勤记录", "attendance records"),
    "change_form": Bilingual("工作联系单（变更申请）", "change request form"),
    "claim_form": Bilingual("补贴资金结报申请表", "claim form"),
    "claimed_persons": Bilingual("结报人员名单", "list of claimed persons"),
    "class_contract": Bilingual("培训合同", "class contract"),
    "entitlement_proofs": Bilingual("补贴对象身份证明", "proofs of entitlement"),
    "exam_results": Bilingual("考试或鉴定成绩单", "exam results"),
    "feedback_form": Bilingual("培训反馈表", "feedback form"),
    "id_copies": Bilingual("学员身份证明复印件", "copies of identity papers"),
    "online_class_report": Bilingual("线上培训班级报告", "online class report"),
    "online_face_records": Bilingual("线上学习人脸核验记录", "online face check records"),
    "online_learning_log": Bilingual("线上学习数据", "online learning log"),
    "online_watch_log": Bilingual("线上观看记录", "online watch log"),
    "opening_application": Bilingual("开班申请", "opening application"),
    "other": Bilingual("其他材料", "other paper"),
    "pledge": Bilingual("承诺书", "pledge"),
    "practical_photos": Bilingual("实操场景照片", "photographs of practical work"),
    "practical_record_sheet": Bilingual("实操情况记录单", "practical record sheet"),
    "purchase_contract": Bilingual("政府购买服务合同", "government-purchase contract"),
    "receipts": Bilingual("相关票据", "receipts"),
    "registration_forms": Bilingual("学员登记表", "registration forms"),
    "roster": Bilingual("学员花名册", "roster"),
    "teacher_certificates": Bilingual("教师资质证明", "teachers' certificates"),
    "teacher_list": Bilingual("培训教师花名册", "list of teachers"),
    "teaching_plan": Bilingual("教学计划", "teaching plan"),
    "textbook_list": Bilingual("教材目录", "list of textbooks"),
    "timetable": Bilingual("课程安排表", "timetable"),
    "trainee_table": Bilingual("参训学员信息表", "table of trainees"),
    "training_confirmations": Bilingual("学员签署的培训确认书", "training confirmations signed by trainees"),
    "venue_lease": Bilingual("培训场地证明（租赁合同）", "proof of the venue (lease)"),
    "venue_photos": Bilingual("培训场地照片", "photographs of the venue"),
}
