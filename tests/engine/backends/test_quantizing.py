"""Weights in 8 bits for torch: they tell a text nearly as well as whole ones, in less memory, and keep seeds."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import nn
from transformers import PreTrainedModel

from bot.engine.backends.pytorch.opening import open_checkpoint
from bot.engine.backends.pytorch.quantizing import quantize
from bot.engine.backends.pytorch.together import Together
from tests.engine.backends.conftest import TINY, open_torch, written

PROCESSOR, DEVICE = torch.device("cpu"), torch.device("cuda")
WINDOW = 256


@pytest.fixture
def opened() -> Callable[[], PreTrainedModel]:
    """Open the small checkpoint in float32."""
    return lambda: open_checkpoint(TINY, torch.float32)[0].eval()


@pytest.fixture(scope="module")
def windows(text: str) -> torch.Tensor:
    """Tokens of prose that no model was trained on, (windows, tokens)."""
    tokens = open_checkpoint(TINY, torch.float32)[1](text, add_special_tokens=False)["input_ids"]
    whole = len(tokens) // WINDOW
    assert whole >= 8
    return torch.tensor(tokens[: whole * WINDOW]).reshape(whole, WINDOW)


@torch.inference_mode()
def perplexity(model: PreTrainedModel, windows: torch.Tensor) -> float:
    """Of a text, in windows that know nothing of each other."""
    return math.exp(model(input_ids=windows, labels=windows).loss)


@pytest.mark.parametrize("device", [PROCESSOR, DEVICE], ids=["for a processor", "for a CUDA device"])
def test_int8_stays_within_two_per_cent_of_the_perplexity(
    opened: Callable[[], PreTrainedModel], windows: torch.Tensor, device: torch.device
) -> None:
    whole, packed = opened(), opened()
    quantize(packed, device)
    assert not any(isinstance(layer, nn.Linear) for layer in packed.modules())
    wanted, found = (perplexity(model, windows) for model in (whole, packed))
    assert found == pytest.approx(wanted, rel=0.02)
    assert found != wanted


@pytest.mark.parametrize("device", [PROCESSOR, DEVICE], ids=["for a processor", "for a CUDA device"])
@torch.inference_mode()
def test_a_row_much_larger_than_the_others_does_not_blur_them(device: torch.device) -> None:
    torch.manual_seed(1)
    model = nn.Sequential(nn.Linear(96, 64))
    values = torch.randn(3, 96) * torch.tensor([[1e4], [1.0], [1e-4]])
    values[1, 7] = 300.0  # as GPT-2's widest channels are
    wanted = model(values)
    quantize(model, device)
    error = (model(values) - wanted).norm(dim=1) / wanted.norm(dim=1)
    assert error.max() < 0.02


@torch.inference_mode()
def test_zeros_are_multiplied_too() -> None:
    layer = nn.Linear(8, 4)
    nn.init.zeros_(layer.weight)
    model = nn.Sequential(layer)
    wanted = model(torch.zeros(2, 8))
    quantize(model, PROCESSOR)
    assert torch.equal(model(torch.zeros(2, 8)), wanted)


def test_a_model_in_int8_writes_for_many_at_once_what_each_would_get_alone() -> None:
    model = open_torch(dtype="int8", reproducible=True)
    prompts = [f"{'Once upon a time ' * count}there was a fox" for count in range(1, 6)]
    together = written(model, prompts, temperature=1.0)
    assert together == [
        written(open_torch(dtype="int8", reproducible=True), [prompt], temperature=1.0)[0] for prompt in prompts
    ]
    assert len(set(together)) == len(prompts)


def test_what_is_multiplied_in_eight_bits_goes_in_one_batch() -> None:
    assert isinstance(open_torch(dtype="int8")._forward, Together)
