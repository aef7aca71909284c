"""The profile of a recorder (录像设备特征): what its accepted recordings have in common.

Learned from the file marks of recordings that were accepted earlier for the same venue and device; a recording whose
marks differ in something that never varied before did not come out of that recorder the way the others did.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from lessonproof.evidence.findings import JsonValue

PROFILE_MIN_RECORDINGS: Final = 3
"""Fewer recordings do not tell what a recorder always does."""
TOO_FEW_RECORDINGS: Final = "too_few_recordings"


@dataclass(frozen=True, slots=True)
class RecorderProfile:
    """What a recorder's accepted recordings showed.

    Attributes:
        recordings: how many it was learned from.
        values: field of the marks -> each value it had, in text form, sorted. A field with one value never varied.
    """

    recordings: int
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def undecidable(self) -> str | None:
        """Reason code why nothing can be compared with it; ``None`` where it can."""
        return TOO_FEW_RECORDINGS if self.recordings < PROFILE_MIN_RECORDINGS else None

    def constants(self) -> dict[str, str]:
        """Fields that never varied, with their one value."""
        return {name: values[0] for name, values in self.values.items() if len(values) == 1}


def profile_to_json(profile: RecorderProfile) -> dict[str, JsonValue]:
    """As JSON values, without loss."""
    return {
        "recordings": profile.recordings,
        "values": {name: list(values) for name, values in sorted(profile.values.items())},
    }


def profile_from_json(value: Mapping[str, JsonValue]) -> RecorderProfile:
    """Read back what :func:`profile_to_json` wrote.

    Raises:
        KeyError: a field is missing.
        TypeError: a field is not what it should be.
    """
    recordings, values = value["recordings"], value["values"]
    if not isinstance(recordings, int) or not isinstance(values, Mapping):
        raise TypeError("a recorder profile has a number of recordings and values by field")
    texts: dict[str, tuple[str, ...]] = {}
    for name, known in values.items():
        if not isinstance(known, list | tuple):
            raise TypeError(f"the values of {name} are a list")
        texts[name] = tuple(str(text) for text in known)
    return RecorderProfile(recordings, texts)
