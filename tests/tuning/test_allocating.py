"""What is freed stays with a process that learns."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

TRIED = """
import ctypes
from bot.tuning.allocating import keep_freed_memory

class Held(ctypes.Structure):
    names = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()
    _fields_ = [(name, ctypes.c_size_t) for name in names]

libc = ctypes.CDLL(None)
libc.mallinfo2.restype = Held
for keep in (lambda: None, keep_freed_memory):
    keep()
    before = libc.mallinfo2()
    block = bytearray(64 << 20)
    mapped = libc.mallinfo2().hblkhd - before.hblkhd
    del block
    print(mapped >> 20, (libc.mallinfo2().arena - before.arena) >> 20)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is about glibc")
def test_a_large_block_is_kept_when_it_is_freed() -> None:
    found = subprocess.run([sys.executable, "-c", TRIED], capture_output=True, text=True, check=True).stdout
    assert found.split() == ["64", "0", "0", "64"]
