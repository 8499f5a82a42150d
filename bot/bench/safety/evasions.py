"""How many disguised words a finder finds, and how many honest lines it flags: sets to develop against."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from bot.bench.safety.disguising import Disguise
from bot.bench.safety.kinds import ALL, CHINESE, FIRST, LATER, SORTS
from bot.safety.finder import Finder

ENGLISH_ENTRIES = (
    "fuck", "shit", "bitch", "cunt", "asshole", "whore", "nigger", "faggot", "motherfucker", "bullshit", "dickhead",
    "blowjob", "dildo", "porn", "slut", "pussy", "wanker", "twat", "kike", "tranny", "fucking", "bitches", "shithead",
    "cocksucker", "nigga", "jizz",
)  # fmt: skip
CHINESE_ENTRIES = (
    "操你妈", "傻逼", "他妈的", "鸡巴", "狗日的", "贱货", "骚货", "脑残", "草泥马的", "口交",
)  # fmt: skip
CARRIERS = (
    "{}", "You {} there!", "What a {}, she said.", "I told him: {} and left", "“{}”", "so then ({}) happened",
    "{}!!! again",
)  # fmt: skip
CHINESE_CARRIERS = ("{}", "你这个{}！", "他说：“{}”，然后走了。", "真是{}啊")


@dataclass(frozen=True, slots=True)
class Case:
    """A text with a disguised word.

    Attributes:
        kind: How it is disguised; several kinds are joined by “ + ”.
        entry: The word.
        text: The text, from `start` to before `end` of which the word is.
    """

    kind: str
    entry: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of how many, and those that were not as they should be."""

    good: int
    all: int
    others: tuple[str, ...]

    @property
    def share(self) -> float:
        """From 0 to 1; 1 where there is nothing."""
        return self.good / self.all if self.all else 1.0


def single(kinds: Mapping[str, Disguise], seed: int = 0) -> Iterator[Case]:
    """Give every English entry in each kind of disguise that changes it."""
    chance = random.Random(seed)  # noqa: S311 - the same cases every time
    for kind, disguise in kinds.items():
        for entry in ENGLISH_ENTRIES:
            drawn = disguise(entry, chance)
            if drawn != entry or kind == "plain":
                yield _case(kind, entry, drawn, chance.choice(CARRIERS))


def mixed(count: int = 600, seed: int = 0) -> Iterator[Case]:
    """Give English entries in two or three kinds of disguise at once: spelling, letters, and signs between them.

    They are put on in this order, and at most one of each sort: what is spread twice is read by nobody.
    """
    chance = random.Random(seed)  # noqa: S311 - the same cases every time
    for _ in range(count):
        sorts = [sort for sort in SORTS if sort]
        left_out = chance.choice([*range(len(sorts)), None])
        names = [chance.choice(sorted(sort)) for place, sort in enumerate(sorts) if place != left_out]
        entry = drawn = chance.choice(ENGLISH_ENTRIES)
        for name in names:
            drawn = ALL[name](drawn, chance)
        yield _case(" + ".join(names), entry, drawn, chance.choice(CARRIERS))


def chinese(seed: int = 0) -> Iterator[Case]:
    """Give every Chinese entry in each kind of disguise that changes it."""
    chance = random.Random(seed)  # noqa: S311 - the same cases every time
    for kind, disguise in CHINESE.items():
        for entry in CHINESE_ENTRIES:
            drawn = disguise(entry, chance)
            if drawn != entry or kind == "plain":
                yield _case(kind, entry, drawn, chance.choice(CHINESE_CARRIERS))


def honest(language: str) -> tuple[str, ...]:
    """Give lines that mean no harm, and look as if they might; `en` or `zh`."""
    text = files("bot.bench.safety").joinpath(f"honest_{language}.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.split("\n") if line.strip() and not line.startswith("# "))


def caught(finder: Finder, cases: Sequence[Case]) -> Rate:
    """Say how many disguised words are found, each by a hit that lies over half of it at least."""
    missed = [case for case in cases if not _is_found(finder, case)]
    return Rate(len(cases) - len(missed), len(cases), tuple(f"{case.entry}: {case.text}" for case in missed))


def passed(finder: Finder, lines: Sequence[str]) -> Rate:
    """Say how many lines nothing is found in."""
    flagged = [line for line in lines if finder.find(line)]
    return Rate(len(lines) - len(flagged), len(lines), tuple(flagged))


def measure(finder: Finder) -> Mapping[str, Rate]:
    """Give the rate of each kind of disguise, of mixtures, and of honest lines that pass."""
    cases = [*single(FIRST), *single(LATER)]
    kinds = {kind: [case for case in cases if case.kind == kind] for kind in dict.fromkeys(case.kind for case in cases)}
    return {
        **{kind: caught(finder, some) for kind, some in kinds.items()},
        "all single": caught(finder, cases),
        "mixtures": caught(finder, list(mixed())),
        "Chinese": caught(finder, list(chinese())),
        "honest English": passed(finder, honest("en")),
        "honest Chinese": passed(finder, honest("zh")),
    }


def _case(kind: str, entry: str, drawn: str, carrier: str) -> Case:
    start = carrier.index("{}")
    return Case(kind, entry, carrier.format(drawn), start, start + len(drawn))


def _is_found(finder: Finder, case: Case) -> bool:
    return any(
        2 * (min(hit.end, case.end) - max(hit.start, case.start)) >= case.end - case.start
        for hit in finder.find(case.text)
    )
