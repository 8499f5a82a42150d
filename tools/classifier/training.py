"""Teaches an encoder with one head a label, and measures what it learned."""

from __future__ import annotations

import math
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from tokenizers import Tokenizer
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits
from transformers import BertModel

from bot.engine.models.processor import multiplies_bfloat16
from bot.safety.classifiers.reading import plain
from tools.classifier.labels import LABELS, UNKNOWN, Example


@dataclass(frozen=True)
class Lesson:
    """How it is taught.

    Attributes:
        epochs: How often each example is seen.
        length: Tokens that are read of an example.
        batch: Examples a step.
        learning_rate: At its highest, behind the first twentieth of the steps; it falls to 0.
        seed: Of order and dropout.
    """

    epochs: int = 2
    length: int = 64
    batch: int = 32
    learning_rate: float = 1e-4
    seed: int = 1


class Heads(nn.Module):
    """An encoder, the mean of what it makes of the tokens, and a line for each label."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder
        self.heads = nn.Linear(encoder.config.hidden_size, len(LABELS))

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Give the logits, one row a text."""
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(hidden.dtype)
        logits: torch.Tensor = self.heads((hidden * weights).sum(1) / weights.sum(1))
        return logits


def teach(
    model: Heads, tokenizer: Tokenizer, examples: Sequence[Example], lesson: Lesson, told: Callable[[str], None]
) -> Heads:
    """Train on examples; the embeddings of words stay as they are, which keeps what was not seen in its place."""
    torch.manual_seed(lesson.seed)
    model.encoder.embeddings.word_embeddings.weight.requires_grad_(requires_grad=False)
    encoded = _encoded(tokenizer, [example.text for example in examples], lesson.length)
    targets = torch.tensor([example.answers for example in examples], dtype=torch.float32)
    steps = lesson.epochs * math.ceil(len(examples) / lesson.batch)
    optimizer = torch.optim.AdamW([part for part in model.parameters() if part.requires_grad], lr=lesson.learning_rate)
    warm = max(1, steps // 20)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / warm) * max(0.0, 1 - step / steps)
    )
    model.train()
    bfloat16 = multiplies_bfloat16()
    started, losses = time.perf_counter(), 0.0
    for number, rows in enumerate(_batches([len(ids) for ids in encoded], lesson), 1):
        ids, mask = _padded([encoded[row] for row in rows])
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            logits = model(ids, mask).float()
        known = targets[rows]
        loss = binary_cross_entropy_with_logits(logits, known.clamp(min=0), reduction="none")
        loss = (loss * (known != UNKNOWN)).sum() / (known != UNKNOWN).sum().clamp(min=1)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses += loss.item()
        if number % 200 == 0:
            told(f"step {number} of {steps}, loss {losses / 200:.4f}, {time.perf_counter() - started:.0f} s")
            losses = 0.0
    return model.eval()


def averaged(model: Heads, other: Heads, share: float) -> Heads:
    """Put the mean of two trained models, which began as the same encoder, in the place of one.

    It errs less than either (Wortsman et al., “Model soups”, ICML 2022). The vectors of words stay: they were not
    trained, and the vocabularies may differ.

    Args:
        model: Changed in place.
        other: Of the same shape but for its vocabulary.
        share: Of the other, 0 … 1.
    """
    beside = dict(other.named_parameters())
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name != "encoder.embeddings.word_embeddings.weight":
                weight.lerp_(beside[name], share)
    return model


def probabilities(model: Heads, tokenizer: Tokenizer, texts: Sequence[str], length: int) -> NDArray[np.float32]:
    """Give for each text the probability of each label."""
    encoded = _encoded(tokenizer, texts, length)
    order = sorted(range(len(texts)), key=lambda row: len(encoded[row]))
    found = np.zeros((len(texts), len(LABELS)), np.float32)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=multiplies_bfloat16()):
        for start in range(0, len(order), 64):
            rows = order[start : start + 64]
            ids, mask = _padded([encoded[row] for row in rows])
            found[rows] = torch.sigmoid(model(ids, mask).float()).numpy()
    return found


def areas(examples: Sequence[Example], found: NDArray[np.float32]) -> dict[tuple[str, str], tuple[float, int, int]]:
    """Give the area under the curve by source and label, with how many have it and how many have not."""
    places: dict[str, list[int]] = defaultdict(list)
    for row, example in enumerate(examples):
        places[example.source.split(":")[0]].append(row)
        places["all"].append(row)
    table = {}
    for source, rows in places.items():
        for column, label in enumerate(LABELS):
            known = [row for row in rows if examples[row].answers[column] != UNKNOWN]
            truth = [examples[row].answers[column] for row in known]
            if 5 <= sum(truth) <= len(truth) - 5:
                area = float(roc_auc_score(truth, found[known, column]))
                table[source, label] = (area, sum(truth), len(truth) - sum(truth))
    return table


def _encoded(tokenizer: Tokenizer, texts: Sequence[str], length: int) -> list[list[int]]:
    tokenizer.enable_truncation(length)
    return [encoding.ids for encoding in tokenizer.encode_batch_fast([plain(text) for text in texts])]


def _padded(rows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(map(len, rows))
    ids = torch.zeros((len(rows), longest), dtype=torch.long)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = torch.tensor(row)
        mask[number, : len(row)] = 1
    return ids, mask


def _batches(lengths: Sequence[int], lesson: Lesson) -> Iterator[list[int]]:
    """Give rows of about the same length together, in an order that chance makes."""
    dice = random.Random(lesson.seed)  # noqa: S311
    for _ in range(lesson.epochs):
        rows = list(range(len(lengths)))
        dice.shuffle(rows)
        pool = lesson.batch * 50
        batches = []
        for start in range(0, len(rows), pool):
            near = sorted(rows[start : start + pool], key=lambda row: lengths[row])
            batches += [near[place : place + lesson.batch] for place in range(0, len(near), lesson.batch)]
        dice.shuffle(batches)
        yield from batches
