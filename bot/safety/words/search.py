"""Looks for forms in a folded text: as they stand, stretched, drawn with signs, spread, and among Chinese signs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from bot.safety.words.disguises import LONGEST_PIECE, Match, may_be_stretched
from bot.safety.words.forms import HAN, PHRASE, Forms, plainly
from bot.safety.words.lookalikes import OTHERWISE, SEEN_OTHERWISE, TURNED
from bot.safety.words.normalise import Folder, View, kept_by_squeezing, squeeze
from bot.safety.words.spread import in_chunks, spread
from bot.safety.words.written import as_read

LONGEST = 190
"""Characters of the original that a hit may take; what is longer is none, for a stream cannot wait for it."""
_NEAR = 16
"""Characters of the original, invisible ones, across which a letter still bounds a word."""
_INNOCENT_AROUND = 60
"""Characters of the original that are seen around a form to find out whether it is innocent."""
_HAN_GAP = 6
_SHORT = 4
"""Letters from which on a word stands by itself though a digit touches it."""
_APART = re.compile(f"[\\s—…{HAN}]")
PIECE = re.compile(f"[^\\s—…{HAN}]*")
_CONTRACTED = re.compile(r"(?:s|t|d|m|ll|re|ve|em|clock|er|un|all)(?![a-z])")
_LATIN = re.compile(r"[a-z]|@\$")
_READ_OTHERWISE = re.compile(r"[0-9@$|]|![a-z]")
"""Signs for letters in a phrase."""
_MARKS = re.compile(f"[^a-z\\s—…{HAN}]+")
_QUIET = ".,:;?!'\"()“”«»-"
"""Signs that stand beside words in any text."""
_SIGNS_BETWEEN_HAN = re.compile(
    rf"(?<=[{HAN}])(?:[^\w，。！？、；：,!?;:\"'“”‘’（）()《》〈〉「」『』【】—…{HAN}]|_){{1,3}}(?=[{HAN}])"
)
_SIMPLE = re.compile(r"[a-z'-]+")
_MASK = re.compile(r"[*#%&•×@$!+]")
_EDGE = "\"'“”«»()[]{}.,:;?! "
OTHERWISE_SEEN = re.compile("[" + "".join(SEEN_OTHERWISE) + "]")


class Search:
    """Looks for forms.

    Args:
        forms: The forms.
    """

    def __init__(self, forms: Forms) -> None:
        self._forms = forms

    def find(self, text: str, folder: Folder) -> list[tuple[int, int, str]]:
        """Give the forms in a text: from which offset of the original, to before which, and the form."""
        places = self._places(text, folder)
        read = as_read(text)
        if read is not None:
            places |= {
                (read.starts[start], read.ends[end - 1], form)
                for start, end, form in self._places(read.text, folder)
                if read.has_written(start, end)
            }
        return sorted(place for place in places if place[1] - place[0] <= LONGEST)

    def _places(self, text: str, folder: Folder) -> set[tuple[int, int, str]]:
        view = folder.view(text)
        if not view.text:
            return set()
        found, innocent = self._as_it_stands(view)
        if _LATIN.search(view.text):
            found |= self._stretched(view)
            found |= self._in_pieces(view)
            found |= set(spread(view.text, view.origin, self._read, doubled=self._forms.doubled))
            found |= set(in_chunks(view.text, view.origin, self._forms.entries))
        found |= self._across_signs(view)
        found |= self._between_signs(text, view)
        if not text.isascii() and OTHERWISE_SEEN.search(text):
            found |= self._otherwise(text, view, folder)
        if not found:
            return set()
        origin = view.origin
        return {
            (origin[match.start], origin[match.end - 1] + 1, match.form)
            for match in found
            if not any(_covers(one, match, origin) for one in innocent)
        }

    def _as_it_stands(self, view: View) -> tuple[set[Match], list[tuple[int, int]]]:
        names = self._forms.names
        found, innocent = set(), []
        for index, start, end in self._forms.matcher.find_matches_as_indexes(view.text, overlapping=True):
            if index >= len(names):
                form = self._forms.innocent[index - len(names)]
                if not PHRASE.search(form) or self._bounded(view, start, end, (form[0].isalnum(), form[-1].isalnum())):
                    innocent.append((start, end))
            elif self._bounded(view, start, end, self._forms.bounds[names[index]], names[index]):
                found.add(Match(start, end, names[index]))
        return found, innocent

    def _otherwise(self, text: str, view: View, folder: Folder) -> set[Match]:
        """Look for forms with letters that look like several, or stand on their heads."""
        found, origin = set(), view.origin
        for table in (*OTHERWISE, TURNED):
            other = folder.view(text.translate(table))
            if len(other.text) == len(view.text):
                found |= {
                    match
                    for match in self._as_it_stands(other)[0]
                    if " " not in match.form
                    and OTHERWISE_SEEN.search(text, origin[match.start], origin[match.end - 1] + 1)
                }
        return found

    def _stretched(self, view: View) -> set[Match]:
        """Look for forms with each letter at least as often as they have it."""
        names, short, text = self._forms.squeezed_names, squeeze(view.text), view.text
        found, kept = set(), None
        for index, start, end in self._forms.squeezed_matcher.find_matches_as_indexes(short, overlapping=True):
            forms = [form for form in self._forms.squeezed[names[index]] if self._is_apart(short, start, end, form)]
            if not forms:
                continue
            kept = kept or kept_by_squeezing(text)
            first, behind = kept[start], kept[end] if end < len(short) else len(text)
            found |= {
                Match(first, behind, form)
                for form in forms
                if behind - first > len(form)
                and self._is_stretched(text[first:behind], form)
                and self._bounded(view, first, behind, self._forms.bounds[form])
            }
        return found

    def _in_pieces(self, view: View) -> set[Match]:
        """Look closely at pieces without spaces in which letters and signs are mixed."""
        text, found, done = view.text, set[Match](), 0
        for marks in _MARKS.finditer(text):
            if marks.end() <= done or not _is_odd(text, marks):
                continue
            start = max(done, marks.start())
            while start > done and marks.start() - start < LONGEST_PIECE and not _APART.match(text[start - 1]):
                start -= 1
            done = PIECE.match(text, marks.end()).end()  # type: ignore[union-attr]
            piece = set(self._in_piece(text, start, done))
            found |= piece
        return found | self._phrases(view)

    def _phrases(self, view: View) -> set[Match]:
        """Look for phrases in which signs are letters."""
        names, text, found = self._forms.names, view.text, set[Match]()
        if not _READ_OTHERWISE.search(text):
            return found
        for read in (plainly(text), plainly(text, one="l")):
            for index, start, end in self._forms.matcher.find_matches_as_indexes(read, overlapping=True):
                # Only by what is in the phrase itself: what is found must not depend on signs far away.
                drawn = index < len(names) and " " in names[index] and _READ_OTHERWISE.search(text, start, end)
                if drawn and self._bounded(view, start, end, (True, True), names[index]):
                    found.add(Match(start, end, names[index]))
        return found

    def _in_piece(self, text: str, start: int, end: int) -> Iterator[Match]:
        piece = text[start:end]
        core = piece.strip(_EDGE)
        first = start + piece.index(core) if core else start
        masked = self._forms.masked.get(_MASK.sub("*", core)) or self._forms.masked.get(core.replace("-", "*"))
        if masked is not None:
            yield Match(first, first + len(core), masked)
        joined = core.replace("-", "").replace("'", "").replace(".", "")
        whole = self._whole(joined) if len(joined) >= 4 and joined != core else None
        if whole is not None and len(whole) >= 4:
            yield Match(first, first + len(core), whole)
        if not _SIMPLE.fullmatch(core):
            yield from self._forms.disguises.find(text, start, end)

    def _across_signs(self, view: View) -> set[Match]:
        """Look for phrases with signs or emoji between their words."""
        text = view.text
        reads = (text, plainly(text), plainly(text, one="l")) if _READ_OTHERWISE.search(text) else (text,)
        joined = self._forms.between.joined(view, reads)
        if joined is None:
            return set()
        kept, origin = joined.kept or (), joined.origin
        matches, innocent = self._as_it_stands(joined)
        return {
            Match(kept[match.start], kept[match.end - 1] + 1, match.form)
            for match in matches | self._phrases(joined)
            if match.form in self._forms.phrases and not any(_covers(one, match, origin) for one in innocent)
        }

    def _between_signs(self, text: str, view: View) -> set[Match]:
        """Look for Chinese forms with signs between their characters."""
        dense = view if view.text.isascii() else han_dense(text, view)
        if dense is view:
            return set()
        kept = dense.kept or ()
        found = self._as_it_stands(dense)[0]
        return {Match(kept[match.start], kept[match.end - 1] + 1, match.form) for match in found}

    def _read(self, letters: str) -> str | None:
        """Give the form that letters and signs are as a whole."""
        if letters.isalpha():
            return self._whole(letters)
        return self._forms.disguises.whole(letters)

    def _whole(self, letters: str) -> str | None:
        if letters in self._forms.entries:
            return letters
        stretched = self._forms.squeezed.get(squeeze(letters), ())
        return next((form for form in stretched if self._is_stretched(letters, form)), None)

    def _is_stretched(self, drawn: str, form: str) -> bool:
        """Say whether a text has each letter of a form at least as often as the form has it."""
        theirs = [(letter, len(list(run))) for letter, run in groupby(drawn)]
        ours = [(letter, len(list(run))) for letter, run in groupby(form)]
        enough = int.__ge__ if self._forms.doubled else may_be_stretched
        return len(theirs) == len(ours) and all(
            one[0] == other[0] and enough(one[1], other[1]) for one, other in zip(theirs, ours, strict=True)
        )

    def _bounded(self, view: View, start: int, end: int, bounds: tuple[bool, bool], form: str = "") -> bool:
        """Say whether no letters go on where a form is to be bounded, nor digits where one is at its edge."""
        text = view.text
        goes_on = _is_letter if end - start < _SHORT else _is_letter_proper
        near = bounds[0] and start and (goes_on(text[start - 1]) or _is_cut_number(text[start - 1], form[:1]))
        if near and view.origin[start] - view.origin[start - 1] <= _NEAR:
            return False
        far = bounds[1] and end < len(text) and (goes_on(text[end]) or _is_cut_number(form[-1:], text[end]))
        return not (far and view.origin[end] - view.origin[end - 1] <= _NEAR)

    def _is_apart(self, text: str, start: int, end: int, form: str) -> bool:
        """Say whether no Latin letters are around a form that is to stand alone; a first look, without offsets."""
        left, right = self._forms.bounds[form]
        return not (left and start and "a" <= text[start - 1] <= "z") and not (
            right and end < len(text) and "a" <= text[end] <= "z"
        )


def han_dense(text: str, view: View) -> View:
    """Give the view without the signs between Chinese characters that nobody needs there; the same, if it has none."""
    gaps = [gap.span() for gap in _SIGNS_BETWEEN_HAN.finditer(view.text) if _is_gap(text, view, *gap.span())]
    if not gaps:
        return view
    starts, ends = [0, *(end for _, end in gaps)], [*(start for start, _ in gaps), len(view.text)]
    pieces = list(zip(starts, ends, strict=True))
    kept = [place for piece in pieces for place in range(*piece)]
    return View("".join(view.text[start:end] for start, end in pieces), view, kept)


def _is_gap(text: str, view: View, start: int, end: int) -> bool:
    drawn = text[view.origin[start] : view.origin[end]]
    return len(drawn) <= _HAN_GAP and "\n" not in drawn


def _is_odd(text: str, marks: re.Match[str]) -> bool:
    """Say whether signs are where honest text has none: within a word, or of an unusual kind beside one."""
    start, end, drawn = *marks.span(), marks.group()
    before = start > 0 and "a" <= text[start - 1] <= "z"
    behind = end < len(text) and "a" <= text[end] <= "z"
    if before and behind:
        return drawn != "'" or not _CONTRACTED.match(text, end)
    if before or behind:
        return bool(drawn.strip(_QUIET)) or (behind and drawn.endswith("!"))
    return "@$" in drawn


def _is_cut_number(before: str, behind: str) -> bool:
    return before.isdigit() and behind.isdigit()


def _is_letter(character: str) -> bool:
    return character.isalnum() and not _APART.match(character)


def _is_letter_proper(character: str) -> bool:
    return character.isalpha() and not _APART.match(character)


def _covers(innocent: tuple[int, int], match: Match, origin: object) -> bool:
    start, end = innocent
    if not start <= match.start or not match.end <= end:
        return False
    places: list[int] = origin  # type: ignore[assignment]
    return (
        places[match.start] - places[start] <= _INNOCENT_AROUND
        and places[end - 1] - places[match.end - 1] <= _INNOCENT_AROUND
    )
