"""What was measured behind a finding in the picture, in one or two sentences for a reader who is no expert."""

from collections.abc import Mapping
from typing import Final

from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.evidence.verdict import Bilingual
from lessonproof.service.reports.measured import (
    Measured,
    Sentences,
    listed,
    percent_words,
    place,
    rounded,
    seconds_words,
)

SPEED_SOURCES: Final[Mapping[str, Bilingual]] = {
    "clock": Bilingual("画面上的时钟", "the clock in the picture"),
    "hum": Bilingual("录音中的市电交流声", "the mains hum in the sound"),
    "cadence": Bilingual("帧的节奏", "the rhythm of the frames"),
}
_NOTABLE_SHIFT: Final = 0.005
_NOTABLE_TURN_DEGREES: Final = 0.3
_NOTABLE_SCALE: Final = 0.01


def splice(measured: Measured) -> Sentences:
    """How well the lesson goes on without the stretch."""
    length, share = measured.length, measured.share("outside_over_jump")
    relation = measured.text("relation")
    zh, en = (
        ("", "")
        if share is None
        else (f"（差别为接缝处的 {share.zh}）", f" (their difference is {share.en} of that at the seams)")
    )
    if relation == "inserted":
        yield Bilingual(
            f"去掉这 {length.zh}，前后画面可以直接衔接{zh}，疑似插入。",
            f"Without these {length.en} the pictures before and after follow on from each other{en}, so the stretch "
            "seems to have been put in.",
        )
    elif relation == "laid_over":
        yield Bilingual(
            f"前后画面彼此相近{zh}，与中间这 {length.zh}却不同，疑似用别的画面盖住了原来的内容。",
            f"The pictures before and after resemble each other{en} and not the {length.en} between, which seem to "
            "cover what was there.",
        )


def reversed_(measured: Measured) -> Sentences:
    """How well the stretch fits turned round, or how the clock runs."""
    share = measured.share("across_mirror_of_time")
    if measured.text("relation") == "reversed" and share is not None:
        length = measured.length
        yield Bilingual(
            f"这 {length.zh}倒过来放才能与前后画面衔接（差别仅为接缝处的 {share.zh}），接缝两侧的动作方向也相反。",
            f"Only played backwards do these {length.en} fit the pictures before and after (the difference is "
            f"{share.en} of that at the seams), and movements beside the seams run the opposite way.",
        )
    first, last = measured.shown_time("shown_first"), measured.shown_time("shown_last")
    if first is not None and last is not None:
        readings = measured.count("readings")
        zh, en = ("", "") if not readings else (f"（共 {readings} 次读数）", f" ({readings} readings)")
        yield Bilingual(
            f"画面上的时钟在这一段从 {first} 倒着走到 {last}{zh}。",
            f"The clock in the picture runs backwards here, from {first} to {last}{en}.",
        )


def loop(measured: Measured) -> Sentences:
    """Which stretch comes again and how well it agrees."""
    source_s = measured.seconds("source_start_s")
    if source_s is not None:
        length = measured.length
        zh = f"这 {length.zh}与本录像从 {place(source_s)} 开始的一段动作相同"
        en = f"The movements in these {length.en} are those of the stretch that begins at {place(source_s)}"
        agree = measured.number("motion_agreement", low=0.0, high=1.0)
        beside = measured.number("motion_agreement_beside", low=-1.0, high=1.0)
        if agree is not None and beside is not None and beside < agree:
            likeness, otherwise = rounded(agree, 2), rounded(max(0.0, beside), 2)
            zh += f"：两段动作的相关程度为 {likeness}，错开时间后最高只有 {otherwise}（1 为完全一致）"
            en += (
                f": they correlate with {likeness}, and with no more than {otherwise} when shifted in time (1 is full "
                "agreement)"
            )
        yield Bilingual(f"{zh}。", f"{en}.")
    yield from changed_picture(measured)


