"""The classifier that ships with the project: one small encoder a language, asked sentence for sentence.

How they were trained, on what, and what they miss stands in docs/classifier.md.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psutil
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bot.errors import ConfigurationError
from bot.safety.classifiers.protocol import Unit
from bot.safety.classifiers.reading import plain
from bot.safety.verdict import Category, Hit, Rule, Severity, Source
from bot.sentences import sentence_ends
from config.checked import read_toml
from config.settings import CONFIG_DIR

if TYPE_CHECKING:
    import openvino

FOLDER = CONFIG_DIR / "classifier"
TOKENS = 192
"""Tokens that are read of a unit: what `units.LONGEST` characters come to, but for strange ones."""
AT_ONCE = 16
"""Units in one batch; they are sorted by length, so that little is padded."""
STEP = 16
"""Lengths are padded to multiples of so many tokens."""
ROOMY = 4 << 30
"""Bytes of free memory from which on weights are kept unpacked: 115 MB more for both languages, a third less time."""
SETTINGS = {"INFERENCE_NUM_THREADS": 1, "PERFORMANCE_HINT": "LATENCY"}
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")
_WORD = re.compile(r"[a-zA-Z]{2,}")

_NUMBERS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
_MINOR = re.compile(
    rf"""
    \b(?:1[0-7]|[1-9]|{_NUMBERS})[-\ ]?(?:years?[-\ ]old|yo|y/o)\b
    |\b(?:is|was|turned|aged?|only|just)\ (?:1[0-7]|[3-9]|{_NUMBERS})\b(?!\ (?:times|hours|days|weeks|months))
    |\b(?:child|children|kids?|toddler|infant|baby\ (?:girl|boy)|minors?|underaged?|pre-?teens?
        |teen(?:age)?\ (?:girl|boy)|little\ (?:girl|boy|sister|brother)|school\ ?(?:girl|boy)s?|lolis?|lolita|shotas?
        |first[-\ ]grader|middle[-\ ]schooler|kindergart\w+|jailbait)\b
    |未成年|幼[女童齿]|萝莉|正太|小学生|初中生|中学生|儿童|小孩|小女孩|小男孩
    |(?<![一二三四五六七八九十百])(?:十[一二三四五六七]?|[三四五六七八九])岁|(?<!\d)(?:1[0-7]|[3-9])岁
    """,
    re.IGNORECASE | re.VERBOSE,
)


class _Thresholds(BaseModel):
    """From which probability on a label counts.

    Attributes:
        sure: As severe.
        wary: As strong, under a wary policy.
        named: As strong, under any policy; None is from `sure` on.
    """

    model_config = ConfigDict(extra="forbid")

    sure: float = Field(gt=0, le=1)
    wary: float = Field(gt=0, le=1)
    named: float | None = Field(None, gt=0, le=1)

    def reached(self, value: float, *, wary: bool) -> bool:
        """Say whether a probability counts."""
        return value >= (self.wary if wary else self.named or self.sure)


_THRESHOLDS = TypeAdapter(dict[Category, _Thresholds])


@dataclass(frozen=True, slots=True)
class _Language:
    """An encoder as it stands in a folder.

    Attributes:
        name: The folder's.
        written: Finds what the encoder can read.
        refers: Finds what speaks of somebody who was named before: “I can't wait until they are gone.”
        beside: Words that have to be there where most of a unit is in another language's script.
        fewest: Words that a unit has to have before it is called sexual or harassing. What is said to chatbots taught
            the English encoder that “what the fuck” is both; so few words are the word lists' affair.
    """

    name: str
    written: re.Pattern[str]
    refers: re.Pattern[str]
    fewest: int = 0
    beside: int = 1

    def is_written_in(self, text: str) -> bool:
        """Say whether the encoder is to be asked: of “Docker kill不掉” the English one understands nothing."""
        least = self.beside if _IDEOGRAPH.search(text) else 1
        return sum(1 for _ in islice(self.written.finditer(text), least)) == least


_UNSURE_WHERE_SHORT = (Category.SEXUAL, Category.HARASSMENT)
_OF_OTHERS = (Category.HATE, Category.THREAT)
"""What a sentence may fall under only by whom the one before it names."""
LANGUAGES = (
    _Language("en", _WORD, re.compile(r"\b(?:they|them|theirs?|these|those)\b", re.IGNORECASE), fewest=4, beside=3),
    _Language("zh", _IDEOGRAPH, re.compile("[他她它]们|[这那](?:些|帮|群|种|里面)")),
)


class _Encoder:
    """One language's model and tokenizer."""

    def __init__(self, core: openvino.Core, folder: Path) -> None:
        from tokenizers import Tokenizer  # noqa: PLC0415 - the command line starts without it

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(TOKENS)
        self._model = core.compile_model(_read_model(core, folder), "CPU", SETTINGS)
        self._lock = threading.Lock()
        self.thresholds = read_toml(folder / "thresholds.toml", _THRESHOLDS)
        self.labels = tuple(self.thresholds)

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give a row for each text, a column for each label."""
        rows = [encoding.ids for encoding in self._tokenizer.encode_batch_fast([plain(text) for text in texts])]
        order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
        found = np.zeros((len(rows), len(self.labels)), np.float32)
        for chosen in _portions(order):
            ids, mask = _padded([rows[row] for row in chosen])
            with self._lock:  # one request, one thread: the engine needs the others
                logits = self._model([ids, mask])[0]
                found[chosen] = 1 / (1 + np.exp(-logits[: len(chosen)].astype(np.float32)))
        return found


def _read_model(core: openvino.Core, folder: Path) -> openvino.Model:
    """Read a model, with its weights in full where there is memory for them: else they are unpacked at every call."""
    from openvino.passes import ConstantFolding, Manager  # noqa: PLC0415 - as openvino itself

    model = core.read_model(folder / "model.xml")
    if psutil.virtual_memory().available >= ROOMY:
        unpacking = Manager()
        unpacking.register_pass(ConstantFolding())
        unpacking.run_passes(model)
    return model


class EncoderClassifier:
    """Asks for each unit the encoders of the languages that it is written in.

    Args:
        folder: Where the encoders are, a folder each.

    Raises:
        ConfigurationError: one of them cannot be opened.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        import openvino  # noqa: PLC0415 - takes half a second, and the command line has other things to do

        core = openvino.Core()
        try:
            self._encoders = {language: _Encoder(core, folder / language.name) for language in LANGUAGES}
        except Exception as error:  # noqa: BLE001 - tokenizers and OpenVINO raise nothing more exact
            raise ConfigurationError(problem=f"the classifier in {folder} cannot be opened: {error}") from None

    def classify(self, units: Sequence[Unit], *, wary: bool) -> list[list[Hit]]:
        """Give for each unit what it falls under."""
        found: list[list[Hit]] = [[] for _ in units]
        for language, encoder in self._encoders.items():
            rows = [row for row, unit in enumerate(units) if language.is_written_in(unit.text)]
            if not rows:
                continue
            referring = [row for row in rows if units[row].before.strip() and language.refers.search(units[row].text)]
            texts = [units[row].text for row in rows] + [_with_sentence_before(units[row]) for row in referring]
            values = [dict(zip(encoder.labels, map(float, row), strict=True)) for row in encoder.probabilities(texts)]
            judged = dict(zip(rows, values, strict=False))
            for row, together in zip(referring, values[len(rows) :], strict=True):
                judged[row] |= {label: max(judged[row][label], together[label]) for label in _OF_OTHERS}
            for row in rows:
                if len(units[row].text.split()) < language.fewest:
                    judged[row] |= dict.fromkeys(_UNSURE_WHERE_SHORT, 0.0)
                found[row] += _hits(units[row], judged[row], encoder.thresholds, wary=wary)
        return found


