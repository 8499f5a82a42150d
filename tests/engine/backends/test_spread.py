"""A model whose layers are in several places: here main memory and disk, by the same hooks as on CUDA devices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM

from bot.engine.backends.pytorch import opening
from bot.engine.backends.pytorch.forward import Forward, device_of
from bot.engine.backends.pytorch.opening import rooms_for_weights
from bot.engine.backends.pytorch.separately import Separately
from bot.engine.backends.pytorch.together import Together, can_go_together
from tests.engine.backends.conftest import OTHER, STORY, TINY, open_torch, write, written

GIB = 2**30


@pytest.fixture
def spread(tmp_path: Path) -> Any:
    """The small checkpoint, with half of its layers on the disk."""
    places = {f"transformer.{name}": "cpu" for name in ("wte", "wpe", "h.0", "h.3", "ln_f")} | {"lm_head": "cpu"}
    places |= {"transformer.h.1": "disk", "transformer.h.2": "disk"}
    model = AutoModelForCausalLM.from_pretrained(
        TINY, dtype=torch.float32, device_map=places, offload_folder=tmp_path / "offloaded"
    )
    assert {parameter.device.type for parameter in model.parameters()} == {"cpu", "meta"}
    return model.eval()


@pytest.mark.parametrize("forward", [Together, Separately])
def test_it_writes_what_it_writes_in_one_place(spread: Any, forward: type[Together | Separately]) -> None:
    assert device_of(spread) == torch.device("cpu")
    with torch.inference_mode():
        assert can_go_together(spread)
    model = open_torch()
    there: Forward = forward(spread, 2**26)
    model._forward = there
    prompts = [STORY, OTHER]
    asked: dict[str, Any] = {"do_sample": False, "max_new_tokens": 20}
    assert written(model, prompts, **asked) == written(open_torch(), prompts, **asked)


def test_where_there_is_no_cuda_device_all_of_it_is_in_the_main_memory() -> None:
    model = open_torch(device="auto")
    assert {parameter.device.type for parameter in model._model.parameters()} == {"cpu"}
    assert write(model, STORY) == write(open_torch(), STORY)


def test_devices_keep_room_for_their_share_of_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    free = {0: 8 * GIB, 1: GIB}
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda at: (free[at], 8 * GIB))
    rooms = rooms_for_weights(4 * GIB)
    assert rooms.pop("cpu") > 0
    assert rooms == {0: 6 * GIB - opening.WORKSPACE_BYTES, 1: 0}
