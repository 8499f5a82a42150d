"""What the classifier learns from and is measured by: two sets that have nothing in common."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bot.bench.safety.quality import read_development
from tools.classifier import patterns
from tools.classifier.development import group_of
from tools.classifier.labels import LABELS, UNKNOWN

FOLDER = Path(patterns.__file__).parent


def _written(name: str) -> set[str]:
    groups = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["groups"]
    return {pattern for group in groups for pattern in group["patterns"]}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_that_measures_is_learned_from(language: str) -> None:
    assert not _written(f"learned_{language}") & _written(f"measuring_{language}")
    learned = {example.text for example in patterns.learned(FOLDER / f"learned_{language}.toml", 4, seed=1)}
    measuring = list(patterns.measuring(FOLDER / f"measuring_{language}.toml", 4, seed=1))
    assert len(learned) > 1_000 < len(measuring) * 2
    assert all(example.held_out for example in measuring)


@pytest.mark.parametrize("name", ["learned_en", "learned_zh", "measuring_en", "measuring_zh"])
def test_every_slot_is_filled_and_every_text_has_its_answers(name: str) -> None:
    for example in patterns.learned(FOLDER / f"{name}.toml", 2, seed=3):
        assert "{" not in example.text
        assert len(example.answers) == len(LABELS)
        assert set(example.answers) <= {0, 1, UNKNOWN}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_measures_stands_in_a_group_that_the_bench_knows(language: str) -> None:
    groups, samples = read_development()
    texts = {sample.text for sample in samples}
    measuring = list(patterns.measuring(FOLDER / f"measuring_{language}.toml", 8, seed=1))
    assert {group_of(example, language) for example in measuring} <= set(groups)
    assert sum(example.text in texts for example in measuring) > len(measuring) * 0.9


def test_the_same_seed_gives_the_same_texts_and_a_pattern_may_stand_beside_other_sentences() -> None:
    file = FOLDER / "learned_en.toml"
    one, same = (list(patterns.learned(file, 2, 5, ["It rained."])) for _ in range(2))
    assert one == same
    assert 0.3 < sum("It rained." in example.text for example in one) / len(one) < 0.5