def _with_sentence_before(unit: Unit) -> str:
    before = unit.before.rstrip()
    start = max((end for end in sentence_ends(before) if end < len(before)), default=0)
    return f"{before[start:].lstrip()} {unit.text}"


def _hits(
    unit: Unit, found: Mapping[Category, float], thresholds: Mapping[Category, _Thresholds], *, wary: bool
) -> Iterator[Hit]:
    for category, value in found.items():
        bounds = thresholds[category]
        if bounds.reached(value, wary=wary):
            severity = Severity.SEVERE if value >= bounds.sure else Severity.STRONG
            yield _hit(unit, category, severity, value)
    if found[Category.SEXUAL] >= thresholds[Category.SEXUAL].sure and names_minor(unit):
        yield _hit(unit, Category.SEXUAL_MINORS, Severity.SEVERE, found[Category.SEXUAL])


def _hit(unit: Unit, category: Category, severity: Severity, value: float) -> Hit:
    rule = Rule(Source.CLASSIFIER, str(category))
    return Hit(0, len(unit.text), category, severity, rule, round(value, 4))


def names_minor(unit: Unit) -> bool:
    """Say whether a unit, or what stands before it, speaks of somebody who is not of age."""
    return bool(_MINOR.search(unit.before + " " + unit.text))


def _portions(order: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(order), AT_ONCE):
        yield list(order[start : start + AT_ONCE])


def _padded(rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pad to few different shapes: a kernel is compiled for each, and kept."""
    length = -(-max(map(len, rows)) // STEP) * STEP
    height = 1 << (len(rows) - 1).bit_length()
    ids, mask = np.zeros((height, length), np.int64), np.zeros((height, length), np.int64)
    mask[:, 0] = 1
    for number, row in enumerate(rows):
        ids[number, : len(row)] = row
        mask[number, : len(row)] = 1
    return ids, mask
