"""What a third model thinks of a text: a real GPT-2, and transformers' own loss beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import torch

from bot.bench.likelihood import before, likelihood, mean_log_likelihood
from bot.engine.models.library import ModelLibrary
from bot.tuning.bases import Base, open_base
from tests.conftest import CHECKPOINTS

STORY = " there was a king who had three sons."


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    library = ModelLibrary(tmp_path_factory.mktemp("cache"))
    return open_base(library, str(CHECKPOINTS / "gpt2-tiny"), lambda _: None)


def test_it_is_what_transformers_calls_the_loss_over_the_text_alone(base: Base) -> None:
    context = "Once upon a time"
    known = [base.tokenizer.end_of_text, *base.tokenizer.encode(context)]
    judged = base.tokenizer.encode(STORY)
    tokens = torch.tensor([known + judged])
    labels = torch.tensor([[-100] * len(known) + judged])
    with torch.inference_mode():
        loss = float(base.model(input_ids=tokens, labels=labels).loss)
    assert mean_log_likelihood(base, context, STORY) == pytest.approx(-loss, rel=1e-4)


def test_a_sentence_is_likelier_than_its_words_out_of_order(base: Base) -> None:
    shuffled = " sons there three king who had a was."
    ordered, mixed = (mean_log_likelihood(base, "Once upon a time", text) for text in (STORY, shuffled))
    assert ordered is not None
    assert mixed is not None
    assert mixed < ordered < 0


def test_of_what_is_too_long_the_end_is_judged(base: Base) -> None:
    short = replace(base, context=8)
    judged = base.tokenizer.encode(STORY)
    assert len(judged) >= 8
    found = mean_log_likelihood(short, "Once upon a time", STORY)
    tokens = torch.tensor([judged[-8:]])
    with torch.inference_mode():
        assert found == pytest.approx(-float(base.model(input_ids=tokens, labels=tokens).loss), rel=1e-4)


def test_nothing_has_no_likelihood(base: Base) -> None:
    assert mean_log_likelihood(base, "Once upon a time", "") is None


def test_a_wish_stands_before_its_story_as_a_title(base: Base) -> None:
    assert before("write a story about pirates") == "Pirates\n\n"
    assert before("Once upon a time") == "Once upon a time"
    (value,) = likelihood(base).of(["write a story about pirates"], [STORY])
    assert value == mean_log_likelihood(base, "Pirates\n\n", STORY)
