"""A run from texts to a model of one's own, in the steps that the command line shows."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from filelock import FileLock, Timeout

from bot.engine.models.own import OwnModels
from bot.stories.openings import is_chinese
from bot.tuning.bases import Base
from bot.tuning.card import Facts, model_card
from bot.tuning.curve import draw_curve
from bot.tuning.document import legible
from bot.tuning.errors import (
    BadRecipeError,
    BusyRunError,
    DifferentRunError,
    NoTextError,
    NothingToResumeError,
    OwnNameError,
    StoppedRunError,
)
from bot.tuning.keep import Left, keep
from bot.tuning.memorised import Memorised, memorised
from bot.tuning.packing import Block, Shape, mix, pack, pack_openings
from bot.tuning.recipe import Recipe
from bot.tuning.requests import load_requests
from bot.tuning.samples import CHINESE_PROMPTS, PROMPTS, Sample
from bot.tuning.splitting import Split
from bot.tuning.survey import Survey
from bot.tuning.training import Trained, last_checkpoint, step_of
from bot.tuning.typed import examples_wanted, typed_examples

LOOKED_AT = 64
"""Held-out blocks that are looked at, at the most: more would cost more time than they tell."""
LETTERS_PER_TOKEN = 6
NOTE = "run.json"


@dataclass(frozen=True, slots=True)
class Lesson:
    """Blocks of tokens."""

    training: tuple[Block, ...]
    """In the order in which they are seen."""
    held_out: tuple[Block, ...]
    """What is looked at; a block of what is learned from where nothing is held out."""


def lesson_of(split: Split, base: Base, recipe: Recipe, weights: Mapping[Path, float]) -> Lesson:
    """Make blocks of documents. Blocking, for seconds to minutes; the same arguments always give the same blocks.

    Args:
        split: The documents.
        base: The model that is to learn from them.
        recipe: How long blocks are, and how many begin with a request.
        weights: How often each file is seen.

    Raises:
        BadRecipeError: the model does not see so much at once.
        NoTextError: there is nothing to learn from.
    """
    if recipe.length > base.context:
        raise BadRecipeError(name="length", value=recipe.length, allowed=f"at most {base.context} with this model")
    shape = Shape(length=recipe.length, end_of_text=base.tokenizer.end_of_text, seed=recipe.seed)
    told = pack(split.training, base.tokenizer, shape, weights).blocks
    if not told:
        raise NoTextError
    asked: Sequence[Block] = ()
    if count := examples_wanted(len(told), recipe.asked):
        examples = typed_examples(
            split.training,
            load_requests(),
            count=count,
            letters=LETTERS_PER_TOKEN * recipe.length,
            seed=recipe.seed,
        )
        asked = pack_openings(examples, base.tokenizer, shape).blocks
    held_out = pack(split.held_out, base.tokenizer, shape).blocks[:LOOKED_AT]
    return Lesson(mix(told, asked, recipe.seed), held_out or told[:1])


def fitting(recipe: Recipe, lesson: Lesson) -> Recipe:
    """Give a recipe whose blocks are not longer than those that there are: very little text fills none."""
    return replace(recipe, length=max(map(len, lesson.training))) if len(lesson.training) == 1 else recipe


@contextmanager
def workspace(own: OwnModels, name: str, *, resume: bool, anew: bool) -> Iterator[Path]:
    """Hold the folder for a run's checkpoints, so that no other run of that name touches it meanwhile.

    Args:
        own: Where models of one's own are.
        name: The new one's.
        resume: Whether a run that was stopped is gone on with.
        anew: Whether the checkpoints of one that was stopped may be deleted.

    Raises:
        BusyRunError: another run holds it.
        OwnNameError: a model of that name was made meanwhile.
        NothingToResumeError, StoppedRunError: there is no run that was stopped, or one that nobody spoke of.
        OSError: it cannot be written.
    """
    folder = own.folder(".tuning") / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.with_name(f".{name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise BusyRunError(name=name) from None
    try:
        if own.folder(name).exists():
            raise OwnNameError(name=name)
        last = last_checkpoint(folder)
        if resume and not (folder / NOTE).exists():
            raise NothingToResumeError(name=name)
        if last and not resume and not anew:
            raise StoppedRunError(name=name, step=step_of(last))
        yield folder
    finally:
        lock.release()


def begin(folder: Path, base: Base, lesson: Lesson, recipe: Recipe, *, resume: bool) -> None:
    """Empty the folder for a run's checkpoints, or see that they are those of the same run.

    Args:
        folder: What `workspace` gave; it bears the run's name.
        base: What is trained.
        lesson: What it learns.
        recipe: How.
        resume: Whether a run that was stopped is gone on with.

    Raises:
        NothingToResumeError: there is none.
        DifferentRunError: it was another run.
        OSError: it cannot be written.
    """
    marks = {
        "texts": hashlib.sha256(repr((lesson.training, lesson.held_out)).encode()).hexdigest(),
        "base": base.sha256,
        "settings": json.dumps(asdict(recipe)),
    }
    note = folder / NOTE
    if resume:
        try:
            before = json.loads(note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise NothingToResumeError(name=folder.name) from None
        for what, mark in marks.items():
            if before.get(what) != mark:
                raise DifferentRunError(name=folder.name, what=what)
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    note.write_text(json.dumps(marks), encoding="utf-8")


def delete_checkpoints(own: OwnModels, name: str) -> None:
    """Take a run's checkpoints away."""
    shutil.rmtree(own.folder(".tuning") / name, ignore_errors=True)


