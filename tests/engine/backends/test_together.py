"""What the torch backend's batch remembers of streams that have ended, or are being written beside."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.backends.pytorch import cache
from bot.engine.backends.pytorch.forward import PROMPT_TOKENS
from bot.engine.backends.pytorch.separately import Separately
from bot.engine.backends.pytorch.together import Together
from bot.engine.pieces import Failed, Piece
from bot.engine.sampling import SamplingParams
from tests.engine.backends.conftest import (
    LONG,
    OTHER,
    STORY,
    Reading,
    open_torch,
    see_that_the_first_of_three_is_forgotten,
    write,
    written,
)

GREEDY = SamplingParams(do_sample=False, max_new_tokens=20, ignore_eos=True)


def test_the_next_turn_of_a_story_reads_what_is_new_alone_and_is_written_as_if_all_were_read() -> None:
    model = open_torch()
    reading = Reading(model)
    story = STORY
    for turn in range(3):
        text = write(model, story)
        assert text == write(open_torch(), story)
        assert (reading.taken() > 60) is (turn == 0)
        story += text


def test_another_story_in_between_is_remembered_beside_it() -> None:
    model = open_torch()
    for story in (STORY, OTHER):
        write(model, story)
    reading = Reading(model)
    assert [write(model, story) for story in (STORY, OTHER)] == [write(open_torch(), story) for story in (STORY, OTHER)]
    assert reading.taken() == 2 * 20


def test_variants_read_their_prompt_once() -> None:
    model = open_torch()
    reading = Reading(model)
    texts = written(model, [STORY] * 3, do_sample=False, max_new_tokens=20, ignore_eos=True)
    assert set(texts) == {write(open_torch(), STORY)}
    assert reading.taken() == model.count([STORY])[0] + 2 + 3 * 19


def test_a_short_beginning_is_not_worth_it() -> None:
    model = open_torch()
    write(model, "A fox", tokens=1)
    reading = Reading(model)
    write(model, "A fox", tokens=1)
    assert reading.taken() == model.count(["A fox"])[0]


def test_where_there_is_no_room_the_story_goes_that_ended_first() -> None:
    # 128 positions of 4 layers, keys and values, 128 numbers of 4 bytes: room for two rows.
    model = open_torch(cache_bytes=2 * 128 * 4 * 2 * 128 * 4)
    reading = Reading(model)
    see_that_the_first_of_three_is_forgotten(model, reading)
    assert model._forward._store.rows == 2  # type: ignore[attr-defined]


def test_who_leaves_in_the_middle_takes_nobodys_text_along() -> None:
    model = open_torch()
    for name, prompt in (("1", STORY), ("2", OTHER), ("3", LONG[:300])):
        model.start(name, prompt, GREEDY)
    found = {"2": "", "3": ""}
    for step in range(30):
        if step == 5:
            assert model.cancel("1")
        for piece in model.step():
            if isinstance(piece, Piece) and piece.request_id in found:
                found[piece.request_id] += piece.text
    assert found == {"2": write(open_torch(), OTHER), "3": write(open_torch(), LONG[:300])}


def test_reproducible_a_seed_gives_the_same_text_whatever_is_remembered() -> None:
    model = open_torch(reproducible=True, dtype="bfloat16")
    model._forward = Together(model._model, 2**26, exactly=True)  # chosen where the processor has packed layers
    reading = Reading(model)
    prompt = LONG[:1300]
    tokens = model.count([prompt])[0]
    assert PROMPT_TOKENS < tokens < 2 * PROMPT_TOKENS
    (cold,) = written(model, [prompt], seed=3, max_new_tokens=60, ignore_eos=True)
    assert reading.taken() == tokens + 59
    (warm,) = written(model, [prompt], seed=3, max_new_tokens=60, ignore_eos=True)
    assert reading.taken() == tokens - PROMPT_TOKENS + 59, "whole pieces are remembered"
    assert warm == cold


ACTS = st.lists(
    st.tuples(st.sampled_from(("begin", "go on", "cancel", "step", "step", "step")), st.integers(0, 5)), max_size=25
)


@pytest.mark.parametrize("forward", [Together, Separately])
@settings(max_examples=15)
@given(ACTS)
def test_whatever_comes_and_goes_everybody_gets_their_own_text(
    forward: type[Together | Separately], acts: list[tuple[str, int]]
) -> None:
    model, alone = open_torch(), open_torch()
    model._forward = forward(model._model, 2**21)
    alone._forward = Separately(alone._model)
    prompts: dict[str, str] = {}
    texts: dict[str, str] = {}
    lengths: dict[str, int] = {}
    ended: list[str] = []

    def step() -> None:
        for piece in model.step():
            assert isinstance(piece, Piece)
            texts[piece.request_id] += piece.text
            if piece.finish:
                ended.append(piece.request_id)

    for act, number in acts:
        if act == "step":
            step()
        elif act == "cancel":
            if model.cancel(str(number)):
                del texts[str(number)]
        else:
            name, last = str(len(prompts)), ended[-1] if ended else None
            goes_on = act == "go on" and last is not None and len(prompts[last]) < 600
            prompts[name] = prompts[last] + texts[last] if goes_on and last else (STORY, OTHER, LONG)[number % 3][:200]
            texts[name], lengths[name] = "", 5 + number
            model.start(name, prompts[name], SamplingParams(do_sample=False, max_new_tokens=lengths[name]))
    while model.running:
        step()
    for name, text in texts.items():
        assert text == written(alone, [prompts[name]], do_sample=False, max_new_tokens=lengths[name])[0]


@pytest.mark.parametrize("failing", range(8))
def test_where_memory_runs_out_over_room_for_a_newcomer_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    model = open_torch()
    expected = {"1": write(open_torch(), STORY), "3": write(open_torch(), OTHER)}
    found = dict.fromkeys(expected, "")
    fitted, calls = cache._fitted, itertools.count()

    def short(*asked: Any) -> torch.Tensor:
        if next(calls) == failing:
            raise torch.OutOfMemoryError("Tried to allocate 20.00 MiB.")
        return fitted(*asked)

    model.start("1", STORY, GREEDY)
    model.step()
    monkeypatch.setattr(cache, "_fitted", short)
    model.start("2", LONG[:300], GREEDY)
    failed = [each for _ in range(3) for each in model.step() if isinstance(each, Failed)]
    assert [each.request_id for each in failed] == ["2"]
    model.start("3", OTHER, GREEDY)
    whole = open_torch()
    while model.running:
        for piece in model.step():
            assert isinstance(piece, Piece)
            found[piece.request_id] += piece.text
    assert found["3"] == expected["3"]
    assert expected["1"].endswith(found["1"])
    assert write(model, LONG[:300]) == write(whole, LONG[:300])


def test_after_a_long_text_many_short_ones_take_no_more_than_there_may_be() -> None:
    # 1,024 positions of 4 layers, keys and values, 128 numbers of 4 bytes.
    position = 4 * 2 * 128 * 4
    model = open_torch(cache_bytes=1024 * position)
    together = model._forward
    assert isinstance(together, Together)
    write(model, LONG[:3000], tokens=8)
    assert together._store.positions >= 256
    expected = write(open_torch(), OTHER[:80])
    texts = written(model, [OTHER[:80]] * 16, do_sample=False, max_new_tokens=20, ignore_eos=True)
    assert set(texts) == {expected}
    assert together._store.rows * together._store.positions <= 1024
