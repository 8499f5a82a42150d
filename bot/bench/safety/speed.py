"""What the safety layer costs: a text, a long text, and a stream of the model's."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing
from itertools import count

from bot.engine.protocol import Engine, GenerationRequest
from bot.engine.sampling import SamplingParams
from bot.ids import RequestId
from bot.safety.classifiers.protocol import Classifier, Unit
from bot.safety.finder import Finder
from bot.safety.layer import Safety
from bot.safety.policy import STANDARD

STREAMS = 16
TOKENS = 128
ROUNDS = 3
"""Of streams with and without the guard, in turn: machines are noisy."""


def microseconds(work: Callable[[], object], at_least: float = 0.3) -> float:
    """Give the median time of a call, over as many calls as `at_least` seconds hold, 5 at the least."""
    times: list[float] = []
    while len(times) < 5 or sum(times) < at_least:
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1e6


def finders_cost(finders: Sequence[Finder], text: str) -> dict[str, float]:
    """Give what words and patterns cost, in microseconds a text, by its length; the last shows how the cost grows."""

    def look(length: int) -> float:
        piece = (text * (length // len(text) + 1))[:length]
        return microseconds(lambda: [finder.find(piece) for finder in finders])

    figures = {f"words_us_{length}": round(look(length), 1) for length in (200, 2_000, 20_000, 100_000)}
    figures["words_growth_20000_to_100000"] = round(figures["words_us_100000"] / figures["words_us_20000"] / 5, 2)
    return figures


def classifier_cost(classifier: Classifier, text: str) -> dict[str, float]:
    """Give what the classifier costs, in milliseconds a unit, by its length in characters; one thread."""

    def ask(length: int) -> float:
        return microseconds(lambda: classifier.classify([Unit(text[:length])], wary=False)) / 1e3

    return {f"classifier_ms_{length}": round(ask(length), 2) for length in (50, 200, 400)}


async def texts_per_second(safety: Safety, texts: Sequence[str]) -> float:
    """Give how many texts are judged in a second, all at once."""
    started = time.perf_counter()
    await safety.read_all(texts, STANDARD)
    return len(texts) / (time.perf_counter() - started)


async def stream_cost(engine: Engine, model: str, safety: Safety, prompts: Sequence[str]) -> dict[str, float]:
    """Give the tokens a second of `STREAMS` streams that nobody reads, and of as many that the guard reads."""
    numbers = count()

    async def stream(prompt: str, *, guarded: bool) -> int:
        number = next(numbers)
        sampling = SamplingParams(max_new_tokens=TOKENS, ignore_eos=True, seed=number % STREAMS)
        request = GenerationRequest(
            request_id=RequestId(f"guard-{number}"), model=model, prompt=prompt, sampling=sampling
        )
        guard, tokens = safety.guard(STANDARD), 0
        async with aclosing(engine.generate(request)) as chunks:
            async for chunk in chunks:
                tokens = chunk.tokens
                if guarded:
                    await guard.feed(chunk.text)
        return tokens

    async def rate(*, guarded: bool) -> float:
        started = time.perf_counter()
        chosen = [prompts[number % len(prompts)] for number in range(STREAMS)]
        tokens = await asyncio.gather(*(stream(prompt, guarded=guarded) for prompt in chosen))
        return sum(tokens) / (time.perf_counter() - started)

    await rate(guarded=True)  # kernels are compiled, caches filled
    rates = [(await rate(guarded=False), await rate(guarded=True)) for _ in range(ROUNDS)]
    free = statistics.median(rate for rate, _ in rates)
    ratio = statistics.median(guarded / free for free, guarded in rates)
    return {
        "stream_tokens_per_s": round(free, 1),
        "stream_tokens_per_s_guarded": round(free * ratio, 1),
        "stream_guard_cost_percent": round(100 * (1 - ratio), 1),
    }
