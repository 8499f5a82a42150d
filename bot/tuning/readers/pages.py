"""A page of HTML as paragraphs."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "figure", "footer",
        "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul",
    }
)  # fmt: skip
_SKIPPED = frozenset(
    {
        "aside", "audio", "canvas", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "head", "iframe", "math", "nav",
        "rp", "rt", "script", "style", "svg", "table", "template", "video",
    }
)  # fmt: skip
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_NOTE = re.compile(r"\b(?:noteref|footnotes?|endnotes?|rearnotes?|pagebreak|pagenum|page-?num(?:ber)?)\b")
# What packages, and the types of pages and sections, call what is no part of the story.
_APART = re.compile(
    r"^(?:title-?page|half-?title(?:-?page)?|title|cover|toc|nav|contents|copyright(?:-?page)?|colophon|imprint|"
    r"dedication|acknowledge?ments?|landmarks|loi|lot|index|glossary|bibliography|footnotes|endnotes|about)$"
)
_OWN = re.compile(r"(?:^|\s)(?:who\s+)?w[0-7](?:\s|$)")


class Page(HTMLParser):
    """Reads a page: what stands in its blocks, without headings, pictures, tables and notes.

    Args:
        markup: The page.
    """

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.left_out: list[str] = []
        """What `epub:type` calls the page, or sections of it, that are no part of the story."""
        self.of_this_bot = False
        """The page has passages that know their writers, as this bot's exports have."""
        self.paragraphs: list[str] = []
        self._words: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._skipping = 0
        self.feed(markup)
        self.close()
        self._end()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, or something that is left out."""
        values = {name: value or "" for name, value in attrs}
        kind = values.get("epub:type", "")
        if tag == "p" or tag in _HEADINGS:
            self._end_heading()
        apart = [each for each in kind.split() if is_apart(each)] if tag in {"body", "section"} else []
        if apart and not self._skipping:
            self.left_out.append(apart[0])
        if tag == "bdi" and _OWN.search(values.get("class", "")):
            self.of_this_bot = True
        if tag == "br":
            self._words.append("\n")
        if tag in _BLOCKS:
            self._end()
        if tag not in _VOID:
            described = f"{kind} {values.get('class', '')} {values.get('role', '')}"
            skipped = tag in _SKIPPED or bool(apart or _NOTE.search(described))
            self._open.append((tag, skipped))
            self._skipping += skipped

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take `<p/>` as begun and ended: pages of books are XML."""
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """End a block, and whatever was not ended within it."""
        if any(opened == tag for opened, _ in self._open):
            self._close(tag)
        elif tag in _HEADINGS:
            self._end_heading()
        if tag in _BLOCKS:
            self._end()

    def handle_data(self, data: str) -> None:
        """Take words; white space of any length is one space."""
        if not self._skipping:
            self._words.append(re.sub(r"[ \t\r\n]+", " ", data))

    def _end_heading(self) -> None:
        """End a heading that was ended as another one, or not at all: else it would swallow the rest of the page."""
        if heading := next((opened for opened, _ in reversed(self._open) if opened in _HEADINGS), ""):
            self._close(heading)

    def _close(self, tag: str) -> None:
        while self._open:
            opened, skipped = self._open.pop()
            self._skipping -= skipped
            if opened == tag:
                return

    def _end(self) -> None:
        lines = (" ".join(line.split()) for line in "".join(self._words).split("\n"))
        if text := "\n".join(filter(None, lines)):
            self.paragraphs.append(text)
        self._words = []


def is_apart(kind: str) -> bool:
    """Say whether a page or a section of such a kind is no part of the story.

    Args:
        kind: What a package or a page calls it, or its file is called.
    """
    return bool(_APART.match(kind.lower().replace("_", "-").replace(" ", "-")))
