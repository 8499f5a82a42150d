"""The survey counts what is left and what is not, and says whether it is enough."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.safety.layer import Safety
from bot.safety.policy import STANDARD
from bot.safety.verdict import Category
from bot.safety.words.lexicon import Lexicon
from bot.tuning.document import Document
from bot.tuning.documents import Reading, Unreadable
from bot.tuning.duplicates import Duplicate, Sameness
from bot.tuning.errors import TooLittleTextError, UnknownFormatError
from bot.tuning.languages import Language
from bot.tuning.splitting import Split
from bot.tuning.survey import NEEDED_TOKENS, PLENTY_TOKENS, FindingKind, Survey, survey
from tests.tuning.tokens import WordTokenizer

SAFETY = Safety([Lexicon({"slurword": Category.SLUR})])
RAIN = "The miller had a daughter who could talk to rain, and nobody in the valley saw what use it was to a mill."
BOOK = f"THE MILL\n\nBy A. Person\n\nCHAPTER I\n\n{RAIN}\n\nIt _rained_.\n\nThe slurword came.\n\nTHE END"


def document(name: str, text: str, *, prose: bool = False) -> Document:
    return Document(name=name, text=text, source=Path(name), prose=prose)


async def surveyed(*documents: Document, unreadable: tuple[Unreadable, ...] = ()) -> tuple[Split, Survey]:
    return await survey(Reading(documents, unreadable), WordTokenizer(), SAFETY, STANDARD)


async def test_everything_that_was_read_is_accounted_for() -> None:
    picture = Unreadable("a.png", UnknownFormatError(file="a.png", known=".txt"))
    parted, found = await surveyed(
        document("mill.txt", BOOK),
        document("again.txt", BOOK.lower()),
        document("zh.txt", "磨坊主有一个会和雨说话的女儿。"),
        document("end.txt", "THE END"),
        unreadable=(picture,),
    )
    left = f"{RAIN}\n\nIt rained."
    assert [each.text for each in parted.training + parted.held_out] == [left, "磨坊主有一个会和雨说话的女儿。"]
    assert (found.documents, found.characters) == (2, len(left) + 15)
    assert found.tokens == sum(len(WordTokenizer().encode(each.text)) for each in parted.training + parted.held_out)
    assert list(found.languages) == [Language.ENGLISH, Language.CHINESE]
    assert found.characters_read == 2 * len(BOOK) + 15 + 7
    assert (found.empty, found.unreadable) == (("end.txt",), (picture,))
    assert found.duplicates == (Duplicate("again.txt", "mill.txt", Sameness.EXACT),)
    assert (found.blocked_documents, found.blocked_paragraphs, found.blocked) == (1, 1, {Category.SLUR: 1})
    assert (found.held_out_documents, found.held_out_characters, found.held_out_within) == (1, 15, False)


async def test_a_story_that_is_prose_already_is_not_taken_for_a_book() -> None:
    parted, _ = await surveyed(document("door.json", "THE DOOR\n\nIt stood open.\n\nIt fell shut.", prose=True))
    assert parted.training[0].text == "THE DOOR\n\nIt stood open."


async def figures(tokens: int) -> Survey:
    _, found = await surveyed(document("a.txt", f"{RAIN}\n\nIt rained."), document("b.txt", RAIN * 20))
    return replace(found, tokens=tokens)


@pytest.mark.parametrize(
    ("tokens", "seen", "kinds"),
    [
        (NEEDED_TOKENS - 1, None, [FindingKind.TOO_LITTLE]),
        (NEEDED_TOKENS, None, [FindingKind.SMALL]),
        (PLENTY_TOKENS, None, []),
        (PLENTY_TOKENS, PLENTY_TOKENS, []),
        (PLENTY_TOKENS, PLENTY_TOKENS // 4, [FindingKind.UNSEEN]),
        (PLENTY_TOKENS, PLENTY_TOKENS * 3, [FindingKind.REPEATED]),
        (0, 100, [FindingKind.TOO_LITTLE]),
    ],
)
async def test_an_operator_is_told_what_will_come_of_it(
    tokens: int, seen: int | None, kinds: list[FindingKind]
) -> None:
    found = (await figures(tokens)).findings(seen)
    assert [each.kind for each in found] == kinds
    assert [each.refuses for each in found] == [kind is FindingKind.TOO_LITTLE for kind in kinds]


async def test_findings_carry_their_figures() -> None:
    enough = await figures(400_000)
    found = enough.findings(100_000) + enough.findings(1_000_000)
    assert [each.values for each in found] == [{"share": 0.25}, {"times": 2.5}]


async def test_of_one_text_the_survey_says_that_its_end_is_held_out() -> None:
    _, found = await surveyed(document("a.txt", f"{RAIN}\n\nIt rained."))
    assert found.findings()[-1].kind is FindingKind.HELD_OUT_WITHIN
    _, found = await surveyed(document("a.txt", RAIN))
    assert found.findings()[-1].kind is FindingKind.NOTHING_HELD_OUT


async def test_too_little_is_refused_with_the_figures() -> None:
    with pytest.raises(TooLittleTextError, match="There are 7 tokens to learn from, and under 20000"):
        (await figures(7)).require_enough()
    (await figures(NEEDED_TOKENS)).require_enough()


async def test_the_share_that_is_held_out_and_pages_that_are_left_out_are_told() -> None:
    _, found = await surveyed(replace(document("a.epub", f"{RAIN}\n\nIt rained."), left_out=("title.xhtml",)))
    assert found.held_out_share == pytest.approx(10 / (len(RAIN) + 12))
    assert found.left_out == {"a.epub": ("title.xhtml",)}
    _, found = await surveyed()
    assert found.held_out_share == 0


async def test_what_is_held_out_of_texts_without_a_place_to_cut_is_said_to_be_little() -> None:
    _, found = await surveyed(document("a.txt", "rain " * 1000), document("b.txt", "It rained."))
    assert [(each.kind, dict(each.values)) for each in found.findings()[1:]] == [
        (FindingKind.LITTLE_HELD_OUT, {"characters": 10})
    ]
