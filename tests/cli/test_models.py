from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.models import app
from bot.engine.models.own import write_description

ADAPTED = {
    "source": "adapter", "location": "adapter.safetensors", "revision": "1", "licence": "MIT", "languages": ["en"],
    "context": 256, "one_line": "Fine-tuned here.",
}  # fmt: skip


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TALELOOM_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("COLUMNS", "200")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_list_shows_every_model_and_marks_the_default() -> None:
    result = run("list")
    assert result.exit_code == 0
    assert "storyteller (default)" in result.stdout
    assert "gpt2-chinese" in result.stdout
    assert result.stderr == ""


def test_info_tells_a_models_profile() -> None:
    result = run("info", "gpt2")
    assert result.exit_code == 0
    for fact in ("openai-community/gpt2", "MIT", "1,024 tokens", "124 million", "as plain text", "temperature 0.8"):
        assert fact in result.stdout
    assert "openvino, int8" in result.stdout


def test_info_says_what_it_would_run_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALELOOM_ENGINE__DTYPE", "float16")
    assert "torch, float16" in run("info", "gpt2").stdout


def test_info_says_where_a_ready_model_is(exported_tiny: Path) -> None:
    result = run("info", str(exported_tiny))
    assert result.exit_code == 0
    assert "512 tokens" in result.stdout
    assert "parameters  1 million" in result.stdout


def test_pull_of_a_ready_model_says_so_on_stdout(exported_tiny: Path) -> None:
    result = run("pull", str(exported_tiny))
    assert result.exit_code == 0
    assert result.stdout == f"{exported_tiny} is ready: {exported_tiny}\n"


def test_pull_where_the_hub_does_not_answer_is_one_line_on_stderr() -> None:
    result = run("pull", "acme/tiny")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.strip().splitlines()[-1].startswith("The model acme/tiny is not available: the hub at")


@pytest.mark.parametrize("command", ["pull", "info", "remove"])
def test_an_unknown_name_is_one_line_on_stderr(command: str) -> None:
    result = run(command, "gpt-2")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "There is no model called gpt-2." in result.stderr


def test_a_wrong_setting_is_one_line_on_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALELOOM_ENGINE__THREADS", "many")
    result = run("list")
    assert result.exit_code == 1
    assert "TALELOOM_ENGINE__THREADS" in result.stderr


def test_remove_says_what_was_freed_or_that_nothing_was_there(tmp_path: Path, exported_tiny: Path) -> None:
    assert run("remove", "smollm2-135m").stdout == "smollm2-135m was not in the cache\n"
    folder = tmp_path / "cache" / "models" / "smollm2-135m@0.1.2"
    folder.mkdir(parents=True)
    (folder / "SmolLM2-135M-Instruct.Q4_1.gguf").write_bytes(bytes(2_000_000))
    assert "yes" not in run("list").stdout, "its weights are here, and not what is made of them"
    converted = folder.with_name(f"{folder.name}-int8")
    shutil.copytree(exported_tiny, converted)
    assert "yes" in run("list").stdout
    size = sum(file.stat().st_size for file in converted.iterdir())
    assert run("remove", "smollm2-135m").stdout == f"smollm2-135m: {(2_000_000 + size) / 1e6:,.0f} MB freed\n"
    assert not converted.exists()
    assert not folder.exists()


def test_remove_refuses_a_model_that_others_are_made_from_unless_it_is_forced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALELOOM_DATA_DIR", str(tmp_path / "data"))
    own = tmp_path / "data" / "models"
    for name, base in (("fox", "storyteller"), ("owl", "fox"), ("wren", "fox")):
        (own / name).mkdir(parents=True)
        write_description(own / name, ADAPTED | {"adapter": {"base": base, "sha256": "0" * 64}})
    result = run("remove", "fox")
    assert result.exit_code == 1
    assert "fox was fine-tuned here, and owl, wren cannot be made ready again without it." in result.stderr
    assert (own / "fox").exists()
    assert run("remove", "owl", "--yes").exit_code == 0
    assert run("remove", "fox", "--yes").exit_code == 0
    assert not (own / "fox").exists()
