"""The training itself: transformers' Trainer over packed blocks, an adapter by peft, the best look kept.

Loss on held-out blocks is looked at every few steps; each look leaves a checkpoint, so that a killed run loses no more
than the steps since. What is kept in the end is the step whose held-out loss was lowest.
"""

from __future__ import annotations

import json
import math
import time
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from transformers import (
    EarlyStoppingCallback,
    PreTrainedModel,
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
    default_data_collator,
)

from bot.engine.models.processor import multiplies_bfloat16
from bot.tuning.errors import BaseError, NothingLearnedError
from bot.tuning.packing import Block
from bot.tuning.progress import Look, Step, Told, kept_of
from bot.tuning.recipe import Recipe

LEAST_GAIN = 0.001
"""A look is a better one if its loss is lower by at least this."""
SPENT = "spent.json"
STATE = "trainer_state.json"
"""What Trainer writes last into a checkpoint: one without it was cut off."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What a run came to."""

    model: PreTrainedModel
    """With the best step's weights; the adapter is a part of it."""
    losses: tuple[tuple[int, float], ...]
    """Step and loss of what was learned from, as it was logged."""
    steps: int
    """That were to be taken."""
    looks: tuple[Look, ...]
    """At what was held out, from step 0 on."""
    seconds: float
    """What was done before it was resumed is counted up to its checkpoint."""
    stopped: bool
    """Somebody stopped it: it can be resumed."""

    @property
    def best(self) -> Look:
        """The look whose step's weights are kept."""
        return kept_of(self.looks)


@dataclass(slots=True)
class Stop:
    """Lets a run be stopped from outside: it ends after the step that it is in, with a checkpoint."""

    asked: bool = field(default=False)

    def ask(self) -> None:
        """Ask it to stop."""
        self.asked = True


def trainable(model: PreTrainedModel, recipe: Recipe, name: str) -> PreTrainedModel:
    """Put an adapter beside every linear layer of a model, but for the last; or give it as it is, to be trained whole.

    Args:
        model: The base.
        recipe: Says how large the adapter is.
        name: The base's name, for the error.

    Raises:
        BaseError: it has no layer that an adapter fits.
    """
    if recipe.full:
        return model
    if has_bfloat16():
        # Weights that stay as they are need no more bits than they are multiplied in; cast at each step, they cost a
        # fifth of it.
        model = model.to(torch.bfloat16)
    config = LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        lora_dropout=recipe.dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    with warnings.catch_warnings():
        # GPT-2's layers are stored the other way round; peft sees it and says so each time.
        warnings.filterwarnings("ignore", message=".*fan_in_fan_out.*")
        try:
            adapted: Any = get_peft_model(model, config)
        except ValueError as error:
            raise BaseError(model=name, reason=f"no adapter fits it ({error}).") from None
    return adapted


def train(
    model: PreTrainedModel,
    training: Sequence[Block],
    held_out: Sequence[Block],
    recipe: Recipe,
    *,
    folder: Path,
    resume: bool,
    told: Told,
    stop: Stop,
) -> Trained:
    """Train a model. Blocking, for minutes or hours.

    Args:
        model: What `trainable` gave.
        training: Blocks to learn from, in the order in which they are seen.
        held_out: Blocks to measure by.
        recipe: How.
        folder: Where checkpoints are kept.
        resume: Whether to go on from the last whole checkpoint there.
        told: Told of every step and look, in this thread.
        stop: Asked after every step.

    Raises:
        NothingLearnedError: the loss became no number.
    """
    watch = _Watch(recipe, len(training), told, stop, _Spent(folder))
    callbacks: list[TrainerCallback] = [watch]
    if recipe.patience:
        callbacks.append(EarlyStoppingCallback(recipe.patience, LEAST_GAIN))
    trainer = Trainer(
        model=model,
        args=_arguments(folder, recipe, len(training)),
        train_dataset=_Blocks(training),
        eval_dataset=_Blocks(held_out),
        data_collator=default_data_collator,
        callbacks=callbacks,
    )
    trainer.remove_callback(PrinterCallback)
    last = last_checkpoint(folder) if resume else None
    if last is None:
        torch.manual_seed(recipe.seed)
        watch.look(0, float(trainer.evaluate()["eval_loss"]))
    else:
        watch.remember(json.loads((last / STATE).read_text(encoding="utf-8"))["log_history"])
    with warnings.catch_warnings():
        # A base from a GGUF file has no config beside it, which peft looks for when it saves and says it did not find.
        warnings.filterwarnings("ignore", message="Could not find a config file.*")
        trainer.train(resume_from_checkpoint=str(last) if last else None)
    if not all(math.isfinite(loss) for _, loss in watch.losses):
        raise NothingLearnedError(reason="the loss became no number. Try a lower --learning-rate.")
    return Trained(
        model=model,
        losses=tuple(watch.losses),
        steps=watch.steps,
        looks=tuple(watch.looks),
        seconds=watch.spent.seconds,
        stopped=stop.asked and watch.step < watch.steps,
    )


def last_checkpoint(folder: Path) -> Path | None:
    """Find the newest checkpoint that was written to its end."""
    whole = [path for path in folder.glob("checkpoint-*") if _is_whole(path)]
    return max(whole, key=step_of, default=None)


def step_of(checkpoint: Path) -> int:
    """Give the step after which a whole checkpoint was written."""
    return int(checkpoint.name.rpartition("-")[2])


