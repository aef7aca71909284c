"""Sound that comes back: found by its prints, believed only where the room's noise comes back as well."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.analysis.sound_coherence import MOST_SHIFT, Coherence, compare, edges
from lessonproof.analysis.sound_features import PRINT_SAMPLES, RATE_HZ
from lessonproof.analysis.sound_prints import MOST_PAIRS, most_equal, replay_candidates
from tests.analysis.sounds import Samples, features_of, noise, talk

SECONDS = 120
LENGTH_S = 7


def replayed(source_s: float, copy_s: float, length_s: float = LENGTH_S) -> Samples:
    """A room in which a stretch is heard again, coded anew: a little noise on top."""
    sound = noise(SECONDS) + talk(SECONDS)
    first, copy, count = (round(value * RATE_HZ) for value in (source_s, copy_s, length_s))
    sound[copy : copy + count] = sound[first : first + count]
    return sound + noise(SECONDS, seed=9, size=0.0004)


def same_words(source_s: float, copy_s: float) -> Samples:
    """A film shown twice: the same loud sound in another stretch of the room's own noise."""
    film = talk(LENGTH_S, seed=77)
    sound = noise(SECONDS) + talk(SECONDS)
    for at_s in (source_s, copy_s):
        first = round(at_s * RATE_HZ)
        sound[first : first + len(film)] = film + noise(LENGTH_S, seed=round(at_s))
    return sound


def coherence(sound: Samples, source_s: float, copy_s: float, *, off: int = 0) -> Coherence:
    first, copy, count = (round(value * RATE_HZ) for value in (source_s, copy_s, LENGTH_S))
    one = sound[first : first + count]
    two = sound[copy - MOST_SHIFT + off : copy + count + MOST_SHIFT + off]
    return compare(one, two, slice(0, count))


@pytest.mark.parametrize(("source_s", "copy_s"), [(10.0, 60.0), (10.013, 100.02), (80.007, 90.0)])
def test_a_replay_is_found_at_any_distance(source_s: float, copy_s: float) -> None:
    (found,) = replay_candidates(features_of(replayed(source_s, copy_s)))
    step_s = PRINT_SAMPLES / RATE_HZ
    assert (found.start_step - found.source_step) * step_s == pytest.approx(copy_s - source_s, abs=2 * step_s)
    assert found.start_step * step_s == pytest.approx(copy_s, abs=0.5)
    assert found.steps * step_s == pytest.approx(LENGTH_S, abs=0.8)
    assert found.error_rate < 0.25


def test_an_honest_room_has_no_candidate() -> None:
    assert replay_candidates(features_of(noise(SECONDS) + talk(SECONDS))) == ()


def test_silence_does_not_come_back() -> None:
    sound = noise(SECONDS) + talk(SECONDS)
    for at_s in (20, 50, 80):
        sound[at_s * RATE_HZ : (at_s + 10) * RATE_HZ] = 0.0
    assert replay_candidates(features_of(sound)) == ()


def test_a_standing_tone_does_not_come_back() -> None:
    tone = 0.1 * np.sin(2 * np.pi * 1000 * np.arange(SECONDS * RATE_HZ) / RATE_HZ)
    assert replay_candidates(features_of(tone.astype(np.float32) + noise(SECONDS, size=0.0001))) == ()


def test_a_copy_agrees_where_it_is_faint_and_its_place_is_exact() -> None:
    found = coherence(replayed(10.0, 60.0), 10.0, 60.0, off=37)
    assert found.shift == -37
    assert found.overall > 0.9
    assert found.faint > 0.8


def test_a_film_shown_twice_has_other_noise_under_it() -> None:
    found = coherence(same_words(10.0, 60.0), 10.0, 60.0)
    assert found.overall > 0.8
    assert found.faint < 0.25


def test_other_sound_agrees_nowhere() -> None:
    found = coherence(noise(SECONDS) + talk(SECONDS), 10.0, 60.0)
    assert found.overall < 0.3
    assert abs(found.faint) < 0.15


def test_the_edges_of_a_copy_are_found_to_fifty_milliseconds() -> None:
    sound = replayed(10.0, 60.0)
    first, copy, count = 9 * RATE_HZ, 59 * RATE_HZ, 9 * RATE_HZ
    found = compare(
        sound[first : first + count],
        sound[copy - MOST_SHIFT : copy + count + MOST_SHIFT],
        slice(2 * RATE_HZ, 7 * RATE_HZ),
    )
    start, end = edges(found.course, slice(2 * RATE_HZ, 7 * RATE_HZ))
    assert start / RATE_HZ == pytest.approx(1.0, abs=0.05)
    assert end / RATE_HZ == pytest.approx(1.0 + LENGTH_S, abs=0.05)


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 400_000)), min_size=1, max_size=8))
def test_pairs_stay_within_their_bound_however_often_keys_come_up(groups: list[tuple[int, int]]) -> None:
    count = np.repeat([size for size, _ in groups], [number for _, number in groups])
    most = most_equal(count)

    def pairs(limit: int) -> int:
        kept = count[count <= limit]
        return int((kept * (kept - 1) // 2).sum())

    assert 1 <= most <= 48
    assert pairs(most) <= MOST_PAIRS
    assert most == 48 or pairs(most + 1) > MOST_PAIRS
