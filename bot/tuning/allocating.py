"""How this process takes memory from the system while a model learns."""

from __future__ import annotations

import ctypes
import platform

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4  # glibc's malloc.h
_MOST = 2**31 - 1


def keep_freed_memory() -> None:
    """Let what is freed in one step serve the next, for as long as this process runs; does nothing without glibc.

    glibc gives large blocks back to the system as soon as they are freed, and each step asks for them again: half of
    its time went by in the kernel, which empties every page anew (mallopt(3): M_MMAP_MAX, M_TRIM_THRESHOLD).
    """
    if platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        libc.mallopt(_MMAP_MAX, 0)
        libc.mallopt(_TRIM_THRESHOLD, _MOST)