def changed_picture(measured: Measured) -> Sentences:
    """What was done to a copied picture."""
    if measured.is_true("mirrored"):
        yield Bilingual("画面经过左右翻转。", "The picture was mirrored, left to right.")
    if measured.is_true("reframed"):
        yield Bilingual("画面经过裁切或缩放。", "The picture was cropped or scaled.")


def freeze(measured: Measured) -> Sentences:
    """How still it is against the time beside, and what goes on changing."""
    length = measured.length
    inside, beside = measured.share("moving_share_inside"), measured.share("moving_share_beside")
    if inside is not None and beside is not None:
        yield Bilingual(
            f"画面静止 {length.zh}：前后时段每 0.6 秒约有 {beside.zh} 的画面在变化，这一段为 {inside.zh}。",
            f"The picture stands still for {length.en}: beside it some {beside.en} of the picture change within 0.6 s, "
            f"here {inside.en}.",
        )
    else:
        yield Bilingual(f"画面静止 {length.zh}。", f"The picture stands still for {length.en}.")
    sides = [measured.number(f"changing_{side}", low=0.0, high=1.0) for side in ("left", "top", "right", "bottom")]
    left, top, right, bottom = sides
    if left is not None and top is not None and right is not None and bottom is not None:
        where = _whereabouts((left + right) / 2, (top + bottom) / 2)
        yield Bilingual(
            f"只有{where.zh}的一小块仍在变化，可能是叠加的时间或文字。",
            f"Only a small part {where.en} goes on changing, perhaps an overlaid clock or text.",
        )


def _whereabouts(x_share: float, y_share: float) -> Bilingual:
    column, row = min(2, int(x_share * 3)), min(2, int(y_share * 3))
    if (column, row) == (1, 1):
        return Bilingual("画面中部", "in the middle")
    zh = ("左", "", "右")[column] + ("上", "", "下")[row]
    en = " ".join(word for word in (("top", "", "bottom")[row], ("left", "", "right")[column]) if word)
    return Bilingual(f"画面{zh}{'方' if len(zh) == 1 else '角'}", f"at the {en}")


def black(measured: Measured) -> Sentences:
    """How long."""
    length = measured.length
    yield Bilingual(f"黑屏共 {length.zh}。", f"The picture is black for {length.en}.")


def covered(measured: Measured) -> Sentences:
    """What is left of the usual view."""
    length = measured.length
    gone, detail = measured.share("gone_share"), measured.share("detail_ratio")
    if measured.text("how") == "blurred" and detail is not None:
        yield Bilingual(
            f"画面细节只剩平时的 {detail.zh}，持续 {length.zh}，疑似失焦或镜头被半透明物遮住。",
            f"For {length.en} the picture holds {detail.en} of its usual detail, as when out of focus or seen through "
            "something.",
        )
    elif gone is not None:
        zh, en = (
            ("", "")
            if detail is None
            else (f"，画面细节只剩平时的 {detail.zh}", f" and {detail.en} of the usual detail is left")
        )
        yield Bilingual(
            f"平时看得到的景物有 {gone.zh} 已看不到{zh}，持续 {length.zh}。",
            f"For {length.en}, {gone.en} of what is usually in view cannot be seen{en}.",
        )


def speed(measured: Measured) -> Sentences:
    """How much faster or slower, and which measurements say so."""
    factor = measured.number("factor", low=0.05, high=20.0)
    if factor is not None and abs(factor - 1.0) >= 0.001:
        length_s = measured.length_ns / NS_PER_S
        length, lesson = seconds_words(length_s), seconds_words(length_s * factor)
        change = rounded(abs(factor - 1.0) * 100, 0 if abs(factor - 1.0) >= 0.02 else 1)
        zh, en = ("加快", "faster") if factor > 1.0 else ("放慢", "slower")
        yield Bilingual(
            f"这 {length.zh}的录像相当于课堂上的 {lesson.zh}，即{zh}了约 {change}%。",
            f"These {length.en} of recording hold {lesson.en} of the lesson: it runs some {change} % {en} than life.",
        )
    agree, differ = (_sources(measured.texts(name)) for name in ("agree", "differ"))
    if agree is not None:
        yield Bilingual(f"依据：{agree.zh}。", f"It rests on {agree.en}.")
    if differ is not None:
        yield Bilingual(f"与此不符的测量：{differ.zh}。", f"Not borne out by {differ.en}.")


