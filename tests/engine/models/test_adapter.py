"""An adapter's file says what it belongs to; what is none, or is damaged, is refused with a reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from bot.engine.models.adapter import Adapter
from bot.engine.models.problems import CannotPrepareError
from tests.engine.models.ggufs import SHAPES, adapter_tensors, save_adapter


def test_what_was_written_is_read_again_as_halves(tmp_path: Path) -> None:
    tensors = adapter_tensors()
    adapter = Adapter.read(save_adapter(tmp_path / "a.safetensors", tensors, scale=1.5))
    assert (adapter.base, adapter.base_sha256, adapter.scale) == ("tiny", "0" * 64, 1.5)
    assert adapter.layers.keys() == {f"model.layers.0.{name}" for name in SHAPES}
    query = adapter.layers["model.layers.0.self_attn.q_proj"]
    assert query.a.dtype == np.float16
    assert np.allclose(query.b, tensors["base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight"], atol=1e-2)


def refused(path: Path) -> str:
    with pytest.raises(CannotPrepareError) as caught:
        Adapter.read(path)
    return str(caught.value)


def test_a_file_that_is_not_there_or_is_cut_off_is_named(tmp_path: Path) -> None:
    assert "a.safetensors cannot be read" in refused(tmp_path / "a.safetensors")
    whole = save_adapter(tmp_path / "b.safetensors", adapter_tensors()).read_bytes()
    (tmp_path / "b.safetensors").write_bytes(whole[: len(whole) // 2])
    assert "b.safetensors cannot be read" in refused(tmp_path / "b.safetensors")


def test_an_adapter_of_another_program_is_refused(tmp_path: Path) -> None:
    save_file(adapter_tensors(), tmp_path / "a.safetensors")
    assert "no adapter of this program" in refused(tmp_path / "a.safetensors")


def test_one_that_changes_nothing_is_refused(tmp_path: Path) -> None:
    tensors = {name: tensor * ("lora_A" in name) for name, tensor in adapter_tensors().items()}
    assert "changes nothing" in refused(save_adapter(tmp_path / "a.safetensors", tensors))


@pytest.mark.parametrize("name", ["lora_A.weight", "model.layers.0.self_attn.q_proj.weight", "x.lora_C.weight"])
def test_a_tensor_of_another_kind_is_named(tmp_path: Path, name: str) -> None:
    tensors = adapter_tensors() | {name: np.ones((2, 2), np.float32)}
    assert name in refused(save_adapter(tmp_path / "a.safetensors", tensors))


def test_half_an_adapter_is_refused(tmp_path: Path) -> None:
    tensors = adapter_tensors()
    tensors.pop("base_model.model.model.layers.0.mlp.up_proj.lora_B.weight")
    said = refused(save_adapter(tmp_path / "a.safetensors", tensors))
    assert "what it adds to model.layers.0.mlp.up_proj does not fit together" in said
