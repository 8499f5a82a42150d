"""How far a model is, in a line."""

from __future__ import annotations

import pytest

from bot.engine.models.progress import Progress, Stage
from bot.ui.model_progress import STAGE_NAMES, progress_line
from bot.ui.texts import Texts


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (Progress(Stage.OPEN), "**gpt2**: it is being opened …"),
        (Progress(Stage.UNPACK, 3_000_000), "**gpt2**: it is being unpacked … 3 MB"),
        (Progress(Stage.DOWNLOAD, 0, 2_000_000_000), "**gpt2**: it is being downloaded … 0 % (0 / 2,000 MB)"),
        (Progress(Stage.DOWNLOAD, 900, 300), "**gpt2**: it is being downloaded … 100 % (0 / 0 MB)"),
    ],
)
def test_a_stage_is_said_with_as_much_as_is_known(step: Progress, line: str) -> None:
    assert progress_line("gpt2", step, Texts().speak("en-US")) == line


def test_every_stage_has_a_name_in_both_languages() -> None:
    assert STAGE_NAMES.keys() == set(Stage)
    english, chinese = (Texts().speak(locale) for locale in ("en-US", "zh-CN"))
    assert all(english(name) != chinese(name) for name in STAGE_NAMES.values())
