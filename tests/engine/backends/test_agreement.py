"""Every backend writes what transformers' own `generate` would write."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from bot.engine.backends.base import LoadedModel
from bot.engine.models.export import export
from bot.engine.pieces import Piece
from bot.engine.sampling import SamplingParams
from tests.engine.backends.conftest import TINY, open_openvino, open_torch, written

WORDS = ("Once", "the old", "a fox", "She said", "In the", "sea", "Mr. Holmes", "“Well,”", "nobody", "upon a hill")
PROMPTS = [" ".join(pair) for pair in itertools.permutations(WORDS, 2)][:80] + [
    " ".join(three) for three in itertools.permutations(WORDS, 3)
][::6][:120]

Backend = Callable[..., LoadedModel]


@pytest.fixture(params=["openvino", "torch", "torch in bfloat16", "torch, one by one"])
def exact(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Backend:
    """Open the small model in the reproducible mode; torch also where a processor has no packed layers."""
    if request.param == "torch, one by one":
        monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    if request.param == "openvino":
        path: Path = request.getfixturevalue("exported_tiny")
        return lambda: open_openvino(path, reproducible=True)
    return lambda: open_torch(reproducible=True, dtype="bfloat16" if "bfloat16" in request.param else "float32")


@pytest.fixture(params=["openvino", "torch"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Open the small model in float32."""
    if request.param == "torch":
        return open_torch
    path: Path = request.getfixturevalue("uncompressed")
    return lambda: open_openvino(path, reproducible=True)


def test_there_are_two_hundred_prompts() -> None:
    assert len(set(PROMPTS)) == 200


def test_greedy_texts_are_those_of_generate(
    backend: Backend, plain: tuple[PreTrainedModel, PreTrainedTokenizerBase]
) -> None:
    model, tokenizer = plain
    opened = backend()
    for some in batches(PROMPTS, 50):
        found = written(opened, some, do_sample=False, max_new_tokens=24)
        for prompt, text in zip(some, found, strict=True):
            ids = torch.tensor([tokenizer(prompt)["input_ids"]])
            ended = model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=24)
            wanted = tokenizer.decode(ended[0], skip_special_tokens=True, clean_up_tokenization_spaces=False)
            assert prompt + text == wanted


@pytest.fixture(scope="session")
def beginning_marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small checkpoint with a tokenizer that puts the token before every text that its model begins with."""
    folder = tmp_path_factory.mktemp("marked") / "tiny"
    shutil.copytree(TINY, folder)
    tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    mark = {"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}}
    tokenizer["post_processor"] = {
        "type": "TemplateProcessing",
        "single": [mark, {"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [mark, {"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {"<|endoftext|>": {"id": "<|endoftext|>", "ids": [0], "tokens": ["<|endoftext|>"]}},
    }
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["openvino", "torch"])
def test_the_token_that_a_model_begins_every_text_with_is_put_before_it(
    name: str, beginning_marked: Path, tmp_path: Path, plain: tuple[PreTrainedModel, PreTrainedTokenizerBase]
) -> None:
    if name == "openvino":
        export(beginning_marked, tmp_path / "exported", lambda _: None, "float32")
        opened: LoadedModel = open_openvino(tmp_path / "exported", reproducible=True)
    else:
        opened = open_torch(path=beginning_marked)
    tokenizer = AutoTokenizer.from_pretrained(beginning_marked)
    some = [*PROMPTS[:20], "<|endoftext|>Once"]
    found = written(opened, some, do_sample=False, max_new_tokens=24)
    unmarked = written(open_torch(), some, do_sample=False, max_new_tokens=24)
    assert found != unmarked
    assert found[-1] == unmarked[-1], "it is there already"
    for prompt, text in zip(some[:-1], found, strict=False):
        ids = torch.tensor([tokenizer(prompt)["input_ids"]])
        assert ids[0, 0] == 0
        ended = plain[0].generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=24)
        assert prompt + text == tokenizer.decode(ended[0], skip_special_tokens=True, clean_up_tokenization_spaces=False)
    assert opened.context == 511
    assert opened.count(["Once"]) == [len(tokenizer("Once", add_special_tokens=False)["input_ids"])]


def test_a_text_that_is_scored_is_as_likely_as_the_model_finds_it_whatever_it_was_drawn_with(
    backend: Backend, plain: tuple[PreTrainedModel, PreTrainedTokenizerBase]
) -> None:
    model, tokenizer = plain
    opened = backend()
    drawn = SamplingParams(
        max_new_tokens=24, temperature=0.5, top_k=30, repetition_penalty=1.3, seed=2, ignore_eos=True
    )
    for name, prompt in (("one", PROMPTS[3]), ("other", PROMPTS[100]), ("unscored", PROMPTS[7])):
        opened.start(name, prompt, drawn, scored=name != "unscored")
    texts, likelihoods = dict.fromkeys(("one", "other", "unscored"), ""), {}
    while opened.running:
        for piece in opened.step():
            assert isinstance(piece, Piece)
            texts[piece.request_id] += piece.text
            likelihoods[piece.request_id] = piece.log_likelihood
    for name, prompt in (("one", PROMPTS[3]), ("other", PROMPTS[100])):
        before, ids = tokenizer(prompt)["input_ids"], torch.tensor([tokenizer(prompt + texts[name])["input_ids"]])
        assert ids.shape[1] == len(before) + 24, "the tokens of the text are those that were drawn"
        with torch.inference_mode():
            found = model(ids).logits[0, :-1].log_softmax(-1).gather(1, ids[0, 1:, None])[len(before) - 1 :]
        assert likelihoods[name] == pytest.approx(float(found.sum()), abs=0.05)
    assert likelihoods["unscored"] == 0


def batches(prompts: list[str], size: int) -> Iterator[list[str]]:
    return (prompts[begin : begin + size] for begin in range(0, len(prompts), size))


def test_reproducible_a_seeded_text_is_the_same_alone_and_among_those_who_come_and_go(exact: Backend) -> None:
    prompt = "The lighthouse keeper had not spoken in seven years, and nobody"
    alone = exact()
    (wanted,) = written(alone, [prompt], seed=3, max_new_tokens=60)
    assert written(alone, [prompt], seed=3, max_new_tokens=60) == [wanted], "the prefix is in the cache now"

    crowded = exact()
    text, others, steps = "", itertools.count(), 0
    for _ in range(7):
        crowded.start(f"other {next(others)}", "Once upon a time", SamplingParams(seed=1, max_new_tokens=15))
    crowded.step()
    crowded.start("it", prompt, SamplingParams(seed=3, max_new_tokens=60))
    while crowded.running:
        steps += 1
        if steps < 60:
            number = next(others)
            crowded.start(
                f"other {number}", f"{prompt} {number}", SamplingParams(seed=number, max_new_tokens=number % 13 + 1)
            )
        text += "".join(piece.text for piece in crowded.step() if isinstance(piece, Piece) and piece.request_id == "it")
    assert text == wanted
