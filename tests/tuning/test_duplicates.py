"""Of texts that are the same the earlier one stays, and nothing else goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.tuning.document import Document
from bot.tuning.duplicates import Duplicate, Sameness, distinct, shingles

RAIN = "The miller had a daughter who could talk to rain, and " + ", ".join(f"day {n} was wet" for n in range(60)) + "."
WIND = "The mill was turned by the wind alone, and " + ", ".join(f"night {n} was loud" for n in range(60)) + "."
CHINESE = "磨坊主有一个会和雨说话的女儿，可是山谷里没有一个人觉得这有什么用处，因为磨坊是靠风转动的。" * 3


def documents(*texts: str) -> list[Document]:
    return [
        Document(name=f"{number}.txt", text=text, source=Path(f"{number}.txt")) for number, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("again", "sameness"),
    [
        (RAIN, Sameness.EXACT),
        (RAIN.upper().replace(",", " –"), Sameness.EXACT),
        (RAIN.replace("day 30", "day thirty"), Sameness.NEAR),
        (RAIN + " And so it went on.", Sameness.NEAR),
    ],
)
def test_the_later_of_two_that_are_the_same_is_dropped(again: str, sameness: Sameness) -> None:
    first, wind, later = documents(RAIN, WIND, again)
    found = distinct([first, wind, later])
    assert found.documents == (first, wind)
    assert found.duplicates == (Duplicate("2.txt", "0.txt", sameness),)


def test_chinese_is_compared_by_its_characters() -> None:
    first, later = documents(CHINESE + "雨停了。", CHINESE + "雨没停。")
    assert distinct([first, later]).duplicates == (Duplicate("1.txt", "0.txt", Sameness.NEAR),)
    assert shingles("磨坊主有一个，女儿") == {"磨 坊 主 有 一", "坊 主 有 一 个", "主 有 一 个 女", "有 一 个 女 儿"}


def test_another_tale_in_the_same_words_stays() -> None:
    words = RAIN.split()
    other = " ".join(reversed(words))
    assert len(distinct(documents(RAIN, other)).documents) == 2


def test_a_long_paragraph_stays_where_it_stood_first_and_a_short_one_everywhere() -> None:
    first, later = documents(f"“Yes,” she said.\n\n{RAIN}", f"“Yes,” she said.\n\n{WIND}\n\n{RAIN}\n\nIt ended.")
    found = distinct([first, later])
    assert [each.text for each in found.documents] == [first.text, f"“Yes,” she said.\n\n{WIND}\n\nIt ended."]
    assert (found.duplicates, found.paragraphs) == ((), 1)


def test_a_document_of_which_nothing_is_left_goes() -> None:
    first, later = documents(f"{RAIN}\n\n{WIND}", RAIN)
    found = distinct([first, later])
    assert (found.documents, found.paragraphs) == ((first,), 1)


def test_no_documents_are_no_trouble() -> None:
    assert distinct([]).documents == ()


@given(st.lists(st.sampled_from([RAIN, WIND, CHINESE, "It rained.", "It poured."]), max_size=8))
@settings(max_examples=30)
def test_what_is_distinct_stays_so(texts: list[str]) -> None:
    found = distinct(documents(*texts))
    assert [each.text for each in found.documents] == list(dict.fromkeys(texts))
    assert len(found.documents) + len(found.duplicates) == len(texts)
    assert distinct(found.documents).documents == found.documents
