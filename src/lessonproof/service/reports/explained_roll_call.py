"""What was heard behind a suspected missing roll call, in one or two sentences."""

from lessonproof.evidence.verdict import Bilingual
from lessonproof.service.reports.measured import Measured, Sentences


def no_roll_call(measured: Measured) -> Sentences:
    """What was listened to, and what would have been a roll call."""
    length = measured.length
    yield Bilingual(
        f"听辨了录像开头的 {length.zh}：只有一人连续讲课，没有一人呼、众人应的简短对答。",
        f"Of the recording's first {length.en} only one voice is heard, lecturing; no short calls that others "
        "answer are heard.",
    )
    yield Bilingual(
        "只听声音、不识别内容；举手应答、逐座清点或课前在别处点名听不出来，请人查看。",
        "Sound alone was heard and no words were recognised: hands raised in answer, heads counted or names called "
        "elsewhere cannot be told, so a person looks.",
    )
