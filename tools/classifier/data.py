"""The data sets, read into examples: what each says of a text, and what it leaves open.

Which files there are, who made them and under which licence stands in docs/classifier.md.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from bot.sentences import sentence_ends
from tools.classifier.labels import LABELS, UNKNOWN, Example, answers

HELD_OUT = 20
"""One row of so many measures instead of being learned from."""
Row = dict[str, str]
Answers = tuple[int, ...]

# What people say of themselves or to others, when they mean it: no data set here is labelled for it.
_SELF_HARM = re.compile(
    r"\b(?:kill(?:ing)? (?:my|your)self|kys|kms|suicid\w*|end(?:ing)? my life|want(?:ed)? to die"
    r"|self[- ]?harm|cut(?:ting)? myself)\b",
    re.IGNORECASE,
)
_SELF_HARM_ZH = re.compile(r"自杀|自残|不想活|割腕|去死|跳楼|上吊")
_VIOLENT = re.compile(
    r"\b(?:kill|shoot|stab|murder|beat|hang|bomb|burn|rape|punch|slap|choke|strangle|execut|lynch|behead|die|gas)",
    re.IGNORECASE,
)
_VIOLENT_ZH = re.compile(r"杀|死|打|砍|揍|枪|弄|烧|灭")
_NOISE = re.compile(r"https?://\S+|\[?(?:URL|USER)\]?|@\w+|\bRT\b:?|&\w+;|^[!\"' :]+")


def examples_en(folder: Path, seed: int) -> Iterator[Example]:
    """Give the English ones."""
    sexual = _SexualWords(folder / "surge_profanity.csv")
    yield from _rows(folder, "davidson2017", "tweet", _davidson, sexual, keep=0.4, seed=seed)
    yield from _rows(folder, "measuring_hate", "text", _hateful, sexual)
    yield from _rows(folder, "hatemojibuild", "text", _hatemoji, sexual)
    yield from _rows(folder, "edos", "text", _edos, sexual)
    yield from _rows(folder, "gab_hate", "text", _gab, sexual)
    yield from _rows(folder, "convabuse", "text", _convabuse, sexual)
    yield from _rows(folder, "surge_toxicity", "text", _surge, sexual)
    yield from _rows(folder, "templates_en", "text", _template, sexual, keep=0.3, seed=seed)


def examples_zh(folder: Path, seed: int) -> Iterator[Example]:
    """Give the Chinese ones."""
    yield from _rows(folder, "cold_train", "text", _labelled, None)
    yield from _rows(folder, "cold_dev", "text", _labelled, None, held_out=True)
    yield from _rows(folder, "swsr", "text", _labelled, None)
    yield from _rows(folder, "templates_zh", "text", _template, None, keep=0.25, seed=seed)


def fiction(folder: Path, held_out: frozenset[str], count: int, seed: int) -> Iterator[Example]:
    """Give sentences of books as what falls under nothing; those of the books that are named measure."""
    dice = random.Random(seed)  # noqa: S311
    kept: list[Example] = []
    for book in sorted(folder.glob("*.txt")):
        sentences = _sentences(book.read_text(encoding="utf-8"))
        kept += [Example(text, answers(), "fiction", book.stem in held_out) for text in sentences]
    dice.shuffle(kept)
    learned = [example for example in kept if not example.held_out][:count]
    yield from learned
    yield from [example for example in kept if example.held_out][: count // 2]


def _sentences(text: str) -> Iterator[str]:
    for line in text.splitlines():
        start = 0
        for end in [*sentence_ends(line), len(line)]:
            sentence = line[start:end].strip()
            start = end
            if 5 < len(sentence) < 400:
                yield sentence


class _SexualWords:
    """Says whether a text is sexual, by a list of words with severities; where it only swears, that is left open."""

    SWEARING = re.compile(
        r"fuck|shit|ass|bitch|suck|whore|slut|hoe|pussy|dick|screw|damn|crap|cunt|piss", re.IGNORECASE
    )

    def __init__(self, file: Path) -> None:
        strong: set[str] = set()
        mild: set[str] = set()
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                word = row["text"].strip().lower()
                if row["category_1"] != "sexual anatomy / sexual acts" or not re.fullmatch(r"[a-z ]{4,}", word):
                    continue
                sure = row["severity_description"] != "Mild" and not self.SWEARING.search(word)
                (strong if sure else mild).add(word)
        self._strong = re.compile(rf"\b(?:{'|'.join(sorted(strong, key=len, reverse=True))})\b", re.IGNORECASE)
        self._mild = re.compile(rf"\b(?:{'|'.join(sorted(mild, key=len, reverse=True))})\b", re.IGNORECASE)

    def answer(self, text: str) -> int:
        if self._strong.search(text):
            return 1
        return UNKNOWN if self._mild.search(text) or self.SWEARING.search(text) else 0


def _rows(
    folder: Path,
    name: str,
    column: str,
    read: Callable[[Row], Answers | None],
    sexual: _SexualWords | None,
    *,
    keep: float = 1.0,
    seed: int = 0,
    held_out: bool = False,
) -> Iterator[Example]:
    dice = random.Random(seed)  # noqa: S311
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines)):
            known = read(row)
            text = _NOISE.sub(" ", row[column]).strip()
            if known is None or len(text) < 2 or dice.random() > keep:
                continue
            yield Example(text, _completed(text, known, sexual), name, held_out or number % HELD_OUT == 0)


def _completed(text: str, known: Answers, sexual: _SexualWords | None) -> Answers:
    """Answer from the words of a text what its data set does not ask."""
    found = dict(zip(LABELS, known, strict=True))
    if sexual and found["sexual"] == UNKNOWN:
        found["sexual"] = sexual.answer(text)
    if found["self-harm"] == UNKNOWN:
        found["self-harm"] = int(bool(_SELF_HARM.search(text))) if sexual else 0
        if not sexual and _SELF_HARM_ZH.search(text):
            found["self-harm"] = UNKNOWN
    if found["threat"] == UNKNOWN and not (_VIOLENT if sexual else _VIOLENT_ZH).search(text):
        found["threat"] = 0
    return tuple(found[label] for label in LABELS)


def _hateful(row: Row) -> Answers:
    return answers(UNKNOWN, hate=int(row["hateful"]))


def _labelled(row: Row) -> Answers:
    return answers(UNKNOWN, hate=int(row["label"]))


def _davidson(row: Row) -> Answers:
    if row["class"] == "0":
        return answers(UNKNOWN, hate=1)
    if row["class"] == "1":
        gendered = re.search(r"bitch|hoe|cunt|pussy|whore|slut|fag|nigg|dyke", row["tweet"], re.IGNORECASE)
        return answers(UNKNOWN, hate=UNKNOWN if gendered else 0)
    return answers(UNKNOWN, hate=0, harassment=0, threat=0)


def _hatemoji(row: Row) -> Answers:
    hateful = int(row["label"])
    threat = 0 if not hateful else 1 if row["type"] == "threateninglanguage" else UNKNOWN
    return answers(UNKNOWN, hate=hateful, threat=threat)


def _edos(row: Row) -> Answers | None:
    if row["sexist"] == "0":
        return None
    return answers(UNKNOWN, hate=1, threat=1 if row["category"].startswith("1") else UNKNOWN)


def _gab(row: Row) -> Answers:
    hate = int(row["assault_on_dignity"] == "1" or row["call_for_violence"] == "1")
    insult = 1 if row["vulgar_offensive"] == "1" else UNKNOWN if hate else 0
    return answers(UNKNOWN, hate=hate, threat=int(row["call_for_violence"] == "1"), harassment=insult)


def _convabuse(row: Row) -> Answers | None:
    abuse, fine = int(row["say_abuse"]), int(row["say_fine"])
    if abuse > fine:
        sexual = 1 if "sex_harassment" in row["types"] else UNKNOWN
        hate = 1 if re.search("sexist|racist|homophobic|ableist", row["types"]) else UNKNOWN
        return answers(UNKNOWN, harassment=1, sexual=sexual, hate=hate)
    return answers(0) if not abuse else None


def _surge(row: Row) -> Answers:
    toxic = row["is_toxic"] == "Toxic"
    return answers(UNKNOWN, harassment=1) if toxic else answers(UNKNOWN, harassment=0, hate=0, threat=0)


def _template(row: Row) -> Answers:
    toxic = row["toxicity"] == "toxic"
    return answers(UNKNOWN, harassment=1) if toxic else answers(0)


def shares(examples: Iterable[Example]) -> dict[str, tuple[int, int, int]]:
    """Count for each label the examples that have it, that have not, and of which it is not known."""
    counts = {label: [0, 0, 0] for label in LABELS}
    for example in examples:
        for label, answer in zip(LABELS, example.answers, strict=True):
            counts[label][{1: 0, 0: 1, UNKNOWN: 2}[answer]] += 1
    return {label: (yes, no, unknown) for label, (yes, no, unknown) in counts.items()}
