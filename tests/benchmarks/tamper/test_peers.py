from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.scoring import Edit
from benchmarks.tamper.copies import diagonal_runs, find_copies, picture_hash
from benchmarks.tamper.editor import reedit
from benchmarks.tamper.peers import credited, parse_ffmpeg, run_ffmpeg, run_scenedetect
from benchmarks.tamper.spec import Look, Motion, Piece, Reedit, Sound
from tests.benchmarks.tamper.test_editor import FINE

LOG = """\
Input #0, matroska,webm, from 'a.mkv':
  Duration: 00:02:40.00, start: 0.000000, bitrate: 265 kb/s
[Parsed_scdet_2 @ 0x7f6e] lavfi.scd.score: 38.027, lavfi.scd.time: 24.913
[blackdetect @ 0x55d] black_start:49.9 black_end:52.1 black_duration:2.2
[silencedetect @ 0x1] silence_start: 58.01
[silencedetect @ 0x1] silence_end: 62.5 | silence_duration: 4.49
[Parsed_freezedetect_0 @ 0x7f6] lavfi.freezedetect.freeze_start: 81
[Parsed_freezedetect_0 @ 0x7f6] lavfi.freezedetect.freeze_duration: 2.086
[Parsed_freezedetect_0 @ 0x7f6] lavfi.freezedetect.freeze_end: 83.086
[Parsed_freezedetect_0 @ 0x7f6] lavfi.freezedetect.freeze_start: 150.5
"""


def test_what_the_filters_print_is_read() -> None:
    assert parse_ffmpeg(LOG) == [
        Edit("cut", 24.913, 24.913),
        Edit("black", 49.9, 52.1),
        Edit("audio_gap", 58.01, 62.5),
        Edit("freeze", 81.0, 83.086),
        Edit("freeze", 150.5, 160.0),
    ]
    assert parse_ffmpeg("moov atom not found") == []


def test_peers_see_what_is_there_to_be_seen(lesson: Path, other_lesson: Path, tmp_path: Path) -> None:
    pieces = (
        Piece(0, 1.0),
        Piece(1.0, 3.4, look=Look(black=True)),
        Piece(3.4, 5.8, motion=Motion.STILL, sound=Sound.MUTED),
        Piece(0.5, 1e5, source=1),
    )
    path = tmp_path / "everything.mkv"
    reedit(Reedit(pieces, FINE), [lesson, other_lesson], path, "case")
    told = {f.kind: f for f in run_ffmpeg(path).findings}
    assert told["black"].start_s == pytest.approx(1.0, abs=0.11)
    assert told["freeze"].end_s == pytest.approx(5.8, abs=0.11)
    assert told["audio_gap"].start_s == pytest.approx(3.4, abs=0.2)
    content, adaptive = run_scenedetect(path)
    assert any(abs(f.start_s - 5.8) < 0.11 for f in content.findings)
    assert content.cpu_s > 0
    assert adaptive.cpu_s > 0


def test_a_file_that_cannot_be_opened_gives_nothing(tmp_path: Path) -> None:
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"not a film")
    assert run_scenedetect(path)[0].findings == ()
    assert run_ffmpeg(path).findings == ()
    assert find_copies(path, []) == []


def test_both_borders_told_as_cuts_count_as_the_stretch() -> None:
    splice, seam = Edit("splice", 50, 60), Edit("concatenated", 79.96, 80)
    cuts = [Edit("cut", at, at) for at in (50.1, 59.9, 70.0, 80.0)]
    told = credited([splice, seam], cuts, frozenset({"cut", "splice", "concatenated"}), 0.5)
    assert sorted(told, key=lambda f: f.start_s) == [
        Edit("splice", 50, 60),
        Edit("cut", 70.0, 70.0),
        Edit("concatenated", 79.96, 80),
    ]
    half = credited([splice], cuts[:1], frozenset({"cut", "splice"}), 0.5)
    assert half == []


@given(st.integers(10, 40), st.integers(6, 12))
def test_a_repeated_run_of_hashes_is_found_where_it_is(gap: int, length: int) -> None:
    rng = np.random.default_rng(gap * 100 + length)
    plain = rng.integers(0, 2**63, gap + 20, dtype=np.uint64)
    hashes = np.concatenate([plain, plain[5 : 5 + length], rng.integers(0, 2**63, 10, dtype=np.uint64)])
    times = np.arange(len(hashes), dtype=np.float64)
    start = float(len(plain))
    assert diagonal_runs(times, hashes, times, hashes, apart_s=5.0) == [(start, start + length - 1)]


def test_the_hash_stays_where_only_the_light_changes() -> None:
    rng = np.random.default_rng(1)
    picture = np.clip(rng.normal(100, 40, (9, 16)).repeat(10, 0).repeat(10, 1), 0, 200).astype(np.uint8)
    brighter = (picture * 1.2).astype(np.uint8)
    assert (picture_hash(picture) ^ picture_hash(brighter)).bit_count() <= 2
    assert (picture_hash(picture) ^ picture_hash(picture[:, ::-1].copy())).bit_count() > 10
