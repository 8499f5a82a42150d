"""A causal language model and its tokenizer, opened by transformers: a checkpoint's folder, or a GGUF file."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from contextlib import redirect_stderr
from pathlib import Path

import psutil
import torch
from tokenizers import Regex, decoders
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils import logging

from bot.engine.models.export import STRAY_SPACES


class CannotOpenError(Exception):
    """Transformers cannot open it; says why in one line."""


WORKSPACE_BYTES = 512 * 1024 * 1024
"""What a CUDA device needs beside weights and cache; taken, not measured."""


def open_checkpoint(
    path: Path, dtype: torch.dtype, rooms: Mapping[int | str, int] | None = None
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Open weights and tokenizer from files that are here. Blocking, for seconds.

    Args:
        path: A folder with config, tokenizer and safetensors weights, or a GGUF file.
        dtype: What the weights are kept in.
        rooms: What they may take on each device, in bytes, to be spread by accelerate; all on the processor without it.

    Raises:
        CannotOpenError: the files are damaged, or of a kind that transformers does not know.
    """
    # Its bars and notes would stand between those of whoever opens it.
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    packed = path.suffix == ".gguf"
    place = {"gguf_file": path.name} if packed else {}
    source = path.parent if packed else path
    safe = {"trust_remote_code": False, "local_files_only": True}
    spread = {} if rooms is None else {"device_map": "auto", "max_memory": dict(rooms)}
    try:
        # Warnings, and a bar for the tensors of a GGUF file, which nothing else turns off.
        with warnings.catch_warnings(action="ignore"), redirect_stderr(io.StringIO()):
            tokenizer = AutoTokenizer.from_pretrained(source, **place, **safe)
            model = AutoModelForCausalLM.from_pretrained(
                source, **place, **safe, **spread, **({} if packed else {"use_safetensors": True}), dtype=dtype
            )
    except Exception as error:  # noqa: BLE001 - a damaged file makes the library raise anything
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise CannotOpenError(reason) from None
    if packed:
        # As transformers reads it from a GGUF file, a byte-level tokenizer writes Ġ for a space.
        tokenizer.backend_tokenizer.decoder = decoders.ByteLevel()
    return model, tokenizer


def rooms_for_weights(cache_bytes: int) -> dict[int | str, int]:
    """Say what weights may take on each CUDA device and, behind them, in the main memory.

    Args:
        cache_bytes: For keys and values, which are where their layers are.
    """
    devices = range(torch.cuda.device_count())
    beside = cache_bytes // len(devices) + WORKSPACE_BYTES if devices else 0
    rooms: dict[int | str, int] = {at: max(0, torch.cuda.mem_get_info(at)[0] - beside) for at in devices}
    return rooms | {"cpu": psutil.virtual_memory().available}


def without_stray_spaces(tokenizer: PreTrainedTokenizerBase) -> None:
    """Let a BERT vocabulary decode Chinese without a space before every character, as the exported one does."""
    backend = tokenizer.backend_tokenizer
    if isinstance(backend.decoder, decoders.WordPiece):
        pieces = decoders.WordPiece(prefix="##", cleanup=False)
        backend.decoder = decoders.Sequence([pieces, decoders.Fuse(), decoders.Replace(Regex(STRAY_SPACES), "")])
