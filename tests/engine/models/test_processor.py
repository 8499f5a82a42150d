"""What the processor says of itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.engine.models.processor import multiplies_bfloat16


@pytest.mark.parametrize(
    ("line", "does"),
    [
        ("flags\t\t: fpu sse avx2 avx512f avx512_bf16 avx512_vnni", True),
        ("flags\t\t: fpu sse avx2 amx_bf16 amx_tile", True),
        ("Features\t: fp asimd bf16 i8mm", True),
        ("flags\t\t: fpu sse avx2 avx512f avx512_vnni", False),
        ("model name\t: a processor with bf16 in its name", False),
        ("", False),
    ],
    ids=["AVX-512", "AMX", "ARM", "AVX-512 without it", "only by name", "nothing is said"],
)
def test_a_processor_that_multiplies_bfloat16_is_known_by_its_flags(tmp_path: Path, line: str, does: bool) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text(f"processor\t: 0\n{line}\nbogomips\t: 4890\n")
    assert multiplies_bfloat16(file) is does


def test_where_nothing_says_so_it_is_taken_not_to(tmp_path: Path) -> None:
    assert multiplies_bfloat16(tmp_path / "none") is False
