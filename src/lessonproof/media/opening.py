"""Open a recording safely: only local regular files, only known containers, no protocol handler involved.

The file is opened by us without following a symbolic link and handed to the demuxer as a stream of bytes, so that
neither a path nor anything written inside the file can make the libraries open something else. The demuxer is named
from the file's own first bytes; text, playlists and scripts are none of them.
"""

import errno
import hashlib
import io
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import av
from av.container import InputContainer
from av.packet import Packet

from lessonproof.evidence.errors import (
    EmptyFileError,
    IndexMissingError,
    NotARegularFileError,
    RecordingError,
    UnknownContainerError,
)
from lessonproof.media.structure import mp4_has_index

IO_BLOCK_BYTES: Final = 1 << 20
PacketT = TypeVar("PacketT", bound="Packet[Any]")
_SNIFF_BYTES: Final = 1024
_TS_PACKET_BYTES: Final = 188
_M2TS_PACKET_BYTES: Final = 192
_ADDRESS: Final = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:")
_MP4_FIRST_BOXES: Final = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"moof"})


class RecordingFile(io.RawIOBase):
    """A recording opened for reading, optionally hashing each byte once as the demuxer passes over it.

    The hash advances whenever a read extends the stretch that has been read without a hole from the start; jumps (an
    MP4 index at the end of the file) are hashed when the demuxer comes past again, or by :meth:`finish_hash`.
    """

    def __init__(self, path: Path, *, hashing: bool = False) -> None:
        super().__init__()
        self._descriptor = _open_regular(path)
        self.size_bytes = os.fstat(self._descriptor).st_size
        self._position = 0
        self._hashed_bytes = 0
        self._hash = hashlib.sha256() if hashing else None
        self._watch: Callable[[memoryview], None] | None = None
        self.name = path.name

    def watch(self, observer: Callable[[memoryview], None]) -> None:
        """Show every byte of the file once, in order, to ``observer``, as it is hashed; before anything is read."""
        self._watch = observer

    def readable(self) -> bool:
        """Always true while open."""
        return True

    def seekable(self) -> bool:
        """Always true: only regular files are opened."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read up to ``size`` bytes from the present position."""
        wanted = self.size_bytes - self._position if size < 0 else size
        block = os.pread(self._descriptor, max(0, wanted), self._position)
        self._advance_hash(self._position, block)
        self._position += len(block)
        return block

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move the position; the demuxer sees a plain seekable file."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size_bytes}[whence]
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        """Present position in bytes."""
        return self._position

    def close(self) -> None:
        """Close the file; idempotent."""
        if not self.closed:
            os.close(self._descriptor)
        super().close()

    def finish_hash(self) -> str:
        """Hash what the demuxer never came past and return the SHA-256 of the whole file in hexadecimal."""
        if self._hash is None:
            raise ValueError("this file was opened without hashing")
        while self._hashed_bytes < self.size_bytes:
            block = os.pread(self._descriptor, IO_BLOCK_BYTES, self._hashed_bytes)
            if not block:
                raise RecordingError(
                    f"{self.name}: the file became shorter while it was read; copy it again",
                    f"{self.name}：读取过程中文件变短，请重新复制",
                )
            self._advance_hash(self._hashed_bytes, block)
        return self._hash.hexdigest()

    def _advance_hash(self, position: int, block: bytes) -> None:
        if self._hash is None:
            return
        known = self._hashed_bytes - position
        if 0 <= known < len(block):
            self._hash.update(memoryview(block)[known:])
            if self._watch is not None:
                self._watch(memoryview(block)[known:])
            self._hashed_bytes = position + len(block)


def sha256_of_file(path: Path) -> tuple[str, int]:
    """SHA-256 and size of a regular file that may be no recording at all.

    Raises:
        NotARegularFileError: a link, folder, device or URL.
    """
    with RecordingFile(path, hashing=True) as file:
        return file.finish_hash(), file.size_bytes


@contextmanager
def open_container(file: RecordingFile) -> Iterator[InputContainer]:
    """Open the demuxer that the first bytes of ``file`` name.

    Raises:
        EmptyFileError: no bytes.
        UnknownContainerError: not one of the containers that are opened here.
        IndexMissingError: an MP4 without its index.
        RecordingError: the demuxer refuses the file.
    """
    if file.size_bytes == 0:
        raise EmptyFileError(f"{file.name}: the file is empty (0 bytes)", f"{file.name}：文件为空（0 字节）")
    demuxer = container_of(file.read(_SNIFF_BYTES))
    file.seek(0)
    if demuxer is None:
        raise UnknownContainerError(
            f"{file.name}: not a recording that can be opened here; expected MP4/MOV, MKV/WebM, MPEG-TS, AVI or GIF",
            f"{file.name}：无法识别的录像格式；支持 MP4/MOV、MKV/WebM、MPEG-TS、AVI、GIF",
        )
    if demuxer == "mov" and not mp4_has_index(file):
        raise IndexMissingError(
            f"{file.name}: the MP4 index (moov) is missing: the recorder never closed this file, or the copy was cut "
            "off; copy it again from the recorder",
            f"{file.name}：缺少 MP4 索引（moov）:录像机未正常结束录制，或复制中断；请从录像机重新导出",
        )
    file.seek(0)
    try:
        container = av.open(file, mode="r", format=demuxer, buffer_size=IO_BLOCK_BYTES)
    except (av.error.FFmpegError, ValueError) as error:
        raise RecordingError(
            f"{file.name}: cannot be read as {demuxer}: {error}", f"{file.name}：无法按 {demuxer} 读取：{error}"
        ) from error
    with container:
        yield container


def packets_of(demux: Callable[[], Iterator[PacketT]]) -> Iterator[PacketT]:
    """Packets in file order, also of a transport stream in which further tracks appear on the way.

    Args:
        demux: begins to read packets of known tracks at the container's present position.

    Raises:
        av.error.FFmpegError: the demuxer gives up before the end.
    """
    while True:
        try:
            yield from demux()
        except IndexError:
            continue  # PyAV met a packet of a track that was not there at the start; the next one follows
        return


def container_of(head: bytes) -> str | None:
    """Name the demuxer for a file that begins with ``head``, or ``None``: an allow-list, by signature."""
    if head[4:8] in _MP4_FIRST_BOXES:
        return "mov"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return "avi"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    for packet_bytes, lead in ((_TS_PACKET_BYTES, 0), (_M2TS_PACKET_BYTES, 4)):
        syncs = head[lead::packet_bytes]
        if syncs and all(byte == ord("G") for byte in syncs) and len(head) > lead:
            return "mpegts"
    return None


def _open_regular(path: Path) -> int:
    """Open without following a link; refuse what is no regular file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise NotARegularFileError(
                f"{path}: a symbolic link; give the file itself", f"{path}：这是符号链接，请提供文件本身"
            ) from error
        if error.errno == errno.ENOENT and _ADDRESS.match(str(path)):
            raise NotARegularFileError(
                f"{path}: addresses are not opened; give the path of a local file",
                f"{path}：不支持网址，请提供本地文件路径",
            ) from error
        if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.ENXIO, errno.ENAMETOOLONG}:
            raise NotARegularFileError(
                f"{path}: cannot be opened: {error.strerror}", f"{path}：无法打开：{error.strerror}"
            ) from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotARegularFileError(f"{path}: not a regular file", f"{path}：不是普通文件")
    return descriptor
