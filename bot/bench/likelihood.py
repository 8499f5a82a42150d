"""How likely a third model finds a text. Needs torch and transformers."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from bot.bench.comparison import Figure, Values
from bot.stories.branch import join
from bot.stories.openings import read_prompt
from bot.tuning.bases import Base


def likelihood(base: Base) -> Figure:
    """Give what a model thinks of texts as a figure; counting it is blocking, for about a second each ten texts."""

    def of(prompts: Sequence[str], texts: Sequence[str]) -> Values:
        return [mean_log_likelihood(base, before(prompt), text) for prompt, text in zip(prompts, texts, strict=True)]

    return Figure("log_likelihood", of, is_share=False)


def before(prompt: str) -> str:
    """Give what stands before a text for a reader who knows no frames: the story's beginning, or a title."""
    understood = read_prompt(prompt)
    return understood.opening or f"{understood.title}\n\n"


def mean_log_likelihood(base: Base, context: str, text: str) -> float | None:
    """Give the mean of the natural logarithms of a text's tokens' probabilities behind what stands before it. Blocking.

    The nearer to 0, the more it is what the model would have written; endless repetition is nearest of all.

    Args:
        base: The model.
        context: What stands before.
        text: What is judged. Of what is longer than the model can see, its end.

    Returns:
        None for a text without a token.
    """
    known = base.tokenizer.encode(context)
    judged = base.tokenizer.encode(join(context, text)[len(context) :])
    tokens = [base.tokenizer.end_of_text, *known, *judged][-base.context :]
    count = min(len(judged), len(tokens) - 1)
    if count < 1:
        return None
    inputs = torch.tensor([tokens])
    with torch.inference_mode():
        scores = base.model(input_ids=inputs).logits[0, :-1].float().log_softmax(-1)
    return float(scores.gather(1, inputs[0, 1:, None])[-count:].mean())
