"""What an English passage is about is told from its words alone."""

from __future__ import annotations

from dataclasses import astuple

import pytest

from bot.tuning.subjects.english import EnglishWords

# Enough of everything else for words to be known by what stands around them.
OTHERS = """
The miller had a daughter. The daughter came to the mill, and the miller said that a mill is no place for a daughter.
A fox came to the river. The old fox was hungry, and a hungry fox is a thief. The fox said that the river was cold.
An old woman lived by the river. The woman had a cow, and the cow gave milk. An old woman and a cow are old friends.
The sea was grey. The grey sea is an old friend. He looked at the sea, she looked at the sea, and the sea was still.
He met a poor widow, a poor man and a poor boy. The widow was kind. A widow has much to do, and the widow did it all.
The pirates came at night. Every pirate had a knife, and the pirates said that a pirate and the sea are one.
He went to the market. It was so that he did not know what to do about it, and she told him what to do about it.
There stood Mr. Toad. He asked Mr. Toad, and Mr. Toad answered that Dorothy was at home. He went to Dorothy at once.
He called Dorothy. Then Dorothy came. He saw the Scarecrow, and the Scarecrow saw the Tin Woodman. But Dorothy ran.
He asked the Tin Woodman. He told the Tin Woodman of the Scarecrow, and the Tin Woodman looked at the Scarecrow.
He wrote about the Tin Woodman, about the Scarecrow and about Dorothy. The gold was hers, and the gold was gone.
"""


@pytest.fixture
def words() -> EnglishWords:
    found = EnglishWords(frozenset({"thing", "way"}))
    found.add(OTHERS.splitlines() * 3)
    found.add(["It was so that it was not so, and there it was, as it is with what is so."] * 60)
    return found


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ("A fox sat there. The fox was sad, and so was his friend.", ("fox", "a fox", "The Fox")),
        ("A poor widow sat there. The widow was sad.", ("widow", "a poor widow", "The Poor Widow")),
        ("There were pirates. Such pirates are sad.", ("pirates", "pirates", "Pirates")),
        ("So this is the sea. The sea is sad.", ("sea", "the sea", "The Sea")),
        ("It was all gold. The gold is sad.", ("gold", "the gold", "The Gold")),
        ("It was Dorothy. So sad was Dorothy.", ("Dorothy", "Dorothy", "Dorothy")),
        ("Poor Dorothy! Then Dorothy’s cow was sad.", ("Dorothy", "Dorothy", "Dorothy")),
        ("So was Dorothy’s Scarecrow. So is Dorothy’s Scarecrow.", ("Dorothy", "Dorothy", "Dorothy")),
        ("It was the Scarecrow. So sad was he. Scarecrow he was.", ("Scarecrow", "the Scarecrow", "The Scarecrow")),
        ("It was the Tin Woodman. So the Tin Woodman was.", ("Tin Woodman", "the Tin Woodman", "The Tin Woodman")),
        ("Mr. Toad it was. So sad was Mr. Toad.", ("Mr. Toad", "Mr. Toad", "Mr. Toad")),
    ],
)
def test_the_first_subject_is_what_stands_out(
    words: EnglishWords, passage: str, expected: tuple[str, str, str]
) -> None:
    first, *_ = words.subjects([passage])
    assert astuple(first) == expected


def test_what_is_there_more_often_comes_first(words: EnglishWords) -> None:
    found = words.subjects(["The fox saw the cow. The cow saw the fox. So the fox went away, and the fox was sad."])
    assert [each.word for each in found] == ["fox", "cow"]


@pytest.mark.parametrize(
    "passage",
    [
        "It was so, and it was not so. So it was.",
        "He looked at it and said so. She looked at it and said so.",
        "The old, old, hungry and poor, hungry and poor.",
        "A thing is a thing, and a way is a way.",
        "A fox was there.",
        "Unheard and unseen, unheard and unseen.",
        "",
    ],
)
def test_where_nothing_stands_out_there_is_no_subject(words: EnglishWords, passage: str) -> None:
    assert words.subjects([passage]) == []


def test_what_comes_late_in_a_passage_is_no_subject_of_it(words: EnglishWords) -> None:
    assert words.subjects(["It was so.", "The fox came. The fox was sad."]) == []


def test_no_words_at_all_are_no_trouble() -> None:
    assert EnglishWords().subjects([]) == []
    assert EnglishWords().subjects(["A fox is a fox."]) == []
