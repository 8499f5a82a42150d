"""What a model takes is said before it is loaded, and one that does not fit is refused with what would."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.engine.errors import ModelTooLargeError
from bot.engine.models import memory
from bot.engine.models.backend import OPENVINO, Running
from bot.engine.models.library import ModelLibrary
from bot.engine.models.memory import COSTS, MB, MIB, Memory, free_bytes
from bot.engine.models.profiles import ModelProfile
from bot.engine.models.registry import load_registry
from bot.engine.process.source import LibraryModels
from config.settings import EngineSettings

PROFILES = {name: registered.profile for name, registered in load_registry().items()}
PLENTY = 100_000 * MB
GPT2, WORDS = 124_439_808, 50_257 * 768
TORCH = Running("torch", "bfloat16")
FIXED = COSTS["openvino"].runtime + COSTS["openvino"].workspace


def machine(free: int = PLENTY, running: Running = OPENVINO, **settings: int | str) -> Memory:
    return Memory(running, EngineSettings.model_validate({"cache_mb": 512} | settings), free)


def test_a_model_that_is_here_is_measured_by_its_files(tmp_path: Path) -> None:
    profile = ModelProfile(name="local", source="folder", location=str(tmp_path))
    gguf = tmp_path / "model.gguf"
    gguf.write_bytes(bytes(10 * MB))
    assert machine().estimate(profile, gguf).weights == 48 * MB
    (tmp_path / "model.safetensors").write_bytes(bytes(20 * MB))
    assert machine(running=TORCH).estimate(profile, tmp_path).weights == 20 * MB
    (tmp_path / "openvino_model.bin").write_bytes(bytes(10 * MB))
    (tmp_path / "tokenizer.json").write_bytes(bytes(MB))
    assert machine().estimate(profile, tmp_path).weights == 20 * MB


def test_a_model_that_is_not_here_is_measured_by_its_shape() -> None:
    needed = machine().estimate(PROFILES["gpt2"], None)
    assert (needed.weights, needed.cache, needed.workspace) == (2 * 124_439_808, 512 * MIB, FIXED)
    assert needed.total == needed.weights + needed.cache + FIXED
    assert needed.text == 1024 * 2 * 12 * 12 * (64 + 12)
    assert needed.texts == 512 * MIB // needed.text == 23
    unknown = machine().estimate(replace(PROFILES["gpt2"], shape=None), None)
    assert (unknown.weights, unknown.texts) == (250 * MB, 0)


def test_another_dtype_is_measured_by_what_it_takes() -> None:
    said = {dtype: machine().of(dtype).estimate(PROFILES["gpt2"], None).weights for dtype in ("int4", "bfloat16")}
    assert said["int4"] < machine().estimate(PROFILES["gpt2"], None).weights < said["bfloat16"] == 4 * 124_439_808


@pytest.mark.parametrize(("dtype", "size"), [("bfloat16", 2), ("float32", 4)])
def test_torch_holds_the_file_and_what_it_makes_of_it_while_it_opens_a_model(dtype: str, size: int) -> None:
    opening = machine(running=Running("torch", dtype), cache_mb=64).estimate(PROFILES["gpt2"], None)
    assert opening.weights == size * (GPT2 + WORDS), "the last layer is packed, and the words keep their vectors"
    assert opening.total == COSTS["torch"].runtime + opening.weights + 4 * GPT2


def test_torch_keeps_weights_in_int8_and_calculates_in_more() -> None:
    processor, device = (Running("torch", "int8", device) for device in ("cpu", "cuda"))
    assert machine(running=processor).estimate(PROFILES["gpt2"], None).weights == GPT2 + 4 * WORDS
    assert machine(running=device).estimate(PROFILES["gpt2"], None).weights == GPT2 + 2 * WORDS
    assert machine(running=device).kv_bytes(PROFILES["gpt2"]) == 2 * 12 * 12 * 64 * 2


@pytest.mark.parametrize(("size", "unpacked"), [(2, True), (4, False)], ids=["bfloat16", "float32"])
def test_what_is_put_into_int8_is_there_in_float32_before_if_the_file_is_smaller(
    tmp_path: Path, size: int, unpacked: bool
) -> None:
    with (tmp_path / "model.safetensors").open("wb") as file:
        file.truncate(size * GPT2)
    said = machine(running=Running("torch", "int8"), cache_mb=64).estimate(PROFILES["gpt2"], tmp_path)
    most = 4 * GPT2 if unpacked else said.weights
    assert said.opening == COSTS["torch"].runtime + most + size * GPT2


def test_a_cache_that_is_not_set_holds_a_long_text_for_each_stream_or_a_quarter_of_what_is_free() -> None:
    text = 1024 * 21_888
    assert machine(cache_mb=0).estimate(PROFILES["gpt2"], None).cache == 32 * text
    assert machine(cache_mb=0, max_streams=8).estimate(PROFILES["gpt2"], None).cache == 8 * text
    free = 1_500 * MB
    small = machine(free, cache_mb=0, max_streams=8)
    spare = free - FIXED - 2 * PROFILES["gpt2-medium"].parameters  # type: ignore[operator]
    assert small.estimate(PROFILES["gpt2-medium"], None).cache == spare // 4
    assert machine(0, cache_mb=0, max_streams=1).estimate(PROFILES["distilgpt2"], None).cache == 64 * MIB


def test_a_cache_holds_a_full_context_and_a_block_of_each_stream_whatever_is_set() -> None:
    assert machine(cache_mb=64).estimate(PROFILES["gpt2-xl"], None).cache == (1024 + 32 * 32) * 182_400


def test_a_model_with_room_for_more_than_is_set_is_given_what_is_set() -> None:
    large = replace(PROFILES["storyteller"], context=131_072)
    assert (machine().context(large), machine(context=512).context(PROFILES["gpt2"])) == (8192, 512)
    assert machine().context(PROFILES["gpt2"]) == 1024
    assert machine(cache_mb=64).estimate(large, None).cache == (8192 + 32 * 32) * 13_680


def test_the_reproducible_mode_keeps_keys_and_values_in_sixteen_bits() -> None:
    assert machine(mode="reproducible").kv_bytes(PROFILES["gpt2"]) == 2 * 12 * 12 * 64 * 2
    assert machine(running=Running("torch", "float32")).kv_bytes(PROFILES["gpt2"]) == 2 * 12 * 12 * 64 * 4


def test_a_model_that_fits_is_let_through() -> None:
    assert machine(2_000 * MB).check(PROFILES["gpt2"], None).total < 2_000 * MB


def test_a_model_that_does_not_fit_is_refused_with_the_numbers_and_the_next_smaller() -> None:
    with pytest.raises(ModelTooLargeError) as caught:
        machine(1_700 * MB).check(PROFILES["gpt2-xl"], None, PROFILES.values())
    assert str(caught.value) == (
        "gpt2-xl needs about 3,962 MB of memory and 1,700 MB are free. "
        "gpt2-medium needs 1,557 MB and fits: set TALELOOM_MODEL=gpt2-medium."
    )


def test_where_no_smaller_model_fits_a_smaller_cache_is_named() -> None:
    with pytest.raises(ModelTooLargeError, match="set TALELOOM_ENGINE__CACHE_MB=182 or less"):
        machine(750 * MB).check(PROFILES["gpt2"], None)


def test_where_nothing_helps_it_is_said() -> None:
    for cache_mb in (512, 64):
        with pytest.raises(ModelTooLargeError, match="Free some memory"):
            machine(100 * MB, cache_mb=cache_mb).check(PROFILES["gpt2"], None, PROFILES.values())


@pytest.fixture
def two_gigabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is free in main memory."""
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=2_000 * MIB))


