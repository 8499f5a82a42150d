"""`python -m bot judge`, as an operator runs it: two presets of a real model, and a reader at the keyboard."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import CHECKPOINTS
from tests.shell import Shell

MANY = 20
"""Prompts, so that figures have intervals although the small model makes nothing of some."""
PROMPTS = ["Once upon a time", "The king was old.", "write a story about a fox"]


@pytest.fixture
def prompts(tmp_path: Path) -> str:
    file = tmp_path / "prompts.txt"
    file.write_text("\n".join(PROMPTS), encoding="utf-8")
    return str(file)


def test_two_presets_are_compared_in_figures(shell: Shell, prompts: str, tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    code, out, err = shell.run(
        "judge", "balanced", "wild", "--prompts", prompts, "--count", "4", "--seed", "3", "--json", str(file),
        "--third", str(CHECKPOINTS / "gpt2-tiny"),
    )  # fmt: skip
    assert code == 0, err
    assert re.search(r"^ distinct 2 +\d", out, re.MULTILINE)
    assert "A figure has an interval, and a star if it differs, from 10 prompts on." in out
    assert "*" not in out
    assert ":balanced" in out.replace("\n", "")
    found = json.loads(file.read_text(encoding="utf-8"))
    assert (found["a"]["preset"], found["b"]["preset"]) == ("balanced", "wild")
    assert found["a"]["tokens_per_second"] > 0
    assert [(text["prompt"], text["seed"]) for text in found["texts"]] == [
        (PROMPTS[0], 3), (PROMPTS[1], 4), (PROMPTS[2], 5), (PROMPTS[0], 6),
    ]  # fmt: skip
    for kind in ("raw", "shown"):
        texts = [(text["a"][kind], text["b"][kind]) for text in found["texts"]]
        assert all(a and b and a != b for a, b in texts)
        words = found[kind]["words"]
        assert words["texts"] == 4
        assert words["difference"] == words["a"] - words["b"]
        assert words["low"] is words["high"] is None
        assert found[kind]["subject_named"]["texts"] == 1
        assert found[kind]["log_likelihood"]["b"] < found[kind]["log_likelihood"]["a"] < 0


def test_figures_of_many_prompts_have_intervals(shell: Shell, tmp_path: Path) -> None:
    prompts, file = tmp_path / "prompts.txt", tmp_path / "figures.json"
    prompts.write_text("\n".join(f"The king was {number} years old." for number in range(MANY)), encoding="utf-8")
    code, out, err = shell.run("judge", "balanced", "wild", "--prompts", str(prompts), "--json", str(file))
    assert code == 0, err
    assert " … " in out
    words = json.loads(file.read_text(encoding="utf-8"))["raw"]["words"]
    assert words["low"] <= words["difference"] <= words["high"]


def test_what_needed_no_mending_is_shown_as_the_model_wrote_it(shell: Shell, prompts: str, tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    code, _, err = shell.run("judge", "precise", "greedy", "--prompts", prompts, "--count", "1", "--json", str(file))
    assert code == 0, err
    found = json.loads(file.read_text(encoding="utf-8"))
    # The small model turns in circles where nothing is drawn: that is what the session takes back.
    assert found["raw"]["repeated_4_grams"]["b"] > found["shown"]["repeated_4_grams"]["b"]
    (text,) = found["texts"]
    assert text["a"]["raw"] == text["a"]["shown"]


def test_a_reader_chooses_blind_and_goes_on_another_day(shell: Shell, prompts: str, tmp_path: Path) -> None:
    keep = tmp_path / "choices.jsonl"
    arguments = ("judge", "balanced", "wild", "--prompts", prompts, "--blind", "--keep", str(keep))
    code, out, err = shell.run(*arguments, stdin="what?\n1\nq\n")
    assert code == 0, err
    shown, _, end = out.partition("A is ")
    assert "wild" not in shown
    assert "balanced" not in shown
    assert "1 of 3" in shown
    assert "2 of 3" in shown
    assert "95 %, by prompts:" in end
    (first,) = [json.loads(line) for line in keep.read_text(encoding="utf-8").splitlines()]
    assert first["winner"] == first["pair"]["names"][0]
    assert first["pair"]["prompt"] in PROMPTS

    code, out, err = shell.run(*arguments, stdin="=\n2\n")
    assert code == 0, err
    assert "1 of 3 pairs were judged before" in out
    chosen = [json.loads(line) for line in keep.read_text(encoding="utf-8").splitlines()]
    assert {choice["pair"]["prompt"] for choice in chosen} == set(PROMPTS)
    assert [choice["winner"] for choice in chosen] == [first["winner"], None, chosen[2]["pair"]["names"][1]]
    assert "neither 1." in out.replace("\n", " ")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["balanced"], 2, "Missing argument 'B'"),
        (["balanced", "nope"], 1, "There is no model or preset called nope. Presets: precise, balanced"),
        (["balanced", "gpt2:nope"], 1, "There is no model or preset called gpt2:nope."),
        (["balanced", "balanced"], 1, "A and B are the same"),
        (["gpt2", "gpt2:balanced"], 1, "A and B are the same: gpt2 with the preset balanced."),
        (["balanced", "wild", "--keep", "x"], 2, "--keep goes with --blind"),
        (["balanced", "wild", "--json", "no/folder/x"], 2, "there is no folder no/folder"),
        (["balanced", "wild", "--prompts", "missing.txt"], 2, "missing.txt cannot be read"),
        (["balanced", "wild", "--blind", "--keep", "README.md"], 1, "README.md cannot be gone on with: line 1"),
        (["balanced", "wild", "--third", "nope"], 1, "There is no model called nope."),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(shell: Shell, arguments: list[str], code: int, said: str) -> None:
    ended, out, err = shell.run("judge", *arguments)
    assert ended == code
    assert out == ""
    assert said in re.sub(r"\s+", " ", err.replace("│", " "))
    assert "Traceback" not in err


def test_a_third_that_cannot_be_opened_is_said_before_anything_is_written(shell: Shell, tmp_path: Path) -> None:
    third = tmp_path / "third"
    shutil.copytree(CHECKPOINTS / "gpt2-tiny", third)
    (third / "config.json").write_text('{"model_type": "unheard-of"}', encoding="utf-8")
    code, out, err = shell.run("judge", "balanced", "wild", "--third", str(third))
    assert (code, out) == (1, "")
    assert f"{third} cannot say how likely a text is: transformers cannot open it" in err
    assert "Traceback" not in err


def test_an_empty_file_of_prompts_is_said(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "prompts.txt"
    file.write_text("\n", encoding="utf-8")
    code, _, err = shell.run("judge", "balanced", "wild", "--prompts", str(file))
    assert code == 1
    assert "Your prompt is empty." in err
