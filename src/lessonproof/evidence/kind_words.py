"""What every kind of finding is called and means, for people who do not work with video.

A machine suspects and never accuses: an edit is 疑似 until two people have looked at it (open point Q12).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.verdict import Bilingual

K = FindingKind


class Group(StrEnum):
    """Groups of kinds; each has one colour and one lane of the time line."""

    TIMELINE = "timeline"
    CLOCK = "clock"
    SOUND = "sound"
    FILE = "file"
    COVERAGE = "coverage"
    PEOPLE = "people"
    PRACTICE = "practice"
    PHOTOS = "photos"


@dataclass(frozen=True, slots=True)
class KindWords:
    """Words for one kind of finding.

    Attributes:
        group: its group.
        name: short name.
        sentence: one sentence for a reader who does not know the field.
    """

    group: Group
    name: Bilingual
    sentence: Bilingual

    @property
    def plain_zh(self) -> str:
        """The Chinese name for a sentence that says itself that it is a suspicion."""
        return self.name.zh.replace("疑似", "")


def _words(group: Group, zh_name: str, en_name: str, zh: str, en: str) -> KindWords:
    return KindWords(group, Bilingual(zh_name, en_name), Bilingual(zh, en))


GROUP_NAMES: Final[Mapping[Group, Bilingual]] = {
    Group.TIMELINE: Bilingual("画面连续性", "Continuity"),
    Group.CLOCK: Bilingual("画面时钟", "Burned-in clock"),
    Group.SOUND: Bilingual("声音", "Sound"),
    Group.FILE: Bilingual("文件", "File"),
    Group.COVERAGE: Bilingual("录制范围", "Coverage"),
    Group.PEOPLE: Bilingual("人数", "People"),
    Group.PRACTICE: Bilingual("实操工位", "Practice"),
    Group.PHOTOS: Bilingual("照片", "Photographs"),
}

KIND_WORDS: Final[Mapping[FindingKind, KindWords]] = {
    K.CUT: _words(
        Group.TIMELINE,
        "疑似剪切",
        "Suspected cut",
        "画面在这里突然跳变，疑似有一段录像被剪掉。",
        "The picture jumps here; a stretch of the lesson seems to have been removed.",
    ),
    K.SPLICE: _words(
        Group.TIMELINE,
        "疑似拼接",
        "Suspected splice",
        "这一段画面与前后不是同一时间或同一地点，疑似从别处拼接而来。",
        "This stretch does not match what surrounds it and seems to come from another time or place.",
    ),
    K.LOOP: _words(
        Group.TIMELINE,
        "疑似重复播放",
        "Suspected loop",
        "这一段画面与本录像中另一段相同，疑似重复使用以充时长。",
        "This stretch equals another one of the same recording and seems to have been shown again to fill time.",
    ),
    K.FREEZE: _words(
        Group.TIMELINE,
        "画面静止",
        "Frozen picture",
        "画面在这一段完全不动，看不到授课过程。",
        "The picture stands completely still, so the lesson cannot be seen here.",
    ),
    K.BLACK: _words(
        Group.TIMELINE,
        "黑屏",
        "Black picture",
        "画面在这一段为黑屏，看不到授课过程。",
        "The picture is black, so the lesson cannot be seen here.",
    ),
    K.COVERED: _words(
        Group.TIMELINE,
        "镜头疑似被遮挡",
        "Lens apparently covered",
        "镜头疑似被遮挡或严重失焦，看不清授课过程。",
        "The lens seems to be covered or badly out of focus, so the lesson cannot be made out.",
    ),
    K.REVERSED: _words(
        Group.TIMELINE,
        "疑似倒放",
        "Suspected reversal",
        "人和物的运动方向不合常理，这一段疑似倒放。",
        "People and things move in an unnatural direction; the stretch seems to run backwards.",
    ),
    K.SPEED: _words(
        Group.TIMELINE,
        "疑似变速",
        "Suspected change of speed",
        "动作快于或慢于实际，这一段疑似被加速或放慢。",
        "Movements are faster or slower than life; the stretch seems to have been sped up or slowed down.",
    ),
    K.GAP: _words(
        Group.TIMELINE,
        "录像中断",
        "Hole in the recording",
        "录像的时间在这里有空缺，这段时间没有任何画面。",
        "The recording has a hole here: there is no picture at all for this time.",
    ),
    K.DROPPED_FRAMES: _words(
        Group.TIMELINE,
        "丢帧",
        "Dropped frames",
        "这一段缺少部分画面，常见于录制设备繁忙或网络不畅。",
        "Some pictures are missing here, as happens with a busy recorder or a poor network.",
    ),
    K.SCENE_CHANGE: _words(
        Group.TIMELINE,
        "场景变化",
        "Change of scene",
        "画面中的场所在这里发生变化，请核对是否仍在申报的场地。",
        "The place in the picture changes here; please check that it is still the declared one.",
    ),
    K.CAMERA_MOVED: _words(
        Group.TIMELINE,
        "机位移动",
        "Camera moved",
        "摄像头的位置或角度在这里发生变化，通常是被碰动。",
        "The camera's place or angle changes here, often because somebody knocked it.",
    ),
    K.REUSE: _words(
        Group.TIMELINE,
        "疑似重复使用他处录像",
        "Suspected reuse of other footage",
        "这一段画面与另一份录像相同，疑似重复使用。",
        "This stretch equals a stretch of another recording and seems to have been used twice.",
    ),
    K.CLOCK_JUMP: _words(
        Group.CLOCK,
        "画面时钟跳变",
        "Clock jumps",
        "画面上显示的时间在这里跳变，与录像自身的时间不一致，疑似剪辑或调过时钟。",
        "The time shown in the picture jumps against the recording's own time; an edit or a reset clock is suspected.",
    ),
    K.CLOCK_DRIFT: _words(
        Group.CLOCK,
        "画面时钟走时不准",
        "Clock drifts",
        "画面上的时钟走得比录像自身的时间快或慢。",
        "The clock in the picture runs faster or slower than the recording's own time.",
    ),
    K.CLOCK_FROZEN: _words(
        Group.CLOCK,
        "画面时钟停走",
        "Clock stands still",
        "画面上的时钟在这一段停住不走。",
        "The clock in the picture stands still here.",
    ),
    K.WRONG_DATE: _words(
        Group.CLOCK,
        "日期不符",
        "Wrong date",
        "录像中的日期与授课单元的日期不一致。",
        "The date in the recording is not that of the teaching unit.",
    ),
    K.NO_AUDIO: _words(
        Group.SOUND,
        "没有声音",
        "No sound",
        "录像没有声音，无法听到授课内容和点名。",
        "The recording has no sound, so neither teaching nor roll call can be heard.",
    ),
    K.AUDIO_GAP: _words(
        Group.SOUND,
        "声音缺失",
        "Sound missing",
        "这一段没有声音或完全静音。",
        "There is no sound here, or it is completely mute.",
    ),
    K.AUDIO_BREAK: _words(
        Group.SOUND,
        "声音疑似不连续",
        "Suspected break in the sound",
        "声音在这里突然断开，疑似经过剪辑。",
        "The sound breaks off here; an edit is suspected.",
    ),
    K.AV_DESYNC: _words(
        Group.SOUND,
        "音画不同步",
        "Sound and picture apart",
        "声音与画面在这一段对不上。",
        "Sound and picture do not fit together here.",
    ),
    K.REENCODED: _words(
        Group.FILE,
        "经过重新编码",
        "Re-encoded",
        "文件不是录像设备的原始编码；转发或导出也会如此，不单独作为依据。",
        "Not the recorder's own encoding; forwarding or exporting does this too, so it decides nothing alone.",
    ),
    K.CONTAINER_MISMATCH: _words(
        Group.FILE,
        "文件结构与设备不符",
        "File does not fit the recorder",
        "文件结构与申报的录像设备不符，不单独作为依据。",
        "The file's structure does not fit the declared recorder; this decides nothing alone.",
    ),
    K.CONCATENATED: _words(
        Group.FILE,
        "文件由多段合并",
        "Joined from several files",
        "文件由多段录像首尾相接而成；录像设备分段保存后合并也会如此。",
        "The file was joined from several; recorders that save in parts give such files too.",
    ),
    K.EDIT_LIST: _words(
        Group.FILE,
        "播放列表隐藏内容",
        "Hidden by an edit list",
        "文件设置了只播放其中一部分，其余内容被隐藏。",
        "The file tells players to show only part of what it holds.",
    ),
    K.TRUNCATED: _words(
        Group.FILE,
        "文件不完整",
        "File cut off",
        "文件的结尾缺失，录像在这里提前结束；常见于复制中断或断电。",
        "The end of the file is missing, as after an interrupted copy or a power failure.",
    ),
    K.UNREADABLE: _words(
        Group.FILE,
        "无法读取",
        "Unreadable",
        "文件在这一段已损坏，画面无法读取。",
        "The file is damaged here and the picture cannot be read.",
    ),
    K.MISSING_RECORDING: _words(
        Group.COVERAGE,
        "缺少录像",
        "Recording missing",
        "该授课单元没有录像。",
        "There is no recording of this unit.",
    ),
    K.SHORT_RECORDING: _words(
        Group.COVERAGE,
        "录像时长不足",
        "Recording too short",
        "录像开始晚于或结束早于课程表的时间。",
        "The recording starts after or ends before the scheduled time.",
    ),
    K.NO_ROLL_CALL: _words(
        Group.COVERAGE,
        "未见课前点名",
        "No roll call found",
        "录像开头没有发现课前点名。",
        "No roll call was found at the start of the recording.",
    ),
    K.LOW_COUNT: _words(
        Group.PEOPLE,
        "人数偏少",
        "Fewer people than signed",
        "画面中的人数少于签到人数；画面外的人无法计入，请人工核对。",
        "Fewer people are in view than signed in; people outside the picture are not counted, so please check.",
    ),
    K.HIGH_COUNT: _words(
        Group.PEOPLE,
        "人数偏多",
        "More people than allowed",
        "画面中的人数多于该班允许的人数。",
        "More people are in view than the class may hold.",
    ),
    K.NOBODY_PRESENT: _words(
        Group.PEOPLE,
        "画面无人",
        "Nobody in view",
        "这一段画面中没有发现任何人。",
        "Nobody was found in the picture here.",
    ),
    K.NO_TEACHER: _words(
        Group.PEOPLE,
        "未见教师授课",
        "No teacher in view",
        "这一段较长时间没有发现教师在授课。",
        "For a long time nobody was found teaching.",
    ),
    K.STATION_UNCOVERED: _words(
        Group.PRACTICE,
        "工位未被拍到",
        "Training station not in view",
        "有实训工位不在任何一个画面之内。",
        "A training station is in no camera's view.",
    ),
    K.STATION_IDLE: _words(
        Group.PRACTICE,
        "工位闲置",
        "Training station unused",
        "画面中的实训工位在这一段无人使用。",
        "A training station in view was not used here.",
    ),
    K.PHOTO_DUPLICATE: _words(
        Group.PHOTOS,
        "照片疑似重复",
        "Photograph apparently used before",
        "该照片与以前提交的照片或录像画面相同或高度相似。",
        "The photograph equals or closely resembles one handed in before, or a frame of a recording.",
    ),
    K.PHOTO_POOR: _words(
        Group.PHOTOS,
        "照片质量不足",
        "Photograph of poor quality",
        "照片不清晰，或看不到学员、教师。",
        "The photograph is not sharp, or trainees or teacher cannot be seen.",
    ),
}
