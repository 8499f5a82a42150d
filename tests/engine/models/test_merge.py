"""A merged GGUF file has the adapter in its weights, to the precision of Q8_0, and everything else as it was."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import numpy.typing as npt
import pytest

from bot.engine.models.folders import sha256_of
from bot.engine.models.merge import LAYERS, checked_adapter, interleaved, layer_of, merge
from bot.engine.models.problems import CannotPrepareError
from bot.engine.models.progress import Progress
from bot.engine.models.registry import AdapterPin
from tests.engine.models.ggufs import HEADS, KV_HEADS, SHAPES, WIDTH, WORDS, adapter_tensors, save_adapter, write_gguf

Matrix = npt.NDArray[np.float32]


def quiet(_: Progress) -> None:
    """Hear nothing."""


@pytest.fixture
def weights() -> dict[str, Matrix]:
    """Those of a block, of the words and of a norm, by their names in the file."""
    chance = np.random.default_rng(7)
    found = {
        f"blk.0.{name}.weight": chance.normal(size=SHAPES[layer]).astype(np.float32) for name, layer in LAYERS.items()
    }
    found["token_embd.weight"] = chance.normal(size=(WORDS, WIDTH)).astype(np.float32)
    found["blk.0.attn_norm.weight"] = np.ones(WIDTH, np.float32)
    return found


@pytest.fixture
def base(tmp_path: Path, weights: dict[str, Matrix]) -> Path:
    write_gguf(tmp_path / "base.gguf", weights)
    return tmp_path / "base.gguf"


def read(path: Path) -> dict[str, Matrix]:
    reader = gguf.GGUFReader(path)
    return {tensor.name: gguf.quants.dequantize(tensor.data, tensor.tensor_type) for tensor in reader.tensors}


def rotated(rows: Matrix, heads: int) -> Matrix:
    """Put rows from the file's order into that of transformers, row by row: the way back, written differently."""
    size = len(rows) // heads
    order = [head * size + at for head in range(heads) for at in (*range(0, size, 2), *range(1, size, 2))]
    return rows[order]


def test_every_layer_has_what_its_adapter_adds(tmp_path: Path, base: Path, weights: dict[str, Matrix]) -> None:
    tensors = adapter_tensors()
    merge(base, save_adapter(tmp_path / "a.safetensors", tensors, scale=0.5), tmp_path / "m.gguf", quiet)
    merged = read(tmp_path / "m.gguf")
    assert merged.keys() == weights.keys()
    for name, layer in LAYERS.items():
        prefix = f"base_model.model.model.layers.0.{layer}"
        added = 0.5 * tensors[f"{prefix}.lora_B.weight"] @ tensors[f"{prefix}.lora_A.weight"]
        found = merged[f"blk.0.{name}.weight"] - weights[f"blk.0.{name}.weight"]
        if name in {"attn_q", "attn_k"}:
            found = rotated(found, HEADS if name == "attn_q" else KV_HEADS)
        assert np.abs(found - added).max() < 0.05, name
    assert np.abs(merged["token_embd.weight"] - weights["token_embd.weight"]).max() < 0.03
    assert np.array_equal(merged["blk.0.attn_norm.weight"], weights["blk.0.attn_norm.weight"])


def test_what_describes_the_file_stays_and_the_type_of_its_weights_is_told(tmp_path: Path, base: Path) -> None:
    merge(base, save_adapter(tmp_path / "a.safetensors", adapter_tensors()), tmp_path / "m.gguf", quiet)
    fields = gguf.GGUFReader(tmp_path / "m.gguf").fields
    assert fields["tokenizer.ggml.tokens"].contents() == ["a", "b"]
    assert fields["llama.attention.head_count_kv"].contents() == KV_HEADS
    assert fields["general.file_type"].contents() == gguf.LlamaFileType.MOSTLY_Q8_0


def refused(base: Path, adapter: Path, target: Path) -> str:
    with pytest.raises(CannotPrepareError) as caught:
        merge(base, adapter, target, quiet)
    assert not target.exists()
    return str(caught.value)


def test_an_adapter_of_a_larger_model_is_refused_with_the_layer(tmp_path: Path, base: Path) -> None:
    larger = save_adapter(tmp_path / "a.safetensors", adapter_tensors(layers=2))
    assert "another model, which has model.layers.1." in refused(base, larger, tmp_path / "m.gguf")


def test_an_adapter_of_other_sizes_is_refused(tmp_path: Path, base: Path) -> None:
    tensors = adapter_tensors()
    name = "base_model.model.model.layers.0.mlp.down_proj.lora_B.weight"
    tensors[name] = tensors[name][:-1]
    adapter = save_adapter(tmp_path / "a.safetensors", tensors)
    assert "model.layers.0.mlp.down_proj has another size" in refused(base, adapter, tmp_path / "m.gguf")


def test_a_file_of_another_architecture_is_refused(tmp_path: Path, weights: dict[str, Matrix]) -> None:
    write_gguf(tmp_path / "gpt2.gguf", weights, "gpt2")
    adapter = save_adapter(tmp_path / "a.safetensors", adapter_tensors())
    assert "a GGUF file of a Llama model, not of gpt2" in refused(tmp_path / "gpt2.gguf", adapter, tmp_path / "m.gguf")


def test_a_base_that_is_cut_off_is_a_reason_and_no_traceback(tmp_path: Path, base: Path) -> None:
    base.write_bytes(base.read_bytes()[:2000])
    adapter = save_adapter(tmp_path / "a.safetensors", adapter_tensors())
    said = refused(base, adapter, tmp_path / "m.gguf")
    assert said.startswith("merging its adapter failed (")
    assert "\n" not in said


def test_an_adapter_that_is_not_the_pinned_one_is_named_with_its_digest(tmp_path: Path) -> None:
    adapter = save_adapter(tmp_path / "a.safetensors", adapter_tensors())
    with pytest.raises(CannotPrepareError, match=r"a\.safetensors is not the pinned file: its SHA-256 is [0-9a-f]{64}"):
        checked_adapter(AdapterPin(base="tiny", file=adapter, sha256="0" * 64), base_sha256="0" * 64)
    with pytest.raises(CannotPrepareError, match="cannot be read"):
        missing = AdapterPin(base="tiny", file=tmp_path / "b.safetensors", sha256="0" * 64)
        checked_adapter(missing, base_sha256="0" * 64)


def test_an_adapter_is_not_merged_into_another_base_of_the_same_name(tmp_path: Path) -> None:
    adapter = save_adapter(tmp_path / "a.safetensors", adapter_tensors())
    pin = AdapterPin(base="tiny", file=adapter, sha256=sha256_of(adapter))
    assert checked_adapter(pin, base_sha256="0" * 64) == adapter
    with pytest.raises(CannotPrepareError, match="beside another tiny than the one here: tune it again"):
        checked_adapter(pin, base_sha256="1" * 64)


def test_layers_are_named_as_transformers_does() -> None:
    assert layer_of("blk.12.ffn_down.weight") == "model.layers.12.mlp.down_proj"
    assert layer_of("blk.12.attn_norm.weight") == layer_of("output.weight") == ""


def test_rows_are_interleaved_within_their_head() -> None:
    rows = np.arange(8, dtype=np.float32).reshape(8, 1)
    assert interleaved(rows, 2)[:, 0].tolist() == [0, 2, 1, 3, 4, 6, 5, 7]
