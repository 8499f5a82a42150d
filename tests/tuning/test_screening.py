"""A blocked paragraph is left out and counted, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

from bot.safety.layer import Safety
from bot.safety.policy import STANDARD
from bot.safety.verdict import Category
from bot.safety.words.lexicon import Lexicon
from bot.tuning.document import Document
from bot.tuning.screening import Screened, screen

SAFETY = Safety(
    [Lexicon({"badword": Category.PROFANITY, "slurword": Category.SLUR, "vileword": Category.SEXUAL_MINORS})]
)


def document(text: str, request: str = "") -> Document:
    return Document(name="a.txt", text=text, source=Path("a.txt"), request=request)


async def screened(*documents: Document) -> Screened:
    return await screen(documents, SAFETY, STANDARD)


async def test_what_is_blocked_goes_and_is_counted_by_its_category() -> None:
    found = await screened(
        document("It rained.\n\nThe slurword came.\n\nIt stopped."),
        document("vileword\n\nslurword badword"),
        document("So."),
    )
    assert [each.text for each in found.documents] == ["It rained.\n\nIt stopped.", "So."]
    assert (found.paragraphs, found.touched) == (3, 2)
    assert found.categories == {Category.SLUR: 2, Category.SEXUAL_MINORS: 1}


async def test_what_is_only_masked_stays_as_it_is() -> None:
    assert (await screened(document("What the badword."))).documents == (document("What the badword."),)


async def test_a_story_that_was_asked_for_with_a_slur_goes_altogether() -> None:
    found = await screened(document("It rained.", request="a slurword"), document("So.", request="rain"))
    assert [each.text for each in found.documents] == ["So."]
    assert (found.paragraphs, found.touched, found.categories) == (0, 1, {})
