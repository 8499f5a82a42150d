"""`python -m bot bench memory`: what is said beside what is taken."""

from __future__ import annotations

import json
from pathlib import Path

from bot.bench.engine import memory
from bot.bench.engine.shapes import VOCABULARY
from bot.engine.models.memory import MB
from bot.engine.models.shape import Shape
from config.settings import EngineSettings, Settings
from tests.shell import Shell

SMALL = Shape(
    layers=2, width=128, heads=2, kv_heads=2, head_size=64, inner=512, gated=False, vocabulary=VOCABULARY,
    positions=1024, tied=True,
)  # fmt: skip


async def test_a_model_takes_about_what_is_said_with_its_cache_full(tmp_path: Path) -> None:
    settings = Settings(cache_dir=tmp_path, engine=EngineSettings(cache_mb=64, max_streams=4, backend="openvino"))
    told: list[str] = []
    (row,) = [row async for row in memory.measure(settings, [("small", SMALL)], ["int8"], told.append)]
    assert (row.model, row.backend, row.dtype) == ("small", "openvino", "int8")
    assert row.said.weights == 2 * SMALL.parameters
    assert row.measured_mb > (row.said.weights + row.said.cache) / MB
    assert row.ratio == row.measured_mb * MB / row.said.total < 1.15
    assert told == ["making a model of the shapes of small", "small, int8"]


def test_models_of_other_shapes_are_refused_with_those_there_are(shell: Shell, tmp_path: Path) -> None:
    for wrong in ("storyteller", "gpt2-chinese", "nonsense"):
        code, _, err = shell.run("bench", "memory", "--models", f"gpt2,{wrong}", "--json", str(tmp_path / "out.json"))
        assert code == 2
        assert "gpt2-medium" in err
        assert "Traceback" not in err
    assert not (tmp_path / "out.json").exists()


def test_it_writes_the_figures_into_a_file(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    code, out, err = shell.run("bench", "memory", "--models", "distilgpt2", "--json", str(file))
    assert code == 0, err
    (row,) = json.loads(file.read_text(encoding="utf-8"))["rows"]
    assert (row["model"], row["dtype"]) == ("distilgpt2", "int8")
    assert row["ratio"] == round(row["measured_mb"] / row["said_mb"], 2)
    assert "distilgpt2" in out
