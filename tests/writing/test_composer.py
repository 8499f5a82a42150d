"""The text grows by whole sentences, however the model's text was cut."""

from __future__ import annotations

import itertools
import re

from hypothesis import example, given
from hypothesis import strategies as st

from bot.sentences import last_sentence_end
from bot.writing.composer import LOOK_EVERY, Composer
from bot.writing.judging import Fault, loops

PIECE = st.sampled_from(
    [
        " The fox left", " she came back", " and", " No", " 7", ".", "!", "?", "…", "...", "”", " “",
        "\r", "\n", "\n\n\n", " ", ",",
        " Mr. Toad", "狐狸走了", "他来", "。", "，", "！", "」", "「", "<|endoftext|>", "</s>", "\x00",
        " It rained all day.",
        " The same words again.", " 1. A list.", " 40%",
    ]
)  # fmt: skip


def compose(chunks: list[str]) -> tuple[str, Fault | None, list[str]]:
    composer, seen = Composer(), [""]
    for number, chunk in enumerate([*chunks, ""]):
        fault = composer.add(chunk, last=number == len(chunks))
        seen.append(composer.accepted)
        if fault:
            return composer.accepted, fault, seen
    return composer.accepted, None, seen


def cut(text: str, at: list[int]) -> list[str]:
    places = sorted({place % (len(text) + 1) for place in at})
    # The engine never parts a special token: it is one token.
    places = [place for place in places if not any(m.start() < place < m.end() for m in re.finditer(r"<[^<>]*>", text))]
    return [text[one:other] for one, other in zip([0, *places], [*places, len(text)], strict=True)]


@given(st.lists(PIECE, max_size=25).map("".join), st.lists(st.integers(0, 1000), max_size=30))
@example("狐狸走了。 她来了。 他来", [5, 6, 10])
@example("狐狸走了.<|endoftext|>.", [])
@example("他来,and\r\nthen. No. 7", [3, 7])
def test_any_chunking_gives_the_same_text(text: str, at: list[int]) -> None:
    assert compose(cut(text, at))[:2] == compose([text])[:2] == compose(cut(text, list(range(len(text)))))[:2]


@given(st.lists(PIECE, max_size=40))
def test_what_was_accepted_only_grows_ends_at_a_sentence_and_never_loops(pieces: list[str]) -> None:
    accepted, _, seen = compose(pieces)
    assert all(after.startswith(before) for before, after in itertools.pairwise(seen))
    assert last_sentence_end(accepted) == len(accepted)
    assert not loops(accepted)


def test_what_is_being_written_is_seen_before_it_is_accepted() -> None:
    composer = Composer()
    composer.add(" One went. Two")
    assert (composer.accepted, composer.pending) == (" One went.", " Two")
    assert composer.text == " One went. Two"
    composer.restart()
    assert composer.text == " One went."


def test_a_closing_quote_belongs_to_its_sentence() -> None:
    composer = Composer()
    composer.add(" “Go.")
    assert composer.accepted == ""
    composer.add("” He")
    assert composer.accepted == " “Go.”"


def test_the_last_sentence_needs_nothing_behind_it() -> None:
    composer = Composer()
    composer.add(" One.", last=True)
    assert composer.accepted == " One."


def test_after_a_fault_the_text_goes_on_from_the_last_good_sentence() -> None:
    composer = Composer()
    assert composer.add(" It rained.\n") is None
    assert composer.add("* Buy milk. Then") == Fault("list")
    assert composer.pending == ""
    assert composer.add(" The sun came out. ") is None
    assert composer.accepted == " It rained. The sun came out."


def test_a_sentence_said_before_is_a_loop() -> None:
    composer = Composer()
    composer.add(" She sang the same song. Then it rained. ")
    assert composer.add("She sang the same song. ") == Fault("loop")


def test_a_loop_in_a_sentence_that_never_ends_is_seen_in_time() -> None:
    composer, fault, added = Composer(), None, 0
    while fault is None:
        fault = composer.add(" and the cat and the dog")
        added += len(" and the cat and the dog")
    assert fault == Fault("loop")
    assert added <= 2 * LOOK_EVERY
    assert composer.text == ""
