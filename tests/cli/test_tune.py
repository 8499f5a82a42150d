"""`python -m bot tune`, from texts to a model that writes: a real checkpoint learns, is killed, goes on, overfits."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.cli import tune as tune_command
from bot.tuning.training import Stop
from tests.conftest import CHECKPOINTS
from tests.shell import PATIENCE_SECONDS, Shell
from tests.tuning.tales import write_tales

TINY = str(CHECKPOINTS / "gpt2-tiny")
QUICK = ("--length", "64", "--batch", "4", "--learning-rate", "3e-3", "--asked", "0")


def tune(shell: Shell, data: Path, *options: str, name: str = "tales") -> tuple[int, str, str]:
    return shell.run("tune", str(data), "--base", TINY, "--name", name, "--force", *QUICK, *options)


@pytest.fixture
def tales(tmp_path: Path) -> Path:
    return write_tales(tmp_path / "tales", count=24, lines=12)


def test_a_model_learns_is_described_and_can_be_used_at_once(shell: Shell, tales: Path, tmp_path: Path) -> None:
    code, out, err = tune(shell, tales, "--steps", "12", "--evaluate-every", "6")
    assert code == 0, err
    assert out == ""
    assert "12 steps of" in err
    before, after = map(float, re.findall(r"perplexity ([\d.]+) before, ([\d.]+) after", err)[0])
    assert after < before / 2

    folder = tmp_path / "data" / "models" / "tales"
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "base_model:" in card
    assert "| `learning_rate` | 0.003 |" in card
    assert f"| perplexity | {before} | {after} |" in card
    with Image.open(folder / "curve.png") as curve:
        assert curve.size == (1000, 560)
    samples = json.loads((folder / "samples.json").read_text(encoding="utf-8"))
    assert len(samples) == 20
    assert any(sample["before"] != sample["after"] for sample in samples)
    assert not (tmp_path / "data" / "models" / ".tuning" / "tales").exists()

    assert "tales" in shell.run("models", "list")[1]
    code, text, err = shell.run("write", "The fox", "--model", "tales", "--seed", "1", "--max-new-tokens", "20")
    assert code == 0, err
    assert text.strip()

    code, _, err = tune(shell, tales, "--steps", "1")
    assert (code, err.strip()) == (
        1,
        "There is a model tales already. Choose another name, or take it away first: python -m bot models remove tales",
    )
    assert "freed" in shell.run("models", "remove", "tales", "--yes")[1]
    assert not folder.exists()


def test_a_run_that_was_killed_goes_on_from_its_last_checkpoint(shell: Shell, tales: Path, tmp_path: Path) -> None:
    options = ("--steps", "60", "--evaluate-every", "5", "--patience", "0")
    process = shell.start("tune", str(tales), "--base", TINY, "--name", "tales", "--force", *QUICK, *options)
    checkpoints = tmp_path / "data" / "models" / ".tuning" / "tales"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (checkpoints / "checkpoint-10" / "trainer_state.json").exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert not (tmp_path / "data" / "models" / "tales").exists()

    assert "Go on with it by --resume" in tune(shell, tales, *options)[2]
    assert (checkpoints / "checkpoint-10").exists()
    assert "other settings" in tune(shell, tales, *options, "--rank", "4", "--resume")[2]
    code, _, err = tune(shell, tales, *options, "--resume")
    assert code == 0, err
    # What was looked at before is told from the checkpoint, not again.
    assert "step 5:" not in err
    assert "step 60: held-out loss" in err
    assert "of 60" in err


def test_ctrl_c_stops_after_the_step_and_resume_goes_on(shell: Shell, tales: Path, tmp_path: Path) -> None:
    options = ("--steps", "40", "--evaluate-every", "20", "--patience", "0")
    process = shell.start("tune", str(tales), "--base", TINY, "--name", "tales", "--force", *QUICK, *options)
    assert process.stderr
    for line in process.stderr:
        if line.startswith("step 0:"):
            break
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130, err
    assert "with --resume goes on from step" in err
    code, _, err = tune(shell, tales, *options, "--resume")
    assert code == 0, err


def test_ctrl_c_in_the_middle_of_a_line_is_heard(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    class Interrupted(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, text: Any) -> int:
            if not stop.asked:
                signal.raise_signal(signal.SIGINT)
            return len(text)

    stop = Stop()
    monkeypatch.setattr(
        tune_command.err, "file", io.TextIOWrapper(io.BufferedWriter(Interrupted()), write_through=True)
    )
    with tune_command._stopped_by_ctrl_c(stop):
        tune_command.err.print("step 20: held-out loss 4.225")
    assert stop.asked
    assert "Stopping after this step" in capfd.readouterr().err


def test_two_hundred_lines_are_learned_by_heart_which_is_stopped_and_said(shell: Shell, tmp_path: Path) -> None:
    few = write_tales(tmp_path / "few", count=1, lines=200)
    options = ("--steps", "400", "--evaluate-every", "20", "--patience", "2", "--learning-rate", "0.01", "--full")
    code, _, err = tune(shell, few, *options)
    assert code == 0, err
    assert "There is too little to learn from" in err
    stopped = int(re.findall(r"step (\d+): held-out", err)[-1])
    assert stopped < 400
    assert "It knows its texts by heart" in err


def test_what_cannot_be_is_one_sentence(shell: Shell, tmp_path: Path) -> None:
    few = write_tales(tmp_path / "few", count=2, lines=3)
    for options, told in (
        (("--name", "Big Fox"), "A model's name has lower-case letters"),
        (("--name", "gpt2"), "There is a model gpt2 already."),
        (("--name", "fox", "--rank", "999"), "rank can be between 1 and 256"),
        (("--name", "fox", "--weight", "nothing.txt=2"), "nothing.txt is not among the files."),
        (("--name", "fox", "--length", "2048"), "length can be at most 512 with this model"),
        (("--name", "fox", "--resume", "--force"), "There is no run fox that was stopped."),
        (("--name", "fox"), "under 20000 a model only gets worse"),
        (("--name", "fox", "--weight", f"{few / 'tale-0.txt'}=2"), "under 20000 a model only gets worse"),
        (("--name", "fox", "--weight", f"{few / 'tale-1.txt'}=2"), "under 20000 a model only gets worse"),
    ):
        code, out, err = shell.run("tune", str(few), "--base", TINY, *options)
        assert (code, out) == (1, "")
        assert told in err, err
        assert "Traceback" not in err


def test_nothing_to_learn_from_is_refused_even_by_force(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "end.txt").write_text("THE END", encoding="utf-8")
    code, out, err = tune(shell, tmp_path / "empty")
    assert (code, out) == (1, "")
    assert "end.txt: no story in it" in err
    assert "Nothing is left to learn from" in err
    assert "Traceback" not in err


def test_a_folder_that_cannot_be_written_is_told_before_the_texts_are_looked_at(
    shell: Shell, tales: Path, tmp_path: Path
) -> None:
    (tmp_path / "data").write_text("a file where the folder would be", encoding="utf-8")
    code, out, err = tune(shell, tales)
    assert (code, out) == (1, "")
    (line,) = err.strip().splitlines()
    assert line.startswith("A file cannot be used: ")
    assert "documents" not in err


def test_nobody_resumes_and_begins_anew_at_once(shell: Shell, tales: Path) -> None:
    code, _, err = tune(shell, tales, "--resume", "--anew")
    assert code == 2
    assert "Give --resume or --anew, not both." in err


def test_where_nothing_is_held_out_no_figure_is_called_so(shell: Shell, tmp_path: Path) -> None:
    whole = tmp_path / "whole.txt"
    whole.write_text(" ".join(f"the fox number {number} ran away" for number in range(400)), encoding="utf-8")
    code, _, err = tune(shell, whole, "--steps", "4", "--evaluate-every", "2")
    assert code == 0, err
    assert "held-out" not in err
    assert "step 2: loss on text that it learns from" in err
    assert "perplexity on text that it learned from" in err.replace("\n", " ")
    card = (tmp_path / "data" / "models" / "tales" / "README.md").read_text(encoding="utf-8")
    assert "| on text that it learned from | before | after |" in card
    assert "Held out: nothing" in card


def test_a_report_alone_trains_nothing(shell: Shell, tales: Path, tmp_path: Path) -> None:
    code, _, err = tune(shell, tales, "--report")
    assert code == 0
    assert "documents" in err
    assert "24" in err
    assert not (tmp_path / "data" / "models").exists()
