"""From tokens to text, a step at a time."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.detokenizer import REPLACEMENT, Detokenizer, StopWatcher


def decode(tokens: list[int]) -> str:
    """Tokens are bytes, as in byte-level BPE at its worst."""
    return bytes(tokens).decode("utf-8", errors="replace")


def stream(pieces: list[list[int]], before: list[int] | None = None) -> list[str]:
    detokenizer, texts = Detokenizer(before or []), []
    for number, piece in enumerate(pieces):
        shown, whole = detokenizer.push(piece)
        texts.append(detokenizer.text(decode(shown), decode(whole), last=number == len(pieces) - 1))
    return texts


@given(
    st.text(min_size=1, max_size=40).filter(lambda text: REPLACEMENT not in text),
    st.lists(st.integers(1, 160), max_size=12),
)
def test_pieces_joined_are_the_text_and_never_half_a_character(text: str, cuts: list[int]) -> None:
    data = list(text.encode("utf-8", errors="ignore"))
    text = bytes(data).decode()
    places = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    pieces = [data[one:other] for one, other in itertools.pairwise(places)]
    texts = stream([*pieces, []])
    assert "".join(texts) == text
    assert REPLACEMENT not in "".join(texts)


def test_a_character_of_four_tokens_comes_with_its_last() -> None:
    assert stream([[byte] for byte in "a🐉b".encode()] + [[]]) == ["a", "", "", "", "🐉", "b", ""]


def test_a_character_that_never_ends_is_dropped() -> None:
    assert stream([[97], [0xF0, 0x9F]]) == ["a", ""]


def test_the_prompt_is_not_said_again() -> None:
    assert stream([[98], [99], []], before=list(b"prompt a")) == ["b", "c", ""]


def test_the_window_does_not_grow_with_the_text() -> None:
    detokenizer = Detokenizer()
    for _ in range(500):
        shown, whole = detokenizer.push([97])
        assert len(whole) <= 3
        detokenizer.text(decode(shown), decode(whole))


def test_a_token_takes_the_space_that_its_neighbour_gives_it() -> None:
    """Decoders put a space between words and none before the first; only the difference is new."""

    def words(tokens: list[int]) -> str:
        return " ".join(f"w{token}" for token in tokens)

    detokenizer, text = Detokenizer([1]), ""
    for token in (2, 3, 4):
        shown, whole = detokenizer.push([token])
        text += detokenizer.text(words(shown), words(whole))
    assert text == " w2 w3 w4"


def watch(stops: list[str], pieces: list[str]) -> tuple[str, bool]:
    watcher, shown = StopWatcher(stops), ""
    for number, piece in enumerate(pieces):
        shown += watcher.push(piece, last=number == len(pieces) - 1)
        assert not any(stop in shown for stop in stops if stop)
        if watcher.stopped:
            break
    return shown, watcher.stopped


@pytest.mark.parametrize(
    ("stops", "pieces", "shown", "stopped"),
    [
        (["END"], ["one EN", "D two"], "one ", True),
        (["END"], ["E", "N", "D"], "", True),
        (["END"], ["one EN", "ough"], "one ENough", False),
        (["END"], ["one EN"], "one EN", False),
        (["END", "one"], ["zero one END"], "zero ", True),
        (["aab"], ["aa", "ab", "c"], "a", True),
        (["\n\n"], ["one\n", "two\n", "\nthree"], "one\ntwo", True),
        ([""], ["one"], "one", False),
        ([], ["one", "two"], "onetwo", False),
    ],
)
def test_a_text_ends_before_its_stop_text(stops: list[str], pieces: list[str], shown: str, stopped: bool) -> None:
    assert watch(stops, pieces) == (shown, stopped)


STOPS = st.lists(st.text("ab", min_size=1, max_size=3), max_size=3)


@given(STOPS, st.text("abc", max_size=20), st.lists(st.integers(0, 20), max_size=8))
def test_it_does_not_matter_how_the_text_is_cut(stops: list[str], text: str, cuts: list[int]) -> None:
    places = sorted({0, len(text), *(min(cut, len(text)) for cut in cuts)})
    pieces = [text[one:other] for one, other in itertools.pairwise(places)]
    found = min((at for at in map(text.find, stops) if at >= 0), default=-1)
    shown, stopped = watch(stops, [*pieces, ""])
    assert stopped is (found >= 0)
    if found < 0:
        assert shown == text
    else:
        assert text.startswith(shown)
        assert not any(stop in shown for stop in stops)


def test_no_more_than_a_stop_text_is_held_back() -> None:
    watcher, shown = StopWatcher(["abcdef"]), 0
    for number, letter in enumerate("abcdeabcdeabcdexyz" * 5, start=1):
        shown += len(watcher.push(letter))
        assert number - shown < len("abcdef")
