"""One picture of a stored recording as it was taken: ``python -m lessonproof.workers.unblurred_process``.

A process of its own, because it decodes what strangers sent: a file that brings the decoder down takes this process
with it and not the service. Arguments: path, SHA-256 that the bytes must have, moment in nanoseconds. Standard output:
JPEG and exit code 0, or JSON with ``en`` and ``zh`` and exit code 3. Nothing is written anywhere else.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from lessonproof.evidence.errors import IntegrityError, LessonProofError
from lessonproof.media.evidence_pictures import unveiled_picture
from lessonproof.media.index import index_recording

EXIT_UNREADABLE: Final = 3


def main(arguments: Sequence[str]) -> int:
    """Take the picture; returns the exit code."""
    path, sha256, moment_ns = Path(arguments[0]), arguments[1], int(arguments[2])
    try:
        index = index_recording(path)
        if index.sha256 != sha256:
            raise IntegrityError(f"the recording hashes to {index.sha256}, not {sha256}", f"录像摘要不符：{sha256}")
        answer, code = unveiled_picture(path, index, moment_ns), 0
    except LessonProofError as error:
        answer, code = json.dumps({"en": error.en, "zh": error.zh}).encode(), EXIT_UNREADABLE
    sys.stdout.buffer.write(answer)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
