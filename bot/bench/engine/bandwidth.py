"""How fast this machine reads memory: the limit of a model that reads all its weights for each token."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psutil

BLOCK_BYTES = 2**28
TRIES = 5


def bandwidth_gb_s(block_bytes: int = BLOCK_BYTES) -> float:
    """Measure the best of some tries, in 10^9 bytes a second, with a thread on each physical core.

    Args:
        block_bytes: What each thread reads; far more than the caches hold.
    """
    cores = psutil.cpu_count(logical=False) or 1
    blocks = [np.ones(block_bytes // 8, dtype=np.int64) for _ in range(cores)]
    best = 0.0
    with ThreadPoolExecutor(cores) as threads:
        for _ in range(TRIES):
            begun = time.perf_counter()
            list(threads.map(np.bitwise_or.reduce, blocks))  # numpy lets the others run meanwhile
            best = max(best, cores * block_bytes / (time.perf_counter() - begun) / 1e9)
    return best
