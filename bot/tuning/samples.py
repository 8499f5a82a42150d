"""Texts that a model writes while it is open for training: the same prompts and seeds before and after."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel

from bot.sentences import last_sentence_end
from bot.tuning.bases import BaseTokenizer

TEMPERATURE, TOP_P = 0.8, 0.95
TOP_K = 1000  # the most there may be: where it is 0, OpenVINO sorts the whole vocabulary for top_p
PROMPTS = (
    "Once upon a time",
    "The door stood open.",
    "Nobody in the village remembered who had built the tower.",
    "“Don't open it,” said the fox.",
    "It was a dark and stormy night, and",
)
CHINESE_PROMPTS = ("从前", "门开着。", "村里没有人记得", "“别打开，”狐狸说。", "那天夜里")
_TRIED = 8
"""Tokens of a text by which the time of all is estimated."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A text of a model."""

    prompt: str
    text: str
    """What it wrote, up to its last finished sentence."""


def write_samples(
    model: PreTrainedModel,
    tokenizer: BaseTokenizer,
    prompts: Sequence[str],
    *,
    tokens: int,
    at_once: int,
    seed: int,
    told: Callable[[int], None] = lambda _: None,
) -> list[Sample]:
    """Let a model write. Blocking, for seconds to minutes.

    Args:
        model: The model; it is left in the mode for writing.
        tokenizer: Its tokenizer.
        prompts: What each text begins with, one for each text.
        tokens: Length of each, at the most.
        at_once: Texts that are written side by side.
        seed: Of the texts.
        told: Called with the number of texts that are there.
    """
    model.eval()
    torch.manual_seed(seed)
    found: list[Sample] = []
    for start in range(0, len(prompts), at_once):
        chosen = prompts[start : start + at_once]
        for prompt, text in zip(chosen, _written(model, tokenizer, chosen, tokens), strict=True):
            found.append(Sample(prompt, text[: last_sentence_end(text)] or text))
        told(len(found))
    return found


def seconds_for(model: PreTrainedModel, tokenizer: BaseTokenizer, texts: int, *, tokens: int, at_once: int) -> float:
    """Estimate how long a model writes at the texts, by a few tokens of them. Blocking, for about a second.

    Args:
        model: See `write_samples`, as the others.
        tokenizer: Its tokenizer.
        texts: How many there are.
        tokens: Length of each.
        at_once: Texts that are written side by side.
    """
    model.eval()
    prompts = PROMPTS[:1] * at_once
    _written(model, tokenizer, prompts, 1)  # the first takes longer than those that follow
    first, all_tried = (_seconds(model, tokenizer, prompts, count) for count in (1, _TRIED))
    a_token = max(0.0, all_tried - first) / (_TRIED - 1)
    return (first + a_token * (tokens - 1)) * math.ceil(texts / at_once)


def _seconds(model: PreTrainedModel, tokenizer: BaseTokenizer, prompts: Sequence[str], tokens: int) -> float:
    started = time.perf_counter()
    _written(model, tokenizer, prompts, tokens, fewest=tokens)
    return time.perf_counter() - started


def _written(
    model: PreTrainedModel, tokenizer: BaseTokenizer, prompts: Sequence[str], tokens: int, *, fewest: int = 0
) -> Iterator[str]:
    rows = [tokenizer.encode(prompt) for prompt in prompts]
    longest = max(map(len, rows))
    # In front: what is written begins at the same place in every row.
    asked = torch.tensor([[tokenizer.end_of_text] * (longest - len(row)) + row for row in rows], device=model.device)
    seen = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in rows], device=model.device)
    with torch.no_grad():
        written = model.generate(
            input_ids=asked,
            attention_mask=seen,
            do_sample=True,
            temperature=TEMPERATURE,
            top_p=TOP_P,
            top_k=TOP_K,
            min_new_tokens=fewest,
            max_new_tokens=tokens,
            eos_token_id=tokenizer.end_of_text,
            pad_token_id=tokenizer.end_of_text,
        )
    return (tokenizer.decode(row[longest:].tolist()) for row in written)
