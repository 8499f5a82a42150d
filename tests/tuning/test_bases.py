"""A base that a run could not end with is refused before the run begins."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from bot.engine.models.library import ModelLibrary
from bot.tuning.bases import open_base
from bot.tuning.errors import BaseError
from tests.engine.models.ggufs import write_gguf, write_llama


@pytest.fixture
def library(tmp_path: Path) -> ModelLibrary:
    return ModelLibrary(tmp_path / "cache", registry={})


def test_a_gguf_file_that_no_adapter_is_merged_into_is_refused_before_anything_is_opened(
    tmp_path: Path, library: ModelLibrary
) -> None:
    file = tmp_path / "qwen.gguf"
    write_gguf(file, {"token_embd.weight": np.zeros((2, 64), np.float32)}, architecture="qwen3")
    started = time.monotonic()
    with pytest.raises(BaseError, match=r"of a Llama model, not of qwen3\. .* or train it whole with --full\."):
        open_base(library, str(file), lambda _: None, adapted=True)
    assert time.monotonic() - started < 10
    # Whole, it is transformers that says whether it can be opened.
    with pytest.raises(BaseError, match="transformers cannot open it"):
        open_base(library, str(file), lambda _: None)


def test_a_gguf_file_of_a_llama_is_opened(tmp_path: Path, library: ModelLibrary) -> None:
    base = open_base(library, str(write_llama(tmp_path / "llama.gguf")), lambda _: None, adapted=True)
    assert (base.is_gguf, base.context, base.tokenizer.end_of_text) == (True, 256, 0)


def test_a_damaged_gguf_file_is_one_sentence(tmp_path: Path, library: ModelLibrary) -> None:
    file = tmp_path / "broken.gguf"
    file.write_bytes(b"GGUFnothing")
    with pytest.raises(BaseError, match="is no GGUF file that can be read"):
        open_base(library, str(file), lambda _: None, adapted=True)
