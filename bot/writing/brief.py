"""One line or one word, for games in which everybody adds as much."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from bot.sentences import sentence_ends
from bot.writing.judging import find_junk
from bot.writing.postprocess import clean
from bot.writing.requests import Shape, Writing
from bot.writing.session import Assignment, Session

TOKENS = {Shape.LINE: 48, Shape.WORD: 8}
LINE_LETTERS = 200
# A model may think that the sentence has ended; the word after the full stop will do.
_WORD = re.compile(r"[^\w\u3400-\u9fff]*\s[^\w\s]*([^\s\u3400-\u9fff]+)(?=[\s\u3400-\u9fff])")
_IDEOGRAPHS = re.compile(r"\s*([\u3400-\u9fff]{1,2}[，。！？；：、]?)")


class BriefSession(Session):
    """Writes one line or one word; what does not make one is tried again with another seed."""

    async def _attempt(self, assignment: Assignment) -> AsyncGenerator[Writing, None]:
        shape = assignment.shape
        sampling = replace(
            assignment.sampling,
            max_new_tokens=min(assignment.sampling.max_new_tokens, TOKENS[shape]),
            stop=("\n",) if shape is Shape.LINE and assignment.story else (),
        )
        guard, text, tokens, fault = self._passage.guard(assignment.story), "", 0, ""
        async with aclosing(self._stream(replace(assignment, sampling=sampling))) as chunks:
            async for chunk in chunks:
                released, fault = await self._read(guard, chunk)
                text, tokens = text + released, chunk.tokens
                self.progress.finish = chunk.finish or ""
                if fault:
                    break
        found = cut(shape, text)
        announces = found.endswith((":", "："))  # what a model says before it begins
        if not fault and found and not (announces or find_junk(found) or _is_said_again(found, assignment.story)):
            self._composer.accepted = found
        elif fault or found:
            self.progress.faults += (fault or "loop",)
        yield Writing(self._composer.accepted, "", tokens)

    def _is_done(self) -> bool:
        return bool(self._composer.accepted)


def cut(shape: Shape, text: str) -> str:
    """Give the first line or word of a text; empty if there is none that is whole.

    A word comes with the space before it: without one it would go on with the word before.
    """
    text = clean(text)
    if shape is Shape.WORD:
        found = _IDEOGRAPHS.match(text)
        word = found[1] if found else f" {match[1]}" if (match := _WORD.match(text)) else ""
        return word if any(character.isalnum() for character in word) else ""
    line = text.lstrip().split("\n", 1)[0].rstrip()
    end = next(sentence_ends(line), 0)
    if end:
        return line[:end]
    # A line of verse need not be a sentence; a cut one ends at a word.
    return line if len(line) <= LINE_LETTERS else line[:LINE_LETTERS].rpartition(" ")[0]


def _is_said_again(found: str, story: str) -> bool:
    """Say whether a story ends with the same words already."""
    return story.rstrip().casefold().endswith(found.strip().casefold())
