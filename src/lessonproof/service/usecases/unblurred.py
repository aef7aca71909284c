"""A reviewer's unblurred view of a stored picture: made on demand, on record before it is seen, kept nowhere.

There is no sign-in yet, so nobody can be held to the name that they give. Until there is, the view is given on the
machine itself only; the entry says that the name was declared, and where the request came from.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Final

from lessonproof.evidence.picture_note import PictureNote, note_of
from lessonproof.service.access import is_loopback
from lessonproof.service.composition import Services
from lessonproof.service.errors import PictureNotBlurredError, PictureUnavailableError, SignInNeededError
from lessonproof.service.settings import PREFIX
from lessonproof.storage.custody import Action, append_entry
from lessonproof.storage.objects import read_bytes
from lessonproof.storage.results import find_picture, recording_of_picture
from lessonproof.workers.unblurred_process import EXIT_UNREADABLE

TIME_LIMIT_S: Final = 300.0
"""Reading and hashing a recording of some gigabytes from a slow disk, then decoding a few seconds of it."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who wants to see.

    Attributes:
        name: as they declare it.
        reason: what for, in their words.
        address: where the request came from; ``None`` where that is unknown.
    """

    name: str
    reason: str
    address: str | None


def stored_note(content: bytes) -> PictureNote:
    """What a stored picture says of itself.

    Raises:
        PictureNotBlurredError: nothing, so it was kept by a version that blurred nobody.
    """
    note = note_of(content)
    if note is None:
        raise PictureNotBlurredError(
            "this picture was kept by an earlier version and is not blurred; check the unit again",
            "该图片由早期版本保存，未打码；请重新检验该授课单元",
        )
    return note


def view_unblurred(services: Services, unit_id: str, name: str, viewer: Viewer) -> bytes:
    """Show a picture of a unit as it was taken.

    Args:
        services: what requests work with.
        unit_id: a unit with a verdict.
        name: of a picture that the verdict shows.
        viewer: who wants to see it.

    Returns:
        JPEG. The custody ledger tells of this view already.

    Raises:
        SignInNeededError: the service can be reached from other machines.
        NotFoundError: no such unit, or no such picture.
        PictureNotBlurredError: the picture was kept by a version that blurred nobody.
        PictureUnavailableError: the moment cannot be decoded.
        DatabaseUnreachableError: the view cannot be put on record, so it is not given.
    """
    if not is_loopback(services.settings.host):
        raise SignInNeededError(
            "without sign-in, unblurred pictures are shown on the machine itself only; this service listens beyond it",
            "目前没有登录功能，未打码画面只能在本机查看；本服务对外监听，因此不提供",
        )
    with services.database.read() as session:
        kept, sha256 = find_picture(session, unit_id, name), recording_of_picture(session, unit_id, name)
    note = stored_note(read_bytes(services.store, kept))
    picture = _taken(services, sha256, note.time_ns)
    with services.database.write() as session:
        append_entry(
            session,
            Action.PICTURE_SEEN_UNBLURRED,
            sha256,
            {
                "unit": unit_id,
                "picture": name,
                "time_ns": note.time_ns,
                "viewer_declared": viewer.name,
                "reason": viewer.reason,
                "address": viewer.address,
            },
            services.clock(),
        )
    return picture


def _taken(services: Services, sha256: str, time_ns: int) -> bytes:
    """The picture on screen at a moment of a stored recording, JPEG."""
    # The secrets among the settings are no business of a process that decodes strangers' files.
    environment = {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)}
    with services.store.local_file(sha256) as path:
        command = [sys.executable, "-m", "lessonproof.workers.unblurred_process", str(path), sha256, str(time_ns)]
        try:
            done = subprocess.run(  # noqa: S603 - our own program
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                timeout=TIME_LIMIT_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise PictureUnavailableError("the picture took too long to decode", "画面解码超时") from error
    if done.returncode == EXIT_UNREADABLE:
        told = json.loads(done.stdout)
        raise PictureUnavailableError(told["en"], told["zh"])
    if done.returncode != 0:
        raise PictureUnavailableError(
            f"the decoder came down over this recording (exit code {done.returncode})",
            f"解码进程异常退出（退出码 {done.returncode}）",
        )
    return done.stdout
