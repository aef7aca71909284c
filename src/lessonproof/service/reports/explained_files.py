"""What was measured behind a finding on the file, or on what it has in common with others, in one or two sentences."""

from collections.abc import Mapping
from typing import Final

from lessonproof.evidence.verdict import Bilingual
from lessonproof.service.reports.explained_pictures import changed_picture
from lessonproof.service.reports.measured import Measured, Sentences, listed, place, rounded, seconds_words

JOINT_MARKS: Final[Mapping[str, Bilingual]] = {
    "clock_restarts": Bilingual("文件内部的时间从头计起", "the file's own clock starts over"),
    "counters_restart": Bilingual("数据包编号从头计起", "the packets are numbered from the start again"),
    "discontinuity_flag": Bilingual("文件自身标明此处不连续", "the file itself announces a break"),
    "parameter_sets_change": Bilingual("编码参数改变", "the encoder's parameters change"),
    "encoder_signs_again": Bilingual(
        "编码程序再次写入开头才有的签名", "the signature that encoders write at the start comes again"
    ),
    "idr_order_breaks": Bilingual("关键帧的编号次序中断", "the numbering of the key pictures breaks"),
    "early_keyframe_pictures": Bilingual("关键帧提前出现", "a key picture comes early"),
    "picture_step_ms": Bilingual("画面的时间间隔错开", "the pictures leave their even spacing"),
    "sound_grid_shift_ms": Bilingual("声音的时间间隔错开", "the sound leaves its even spacing"),
    "picture_jumps_at_keyframe": Bilingual(
        "画面恰好在按固定间隔出现的关键帧处跳变", "the picture jumps exactly at a key picture of the even rhythm"
    ),
}
"""By the name under which a joint's mark stands in ``detail``."""

EDIT_WORDS: Final[Mapping[str, Bilingual]] = {
    "hidden_s": Bilingual("不予播放", "are in the file and not shown"),
    "empty_s": Bilingual("播放为空白", "are shown as nothing at all"),
    "repeated_s": Bilingual("重复播放", "are shown again"),
    "other_speed_s": Bilingual("以其他速度播放", "are shown at another speed"),
}
TRACKS: Final[Mapping[str, Bilingual]] = {
    "video": Bilingual("画面", "picture"),
    "audio": Bilingual("声音", "sound"),
}
PROFILE_FIELDS: Final[Mapping[str, Bilingual]] = {
    "container": Bilingual("文件格式", "kind of file"),
    "video_codec": Bilingual("画面编码", "coding of the picture"),
    "profile": Bilingual("编码档次", "coding profile"),
    "level": Bilingual("编码级别", "coding level"),
    "picture_size": Bilingual("画面尺寸", "picture size"),
    "gop_pictures": Bilingual("关键帧间隔", "distance of key pictures"),
    "frame_step_us": Bilingual("帧间隔", "time between pictures"),
    "is_steady": Bilingual("帧率是否均匀", "evenness of the frame rate"),
    "has_bframes": Bilingual("帧的预测方式", "way of predicting pictures"),
    "audio": Bilingual("声音编码", "coding of the sound"),
    "major_brand": Bilingual("文件品牌标记", "brand of the file"),
    "brands": Bilingual("文件兼容标记", "compatible brands"),
    "muxer": Bilingual("写入程序", "writing program"),
    "writer": Bilingual("写入程序的组件", "writing library"),
    "device_make": Bilingual("设备厂家", "maker of the device"),
    "device_model": Bilingual("设备型号", "model of the device"),
    "system": Bilingual("设备系统", "system of the device"),
    "boxes": Bilingual("文件结构次序", "order of the file's parts"),
    "has_creation_time": Bilingual("是否有创建时间", "presence of a creation time"),
    "encoders": Bilingual("编码程序记号", "marks of encoders"),
    "encoder_settings": Bilingual("编码程序设置", "settings of the encoder"),
}
_TRACK_FIELD: Final = Bilingual("轨道的说明", "description of a track")
_SHOWN_FIELDS: Final = 4
_OTHER_SHOWN: Final = 12


def truncated(measured: Measured) -> Sentences:
    """How much is missing, and how that is known."""
    missing_bytes, missing_s = measured.number("missing_bytes", low=1.0, high=1e15), measured.seconds("missing_s")
    if missing_bytes is not None:
        size = f"{missing_bytes / 1e6:.1f}" if missing_bytes >= 1e5 else f"{missing_bytes / 1e6:.3f}"
        zh, en = f"按文件自身的结构还应有 {size} MB", f"By its own structure the file lacks {size} MB"
        if missing_s:
            length = seconds_words(missing_s)
            zh, en = f"{zh}，约 {length.zh}", f"{en}, some {length.en}"
        yield Bilingual(f"{zh}。", f"{en}.")
    elif missing_s is not None:
        length = seconds_words(missing_s)
        by_sound = measured.seconds("sound_end_s") is not None
        zh, en = ("声音", "the sound") if by_sound else ("文件申报的时长", "the length that the file declares")
        yield Bilingual(f"画面比{zh}早结束 {length.zh}。", f"The picture ends {length.en} before {en}.")


