"""A GGUF file becomes a folder that the engine opens, once, and writes as the file would have."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import numpy.typing as npt
import openvino
import pytest

from bot.engine.errors import ModelUnavailableError
from bot.engine.models.backend import Running
from bot.engine.models.convert import convert, sizes
from bot.engine.models.description import read_json
from bot.engine.models.library import ModelLibrary
from bot.engine.models.memory import MIB
from bot.engine.models.packing import FORMS
from bot.engine.models.progress import Progress, Stage
from bot.engine.models.shape import KV_OVERHEAD
from bot.engine.process.source import LibraryModels
from config.settings import EngineSettings
from tests.engine.models.conftest import files_under
from tests.engine.models.ggufs import INNER, write_llama

TOKENS = np.arange(5, 37, dtype=np.int64)[None]


def quiet(_: Progress) -> None:
    """Hear nothing."""


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_llama(tmp_path_factory.mktemp("llama") / "mine.gguf")


@pytest.fixture(scope="module")
def converted(llama: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The model in every form."""
    folders = {form: tmp_path_factory.mktemp("converted") / form for form in FORMS}
    for form, folder in folders.items():
        convert(llama, folder, form, quiet)
    return folders


def probabilities(folder: Path) -> npt.NDArray[np.float32]:
    """Of each next word, at every position, calculated in float32 with nothing rounded on the way."""
    exact = {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": 0}
    model = openvino.Core().compile_model(folder / "openvino_model.xml", "CPU", exact)
    places = np.arange(TOKENS.shape[1], dtype=np.int64)[None]
    inputs = {"input_ids": TOKENS, "attention_mask": np.ones_like(TOKENS), "position_ids": places}
    logits = np.asarray(model.create_infer_request().infer(inputs | {"beam_idx": np.zeros(1, np.int32)})[0])
    likely = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(likely / likely.sum(axis=-1, keepdims=True), np.float32)


@pytest.mark.parametrize(("form", "apart"), [("bfloat16", 0.01), ("int8", 0.05), ("int4", 0.6)])
def test_every_form_says_nearly_what_the_whole_weights_say(converted: dict[str, Path], form: str, apart: float) -> None:
    wanted, found = probabilities(converted["float32"]), probabilities(converted[form])
    # Total variation distance, averaged over the positions: 0 is the same, 1 has nothing in common.
    distance = float(np.abs(found - wanted).sum(axis=-1).mean() / 2)
    assert 0 < distance < apart


def test_smaller_forms_are_smaller(converted: dict[str, Path]) -> None:
    size = {form: (folder / "openvino_model.bin").stat().st_size for form, folder in converted.items()}
    assert size["int4"] < size["int8"] < size["bfloat16"] < size["float32"]


def test_the_sizes_are_read_off_the_file(llama: Path, converted: dict[str, Path]) -> None:
    wanted = {
        "max_position_embeddings": 256,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "hidden_size": 64,
        "intermediate_size": INNER,
        "vocab_size": 2000,
        "hidden_act": "silu",
        "tie_word_embeddings": True,
    }
    assert sizes(llama) == wanted
    assert read_json(converted["int8"] / "config.json") == wanted


def test_a_file_of_ones_own_is_converted_once_and_known_by_its_sizes(llama: Path, tmp_path: Path) -> None:
    library, name = ModelLibrary(tmp_path), str(llama)
    assert library.ready(name) is None
    stages: list[Stage] = []
    path = library.prepare(name, lambda step: stages.append(step.stage))
    assert {Stage.EXPORT, Stage.DONE} <= set(stages)
    assert library.ready(name) == library.prepare(name, quiet) == path
    openable = LibraryModels(library, EngineSettings(cache_mb=64)).openable(name)
    assert (openable.path, openable.context) == (path, 256)
    assert openable.kv_bytes_per_token == 2 * 2 * 2 * (16 + KV_OVERHEAD)
    assert openable.cache_bytes == 64 * MIB
    assert openable.profile.parameters == sum(tensor.n_elements for tensor in gguf.GGUFReader(llama).tensors)
    assert library.weights(name, quiet) == llama, "which tuning reads"
    assert library.remove(name) > 100_000
    assert files_under(tmp_path) == []
    assert llama.is_file()


def test_each_form_has_a_copy_of_its_own(llama: Path, tmp_path: Path) -> None:
    eight = ModelLibrary(tmp_path).prepare(str(llama), quiet)
    four = ModelLibrary(tmp_path, running=Running("openvino", "int4")).prepare(str(llama), quiet)
    assert eight != four
    (state,) = [state for state in ModelLibrary(tmp_path, registry={}).states() if state.profile.source == "folder"]
    assert state.bytes_on_disk > (eight / "openvino_model.bin").stat().st_size * 1.5


@pytest.mark.parametrize("kept", [0, 4, 3_000, 200_000], ids=["nothing", "its name", "half its words", "some weights"])
def test_a_file_that_was_cut_short_is_refused_in_one_line_and_leaves_nothing(
    llama: Path, tmp_path: Path, kept: int
) -> None:
    file = tmp_path / "cut.gguf"
    file.write_bytes(llama.read_bytes()[:kept])
    with pytest.raises(ModelUnavailableError, match=r"OpenVINO cannot read cut\.gguf") as caught:
        ModelLibrary(tmp_path / "cache").prepare(str(file), quiet)
    assert "\n" not in str(caught.value)
    assert files_under(tmp_path / "cache") == []
