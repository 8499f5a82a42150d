"""`python -m bot bench engine`: every engine writes the same texts, and the figures are put side by side."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from bot.bench.engine import shapes
from bot.bench.engine.bandwidth import bandwidth_gb_s
from bot.bench.engine.contestants import CannotTakePartError, Contestant, Ours, Reference
from bot.bench.engine.table import ENGINES, Row, Table, measure, prompts, turns
from bot.engine.errors import UnknownModelError
from bot.engine.models.library import ModelLibrary
from bot.engine.process.source import LibraryModels
from config.settings import EngineSettings, Settings
from tests.conftest import CHECKPOINTS
from tests.engine.models.ggufs import write_llama
from tests.shell import Shell

INSTALLED = [engine for engine in ENGINES if engine not in {"ctranslate2", "llama.cpp"}]


def test_all_engines_that_are_installed_write_the_same_number_of_tokens(shell: Shell, tmp_path: Path) -> None:
    file, picture = tmp_path / "figures.json", tmp_path / "figures.png"
    code, out, err = shell.run(
        "bench", "engine", "--model", str(CHECKPOINTS / "gpt2-tiny"), "--streams", "1,3", "--repeats", "1",
        "--engines", ",".join(INSTALLED), "--json", str(file), "--picture", str(picture),
    )  # fmt: skip
    assert code == 0, err
    figures = json.loads(file.read_text(encoding="utf-8"))
    assert figures["bandwidth_gb_s"] > 0
    assert figures["left_out"] == []
    assert [(row["engine"], row["streams"]) for row in figures["rows"]] == [
        (engine, streams) for streams in (1, 3) for engine in INSTALLED
    ]
    assert [(row["engine"], row["streams"]) for row in figures["reproducible"]] == [
        ("openvino", 1), ("torch", 1), ("openvino", 3), ("torch", 3),
    ]  # fmt: skip
    for row in figures["rows"] + figures["reproducible"]:
        assert row["model"] == "gpt2-tiny"
        assert row["tokens_per_s"] > 0
        assert 0 < row["ttft_ms_p50"] <= row["ttft_ms_p95"]
        assert row["peak_mb"] > 50
    assert set(figures["ratios"]["openvino / openvino-raw"]) == {"1", "3"}
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "openvino (reproducible)" in out


async def measured(folder: Path, model: Path | str, streams: int, *engines: str, **engine: int) -> Table:
    settings = Settings(cache_dir=folder, data_dir=folder, engine=EngineSettings(**{"cache_mb": 64, **engine}))
    return await measure(settings, str(model), [streams], 1, engines, lambda _: None)


async def test_an_own_engine_writes_as_many_texts_at_once_as_are_measured(exported_tiny: Path, tmp_path: Path) -> None:
    table = await measured(tmp_path, exported_tiny, 5, "openvino", max_streams=1)
    assert table.left_out == ()
    assert [row.streams for row in table.rows + table.reproducible] == [5, 5]


async def test_an_own_engine_that_cannot_open_the_model_is_left_out_with_the_reason(
    exported_tiny: Path, tmp_path: Path
) -> None:
    table = await measured(tmp_path, exported_tiny, 1, "openvino", "openvino-raw", cache_mb=262_144)
    assert [row.engine for row in table.rows] == ["openvino-raw"]
    for name, reason in zip(("openvino", "openvino, reproducible"), table.left_out, strict=True):
        assert reason.startswith(f"{name} is left out: {exported_tiny} needs about ")


async def test_an_own_engine_that_does_not_have_the_dtype_is_left_out(tmp_path: Path) -> None:
    settings = Settings(cache_dir=tmp_path, data_dir=tmp_path, engine=EngineSettings(dtype="float16"))
    table = await measure(settings, str(CHECKPOINTS / "gpt2-tiny"), [1], 1, ["openvino"], lambda _: None)
    assert [reason.rpartition(": ")[2] for reason in table.left_out] == [
        "Value error, dtype float16 needs backend torch, or auto"
    ] * 2


async def test_a_model_that_there_is_not_leaves_nobody_out(tmp_path: Path) -> None:
    with pytest.raises(UnknownModelError):
        await measured(tmp_path, "gpt-2", 1, "openvino")


@pytest.mark.parametrize("wrong", [("--streams", "many"), ("--streams", "1000"), ("--engines", "steam")])
def test_nonsense_is_answered_with_what_there_is(shell: Shell, wrong: tuple[str, str]) -> None:
    code, _, err = shell.run("bench", "engine", *wrong)
    assert code == 2
    assert "openvino-raw" in err
    assert "Traceback" not in err


async def test_an_engine_that_cannot_open_the_model_is_left_out_with_the_reason(tmp_path: Path) -> None:
    for engine in ("ctranslate2", "llama.cpp"):
        reference = Reference(engine, "int8", tmp_path, threads=1)
        with pytest.raises(CannotTakePartError, match=r".+"):
            await reference.load()
        await reference.aclose()


async def test_an_engine_that_ends_in_the_middle_is_left_out_and_the_others_go_on(exported_tiny: Path) -> None:
    steady, frail = (Reference("openvino-raw", "int8", exported_tiny, threads=1) for _ in range(2))
    left_out: list[str] = []
    contestants: list[Contestant] = [frail, steady]
    for each in (steady, frail):
        await each.load()
    frail._child.kill()
    try:
        rows = await turns(contestants, 2, 1, "tiny", lambda _: None, left_out)
    finally:
        for each in (steady, frail):
            await each.aclose()
    assert [contestant for contestant, _ in rows] == contestants == [steady]
    assert left_out == ["openvino-raw is left out: its process ended"]


async def test_an_own_engine_whose_process_ends_for_good_is_left_out(exported_tiny: Path, tmp_path: Path) -> None:
    settings = EngineSettings(backend="openvino", cache_mb=64, max_restarts=0)
    frail = Ours("openvino", "int8", LibraryModels(ModelLibrary(tmp_path), settings), str(exported_tiny), settings)
    left_out: list[str] = []
    contestants: list[Contestant] = [frail]
    await frail.load()
    for pid in (await frail._process.stats()).pids:
        os.kill(pid, signal.SIGKILL)
    try:
        assert await turns(contestants, 2, 1, "tiny", lambda _: None, left_out) == []
    finally:
        await frail.aclose()
    assert contestants == []
    (reason,) = left_out
    assert reason.startswith("openvino is left out: The model ")


async def test_llama_cpp_writes_as_many_tokens_as_were_asked_for(tmp_path: Path) -> None:
    pytest.importorskip("llama_cpp")
    reference = Reference("llama.cpp", "gguf", write_llama(tmp_path / "tiny.gguf"), threads=1)
    await reference.load()
    run = await reference.run(prompts(3, 7, letters=False), 7)
    await reference.aclose()
    assert run.tokens == 3 * 64


def test_the_made_model_has_a_token_for_each_letter_and_is_made_once(tmp_path: Path) -> None:
    folder = shapes.random_gpt2(tmp_path / "small", layers=1, width=64)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    assert tokenizer.get_vocab_size() == shapes.VOCABULARY
    (prompt,) = prompts(1, 1, letters=True)
    assert len(tokenizer.encode(prompt).ids) == 64
    assert tokenizer.decode([5, 400]).endswith(" w144")
    made = (folder / "model.safetensors").stat().st_mtime_ns
    assert shapes.random_gpt2(folder, layers=1, width=64) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == made


def test_no_two_prompts_are_alike_and_the_same_seed_gives_the_same() -> None:
    for letters in (True, False):
        found = prompts(32, 7, letters=letters)
        assert len({prompt[:20] for prompt in found}) == 32
        assert found == prompts(32, 7, letters=letters) != prompts(32, 8, letters=letters)


def test_memory_is_read_at_some_speed() -> None:
    assert bandwidth_gb_s(2**20) > 0


def test_ratios_compare_what_was_measured_and_nothing_else() -> None:
    def row(engine: str, streams: int, speed: float) -> Row:
        return Row(
            engine=engine, dtype="int8", model="m", streams=streams, tokens_per_s=speed,
            ttft_ms_p50=1, ttft_ms_p95=1, peak_mb=1,
        )  # fmt: skip

    rows = (row("openvino", 1, 30), row("openvino", 8, 80), row("openvino-raw", 1, 40), row("torch", 1, 10))
    table = Table(rows, (row("torch", 1, 9),), ())
    assert table.ratios() == {"openvino / openvino-raw": {"1": 0.75}, "torch reproducible / fast": {"1": 0.9}}
