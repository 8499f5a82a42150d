"""A disguised word is found in a stream as it is in the whole text, however the stream is cut."""

from __future__ import annotations

import asyncio
import random
from types import MappingProxyType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.safety.layer import Safety
from bot.safety.policy import Policy
from bot.safety.verdict import Action, Category, Severity
from bot.safety.words.lexicon import Lexicon, load_words

LEXICON = Lexicon(load_words())
SAFETY = Safety([LEXICON])
MASKING = Policy(
    "test", MappingProxyType({(kind, severity): Action.MASK for kind in Category for severity in Severity})
)
"""Masks all that is not locked."""
PIECES = [
    "1 hope ", "丂", "卄", "丨", "ㄒ", "k1",
    "1l", "ll", "your", "self", "you die", "ʞ", "ɔ", "n", "ɟ", "@$$", "5 ", "ß", "ﬁ",
    "f", "u", "c", "k", "fu", "ck", "fuck", "shit", "sh", "it", "ass", "a", "s", "hole", "kill", "kys", "yourself",
    "go", "cum", "the ass", "blow", "job", "son of a", "bitch", "pu", "5h1t", "$", "@", "1", "!", "3", "0", "*", "**",
    "||", "`", "_", ".", ",", "-", " ", "  ", "\n", "\n\n", "💥", "\u200b", "\u0301", "ｆ", "ц", "и", "н", "—", "…",
    "操", "你", "妈", "的", "妈的", "傻", "逼", "口交", "通", "，", "。", "路", "x", "scunt", "horpe", ". The ",
    "&#102;", "&#", "102;", "&nbsp;", "<:x:", "12>", "bi", "tc", "h", "of ", "it ",
    "No. ", "“", "”", "'", "fuuuu", "kkkk", "\u200b" * 9, "x" * 30,
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
CUTS = st.one_of(st.just(list(range(300))), st.lists(st.integers(0, 200), max_size=20))


async def _streamed(text: str, cuts: list[int]) -> str:
    places = sorted({min(cut, len(text)) for cut in cuts})
    guard, shown = SAFETY.guard(MASKING), ""
    for start, end in zip([0, *places], [*places, len(text)], strict=True):
        shown += (await guard.feed(text[start:end])).text
    return shown + (await guard.finish()).text


def as_streamed(text: str, cuts: list[int]) -> str:
    return asyncio.run(_streamed(text, cuts))


def as_a_whole(text: str) -> str:
    """Give what is shown of a text: as much of it as stands before what is blocked."""
    verdict = asyncio.run(SAFETY.read(text, MASKING))
    if verdict.action is not Action.BLOCK:
        return verdict.text
    start = min(hit.start for hit in verdict.hits if MASKING.action(hit) is Action.BLOCK)
    return MASKING.masked(text[:start], [hit for hit in verdict.hits if hit.end <= start])


@given(TEXTS, CUTS)
@settings(max_examples=300)
@example("f" * 300 + "uck", [10, 250])
@example("a b c d e f g h i j k l m n o p q r s t u v w x y z. F u c k", list(range(300)))
@example("fu" + "\u200b" * 250 + "ck. ass" + "\u200b" * 90 + "x", list(range(500)))
def test_what_is_shown_is_the_same_however_the_text_comes(text: str, cuts: list[int]) -> None:
    assert as_streamed(text, cuts) == as_a_whole(text)


@given(TEXTS, TEXTS)
@settings(max_examples=300)
def test_what_is_settled_stays_as_it_is(text: str, more: str) -> None:
    settled = LEXICON.settled(text)
    known = {hit for hit in LEXICON.find(text) if hit.start < settled}
    assert {hit for hit in LEXICON.find(text + more) if hit.start < settled} == known


@given(TEXTS, TEXTS)
@settings(max_examples=300)
def test_a_hit_depends_on_sixty_four_characters_before_it(before: str, text: str) -> None:
    whole = before + text
    cut = max(0, len(before) - 64)
    shift = len(before)
    seen = [hit.moved(cut) for hit in LEXICON.find(whole[cut:])]
    assert {hit for hit in seen if hit.start >= shift} == {hit for hit in LEXICON.find(whole) if hit.start >= shift}


@pytest.mark.parametrize(
    "text",
    [
        "It was a dark night, and the rain fell",
        "He said: “I go to the sea”, and went",
        "渔夫走进了森林，再也没有回来",
        "A. B. Smith of the U.S.",
    ],
)
def test_honest_prose_waits_for_a_word_at_most(text: str) -> None:
    assert len(text) - LEXICON.settled(text) <= len(text.rsplit(maxsplit=1)[-1])


@pytest.mark.parametrize("piece", ["f", "f ", "f*", "ass-", "go ", "操 ", "\u200b", "𝐟", "f.", "1!", "kill your "])
def test_nothing_holds_a_stream_back_by_more_than_two_hundred_characters(piece: str) -> None:
    text = piece * 500
    assert len(text) - LEXICON.settled(text) <= 200


def test_any_text_can_be_read() -> None:
    chance = random.Random(7)
    ranges = [
        (0, 0x7F),
        (0x80, 0x24F),
        (0x250, 0xFFF),
        (0x2000, 0x33FF),
        (0x4E00, 0x9FFF),
        (0xD800, 0xFFFF),
        (0x10000, 0x10FFFF),
    ]
    for _ in range(10_000):
        low, high = chance.choice(ranges)
        text = "".join(
            chr(chance.choice([chance.randint(low, high), chance.randint(32, 126)]))
            for _ in range(chance.randint(1, 40))
        )
        assert 0 <= LEXICON.settled(text) <= len(text)
        assert all(0 <= hit.start < hit.end <= len(text) for hit in LEXICON.find(text))
