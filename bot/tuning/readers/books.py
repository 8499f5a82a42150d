"""The prose of an EPUB: its pages in reading order, without titles, contents and notes on the edition.

EPUB 3.3, https://www.w3.org/TR/epub-33/: a ZIP whose `META-INF/container.xml` names a package, whose spine names pages.
"""

from __future__ import annotations

import io
import lzma
import posixpath
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote

from bot.tuning.errors import ConsentUnknownError, DamagedBookError
from bot.tuning.readers.decoding import MEGABYTE, decode
from bot.tuning.readers.pages import Page, is_apart

UNPACKED_BYTES = 200 * MEGABYTE
"""Of all pages together: a book has a few, and a small archive can unpack to any size."""
_ENTRIES = 20_000
_CONTAINER = "META-INF/container.xml"
_XHTML = frozenset({"application/xhtml+xml", "text/html"})
# An index of words is no part of a story, but a page of this name is as often all of it.
_ANY_PAGE = "index"
# Locked entries are RuntimeErrors, and compressions that are not known NotImplementedErrors, which are those too.
_BROKEN = (KeyError, zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError, zlib.error, lzma.LZMAError)

Attributes = Mapping[str, str]


class _Tags(HTMLParser):
    """Collects the tags of a small XML file, without the prefixes of their names.

    A parser for HTML, since it knows no entities of a document's own, which can unfold without end.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, Attributes]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag.rpartition(":")[2], {name: value or "" for name, value in attrs}))

    def named(self, name: str) -> list[Attributes]:
        return [attributes for tag, attributes in self.found if tag == name]


class _Archive:
    """Reads entries, and no more bytes in all than are allowed."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self._left = UNPACKED_BYTES
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN:
            raise DamagedBookError(file=name, reason="it is no ZIP archive.") from None
        if len(self._zip.namelist()) > _ENTRIES:
            raise DamagedBookError(file=name, reason=f"it has more than {_ENTRIES} files in it.")

    def text(self, path: str) -> str:
        try:
            with self._zip.open(path) as entry:
                data = entry.read(self._left + 1)
        except _BROKEN:
            raise DamagedBookError(file=self.name, reason=f"{path} is missing, damaged or locked.") from None
        self._left -= len(data)
        if self._left < 0:
            raise DamagedBookError(file=self.name, reason=f"it unpacks to more than {UNPACKED_BYTES // MEGABYTE} MB.")
        return decode(data, f"{self.name}, {path}")


@dataclass(frozen=True, slots=True)
class Book:
    """What was read of a book."""

    text: str
    """Its paragraphs, a blank line between them."""
    left_out: tuple[str, ...]
    """Pages, and parts of some, that were taken for no part of the story."""


def read_epub(data: bytes, *, name: str) -> Book:
    """Give the story of a book.

    Args:
        data: The file.
        name: What it is called.

    Raises:
        DamagedBookError: it cannot be opened, is locked, or unpacks to too much.
        ConsentUnknownError: this bot wrote it, of a story whose authors may not have agreed.
        UndecodableError: a page is no text.
    """
    archive = _Archive(data, name)
    package = next((each.get("full-path", "") for each in _Tags(archive.text(_CONTAINER)).named("rootfile")), "")
    if not package:
        raise DamagedBookError(file=name, reason="it names no package.")
    found: list[str] = []
    left_out: list[str] = []
    for path, apart in _pages(_Tags(archive.text(package)), posixpath.dirname(package)):
        if apart:
            left_out.append(path)
            continue
        page = Page(archive.text(path))
        if page.of_this_bot:
            raise ConsentUnknownError(file=name)
        found += page.paragraphs
        left_out += [f"{path} ({kind})" for kind in page.left_out]
    return Book("\n\n".join(found), tuple(left_out))


def _pages(package: _Tags, folder: str) -> Iterable[tuple[str, bool]]:
    """Give the paths of the pages in reading order, and whether they are apart from the story."""
    items = {each.get("id", ""): each for each in package.named("item")}
    # What leads into the middle of a page says nothing of the rest of it.
    apart = {each.get("href", "") for each in package.named("reference") if is_apart(each.get("type", ""))}
    for reference in package.named("itemref"):
        item = items.get(reference.get("idref", ""), {})
        href = item.get("href", "")
        if item.get("media-type") in _XHTML:
            stem = _stem(href)
            yield (
                posixpath.normpath(posixpath.join(folder, unquote(href))),
                reference.get("linear") == "no"
                or "nav" in item.get("properties", "").split()
                or href in apart
                or (stem.lower() != _ANY_PAGE and is_apart(stem)),
            )


def _stem(href: str) -> str:
    return posixpath.splitext(posixpath.basename(unquote(href)))[0]