def without_requests(split: Split) -> Split:
    """Give documents without what was typed to get them: a base with a frame hears requests in it, and not plainly."""
    training, held_out = (
        tuple(replace(each, request="") for each in documents) for documents in (split.training, split.held_out)
    )
    return replace(split, training=training, held_out=held_out)


def prompts_for(split: Split) -> Sequence[str]:
    """Give what samples begin with, in the language of the texts."""
    chinese = sum(len(each.text) for each in split.training if is_chinese(each.text))
    return CHINESE_PROMPTS if 2 * chinese > sum(len(each.text) for each in split.training) else PROMPTS


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """A model that was made."""

    folder: Path
    memorised: Memorised
    """Of its samples, or of what it wrote after the first words of its texts, whichever is more."""


def finish(
    own: OwnModels,
    name: str,
    base: Base,
    trained: Trained,
    recipe: Recipe,
    *,
    split: Split,
    survey: Survey,
    samples: tuple[Sequence[Sample], Sequence[Sample]],
    recited: Sequence[Sample],
    made: date,
) -> Done:
    """Keep what a run came to. Blocking, for seconds.

    Args:
        own: Where models of one's own are.
        name: The new one's.
        base: What it was made from.
        trained: The run.
        recipe: The run's.
        split: What it learned from.
        survey: Its figures.
        samples: Before and after.
        recited: What the model wrote after `memorised.beginnings` of what it learned from.
        made: The day.

    Raises:
        NothingLearnedError, OSError: see `keep`.
    """
    before, after = samples
    learned = [each.text for each in split.training]
    found, known = (memorised([sample.text for sample in texts], learned) for texts in (after, recited))
    facts = Facts(
        name=name,
        base=base.profile.name,
        licence=base.profile.licence,
        made=made,
        survey=survey,
        sources=sorted({legible(each.source.name) for each in (*split.training, *split.held_out)}),
        recipe=recipe,
        steps=trained.steps,
        seconds=trained.seconds,
        looks=trained.looks,
        memorised=found,
        recited=known,
        samples=[(one, other) for one, other in zip(before, after, strict=True)][:: max(1, len(before) // 5)],
    )
    looked_at = "held out" if split.held_out else "a part of it"
    curve = draw_curve(trained.losses, trained.looks, name, looked_at)
    left = Left(card=model_card(facts), curve=curve, before=before, after=after)
    asked = any(each.request for each in split.training)
    folder = keep(own, name, base, trained.model, recipe, left, asked=asked)
    delete_checkpoints(own, name)
    return Done(folder=folder, memorised=max(found, known, key=lambda each: each.share))
