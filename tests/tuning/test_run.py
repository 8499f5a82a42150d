"""Two runs of one name do not touch each other, and no checkpoint is deleted by a command that was typed twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.engine.models.own import OwnModels
from bot.engine.models.profiles import ModelProfile
from bot.tuning.bases import Base
from bot.tuning.document import Document
from bot.tuning.errors import (
    BusyRunError,
    DifferentRunError,
    NoTextError,
    NothingToResumeError,
    OwnNameError,
    StoppedRunError,
)
from bot.tuning.recipe import Recipe
from bot.tuning.run import Lesson, begin, lesson_of, without_requests, workspace
from bot.tuning.splitting import Split
from tests.tuning.tokens import WordTokenizer

LESSON = Lesson(((1, 2),), ((3, 4),))
RECIPE = Recipe(length=16)


@pytest.fixture
def own(tmp_path: Path) -> OwnModels:
    return OwnModels(tmp_path / "models")


@pytest.fixture
def base(tmp_path: Path) -> Base:
    model: Any = None
    tokenizer: Any = WordTokenizer()
    tokenizer.end_of_text = 0
    return Base(ModelProfile(name="tiny", source="hub", location="a/tiny"), tmp_path, model, tokenizer, "0" * 64, 64)


def stop_after(folder: Path, step: int) -> None:
    """Leave what a run leaves that was killed behind a checkpoint."""
    (folder / f"checkpoint-{step}").mkdir()
    (folder / f"checkpoint-{step}" / "trainer_state.json").write_text("{}", encoding="utf-8")


def test_two_runs_of_one_name_do_not_touch_each_other(own: OwnModels, base: Base) -> None:
    with workspace(own, "fox", resume=False, anew=False) as folder:
        begin(folder, base, LESSON, RECIPE, resume=False)
        for anew in (False, True):
            with (
                pytest.raises(BusyRunError, match="choose another name"),
                workspace(own, "fox", resume=False, anew=anew),
            ):
                pass
        assert (folder / "run.json").exists()
        with workspace(own, "owl", resume=False, anew=False):
            pass
    with workspace(own, "fox", resume=False, anew=False):
        pass


def test_checkpoints_are_kept_unless_somebody_gives_them_up(own: OwnModels, base: Base) -> None:
    with workspace(own, "fox", resume=False, anew=False) as folder:
        begin(folder, base, LESSON, RECIPE, resume=False)
        stop_after(folder, 25)
    with (
        pytest.raises(StoppedRunError, match=r"stopped at step 25\. Go on with it by --resume"),
        workspace(own, "fox", resume=False, anew=False),
    ):
        pass
    with workspace(own, "fox", resume=True, anew=False) as folder:
        with pytest.raises(DifferentRunError, match="--anew"):
            begin(folder, base, LESSON, Recipe(length=32), resume=True)
        begin(folder, base, LESSON, RECIPE, resume=True)
        assert (folder / "checkpoint-25").exists()
    with workspace(own, "fox", resume=False, anew=True) as folder:
        begin(folder, base, LESSON, RECIPE, resume=False)
        assert not (folder / "checkpoint-25").exists()


def test_what_was_cut_off_before_its_first_checkpoint_is_nothing_to_ask_about(own: OwnModels, base: Base) -> None:
    with workspace(own, "fox", resume=False, anew=False) as folder:
        begin(folder, base, LESSON, RECIPE, resume=False)
        (folder / "checkpoint-25").mkdir()
    with workspace(own, "fox", resume=False, anew=False) as folder:
        begin(folder, base, LESSON, RECIPE, resume=False)
        assert [each.name for each in folder.iterdir()] == ["run.json"]


def test_what_another_run_made_meanwhile_is_left_alone(own: OwnModels) -> None:
    own.folder("fox").mkdir(parents=True)
    with pytest.raises(OwnNameError), workspace(own, "fox", resume=False, anew=True):
        pass


def test_there_is_nothing_to_resume_where_nothing_was_stopped(own: OwnModels, base: Base) -> None:
    with pytest.raises(NothingToResumeError), workspace(own, "fox", resume=True, anew=False):
        pass
    with workspace(own, "fox", resume=False, anew=False) as folder:
        begin(folder, base, LESSON, RECIPE, resume=False)
        (folder / "run.json").write_text(json.dumps([])[:1], encoding="utf-8")
        with pytest.raises(NothingToResumeError):
            begin(folder, base, LESSON, RECIPE, resume=True)


def test_of_no_text_there_is_no_lesson(base: Base) -> None:
    with pytest.raises(NoTextError, match="Nothing is left to learn from"):
        lesson_of(Split((), (), within=False), base, RECIPE, {})


def test_requests_are_left_out_and_texts_are_not() -> None:
    asked = Document(name="a", text="Once.", source=Path("a"), request="a dragon")
    plain = without_requests(Split((asked,), (asked,), within=True))
    assert [(each.text, each.request) for each in (*plain.training, *plain.held_out)] == [("Once.", "")] * 2
    assert plain.within
