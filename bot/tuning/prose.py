"""The text of a book as prose to learn from: the story, and nothing of the edition around it. Pure functions.

What goes: licences and credits, contents, headings, marks and texts of footnotes, descriptions of pictures, marks of
italics. What stays: every paragraph of the story with its dialogue, whole, however its lines were broken.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import TypeAlias

from bot.tuning.document import PARAGRAPH_BREAK
from bot.tuning.headings import is_contents, is_heading, is_number, opens_contents, opens_note, reads_as_title
from bot.tuning.lines import paragraphs_of_lines

FRONT_PARAGRAPHS = 12
"""Title, author and edition are looked for among so many at the beginning."""

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ufffc]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_BEGINS = re.compile(r"^\*{3}[ \t]*START OF (?:THE|THIS) PROJECT GUTENBERG.*$", re.IGNORECASE | re.MULTILINE)
_SMALL_PRINT = re.compile(r"^\*END\*?[ \t]*THE SMALL PRINT.*$", re.IGNORECASE | re.MULTILINE)
_ENDS = re.compile(
    r"^(?:\*{3}[ \t]*END OF (?:THE|THIS) PROJECT GUTENBERG|End of (?:the |this )?Project Gutenberg)",
    re.IGNORECASE | re.MULTILINE,
)
_PICTURE = re.compile(
    r"\[[ \t]*(?:Illustrations?|Picture|Image|Frontispiece|Decoration|插图|插圖)\b[^\[\]]*\]", re.IGNORECASE
)
_NOTE = re.compile(r"\[[ \t]*(?:Transcriber|Footnote|Editor|Publisher|Sidenote)[^\[\]]*\]", re.IGNORECASE)
_CREDIT = re.compile(
    r"^(?:Produced by|This e-?(?:book|text) (?:is|was|has)|E-?text (?:prepared|produced) by|Scanned by|"
    r"Transcribed (?:from|by)|(?:Original )?Copyright\b|©|\(c\)|All rights reserved|HTML version by|Proofread|"
    r"Updated editions|Distributed Proofread)",
    re.IGNORECASE,
)
_DIGITS = r"[0-9０-９]{1,3}"
# A mark stands right behind a word or the mark that ends a sentence; brackets around more than a number are text.
_MARK = re.compile(
    rf"[ \t]?(?:\[(?:{_DIGITS}|[*†‡§]+|[a-z])\]|〔{_DIGITS}〕|［{_DIGITS}］|\{{{_DIGITS}\}}|[⁰¹²³⁴-⁹]+)"
    rf"|(?<=[\w.,;:!?”’\"'])\({_DIGITS}\)(?=\s|$|[”’\"'.,;:!?—])"
    r"|(?<=[\w.,;:!?”’\"'])[*†‡]{1,3}(?=\s|$|[”’\"'.,;:!?—])"
)
_NOTE_TEXT = re.compile(rf"^(?:\[(?:{_DIGITS}|[*†‡§]+)\]|〔{_DIGITS}〕|[*†‡§]{{1,3}}|\({_DIGITS}\))\s*\S")
_ITALICS = re.compile(r"(?<![\w_])_(?=\S)([^_]*[^_\s])_(?![\w_])", re.DOTALL)
_BOLD = re.compile(r"(?<![\w=])=(?=\S)([^=\n]*[^=\s])=(?![\w=])")
_UNDERLINED = re.compile(r"(?:\A|(?<=\n\n))[^\n]*\S[^\n]*\n[ ]*(?:={3,}|-{3,})[ ]*(?=\n\s*\n|\s*\Z)")
_SYMBOLS = re.compile(r"^[\W_]+$")
# A heading that its first paragraph stands behind, as in old Chinese novels.
_RUN_IN = re.compile(r"^第[〇零一二三四五六七八九十百千0-9０-９]{1,6}[回章节節]\s*\S{2,20}(?:\s+\S{2,20})?\s{2,}(?=\S)")
_TITLE_LETTERS = 90

_Paragraphs: TypeAlias = list[str]


def prose_of(text: str) -> str:
    """Give the story of a text, a blank line between its paragraphs; empty where nothing of one is found."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))
    text = _UNDERLINED.sub("", _CONTROLS.sub("\n", text.replace("\t", "    ").replace("\xa0", " ")))
    books = (_story_of(_NOTE.sub("", _PICTURE.sub("", book))) for book in _within_marks(text))
    return PARAGRAPH_BREAK.join(filter(None, books))


