"""What a person asks for, from what they typed to what may be shown."""

from __future__ import annotations

from bot.safety.verdict import Action
from bot.stories.branch import join
from bot.writing import errors
from bot.writing.door import Passage, reason
from bot.writing.postprocess import clean
from bot.writing.requests import PROMPT_LIMIT, WriteRequest


def opening_of(prompt: str) -> str:
    """Give a prompt as the beginning of a story."""
    return clean(prompt).strip()


def standing_before(story: str, words: str) -> str:
    """Give what stands before words that are put behind a story: the story, with the space that parts them."""
    return join(story, words).removesuffix(words)


async def read_prompt(passage: Passage, request: WriteRequest, story: str = "") -> str:
    """Let safety read a prompt, and give it as it may be shown; empty when a story goes on without one.

    Args:
        passage: The door where it is to stand.
        request: What is asked for.
        story: The text that the prompt is put behind; empty where a story begins with it.

    Raises:
        PromptTooLargeError, PromptRefusedError, EmptyPromptError: it cannot be used.
        SlowedError: see `Passage.read`.
    """
    if request.parent_id is not None and not request.prompt:
        return ""
    if len(request.prompt) > PROMPT_LIMIT:
        raise errors.PromptTooLargeError(length=len(request.prompt), limit=PROMPT_LIMIT)
    opening = opening_of(request.prompt)
    verdict = await passage.read(opening, standing_before(story, opening))
    if verdict.action is Action.BLOCK and verdict.decisive:
        raise errors.PromptRefusedError(**reason(verdict.decisive))
    if not verdict.text:
        raise errors.EmptyPromptError
    return verdict.text
