"""The contract that every fingerprint index meets, run on each entry of the registry."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lessonproof.evidence.fingerprint import Fingerprint
from lessonproof.storage.faiss_index import FaissIndex, Layout
from lessonproof.storage.fingerprint_index import FingerprintIndex, IndexSpec
from lessonproof.storage.index_registry import INDEXES, open_index
from lessonproof.storage.voting import CANDIDATES_AT_MOST, OFFSET_BIN_NS
from tests.storage.fingerprints import METHOD, PERIOD_NS, fingerprint, holding, name_of

OTHERS = range(1, 21)


@pytest.fixture(params=sorted(INDEXES))
def spec(request: pytest.FixtureRequest, tmp_path: Path) -> IndexSpec:
    return IndexSpec(request.param, tmp_path / "index", METHOD)


@pytest.fixture
def index(spec: IndexSpec) -> FingerprintIndex:
    return open_index(spec)


def filled(index: FingerprintIndex) -> FingerprintIndex:
    for seed in OTHERS:
        index.add(fingerprint(seed))
    return index


def query(*, mirrored: bool = False) -> Fingerprint:
    """Recording 100: a minute of recording 7 in it."""
    return holding(fingerprint(100), fingerprint(7), at=20, start=90, count=30, mirrored=mirrored)


def test_every_index_of_the_registry_is_tested_here() -> None:
    assert set(INDEXES) == {"numpy", "faiss"}


def test_an_empty_index_has_no_candidates(index: FingerprintIndex) -> None:
    assert index.held() == frozenset()
    assert index.candidates(query()) == ()


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_planted_minute_is_found_with_its_offset(index: FingerprintIndex, mirrored: bool) -> None:
    found = filled(index).candidates(query(mirrored=mirrored))
    assert (found[0].sha256, found[0].is_mirrored) == (name_of(7), mirrored)
    assert abs(found[0].offset_ns - 70 * PERIOD_NS) <= OFFSET_BIN_NS
    assert list(found) == sorted(found, key=lambda candidate: -candidate.score)


def test_unrelated_recordings_are_no_candidates(index: FingerprintIndex) -> None:
    assert filled(index).candidates(fingerprint(100)) == ()


def test_a_recording_is_never_compared_with_itself(index: FingerprintIndex) -> None:
    filled(index).add(query())
    assert [candidate.sha256 for candidate in index.candidates(query())] == [name_of(7)]


def test_excluded_recordings_are_not_named(index: FingerprintIndex) -> None:
    assert filled(index).candidates(query(), {name_of(7)}) == ()


def test_a_retired_recording_is_gone_and_may_come_back(index: FingerprintIndex) -> None:
    filled(index).retire(name_of(7))
    index.retire(name_of(7))
    assert name_of(7) not in index.held()
    assert index.candidates(query()) == ()
    index.add(fingerprint(7))
    assert index.candidates(query())[0].sha256 == name_of(7)


def test_adding_twice_is_adding_once(index: FingerprintIndex) -> None:
    before = filled(index).candidates(query())
    filled(index)
    assert index.held() == {name_of(seed) for seed in OTHERS}
    assert index.candidates(query()) == before


def test_codes_that_say_nothing_find_nothing(index: FingerprintIndex) -> None:
    filled(index)
    silent = np.zeros(150, np.uint8)
    assert index.candidates(replace(query(), weight=silent)) == ()
    index.retire(name_of(7))
    index.add(replace(fingerprint(7), weight=silent))
    assert index.candidates(query()) == ()


def test_a_recording_without_codes_can_be_held_and_asked(index: FingerprintIndex) -> None:
    nothing = fingerprint(50, 0)
    filled(index).add(nothing)
    assert nothing.sha256 in index.held()
    assert index.candidates(nothing) == ()


def test_other_methods_are_refused(index: FingerprintIndex) -> None:
    other = fingerprint(1, method="other/1")
    with pytest.raises(ValueError, match="other/1"):
        index.add(other)
    with pytest.raises(ValueError, match="other/1"):
        index.candidates(other)


def test_a_crowd_that_looks_alike_does_not_hide_the_source(index: FingerprintIndex) -> None:
    """Sixty lessons of one room, near each other all the time; one of them holds the query's minute."""
    room = fingerprint(7)
    random = np.random.default_rng(5)
    for seed in range(200, 260):
        own = np.packbits(random.random((150, 256)) < 0.2, axis=1)
        shuffled = random.permutation(150)
        index.add(replace(room, sha256=name_of(seed), codes=room.codes[shuffled] ^ own))
    index.add(room)
    found = index.candidates(query())
    assert found[0].sha256 == name_of(7)
    assert len(found) <= CANDIDATES_AT_MOST


