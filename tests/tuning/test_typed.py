"""Before a passage stands a request that is about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.tuning.document import Document, paragraphs_of
from bot.tuning.requests import load_requests
from bot.tuning.typed import SHARE, examples_wanted, is_opening, typed_examples

REQUESTS = load_requests()
ANIMALS = ("fox", "raven", "badger", "heron", "otter", "lynx", "stork", "weasel")
TALE = """In the year of the great rain there lived a {animal} by the river, and the {animal} had a house of stone \
with a roof of reeds and a green door.

“Who is there?” asked the {animal}.

The {animal} opened the door and looked out into the rain, but nobody was to be seen on the road or in the reeds, and \
so the {animal} went to bed again.

He slept badly, for the rain was loud, and the roof let in more of it than he had thought in the summer."""
TALES = [
    Document(name=f"{animal}.txt", text=TALE.format(animal=animal), source=Path(f"{animal}.txt")) for animal in ANIMALS
]
FISHERMAN = Document(
    name="fisherman.txt",
    text="从前海边住着一个老渔夫，老渔夫每天出海，可是老渔夫从来没有打到过鱼，村里的人都笑话他，只有他的小女儿相信他"
    "总有一天会打到一条大鱼，带回家来给她看。",
    source=Path("fisherman.txt"),
)
WEATHER = Document(
    name="weather.txt", text="\n\n".join(["春天花开，夏天雨多，秋天风凉，冬天雪白。"] * 20), source=Path("weather.txt")
)


def examples(documents: list[Document], *, count: int = 50, letters: int = 1000, seed: int = 0) -> list[Document]:
    return typed_examples(documents, REQUESTS, count=count, letters=letters, seed=seed)


def test_a_request_is_about_the_passage_that_follows_it() -> None:
    found = examples(TALES)
    assert len(found) == 2 * len(TALES)
    for each in found:
        animal = each.source.stem
        assert animal in each.request.lower()
        assert each.text.startswith((f"In the year of the great rain there lived a {animal}", f"The {animal} opened"))


def test_a_passage_is_paragraphs_of_its_document_up_to_what_fits_a_block() -> None:
    whole, short = examples(TALES), examples(TALES, letters=150)
    for each in whole:
        assert next(tale for tale in TALES if tale.source == each.source).text.endswith(each.text)
    assert all(len(paragraphs_of(each.text)) <= 2 for each in short)
    assert all(each.prose and "\n" not in each.request for each in whole)


def test_the_same_seed_asks_for_the_same_and_another_for_other_things() -> None:
    assert examples(TALES, seed=1) == examples(TALES, seed=1)
    assert examples(TALES, seed=1) != examples(TALES, seed=2)


def test_no_more_are_made_than_are_wanted() -> None:
    assert len(examples(TALES, count=5)) == 5
    assert examples(TALES, count=0) == []


def test_what_came_with_a_request_keeps_it_and_gets_no_other() -> None:
    asked = [Document(name=each.name, text=each.text, source=each.source, request="a wish") for each in TALES]
    assert examples(asked) == []


def test_chinese_passages_are_asked_for_in_chinese() -> None:
    (found,) = examples([FISHERMAN, WEATHER])
    assert "渔夫" in found.request


@pytest.mark.parametrize(
    ("beginning", "opens"),
    [
        ("There lived a king", True),
        ("Once upon a time", True),
        ("Dorothy lived in Kansas", True),
        ("He went away", False),
        ("“Go away,” said the king", False),
        ("But the king", False),
        ("When they came", False),
        ("When the king came", True),
        ("从前有一个国王", True),
        ("他走了", False),
        ("“走吧。”", False),
    ],
)
def test_a_story_begins_with_what_leans_on_nothing(beginning: str, opens: bool) -> None:
    assert is_opening(f"{beginning}, " + "and so it went on for a long time " * 5) is opens
    assert not is_opening(beginning)


def test_examples_are_a_share_of_all_blocks() -> None:
    wanted = examples_wanted(800)
    assert wanted / (800 + wanted) == pytest.approx(SHARE)
    assert examples_wanted(800, 0.0) == 0
