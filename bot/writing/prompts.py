"""What a person asks for, from what they typed to what may be shown."""

from __future__ import annotations

from bot.safety.verdict import Action
from bot.writing import errors
from bot.writing.door import Passage, reason
from bot.writing.postprocess import clean
from bot.writing.requests import PROMPT_LIMIT, WriteRequest


def opening_of(prompt: str) -> str:
    """Give a prompt as the beginning of a story."""
    return clean(prompt).strip()


async def read_prompt(passage: Passage, request: WriteRequest) -> str:
    """Let safety read a prompt, and give it as it may be shown; empty when a story goes on without one."""
    if request.parent_id is not None and not request.prompt:
        return ""
    if len(request.prompt) > PROMPT_LIMIT:
        raise errors.PromptTooLargeError(length=len(request.prompt), limit=PROMPT_LIMIT)
    verdict = await passage.read(opening_of(request.prompt))
    if verdict.action is Action.BLOCK and verdict.decisive:
        raise errors.PromptRefusedError(**reason(verdict.decisive))
    if not verdict.text:
        raise errors.EmptyPromptError
    return verdict.text
