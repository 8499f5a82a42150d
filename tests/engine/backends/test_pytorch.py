"""The torch backend: its batch, its draws, and what it does where memory is short."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, LlamaConfig, MistralConfig, PreTrainedModel, PreTrainedTokenizerBase

from bot.engine.backends.pytorch.opening import CannotOpenError
from bot.engine.backends.pytorch.sampling import Draw
from bot.engine.backends.pytorch.separately import Separately
from bot.engine.backends.pytorch.together import Together, can_go_together
from bot.engine.errors import NothingToReadError, PromptTooLongError
from bot.engine.pieces import Failed, Piece
from bot.engine.protocol import Finish
from bot.engine.sampling import SamplingParams
from tests.conftest import CHECKPOINTS
from tests.engine.backends.conftest import open_torch, write, written

PROMPTS = ["Once upon a time", "The old man", "In the middle of the night she heard", "“Well,” said the fox,"]
SMALL: dict[str, Any] = {
    "vocab_size": 100, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2,
}  # fmt: skip


def test_streams_in_one_batch_write_what_they_would_write_alone() -> None:
    together, alone = open_torch(), open_torch()
    assert isinstance(together._forward, Together)
    alone._forward = Separately(alone._model)
    assert written(together, PROMPTS, do_sample=False) == written(alone, PROMPTS, do_sample=False)


def test_rows_of_those_who_leave_are_filled_and_nobody_gets_the_text_of_another() -> None:
    wanted = dict(zip(PROMPTS, written(open_torch(reproducible=True), PROMPTS, do_sample=False), strict=True))
    model = open_torch()
    texts = dict.fromkeys(wanted, "")
    for index, prompt in enumerate(PROMPTS):
        model.start(prompt, prompt, SamplingParams(do_sample=False, max_new_tokens=40))
        model.start(f"short {index}", "Nobody", SamplingParams(do_sample=False, max_new_tokens=3 + 5 * index))
        for piece in model.step():
            if isinstance(piece, Piece) and piece.request_id in texts:
                texts[piece.request_id] += piece.text
    assert model.cancel("short 3")
    while model.running:
        for piece in model.step():
            if isinstance(piece, Piece) and piece.request_id in texts:
                texts[piece.request_id] += piece.text
    assert texts == wanted


@pytest.mark.parametrize(
    ("config", "together"),
    [
        (LlamaConfig(**SMALL), True),
        (MistralConfig(**SMALL, sliding_window=8), False),
    ],
    ids=["heads that share keys", "a window"],
)
def test_a_model_goes_in_one_batch_only_where_that_gives_the_same_numbers(config: Any, together: bool) -> None:
    torch.manual_seed(1)
    model = AutoModelForCausalLM.from_config(config).eval()
    with torch.inference_mode():
        assert can_go_together(model) is together


def test_a_long_prompt_is_read_in_pieces_while_others_write() -> None:
    model = open_torch()
    model.start("writing", "Once", SamplingParams(do_sample=False, max_new_tokens=30))
    model.step()
    long = "the sea and the sky " * 80
    model.start("long", long, SamplingParams(do_sample=False, max_new_tokens=4))
    assert [piece.request_id for piece in model.step() if isinstance(piece, Piece)] == ["writing"]
    texts = Counter(piece.request_id for _ in range(40) for piece in model.step() if isinstance(piece, Piece))
    assert texts["long"] > 0


def test_more_streams_than_places_wait_and_are_all_written() -> None:
    model = open_torch(max_streams=2)
    for number in range(5):
        model.start(str(number), "Once", SamplingParams(seed=number, max_new_tokens=4))
    assert model.running == 5
    waiting = model.cancel("4")
    assert waiting
    assert waiting.finish is Finish.CANCELLED
    ended = set()
    while model.running:
        ended |= {piece.request_id for piece in model.step() if isinstance(piece, Piece) and piece.finish}
    assert ended == {"0", "1", "2", "3"}


def test_where_the_cache_is_small_streams_wait_for_room() -> None:
    model = open_torch(cache_bytes=2**18)
    assert len(set(written(model, ["Once upon a time"] * 6, do_sample=False, max_new_tokens=60))) == 1


def test_a_prompt_without_room_is_refused() -> None:
    with pytest.raises(PromptTooLongError):
        open_torch(context=8).start("1", "one two three four five six seven eight", SamplingParams())
    with pytest.raises(NothingToReadError):
        open_torch().start("1", "", SamplingParams())


def test_a_batch_that_finds_no_memory_is_halved_and_the_last_alone_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    model = open_torch()
    whole = model._forward.step

    def short(tokens: list[tuple[str, int]]) -> torch.Tensor:
        if len(tokens) > 2 or any(name == "2" for name, _ in tokens):
            raise torch.OutOfMemoryError("Tried to allocate 20.00 MiB. GPU 0 has 1 GiB.")
        return whole(tokens)

    monkeypatch.setattr(model._forward, "step", short)
    for number in range(4):
        model.start(str(number), "Once", SamplingParams(seed=1, max_new_tokens=6))
    found = [each for _ in range(12) for each in model.step()]
    assert [(each.request_id, each.values) for each in found if isinstance(each, Failed)] == [
        ("2", {"detail": "Tried to allocate 20.00 MiB"})
    ]
    assert {each.request_id for each in found if isinstance(each, Piece) and each.finish} == {"0", "1", "3"}


def test_a_text_whose_numbers_overflow_is_refused_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    model = open_torch()
    whole = model._forward.step

    def overflowing(tokens: list[tuple[str, int]]) -> torch.Tensor:
        logits = whole(tokens)
        for row, (name, _) in zip(logits, tokens, strict=True):
            if name == "1":
                row[7] = float("nan")
        return logits

    monkeypatch.setattr(model._forward, "step", overflowing)
    for number in range(3):
        model.start(str(number), "Once", SamplingParams(seed=1, max_new_tokens=6))
    found = [each for _ in range(12) for each in model.step()]
    assert [(each.request_id, each.error) for each in found if isinstance(each, Failed)] == [
        ("1", "BrokenNumbersError")
    ]
    assert {each.request_id for each in found if isinstance(each, Piece) and each.finish} == {"0", "2"}


@pytest.mark.parametrize("forward", [Together, Separately])
def test_what_overflowed_is_gone_on_from_by_nobody(forward: type[Together | Separately]) -> None:
    story, other = PROMPTS[0] * 12, PROMPTS[1] * 12
    wanted = [write(open_torch(), text) for text in (story, other)]
    model = open_torch()
    model._forward = forward(model._model, 2**26)

    def overflowing(_: object, inputs: object, output: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
        return (output[0] * float("inf") * 0, *output[1:])

    hook = model._model.transformer.h[1].attn.register_forward_hook(overflowing)
    model.start("1", story, SamplingParams(max_new_tokens=6))
    (failed,) = model.step()
    assert isinstance(failed, Failed)
    hook.remove()
    assert [write(model, text) for text in (story, other)] == wanted


@pytest.mark.parametrize("exactly", [False, True])
def test_streams_that_had_to_be_halved_write_what_they_would_have_written(
    monkeypatch: pytest.MonkeyPatch, *, exactly: bool
) -> None:
    prompts = ["Once", "The king " * 150, "A fox", "The sea " * 150]
    asked: dict[str, Any] = {"max_new_tokens": 20, "do_sample": False}
    wanted = written(open_torch(reproducible=exactly), prompts, **asked)
    model = open_torch(reproducible=exactly)
    whole, steps = model._forward.step, itertools.count()

    def short(tokens: list[tuple[str, int]]) -> torch.Tensor:
        if len(tokens) > 1 and next(steps) % 3:
            raise torch.OutOfMemoryError("Tried to allocate 20.00 MiB.")
        return whole(tokens)

    monkeypatch.setattr(model._forward, "step", short)
    assert written(model, prompts, **asked) == wanted
    assert next(steps) > 10


def test_what_is_no_checkpoint_is_refused_in_one_line(tmp_path: Any) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(CannotOpenError) as caught:
        open_torch(path=tmp_path)
    assert "\n" not in str(caught.value)


def test_chinese_of_a_bert_vocabulary_comes_without_spaces_and_never_as_half_a_character() -> None:
    model = open_torch(path=CHECKPOINTS / "gpt2-tiny-zh")
    (text,) = written(model, ["从前有一个人"], max_new_tokens=60)
    assert len(text) > 20
    assert " " not in text
    assert "�" not in text


# --- draws, held against the definitions ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def logits() -> torch.Tensor:
    return torch.randn(500, generator=torch.Generator().manual_seed(7)) * 3


def shares(logits: torch.Tensor, prompt: tuple[int, ...] = (1, 2), **values: Any) -> torch.Tensor:
    """Give how often each token is drawn first."""
    found = torch.zeros_like(logits)
    draw = Draw(SamplingParams(**({"top_k": 0, "top_p": 1.0, "temperature": 1.0, "seed": 1} | values)), prompt, 4000,
                device=torch.device("cpu"))  # fmt: skip
    for _ in range(3000):
        draw._length = len(prompt)
        found[draw.next(logits)] += 1
    return found / found.sum()


@pytest.mark.parametrize("temperature", [0.5, 1.0, 1.7])
def test_a_temperature_divides_the_logits(logits: torch.Tensor, temperature: float) -> None:
    wanted = (logits / temperature).softmax(-1)
    assert (shares(logits, temperature=temperature) - wanted).abs().max() < 0.04


@pytest.mark.parametrize("k", [1, 5, 20])
def test_top_k_keeps_the_k_likeliest(logits: torch.Tensor, k: int) -> None:
    drawn = set(shares(logits, top_k=k).nonzero().flatten().tolist())
    assert drawn <= set(logits.topk(k).indices.tolist())
    assert len(drawn) > k // 3


def test_top_p_keeps_the_smallest_set_that_reaches_p(logits: torch.Tensor) -> None:
    likely, names = logits.softmax(-1).sort(descending=True)
    count = int((likely.cumsum(-1) < 0.5).sum()) + 1
    assert set(shares(logits, top_p=0.5).nonzero().flatten().tolist()) <= set(names[:count].tolist())


def test_top_p_counts_among_the_top_k(logits: torch.Tensor) -> None:
    likely, names = logits.topk(10)
    count = int((likely.softmax(-1).cumsum(-1) < 0.6).sum()) + 1
    assert set(shares(logits, top_k=10, top_p=0.6).nonzero().flatten().tolist()) <= set(names[:count].tolist())


def test_min_p_is_a_share_of_the_likeliest(logits: torch.Tensor) -> None:
    likely = logits.softmax(-1)
    drawn = shares(logits, min_p=0.3).nonzero().flatten()
    assert (likely[drawn] >= 0.3 * likely.max()).all()
    assert len(drawn) == int((likely >= 0.3 * likely.max()).sum())


def test_typical_p_keeps_what_surprises_as_much_as_is_expected(logits: torch.Tensor) -> None:
    likely = logits.softmax(-1)
    surprise = -likely.log()
    nearest = (surprise - (likely * surprise).sum()).abs().argsort()
    count = int((likely[nearest].cumsum(-1) < 0.4).sum()) + 1
    assert set(shares(logits, typical_p=0.4).nonzero().flatten().tolist()) <= set(nearest[:count].tolist())


def first(logits: torch.Tensor, prompt: tuple[int, ...], count: int, **values: Any) -> list[int]:
    draw = Draw(SamplingParams(do_sample=False, **values), prompt, 100, device=torch.device("cpu"),
                bad_words=[[int(logits.argmax())]] if values.get("bad_words") else ())  # fmt: skip
    return [draw.next(logits) for _ in range(count)]


def test_a_repetition_penalty_divides_the_logits_of_what_was_there_the_prompt_included() -> None:
    logits = torch.tensor([2.0, 1.9, -1.0])
    assert first(logits, (0,), 1, repetition_penalty=1.0) == [0]
    assert first(logits, (0,), 3, repetition_penalty=1.2) == [1, 0, 0]


def test_presence_and_frequency_count_what_was_written_and_not_the_prompt() -> None:
    logits = torch.tensor([2.0, 1.5, 1.4, 0.0])
    assert first(logits, (0, 0, 0), 4, presence_penalty=1.0) == [0, 1, 2, 0]
    assert first(logits, (0, 0, 0), 4, frequency_penalty=0.3) == [0, 0, 1, 0]


def test_no_n_tokens_come_twice() -> None:
    logits = torch.tensor([2.0, 1.0, 0.0])
    written = first(logits, (2,), 7, no_repeat_ngram_size=2)
    pairs = list(zip([2, *written], written, strict=False))
    assert len(set(pairs)) == len(pairs)


def test_bad_words_are_never_written(plain: tuple[PreTrainedModel, PreTrainedTokenizerBase]) -> None:
    assert first(torch.tensor([2.0, 1.0]), (1,), 1, bad_words=("x",)) == [1]
    model = open_torch()
    (usual,) = written(model, ["Once upon a time"], do_sample=False)
    word = usual.split()[0]
    (other,) = written(model, ["Once upon a time"], do_sample=False, bad_words=(word,))
    assert not other.split()[0].startswith(word)


def test_a_stop_text_ends_a_text_before_it() -> None:
    model = open_torch()
    (whole,) = written(model, ["Once upon a time"], do_sample=False)
    (cut,) = written(model, ["Once upon a time"], do_sample=False, stop=(whole[10:14],))
    assert cut == whole[: whole.index(whole[10:14])]


@pytest.mark.parametrize(("ignore_eos", "finish"), [(False, Finish.EOS), (True, Finish.LENGTH)])
def test_a_token_that_ends_a_text_ends_it_unless_it_is_ignored(ignore_eos: bool, finish: Finish) -> None:
    model = open_torch()
    model._ends = frozenset(range(len(model._tokenizer)))
    model.start("1", "Once", SamplingParams(do_sample=False, max_new_tokens=9, ignore_eos=ignore_eos))
    pieces = [piece for _ in range(12) for piece in model.step() if isinstance(piece, Piece)]
    assert pieces[-1].finish is finish
