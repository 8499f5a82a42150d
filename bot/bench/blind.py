"""Pairs of texts that a person judges without knowing whose they are, and what was chosen."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from pydantic import TypeAdapter, ValidationError

from bot.bench.statistics import Interval, wilson
from bot.errors import TaleloomError


class BadChoicesError(TaleloomError):
    """A file of choices that cannot be gone on with."""

    template = "{file} cannot be gone on with: {reason} Give --keep another file."


@dataclass(frozen=True, slots=True)
class BlindPair:
    """Two texts of one prompt, in the order in which they are shown."""

    prompt: str
    seed: int
    names: tuple[str, str]
    """Of the sides."""
    texts: tuple[str, str]

    @property
    def key(self) -> tuple[str, int, frozenset[str]]:
        """What a choice is about, whichever of them came first.

        The texts are no part of it: texts that are written at once do not always come out the same (a batch adds up in
        another order), and each is as good a sample of its side as the other.
        """
        return self.prompt, self.seed, frozenset(self.names)

    @property
    def said(self) -> frozenset[tuple[str, str]]:
        """Each side with its text."""
        return frozenset(zip(self.names, self.texts, strict=True))


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody thought of a pair."""

    pair: BlindPair
    winner: str | None
    """A side's name; None if neither is better."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each side won."""

    a: int
    b: int
    even: int
    prompts: int
    """Of the pairs of which one was better: texts of one prompt resemble each other, so it counts once."""

    @classmethod
    def of(cls, choices: Sequence[Choice], a: str, b: str) -> Self:
        """Count choices between two sides."""
        winners = [choice.winner for choice in choices]
        decided = {choice.pair.prompt for choice in choices if choice.winner is not None}
        return cls(winners.count(a), winners.count(b), winners.count(None), len(decided))

    @property
    def decided(self) -> int:
        """Pairs of which one was better."""
        return self.a + self.b

    @property
    def interval(self) -> Interval:
        """Where A's share of the decided pairs lies, as if each prompt had been decided once."""
        return wilson(self.a * self.prompts / self.decided if self.decided else 0, self.prompts)


def draw_pairs(
    prompts: Sequence[tuple[str, int]], names: tuple[str, str], texts: Sequence[tuple[str, str]], seed: int
) -> list[BlindPair]:
    """Draw in which order pairs are shown, and which of their texts comes first.

    Args:
        prompts: The prompt and the seed of each pair.
        names: Of the sides.
        texts: Of the sides, for each prompt. A pair of which one is empty, or both are the same, is left out.
        seed: The same arguments always give the same order.
    """
    chance = random.Random(seed)  # noqa: S311 - an order that the seed tells again
    pairs = []
    for (prompt, number), both in zip(prompts, texts, strict=True):
        step = chance.choice((1, -1))
        if all(both) and both[0] != both[1]:
            (first, second), (one, other) = names[::step], both[::step]
            pairs.append(BlindPair(prompt, number, (first, second), (one, other)))
    chance.shuffle(pairs)
    return pairs


@dataclass(slots=True)
class Choices:
    """What was chosen, in a file too if there is one: each choice is a line of JSON, and is there at once.

    Args:
        file: Grows with each choice; None keeps nothing.
    """

    file: Path | None
    made: list[Choice] = field(default_factory=list)

    @classmethod
    def read(cls, file: Path | None) -> Self:
        """Read what was chosen before; a file that is not there is begun with the first choice. Blocking.

        Raises:
            BadChoicesError: the file cannot be read, or something else stands in it.
        """
        try:
            # Of what ends lines elsewhere, JSON has some within its texts.
            lines = file.read_text(encoding="utf-8").split("\n") if file and file.exists() else []
        except (OSError, ValueError) as error:
            raise BadChoicesError(file=file, reason=f"{error}.") from None
        return cls(file, [_choice(file, number, line) for number, line in enumerate(lines, 1) if line.strip()])

    def add(self, choice: Choice) -> None:
        """Take a choice. Blocking.

        Raises:
            BadChoicesError: the file cannot be written.
        """
        self.made.append(choice)
        if self.file is None:
            return
        try:
            with self.file.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(asdict(choice), ensure_ascii=False) + "\n")
        except OSError as error:
            raise BadChoicesError(file=self.file, reason=f"{error}.") from None

    def about(self, pairs: Iterable[BlindPair]) -> list[Choice]:
        """Give the choices about pairs, whichever of their texts came first; of several about one, the last."""
        wanted = {pair.key for pair in pairs}
        return list({choice.pair.key: choice for choice in self.made if choice.pair.key in wanted}.values())


_CHOICE = TypeAdapter(Choice)


def _choice(file: Path | None, number: int, line: str) -> Choice:
    try:
        choice = _CHOICE.validate_json(line)
    except ValidationError:
        choice = None
    if choice is None or choice.winner not in {*choice.pair.names, None}:
        raise BadChoicesError(file=file, reason=f"line {number} is no choice.")
    return choice
