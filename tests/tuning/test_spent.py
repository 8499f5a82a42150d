"""What a run must know again that is resumed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.tuning import training


def test_the_first_look_is_known_after_a_restart(tmp_path: Path) -> None:
    spent = training._Spent(tmp_path)
    spent.keep(4.2)
    spent.keep(3.1)
    again = training._Spent(tmp_path)
    again.read()
    assert again.first == 4.2
    assert again.seconds >= spent.seconds - 1


@pytest.mark.parametrize("left", ["", "{", '{"first": 4.2}'])
def test_what_was_cut_off_does_not_keep_a_run_from_being_resumed(tmp_path: Path, left: str) -> None:
    (tmp_path / training.SPENT).write_text(left, encoding="utf-8")
    spent = training._Spent(tmp_path)
    spent.read()
    spent.keep(3.1)
    again = training._Spent(tmp_path)
    again.read()
    assert again.first is None
