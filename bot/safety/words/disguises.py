"""Words in disguise within one piece of text without spaces: leetspeak, masks, markup and stretched letters.

The words are a trie, and a piece is read through it run by run (a run is one character repeated) with all that a run
may mean at once, as a nondeterministic automaton is simulated. A match is bounded in length: reading takes linear time.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.safety.words.lookalikes import MEANINGS, SEQUENCES

LONGEST_RUN_OF_HONEST_WORDS = 2
"""How often honest words have a letter one behind the other."""
LONGEST_PIECE = 150
"""Characters that a disguised word may take."""
_MOST_RUNS = 40
_MOST_SKIPPED = 3
_MOST_MASKS = 4
_VOWELS = "aeiou"
_MARKUP = frozenset("*_~|`\\")
_FINAL_MASKS = frozenset("*#@•")
"""Signs that may stand for the last letter of a word in which another is masked; others are behind it."""
_WEAK_MASKS = frozenset(".,:;/'\"_-()")
"""Signs that stand between letters in honest text as well: no masks in the shortest words."""
_DRAWN_ALONE = frozenset("@$!")
_READABLE = re.compile("[a-z]|[@$!]{3}")
"""What a piece has to have: see `Disguises._fits`."""
_MAY_END = frozenset("@$+")
_LINK = re.compile(r"\[(?=[^\[\]]{1,40}\]\()|\]\([^()\s]{0,100}\)")
"""What is not shown of a Markdown link."""
_RUN = re.compile(r"(.)\1*", re.DOTALL)
_SEQUENCE = re.compile("|".join(re.escape(drawn) for drawn in sorted(SEQUENCES, key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class Match:
    """A word found: its form, from `start` to before `end`."""

    start: int
    end: int
    form: str


_Run = tuple[str, int, int]
"""A character, and where it is repeated from and to before where."""
_State = tuple[int, str, int, int, bool]
"""How far a reading has come: where in the trie; the letter read last, empty behind a mask; how many signs were skipped
since it; how many letters are masked; whether a sign was passed that stands within honest text as well. (A plain tuple,
because a hostile text makes thousands of them.)"""


class Disguises:
    """Reads pieces for words.

    Args:
        forms: The words, folded; those with white space or other letters than a to z are not looked for.
        inside: Those of them that count inside other words.
        doubled: Whether a letter that is merely doubled may be a stretched one.
    """

    def __init__(self, forms: Iterable[str], inside: Collection[str], *, doubled: bool = True) -> None:
        self._doubled = doubled
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
        piece, before = text[start:end], text[start - 1 : start] if start else ""
        yield from self._read(piece, range(start, end + 1), before)
        for pattern, letters in ((_SEQUENCE, SEQUENCES), (_LINK, {})):
            if pattern.search(piece):
                other, places = _replaced(piece, start, pattern, letters)
                yield from self._read(other, places, before)

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
        if not _READABLE.search(piece):
            return
        runs = [(m[1], m.start(), m.end()) for m in _RUN.finditer(piece)]
        read = [_meanings(character) for character, _, _ in runs]
        head = next((start for sign, start, _ in runs if sign.isalnum()), len(piece))
        tail = next((end for sign, _, end in reversed(runs) if sign.isalnum() or sign in _MAY_END), 0)
        previous = before
        for index, (character, start, _) in enumerate(runs):
            begun = read[index - 1] if index else _meanings(before)
            if index > 1 and runs[index - 1][0] in _MARKUP:
                begun += read[index - 2]
            letters = [letter for letter in read[index] if letter not in begun]
            if letters:
                root = 1 if previous.isalnum() and not _is_other_script(previous) else 0
                for last, state in self._from(runs, read, index, root, letters, first=start <= head):
                    if self._fits(state, runs, index, last, piece, tail):
                        yield Match(places[start], places[runs[last][2]], self._forms[state[0]])
            previous = character

    def _from(
        self, runs: Sequence[_Run], read: Sequence[str], index: int, root: int, letters: Iterable[str], *, first: bool
    ) -> Iterator[tuple[int, _State]]:
        """Give the readings that begin with a run and come to the end of a word, each with the run that it ends in."""
        _, start, end = runs[index]
        states: set[_State] = set()
        for letter in letters:
            self._along((root, "", 0, 0, False), letter, end - start, states)
        last = index
        while states:
            for state in states:
                if not state[2] and state[0] in self._forms and _may_end(state, runs[last][0]):
                    yield last, state
            last += 1
            if last == len(runs) or last - index > _MOST_RUNS or runs[last][2] - start > LONGEST_PIECE:
                return
            after: set[_State] = set()
            for state in states:
                self._after(state, runs[last], read[last], after, first=first)
            states = after

    def _after(self, state: _State, run: _Run, letters: str, after: set[_State], *, first: bool) -> None:
        """Add what a reading may have become behind a run; signs of honest text are passed in a whole piece alone."""
        node, previous, skipped, masks, loose = state
        character, start, end = run
        count = end - start
        for letter in letters:
            self._along(state, letter, count, after)
            if letter == previous and (self._doubled or count > LONGEST_RUN_OF_HONEST_WORDS):
                after.add((node, previous, 0, masks, loose))
        if character.isalnum():
            return
        if skipped + count <= _MOST_SKIPPED and (first or character in _MARKUP):
            after.add((node, previous, skipped + count, masks, loose or character not in _MARKUP))
        if count == 1 and masks < _MOST_MASKS and not skipped and (first or character not in _WEAK_MASKS):
            for letter in _VOWELS:
                following = self._children[node].get(letter)
                if following is not None:
                    after.add((following, "", 0, masks + 1, loose or character in _WEAK_MASKS))

    def _along(self, state: _State, letter: str, count: int, after: set[_State]) -> None:
        """Follow a letter as often as a run has it, but at least once."""
        node: int | None = state[0]
        for followed in range(1, count + 1):
            node = self._children[node].get(letter)  # type: ignore[index]
            if node is None:
                return
            if self._doubled or may_be_stretched(count, followed):
                after.add((node, letter, 0, state[3], state[4]))

    def _fits(self, state: _State, runs: Sequence[_Run], first: int, last: int, piece: str, tail: int) -> bool:
        node, _, _, masks, loose = state
        form = self._forms[node]
        following = runs[last + 1][0] if last + 1 < len(runs) else ""
        inside = form in self._inside
        if not inside and following.isalnum() and not _is_other_script(following):
            return False
        if (loose and (runs[last][2] < tail or len(form) < 4)) or masks * 5 > len(form) * 2:
            return False
        drawn = piece[runs[first][1] : runs[last][2]]
        letters = sum(map(str.isalpha, drawn))
        if loose and letters < sum(map(str.isdigit, drawn)):
            return False
        if len(form) > 3:
            return letters >= 2 or (letters == 1 and not inside)
        return letters >= 2 or (not any(map(str.isdigit, drawn)) and (letters == 1 or _DRAWN_ALONE.issuperset(drawn)))


def may_be_stretched(drawn: int, meant: int) -> bool:
    """Say whether a letter that is drawn so often may be meant so often, where two may be those of an honest word."""
    return drawn == meant or drawn > max(meant, LONGEST_RUN_OF_HONEST_WORDS)


def _may_end(state: _State, character: str) -> bool:
    """Say whether a word may end with a letter, or with a mask."""
    return state[1] != "" or (state[3] > 1 and character in _FINAL_MASKS)


def _replaced(
    piece: str, start: int, pattern: re.Pattern[str], letters: Mapping[str, str]
) -> tuple[str, Sequence[int]]:
    """Put letters in the place of what a pattern finds, nothing where there are none.

    Returns:
        The piece as it is then, and for each of its characters, and its end, the offset in the text.
    """
    parts: list[str] = []
    places: list[int] = []
    done = 0
    for drawn in pattern.finditer(piece):
        parts.append(piece[done : drawn.start()] + letters.get(drawn.group(), ""))
        places += range(start + done, start + drawn.start() + (drawn.group() in letters))
        done = drawn.end()
    return "".join([*parts, piece[done:]]), [*places, *range(start + done, start + len(piece) + 1)]


def _meanings(character: str) -> str:
    if "a" <= character <= "z":
        return character
    return MEANINGS.get(character, "")


def _is_other_script(character: str) -> bool:
    """Say whether a letter is of a script in which words stand without spaces: it bounds a word as a space does."""
    return "\u2e80" <= character <= "\ua4cf" or "\uf900" <= character <= "\ufaff" or character >= "\U00020000"
