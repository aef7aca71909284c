"""What was measured behind a finding on the clock or in the sound, in one or two sentences."""

from collections.abc import Mapping
from typing import Final

from lessonproof.evidence.verdict import Bilingual
from lessonproof.service.reports.measured import Measured, Sentences, rounded, seconds_words

NO_AUDIO_REASONS: Final[Mapping[str, Bilingual]] = {
    "no_track": Bilingual("文件中没有声音轨道。", "The file holds no sound track."),
    "undecodable_track": Bilingual(
        "文件中有声音轨道，但无法解码。", "The file holds a sound track that cannot be decoded."
    ),
    "silent_track": Bilingual(
        "文件中有声音轨道，但自始至终完全无声。", "The file holds a sound track that is mute from beginning to end."
    ),
}
_MOSTLY: Final = 0.5
_NOTABLE_PHASE_DEGREES: Final = 5.0
_NOTABLE_NOISE_DB: Final = 3.0
_S_PER_H_PER_PPM: Final = 3600e-6
_NOTABLE_RATE_S: Final = 0.1


def clock_jump(measured: Measured) -> Sentences:
    """What the clock shows before and after, and by how much it is off."""
    jump_s = measured.number("jump_s", low=-1e9, high=1e9)
    if jump_s is None:
        return
    before, after = measured.shown_time("shown_before"), measured.shown_time("shown_after")
    change = seconds_words(abs(jump_s))
    zh, en = ("多走了", "ahead of") if jump_s > 0 else ("倒退了", "behind")
    if before is None or after is None:
        yield Bilingual(
            f"与录像自身的时间相比，画面时钟在这里{zh} {change.zh}。",
            f"From here on the clock is {change.en} {en} the recording's own time.",
        )
    elif measured.text("located_on") == "keyframes":
        apart = measured.length
        yield Bilingual(
            f"相隔 {apart.zh}的两次读数为 {before} 和 {after}，与录像自身的时间相比{zh} {change.zh}；"
            "跳变在两次读数之间。",
            f"Two readings {apart.en} apart show {before} and {after}: the second is {change.en} {en} the "
            "recording's own time; the clock jumps somewhere between them.",
        )
    else:
        yield Bilingual(
            f"画面时钟从 {before} 直接变为 {after}，与录像自身的时间相比{zh} {change.zh}。",
            f"The clock goes from {before} straight to {after}, {change.en} {en} the recording's own time.",
        )
    if jump_s > 0:
        yield Bilingual(
            "剪掉同样长的一段会如此，给设备校时也会如此。",
            "A removed stretch of that length does this, and so does setting the recorder's clock.",
        )


def clock_drift(measured: Measured) -> Sentences:
    """How fast the clock gains or loses."""
    factor = measured.number("factor", low=0.05, high=20.0)
    if factor is not None:
        yield Bilingual(
            f"画面时钟的快慢为正常的 {rounded(factor, 3)} 倍，而录音中的市电交流声表明播放速度没有改变，"
            "应为时钟本身不准。",
            f"The clock runs at {rounded(factor, 3)} times its due rate while the mains hum in the sound says that the "
            "speed is as recorded, so the clock itself seems to be off.",
        )
        return
    gained_s = measured.number("gained_s", low=-1e7, high=1e7)
    if gained_s is None or gained_s == 0:
        return
    change = seconds_words(abs(gained_s))
    zh, en = ("多走了", "gains") if gained_s > 0 else ("少走了", "loses")
    rate_s = abs(measured.number("drift_ppm", low=-1e6, high=1e6) or 0.0) * _S_PER_H_PER_PPM
    rate = seconds_words(rate_s) if rate_s >= _NOTABLE_RATE_S else None
    hourly_zh, hourly_en = ("", "") if rate is None else (f"，约合每小时 {rate.zh}", f", some {rate.en} an hour")
    yield Bilingual(f"画面时钟在这一段{zh} {change.zh}{hourly_zh}。", f"The clock {en} {change.en} here{hourly_en}.")


def clock_frozen(measured: Measured) -> Sentences:
    """What the clock shows and for how long."""
    shown, stood_s = measured.shown_time("shown"), measured.seconds("stood_at_least_s")
    if shown is None or stood_s is None:
        return
    stood, readings = seconds_words(stood_s), measured.count("readings")
    zh, en = ("", "") if not readings else (f"（{readings} 次读数相同）", f" ({readings} equal readings)")
    yield Bilingual(
        f"画面时钟停在 {shown}，至少 {stood.zh}没有变化{zh}，而画面仍在继续。",
        f"The clock stands at {shown} for {stood.en} at least{en} while the picture goes on.",
    )


