"""Bytes as text."""

from __future__ import annotations

import codecs
from pathlib import Path

from bot.tuning.errors import DocumentError, FileTooLargeError, NoSuchFileError, UndecodableError

MEGABYTE = 1024 * 1024
FILE_BYTES = 200 * MEGABYTE
"""The largest file that is read: a hundred long novels, which take a few times as much memory while they are read."""

# UTF-32's mark begins as UTF-16's does.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def read_bytes(path: Path, name: str, *, limit: int = FILE_BYTES) -> bytes:
    """Read a regular file, and no more of it than is allowed. Blocking.

    Args:
        path: The file.
        name: What it is called in errors.
        limit: Bytes.

    Raises:
        NoSuchFileError: it is not there, or is a pipe or a device.
        FileTooLargeError: it is larger.
        DocumentError: it cannot be opened.
    """
    try:
        if not path.is_file():
            raise NoSuchFileError(file=name)
        if path.stat().st_size > limit:
            raise FileTooLargeError(file=name, limit=limit // MEGABYTE)
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise DocumentError(file=name, reason=f"{error.strerror or error}.") from None
    if len(data) > limit:
        raise FileTooLargeError(file=name, limit=limit // MEGABYTE)
    return data


def decode(data: bytes, name: str) -> str:
    """Give bytes as text: UTF-8, or what a byte order mark says; lines end with a line feed.

    Args:
        data: A whole file.
        name: What it is called in errors.

    Raises:
        UndecodableError: it is in another encoding, or no text.
    """
    mark, encoding = next(((mark, found) for mark, found in _MARKS if data.startswith(mark)), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        position = error.start + len(mark)
        raise UndecodableError(file=name, byte=f"0x{data[position]:02X}", position=position) from None
    if "\0" in text:
        position = len(mark) + len(text[: text.index("\0")].encode(encoding, "surrogatepass"))
        raise UndecodableError(file=name, byte="0x00", position=position)
    return text.replace("\r\n", "\n").replace("\r", "\n")
