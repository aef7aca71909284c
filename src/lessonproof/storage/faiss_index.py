"""The fingerprint index for thousands of hours: FAISS, an inverted file of binary codes.

Codes lie in lists around some thousand centres; a query looks into the few lists whose centres are nearest. Small
indexes are searched exactly. On the disk lies one file of codes and a manifest that names it with its digest; the
manifest is replaced in one step, after the codes are safe. Whatever is missing or damaged there is an empty index,
which its owner fills again from the store.

Source: Johnson, Douze & Jégou (2019), "Billion-scale similarity search with GPUs" (inverted file); centres by majority
of bits: Grana et al. (2013), "A fast approach for integrating ORB descriptors in the bag of words model" (k-majority).
"""

import json
import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Final

import faiss
import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.codec import canonical_json
from lessonproof.evidence.errors import IntegrityError
from lessonproof.evidence.fingerprint import CODE_BYTES, Fingerprint
from lessonproof.storage.fingerprint_index import Candidate, IndexSpec, refuse_other_method
from lessonproof.storage.staging import StagedFile, disk_errors, hash_file, make_folder, sweep_staging
from lessonproof.storage.voting import HELD_PERIOD_NS, NEIGHBOURS, Neighbours, Probes, probes_of, thinned, vote

_LOG: Final = logging.getLogger(__name__)
_SCHEMA: Final = "lessonproof.faiss-index/1"
_MANIFEST: Final = "manifest.json"
_BITS: Final = CODE_BYTES * 8
_TICK_NS: Final = 250_000_000
"""Times are kept in such steps, in the low bits of a code's number."""
_TICK_BITS: Final = 22
"""Twelve days; recordings are shorter."""
_TRAINING_PER_LIST: Final = 32
_ROUNDS: Final = 3
_SEED: Final = 7
_UNSAVED_SHARE: Final = 20
"""Saved when one in so many recordings is not yet; the others are added again from the store after a crash."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How codes are laid out; the defaults were measured at 10,000 hours (``docs/performance.md``).

    Attributes:
        exact_codes: up to so many codes (some 50 hours) every code is looked at.
        codes_per_list: usual length of a list.
        lists_at_most: number of lists beyond which they grow longer.
        growth: lists are laid out anew when there are so many times more codes than when they were.
        probed_lists: lists that each code of a query looks into.
    """

    exact_codes: int = 50_000
    codes_per_list: int = 512
    lists_at_most: int = 8192
    growth: int = 4
    probed_lists: int = 24


@dataclass(slots=True)
class _State:
    """What is in memory.

    Attributes:
        index: the FAISS index.
        names: digest by number; ``None`` where it was retired.
        laid_out: codes that there were when the lists were laid out.
        unsaved: recordings added or retired since the last save.
    """

    index: Any
    names: list[str | None] = field(default_factory=list)
    laid_out: int = 0
    unsaved: int = 0