def _sources(names: tuple[str, ...]) -> Bilingual | None:
    known = [SPEED_SOURCES[name] for name in names if name in SPEED_SOURCES]
    return listed(known) if known else None


def gap(measured: Measured) -> Sentences:
    """How much is missing."""
    missing_s = measured.seconds("missing_s")
    length = measured.length if missing_s is None else seconds_words(missing_s)
    yield Bilingual(f"文件在这里缺少 {length.zh}的画面。", f"The file lacks {length.en} of picture here.")


def dropped_frames(measured: Measured) -> Sentences:
    """How many, and how many usually."""
    dropped, share = measured.count("dropped"), measured.share("dropped_share")
    usual = measured.share("usual_dropped_share")
    if dropped is None or share is None:
        return
    zh, en = ("", "") if usual is None else (f"，本录像平时为 {usual.zh}", f"; {usual.en} is usual in this recording")
    yield Bilingual(
        f"这一段缺少 {dropped} 帧，占应有画面的 {share.zh}{zh}。",
        f"{dropped} pictures are missing here, {share.en} of what there should be{en}.",
    )


def scene_change(measured: Measured) -> Sentences:
    """How little the two views agree."""
    likeness = measured.number("agreement_after_registration", low=-1.0, high=1.0)
    if likeness is not None:
        yield Bilingual(
            f"对齐前后画面之后，相似程度只有 {rounded(max(0.0, likeness), 2)}（1 为相同）。",
            f"Even when aligned, the views before and after agree with only {rounded(max(0.0, likeness), 2)} (1 is "
            "equal).",
        )


def camera_moved(measured: Measured) -> Sentences:
    """By how much, and how well the views agree once that is taken out."""
    moves = list(_moves(measured))
    if moves:
        words = listed(moves)
        yield Bilingual(f"画面相对之前{words.zh}。", f"Against the view before, the picture is {words.en}.")
    likeness = measured.number("agreement_after_registration", low=0.0, high=1.0)
    if likeness is not None:
        yield Bilingual(
            f"对齐之后与之前画面的相似程度为 {rounded(likeness, 2)}（1 为相同），看来仍是同一场所。",
            f"Once aligned the views agree with {rounded(likeness, 2)} (1 is equal), so it seems to be the same place.",
        )


def _moves(measured: Measured) -> Sentences:
    for name, zh, en in (("x", "左右", "sideways"), ("y", "上下", "up or down")):
        shift = measured.number(f"shift_{name}_share_of_width", low=-1.0, high=1.0)
        if shift is not None and abs(shift) >= _NOTABLE_SHIFT:
            share = percent_words(abs(shift))
            yield Bilingual(f"{zh}移动了画面宽度的 {share.zh}", f"shifted {en} by {share.en} of its width")
    turn = measured.number("turn_degrees", low=-180.0, high=180.0)
    if turn is not None and abs(turn) >= _NOTABLE_TURN_DEGREES:
        yield Bilingual(f"转动了 {rounded(abs(turn))} 度", f"turned by {rounded(abs(turn))} degrees")
    scale = measured.number("scale", low=0.1, high=10.0)
    if scale is not None and abs(scale - 1.0) >= _NOTABLE_SCALE:
        yield Bilingual(f"缩放为 {rounded(scale, 2)} 倍", f"scaled to {rounded(scale, 2)} times its size")
