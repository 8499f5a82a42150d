"""Each knob of OpenVINO's sampler acts as transformers defines it, or OpenAI where transformers has none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    LogitsProcessorList,
    MinPLogitsWarper,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from bot.engine.backends.openvino import OpenVINOModel
from bot.engine.sampling import SamplingParams
from tests.engine.backends.conftest import open_openvino, written

Plain = tuple[PreTrainedModel, PreTrainedTokenizerBase]
PROMPT = "Once upon a time there was a fox, and the fox"
DRAWS = 1_600
FAR = 0.06
"""Half the distance between how often words come and how likely they are: what chance leaves with so many draws, and
a little more. Any knob that is left out is at least three times as far (`test_a_knob_that_is_left_out_is_seen`)."""
WARPED: dict[str, tuple[dict[str, Any], list[Callable[[torch.Tensor, torch.Tensor], torch.Tensor]]]] = {
    "temperature": ({"temperature": 0.4}, [TemperatureLogitsWarper(0.4)]),
    "top_k": ({"temperature": 1.0, "top_k": 4}, [TopKLogitsWarper(4)]),
    "top_p": ({"temperature": 1.0, "top_p": 0.5}, [TopPLogitsWarper(0.5)]),
    "min_p": ({"temperature": 1.0, "min_p": 0.2}, [MinPLogitsWarper(0.2)]),
    "all": (
        {"temperature": 0.7, "top_k": 20, "top_p": 0.7, "repetition_penalty": 1.8},
        [
            RepetitionPenaltyLogitsProcessor(1.8), TemperatureLogitsWarper(0.7), TopKLogitsWarper(20),
            TopPLogitsWarper(0.7),
        ],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def opened(uncompressed: Path) -> OpenVINOModel:
    return open_openvino(uncompressed, reproducible=True)


def likelihoods(plain: Plain, knob: str) -> dict[str, float]:
    """Give how likely each next word is, as transformers bends what the model says."""
    model, tokenizer = plain
    ids = torch.tensor([tokenizer(PROMPT)["input_ids"]])
    with torch.inference_mode():
        logits = model(ids).logits[:, -1]
    probabilities = LogitsProcessorList(WARPED[knob][1])(ids, logits).softmax(-1)[0] if knob else logits.softmax(-1)[0]
    found: Counter[str] = Counter()
    for token, probability in enumerate(probabilities.tolist()):
        if probability:
            found[tokenizer.decode([token], clean_up_tokenization_spaces=False)] += probability
    return dict(found)


def distance(one: dict[str, float], other: dict[str, float]) -> float:
    return sum(abs(one.get(word, 0) - other.get(word, 0)) for word in {*one, *other}) / 2


def drawn(model: OpenVINOModel, **sampling: Any) -> dict[str, float]:
    """Draw the next word many times; give how often each came."""
    asked = {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0} | sampling
    words = Counter(word for seed in range(0, DRAWS, 16) for word in next_words(model, range(seed, seed + 16), asked))
    return {word: times / DRAWS for word, times in words.items()}


def next_words(model: OpenVINOModel, seeds: range, asked: dict[str, Any]) -> list[str]:
    for seed in seeds:
        model.start(str(seed), PROMPT, SamplingParams(max_new_tokens=1, seed=seed, ignore_eos=True, **asked))
    found = []
    while model.running:
        found += [piece.text for piece in model.step()]
    return found


@pytest.mark.parametrize("knob", WARPED)
def test_words_come_as_often_as_transformers_would_draw_them(opened: OpenVINOModel, plain: Plain, knob: str) -> None:
    wanted, found = likelihoods(plain, knob), drawn(opened, **WARPED[knob][0])
    assert found.keys() <= wanted.keys(), "what is cut away never comes"
    assert distance(found, wanted) < FAR


@pytest.mark.parametrize("knob", WARPED)
def test_a_knob_that_is_left_out_is_seen(plain: Plain, knob: str) -> None:
    assert distance(likelihoods(plain, ""), likelihoods(plain, knob)) > 3 * FAR


@pytest.mark.parametrize("knobs", [{"repetition_penalty": 1.4}, {"presence_penalty": 1.5}, {"frequency_penalty": 0.9}])
def test_penalties_change_the_likeliest_word_as_they_are_defined(
    opened: OpenVINOModel, plain: Plain, knobs: dict[str, float]
) -> None:
    prompts = [
        PROMPT,
        "The king said that he",
        "Once upon a time there was a fox, a fox and a fox. The fox and the fox",
    ]
    usual = written(opened, prompts, do_sample=False, ignore_eos=True)
    found = written(opened, prompts, do_sample=False, ignore_eos=True, **knobs)
    assert found == [likeliest(plain, prompt, **knobs) for prompt in prompts]
    assert all(one != other for one, other in zip(found, usual, strict=True))


@torch.inference_mode()
def likeliest(
    plain: Plain,
    prompt: str,
    repetition_penalty: float = 1.0,
    presence_penalty: float = 0.0,
    frequency_penalty: float = 0.0,
) -> str:
    """Write 40 tokens word by word: the first penalty is transformers', the others are OpenAI's."""
    model, tokenizer = plain
    ids = torch.tensor([tokenizer(prompt)["input_ids"]])
    begin = ids.shape[1]
    repetition = RepetitionPenaltyLogitsProcessor(repetition_penalty)
    for _ in range(40):
        scores = repetition(ids, model(ids).logits[:, -1].clone())
        counts = torch.bincount(ids[0, begin:], minlength=scores.shape[-1])
        scores -= presence_penalty * (counts > 0) + frequency_penalty * counts
        ids = torch.cat([ids, scores.argmax(-1, keepdim=True)], dim=1)
    text: str = tokenizer.decode(ids[0, begin:], clean_up_tokenization_spaces=False)
    return text
