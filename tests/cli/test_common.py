"""What the verbs share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import typer

from bot.bench.stories import typed_prompts
from bot.cli.common import in_a_folder


def test_a_file_that_can_be_written_is_taken(tmp_path: Path) -> None:
    assert in_a_folder(None) is None
    for file in (tmp_path / "new.json", tmp_path / "there.json"):
        (tmp_path / "there.json").write_text("", encoding="utf-8")
        assert in_a_folder(file) == file
    assert not (tmp_path / "new.json").exists()


@pytest.mark.parametrize(("name", "locked"), [("new.json", ""), ("there.json", "there.json")])
def test_a_file_that_is_not_ours_to_write_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, locked: str
) -> None:
    # Whoever runs the tests may be allowed everything.
    (tmp_path / "there.json").write_text("", encoding="utf-8")
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != tmp_path / locked)
    with pytest.raises(typer.Exit):
        in_a_folder(tmp_path / name)
    assert f"{tmp_path / name} cannot be written: " in capsys.readouterr().err


def test_the_first_prompt_of_a_file_from_windows_has_no_mark_before_it(tmp_path: Path) -> None:
    file = tmp_path / "prompts.txt"
    file.write_text("Once upon a time\n从前\n", encoding="utf-8-sig")
    assert typed_prompts(file) == ["Once upon a time", "从前"]
