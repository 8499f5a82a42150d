"""Models that were fine-tuned here are among the others as soon as their folder is there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from bot.engine.errors import UnknownModelError
from bot.engine.models.backend import Running
from bot.engine.models.folders import sha256_of
from bot.engine.models.library import ModelLibrary
from bot.engine.models.merge import LAYERS
from bot.engine.models.own import OwnModels, write_description
from bot.engine.models.progress import Progress
from tests.engine.models.conftest import CHECKPOINTS, WheelShelf
from tests.engine.models.ggufs import SHAPES, adapter_tensors, save_adapter, write_gguf

ENTRY: dict[str, Any] = {
    "source": "folder",
    "location": "checkpoint",
    "revision": "1",
    "licence": "MIT",
    "languages": ["en"],
    "context": 256,
    "one_line": "Fine-tuned here.",
}


def quiet(_: Progress) -> None:
    """Hear nothing."""


def make(root: Path, name: str, **changes: Any) -> Path:
    """Put a model into its place as a run does: whole, or not there."""
    part = root / f".{name}.part"
    part.mkdir(parents=True)
    write_description(part, ENTRY | changes)
    part.replace(root / name)
    return root / name


def test_where_nothing_was_fine_tuned_there_is_none(tmp_path: Path) -> None:
    assert dict(OwnModels(None).registered()) == {}
    assert dict(OwnModels(tmp_path / "models").registered()) == {}


def test_a_new_one_is_seen_at_once_and_one_that_was_taken_away_is_not(tmp_path: Path) -> None:
    own = OwnModels(tmp_path)
    make(tmp_path, "fox")
    assert own.registered()["fox"].profile.location == str(tmp_path / "fox" / "checkpoint")
    make(tmp_path, "owl", sampling={"temperature": 0.7}, takes_requests=True)
    assert own.registered().keys() == {"fox", "owl"}
    assert own.registered()["owl"].profile.put("", instruction="Write a story.") == "Write a story.\n\n"
    shutil.rmtree(tmp_path / "fox")
    assert own.registered().keys() == {"owl"}


def test_what_cannot_be_read_or_is_being_made_is_passed_over(tmp_path: Path) -> None:
    make(tmp_path, "fox")
    (tmp_path / ".owl.part").mkdir()
    write_description(tmp_path / ".owl.part", ENTRY)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "model.json").write_text("{", encoding="utf-8")
    (tmp_path / "cut").mkdir()
    (tmp_path / "cut" / "model.json").write_bytes('{"one_line": "夜'.encode()[:-1])
    (tmp_path / "empty").mkdir()
    assert OwnModels(tmp_path).registered().keys() == {"fox"}


def test_a_checkpoint_of_ones_own_is_exported_and_listed(tmp_path: Path) -> None:
    folder = make(tmp_path / "own", "fox")
    shutil.copytree(CHECKPOINTS / "gpt2-tiny", folder / "checkpoint")
    library = ModelLibrary(tmp_path / "cache", tmp_path / "own")
    assert "fox" in [state.profile.name for state in library.states()]
    assert library.ready("fox") is None
    path = library.prepare("fox", quiet)
    assert (path / "openvino_model.xml").is_file()
    assert library.ready("fox") == path


def test_an_adapter_of_ones_own_is_merged_into_its_base_which_is_fetched_first(
    tmp_path: Path, shelf: WheelShelf
) -> None:
    folder = tmp_path / "own" / "fox"
    folder.mkdir(parents=True)
    save_adapter(folder / "adapter.safetensors", adapter_tensors())
    pin = {"base": "tiny", "sha256": "0" * 64}
    write_description(folder, ENTRY | {"source": "adapter", "location": "adapter.safetensors", "adapter": pin})
    registry, torch = {"tiny": shelf.registered}, Running("torch", "bfloat16")
    library = ModelLibrary(tmp_path / "cache", tmp_path / "own", registry=registry, running=torch)
    with pytest.raises(Exception, match=r"adapter\.safetensors is not the pinned file"):
        library.prepare("fox", quiet)
    assert library.ready("tiny") is not None
    assert library.ready("fox") is None


def adapted(root: Path, name: str, base: str, base_sha256: str, seed: int) -> Path:
    """Put an adapter among the models of one's own, and give its file."""
    file = root / name / "adapter.safetensors"
    file.parent.mkdir(parents=True)
    save_adapter(file, adapter_tensors(seed), base_sha256=base_sha256)
    pin = {"base": base, "sha256": sha256_of(file)}
    write_description(file.parent, ENTRY | {"source": "adapter", "location": file.name, "adapter": pin})
    return file


def test_an_adapter_may_belong_to_a_model_that_has_one_itself(tmp_path: Path) -> None:
    chance, base, own = np.random.default_rng(7), tmp_path / "base.gguf", tmp_path / "own"
    weights = {f"blk.0.{name}.weight": chance.normal(size=SHAPES[layer]) for name, layer in LAYERS.items()}
    write_gguf(base, {name: weight.astype(np.float32) for name, weight in weights.items()})
    fox = adapted(own, "fox", str(base), sha256_of(base), seed=1)
    adapted(own, "owl", "fox", sha256_of(fox), seed=2)
    library = ModelLibrary(tmp_path / "cache", own, registry={}, running=Running("torch", "bfloat16"))
    merged = gguf.GGUFReader(library.weights("owl", quiet))
    assert library.ready("fox") is not None
    up = next(tensor for tensor in merged.tensors if tensor.name == "blk.0.ffn_up.weight")
    prefix = "base_model.model.model.layers.0.mlp.up_proj.lora_"
    added = sum(2.0 * each[f"{prefix}B.weight"] @ each[f"{prefix}A.weight"] for each in map(adapter_tensors, (1, 2)))
    found = gguf.quants.dequantize(up.data, up.tensor_type) - weights["blk.0.ffn_up.weight"]
    assert np.abs(found - added).max() < 0.3  # rounded to eight bits twice


def test_a_registered_name_is_never_taken_by_one_of_ones_own(tmp_path: Path) -> None:
    make(tmp_path / "own", "gpt2")
    library = ModelLibrary(tmp_path / "cache", tmp_path / "own")
    assert library.profile("gpt2").source == "hub"


def test_no_other_name_leads_into_the_folder(tmp_path: Path) -> None:
    make(tmp_path / "own", "fox")
    with pytest.raises(UnknownModelError):
        ModelLibrary(tmp_path / "cache", tmp_path / "own").profile("../own/fox")


def test_what_a_killed_removal_left_is_in_nobodys_way(tmp_path: Path) -> None:
    make(tmp_path, "fox")
    (tmp_path / ".fox.gone").mkdir()
    (tmp_path / ".fox.gone" / "model.json").write_text("{}", encoding="utf-8")
    assert OwnModels(tmp_path).remove("fox")
    assert not list(tmp_path.iterdir())
