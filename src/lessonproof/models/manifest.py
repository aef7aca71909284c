"""What weights are known: names, files with their sizes and SHA-256, licence, source, and what was measured of them.

The packaged list is ``weights.yaml``. Weights that a site imports on its own responsibility get a record of the same
form beside them (``NAME.weights.json``), marked as user-supplied.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import PurePosixPath
from typing import ClassVar

import yaml
from pydantic import ConfigDict, TypeAdapter

from lessonproof.models.calibration import NO_UNKNOWN_KEYS, CountCalibration
from lessonproof.models.registry import DETECTORS

MAX_NAME_CHARS = 100
_NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{MAX_NAME_CHARS - 1}}}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def is_weights_name(name: str) -> bool:
    """Whether ``name`` can name weights: letters, digits, ``.``, ``_``, ``-``; no path, no leading dot."""
    return _NAME.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """One file of a set of weights.

    Attributes:
        name: path inside the folder of the weights (``/`` between parts), or the file's own name.
        size_bytes: exact size.
        sha256: digest of its bytes, 64 lower-case hexadecimal digits.
        url: where the publisher offers it (https); ``None`` where it is not offered for download.
    """

    __pydantic_config__: ClassVar[ConfigDict] = NO_UNKNOWN_KEYS

    name: str
    size_bytes: int
    sha256: str
    url: str | None = None

    def __post_init__(self) -> None:
        path = PurePosixPath(self.name)
        if not path.parts or path.is_absolute() or ".." in path.parts or "\\" in self.name:
            raise ValueError(f"a file of weights lies inside their folder, got {self.name!r}")
        if self.size_bytes <= 0 or not _SHA256.fullmatch(self.sha256):
            raise ValueError(f"size and SHA-256 are needed, got {self.size_bytes=} {self.sha256=}")
        if self.url is not None and not self.url.startswith("https://"):
            raise ValueError(f"only https is fetched, got {self.url!r}")


@dataclass(frozen=True, slots=True)
class WeightsEntry:
    """A set of weights that is known by its digests.

    Attributes:
        name: what it is called in settings, results and on the command line.
        path: name of its file or folder inside a folder of models.
        is_folder: whether ``path`` is a folder.
        files: its files; exactly one, called ``path``, where it is no folder.
        backend: key in ``registry.DETECTORS``.
        classes: class index by class name; ``person`` is there unless the weights say it themselves.
        image_size_px: side of the square that frames are scaled into; ``None``: what the weights say.
        tile_side_px: side of the tiles that are looked at where people are small; ``None``: none are. The calibration
            holds for this choice only.
        licence: SPDX identifier, or what the person who imported it declared.
        source: where it comes from, for people.
        notes: what to know before using it.
        calibration: how its detections bound the number of people; ``None`` where nobody measured it.
        is_user_supplied: imported by a site under its own responsibility.
    """

    __pydantic_config__: ClassVar[ConfigDict] = NO_UNKNOWN_KEYS

    name: str
    path: str
    is_folder: bool
    files: tuple[WeightsFile, ...]
    backend: str
    licence: str
    source: str
    classes: Mapping[str, int]
    image_size_px: int | None = None
    tile_side_px: int | None = None
    notes: str = ""
    calibration: CountCalibration | None = None
    is_user_supplied: bool = False

    def __post_init__(self) -> None:
        if not is_weights_name(self.name) or not is_weights_name(self.path):
            raise ValueError(f"not a name of weights: {self.name!r}, {self.path!r}")
        names = [file.name for file in self.files]
        if not names or len(set(names)) != len(names):
            raise ValueError(f"weights have at least one file, each named once: {names}")
        if not self.is_folder and names != [self.path]:
            raise ValueError(f"weights of one file list that file: {self.path!r}, {names}")
        if self.backend not in DETECTORS:
            raise ValueError(f"unknown backend {self.backend!r}")

    @property
    def sha256(self) -> str:
        """Digest of the whole; see ``combined_digest``."""
        return combined_digest(self.files, is_folder=self.is_folder)

    @property
    def size_bytes(self) -> int:
        """Size of all files together."""
        return sum(file.size_bytes for file in self.files)

    @property
    def is_pullable(self) -> bool:
        """Whether the publisher offers every file for download."""
        return all(file.url is not None for file in self.files)


def combined_digest(files: Sequence[WeightsFile], *, is_folder: bool) -> str:
    """One digest for a set of weights.

    Returns:
        The file's own SHA-256; of a folder the SHA-256 of its lines ``<sha256>  <name>``, sorted by name, each ended by
        a line feed (what ``sha256sum`` prints).
    """
    if not is_folder:
        return files[0].sha256
    lines = "".join(f"{file.sha256}  {file.name}\n" for file in sorted(files, key=lambda file: file.name))
    return hashlib.sha256(lines.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Manifest:
    """Known weights, the preferred ones first.

    Attributes:
        entries: names are unique, and so are paths.
    """

    entries: tuple[WeightsEntry, ...]

    def __post_init__(self) -> None:
        for values in ([e.name for e in self.entries], [e.path for e in self.entries]):
            if len(set(values)) != len(values):
                raise ValueError(f"names and paths of weights are unique: {values}")

    def find(self, name: str) -> WeightsEntry | None:
        """The entry of that name."""
        return next((entry for entry in self.entries if entry.name == name), None)

    def find_digest(self, sha256: str) -> WeightsEntry | None:
        """The entry with that combined digest."""
        return next((entry for entry in self.entries if entry.sha256 == sha256), None)


_ENTRY: TypeAdapter[WeightsEntry] = TypeAdapter(WeightsEntry)
_ENTRIES: TypeAdapter[tuple[WeightsEntry, ...]] = TypeAdapter(tuple[WeightsEntry, ...])


def entry_from_json(text: str) -> WeightsEntry:
    """Read the record of imported weights.

    Raises:
        ValueError: not JSON, unknown keys, or values out of their bounds.
    """
    return _ENTRY.validate_json(text)


def entry_to_json(entry: WeightsEntry) -> str:
    """The record of imported weights; ``entry_from_json`` gives the entry back."""
    return _ENTRY.dump_json(entry, indent=2).decode() + "\n"


def manifest_from_yaml(text: str) -> Manifest:
    """Read a manifest: a list of entries.

    Raises:
        ValueError: unknown keys, or values of the wrong type or out of their bounds.
        yaml.YAMLError: not YAML.
    """
    return Manifest(_ENTRIES.validate_python(yaml.safe_load(text)))


@cache
def packaged_manifest() -> Manifest:
    """The manifest that comes with this version."""
    return manifest_from_yaml((resources.files("lessonproof.models") / "weights.yaml").read_text(encoding="utf-8"))
