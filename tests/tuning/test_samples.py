"""Samples are the same whoever is written beside them, and are counted while they come."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.engine.models.library import ModelLibrary
from bot.tuning import samples
from bot.tuning.bases import Base, open_base
from bot.tuning.samples import PROMPTS, seconds_for, write_samples
from tests.conftest import CHECKPOINTS


@pytest.fixture
def base(tmp_path: Path) -> Base:
    return open_base(ModelLibrary(tmp_path / "cache", registry={}), str(CHECKPOINTS / "gpt2-tiny"), lambda _: None)


def test_a_short_prompt_beside_a_long_one_is_gone_on_from_as_alone(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "TOP_K", 1)  # the likeliest token always, so that nothing is left to chance
    alone, together = (
        write_samples(base.model, base.tokenizer, PROMPTS, tokens=24, at_once=size, seed=1)
        for size in (1, len(PROMPTS))
    )
    assert together == alone
    assert len({len(base.tokenizer.encode(prompt)) for prompt in PROMPTS}) > 1


def test_a_seed_gives_the_same_texts_and_one_prompt_different_ones(base: Base) -> None:
    prompts = [PROMPTS[0]] * 3
    first, again = (write_samples(base.model, base.tokenizer, prompts, tokens=24, at_once=2, seed=5) for _ in range(2))
    assert first == again
    assert len({sample.text for sample in first}) == 3


def test_texts_are_counted_as_they_come(base: Base) -> None:
    counted: list[int] = []
    write_samples(base.model, base.tokenizer, PROMPTS, tokens=4, at_once=2, seed=1, told=counted.append)
    assert counted == [2, 4, 5]


def test_the_time_of_the_texts_grows_with_their_number(base: Base) -> None:
    assert seconds_for(base.model, base.tokenizer, 4, tokens=24, at_once=4) > 0
    assert seconds_for(base.model, base.tokenizer, 0, tokens=24, at_once=4) == 0
