"""Which clock readers there are. Importing it loads no OCR library: an entry does so when it is called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lessonproof.evidence.dossier import ModelStamp
from lessonproof.models.clock_reader import ClockReader
from lessonproof.models.clock_reader_rapidocr import RapidOcrReader, installed_stamps
from lessonproof.models.errors import ReaderUnavailableError

CLOCK_READERS: Mapping[str, Callable[[], ClockReader]] = {"rapidocr": RapidOcrReader}
DEFAULT_CLOCK_READER = "rapidocr"


@dataclass(frozen=True, slots=True)
class ClockReaderSpec:
    """Which reader to load; can be sent to another process.

    Attributes:
        name: its name here.
        stamps: its models.
    """

    name: str
    stamps: tuple[ModelStamp, ...]


def find_clock_reader() -> ClockReaderSpec | None:
    """The default reader where it is installed, without loading it; ``None`` where clocks cannot be read."""
    stamps = installed_stamps()
    return None if stamps is None else ClockReaderSpec(DEFAULT_CLOCK_READER, stamps)


def open_clock_reader(name: str = DEFAULT_CLOCK_READER) -> ClockReader:
    """Load a reader (a second of CPU time, some 200 MB: once per process).

    Raises:
        ReaderUnavailableError: its package is not installed, or no such reader is known.
    """
    if name not in CLOCK_READERS:
        known = ", ".join(sorted(CLOCK_READERS))
        raise ReaderUnavailableError(
            f"unknown clock reader {name!r}; known: {known}", f"未知的时钟读取器 {name!r}；可用：{known}"
        )
    return CLOCK_READERS[name]()