def test_the_longer_stretch_comes_first(index: FingerprintIndex) -> None:
    filled(index)
    asked = holding(query(), fingerprint(9), at=80, start=10, count=60)
    assert [candidate.sha256 for candidate in index.candidates(asked)][:2] == [name_of(9), name_of(7)]


def test_several_threads_may_add_and_ask(index: FingerprintIndex) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(index.add, [fingerprint(seed) for seed in OTHERS]))
        answers = list(pool.map(lambda _: index.candidates(query()), range(8)))
    assert {answer[0].sha256 for answer in answers} == {name_of(7)}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, 110), at=st.integers(0, 110), source=st.sampled_from(OTHERS))
def test_wherever_it_was_taken_from(tmp_path: Path, start: int, at: int, source: int) -> None:
    index = filled(open_index(IndexSpec("numpy", tmp_path, METHOD)))
    asked = holding(fingerprint(100), fingerprint(source), at=at, start=start, count=40)
    found = index.candidates(asked)
    assert found[0].sha256 == name_of(source)
    assert abs(found[0].offset_ns - (start - at) * PERIOD_NS) <= OFFSET_BIN_NS


class TestFaissOnDisk:
    """What is true of the index that keeps files."""

    @pytest.fixture
    def spec(self, tmp_path: Path) -> IndexSpec:
        return IndexSpec("faiss", tmp_path / "index", METHOD)

    def test_what_was_saved_is_there_after_a_restart(self, spec: IndexSpec) -> None:
        index = filled(open_index(spec))
        index.retire(name_of(3))
        index.save()
        again = open_index(spec)
        assert again.held() == index.held()
        assert again.candidates(query()) == index.candidates(query())
        again.add(fingerprint(60))
        again.save()
        assert len(list(spec.folder.glob("codes-*.faiss"))) == 1
        assert open_index(spec).held() == again.held()

    def test_what_was_not_saved_is_simply_missing(self, spec: IndexSpec) -> None:
        index = filled(open_index(spec))
        index.save()
        index.add(fingerprint(60))
        assert open_index(spec).held() == {name_of(seed) for seed in OTHERS}

    @pytest.mark.parametrize("damage", ["codes", "manifest", "no-codes", "half-a-manifest"])
    def test_a_damaged_index_is_an_empty_one(
        self, spec: IndexSpec, damage: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        index = filled(open_index(spec))
        index.save()
        (codes,) = spec.folder.glob("codes-*.faiss")
        codes.chmod(0o600)
        manifest = spec.folder / "manifest.json"
        manifest.chmod(0o600)
        if damage == "codes":
            content = bytearray(codes.read_bytes())
            content[100] ^= 1
            codes.write_bytes(content)
        elif damage == "no-codes":
            codes.unlink()
        else:
            manifest.write_bytes(manifest.read_bytes()[: 40 if damage == "half-a-manifest" else 0])
        again = open_index(spec)
        assert again.held() == frozenset()
        assert damage == "no-codes" or "filled anew" in caplog.text
        filled(again).save()
        assert open_index(spec).held() == index.held()

    def test_an_index_of_another_method_is_an_empty_one(self, spec: IndexSpec) -> None:
        filled(open_index(spec)).save()
        assert open_index(replace(spec, method="other/1")).held() == frozenset()

    def test_lists_are_laid_out_when_it_grows_and_answer_alike(self, spec: IndexSpec) -> None:
        exact = filled(open_index(spec)).candidates(query())
        small = Layout(exact_codes=500, codes_per_list=20)
        index = FaissIndex(replace(spec, folder=spec.folder.with_name("lists")), small)
        index.add(fingerprint(300))
        index.retire(name_of(300))
        filled(index)
        found = index.candidates(query())
        assert [candidate.sha256 for candidate in found] == [candidate.sha256 for candidate in exact]
        index.save()
        again = FaissIndex(replace(spec, folder=spec.folder.with_name("lists")), small)
        assert again.candidates(query()) == found
        for seed in range(400, 480):
            again.add(fingerprint(seed))
        assert again.candidates(query())[0].sha256 == name_of(7)
