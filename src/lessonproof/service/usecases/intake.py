"""Receiving a recording: streamed to the disk, read back, and only then said to be received.

Whatever goes wrong on the way (the connection is cut, the disk is full, the digest differs) leaves nothing behind, and
the same upload can be sent again.
"""

import asyncio
import base64
import binascii
import re
import shutil
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from lessonproof.service.composition import Services
from lessonproof.service.errors import BadHeaderError, CutUploadError, StalledUploadError, TooLargeError
from lessonproof.storage.classes import find_class
from lessonproof.storage.errors import StoreFullError
from lessonproof.storage.objects import ObjectWriter, is_digest
from lessonproof.storage.planning import plan_work
from lessonproof.storage.recordings import Receipt, expect_slot, receive
from lessonproof.storage.slots import check_file_name

WRITE_BLOCK_BYTES: Final = 1 << 20
"""Network blocks are gathered to this size, so that handing them to a thread costs little."""
STALL_S: Final = 120.0
"""An upload that sends nothing for this long is given up; mobile lines come back within seconds or not at all."""
_SHA256_ITEM: Final = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]+):")


@dataclass(frozen=True, slots=True)
class Upload:
    """What is told of an upload before its bytes.

    Attributes:
        class_id: class that it is for.
        file_name: name that it is sent under.
        original_name: what the file is called on the sender's side.
        may_replace: whether it may take the place of another recording of that name.
        size_bytes: announced size; ``None`` where none was announced.
        sha256: announced digest; ``None`` where none was announced.
    """

    class_id: str
    file_name: str
    original_name: str
    may_replace: bool
    size_bytes: int | None
    sha256: str | None


def announced_size(headers: Mapping[str, str]) -> int | None:
    """``Content-Length``; ``None`` for a body of unknown length."""
    value = headers.get("content-length")
    return int(value) if value is not None and value.isdecimal() else None


def announced_digest(headers: Mapping[str, str]) -> str | None:
    """The SHA-256 that headers announce: ``Content-Digest`` (RFC 9530) or ``X-Content-SHA256`` in hexadecimal.

    Raises:
        BadHeaderError: it is no SHA-256, or the two differ.
    """
    plain = headers.get("x-content-sha256")
    if plain is not None and not is_digest(plain.lower()):
        raise BadHeaderError(
            "X-Content-SHA256: expected 64 hexadecimal digits", "X-Content-SHA256：应为 64 位十六进制数字"
        )
    found = _SHA256_ITEM.search(headers.get("content-digest", ""))
    standard = None if found is None else _decode_digest(found.group(1))
    if plain is not None and standard is not None and plain.lower() != standard:
        raise BadHeaderError("Content-Digest and X-Content-SHA256 differ", "Content-Digest 与 X-Content-SHA256 不一致")
    return standard if plain is None else plain.lower()


def _decode_digest(text: str) -> str:
    try:
        digest = base64.b64decode(text, validate=True).hex()
    except binascii.Error:
        digest = ""
    if not is_digest(digest):
        raise BadHeaderError("Content-Digest: sha-256 is no SHA-256", "Content-Digest：sha-256 值无效")
    return digest


async def take_recording(services: Services, upload: Upload, blocks: AsyncIterator[bytes]) -> Receipt:
    """Receive one recording.

    Args:
        services: what to work with.
        upload: what was announced.
        blocks: its bytes as they come.

    Raises:
        NotFoundError: there is no such class.
        UnexpectedRecordingError: no unit of the class names this file.
        TooLargeError: it is larger than recordings may be.
        StoreFullError: there is no room for it.
        WrongDigestError: other bytes came than were announced.
        AlreadyReceivedError: another recording of this name was received before.
        CutUploadError: the connection ended before the upload.
        StalledUploadError: nothing came for too long.
    """
    slot = check_file_name(upload.file_name)
    check_file_name(upload.original_name)
    await run_in_threadpool(_check, services, upload, slot)
    with await run_in_threadpool(services.store.writer) as writer:
        await _copy(services, blocks, writer)
        return await run_in_threadpool(_keep, services, upload, slot, writer)


def room_bytes(services: Services) -> int:
    """How many bytes uploads may still take, so that the rest of the disk is left for everything else."""
    free_bytes = shutil.disk_usage(services.transfer_folder).free
    return max(0, free_bytes - services.settings.min_free_bytes)


def _check(services: Services, upload: Upload, slot: str) -> None:
    """Refuse what is to be refused before gigabytes travel."""
    with services.database.read() as session:
        find_class(session, upload.class_id)
        expect_slot(session, upload.class_id, slot)
    if upload.size_bytes is not None:
        _refuse_too_large(services, upload.size_bytes)
        _refuse_no_room(services, upload.size_bytes)


def _refuse_too_large(services: Services, size_bytes: int) -> None:
    limit = services.settings.max_upload_bytes
    if size_bytes > limit:
        raise TooLargeError(
            f"a recording may have at most {limit:,} bytes (LESSONPROOF_MAX_UPLOAD_BYTES)",
            f"单个录像不得超过 {limit:,} 字节（LESSONPROOF_MAX_UPLOAD_BYTES）",
        )


def _refuse_no_room(services: Services, size_bytes: int) -> None:
    room = room_bytes(services)
    if size_bytes > room:
        raise StoreFullError(
            f"there is room for {room:,} bytes, {size_bytes:,} are needed; make room on the server's disk",
            f"服务器磁盘仅余 {room:,} 字节可用，需要 {size_bytes:,} 字节，请联系管理员清理磁盘",
        )


async def _copy(services: Services, blocks: AsyncIterator[bytes], writer: ObjectWriter) -> None:
    gathered = bytearray()
    while (block := await _next(blocks)) is not None:
        gathered += block
        if len(gathered) >= WRITE_BLOCK_BYTES:
            await run_in_threadpool(_write, services, writer, bytes(gathered))
            gathered.clear()
    await run_in_threadpool(_write, services, writer, bytes(gathered))


async def _next(blocks: AsyncIterator[bytes]) -> bytes | None:
    try:
        async with asyncio.timeout(STALL_S):
            return await anext(blocks, None)
    except TimeoutError:
        raise StalledUploadError(
            f"nothing came for {STALL_S:.0f} s; send the recording again", f"{STALL_S:.0f} 秒内未收到数据，请重新上传"
        ) from None
    except ClientDisconnect:
        raise CutUploadError(
            "the connection ended before the upload did; send the recording again", "连接中断，上传未完成，请重新上传"
        ) from None


def _write(services: Services, writer: ObjectWriter, block: bytes) -> None:
    _refuse_too_large(services, writer.size_bytes + len(block))
    _refuse_no_room(services, len(block))
    writer.write(block)


def _keep(services: Services, upload: Upload, slot: str, writer: ObjectWriter) -> Receipt:
    stored = writer.commit(upload.sha256)
    with services.database.write() as session:
        now = services.clock()
        receipt = receive(
            session,
            upload.class_id,
            slot,
            stored,
            now,
            original_name=upload.original_name,
            may_replace=upload.may_replace,
        )
        plan_work(session, services.work, now, [upload.class_id])
    return receipt
