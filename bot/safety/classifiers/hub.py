"""Any text classifier of transformers in the classifier's seat: an operator's choice, from the hub or a folder."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.errors import ConfigurationError
from bot.safety.classifiers.protocol import Unit
from bot.safety.verdict import Category, Hit, Rule, Severity, Source

if TYPE_CHECKING:
    import torch

TOKENS = 256
SURE, WARY = 0.8, 0.5
"""Probabilities from which on a label counts, where nothing was measured: for a policy like any, and a wary one."""
_MEANINGS: Mapping[str, Category] = MappingProxyType(
    {
        r"minor|child|csam": Category.SEXUAL_MINORS,
        r"self[ _-]?harm|suicid": Category.SELF_HARM,
        r"hate|identity|racis|sexis|homophob": Category.HATE,
        r"threat": Category.THREAT,
        r"sex|porn|nsfw|erotic": Category.SEXUAL,
        r"violen|gore": Category.VIOLENCE,
        r"obscen|profan|vulgar": Category.PROFANITY,
        r"drug": Category.DRUGS,
        r"spam": Category.SPAM,
        r"toxic|insult|harass|offens|abus|bully|hostil": Category.HARASSMENT,
    }
)
"""What the labels of models that people use contain; the first that fits."""
_HARMLESS = re.compile(r"^(?:non|not|no|neutral|normal|safe|ok|clean|neither|none|label_0)(?:[ _-]|$)", re.IGNORECASE)


def category_of(label: str) -> Category | None:
    """Give what a model's label means, or None where it means nothing that is looked for."""
    if _HARMLESS.search(label):
        return None
    return next((found for word, found in _MEANINGS.items() if re.search(word, label, re.IGNORECASE)), None)


class HubClassifier:
    """A sequence classifier.

    Args:
        name: A hub id, with `@` and a revision behind it if need be, or a folder. Weights are safetensors, and code
            that comes with a model is not run.

    Raises:
        ConfigurationError: it cannot be opened, or none of its labels means anything here.
    """

    def __init__(self, name: str) -> None:
        try:
            from transformers import (  # noqa: PLC0415 - an extra
                AutoConfig,
                AutoModelForSequenceClassification,
                AutoTokenizer,
            )
        except ModuleNotFoundError:
            raise _refusal(name, "it needs the group torch: python tools/setup.py torch") from None
        place, _, revision = name.partition("@")
        options = {"revision": revision or None, "trust_remote_code": False}
        try:
            AutoConfig.from_pretrained(place, **options)  # says more plainly than the others what is missing
            self._tokenizer = AutoTokenizer.from_pretrained(place, **options)
            self._model = AutoModelForSequenceClassification.from_pretrained(place, use_safetensors=True, **options)
        except (OSError, ValueError, KeyError, ImportError) as error:
            raise _refusal(name, str(error).strip().split("\n", 1)[0]) from None
        self._model.eval()
        labels: Mapping[int, str] = self._model.config.id2label
        self._meanings = {number: category for number, label in labels.items() if (category := category_of(label))}
        if not self._meanings:
            raise _refusal(name, f"none of its labels is known ({', '.join(labels.values())})")
        self._labels = labels
        # As transformers' own pipeline decides it.
        self._apart = self._model.config.problem_type == "multi_label_classification" or len(labels) == 1
        self._lock = threading.Lock()

    def classify(self, units: Sequence[Unit], *, wary: bool) -> list[list[Hit]]:
        """Give for each unit what it falls under."""
        import torch  # noqa: PLC0415 - an extra

        read = self._tokenizer(
            [unit.text for unit in units], padding=True, truncation=True, max_length=TOKENS, return_tensors="pt"
        )
        with self._lock, torch.inference_mode():
            logits: torch.Tensor = self._model(**read).logits
            values = (torch.sigmoid(logits) if self._apart else torch.softmax(logits, -1)).tolist()
        return [self._hits(unit, row, wary=wary) for unit, row in zip(units, values, strict=True)]

    def _hits(self, unit: Unit, values: Sequence[float], *, wary: bool) -> list[Hit]:
        return [
            Hit(
                0,
                len(unit.text),
                category,
                Severity.SEVERE if values[number] >= SURE else Severity.STRONG,
                Rule(Source.CLASSIFIER, self._labels[number]),
                round(values[number], 4),
            )
            for number, category in self._meanings.items()
            if values[number] >= (WARY if wary else SURE)
        ]


def _refusal(name: str, reason: str) -> ConfigurationError:
    return ConfigurationError(problem=f"TALELOOM_SAFETY__CLASSIFIER: {name} cannot be used: {reason}")