def _is_whole(checkpoint: Path) -> bool:
    try:
        json.loads((checkpoint / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return checkpoint.name.rpartition("-")[2].isdigit()


def _arguments(folder: Path, recipe: Recipe, blocks: int) -> TrainingArguments:
    steps = recipe.steps_for(blocks)
    every = min(recipe.evaluate_every, steps)
    return TrainingArguments(
        output_dir=str(folder),
        max_steps=steps,
        per_device_train_batch_size=recipe.at_once,
        per_device_eval_batch_size=recipe.at_once,
        gradient_accumulation_steps=recipe.batch // recipe.at_once,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type="cosine_with_min_lr",
        lr_scheduler_kwargs={"min_lr_rate": 0.05},
        warmup_steps=round(recipe.warmup * steps),
        weight_decay=recipe.weight_decay,
        max_grad_norm=1.0,
        logging_steps=1,
        logging_nan_inf_filter=False,
        eval_strategy="steps",
        eval_steps=every,
        save_strategy="steps",
        save_steps=every,
        save_total_limit=2,
        load_best_model_at_end=True,
        metric_for_best_model="eval_loss",
        greater_is_better=False,
        bf16=has_bfloat16(),
        use_cpu=not torch.cuda.is_available(),
        dataloader_pin_memory=torch.cuda.is_available(),
        seed=recipe.seed,
        disable_tqdm=True,
        report_to=[],
        prediction_loss_only=True,
    )


def has_bfloat16() -> bool:
    """Say whether this processor, or the GPU, multiplies bfloat16 itself: without that it is slower than float32."""
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    return multiplies_bfloat16()


class _Spent:
    """What a run must know again that is resumed, and that no checkpoint holds: its first look, and the time it took.

    Args:
        folder: Where the checkpoints are.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / SPENT
        self._begun = time.perf_counter()
        self._before = 0.0
        self._resumed = False
        self.first: float | None = None
        """Loss before the first step; None before it was looked at, or where it is not known any more."""

    @property
    def seconds(self) -> float:
        """All of it."""
        return self._before + time.perf_counter() - self._begun

    def read(self) -> None:
        """Take over what was kept; where that was cut off, there is a look less on the curve."""
        self._resumed = True
        with suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            self.first, self._before = kept["first"], float(kept["seconds"])

    def keep(self, loss: float) -> None:
        """Write it down after a look."""
        if self.first is None and not self._resumed:
            self.first = loss
        written = self._file.with_suffix(".part")
        written.write_text(json.dumps({"first": self.first, "seconds": self.seconds}), encoding="utf-8")
        written.replace(self._file)


class _Blocks:
    """Blocks, as Trainer reads a data set."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks = blocks

    def __len__(self) -> int:
        return len(self._blocks)

    def __getitem__(self, number: int) -> dict[str, list[int]]:
        tokens = list(self._blocks[number])
        return {"input_ids": tokens, "labels": tokens}


class _Watch(TrainerCallback):  # type: ignore[misc]  # transformers loads names lazily, without their types
    """Tells of steps and looks, and stops when asked."""

    def __init__(self, recipe: Recipe, blocks: int, told: Told, stop: Stop, spent: _Spent) -> None:
        self.spent = spent
        self.step, self.steps = 0, recipe.steps_for(blocks)
        self.losses: list[tuple[int, float]] = []
        self.looks: list[Look] = []
        self._recipe, self._told, self._stop = recipe, told, stop
        self._begun = 0.0
        self._first = 0

    def remember(self, history: Sequence[Mapping[str, float]]) -> None:
        """Take over what was told before a run was resumed."""
        self.spent.read()
        if self.spent.first is not None:
            self._keep(0, self.spent.first)
        for entry in history:
            if "loss" in entry:
                self.losses.append((int(entry["step"]), entry["loss"]))
            elif "eval_loss" in entry:
                self._keep(int(entry["step"]), entry["eval_loss"])

    def look(self, step: int, loss: float) -> None:
        """Tell of a look."""
        self._told(self._keep(step, loss))
        self.spent.keep(loss)

    def _keep(self, step: int, loss: float) -> Look:
        best = all(loss < look.loss for look in self.looks)
        self.looks.append(Look(step, loss, best))
        return self.looks[-1]

    def on_train_begin(
        self, _args: TrainingArguments, state: TrainerState, _control: TrainerControl, **_: object
    ) -> None:
        self._begun, self._first = time.perf_counter(), state.global_step

    def on_log(
        self,
        _args: TrainingArguments,
        state: TrainerState,
        _control: TrainerControl,
        logs: Mapping[str, float] | None = None,
        **_: object,
    ) -> None:
        if not logs or "loss" not in logs:
            return
        self.step = state.global_step
        self.losses.append((self.step, float(logs["loss"])))
        seconds = (time.perf_counter() - self._begun) / max(self.step - self._first, 1)
        self._told(
            Step(
                step=self.step,
                steps=self.steps,
                loss=float(logs["loss"]),
                tokens_per_second=self._recipe.batch * self._recipe.length / seconds,
            )
        )

    def on_evaluate(
        self,
        _args: TrainingArguments,
        state: TrainerState,
        _control: TrainerControl,
        metrics: Mapping[str, float] | None = None,
        **_: object,
    ) -> None:
        # A run that is resumed at its end takes one step more.
        if 0 < state.global_step <= self.steps and metrics:
            self.look(state.global_step, float(metrics["eval_loss"]))

    def on_step_end(self, _args: TrainingArguments, _state: TrainerState, control: TrainerControl, **_: object) -> None:
        if self._stop.asked:
            control.should_evaluate = control.should_save = control.should_training_stop = True
