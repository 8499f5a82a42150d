"""The model that is fine-tuned, opened for training: a checkpoint, or a GGUF file of the registry."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import gguf
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from bot.engine.backends.pytorch.opening import CannotOpenError, open_checkpoint
from bot.engine.models.library import ModelLibrary
from bot.engine.models.merge import require_mergeable
from bot.engine.models.problems import CannotPrepareError
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


def open_base(library: ModelLibrary, name: str, report: Report, *, adapted: bool = False) -> Base:
    """Open a model for training; fetch it first where needed. Blocking, for seconds.

    Args:
        library: Where models are.
        name: A registered name, a hub id or a path of a checkpoint.
        report: Told about what is fetched.
        adapted: An adapter is to be trained beside it, which must fit what can be merged.

    Raises:
        UnknownModelError, ModelUnavailableError: there is no such model, or it cannot be had.
        BaseError: it cannot be trained.
    """
    profile = library.profile(name)
    path = library.weights(name, report)
    if adapted and path.suffix == ".gguf":
        _require_mergeable(name, path)
    try:
        model, tokenizer = open_checkpoint(path, torch.float32)
    except CannotOpenError as error:
        raise BaseError(model=name, reason=f"transformers cannot open it ({error}).") from None
    sizes = (getattr(model.config, key, None) for key in ("n_positions", "max_position_embeddings"))
    context = next((size for size in sizes if isinstance(size, int)), 1024)
    ends = _end_in_gguf(path) if path.suffix == ".gguf" else (tokenizer.eos_token_id, tokenizer.sep_token_id)
    end_of_text = next((int(token) for token in ends if token is not None), None)
    if end_of_text is None:
        raise BaseError(model=name, reason="its tokenizer has no token that a text ends with.")
    known = BaseTokenizer(tokenizer, end_of_text)
    return Base(profile, path, model, known, library.weights_sha256(name, path), context)


def _require_mergeable(name: str, path: Path) -> None:
    """Refuse what would be found out when hours of training are over."""
    try:
        require_mergeable(gguf.GGUFReader(path))
    except CannotPrepareError as problem:
        raise BaseError(
            model=name, reason=f"{problem} Give it a checkpoint instead, or train it whole with --full."
        ) from None
    except (OSError, ValueError) as error:
        raise BaseError(model=name, reason=f"it is no GGUF file that can be read ({error}).") from None


def _end_in_gguf(path: Path) -> tuple[int | None]:
    """Read the token that ends a text from the file itself: transformers names another one."""
    field = gguf.GGUFReader(path).fields.get("tokenizer.ggml.eos_token_id")
    return (int(field.contents()) if field is not None else None,)
