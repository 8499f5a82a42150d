"""A request as the engine process is told it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, replace

from bot.engine.models.profiles import ModelProfile
from bot.engine.process import wire
from bot.engine.protocol import GenerationRequest
from bot.engine.sampling import SEEDS


def message_for(request: GenerationRequest, profile: ModelProfile) -> wire.Generate:
    """Put a request to a model as its profile says."""
    sampling = request.sampling
    if sampling.seed is None:
        sampling = replace(sampling, seed=random.SystemRandom().randrange(SEEDS))
    clean = [
        without_markers(text, profile.special_tokens) for text in (request.prompt, request.instruction, request.title)
    ]
    prompt = profile.put(clean[0], instruction=clean[1], title=clean[2])
    return wire.Generate(request.request_id, request.model, prompt, asdict(sampling), request.scored)


def without_markers(text: str, markers: Sequence[str]) -> str:
    """Take the model's own markers out of a text, also those that removing others puts together."""
    before = None
    while before != text:
        before = text
        for marker in markers:
            text = text.replace(marker, "")
    return text
