"""The draw of the next token, by transformers' own logits processors, one stream at a time."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from transformers import (
    LogitsProcessorList,
    MinPLogitsWarper,
    NoBadWordsLogitsProcessor,
    NoRepeatNGramLogitsProcessor,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopPLogitsWarper,
    TypicalLogitsWarper,
)

from bot.engine.sampling import SamplingParams


class Draw:
    """Draws the tokens of one stream.

    The processors and their order are those of transformers' `generate`. `top_k` is taken first, which changes no
    probability (a temperature keeps the order of tokens), so that the others sort k tokens and not the vocabulary.

    Args:
        sampling: Of the request; its seed is set.
        prompt: The tokens of the prompt: penalties count them as transformers does.
        positions: The most tokens that prompt and text can have together.
        bad_words: Sequences of tokens that are never written.
        eos: Tokens that end a text.
        device: Where the logits are.
    """

    def __init__(
        self,
        sampling: SamplingParams,
        prompt: Sequence[int],
        positions: int,
        *,
        bad_words: Sequence[Sequence[int]] = (),
        eos: Sequence[int] = (),
        device: torch.device,
    ) -> None:
        self._sampling = sampling
        self._ids = torch.zeros((1, positions), dtype=torch.long, device=device)
        self._ids[0, : len(prompt)] = torch.tensor(prompt, device=device)
        self._begin = self._length = len(prompt)
        self._processors = _processors(sampling, bad_words, eos, device)
        self._warpers = _warpers(sampling)
        self._dice = torch.Generator(device).manual_seed(sampling.seed or 0)

    def next(self, logits: torch.Tensor) -> int:
        """Draw a token.

        Args:
            logits: Of shape (vocabulary,), in any dtype; left as they are.
        """
        scores = logits.to(torch.float32, copy=True)[None]
        if self._processors:
            scores = self._processors(self._ids[:, : self._length], scores)
        self._count_words(scores)
        token = self._drawn(scores) if self._sampling.do_sample else int(scores.argmax())
        self._ids[0, self._length] = token
        self._length += 1
        return token

    def _count_words(self, scores: torch.Tensor) -> None:
        # OpenAI's and vLLM's definition; transformers has none. What the prompt holds does not count.
        presence, frequency = self._sampling.presence_penalty, self._sampling.frequency_penalty
        if presence or frequency:
            written, times = torch.unique(self._ids[0, self._begin : self._length], return_counts=True)
            scores[0, written] -= presence + frequency * times

    def _drawn(self, scores: torch.Tensor) -> int:
        names = None
        if self._sampling.top_k:
            scores, names = scores.topk(min(self._sampling.top_k, scores.shape[-1]))
        scores = self._warpers(self._ids[:, : self._length], scores)
        place = int(torch.multinomial(scores.softmax(-1), 1, generator=self._dice))
        return place if names is None else int(names[0, place])


def _processors(
    sampling: SamplingParams, bad_words: Sequence[Sequence[int]], eos: Sequence[int], device: torch.device
) -> LogitsProcessorList:
    found = LogitsProcessorList()
    if sampling.repetition_penalty != 1:
        found.append(RepetitionPenaltyLogitsProcessor(sampling.repetition_penalty))
    if sampling.no_repeat_ngram_size:
        found.append(NoRepeatNGramLogitsProcessor(sampling.no_repeat_ngram_size))
    if bad_words:
        found.append(
            NoBadWordsLogitsProcessor([list(each) for each in bad_words], eos_token_id=torch.tensor(eos, device=device))
        )
    return found


def _warpers(sampling: SamplingParams) -> LogitsProcessorList:
    found = LogitsProcessorList()
    if sampling.temperature != 1:
        found.append(TemperatureLogitsWarper(sampling.temperature))
    if sampling.top_p < 1:
        found.append(TopPLogitsWarper(sampling.top_p))
    if sampling.min_p:
        found.append(MinPLogitsWarper(sampling.min_p))
    if sampling.typical_p < 1:
        found.append(TypicalLogitsWarper(sampling.typical_p))
    return found