def wrong_date(measured: Measured) -> Sentences:
    """What the clock shows against the plan."""
    shown, planned = measured.shown_time("shown"), measured.shown_time("planned_start")
    if shown is not None and planned is not None:
        yield Bilingual(
            f"画面时钟在录像开头显示 {shown}，而该课计划于 {planned} 开始。",
            f"The clock shows {shown} at the beginning, and the lesson was planned to start at {planned}.",
        )
    if measured.texts("may_also_mean"):
        yield Bilingual(
            "日期中的月和日可能互换，两种读法都与计划不符。",
            "Day and month may be meant either way; neither reading fits the plan.",
        )


def no_audio(measured: Measured) -> Sentences:
    """Whether there is a track at all."""
    words = NO_AUDIO_REASONS.get(measured.text("reason") or "")
    if words is not None:
        yield words


def audio_gap(measured: Measured) -> Sentences:
    """How long, and what kind of silence."""
    silent_s = measured.seconds("silent_s")
    length = measured.length if silent_s is None else seconds_words(silent_s)
    missing = measured.number("share_without_samples", low=0.0, high=1.0)
    exact = measured.number("share_exact_silence", low=0.0, high=1.0)
    below_db = measured.number("below_room_floor_db", low=0.0, high=200.0)
    zh, en = f"静音 {length.zh}", f"Mute for {length.en}"
    if missing is not None and missing >= _MOSTLY:
        zh, en = f"{zh}：文件中没有这段时间的声音数据", f"{en}: the file holds no sound for this time"
    elif exact is not None and exact >= _MOSTLY:
        zh = f"{zh}：声音数据全为零，而房间里的话筒总会录到一点噪声"
        en = f"{en}: the sound is exactly zero, while a microphone in a room always hears a little noise"
    elif below_db is not None:
        zh = f"{zh}：比房间平时的背景噪声还低 {rounded(below_db, 0)} 分贝"
        en = f"{en}: {rounded(below_db, 0)} dB below the room's own background noise"
    yield Bilingual(f"{zh}。", f"{en}.")


def audio_break(measured: Measured) -> Sentences:
    """How far the mains hum's phase shifts."""
    shift = measured.number("hum_phase_shift_deg", low=-360.0, high=360.0)
    mains_hz = measured.number("mains_hz", low=40.0, high=70.0)
    zh, en = ("", "") if mains_hz is None else (f"，{mains_hz:.2f} 赫兹", f", {mains_hz:.2f} Hz")
    zh, en = f"（电器发出的低沉嗡声{zh}）", f" (the low tone of lamps and sockets{en})"
    turned = None if shift is None else min(abs(shift) % 360, 360 - abs(shift) % 360)
    if shift is not None:
        if turned is not None and turned >= _NOTABLE_PHASE_DEGREES:
            zh, en = f"{zh}在这里错开了 {turned:.0f} 度", f"{en} is out of step by {turned:.0f} degrees from here on"
        else:
            zh, en = f"{zh}在这里中断了原来的节奏", f"{en} falls out of its course here"
        yield Bilingual(
            f"录音中的市电交流声{zh}；没有剪过的录音中，它应当前后连贯。",
            f"The mains hum in the sound{en}; in sound that was not cut it runs on without a step.",
        )
    noise_db = measured.number("noise_floor_change_db", low=_NOTABLE_NOISE_DB, high=120.0)
    if noise_db is not None:
        yield Bilingual(
            f"背景噪声也同时变化了 {rounded(noise_db, 0)} 分贝。",
            f"The background noise changes by {rounded(noise_db, 0)} dB at the same place.",
        )


def av_desync(measured: Measured) -> Sentences:
    """By how much."""
    early_s, overlap_s = measured.seconds("sound_before_picture_s"), measured.seconds("sound_overlap_s")
    if early_s is not None:
        early = seconds_words(early_s)
        yield Bilingual(
            f"声音比画面早开始 {early.zh}，开头的画面可能被剪掉。",
            f"The sound begins {early.en} before the picture, whose beginning may have been removed.",
        )
    if overlap_s is not None:
        overlap = seconds_words(overlap_s)
        yield Bilingual(
            f"声音的时间在这里倒退了 {overlap.zh}，此后声音与画面可能错开。",
            f"The sound's own time runs back by {overlap.en} here, so sound and picture may be apart from here on.",
        )
