"""`python -m bot bench memory`: what is said beside what is taken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from bot.bench.engine.shapes import VOCABULARY
from bot.cli import bench_memory
from bot.engine.models.registry import load_registry
from bot.engine.models.shape import Shape
from config.settings import EngineSettings, Settings
from tests.shell import Shell

SMALL = Shape(
    layers=4, width=512, heads=8, kv_heads=8, head_size=64, inner=2048, gated=False, vocabulary=VOCABULARY,
    positions=1024, tied=True,
)  # fmt: skip


def test_a_model_takes_about_what_is_said_with_its_cache_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gpt2 = load_registry()["gpt2"]
    small = replace(gpt2, profile=replace(gpt2.profile, name="small", shape=SMALL))
    monkeypatch.setattr(bench_memory, "load_registry", lambda: MappingProxyType({"small": small}))
    settings = Settings(cache_dir=tmp_path, engine=EngineSettings(cache_mb=64, max_streams=16, backend="openvino"))
    (row,) = bench_memory.measure(settings, ["small"], None)["rows"]
    assert (row["model"], row["backend"], row["dtype"]) == ("small", "openvino", "int8")
    assert row["measured_mb"] > 2 * SMALL.parameters / 1e6 + 64
    assert row["ratio"] == pytest.approx(row["measured_mb"] / row["said_mb"], abs=0.01)
    assert row["ratio"] < 1.15
    assert "small" in capsys.readouterr().out


def test_models_of_other_shapes_are_refused_with_those_there_are(shell: Shell, tmp_path: Path) -> None:
    code, _, err = shell.run("bench", "memory", "--models", "gpt2,gpt2-chinese", "--json", str(tmp_path / "out.json"))
    assert code == 2
    assert "gpt2-medium" in err
    assert "Traceback" not in err
    assert not (tmp_path / "out.json").exists()
