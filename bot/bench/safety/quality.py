"""What the safety layer finds in texts of which it is known what they hold. Pure functions."""

from __future__ import annotations

import json
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, TypeAdapter

from bot.bench.statistics import Interval, wilson
from bot.safety.verdict import Category, Verdict

ANY = frozenset(Category)


@dataclass(frozen=True, slots=True)
class Sample:
    """A text and the group that it stands for."""

    text: str
    group: str


class Group(BaseModel):
    """What is asked of the texts of a group.

    Attributes:
        counts: The categories that count; empty for all.
        wanted: Whether they should be named, or should not.
        aim: The share that is aimed for: at least so much where it is wanted, else at most.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    counts: frozenset[Category] = frozenset()
    wanted: bool
    aim: float


@dataclass(frozen=True, slots=True)
class Share:
    """How many texts of a group were found to hold what counts."""

    group: str
    asked: Group
    found: int
    texts: int

    @property
    def share(self) -> float:
        """Found of all, 0 to 1."""
        return self.found / self.texts if self.texts else 0.0

    @property
    def interval(self) -> Interval:
        """Where the true share lies."""
        return wilson(self.found, self.texts)

    @property
    def reached(self) -> bool:
        """Whether the aim is."""
        return self.share >= self.asked.aim if self.asked.wanted else self.share <= self.asked.aim


def read_development() -> tuple[Mapping[str, Group], tuple[Sample, ...]]:
    """Read the development set that ships with the project."""
    folder = files("bot.bench.safety")
    asked = tomllib.loads(folder.joinpath("groups.toml").read_text(encoding="utf-8"))
    groups = TypeAdapter(dict[str, Group]).validate_python(asked)
    lines = folder.joinpath("development.jsonl").read_text(encoding="utf-8").splitlines()
    return groups, tuple(Sample(**json.loads(line)) for line in lines)


def shares(groups: Mapping[str, Group], samples: Sequence[Sample], verdicts: Sequence[Verdict]) -> list[Share]:
    """Count, group by group, the texts that hold what counts."""
    found: Counter[str] = Counter()
    texts: Counter[str] = Counter()
    for sample, verdict in zip(samples, verdicts, strict=True):
        texts[sample.group] += 1
        found[sample.group] += bool((groups[sample.group].counts or ANY) & set(verdict.categories))
    return [Share(name, asked, found[name], texts[name]) for name, asked in groups.items() if texts[name]]


def confusion(samples: Iterable[Sample], verdicts: Iterable[Verdict]) -> dict[str, dict[str, int]]:
    """Count for each group how often each category was named first, and how often none was."""
    table: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for sample, verdict in zip(samples, verdicts, strict=True):
        table[sample.group][str(verdict.categories[0]) if verdict.categories else "none"] += 1
    return {group: dict(counts.most_common()) for group, counts in table.items()}