def _story_of(book: str) -> str:
    steps: tuple[Callable[[_Paragraphs], _Paragraphs], ...] = (
        _without_credits,
        _without_contents,
        _without_notes,
        _without_marks,
        _without_front,
        _without_headings,
    )
    found = [_RUN_IN.sub("", paragraph) for paragraph in paragraphs_of_lines(book)]
    for step in steps:
        found = step(found)
    return PARAGRAPH_BREAK.join(found)


def _within_marks(text: str) -> list[str]:
    """Give what stands between the lines with which Project Gutenberg begins and ends a book, of each that there is."""
    marks = sorted((each.start(), each.end(), kind) for kind in (_BEGINS, _SMALL_PRINT) for each in kind.finditer(text))
    if not marks:
        return [text[: _end_of(text, 0, len(text))] or text]
    books = []
    for (_, start, kind), (after, _, following) in zip(marks, [*marks[1:], (len(text), 0, None)], strict=True):
        end = _end_of(text, start, after)
        # A licence of two parts stands before one book.
        if end < after or following in {kind, None}:
            books.append(text[start:end])
    return books


def _end_of(text: str, start: int, after: int) -> int:
    """Say where a book ends: at the line that says so or, without one, where the next begins."""
    found = _ENDS.search(text, start, after)
    return found.start() if found else after


def _without_credits(found: _Paragraphs) -> _Paragraphs:
    return [paragraph for paragraph in found if not (_CREDIT.match(paragraph) and len(paragraph) < 600)]


def _without_contents(found: _Paragraphs) -> _Paragraphs:
    """Leave out lists of chapters: those that say what they are, and those that look like nothing else."""
    kept: _Paragraphs = []
    listing = False
    for paragraph in found:
        if opens_contents(paragraph):
            listing = True
            continue
        # Behind the word “Contents” a list may be as plain as names in a row.
        listing = listing and (is_contents(paragraph, named=True) or reads_as_title(paragraph, _TITLE_LETTERS))
        if not listing and not is_contents(paragraph, named=False):
            kept.append(paragraph)
    return kept


def _without_notes(found: _Paragraphs) -> _Paragraphs:
    """Leave out what whoever prepared the text wrote about it, behind a heading that says so."""
    kept: _Paragraphs = []
    rest = iter(enumerate(found))
    for number, paragraph in rest:
        if not opens_note(paragraph):
            kept.append(paragraph)
        elif number > 0.95 * len(found):
            break
        elif len(paragraph) < _TITLE_LETTERS:
            next(rest, None)
    return kept


def _without_front(found: _Paragraphs) -> _Paragraphs:
    """Leave out the title page: lines at the beginning that are no sentences, if sentences follow."""
    for number, paragraph in enumerate(found[: FRONT_PARAGRAPHS + 1]):
        if not reads_as_title(paragraph, _TITLE_LETTERS) and not is_heading(paragraph):
            return found[number:]
    return found


def _without_headings(found: _Paragraphs) -> _Paragraphs:
    kept: _Paragraphs = []
    numbered = False
    for paragraph in found:
        titled = numbered and reads_as_title(paragraph, 60)
        numbered = is_number(paragraph)
        if not titled and not is_heading(paragraph):
            kept.append(paragraph)
    return kept


def _without_marks(found: _Paragraphs) -> _Paragraphs:
    marks = any(_MARK.search(paragraph, 1) for paragraph in found)
    # What begins as a note is one only in a text that has marks to go with it.
    notes = [marks and len(paragraph) < 1000 and bool(_NOTE_TEXT.match(paragraph)) for paragraph in found]
    shown = (_shown(paragraph) for paragraph, note in zip(found, notes, strict=True) if not note)
    return [paragraph for paragraph in shown if paragraph and not _SYMBOLS.match(paragraph)]


def _shown(paragraph: str) -> str:
    text = _BOLD.sub(r"\1", _ITALICS.sub(r"\1", _MARK.sub("", paragraph)))
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))
