"""Text is read whatever wrote it, or the byte is named that is none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.tuning.errors import FileTooLargeError, NoSuchFileError, UndecodableError
from bot.tuning.readers.decoding import FILE_BYTES, decode, read_bytes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_text_is_read_in_every_encoding_that_says_what_it_is(encoding: str) -> None:
    assert decode("The café “closed”.\r\n门开了。\r".encode(encoding), "a.txt") == "The café “closed”.\n门开了。\n"


def test_big_ends_first_is_read_as_well() -> None:
    assert decode(b"\xfe\xff" + "门".encode("utf-16-be"), "a.txt") == "门"


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ("The café".encode("latin-1"), "byte 0xE9 at position 7"),
        ("门开了".encode("gbk"), "byte 0xC3 at position 0"),
        (b"\xef\xbb\xbfab\xff", "byte 0xFF at position 5"),
        (b"\xff\xfea\x00b", "byte 0x62 at position 4"),
        (b"ab\x00c", "byte 0x00 at position 2"),
    ],
)
def test_what_is_no_text_is_named_to_the_byte(data: bytes, named: str) -> None:
    with pytest.raises(UndecodableError, match=f"a.txt .*{named}"):
        decode(data, "a.txt")


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "vast.txt"
    with file.open("wb") as opened:
        opened.truncate(FILE_BYTES + 1)
    with pytest.raises(FileTooLargeError, match="larger than 200 MB"):
        read_bytes(file, "vast.txt")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(NoSuchFileError):
        read_bytes(tmp_path / "pipe.txt", "pipe.txt")
