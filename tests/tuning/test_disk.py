"""A full disk and a read-only folder are a sentence; other errors are not hidden."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from safetensors import SafetensorError

from bot.tuning.disk import disk_errors_told
from bot.tuning.errors import DiskError


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "data/x"), "data/x: No space left on device. Make room"),
        (PermissionError(errno.EACCES, "Permission denied", Path("data")), "data: Permission denied."),
        (SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)"), "os error 28"),
        (RuntimeError("[enforce fail at inline_container.cc:664] . unexpected pos 64 vs 0\nmore"), "unexpected pos"),
    ],
)
def test_what_the_disk_does_not_take_is_a_sentence(error: Exception, said: str) -> None:
    with pytest.raises(DiskError, match="A file cannot be used: ") as told, disk_errors_told():
        raise error
    assert said in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("error", [RuntimeError("shapes do not fit"), BrokenPipeError(), ValueError("no")])
def test_other_errors_stay_what_they_are(error: Exception) -> None:
    with pytest.raises(type(error)) as told, disk_errors_told():
        raise error
    assert told.value is error
