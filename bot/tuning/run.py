"""A run from texts to a model of one's own, in the steps that the command line shows."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from bot.engine.models.own import OwnModels
from bot.stories.openings import is_chinese
from bot.tuning.bases import Base
from bot.tuning.card import Facts, model_card
from bot.tuning.curve import draw_curve
from bot.tuning.errors import BadRecipeError, DifferentRunError, NothingToResumeError
from bot.tuning.keep import Left, keep
from bot.tuning.memorised import Memorised, memorised
from bot.tuning.packing import Block, Shape, mix, pack, pack_openings
from bot.tuning.recipe import Recipe
from bot.tuning.requests import load_requests
from bot.tuning.samples import CHINESE_PROMPTS, PROMPTS, Sample
from bot.tuning.splitting import Split
from bot.tuning.survey import Survey
from bot.tuning.training import Trained
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


def lesson_of(split: Split, base: Base, recipe: Recipe, weights: Mapping[Path, float]) -> Lesson:
    """Make blocks of documents. Blocking, for seconds to minutes; the same arguments always give the same blocks.

    Args:
        split: The documents.
        base: The model that is to learn from them.
        recipe: How long blocks are, and how many begin with a request.
        weights: How often each file is seen.

    Raises:
        BadRecipeError: the model does not see so much at once.
    """
    if recipe.length > base.context:
        raise BadRecipeError(name="length", value=recipe.length, allowed=f"at most {base.context} with this model")
    shape = Shape(length=recipe.length, end_of_text=base.tokenizer.end_of_text, seed=recipe.seed)
    told = pack(split.training, base.tokenizer, shape, weights).blocks
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


def open_workspace(own: OwnModels, name: str, base: Base, lesson: Lesson, recipe: Recipe, *, resume: bool) -> Path:
    """Give the folder for a run's checkpoints: an empty one, or that of the same run that was stopped.

    Raises:
        NothingToResumeError: there is none.
        DifferentRunError: it was another run.
    """
    folder = own.folder(".tuning") / name
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
            raise NothingToResumeError(name=name) from None
        for what, mark in marks.items():
            if before.get(what) != mark:
                raise DifferentRunError(name=name, what=what)
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    note.write_text(json.dumps(marks), encoding="utf-8")
    return folder


def close_workspace(own: OwnModels, name: str) -> None:
    """Take a run's checkpoints away."""
    shutil.rmtree(own.folder(".tuning") / name, ignore_errors=True)


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
        sources=sorted({each.source.name for each in (*split.training, *split.held_out)}),
        recipe=recipe,
        steps=trained.steps,
        seconds=trained.seconds,
        looks=trained.looks,
        memorised=found,
        recited=known,
        samples=[(one, other) for one, other in zip(before, after, strict=True)][:: max(1, len(before) // 5)],
    )
    left = Left(
        card=model_card(facts), curve=draw_curve(trained.losses, trained.looks, name), before=before, after=after
    )
    folder = keep(own, name, base, trained.model, recipe, left)
    close_workspace(own, name)
    return Done(folder=folder, memorised=max(found, known, key=lambda each: each.share))
