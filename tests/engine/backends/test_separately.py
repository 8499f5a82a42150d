"""Streams by themselves in the torch backend: what is remembered of them, and what they do where memory is short."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, GPTNeoConfig, Lfm2Config, MambaConfig, MistralConfig

from bot.engine.backends.pytorch.opening import CannotOpenError
from bot.engine.backends.pytorch.separately import Separately, goes_on
from bot.engine.sampling import SamplingParams
from tests.engine.backends.conftest import (
    STORY,
    TINY,
    Reading,
    open_torch,
    see_that_the_first_of_three_is_forgotten,
    write,
    written,
)

POSITION = 4 * 2 * 128 * 4
"""Bytes: 4 layers, keys and values, 128 numbers of 4 bytes."""
SMALL: dict[str, Any] = {
    "vocab_size": 100, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2,
}  # fmt: skip
WINDOW = MistralConfig(**SMALL, sliding_window=8)
STATES = Lfm2Config(**SMALL, layer_types=["conv", "full_attention"])
PROMPT = [number % 90 + 3 for number in range(50)]


def remembering(bytes_: int = 2**26, **values: Any) -> tuple[Any, Reading]:
    model = open_torch(**values)
    model._forward = Separately(model._model, bytes_, exactly=values.get("reproducible", False))
    return model, Reading(model)


def test_the_next_turn_and_another_try_read_what_is_new_alone() -> None:
    model, reading = remembering()
    text = write(model, STORY)
    assert text == write(open_torch(), STORY)
    reading.taken()
    assert write(model, STORY + text) == write(open_torch(), STORY + text)
    assert reading.taken() < 30
    assert write(model, STORY) == text
    assert reading.taken() == 20


def test_variants_read_their_prompt_once() -> None:
    model, reading = remembering()
    texts = written(model, [STORY] * 3, do_sample=False, max_new_tokens=20, ignore_eos=True)
    assert set(texts) == {write(open_torch(), STORY)}
    assert reading.taken() == model.count([STORY])[0] + 2 + 3 * 19


def test_where_there_is_no_room_the_story_goes_that_ended_first() -> None:
    model, reading = remembering(2 * 128 * POSITION)
    see_that_the_first_of_three_is_forgotten(model, reading)


def test_reproducible_nothing_is_remembered_so_that_the_numbers_are_the_same() -> None:
    model, reading = remembering(reproducible=True)
    write(model, STORY)
    first = reading.taken()
    write(model, STORY)
    assert reading.taken() == first


def test_streams_wait_until_there_is_room_for_them() -> None:
    model, _ = remembering(100 * POSITION)
    for name in ("1", "2"):
        model.start(name, STORY, SamplingParams(do_sample=False, max_new_tokens=5))
    model.step()
    assert len(model._streams) == 1
    assert model.running == 2
    while model.running:
        model.step()


@pytest.mark.parametrize("config", [WINDOW, STATES], ids=["a window", "states"])
def test_what_cannot_go_back_is_remembered_as_a_whole_or_not_at_all(config: Any) -> None:
    torch.manual_seed(1)
    model = AutoModelForCausalLM.from_config(config).eval()
    with torch.inference_mode():
        warm, cold = Separately(model, 2**26), Separately(model)
        warm.begin("first", PROMPT[:40])
        warm.feed("first", PROMPT[:40])
        warm.drop("first")
        assert warm.begin("on", PROMPT) == 40
        torch.testing.assert_close(warm.feed("on", PROMPT[40:]), cold.feed("on", PROMPT))
        warm.drop("on")
        assert warm.begin("again", PROMPT[:40]) == 0


@pytest.mark.parametrize(
    ("config", "wanted"),
    [
        (WINDOW, True),
        (STATES, True),
        (
            GPTNeoConfig(
                vocab_size=100,
                hidden_size=32,
                num_layers=2,
                num_heads=4,
                attention_types=[[["global", "local"], 1]],
                window_size=2,
            ),
            True,
        ),
        (MambaConfig(vocab_size=100, hidden_size=32, num_hidden_layers=2), False),
    ],
    ids=["a window", "states", "GPT-Neo", "Mamba"],
)
def test_a_model_that_does_not_go_on_from_its_cache_is_told_apart(config: Any, wanted: bool) -> None:
    torch.manual_seed(1)
    model = AutoModelForCausalLM.from_config(config).eval()
    with torch.inference_mode():
        assert goes_on(model) is wanted


def test_such_a_model_is_refused_in_one_line(tmp_path: Path) -> None:
    shutil.copytree(TINY, tmp_path / "mamba", ignore=shutil.ignore_patterns("model.safetensors", "config.json"))
    AutoModelForCausalLM.from_config(MambaConfig(vocab_size=4096, hidden_size=32, num_hidden_layers=2)).save_pretrained(
        tmp_path / "mamba"
    )
    with pytest.raises(CannotOpenError, match="keeps what it has read in a way"):
        open_torch(path=tmp_path / "mamba")


@pytest.mark.parametrize("rests", [True, False])
def test_where_memory_is_short_what_rests_makes_room(*, rests: bool) -> None:
    model = open_torch()._model
    tokens = PROMPT[::-1]
    with torch.inference_mode():
        wanted = Separately(model).feed("it", tokens)
        forward = Separately(model, 2**26)
        if rests:
            forward.feed("before", PROMPT)
            forward.drop("before")
        forward.feed("it", tokens[:40])
        failing = iter([True])

        def short(*_: object) -> None:
            if next(failing, False):
                raise torch.OutOfMemoryError("Tried to allocate 20.00 MiB.")

        model.transformer.h[-1].register_forward_pre_hook(short)
        if not rests:
            with pytest.raises(torch.OutOfMemoryError):
                forward.feed("it", tokens[40:])
        torch.testing.assert_close(forward.feed("it", tokens[40:]), wanted)


@pytest.mark.parametrize("config", [None, WINDOW], ids=["a past that can be cut", "a window"])
def test_what_memory_cut_off_in_the_middle_is_not_gone_on_from(config: Any) -> None:
    torch.manual_seed(1)
    model = AutoModelForCausalLM.from_config(config).eval() if config else open_torch()._model
    layers = model.model.layers if config else model.transformer.h
    with torch.inference_mode():
        wanted, forward = Separately(model).feed("it", PROMPT), Separately(model, 2**26)
        forward.feed("it", PROMPT[:40])

        def short(*_: object) -> None:
            raise torch.OutOfMemoryError("Tried to allocate 20.00 MiB.")

        hook = layers[-1].register_forward_pre_hook(short)
        with pytest.raises(torch.OutOfMemoryError):
            forward.feed("it", PROMPT[40:41])
        hook.remove()
        forward.drop("it")
        known = forward.begin("again", PROMPT)
        assert known == (0 if config else 40)
        torch.testing.assert_close(forward.feed("again", PROMPT[known:]), wanted)
