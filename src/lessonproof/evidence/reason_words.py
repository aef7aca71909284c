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

_ROLL_CALL: Final[Mapping[str, Bilingual]] = {
    "no_speech_detector": Bilingual(
        "未安装人声检测组件，无法听辨录像开头的说话", "no speech detector is installed to listen to the beginning"
    ),
    "speech_not_surveyed": Bilingual(
        "该检验档案没有记录录像开头的说话，请重新分析",
        "speech at the beginning was not measured; the recording has to be analysed again",
    ),
    "sound_missing_at_start": Bilingual(
        "录像开头有声音缺失或静音，可能正好缺了点名",
        "sound is missing or muted at the beginning, where names may be called",
    ),
    "no_speech_at_start": Bilingual("录像开头没有听到人说话", "nobody is heard to speak at the beginning"),
    "other_sound_at_start": Bilingual(
        "录像开头有与说话声一样响的其他声音，其中可能有没听出来的呼名",
        "other sounds at the beginning are as loud as speech and may hold calls that were not recognised",
    ),
    "speech_in_noise": Bilingual(
        "录像开头噪声较大，应答声可能听不到", "noise at the beginning may hide the answers to a roll call"
    ),
    "short_turns_at_start": Bilingual(
        "录像开头有一连串简短的说话，可能是点名，也可能是别的对答",
        "short turns follow each other at the beginning; they may be a roll call or something else",
    ),
    "no_lecture_at_start": Bilingual(
        "录像开头没有听到一个人连续讲课，无从比较", "no single voice is heard to lecture, so nothing can be ruled out"
    ),
    "start_not_declared": Bilingual(
        "未申报录像首帧的实际时间，不知道录像的哪一段在课程开始前后",
        "when the recording begins is not declared, so the lesson's start in it is unknown",
    ),
    "recording_begins_late": Bilingual(
        "录像在课程开始之后才开始，点名可能在录像之前",
        "the recording begins after the lesson's start; names may have been called before it",
    ),
    "start_not_covered": Bilingual(
        "只听辨了录像的前 20 分钟，没有覆盖课程开始前后",
        "only the first 20 minutes were listened to, and they do not reach far enough past the lesson's start",
    ),
    "called_at_another_time": Bilingual(
        "听到类似点名的声音，但不在课程开始前后",
        "something like a roll call is heard, yet not around the lesson's start",
    ),
}

_PEOPLE: Final[Mapping[str, Bilingual]] = {
    "no_weights": Bilingual("未安装人数检测模型", "no weights of a person detector are installed"),
    "switched_off": Bilingual("人数统计已关闭", "counting people was switched off"),
    "not_calibrated": Bilingual(
        "人数检测模型未经标定，不知道会漏掉多少人",
        "how many people this detector overlooks was never measured",
    ),
    "people_unread": Bilingual(
        "部分时刻的画面无法读取或没有可看的内容，这些时刻的人数未知",
        "some pictures could not be read or showed nothing, so the number of people in them is unknown",
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

_PHOTO: Final[Mapping[str, Bilingual]] = {
    "no_exif": Bilingual("照片没有 EXIF 信息", "the photograph has no EXIF block"),
    "exif_damaged": Bilingual("照片的 EXIF 信息已损坏", "the photograph's EXIF block is damaged"),
    "exif_no_time": Bilingual("照片的 EXIF 信息中没有拍摄时间", "the photograph's EXIF block tells no time"),
    "no_text_reader": Bilingual("没有安装文字读取组件", "no text reader is installed"),
    "photo_no_date": Bilingual(
        "照片上没有读到唯一的日期和时间", "no single date with a time could be read in the photograph"
    ),
    "photo_too_small": Bilingual("照片像素太少，无法判断", "the photograph has too few pixels to tell"),
    "photo_too_few_people": Bilingual(
        "照片中清楚可见的不足两人，无法与同一房间的另一次拍摄区分",
        "fewer than two people are seen clearly, so one exposure cannot be told from another of the same room",
    ),
    "photo_not_clear": Bilingual("照片不清晰，没有与录像画面比对", "the photograph is not clear enough to compare it"),
    "photo_told_already": Bilingual(
        "照片已疑似重复，没有再与录像画面比对", "the photograph is suspected already and was not compared any further"
    ),
    "no_recordings": Bilingual("没有已分析的录像可供比对", "no recording was analysed that it could be compared with"),
    "recording_unreadable": Bilingual(
        "有录像无法再次读取，没有全部比对", "a recording could not be read again, so not all were compared"
    ),
    "views_too_few": Bilingual(
        "有录像太短或关键帧太少，没有比对", "a recording is too short or has too few keyframes to compare with"
    ),
    "frames_too_many": Bilingual(
        "有录像关键帧间隔过长，没有比对",
        "keyframes of a recording lie too far apart, and it was not compared",
    ),
}

NOT_LOOKED_FOR: Final = Bilingual("没有全程检查此项", "it was not searched for throughout")
"""For a kind that a dossier names neither as checked nor as undecided."""

REASONS: Final[Mapping[str, Bilingual]] = {
    **_PICTURE,
    **_CLOCK,
    **_SOUND,
    **_ROLL_CALL,
    **_PEOPLE,
    **_FILE,
    **_COMPARISON,
    **_PHOTO,
}


def reason_words(code: str) -> Bilingual:
    """The words for a reason code; one of a newer version that has none here is named as a code."""
    return REASONS.get(code, Bilingual(f"原因代码 {code}", f"reason code {code}"))
