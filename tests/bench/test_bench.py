"""`python -m bot bench`: its figures are counted from real stories of the small model."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.shell import Shell


def test_stories_are_counted_and_shown(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    code, out, _ = shell.run("bench", "stories", "--count", "4", "--show", "3", "--json", str(file))
    figures = json.loads(file.read_text(encoding="utf-8"))
    assert code == 0
    assert figures["stories"] == 4
    assert figures["looping"] == 0
    assert out.count("▸") == 3


def test_a_model_that_cannot_write_is_one_sentence_and_no_figures(shell: Shell, tmp_path: Path) -> None:
    shell._environment["TALELOOM_ENGINE__CACHE_MB"] = "262144"
    file = tmp_path / "figures.json"
    code, out, err = shell.run("bench", "stories", "--count", "4", "--json", str(file))
    assert (code, out) == (1, "")
    assert "MB are free" in err
    assert "Traceback" not in err
    assert not file.exists()


def test_the_bot_under_load_answers_everybody(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    code, _, err = shell.run("bench", "bot", "--stories", "6", "--people", "3", "--json", str(file))
    assert code == 0, err
    figures = json.loads(file.read_text(encoding="utf-8"))
    assert figures["commands"] == 6
    assert figures["unanswered"] == 0
    assert figures["edits_too_fast"] == 0
    assert figures["edits"] >= 6
    assert figures["rss_mb_end"] > 0


def test_many_games_at_once_lose_no_turn_and_keep_their_order(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    code, _, err = shell.run("bench", "games", "--stories", "3", "--people", "2", "--turns", "6", "--json", str(file))
    assert code == 0, err
    figures = json.loads(file.read_text(encoding="utf-8"))
    assert figures["turns"] == 18
    assert figures["model_turns"] >= 3
    assert (figures["lost"], figures["out_of_order"], figures["refused"]) == (0, 0, 0)
    assert figures["first_words_ms_p95"] >= figures["first_words_ms_p50"] > 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["engine", "--streams", "1,512"], "Give streams such as"),
        (["engine", "--streams", "1,x"], "Give streams such as"),
        (["engine", "--picture", "no/folder/x.png"], "there is no folder no/folder"),
        (["stories", "--json", "no/folder/x.json"], "there is no folder no/folder"),
        (["stories", "--json", "docs"], "docs cannot be written: it is a folder"),
        (["stories", "--prompts", "missing.txt"], "missing.txt cannot be read"),
        (["stories", "--prompts", "/dev/null"], "/dev/null holds no prompt"),
    ],
)
def test_what_cannot_be_measured_or_kept_is_said_before_anything_is_measured(
    shell: Shell, arguments: list[str], said: str
) -> None:
    code, out, err = shell.run("bench", *arguments)
    assert (code, out) == (2, "")
    assert said in re.sub(r"\s+", " ", err.replace("│", " "))
    assert "Traceback" not in err
