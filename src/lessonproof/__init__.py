"""LessonProof (课证): checks the video evidence of subsidised vocational lessons."""

from typing import Final

__version__: Final = "0.1.0"
