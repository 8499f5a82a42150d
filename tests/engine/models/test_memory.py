from __future__ import annotations

from pathlib import Path

import pytest

from bot.engine.errors import ModelTooLargeError
from bot.engine.models.memory import MB, check, estimate
from bot.engine.models.profiles import ModelProfile
from bot.engine.models.registry import load_registry

PROFILES = {name: registered.profile for name, registered in load_registry().items()}


def test_a_model_that_is_here_is_measured_by_its_files(tmp_path: Path) -> None:
    profile = ModelProfile(name="local", source="folder", location=str(tmp_path))
    (tmp_path / "openvino_model.bin").write_bytes(bytes(10 * MB))
    (tmp_path / "tokenizer.json").write_bytes(bytes(MB))
    assert estimate(profile, tmp_path, 100).weights == 12 * MB
    gguf = tmp_path / "model.gguf"
    gguf.write_bytes(bytes(10 * MB))
    assert estimate(profile, gguf, 100).weights == 24 * MB


def test_a_model_that_is_not_here_is_measured_by_its_parameters() -> None:
    small, large = (estimate(PROFILES[name], None, 512).total for name in ("gpt2", "gpt2-xl"))
    assert large - small == pytest.approx(1.2 * (PROFILES["gpt2-xl"].parameters - PROFILES["gpt2"].parameters), abs=2)  # type: ignore[operator]


def test_a_model_that_fits_is_let_through() -> None:
    assert check(PROFILES["gpt2"], None, 512, 2_000 * MB).total < 2_000 * MB


def test_a_model_that_does_not_fit_is_refused_with_the_numbers_and_the_next_smaller() -> None:
    with pytest.raises(ModelTooLargeError) as caught:
        check(PROFILES["gpt2-xl"], None, 512, 1_500 * MB, PROFILES.values())
    assert str(caught.value) == (
        "gpt2-xl needs about 2,711 MB of memory and 1,500 MB are free. "
        "gpt2-medium needs 1,268 MB and fits: set TALELOOM_MODEL=gpt2-medium."
    )


def test_where_no_smaller_model_fits_a_smaller_cache_is_named() -> None:
    with pytest.raises(ModelTooLargeError, match="set TALELOOM_ENGINE__CACHE_MB=220 or less"):
        check(PROFILES["gpt2"], None, 512, 700 * MB)


def test_where_nothing_helps_it_is_said() -> None:
    with pytest.raises(ModelTooLargeError, match="Free some memory"):
        check(PROFILES["gpt2"], None, 512, 100 * MB, PROFILES.values())
