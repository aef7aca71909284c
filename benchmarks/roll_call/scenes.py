"""Beginnings of lessons: what is said by whom and when, rendered in a room."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.roll_call import scripts
from benchmarks.roll_call.room import Samples, coloured_noise, placed, some_room
from benchmarks.roll_call.voices import DEV_TIMBRES, RATE_HZ, TEST_TIMBRES, Voice, some_voice, spoken

LENGTH_S: Final = 400.0
LESSON_S: Final = 180.0
"""When the lesson is scheduled to begin, from the first sample."""
TEST_SEEDS_FROM: Final = 1000
"""Seeds from here on use held-out voices and are looked at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One beginning of a lesson.

    Attributes:
        kind: of :data:`KINDS`.
        samples: 16 kHz, mono.
        roll_call_s: where names are called; ``None`` where none are.
        pairs: calls with an answer.
    """

    kind: str
    samples: Samples
    roll_call_s: tuple[float, float] | None
    pairs: int


@dataclass(slots=True)
class Stage:
    """What has been put on a scene's time line so far.

    Attributes:
        rng: of the scene.
        timbres: voices to choose from.
        at_s: where the next thing begins.
        sounds: as ``room.placed`` takes them.
    """

    rng: np.random.Generator
    timbres: Sequence[str]
    at_s: float = 0.0
    sounds: list[tuple[float, float, float, Samples]] = field(default_factory=list)

    def say(self, voice: Voice, text: str, level_db: float, direct_db: float) -> None:
        """Have a text spoken here and go on behind it; nobody speaks at the same height twice."""
        higher = int(np.clip(voice.pitch + self.rng.normal(0, 5), 0, 99))
        samples = spoken(replace(voice, pitch=higher), text)
        self.sounds.append((self.at_s, level_db, direct_db, samples))
        self.at_s += samples.size / RATE_HZ

    def wait(self, low_s: float, high_s: float) -> None:
        """Let some time pass."""
        self.at_s += float(self.rng.uniform(low_s, high_s))


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person with a place in the room."""

    voice: Voice
    level_db: float
    direct_db: float


def teacher_of(stage: Stage) -> Speaker:
    """Somebody in front."""
    return Speaker(
        some_voice(stage.rng, stage.timbres), float(stage.rng.uniform(-3, 3)), float(stage.rng.uniform(0, 8))
    )


def pupils_of(stage: Stage, count: int, *, faint_db: float = 0.0) -> list[Speaker]:
    """People in the rows; ``faint_db``: how much fainter than a clear answer."""
    rng = stage.rng
    return [
        Speaker(some_voice(rng, stage.timbres), float(rng.uniform(-15, -2)) - faint_db, float(rng.uniform(-6, 3)))
        for _ in range(count)
    ]


def lecture(stage: Stage, teacher: Speaker, until_s: float, *, short: float = 0.15) -> None:
    """One voice; ``short``: share of short phrases."""
    while stage.at_s < until_s:
        is_short = stage.rng.random() < short
        text = str(stage.rng.choice(list(scripts.SHORT_PHRASES))) if is_short else scripts.sentence(stage.rng)
        stage.say(teacher.voice, text, teacher.level_db, teacher.direct_db)
        stage.wait(0.3, 2.0)


def chatter(stage: Stage, until_s: float) -> None:
    """Many talk before the lesson, across each other."""
    crowd = pupils_of(stage, 6, faint_db=2)
    while stage.at_s < until_s:
        one = crowd[int(stage.rng.integers(len(crowd)))]
        stage.say(one.voice, str(stage.rng.choice(list(scripts.CHATTER))), one.level_db, one.direct_db)
        stage.at_s += float(stage.rng.uniform(-0.8, 3.0))


def call_names(stage: Stage, teacher: Speaker, *, faint_db: float = 0.0) -> int:
    """Names and answers; the number of answers."""
    rng, answered = stage.rng, 0
    pupils = pupils_of(stage, int(rng.integers(8, 28)), faint_db=faint_db)
    slow = float(rng.uniform(0.3, 1.2))
    for name, pupil in zip(scripts.names(rng, len(pupils)), pupils, strict=True):
        stage.say(teacher.voice, name, teacher.level_db + float(rng.normal(0, 1)), teacher.direct_db)
        if rng.random() < 0.08:
            stage.wait(1.0, 2.0)
            stage.say(teacher.voice, name, teacher.level_db + 1, teacher.direct_db)
            stage.wait(1.0, 2.5)
            continue
        stage.wait(0.15, 0.9)
        stage.say(pupil.voice, str(rng.choice(list(scripts.ANSWERS))), pupil.level_db, pupil.direct_db)
        answered += 1
        stage.wait(slow, slow + 1.0)
    return answered


def _begin(stage: Stage) -> Speaker:
    """Before the lesson: nobody, or people who come in and talk."""
    start_s = LESSON_S - float(stage.rng.uniform(20, 90))
    if stage.rng.random() < 0.5:
        stage.at_s = float(stage.rng.uniform(30, 80))
        chatter(stage, start_s)
    stage.at_s = max(stage.at_s, start_s)
    return teacher_of(stage)


def _roll_call(stage: Stage, *, faint_db: float = 0.0) -> tuple[float, float, int]:
    teacher = _begin(stage)
    stage.say(teacher.voice, "上课了，现在点名", teacher.level_db, teacher.direct_db)
    stage.wait(0.8, 2.5)
    start_s = stage.at_s
    answered = call_names(stage, teacher, faint_db=faint_db)
    end_s = stage.at_s
    stage.wait(0.5, 3)
    lecture(stage, teacher, LENGTH_S)
    return start_s, end_s, answered


