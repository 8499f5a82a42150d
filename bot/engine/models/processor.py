"""What this machine's processor can do, without torch: the bot asks before it starts the engine process."""

from __future__ import annotations

import re
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
_BFLOAT16 = re.compile(r"^(?:flags|Features)\b.*\s(?:avx512_bf16|amx_bf16|bf16)\b", re.MULTILINE)


def multiplies_bfloat16(cpuinfo: Path = CPUINFO) -> bool:
    """Tell whether the processor multiplies bfloat16 itself; without that it is far slower than float32.

    Linux says so (`avx512_bf16` and `amx_bf16` on x86, `bf16` on ARM); elsewhere it is taken not to.
    """
    try:
        return _BFLOAT16.search(cpuinfo.read_text(encoding="utf-8", errors="replace")) is not None
    except OSError:
        return False
