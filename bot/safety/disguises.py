"""Words in disguise within one piece of text without spaces: leetspeak, masks, markup and stretched letters.

The words are a trie, and a piece is read through it run by run (a run is one character repeated) with all that a run
may mean at once, as a nondeterministic automaton is simulated. A match is bounded in length, so reading takes linear time.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.safety.lookalikes import MEANINGS, SEQUENCES

LONGEST_PIECE = 150
"""Characters that a disguised word may take."""
_MOST_RUNS = 40
_MOST_SKIPPED = 3
_MOST_MASKS = 3
_VOWELS = "aeiou"
_MARKUP = frozenset("*_~|`\\")
_WEAK_MASKS = frozenset(".,:;/'\"_-()")
"""Signs that stand between letters in honest text as well: no masks in the shortest words."""
_DRAWN_ALONE = frozenset("@$!")
_RUN = re.compile(r"(.)\1*", re.DOTALL)
_SEQUENCE = re.compile("|".join(re.escape(drawn) for drawn in sorted(SEQUENCES, key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class Match:
    """A word found: its form, from `start` to before `end`."""

    start: int
    end: int
    form: str


@dataclass(frozen=True, slots=True)
class _Run:
    character: str
    start: int
    end: int
    count: int


@dataclass(frozen=True, slots=True)
class _State:
    """How far a reading has come.

    Attributes:
        node: Where in the trie.
        last: The letter that was read last; empty behind a mask.
        apart: Whether signs that separate stand between its letters.
        gap: How many signs were skipped since the last letter.
        masks: How many letters are masked.
        weak: Whether a mask is a sign that honest text has too.
    """

    node: int
    last: str
    apart: bool = False
    gap: int = 0
    masks: int = 0
    weak: bool = False


class Disguises:
    """Reads pieces for words.

    Args:
        forms: The words, folded; those with white space or other letters than a to z are not looked for.
        inside: Those of them that count inside other words.
    """

    def __init__(self, forms: Iterable[str], inside: Collection[str]) -> None:
        self._children: list[dict[str, int]] = [{}, {}]
        self._forms: dict[int, str] = {}
        self._inside = frozenset(inside)
        for form in forms:
            if len(form) >= 3 and form.isascii() and form.isalpha():
                self._add(0, form)
                if form in self._inside:
                    self._add(1, form)

    def find(self, text: str, start: int, end: int) -> Iterator[Match]:
        """Give the words in the piece of a text from `start` to before `end`, also those that hide nothing."""
        piece = text[start:end]
        yield from self._read(piece, range(start, end + 1), text[start - 1 : start])
        if _SEQUENCE.search(piece):
            letters, places, done = [], [], 0
            for drawn in _SEQUENCE.finditer(piece):
                letters.append(piece[done : drawn.start()] + SEQUENCES[drawn.group()])
                places += range(start + done, start + drawn.start() + 1)
                done = drawn.end()
            places += range(start + done, end + 1)
            yield from self._read("".join([*letters, piece[done:]]), places, text[start - 1 : start])

    def whole(self, piece: str) -> str | None:
        """Give the longest word that a piece is as a whole."""
        forms = [match.form for match in self.find(piece, 0, len(piece)) if match.end - match.start == len(piece)]
        return max(forms, key=len, default=None)

    def _add(self, node: int, form: str) -> None:
        for letter in form:
            if letter not in self._children[node]:
                self._children[node][letter] = len(self._children)
                self._children.append({})
            node = self._children[node][letter]
        self._forms[node] = form

    def _read(self, piece: str, places: Sequence[int], before: str) -> Iterator[Match]:
        runs = [_Run(m[1], m.start(), m.end(), m.end() - m.start()) for m in _RUN.finditer(piece)]
        head = next((run.start for run in runs if run.character.isalnum() or run.character in "@$"), len(piece))
        tail = next((run.end for run in reversed(runs) if run.character.isalnum() or run.character in "$@!+"), 0)
        for index, run in enumerate(runs):
            meanings = _meanings(run.character)
            if not meanings:
                continue
            previous = runs[index - 1].character if index else before
            root = 1 if previous.isalnum() and not _is_other_script(previous) else 0
            letters = [letter for letter in meanings if letter not in _meanings(previous)]
            for end, state in self._from(runs, index, root, letters):
                if self._fits(state, runs, index, end, piece, run.start <= head and runs[end].end >= tail):
                    yield Match(places[run.start], places[runs[end].end], self._forms[state.node])

    def _from(self, runs: Sequence[_Run], index: int, root: int, letters: Iterable[str]) -> Iterator[tuple[int, _State]]:
        """Give the readings that begin with a run and come to the end of a word, each with the run that it ends with."""
        run = runs[index]
        states = {
            state for letter in letters for state in self._along(_State(root, ""), letter, run)
        }  # fmt: skip
        end = index
        while states:
            yield from ((end, state) for state in states if not state.gap and state.node in self._forms)
            end += 1
            if end == len(runs) or end - index > _MOST_RUNS or runs[end].end - run.start > LONGEST_PIECE:
                return
            states = {after for state in states for after in self._after(state, runs[end])}

    def _after(self, state: _State, run: _Run) -> Iterator[_State]:
        for letter in _meanings(run.character):
            yield from self._along(state, letter, run)
            if letter == state.last and not state.gap:
                yield state
        if run.character.isalnum():
            return
        gap = state.gap + run.count
        if gap <= _MOST_SKIPPED:
            apart = state.apart or run.character not in _MARKUP
            yield _State(state.node, state.last, apart, gap, state.masks, state.weak)
        if run.count == 1 and state.masks < _MOST_MASKS and not state.gap:
            weak = state.weak or run.character in _WEAK_MASKS
            for letter in _VOWELS:
                node = self._children[state.node].get(letter)
                if node is not None:
                    yield _State(node, "", state.apart, 0, state.masks + 1, weak)

    def _along(self, state: _State, letter: str, run: _Run) -> Iterator[_State]:
        """Follow a letter as often as the run has it, but at least once."""
        node: int | None = state.node
        for _ in range(run.count):
            node = self._children[node].get(letter)  # type: ignore[index]
            if node is None:
                return
            yield _State(node, letter, state.apart, 0, state.masks, state.weak)

    def _fits(self, state: _State, runs: Sequence[_Run], start: int, end: int, piece: str, whole: bool) -> bool:
        form = self._forms[state.node]
        following = runs[end + 1].character if end + 1 < len(runs) else ""
        inside = form in self._inside
        if not inside and following.isalnum() and not _is_other_script(following):
            return False
        if state.apart and not (whole and len(form) >= 4):
            return False
        if state.masks and (state.masks * 2 > len(form) or len(form) == 3 and state.weak):
            return False
        drawn = piece[runs[start].start : runs[end].end]
        letters = sum(character.isalpha() for character in drawn)
        digits = sum(character.isdigit() for character in drawn)
        if len(form) == 3:
            return letters >= 2 or not digits and (letters == 1 or _DRAWN_ALONE.issuperset(drawn))
        return letters >= 2 or letters == 1 and not inside


def _meanings(character: str) -> str:
    if "a" <= character <= "z":
        return character
    return MEANINGS.get(character, "")


def _is_other_script(character: str) -> bool:
    """Say whether a letter is of a script in which words stand without spaces: it bounds a word as a space does."""
    return "\u2e80" <= character <= "\ua4cf" or "\uf900" <= character <= "\ufaff" or character >= "\U00020000"
