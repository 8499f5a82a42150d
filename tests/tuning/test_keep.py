"""What a run leaves fits the model that it was trained beside, and a run that changed nothing leaves nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from peft import get_peft_model_state_dict, set_peft_model_state_dict
from transformers import LlamaConfig, LlamaForCausalLM

from bot.engine.models.adapter import Adapter
from bot.engine.models.merge import LAYERS, checked_adapter, merge
from bot.engine.models.own import OwnModels
from bot.engine.models.profiles import Frame, ModelProfile
from bot.tuning.bases import Base
from bot.tuning.errors import BadNameError, NothingLearnedError, OwnNameError, TakenNameError
from bot.tuning.keep import Left, keep, require_name
from bot.tuning.recipe import Recipe
from bot.tuning.training import trainable
from tests.engine.models.ggufs import HEADS, INNER, KV_HEADS, WIDTH, WORDS, write_gguf

RECIPE = Recipe(rank=2, alpha=4)
LEFT = Left(card="# fox", curve=b"", before=(), after=())


@pytest.fixture
def base(tmp_path: Path) -> Base:
    """A Llama with a block, and the file that stands for it."""
    config = LlamaConfig(
        hidden_size=WIDTH,
        intermediate_size=INNER,
        num_hidden_layers=1,
        num_attention_heads=HEADS,
        num_key_value_heads=KV_HEADS,
        vocab_size=WORDS,
    )
    model = LlamaForCausalLM(config)
    named: Any = model.state_dict()
    write_gguf(
        tmp_path / "base.gguf",
        {f"blk.0.{name}.weight": named[f"model.layers.0.{layer}.weight"].numpy() for name, layer in LAYERS.items()},
    )
    frame = Frame(template="Wish: {request} Story: {text}", begin="Write a story.")
    profile = ModelProfile(name="tiny", source="wheel", location="tiny", licence="MIT", frame=frame, context=64)
    tokenizer: Any = None
    return Base(profile, tmp_path / "base.gguf", model, tokenizer, "0" * 64, 64)


def learned(base: Base) -> Any:
    """The base with an adapter that adds something."""
    model = trainable(base.model, RECIPE, "tiny")
    torch.manual_seed(1)
    state = {name: torch.randn_like(tensor) for name, tensor in get_peft_model_state_dict(model).items()}
    set_peft_model_state_dict(model, state)
    return model


def test_an_adapter_is_kept_as_one_that_merges_into_its_base(tmp_path: Path, base: Base) -> None:
    own = OwnModels(tmp_path / "models")
    folder = keep(own, "fox", base, learned(base), RECIPE, LEFT)
    registered = own.registered()["fox"]
    assert registered.adapter
    assert registered.adapter.base == "tiny"
    file = checked_adapter(registered.adapter, base_sha256=base.sha256)
    adapter = Adapter.read(file)
    assert adapter.scale == 2
    assert adapter.layers.keys() == {f"model.layers.0.{layer}" for layer in LAYERS.values()}
    assert all(np.isfinite(factors.b).all() and factors.b.any() for factors in adapter.layers.values())
    merge(base.path, file, tmp_path / "merged.gguf", lambda _: None)
    assert (tmp_path / "merged.gguf").stat().st_size > 0
    assert json.loads((folder / "model.json").read_text(encoding="utf-8"))["source"] == "adapter"


def test_a_base_that_follows_wishes_in_a_frame_still_does_and_reads_openings_plainly(
    tmp_path: Path, base: Base
) -> None:
    own = OwnModels(tmp_path / "models")
    keep(own, "fox", base, learned(base), RECIPE, LEFT)
    profile = own.registered()["fox"].profile
    assert profile.put("It began.") == "It began."
    assert profile.put("", instruction="Write about rain.") == "Wish: Write about rain. Story: "


def test_an_adapter_that_adds_nothing_is_refused_and_leaves_nothing(tmp_path: Path, base: Base) -> None:
    own = OwnModels(tmp_path / "models")
    with pytest.raises(NothingLearnedError, match="all that the adapter adds is zero"):
        keep(own, "fox", base, trainable(base.model, RECIPE, "tiny"), RECIPE, LEFT)
    assert dict(own.registered()) == {}
    assert list((tmp_path / "models").iterdir()) == []


def test_a_name_is_one_that_no_other_model_has(tmp_path: Path) -> None:
    own = OwnModels(tmp_path)
    (tmp_path / "fox").mkdir()
    require_name("owl-2", own, {"gpt2": None})
    for name, error in (("fox", OwnNameError), ("gpt2", TakenNameError), ("Owl", BadNameError), ("a..b", BadNameError)):
        with pytest.raises(error):
            require_name(name, own, {"gpt2": None})


def test_a_base_from_a_file_is_found_again_from_another_folder(tmp_path: Path, base: Base) -> None:
    own = OwnModels(tmp_path / "models")
    file = replace(base.profile, name="../base.gguf", source="folder", location=str(base.path))
    typed = replace(base, profile=file)
    keep(own, "fox", typed, learned(typed), RECIPE, LEFT)
    registered = own.registered()["fox"]
    assert registered.adapter
    assert registered.adapter.base == str(base.path)
    assert Path(registered.adapter.base).is_absolute()


@pytest.mark.parametrize(
    ("framed", "knew", "share", "asked", "takes"),
    [
        (False, False, 0.2, False, True),
        (False, False, 0.0, True, True),
        (False, True, 0.0, False, True),
        (False, False, 0.0, False, False),
        (True, True, 0.2, True, False),
    ],
)
def test_a_model_is_asked_in_the_way_that_it_was_taught(
    tmp_path: Path, base: Base, framed: bool, knew: bool, share: float, asked: bool, takes: bool
) -> None:
    own = OwnModels(tmp_path / "models")
    profile = replace(base.profile, frame=base.profile.frame if framed else None, takes_requests=knew)
    recipe = replace(RECIPE, asked=share)
    keep(own, "fox", replace(base, profile=profile), learned(base), recipe, LEFT, asked=asked)
    assert own.registered()["fox"].profile.takes_requests is takes
