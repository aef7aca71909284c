"""Why something could not be decided, in words: every reason code that a dossier or a comparison gives.

The words are clauses without a full stop, so that they stand in brackets, in a table or at the end of a sentence.
"""

from collections.abc import Mapping
from typing import Final

from lessonproof.evidence.verdict import Bilingual

_PICTURE: Final[Mapping[str, Bilingual]] = {
    "screen_recording": Bilingual(
        "画面是屏幕录制或课件，不是摄像机拍摄，此项检查只适用于摄像机拍摄的画面",
        "the picture is a screen recording or slides; this search works on pictures taken by a camera only",
    ),
    "too_few_keyframes": Bilingual(
        "录像中可单独解码的关键帧太少，无法比较",
        "too few pictures of the recording can be decoded on their own to compare them",
    ),
    "too_few_pictures": Bilingual("录像太短或画面太少，无法比较", "the recording holds too few pictures to compare"),
    "no_pictures": Bilingual("没有可用的画面", "there is no picture to look at"),
    "no_sensor_noise": Bilingual(
        "画面没有摄像机的细微噪点，静止的画面与被定住的画面无法区分",
        "the picture lacks a camera's fine noise, so a still scene cannot be told from a frozen one",
    ),
    "too_many_still_places": Bilingual(
        "疑似静止的时段太多，未能逐一核对", "too many stretches look still for each to be examined"
    ),
    "noise_hides_jumps": Bilingual(
        "画面变化或噪点较多，可能掩盖剪切留下的跳变",
        "the picture changes or is noisy enough to hide the jump that a cut leaves",
    ),
    "budget_spent": Bilingual(
        "可疑之处太多，限定的计算量内未能全部核对",
        "there were more suspicious places than could be examined in the time allowed",
    ),
    "too_many_candidates": Bilingual(
        "相似的片段太多，未能逐一核对", "too many stretches resemble each other for each to be examined"
    ),
    "undecodable": Bilingual("部分画面损坏，无法解码", "part of the pictures is damaged and cannot be decoded"),
    "too_dark": Bilingual("画面太暗，看不清场景", "the picture is too dark to make out the place"),
    "moving_camera": Bilingual(
        "摄像机一直在移动，没有固定画面可作比较", "the camera keeps moving, so there is no fixed view"
    ),
    "view_partly_hidden": Bilingual(
        "部分时段画面被遮挡较多，无法判断机位是否变化",
        "the view is hidden in part for a while, so a change of view cannot be told",
    ),
    "no_usual_view": Bilingual("没有稳定的常见画面可作比较", "the recording shows no steady view to compare with"),
}

_CLOCK: Final[Mapping[str, Bilingual]] = {
    "no_clock": Bilingual("画面上没有显示时间", "no clock is shown in the picture"),
    "clock_unreadable": Bilingual("画面上的时间看不清，读数不可靠", "the clock in the picture cannot be read reliably"),
    "clock_shows_minutes": Bilingual(
        "画面上的时间只显示到分钟，精度不足", "the clock in the picture shows minutes only"
    ),
    "no_reader": Bilingual("未安装文字识别组件，无法读取画面上的时间", "no text reader is installed to read the clock"),
    "too_short": Bilingual(
        "录像太短，看不出时钟走得快还是慢", "the recording is too short to tell how fast the clock runs"
    ),
}

_SOUND: Final[Mapping[str, Bilingual]] = {
    "no_sound": Bilingual("没有可用的声音", "there is no sound to examine"),
    "gated_sound": Bilingual(
        "录音设备在无人说话时自动静音，无法与人为静音区分",
        "the recorder mutes itself in every pause, so a muted stretch cannot be told apart",
    ),
    "no_hum": Bilingual(
        "录音中听不到电灯和电器的嗡声，无从比对",
        "the sound holds none of the mains hum of lamps and sockets, whose course could be followed",
    ),
    "hum_at_times": Bilingual(
        "电灯和电器的嗡声只在部分时段听得到，其余时段无法检查",
        "the mains hum can be followed for part of the recording only",
    ),
    "hum_changes": Bilingual("电灯和电器的嗡声在此处变化不清", "the mains hum is unsettled here"),
    "mains_at_50_hz": Bilingual(
        "此时市电频率几乎正好为 50 赫兹，剪切可能不留痕迹",
        "the mains ran at almost exactly 50 Hz, where a cut may leave no trace",
    ),
    "near_the_end": Bilingual("离录像结尾太近", "it lies too close to the end of the recording"),
    "track_times_only": Bilingual(
        "只比较了声音与画面的起止时间，没有比较口型和动作",
        "only the times of sound and picture were compared, not lips and movements",
    ),
    "no_clock_no_hum": Bilingual(
        "既没有可读的画面时钟，也听不到电灯和电器的嗡声，无法核对播放速度",
        "neither a readable clock nor mains hum tells how fast the lesson ran",
    ),
}

_FILE: Final[Mapping[str, Bilingual]] = {
    "only_marks_compared": Bilingual(
        "只核对了文件中的程序记号，没有记号的重新编码看不出来",
        "only the marks that programs leave in the file were compared; re-encoding without a mark does not show",
    ),
    "no_marks": Bilingual("文件中没有任何设备或程序的记号", "the file holds no mark of a device or a program"),
    "no_trace_to_follow": Bilingual(
        "文件的时间和编号没有规律可循，看不出是否由多段合并",
        "times and numbers in the file follow no order that a joint would break",
    ),
    "no_index": Bilingual(
        "文件缺少索引，可能没有正常结束录制", "the file lacks its index, as when recording was not ended"
    ),
    "index_cut_off": Bilingual("文件的索引不完整", "the file's index is cut off"),
    "index_too_large": Bilingual("文件的索引过大，没有读取", "the file's index is too large and was not read"),
}

_COMPARISON: Final[Mapping[str, Bilingual]] = {
    "no_fingerprint": Bilingual(
        "该录像没有可供比对的画面特征", "nothing in this recording can be compared with others"
    ),
    "too_little_motion": Bilingual(
        "画面中动作太少，无法与其他录像比对", "too little moves in the picture to compare it with other recordings"
    ),
    "keyframes_far_apart": Bilingual(
        "该录像或与之比对的录像关键帧间隔较长，一分钟左右的重复使用可能找不到，只能找到更长的",
        "keyframes of this recording or of one that it was compared with lie far apart; re-use of a minute or so may "
        "be missed, longer stretches are found",
    ),
    "nothing_to_compare_with": Bilingual("没有其他录像可供比对", "there is no other recording to compare with"),
    "no_file_marks": Bilingual(
        "该检验档案没有记录文件结构，请重新分析",
        "the file's structure was not recorded; the recording has to be analysed again",
    ),
    "recorder_not_known": Bilingual("没有申报录像设备或场地，无从比较", "which recorder was used is not known"),
    "too_few_recordings": Bilingual(
        "该设备此前通过的录像太少，还不知道它通常生成什么样的文件",
        "too few recordings of this recorder were accepted before to know what it usually writes",
    ),
}

NOT_LOOKED_FOR: Final = Bilingual("没有全程检查此项", "it was not searched for throughout")
"""For a kind that a dossier names neither as checked nor as undecided."""

REASONS: Final[Mapping[str, Bilingual]] = {**_PICTURE, **_CLOCK, **_SOUND, **_FILE, **_COMPARISON}


def reason_words(code: str) -> Bilingual:
    """The words for a reason code; one of a newer version that has none here is named as a code."""
    return REASONS.get(code, Bilingual(f"原因代码 {code}", f"reason code {code}"))
