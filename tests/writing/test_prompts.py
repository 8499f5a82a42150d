"""A prompt is read as it will stand: alone where it begins a story, else behind the story."""

from __future__ import annotations

import pytest

from bot.safety.layer import Safety
from bot.safety.words.lexicon import Lexicon
from bot.writing.door import Passage
from bot.writing.errors import PromptRefusedError
from bot.writing.prompts import read_prompt, standing_before
from tests.writing.desk import WORDS, request

PASSAGE = Passage(Safety([Lexicon(WORDS)]))


@pytest.mark.parametrize(
    ("story", "words", "before"),
    [
        ("", "It began.", ""),
        ("It began", "again.", "It began"),
        ("It began.", "Again.", "It began. "),
        ("It began. ", "Again.", "It began. "),
        ("It began.", "", "It began."),
    ],
)
def test_what_parts_words_from_a_story_stands_before_them(story: str, words: str, before: str) -> None:
    assert standing_before(story, words) == before


async def test_a_prompt_is_read_together_with_the_story_that_it_goes_on_with() -> None:
    assert await read_prompt(PASSAGE, request("word there.")) == "word there."
    with pytest.raises(PromptRefusedError):
        await read_prompt(PASSAGE, request("word there."), "They told him he was a slur")
    assert await read_prompt(PASSAGE, request("word there."), "They told him of a slur.") == "word there."
