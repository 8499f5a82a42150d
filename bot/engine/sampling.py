"""How the next token is chosen: every parameter by the name that transformers gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

from bot.engine.errors import InvalidSamplingError


@dataclass(frozen=True, slots=True)
class Range:
    """The values a parameter may have, both ends included."""

    low: float
    high: float


RANGES: Mapping[str, Range] = MappingProxyType(
    {
        "max_new_tokens": Range(1, 1024),
        "temperature": Range(0.05, 2.0),
        "top_k": Range(0, 1000),
        "top_p": Range(0.05, 1.0),
        "min_p": Range(0.0, 1.0),
        "typical_p": Range(0.05, 1.0),
        "repetition_penalty": Range(1.0, 2.0),
        "presence_penalty": Range(-2.0, 2.0),
        "frequency_penalty": Range(-2.0, 2.0),
        "no_repeat_ngram_size": Range(0, 16),
        "num_return_sequences": Range(1, 8),
        "seed": Range(0, 2**53 - 1),
    }
)
SEEDS = int(RANGES["seed"].high) + 1
"""How many seeds there are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SamplingParams:
    """How a text is sampled. Validated when it is built.

    Raises:
        InvalidSamplingError: a value lies outside `RANGES`.
    """

    max_new_tokens: int = 160
    """The most tokens to write, 1 to 1,024."""

    do_sample: bool = True
    """Draw from the distribution; False takes the most likely token each time (greedy), and then nothing below but
    `repetition_penalty` has an effect."""

    temperature: float = 0.8
    """Divides the logits before the draw, 0.05 to 2. Below 1 the likely gets likelier, above 1 the unlikely."""

    top_k: int = 50
    """Draw only from the k most likely tokens, 0 to 1,000; 0 is off."""

    top_p: float = 0.95
    """Draw only from the smallest set of tokens whose probabilities add up to p (nucleus sampling, Holtzman et al.
    2020), 0.05 to 1; 1 is off."""

    min_p: float = 0.0
    """Draw only from tokens at least this times as likely as the likeliest (Nguyen et al. 2024), 0 to 1; 0 is off."""

    typical_p: float = 1.0
    """Draw only from tokens whose surprise is close to the expected one (Meister et al. 2023), 0.05 to 1; 1 is off."""

    repetition_penalty: float = 1.0
    """Divides the logits of tokens that stand in the text already (Keskar et al. 2019), 1 to 2; 1 is off."""

    presence_penalty: float = 0.0
    """Taken from the logits of tokens that were written once or more, -2 to 2; 0 is off."""

    frequency_penalty: float = 0.0
    """Taken from the logits of tokens for each time they were written, -2 to 2; 0 is off."""

    no_repeat_ngram_size: int = 0
    """Never write the same n tokens twice, 0 to 16; 0 is off."""

    num_return_sequences: int = 1
    """How many texts to write for one prompt, 1 to 8."""

    stop: tuple[str, ...] = ()
    """The text ends before the first of these, which is not part of it."""

    bad_words: tuple[str, ...] = ()
    """Texts that are never written."""

    seed: int | None = None
    """Where the draws start, 0 to 2^53 - 1 (what JSON and Discord carry exactly); None draws one."""

    ignore_eos: bool = False
    """Write on past the model's end-of-text token: for benchmarks alone."""

    def __post_init__(self) -> None:
        for name, allowed in RANGES.items():
            value = getattr(self, name)
            if value is not None and not allowed.low <= value <= allowed.high:
                raise InvalidSamplingError(name=name, low=f"{allowed.low:g}", high=f"{allowed.high:g}", value=value)

    def changed(self) -> frozenset[str]:
        """Name the parameters that differ from a plain draw, which a backend must therefore have."""
        return frozenset(field.name for field in fields(self) if getattr(self, field.name) != _OFF[field.name])


# A parameter with its value here asks nothing of a backend.
_OFF: Mapping[str, object] = MappingProxyType(
    {field.name: field.default for field in fields(SamplingParams)} | {"top_k": 0, "top_p": 1.0, "temperature": 1.0}
)
