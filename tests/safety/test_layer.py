"""No character of a hit is ever released, however a text is cut, and everything else comes through."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.safety.classifiers.protocol import Unit
from bot.safety.layer import Safety
from bot.safety.opening import open_finders
from bot.safety.policy import STANDARD, Policy
from bot.safety.units import LONGEST
from bot.safety.verdict import MASK, Action, Category, Hit, Rule, Severity, Source
from bot.safety.words.lexicon import Lexicon, load_words

SAFETY = Safety([Lexicon(load_words())])
FICTION = (
    "God knows, said Dick, and he moved his pawn.",
    "They came to kill the king, damn them, and the child in her womb.",
    "It was a gay evening, and the queer old man drank his rum.",
    "Scunthorpe lies north of Penistone; the assassin read Dickens in the cockpit.",
    "The classic bass player passed the grass to his assistant.",
    "A shuttlecock, a peacock and a Hancock stood by Matsushita's shiitake.",
    "The analyst raised an analogy about Essex and Sussex.",
    "She lost her virginity oath in the city of Nigeria and Niger.",
    "“To hell with it!” cried the bastard prince. “Strip the sails.”",
    "渔夫走进了森林，再也没有回来。",
)
# Words with few letters in common pieces, so that random texts hit them often.
SMALL = Safety(
    [
        Lexicon(
            {
                "aba": Category.PROFANITY,
                "ab": Category.PROFANITY,
                "ab ba": Category.SEXUAL,
                "bbb": Category.VIOLENCE,
                "a-b": Category.SPAM,
            }
        )
    ]
)
POLICY = Policy(
    "test",
    MappingProxyType(
        {(kind, Severity.STRONG): Action.MASK for kind in (Category.PROFANITY, Category.SEXUAL, Category.SPAM)}
    ),
)
BLOCKING = POLICY.with_actions({(Category.VIOLENCE, Severity.STRONG): Action.BLOCK})
TEXT = st.lists(
    st.sampled_from(["a", "b", "ab", "aba", "ab ba", "bbb", "x", " ", ".", "-", "\n", "\u200b", "á", "Ａ", "ß"]),
    max_size=40,
).map("".join)
# Letter by letter half of the time: that is where most goes wrong.
CUTS = st.one_of(st.just(list(range(200))), st.lists(st.integers(0, 80), max_size=20))


def chunks(text: str, cuts: list[int]) -> list[str]:
    places = sorted({min(cut, len(text)) for cut in cuts})
    return [text[one:other] for one, other in zip([0, *places], [*places, len(text)], strict=True)]


async def stream(safety: Safety, pieces: list[str], policy: Policy) -> tuple[str, Action, set[Category]]:
    guard, text, actions, categories = safety.guard(policy), "", [], set()
    for verdict in [*[await guard.feed(piece) for piece in pieces], await guard.finish()]:
        text += verdict.text
        actions.append(verdict.action)
        categories |= set(verdict.categories)
    hardest = max(actions, key=list(Action).index)
    return text, hardest, categories


def run(awaitable: Any) -> Any:
    return asyncio.run(awaitable)


@given(TEXT, CUTS)
def test_pieces_come_to_the_same_as_the_whole(text: str, cuts: list[int]) -> None:
    whole = run(SMALL.read(text, POLICY))
    shown, action, categories = run(stream(SMALL, chunks(text, cuts), POLICY))
    assert shown == whole.text
    assert action is whole.action
    assert categories == set(whole.categories)


@given(TEXT, CUTS)
def test_before_a_block_nothing_of_it_is_shown_and_the_text_before_it_is_kept(text: str, cuts: list[int]) -> None:
    whole = run(SMALL.read(text, BLOCKING))
    shown, action, _ = run(stream(SMALL, chunks(text, cuts), BLOCKING))
    assert action is whole.action
    if action is Action.BLOCK:
        assert whole.text == ""
        start = min(hit.start for hit in whole.hits if hit.category is Category.VIOLENCE)
        assert shown == run(SMALL.read(text, POLICY)).text[:start]
    else:
        assert shown == whole.text


@given(TEXT)
def test_masking_keeps_every_other_character(text: str) -> None:
    verdict = run(SMALL.read(text, POLICY))
    hidden = {
        offset for hit in verdict.hits if hit.category is not Category.VIOLENCE for offset in range(hit.start, hit.end)
    }
    expected = "".join(MASK if offset in hidden and not char.isspace() else char for offset, char in enumerate(text))
    assert verdict.text == expected


@given(
    st.sampled_from(["fuck", "Ｆｕｃｋ", "fúck", "blow  job", "blow\n\njob", "god knows", "fu\u200bck"]),
    CUTS,
    st.text("xyz .", max_size=30),
)
@settings(max_examples=60)
def test_the_real_list_is_as_watertight(word: str, cuts: list[int], around: str) -> None:
    text = f"{around} {word} {around}"
    assert run(stream(SAFETY, chunks(text, cuts), STANDARD))[0] == run(SAFETY.read(text, STANDARD)).text


@pytest.mark.parametrize("gap", [" ", "\n", " " * 100, "\u200b" * 100 + " "])
async def test_a_phrase_is_seen_however_wide_its_gap_is(gap: str) -> None:
    text = f"a blow{gap}job b"
    assert (await SAFETY.read(text, STANDARD)).action is Action.MASK
    shown, _, _ = await stream(SAFETY, list(text), STANDARD)
    assert "blow" not in shown
    assert "job" not in shown


@pytest.mark.parametrize("text", FICTION)
async def test_words_of_fiction_pass(text: str) -> None:
    verdict = await SAFETY.read(text, STANDARD)
    assert (verdict.action, verdict.categories, verdict.text) == (Action.ALLOW, (), text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("What the fuck, he said.", "What the ••••, he said."),
        ("FUCK!", "••••!"),
        ("ｆｕｃｋ", "••••"),
        ("fúck", "••••"),
        ("f\u200buck", "•••••"),
        ("a blow job", "a •••• •••"),
        ("“Fuck,” “fuck”", "“••••,” “••••”"),
        ("_fuck_ *fuck*", "_••••_ *••••*"),
    ],
)
async def test_swearing_is_masked_in_whatever_dress(text: str, shown: str) -> None:
    verdict = await SAFETY.read(text, STANDARD)
    assert verdict.action is Action.MASK
    assert verdict.text == shown
    assert verdict.score == 1.0


async def test_a_slur_blocks_and_the_hardest_category_is_named_first() -> None:
    verdict = await SAFETY.read("fuck you, nigger", STANDARD)
    assert verdict.action is Action.BLOCK
    assert verdict.categories == (Category.SLUR, Category.PROFANITY)
    assert verdict.decisive
    assert verdict.decisive.category is Category.SLUR
    assert verdict.decisive.rule == Rule(Source.WORD, "nigger")
    assert verdict.text == ""


async def test_what_is_masked_around_a_block_is_masked_up_to_it() -> None:
    class Sentences:
        """Finds every sentence explicit."""

        def classify(self, units: Sequence[Unit], *, wary: bool) -> list[list[Hit]]:
            rule = Rule(Source.CLASSIFIER, "sexual")
            return [[Hit(0, len(unit.text), Category.SEXUAL, Severity.STRONG, rule, 0.9)] for unit in units]

    safety = Safety([Lexicon(load_words())], Sentences())
    text, action, _ = await stream(safety, ["She did the thing with the faggot there. "], STANDARD)
    assert action is Action.BLOCK
    assert set(text) <= {MASK, " "}, text


async def test_after_a_slur_nothing_more_is_released() -> None:
    guard = SAFETY.guard(STANDARD)
    verdicts = [
        await guard.feed("What the fuck. You nig"),
        await guard.feed("ger there, and much more. Text follows behind it here."),
    ]
    assert "".join(verdict.text for verdict in verdicts) == "What the ••••. You "
    assert verdicts[-1].action is Action.BLOCK
    for verdict in (await guard.feed(" Harmless."), await guard.finish()):
        assert (verdict.action, verdict.text) == (Action.BLOCK, "")


async def test_a_word_does_not_begin_behind_a_letter_that_was_released_before() -> None:
    guard, text = SMALL.guard(POLICY), "x" * LONGEST + "ab x"
    shown = "".join([(await guard.feed(piece)).text for piece in ("x" * LONGEST + "xxxxxx", "ab", " x")])
    assert shown
    assert shown + (await guard.finish()).text == text.replace("xab", "xxxxxxxab")


async def test_a_phrase_that_began_in_what_stood_before_is_found_as_far_as_it_is_new() -> None:
    guard = SAFETY.guard(STANDARD, "He said: blow")
    assert (await guard.feed(" job")).text + (await guard.finish()).text == " •••"


async def test_a_policy_that_names_nothing_allows_and_still_says_what_is_there() -> None:
    verdict = await SAFETY.read("What the fuck", Policy("open", MappingProxyType({})))
    assert (verdict.action, verdict.categories, verdict.text) == (Action.ALLOW, (Category.PROFANITY,), "What the fuck")


async def test_a_sentence_is_released_when_the_next_one_has_begun() -> None:
    guard = SAFETY.guard(STANDARD)
    assert (await guard.feed("The fox left the house. ")).text == ""
    assert (await guard.feed("It went over the hills and into the night")).text == "The fox left the house. "
    assert (await guard.finish()).text == "It went over the hills and into the night"


async def test_the_cost_of_a_stream_grows_with_its_length_and_not_with_its_square() -> None:
    costs = []
    for length in (1000, 2000, 4000):
        counting = Counting()
        await stream(Safety([counting]), list(("The fox left the house. " * 200)[:length]), STANDARD)
        costs.append(counting.seen)
    assert costs[1] < 2.2 * costs[0]
    assert costs[2] < 2.2 * costs[1]


class Counting:
    """A finder that finds nothing and counts what it looks at."""

    def __init__(self) -> None:
        self.seen = 0

    def find(self, text: str) -> list[Hit]:
        self.seen += len(text)
        return []

    def settled(self, text: str) -> int:
        self.seen += len(text)
        return len(text)


async def test_no_text_holds_a_stream_back_for_ever() -> None:
    guard, shown, held = Safety(open_finders()).guard(STANDARD), 0, 0
    text = "see discord . gg now. Write to a@b.com. " * 60
    for number in range(0, len(text), 4):
        shown += len((await guard.feed(text[number : number + 4])).text)
        held = max(held, number + 4 - shown)
    assert held <= 2 * LONGEST
