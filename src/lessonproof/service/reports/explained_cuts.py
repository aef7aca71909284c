"""What was measured behind a suspected cut, in one to four sentences for a reader who is no expert."""

from lessonproof.evidence.kind_words import KIND_WORDS
from lessonproof.evidence.reason_words import reason_words
from lessonproof.evidence.verdict import Bilingual
from lessonproof.service.reports.measured import Measured, Sentences, place, rounded, seconds_words


def cut(measured: Measured) -> Sentences:
    """How strongly the picture jumps, whether it is the border of a stretch, and what the sound does."""
    jump_s = measured.seconds("clock_jump_s")
    if jump_s is not None and measured.text("picture") == "shows_no_jump":
        length = seconds_words(jump_s)
        yield Bilingual(
            f"画面上的时钟在这里多走了 {length.zh}，声音也同时断开；画面本身看不出跳变，可能剪在少有动作的时刻。",
            f"The clock in the picture runs {length.en} ahead here and the sound breaks at the same instant; the "
            "picture shows no jump, as where little moves.",
        )
    yield from _border(measured)
    yield from _jump(measured)
    if measured.is_true("at_random_access_picture"):
        yield Bilingual(
            "跳变正好在关键帧上，不经重新编码直接剪接文件时通常如此。",
            "It lies exactly on a picture that can be decoded on its own, where files are joined without re-encoding.",
        )
    yield from _sound(measured)


def _jump(measured: Measured) -> Sentences:
    blocks, whole = measured.count("blocks_moved"), measured.count("blocks_in_picture")
    if not blocks or not whole or blocks > whole:
        return
    times = measured.number("times_stronger_than_neighbours", low=1.0, high=1e6)
    needed = measured.number("times_stronger_needed", low=1.0, high=1e6)
    zh = f"把画面分成 {whole} 块，其中 {blocks} 块在相邻两帧之间同时突变"
    en = f"Of {whole} blocks of the picture, {blocks} jump at once from one frame to the next"
    usual = measured.count("usual_blocks_moved")
    if usual is not None and usual < blocks:
        zh += f"（本录像中逐帧核对过的部分通常不超过 {usual} 块）"
        en += f" (of the frames that were compared, few reach {usual})"
    if times is not None:
        zh += f"，变化强度是前后各帧中最强一次的 {rounded(times)} 倍"
        en += f"; the change is {rounded(times)} times as strong as the strongest beside it"
        if needed is not None:
            zh += f"（达到 {rounded(needed)} 倍才报告）"
            en += f" ({rounded(needed)} times are needed to be told)"
    yield Bilingual(f"{zh}。", f"{en}.")


def _border(measured: Measured) -> Sentences:
    owner = next((kind for kind in KIND_WORDS if kind.value == measured.text("border_of")), None)
    start_s, end_s = measured.seconds("stretch_start_s"), measured.seconds("stretch_end_s")
    if owner is None or start_s is None or end_s is None:
        return
    words, span = KIND_WORDS[owner], f"{place(start_s)} – {place(end_s)}"
    yield Bilingual(
        f"这里是“{words.name.zh}”一段（{span}）的接缝，不一定另有内容被剪掉。",
        f"This is a seam of the {words.name.en[:1].lower()}{words.name.en[1:]} ({span}); nothing else need have been "
        "removed here.",
    )


def _sound(measured: Measured) -> Sentences:
    """What the sound does at the instant; a break is listed with the other measurements that agree."""
    state = measured.text("sound_state")
    if state == "unbroken":
        yield Bilingual(
            "声音在这里没有断开：如果确为剪辑，则只改动了画面；请对照前后画面判断。",
            "The sound goes on unbroken here: if this is an edit, the picture alone was changed; please compare the "
            "pictures.",
        )
    elif state == "unknown":
        reason = measured.text("sound_reason")
        why = None if reason is None else reason_words(reason)
        zh, en = ("", "") if why is None else (f"：{why.zh}", f": {why.en}")
        yield Bilingual(
            f"无法从声音判断此处是否连续{zh}。", f"The sound cannot tell whether it goes on through this instant{en}."
        )
