"""Texts that a model writes while it is open for training: the same prompts and seeds before and after."""

from __future__ import annotations

from collections.abc import Sequence
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


@dataclass(frozen=True, slots=True)
class Sample:
    """A text of a model."""

    prompt: str
    text: str
    """What it wrote, up to its last finished sentence."""


def write_samples(
    model: PreTrainedModel, tokenizer: BaseTokenizer, prompts: Sequence[str], *, times: int, tokens: int, seed: int
) -> list[Sample]:
    """Let a model write. Blocking, for seconds to minutes.

    Args:
        model: The model; it is left in the mode for writing.
        tokenizer: Its tokenizer.
        prompts: What each begins with.
        times: Texts for each prompt.
        tokens: Length of each, at the most.
        seed: Of the first; the others count on.
    """
    model.eval()
    found = []
    for number, prompt in enumerate(prompts):
        torch.manual_seed(seed + number)
        asked = torch.tensor([tokenizer.encode(prompt)], device=model.device)
        with torch.no_grad():
            written = model.generate(
                input_ids=asked,
                attention_mask=torch.ones_like(asked),
                do_sample=True,
                temperature=TEMPERATURE,
                top_p=TOP_P,
                top_k=TOP_K,
                max_new_tokens=tokens,
                num_return_sequences=times,
                eos_token_id=tokenizer.end_of_text,
                pad_token_id=tokenizer.end_of_text,
            )
        for row in written:
            text = tokenizer.decode(row[asked.shape[1] :].tolist())
            found.append(Sample(prompt, text[: last_sentence_end(text)] or text))
    return found