def unreadable(measured: Measured) -> Sentences:
    """How long."""
    length = measured.length
    yield Bilingual(
        f"共有 {length.zh}的画面损坏，无法显示。", f"{length.en} of picture are damaged and cannot be shown."
    )


def reencoded(measured: Measured) -> Sentences:
    """Whose marks the file holds."""
    encoders, device = measured.texts("encoders"), measured.text("device")
    if not encoders:
        return
    zh, en = "、".join(encoders), ", ".join(encoders)
    if device is not None:
        yield Bilingual(
            f"文件称由设备 {device} 录制，却带有编码程序的记号：{zh}。",
            f"The file names the device {device} and yet bears the mark of an encoding program: {en}.",
        )
    else:
        yield Bilingual(
            f"文件中留有 {len(encoders)} 种编码程序的记号：{zh}。",
            f"The file bears marks of {len(encoders)} encoders: {en}.",
        )


def container_mismatch(measured: Measured) -> Sentences:
    """In what, and against how many recordings."""
    recordings, differs = measured.count("recordings"), measured.part("differs")
    names = list(differs.detail)
    if not names:
        return
    count_zh, count_en = ("", "") if not recordings else (f" {recordings} 份", f" {recordings}")
    words = list({name: PROFILE_FIELDS.get(name, _TRACK_FIELD) for name in names}.values())
    told = list(dict.fromkeys(words))
    shown = listed(told[:_SHOWN_FIELDS])
    more = len(told) - _SHOWN_FIELDS
    zh, en = (f"等 {len(told)} 项", f" and {more} more") if more > 0 else ("", "")
    yield Bilingual(
        f"与该设备此前通过的{count_zh}录像不同之处：{shown.zh}{zh}。",
        f"It differs from the{count_en} earlier recordings of this recorder in: {shown.en}{en}.",
    )


def concatenated(measured: Measured) -> Sentences:
    """Which marks of a joint there are."""
    found = [words for name, words in JOINT_MARKS.items() if measured.detail.get(name) not in (None, False)]
    if found:
        words = listed(found)
        yield Bilingual(f"接合处的迹象：{words.zh}。", f"Signs of the joint: {words.en}.")


def edit_list(measured: Measured) -> Sentences:
    """What is hidden, of which track."""
    track = TRACKS.get(measured.text("track") or "", TRACKS["video"])
    for name, words in EDIT_WORDS.items():
        length_s = measured.seconds(name)
        if length_s is not None:
            length = seconds_words(length_s)
            yield Bilingual(
                f"文件设定有 {length.zh}的{track.zh}{words.zh}。",
                f"By the file's order {length.en} of {track.en} {words.en}.",
            )


def reuse(measured: Measured) -> Sentences:
    """Which other recording, and from where on."""
    other = _other(measured)
    if measured.is_true("same_bytes"):
        yield Bilingual(f"该录像文件与{other.zh}逐字节相同。", f"The file equals {other.en} to the last byte.")
        return
    length, start_s = measured.length, measured.seconds("other_start_s")
    zh, en = (
        ("中", "a stretch of")
        if start_s is None
        else (f"从 {place(start_s)} 开始", f"the stretch from {place(start_s)} of")
    )
    yield Bilingual(
        f"这 {length.zh}与{other.zh}{zh}的一段动作相同。",
        f"The movements in these {length.en} are those of {en} {other.en}.",
    )
    strength = measured.number("spreads_above_usual", low=0.0, high=1e6)
    if strength is not None:
        yield Bilingual(
            f"吻合程度超出两份录像之间的偶然相似 {rounded(strength)} 倍标准差。",
            f"They agree {rounded(strength)} standard deviations better than the two recordings do by chance.",
        )
    yield from changed_picture(measured)


def _other(measured: Measured) -> Bilingual:
    """The other recording in words, as far as the reader may know."""
    file, unit = measured.text("other_file"), measured.text("other_unit")
    number, digest = measured.text("other_class"), measured.text("other")
    if measured.is_true("filed_elsewhere"):
        return Bilingual("他处此前提交的一份录像", "a recording that was filed elsewhere before")
    if file is not None and unit is not None and number is not None:
        return Bilingual(
            f"班级 {number} 授课单元 {unit} 的录像 {file} ", f"the recording {file} of unit {unit}, class {number},"
        )
    if file is not None:
        return Bilingual(f"录像 {file} ", f"the recording {file}")
    if digest is not None:
        return Bilingual(
            f"另一份录像（SHA-256 以 {digest[:_OTHER_SHOWN]} 开头）",
            f"another recording (SHA-256 {digest[:_OTHER_SHOWN]}…)",
        )
    return Bilingual("另一份录像", "another recording")
