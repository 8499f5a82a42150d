"""What a run leaves: a model of one's own in a folder, whole or not there, and its card."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from peft import PeftModel, get_peft_model_state_dict
from transformers import PreTrainedModel

from bot.engine.models.adapter import write_adapter
from bot.engine.models.folders import sha256_of
from bot.engine.models.own import NAME, OwnModels, write_description
from bot.engine.models.shape import Shape
from bot.tuning.bases import Base
from bot.tuning.errors import BadNameError, NothingLearnedError, OwnNameError, TakenNameError
from bot.tuning.recipe import Recipe
from bot.tuning.samples import TEMPERATURE, TOP_K, TOP_P, Sample

ADAPTER, CHECKPOINT, CARD, CURVE, SAMPLES = (
    "adapter.safetensors",
    "checkpoint",
    "README.md",
    "curve.png",
    "samples.json",
)
SAMPLING = {"temperature": TEMPERATURE, "top_p": TOP_P, "top_k": TOP_K, "repetition_penalty": 1.1}
"""What a model that only tells stories writes best with: it needs no low temperature to stay with them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """What stands in the folder beside the weights."""

    card: str
    curve: bytes
    before: Sequence[Sample]
    after: Sequence[Sample]


def require_name(name: str, own: OwnModels, taken: Mapping[str, object]) -> None:
    """See that a model can be called so.

    Raises:
        BadNameError, TakenNameError, OwnNameError: it cannot.
    """
    if not NAME.fullmatch(name) or ".." in name or name.endswith("."):
        raise BadNameError
    if own.folder(name).exists():
        raise OwnNameError(name=name)
    if name in taken:
        raise TakenNameError(name=name)


def keep(
    own: OwnModels,
    name: str,
    base: Base,
    model: PreTrainedModel,
    recipe: Recipe,
    left: Left,
    *,
    asked: bool = False,
) -> Path:
    """Put a trained model among those of one's own, all at once. Blocking, for seconds.

    Args:
        own: Where they are.
        name: What it is called.
        base: What it was made from.
        model: With what was learned.
        recipe: How.
        left: What else is kept.
        asked: Whether some of the texts had a request of their own before them.

    Returns:
        The model's folder.

    Raises:
        NothingLearnedError: the adapter adds nothing.
        OSError: it cannot be written.
    """
    target = own.folder(name)
    part = target.with_name(f".{name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        described = _described(base, recipe, asked=asked) | _weights(part, base, model, recipe)
        _write_left(part, left)
        write_description(part, described)
        part.replace(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return target


def _learned(model: PreTrainedModel) -> dict[str, Any]:
    # Left to itself, peft looks for a config beside the base, and warns where the base is a GGUF file.
    found: dict[str, Any] = get_peft_model_state_dict(model, save_embedding_layers=False)
    return found


def _write_left(folder: Path, left: Left) -> None:
    (folder / CARD).write_text(left.card, encoding="utf-8")
    (folder / CURVE).write_bytes(left.curve)
    samples = [
        {"prompt": one.prompt, "before": one.text, "after": other.text}
        for one, other in zip(left.before, left.after, strict=True)
    ]
    (folder / SAMPLES).write_text(json.dumps(samples, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _described(base: Base, recipe: Recipe, *, asked: bool) -> dict[str, Any]:
    profile = base.profile
    shape = profile.shape or Shape.of(base.model.config.to_dict())
    taught = asked or recipe.asked > 0 or profile.takes_requests
    return {
        "licence": profile.licence,
        "languages": list(profile.languages),
        "context": profile.context or base.context,
        "shape": asdict(shape) if shape else None,
        "special_tokens": list(profile.special_tokens),
        "one_line": f"Fine-tuned here from {profile.name}.",
        "sampling": SAMPLING,
        # A model that followed wishes in a frame before still does; of an opening it has learned to go on with it.
        "frame": asdict(replace(profile.frame, begin="")) if profile.frame else None,
        "takes_requests": profile.frame is None and taught,
    }


def _weights(folder: Path, base: Base, model: PreTrainedModel, recipe: Recipe) -> dict[str, Any]:
    profile = base.profile
    if base.is_gguf and not recipe.full:
        tensors = {name: tensor.float().cpu().numpy() for name, tensor in _learned(model).items()}
        if not any(np.any(tensor) for name, tensor in tensors.items() if "lora_B" in name):
            raise NothingLearnedError(reason="all that the adapter adds is zero. Train for more steps.")
        notes = {"recipe": json.dumps(asdict(recipe))}
        scale = recipe.alpha / recipe.rank
        # What was typed is relative to the folder where it was typed, and the bot runs in another.
        origin = profile.location if profile.source == "folder" else profile.name
        write_adapter(folder / ADAPTER, tensors, base=origin, base_sha256=base.sha256, scale=scale, notes=notes)
        sha256 = sha256_of(folder / ADAPTER)
        adapter = {"base": origin, "sha256": sha256}
        return {"source": "adapter", "location": ADAPTER, "revision": sha256[:12], "adapter": adapter}
    whole: Any = model.merge_and_unload() if isinstance(model, PeftModel) else model
    whole.float().save_pretrained(folder / CHECKPOINT)
    base.tokenizer.save(folder / CHECKPOINT)
    return {"source": "folder", "location": CHECKPOINT, "revision": "1"}
