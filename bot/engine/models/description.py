"""What a model's own files say of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.engine.models.profiles import ModelProfile
from bot.engine.models.shape import Shape

NOTE = "taleloom.json"
"""In every prepared folder: where it came from, and what its card said."""


def completed(profile: ModelProfile, folder: Path | None) -> ModelProfile:
    """Add context, shape, licence, languages and special tokens, as far as the files in a folder say."""
    if folder is None:
        return profile
    config = read_json(folder / "config.json")
    noted = read_json(folder / NOTE)
    card = noted if "licence" in noted else read_card(folder)
    sizes = (config.get("n_positions"), config.get("max_position_embeddings"))
    return replace(
        profile,
        context=next((size for size in sizes if isinstance(size, int)), None),
        shape=Shape.of(config),
        licence=card.get("licence", "unknown"),
        languages=tuple(card.get("languages", ())),
        special_tokens=_special_tokens(folder),
    )


def _special_tokens(folder: Path) -> tuple[str, ...]:
    added = read_json(folder / "tokenizer.json").get("added_tokens", [])
    special = [token["content"] for token in added if token.get("special")]
    if not special:
        settings = read_json(folder / "tokenizer_config.json")
        special = [value for name, value in settings.items() if name.endswith("_token") and isinstance(value, str)]
    return tuple(dict.fromkeys(special))


def read_card(folder: Path) -> dict[str, Any]:
    """Read licence and languages off a model card (`README.md` with the hub's front matter)."""
    from huggingface_hub import ModelCard  # noqa: PLC0415 - importing it takes a quarter of a second

    path = folder / "README.md"
    if not path.is_file() or not path.read_text(encoding="utf-8", errors="replace").startswith("---"):
        return {}
    try:
        data = ModelCard.load(path).data
    except Exception:  # noqa: BLE001 - what a stranger wrote there makes the YAML parser raise anything
        return {}
    languages = [data.language] if isinstance(data.language, str) else data.language or []
    return {"licence": str(data.license or "unknown"), "languages": [str(language) for language in languages]}


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object; what is not there, or is none, is empty."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}
