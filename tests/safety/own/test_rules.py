"""What a server adds is checked before it is kept, found in any dress, and slows nothing down."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.safety.finder import NO_OWN_RULES, OwnRules
from bot.safety.layer import Safety
from bot.safety.own import rules
from bot.safety.own.errors import (
    AnchoredExpressionError,
    EmptyWordError,
    EndlessExpressionError,
    NothingExpressionError,
    OwnRuleError,
    RuleTooLongError,
    UnreadableExpressionError,
)
from bot.safety.own.rules import (
    EXPRESSION_LENGTH,
    MOST_PLACES,
    PLACES,
    SPAN,
    WORD_LENGTH,
    OwnExpressions,
    OwnWords,
    _reach,
    checked_expression,
    checked_word,
    own_rules,
)
from bot.safety.policy import STANDARD, Policy
from bot.safety.verdict import MASK, Action, Category, Hit, Rule, Severity, Source
from bot.safety.words.lexicon import Lexicon, load_words
from tests.safety.test_layer import CUTS, chunks, run, stream

SAFETY = Safety([Lexicon({"damn": Category.PROFANITY, "nigger": Category.SLUR})])


def policy(own: OwnRules) -> Policy:
    return Policy("test", STANDARD.actions, own=own)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("The Spoiler is here.", f"The {MASK * 7} is here."),
        ("ｓｐｏｉｌｅｒ", MASK * 7),
        ("sp\u200bóiler", MASK * 8),
        ("the red  wedding", f"the {MASK * 3}  {MASK * 7}"),
        ("spoilers", "spoilers"),
    ],
)
async def test_a_servers_word_is_masked_in_whatever_dress(text: str, shown: str) -> None:
    own = own_rules({checked_word("Spóiler"): Action.MASK, checked_word("red wedding"): Action.MASK})
    verdict = await SAFETY.read(text, policy(own))
    assert verdict.text == shown
    assert all(hit.category is Category.CUSTOM and hit.rule.source is Source.OWN_WORD for hit in verdict.hits)


async def test_a_word_that_is_to_be_blocked_blocks() -> None:
    own = own_rules({"spoiler": Action.BLOCK})
    verdict = await SAFETY.read("a spoiler", policy(own))
    assert verdict.action is Action.BLOCK
    assert verdict.decisive
    assert verdict.decisive.rule == Rule(Source.OWN_WORD, "spoiler")


async def test_an_allowed_word_passes_but_none_that_no_server_may_allow() -> None:
    own = own_rules({}, ["damn", "nigger"])
    assert own.finders == ()
    assert (await SAFETY.read("damn", policy(own))).action is Action.ALLOW
    assert (await SAFETY.read("nigger", policy(own))).action is Action.BLOCK


async def test_an_inflection_is_allowed_by_itself_or_with_its_word() -> None:
    listed = Safety([Lexicon(load_words())])
    for allowed, passing, caught in (
        ("fucking", "fucking", "fuck"),
        ("fuck", "fucking", "shit"),
        ("shit", "shit shits shitting shitty shitter", "shithead"),
    ):
        here = policy(own_rules({}, [allowed]))
        assert (await listed.read(passing, here)).action is Action.ALLOW
        assert (await listed.read(caught, here)).action is Action.MASK


@pytest.mark.parametrize(
    "text", ["good", "**good**", "g**oo**d", "so-good", "g00d", "(good", "g oo d", "go_od", "goods"]
)
def test_a_doubled_letter_makes_another_word_than_a_servers_own(text: str) -> None:
    assert OwnWords({"god": Severity.STRONG}).find(text) == []


@pytest.mark.parametrize(("word", "other"), [("ben", "been"), ("met", "meet"), ("lose", "loose"), ("hop", "hoop")])
def test_a_servers_word_is_not_found_in_one_that_doubles_its_letter(word: str, other: str) -> None:
    finder = OwnWords({word: Severity.STRONG})
    assert finder.find(f"{other} {other.upper()} *{other}* {other}!") == []
    assert len(finder.find(f"{word} *{word}* {word}{word[-1] * 3}")) == 3


@pytest.mark.parametrize(
    ("word", "text"), [("god", "gooood"), ("good", "goood"), ("good", "good"), ("god", "g o d"), ("god", "g.o.d")]
)
def test_a_stretched_word_of_a_server_is_found(word: str, text: str) -> None:
    assert [(hit.start, hit.end) for hit in OwnWords({word: Severity.STRONG}).find(text)] == [(0, len(text))]


def test_a_server_without_rules_has_no_finders() -> None:
    assert own_rules({}) == NO_OWN_RULES


@pytest.mark.parametrize(
    ("expression", "text", "shown"),
    [
        (r"\bking\w*", "The Kingdom of the king, parking.", f"The {MASK * 7} of the {MASK * 4}, parking."),
        (r"chapter \d+", "CHAPTER 12: go", f"{MASK * 7} {MASK * 2}: go"),
        ("坏[词话]", "这是坏词，也是坏话。", f"这是{MASK * 2}，也是{MASK * 2}。"),
        (r"a.*b\b", "xx a1 b\n2 b", f"xx {MASK * 2} {MASK}\n2 b"),
        (r"\[ad\]", "An [AD] here", f"An {MASK * 4} here"),
        (r"😀+!", "Ha 😀😀!", f"Ha {MASK * 3}"),
    ],
)
async def test_an_expression_masks_what_it_matches(expression: str, text: str, shown: str) -> None:
    own = own_rules({}, expressions={checked_expression(expression): Action.MASK})
    verdict = await SAFETY.read(text, policy(own))
    assert verdict.text == shown
    assert {hit.rule for hit in verdict.hits} == {Rule(Source.OWN_PATTERN, expression)}


def test_a_match_ends_with_its_line_and_has_a_longest_length() -> None:
    finder = OwnExpressions({"foo[^x]*bar": Severity.STRONG})
    assert finder.find("foo\nbar") == []
    assert finder.find("foo" + "." * SPAN + "bar") == []
    assert [(hit.start, hit.end) for hit in finder.find("." * 300 + "foo.bar" + "." * 90 + "bar")] == [(300, 400)]


HOSTILE = [f"[b-df-z][a-z ]{{60,99}}|zz{number}qq" for number in range(25)]
"""Each matches at nearly every place of a text, and reads far from there."""
PROSE = "now is a time for all good men to come to some aid of our party "


def test_hostile_expressions_take_time_that_grows_with_the_text_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    def reach(*arguments: Any) -> int | None:
        nonlocal asked
        asked += 1
        return _reach(*arguments)

    monkeypatch.setattr(rules, "_reach", reach)
    counts = []
    for length in (4_000, 8_000):
        asked = 0
        finder = OwnExpressions({checked_expression(HOSTILE[0]): Severity.STRONG})
        hits = finder.find((PROSE * 200)[:length])
        assert hits[0].start <= 1
        assert hits[-1].end >= length - SPAN
        counts.append(asked)
    assert counts[0] <= PLACES + 4_000 // 20
    assert counts[1] <= 2 * counts[0]


def test_an_expression_that_matches_nearly_everywhere_finds_the_rest_of_the_text() -> None:
    text = "zx" * 3 * MOST_PLACES
    hits = OwnExpressions({"z": Severity.STRONG}).find(text)
    assert len(hits) == MOST_PLACES + 1
    assert hits[-1].end == len(text)
    assert all(hit.end - hit.start == 1 for hit in hits[:-1])


def test_two_letters_in_a_row_are_found_wherever_reading_began() -> None:
    finder = OwnExpressions({"ff": Severity.STRONG})
    for length in (2, PLACES + 10, 3 * PLACES + 1):
        covered = {place for hit in finder.find("f" * length) for place in range(hit.start, hit.end)}
        assert covered == set(range(length))


@pytest.mark.parametrize("expressions", [{}, dict.fromkeys(HOSTILE, Action.MASK)])
async def test_expressions_are_looked_for_in_a_thread(expressions: dict[str, Action]) -> None:
    threads = set[str]()

    class Finder:
        def find(self, text: str) -> list[Hit]:
            threads.add(threading.current_thread().name)
            return []

        def settled(self, text: str) -> int:
            return len(text)

    own = own_rules({"spoiler": Action.MASK}, expressions=expressions)
    await Safety([Finder()]).read((PROSE * 40)[:2_000], policy(own))
    assert (threads == {threading.main_thread().name}) is not bool(expressions)


@pytest.mark.parametrize(
    ("expression", "error"),
    [
        ("(", UnreadableExpressionError),
        (r"(?=a)bc", UnreadableExpressionError),
        (r"(.)\1", UnreadableExpressionError),
        (r"[\p{L}\p{N}]{1000}", UnreadableExpressionError),
        (r"([\p{L}\p{N}]{100}){10}", UnreadableExpressionError),
        ("x" * (EXPRESSION_LENGTH + 1), RuleTooLongError),
        ("^fox", AnchoredExpressionError),
        ("fox$", AnchoredExpressionError),
        (r"\Afox", AnchoredExpressionError),
        (r"fox\z", AnchoredExpressionError),
        ("", NothingExpressionError),
        ("a*", NothingExpressionError),
        (r"\b", NothingExpressionError),
        ("x?|fox", NothingExpressionError),
        (".", EndlessExpressionError),
        (".+", EndlessExpressionError),
        (r"\w", EndlessExpressionError),
        (r"\s", EndlessExpressionError),
        ("the|fox", EndlessExpressionError),
        ("[^x]", EndlessExpressionError),
        (r"\p{Han}", EndlessExpressionError),
    ],
)
def test_an_expression_that_does_harm_is_refused_with_a_reason(expression: str, error: type[OwnRuleError]) -> None:
    with pytest.raises(error):
        checked_expression(expression)


@pytest.mark.parametrize("expression", [r"\$100", "[^a-z]foxy", r"fox\^", "(?i)foxy", "[]^$]foxy", r"\bfoxy\b"])
def test_an_expression_that_only_looks_anchored_is_taken(expression: str) -> None:
    assert checked_expression(expression) == expression


def test_a_word_is_folded_and_has_a_longest_length() -> None:
    assert checked_word("  Spóiler  ALERT ") == "spoiler alert"
    for empty in ("", " ", "…", "\u200b"):
        with pytest.raises(EmptyWordError):
            checked_word(empty)
    with pytest.raises(RuleTooLongError, match=f"{WORD_LENGTH + 1}"):
        checked_word("x" * (WORD_LENGTH + 1))


OWN = own_rules(
    {"ab": Action.MASK, "bb b": Action.MASK, "cc dd": Action.MASK},
    expressions=dict.fromkeys((r"a+b", r"x[^y]*y", r"\bcc\b", "坏.词", r"aa", r"c\s*d{2,}"), Action.MASK),
)
PIECES = st.lists(
    st.sampled_from(
        [
            "a",
            "b",
            "ab",
            "x",
            "y",
            "cc",
            " ",
            "\n",
            "坏",
            "词",
            "d",
            "dd",
            ". ",
            "。",
            "z" * 40,
            "a" * 60,
            "😀",
            "bb b",
            ", ",
            "**",
            "> ",
        ]
    ),
    max_size=40,
).map("".join)


@given(PIECES, CUTS)
@settings(max_examples=200, deadline=None)
def test_pieces_come_to_the_same_as_the_whole(text: str, cuts: list[int]) -> None:
    whole = run(SAFETY.read(text, policy(OWN)))
    shown, action, _ = run(stream(SAFETY, chunks(text, cuts), policy(OWN)))
    assert (shown, action) == (whole.text, whole.action)


@given(PIECES, PIECES)
@settings(max_examples=200, deadline=None)
def test_what_is_settled_stays_whatever_follows(text: str, more: str) -> None:
    finder = OWN.finders[1]
    cut = finder.settled(text)
    assert cut >= len(text) - SPAN
    before = {(hit.start, hit.end, hit.rule) for hit in finder.find(text) if hit.start < cut}
    assert before == {(hit.start, hit.end, hit.rule) for hit in finder.find(text + more) if hit.start < cut}
