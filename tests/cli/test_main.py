"""`python -m bot`: one program, a file a verb."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from bot.cli import VERBS, main
from tests.shell import ROOT, piped


def test_help_names_every_verb(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["taleloom", "--help"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0
    said = capsys.readouterr().out
    for verb, meaning in VERBS.items():
        assert verb in said
        assert meaning in said


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_of_its_own(
    verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["taleloom", verb, "--help"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0
    assert verb in capsys.readouterr().out


def test_a_reader_who_has_enough_of_a_table_is_no_error() -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "models", "list"], cwd=ROOT, stdout=theirs, stderr=subprocess.PIPE, check=False
    )
    os.close(theirs)
    assert (ended.returncode, ended.stderr) == (0, b"")


async def test_a_reader_who_has_enough_is_no_error() -> None:
    process = await piped("safety", "check")
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdin.write(b'{"text": "Once upon a time"}\n')
    assert await process.stdout.readline()
    transport = process._transport.get_pipe_transport(1)  # type: ignore[attr-defined]
    transport.close()
    process.stdin.write(b'{"text": "Once upon a time"}\n' * 100)
    process.stdin.close()
    assert await process.stderr.read() == b""
    assert await process.wait() == 0