def _lecture(stage: Stage, *, short: float = 0.15) -> None:
    lecture(stage, _begin(stage), LENGTH_S, short=short)


def _early_lecture(stage: Stage) -> None:
    """The teacher speaks from the first minute on, long before the scheduled start."""
    stage.at_s = float(stage.rng.uniform(1, 20))
    lecture(stage, teacher_of(stage), LENGTH_S)


def _questions(stage: Stage) -> None:
    teacher = _begin(stage)
    pupils = pupils_of(stage, 8)
    while stage.at_s < LENGTH_S:
        lecture(stage, teacher, min(LENGTH_S, stage.at_s + float(stage.rng.uniform(2, 25))))
        for _ in range(int(stage.rng.integers(1, 6))):
            stage.say(
                teacher.voice, str(stage.rng.choice(list(scripts.QUESTIONS))), teacher.level_db, teacher.direct_db
            )
            stage.wait(0.3, 2.0)
            pupil = pupils[int(stage.rng.integers(len(pupils)))]
            stage.say(pupil.voice, str(stage.rng.choice(list(scripts.REPLIES))), pupil.level_db, pupil.direct_db)
            stage.wait(0.3, 1.5)
            if stage.rng.random() < 0.5:
                stage.say(
                    teacher.voice,
                    str(stage.rng.choice(list(scripts.SHORT_PHRASES))),
                    teacher.level_db,
                    teacher.direct_db,
                )
                stage.wait(0.3, 1.5)


def _drill(stage: Stage) -> None:
    """Words that the class repeats in chorus."""
    teacher = _begin(stage)
    chorus = pupils_of(stage, 5)
    while stage.at_s < LENGTH_S:
        lecture(stage, teacher, stage.at_s + float(stage.rng.uniform(10, 40)))
        for word in stage.rng.permutation(list(scripts.DRILLED)):
            stage.say(teacher.voice, str(word), teacher.level_db, teacher.direct_db)
            stage.wait(0.3, 0.9)
            here_s = stage.at_s
            for pupil in chorus:
                stage.at_s = here_s + float(stage.rng.uniform(0, 0.12))
                stage.say(pupil.voice, str(word), pupil.level_db, pupil.direct_db)
            stage.wait(0.4, 1.2)


def _counting_off(stage: Stage) -> None:
    """Each pupil says a number; nobody is called."""
    teacher = _begin(stage)
    stage.say(teacher.voice, "现在报数", teacher.level_db, teacher.direct_db)
    stage.wait(0.5, 1.5)
    for number, pupil in enumerate(pupils_of(stage, int(stage.rng.integers(10, 28))), start=1):
        stage.say(pupil.voice, str(number), pupil.level_db, pupil.direct_db)
        stage.wait(0.2, 0.9)
    lecture(stage, teacher, LENGTH_S)


def _chatter_only(stage: Stage) -> None:
    chatter(stage, LENGTH_S)


def _music(stage: Stage) -> None:
    rng = stage.rng
    while stage.at_s < LENGTH_S:
        length_s = float(rng.uniform(0.2, 0.6))
        t = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
        notes = [220 * 2 ** (int(rng.integers(0, 24)) / 12) for _ in range(3)]
        waves = sum(np.sin(2 * np.pi * hz * k * t) / k for hz in notes for k in (1, 2, 3))
        tone = 0.05 * np.asarray(waves) * np.exp(-3 * t / length_s)
        stage.sounds.append((stage.at_s, 0.0, 6.0, tone.astype(np.float32)))
        stage.at_s += length_s


def _workshop(stage: Stage) -> None:
    """Loud tools and nobody who speaks."""
    rng = stage.rng
    while stage.at_s < LENGTH_S:
        length_s = float(rng.uniform(0.1, 4))
        burst: NDArray[np.float64] = coloured_noise(rng, round(length_s * RATE_HZ)) * float(rng.uniform(0.02, 0.15))
        stage.sounds.append((stage.at_s, 0.0, 0.0, burst.astype(np.float32)))
        stage.at_s += length_s + float(rng.uniform(0.1, 3))


ROLL_CALLS: Final[Mapping[str, Callable[[Stage], tuple[float, float, int]]]] = {
    "roll_call": _roll_call,
    "roll_call_faint": lambda stage: _roll_call(stage, faint_db=10),
    "roll_call_unheard": lambda stage: _roll_call(stage, faint_db=60),
}
OTHERS: Final[Mapping[str, Callable[[Stage], None]]] = {
    "lecture": _lecture,
    "lecture_early": _early_lecture,
    "lecture_choppy": lambda stage: _lecture(stage, short=0.6),
    "questions": _questions,
    "drill": _drill,
    "counting_off": _counting_off,
    "chatter": _chatter_only,
    "music": _music,
    "workshop": _workshop,
    "empty_room": lambda stage: stage.wait(0, 0),
}
KINDS: Final = (*ROLL_CALLS, *OTHERS)


def scene(kind: str, seed: int) -> Scene:
    """One scene; equal arguments give the same sound.

    Raises:
        KeyError: no such kind.
        FileNotFoundError: the speech synthesiser is not installed.
    """
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    stage = Stage(rng, TEST_TIMBRES if seed >= TEST_SEEDS_FROM else DEV_TIMBRES)
    room = some_room(rng)
    called: tuple[float, float] | None = None
    pairs = 0
    if kind in ROLL_CALLS:
        start_s, end_s, pairs = ROLL_CALLS[kind](stage)
        called = (start_s, end_s)
    else:
        OTHERS[kind](stage)
    return Scene(kind, placed(room, stage.sounds, LENGTH_S), called, pairs)
