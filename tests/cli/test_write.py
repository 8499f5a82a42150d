"""`python -m bot write`, as a person or a script runs it: in a process of its own, with a real model."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from tests.shell import PATIENCE_SECONDS, Shell


def test_the_same_seed_prints_the_same_text_and_nothing_else(shell: Shell) -> None:
    one, other = (shell.run("write", "Once upon a time", "--max-new-tokens", "60", "--seed", "7") for _ in range(2))
    assert one == other
    code, out, err = one
    assert code == 0
    assert len(out) > 20
    assert err == ""


def test_a_reader_who_has_enough_ends_it_without_a_traceback(shell: Shell) -> None:
    with shell.start("write", "Once upon a time", "--max-new-tokens", "400", "--seed", "7") as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.read(5)
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(PATIENCE_SECONDS) == 0


def test_ctrl_c_ends_it_without_a_traceback(shell: Shell) -> None:
    process = shell.start("write", "Once upon a time", "--max-new-tokens", "1024", "--seed", "7", "--verbose")
    assert process.stderr
    while "model loaded" not in process.stderr.readline():
        pass
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130
    assert "Traceback" not in err


def test_a_file_of_prompts_becomes_json_lines_in_its_order(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "prompts.txt"
    file.write_text("Once upon a time\n\nThe king was old.\nwrite a story about a fox\n", encoding="utf-8")
    code, out, _ = shell.run("write", "--prompts", str(file), "--json", "--seed", "3", "--max-new-tokens", "40")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [line["prompt"] for line in lines] == ["Once upon a time", "The king was old.", "write a story about a fox"]
    assert [line["seed"] for line in lines] == [3, 4, 5]
    for line in lines:
        assert {"prompt", "text", "seed", "finish", "tokens", "seconds"} <= line.keys()
        assert line["text"] == line["text"].strip() != ""


def test_the_best_of_several_is_printed_once_all_are_written(shell: Shell) -> None:
    asked = ("write", "Once upon a time", "--seed", "7", "--max-new-tokens", "40")
    code, out, err = shell.run(*asked, "--best-of", "3", "--json")
    best = json.loads(out)
    assert (code, err) == (0, "")
    assert best["seed"] in {7, 8, 9}
    assert shell.run(*asked, "--best-of", "3") == (0, best["text"] + "\n", "")


def test_one_prompt_can_be_json_too(shell: Shell) -> None:
    code, out, _ = shell.run("write", "Once upon a time", "--json", "--seed", "7", "--max-new-tokens", "40")
    assert code == 0
    assert json.loads(out)["seed"] == 7


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["write"], 2, "Give one prompt, or --prompts FILE."),
        (["write", "a", "--prompts", "b"], 2, "Give one prompt, or --prompts FILE."),
        (["write", ""], 1, "Your prompt is empty."),
        (["write", "a", "--prompts", "missing.txt"], 2, "Give one prompt"),
        (["write", "--prompts", "missing.txt"], 2, "missing.txt cannot be read"),
        (["write", "a", "--model", "nope"], 1, "There is no model called nope."),
        (["write", "a", "--preset", "nope"], 1, "preset can be precise, balanced"),
        (["write", "a", "--temperature", "9"], 2, "--temperature"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(shell: Shell, arguments: list[str], code: int, said: str) -> None:
    ended, out, err = shell.run(*arguments)
    assert ended == code
    assert out == ""
    assert said in err
    assert "Traceback" not in err
