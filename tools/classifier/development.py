"""Writes the development set that `bench safety` judges: what training kept out, a few hundred texts a group.

python -m tools.classifier.development --data FOLDER --books FOLDER --books-zh FOLDER
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from pathlib import Path

from tools.classifier.__main__ import SEED, collect
from tools.classifier.labels import LABELS, Example

MOST = 400
TARGET = Path(__file__).parents[2] / "bot" / "bench" / "safety" / "development.jsonl"
_OF_PATTERNS = {
    "en": {
        "hate": "hate",
        "hate with violence": "hate",
        "not hate: people": "not hate",
        "not hate: things": "not hate",
        "insults": "insults",
        "threats": "threats",
        "violence in stories": "violence in stories",
        "harmless questions": "harmless questions",
        "harmless prompts": "harmless prompts",
        "sexual": "sexual",
        "not sexual": "harmless, in strong words",
        "self-harm": "self-harm",
        "not self-harm": "harmless, in strong words",
    },
    "zh": {
        "hate": "Chinese hate",
        "hate with violence": "Chinese hate",
        "not hate: people": "Chinese without hate",
        "not hate: things": "Chinese without hate",
        "insults": "Chinese insults",
        "threats": "Chinese threats",
        "violence in stories": "Chinese violence in stories",
        "harmless questions": "Chinese harmless questions",
        "harmless prompts": "Chinese harmless prompts",
        "sexual": "Chinese, sexual",
        "not sexual": "Chinese, harmless, in strong words",
        "self-harm": "Chinese, self-harm",
        "not self-harm": "Chinese, harmless, in strong words",
    },
}
_OF_SETS = {
    ("cold_dev", 1): "Chinese offence",
    ("cold_dev", 0): "other Chinese comments",
    ("measuring_hate", 1): "hate in comments",
    ("measuring_hate", 0): "other comments",
    ("hatemojibuild", 1): "hate with emoji",
    ("hatemojibuild", 0): "emoji without hate",
    ("edos", 1): "implicit hate",
}


def group_of(example: Example, language: str) -> str | None:
    """Say which group of the development set a text stands for, if any."""
    source, _, name = example.source.partition(":")
    if source == "patterns":
        return _OF_PATTERNS[language].get(name)
    if source == "fiction":
        return "novels" if language == "en" else "Chinese novels"
    if source == "templates_en":
        return None if 1 in example.answers else "neutral sentences about people"
    return _OF_SETS.get((source, example.answers[LABELS.index("hate")]))


def main() -> None:
    """Write it."""
    parser = argparse.ArgumentParser(description="Write the development set.")
    for name in ("data", "books", "books-zh"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    asked = parser.parse_args()
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for language, books in (("en", asked.books), ("zh", asked.books_zh)):
        for example in collect(language, asked.data, books):
            if example.held_out and (group := group_of(example, language)):
                groups[group].append(example.text)
    dice = random.Random(SEED)  # noqa: S311
    with TARGET.open("w", encoding="utf-8") as lines:
        for group, texts in sorted(groups.items()):
            different = sorted(set(texts))
            for text in sorted(dice.sample(different, min(MOST, len(different)))):
                lines.write(json.dumps({"text": text, "group": group}, ensure_ascii=False) + "\n")
            print(f"{group}: {min(MOST, len(different))} of {len(different)}")


if __name__ == "__main__":
    main()
