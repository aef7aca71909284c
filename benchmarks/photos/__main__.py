"""Tell copies of photographs from honest photographs of the same fixed camera, and count both kinds of mistake.

    python -m benchmarks.photos --footage DIR --labelled DIR --models DIR [--part seen|blind]

Honest pairs are pictures of one scene, near and far in its order, and a picture beside a copy of another one. Copies
are cropped by 0 to 8 %, scaled by 0.5 to 1, saved with JPEG quality 50 to 95, and some carry another watermark.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

import cv2

from benchmarks.photos.forging import forge
from benchmarks.photos.material import Scene, part_of, scenes
from lessonproof.analysis.photo_copy import MIN_PERSONS, Agreement, PhotoLook, agreement, is_same_exposure
from lessonproof.analysis.photo_shelf import unsearchable
from lessonproof.models.clock_reader_registry import open_clock_reader
from lessonproof.service.counting import find_weights, open_counter
from lessonproof.workers.photos import PhotoTools, look_of

COPIES_PER_SCENE: Final = 18
FAR_PAIRS: Final = 40


@dataclass(frozen=True, slots=True)
class Pair:
    """One comparison; ``label`` names the pictures, ``found`` is ``None`` where they cannot be laid over each other."""

    scene: str
    label: str
    is_copy: bool
    is_searchable: bool
    found: Agreement | None

    @property
    def is_told(self) -> bool:
        """What the product says."""
        return self.is_searchable and self.found is not None and is_same_exposure(self.found)


def pairs_of(scene: Scene, tools: PhotoTools) -> Iterator[Pair]:
    """Every comparison of a scene."""
    rng = Random(scene.name)
    looks = [look_of(picture, tools) for picture in scene.pictures]
    apart = [(i, j) for i in range(len(looks)) for j in range(i)]
    near = [(i, j) for i, j in apart if i - j == 1]
    far = [(i, j) for i, j in apart if i - j > 1]
    rng.shuffle(far)
    for i, j in near + far[:FAR_PAIRS]:
        yield _pair(scene, f"{j}-{i}", looks[j], looks[i], is_copy=False)
    for number in range(COPIES_PER_SCENE):
        i = number % len(looks)
        copy, how = forge(scene.pictures[i], rng)
        look = look_of(copy, tools)
        yield _pair(scene, f"{i} {how}", looks[i], look, is_copy=True)
        yield _pair(scene, f"{i} {how} beside {i - 1}", looks[i - 1], look, is_copy=False)


def _pair(scene: Scene, label: str, first: PhotoLook, second: PhotoLook, *, is_copy: bool) -> Pair:
    is_searchable = unsearchable(first) is None and unsearchable(second) is None
    return Pair(scene.name, label, is_copy, is_searchable, agreement(first, second))


def report(name: str, pairs: Sequence[Pair]) -> None:
    """Print one part's figures."""
    honest, copies = ([pair for pair in pairs if pair.is_copy is kind] for kind in (False, True))
    searched = [pair for pair in copies if pair.is_searchable]
    laid = [pair for pair in honest if pair.found is not None]
    told = [pair for pair in honest if pair.is_told]
    print(f"\n{name}: {len({pair.scene for pair in pairs})} scenes")
    print(
        f"honest pairs: {len(honest)}, laid over each other {len(laid)}, searchable "
        f"{sum(pair.is_searchable for pair in laid)}, told {len(told)}"
    )
    caught = sum(pair.is_told for pair in copies)
    print(
        f"copies: {len(copies)}, searchable {len(searched)}, told {caught} "
        f"({100 * caught / max(1, len(searched)):.1f} % of the searchable)"
    )
    close = sorted((pair for pair in laid if pair.is_searchable), key=_closeness, reverse=True)
    for pair in close[:5]:
        share = 0.0 if pair.found is None else pair.found.changed / max(1, pair.found.compared)
        print(
            f"  nearest honest: {pair.scene} {pair.label}: least likeness {_closeness(pair):.3f}, changed {share:.4f}"
        )
    for pair in told:
        print(f"  TOLD ON AN HONEST PAIR: {pair.scene} {pair.label} {pair.found}")


def _closeness(pair: Pair) -> float:
    enough = pair.found is not None and len(pair.found.persons) >= MIN_PERSONS
    return pair.found.persons[0] if enough and pair.found is not None else -1.0


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.photos", description=__doc__)
    parser.add_argument("--footage", type=Path, required=True)
    parser.add_argument("--labelled", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--part", choices=("seen", "blind"))
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    tools = PhotoTools(Path(), open_counter(find_weights(None, arguments.models)), None, open_clock_reader())
    found: list[Pair] = []
    for scene in scenes(arguments.footage, arguments.labelled):
        if arguments.part in (None, part_of(scene.name)):
            found += pairs_of(scene, tools)
            print(f"{scene.name}: {len(found)} pairs so far", flush=True)
    for part in ("seen", "blind"):
        own = [pair for pair in found if part_of(pair.scene) == part]
        if own:
            report(part, own)


if __name__ == "__main__":
    main()