@pytest.mark.usefixtures("two_gigabytes")
def test_what_is_free_is_what_the_machine_has_or_what_the_limit_leaves() -> None:
    assert free_bytes(EngineSettings(), OPENVINO) == 2_000 * MIB
    assert free_bytes(EngineSettings(memory_mb=4_000), OPENVINO) == 2_000 * MIB
    assert free_bytes(EngineSettings(memory_mb=1_000), OPENVINO) == 1_000 * MIB
    assert free_bytes(EngineSettings(memory_mb=1_000), OPENVINO, 300 * MIB) == 700 * MIB


@pytest.mark.usefixtures("two_gigabytes")
@pytest.mark.parametrize(("of_device", "wanted"), [(300 * MIB, 300 * MIB), (None, 2_000 * MIB)])
def test_on_a_cuda_device_its_own_memory_counts_if_the_driver_says_what_is_free(
    monkeypatch: pytest.MonkeyPatch, of_device: int | None, wanted: int
) -> None:
    monkeypatch.setattr(memory, "free_gpu_bytes", {"3": of_device}.get)
    assert free_bytes(EngineSettings(), Running("torch", "bfloat16", "cuda"), gpu="3") == wanted
    assert free_bytes(EngineSettings(), TORCH, gpu="3") == 2_000 * MIB


@pytest.mark.usefixtures("two_gigabytes")
def test_spread_over_cuda_devices_a_model_has_all_of_them_and_the_main_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "visible_gpus", lambda: ("0", "3"))
    monkeypatch.setattr(memory, "free_gpu_bytes", {"0": 300 * MIB, "3": None}.get)
    spread = Running("torch", "bfloat16", "auto")
    assert free_bytes(EngineSettings(), spread) == 2_300 * MIB
    assert free_bytes(EngineSettings(memory_mb=1_000), spread) == 1_300 * MIB


def test_on_a_cuda_device_the_file_does_not_count_while_it_is_opened() -> None:
    said = machine(running=Running("torch", "bfloat16", "cuda"), cache_mb=64).estimate(PROFILES["gpt2"], None)
    assert said.opening == COSTS["torch"].runtime + 2 * 124_439_808


def test_beside_open_models_another_has_what_the_limit_leaves(exported_tiny: Path, tmp_path: Path) -> None:
    settings = EngineSettings(memory_mb=700, cache_mb=64)
    models = LibraryModels(ModelLibrary(tmp_path), settings)
    assert models.openable(str(exported_tiny)).cache_bytes == 64 * MIB
    bare = COSTS["openvino"].runtime
    assert models.openable(str(exported_tiny), bare).path == exported_tiny, "the program is not counted twice"
    with pytest.raises(ModelTooLargeError, match="MB are free"):
        models.openable(str(exported_tiny), bare + 400 * MIB)