class FaissIndex:
    """A ``FingerprintIndex`` in a folder.

    Args:
        spec: ``folder`` holds one index of one method.
        layout: how codes are laid out.

    Raises:
        InfrastructureError: the folder cannot be used.
    """

    def __init__(self, spec: IndexSpec, layout: Layout = Layout()) -> None:
        self._layout = layout
        self._method = spec.method
        self._folder = spec.folder
        self._lock = Lock()
        with disk_errors(f"opening the index {spec.folder}"):
            make_folder(spec.folder)
            sweep_staging(spec.folder)
        self._state = self._load() or _State(_exact())
        self._numbers = {name: number for number, name in enumerate(self._state.names) if name is not None}

    @property
    def method(self) -> str:
        """Which fingerprints it holds."""
        return self._method

    def held(self) -> frozenset[str]:
        """What was added and not retired."""
        with self._lock:
            return frozenset(self._numbers)

    def add(self, fingerprint: Fingerprint) -> None:
        """Put the thinned codes into the lists."""
        refuse_other_method(self, fingerprint)
        rows = thinned(fingerprint, HELD_PERIOD_NS)
        with self._lock:
            if fingerprint.sha256 in self._numbers:
                return
            number = len(self._state.names)
            ticks = fingerprint.time_ns[rows] // _TICK_NS
            self._state.index.add_with_ids(fingerprint.codes[rows], (number << _TICK_BITS) | ticks)
            self._state.names.append(fingerprint.sha256)
            self._state.unsaved += 1
            self._numbers[fingerprint.sha256] = number
            self._lay_out_where_grown()

    def retire(self, sha256: str) -> None:
        """Forget the name at once; its codes go when the lists are laid out anew."""
        with self._lock:
            number = self._numbers.pop(sha256, None)
            if number is not None:
                self._state.names[number] = None
                self._state.unsaved += 1

    def candidates(self, query: Fingerprint, exclude: Collection[str] = ()) -> tuple[Candidate, ...]:
        """Ask the lists around each code."""
        refuse_other_method(self, query)
        probes = probes_of(query)
        unwanted = {query.sha256, *exclude}
        with self._lock:
            # Codes that may not be named take places among the neighbours; a recording's own are the nearest of all.
            is_crowded = any(name in self._numbers for name in unwanted)
            found = _nearest(self._state.index, probes, NEIGHBOURS * (2 if is_crowded else 1))
            names = [None if name in unwanted else name for name in self._state.names]
        return vote(probes, found, names)

    def save(self) -> None:
        """Write codes and manifest, where enough has changed since."""
        with self._lock:
            if self._state.unsaved and self._state.unsaved * _UNSAVED_SHARE >= len(self._numbers):
                self._write()
                self._state.unsaved = 0

    def _lay_out_where_grown(self) -> None:
        count = self._state.index.ntotal
        if count > self._layout.exact_codes and count > self._layout.growth * self._state.laid_out:
            codes, numbers = _content(self._state.index)
            is_named = np.array([name is not None for name in self._state.names])[numbers >> _TICK_BITS]
            self._state.index = _laid_out(codes[is_named], numbers[is_named], self._layout)
            self._state.laid_out = int(is_named.sum())

    def _write(self) -> None:
        staged_index = StagedFile(self._folder)
        with staged_index:
            staged_index.write(faiss.serialize_index_binary(self._state.index).tobytes())
            stored = staged_index.seal()
            staged_index.keep_as(self._folder / _codes_name(stored.sha256))
        manifest = {
            "schema": _SCHEMA,
            "method": self._method,
            "codes": stored.sha256,
            "laid_out": self._state.laid_out,
            "names": self._state.names,
        }
        with StagedFile(self._folder) as staged:
            staged.write(canonical_json(manifest))
            staged.seal()
            staged.keep_as(self._folder / _MANIFEST)
        with disk_errors("tidying the index"):
            for path in self._folder.glob(_codes_name("*")):
                if path.name != _codes_name(stored.sha256):
                    path.unlink(missing_ok=True)

    def _load(self) -> _State | None:
        try:
            manifest = json.loads((self._folder / _MANIFEST).read_bytes())
            if manifest["schema"] != _SCHEMA or manifest["method"] != self._method:
                return None
            index = _read(self._folder / _codes_name(manifest["codes"]), manifest["codes"], self._layout)
            return _State(index, list(manifest["names"]), int(manifest["laid_out"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, IntegrityError) as error:
            _LOG.warning("the index %s cannot be read (%s); it is filled anew", self._folder, type(error).__name__)
            return None


def _codes_name(sha256: str) -> str:
    return f"codes-{sha256}.faiss"


def _read(path: Path, sha256: str, layout: Layout) -> Any:
    if hash_file(path) != sha256:
        raise IntegrityError(f"{path.name} has been altered", f"{path.name} 已被改动")
    index = faiss.read_index_binary(str(path))
    if isinstance(index, faiss.IndexBinaryIVF):
        index.nprobe = layout.probed_lists
    return index


def _exact() -> Any:
    return faiss.IndexBinaryIDMap2(faiss.IndexBinaryFlat(_BITS))


def _laid_out(codes: NDArray[np.uint8], numbers: NDArray[np.int64], layout: Layout) -> Any:
    centres = _centres(codes, max(1, min(layout.lists_at_most, len(codes) // layout.codes_per_list)))
    quantizer = faiss.IndexBinaryFlat(_BITS)
    quantizer.add(centres)
    index: Any = faiss.IndexBinaryIVF(quantizer, _BITS, len(centres))
    index.is_trained = True
    index.nprobe = layout.probed_lists
    index.add_with_ids(codes, numbers)
    return index


def _centres(codes: NDArray[np.uint8], count: int) -> NDArray[np.uint8]:
    """Centres by majority of bits, from a sample; the same codes give the same centres."""
    random = np.random.default_rng(_SEED)
    sample = codes[random.permutation(len(codes))[: count * _TRAINING_PER_LIST]]
    centres = np.ascontiguousarray(sample[:count])
    for _ in range(_ROUNDS):
        flat = faiss.IndexBinaryFlat(_BITS)
        flat.add(centres)
        _, nearest = flat.search(sample, 1)
        centres = _majorities(sample, nearest[:, 0], centres)
    return centres


def _majorities(sample: NDArray[np.uint8], centre: NDArray[np.int64], before: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Of each centre's codes the bits that most of them have; a centre that has none stays."""
    order = np.argsort(centre, kind="stable")
    used, starts, counts = np.unique(centre[order], return_index=True, return_counts=True)
    sums = np.add.reduceat(np.unpackbits(sample[order], axis=1), starts, axis=0, dtype=np.int32)
    after = before.copy()
    after[used] = np.packbits(sums * 2 > counts[:, np.newaxis], axis=1)
    return after


def _content(index: Any) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Every code with its number, in no order."""
    if not isinstance(index, faiss.IndexBinaryIVF):
        flat: Any = faiss.downcast_IndexBinary(index.index)
        return faiss.vector_to_array(flat.xb).reshape(-1, CODE_BYTES), faiss.vector_to_array(index.id_map)
    lists = index.invlists
    sizes = [lists.list_size(number) for number in range(index.nlist)]
    codes = np.empty((sum(sizes), CODE_BYTES), np.uint8)
    numbers = np.empty(sum(sizes), np.int64)
    start = 0
    for number, size in enumerate(sizes):
        if size:
            codes[start : start + size] = faiss.rev_swig_ptr(lists.get_codes(number), size * CODE_BYTES).reshape(
                size, CODE_BYTES
            )
            numbers[start : start + size] = faiss.rev_swig_ptr(lists.get_ids(number), size)
        start += size
    return codes, numbers


def _nearest(index: Any, probes: Probes, count: int) -> Neighbours:
    if index.ntotal == 0 or probes.time_ns.size == 0:
        nothing = np.empty((probes.time_ns.size, 0), np.int64)
        return Neighbours(nothing.astype(np.int32), nothing, nothing)
    distance, number = index.search(probes.codes, min(count, index.ntotal))
    is_there = number >= 0
    number = np.where(is_there, number, 0)
    return Neighbours(
        distance_bits=np.where(is_there, distance, -1).astype(np.int32),
        recording=number >> _TICK_BITS,
        time_ns=(number & ((1 << _TICK_BITS) - 1)) * _TICK_NS,
    )
