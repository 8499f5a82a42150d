"""Pages, books and texts hold the story and its writers, and nothing that was typed is more than text in them."""

from __future__ import annotations

import io
import re
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given

from bot.stories.exports.books import epub
from bot.stories.exports.file import Person, StoryFile
from bot.stories.exports.html_pages import html_page
from bot.stories.exports.labels import Labels
from bot.stories.exports.markup import escape
from bot.stories.exports.texts import markdown, plain_text
from bot.stories.exports.tree import other_stretches
from tests.stories.exports.trees import DOOR, stories, story, turn

LABELS = Labels()
NASTY = [
    "<script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' & &amp; &#60;b&#62;",
    "]]><b>",
    "-->",
    "</style></bdi></p></main>",
    "\u202egnirts\u2066\u200f",
    "\x01\x0b\ufffe\u2028",
    "<!--",
    "x" * 10_000,
    "{names} {seat} {0} %s",
]


class Page(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in {"meta", "br", "link"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def in_one_line(text: str) -> str:
    return "".join(text.split())


def test_a_page_shows_the_branch_and_folds_the_rest_away() -> None:
    text = html_page(DOOR, LABELS)
    shown, _, folded = text.partition("</main>")
    assert '<html lang="en">' in text
    assert "<h1><bdi>The Door</bdi></h1>" in shown
    assert "By Ada, Ben, the model" in Page(text).text
    for words in ("The door stood open.", "A dog came out.", "Ben followed it.", "It barked twice."):
        assert words in shown
        assert words not in folded
    for words in ("Nobody was there. It was cold.", "It ran.", "They were never seen again."):
        assert words in folded
        assert words not in shown
    assert folded.count("<details>") == 2
    assert "After passage 1:" in folded
    assert "After passage 4:" in folded
    assert 'title="the model – hidden from the model"' in folded


def test_a_page_says_who_wrote_what() -> None:
    text = html_page(DOOR, LABELS)
    assert '<bdi class="w1 brief" id="t1" title="Ada">The door stood open.</bdi>' in text
    assert '<bdi class="w2 brief" id="t4" title="Ben">Ben followed it.</bdi>' in text
    assert '<span class="who w0" id="t2"><bdi>the model</bdi> 2</span><bdi class="w0" title="the model">Nobody' in text


def test_a_page_needs_nothing_from_elsewhere() -> None:
    page = Page(html_page(DOOR, LABELS))
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert not {"src", "href", "onload"} & page.attributes
    text = html_page(DOOR, LABELS)
    assert "url(" not in text
    assert "@import" not in text
    for query in ("(prefers-color-scheme: dark)", "@media print", "width=device-width"):
        assert query in text


def test_any_branch_can_be_shown() -> None:
    shown = html_page(DOOR, LABELS, at=7).partition("</main>")[0]
    assert "They were never seen again." in shown
    assert "It barked twice." not in shown
    assert '<bdi class="w0 hidden' in shown


@pytest.mark.parametrize("nasty", NASTY)
def test_nothing_that_was_typed_is_markup(nasty: str) -> None:
    file = story(
        turn(1, None, f"It began. {nasty}", seat=1),
        turn(2, 1, f" And {nasty}."),
        turn(3, 1, f"{nasty} again."),
        title=f"T {nasty}"[:200],
        people=(Person(seat=1, name=nasty[:80]),),
    )
    plain, page = Page(html_page(DOOR, LABELS)), Page(html_page(file, LABELS))
    assert set(page.tags) <= set(plain.tags) | {"br", "section"}
    assert page.attributes == plain.attributes
    assert in_one_line(escape(nasty)) in in_one_line(html_page(file, LABELS))
    assert_is_a_book(epub(file, LABELS))
    assert "<script" not in markdown(file, LABELS).replace("\\<", "")


@given(stories())
def test_every_turn_of_any_story_is_on_its_page_once(file: StoryFile) -> None:
    text = html_page(file, LABELS)
    page = Page(text)
    assert page.open == []
    ids = re.findall(r'id="t(\d+)"', text)
    assert len(ids) == len(set(ids))
    branch = [each.id for each in file.branch()]
    rest = [each.id for stretch in other_stretches(file) for each in stretch]
    assert sorted(branch + rest) == [each.id for each in file.turns]
    for each in file.turns:
        assert in_one_line(Page(f"<p>{escape(each.text)}</p>").text) in in_one_line(page.text)


@given(stories())
def test_any_story_is_a_book_and_the_same_one_each_time(file: StoryFile) -> None:
    data = epub(file, LABELS)
    assert data == epub(file, LABELS)
    assert_is_a_book(data)


def assert_is_a_book(data: bytes) -> None:
    """Check what EPUB 3 asks for."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    first = archive.infolist()[0]
    assert (first.filename, first.compress_type, first.extra) == ("mimetype", zipfile.ZIP_STORED, b"")
    assert data[38:58] == b"application/epub+zip"
    container = ElementTree.fromstring(archive.read("META-INF/container.xml"))
    (rootfile,) = container.iter("{urn:oasis:names:tc:opendocument:xmlns:container}rootfile")
    package = ElementTree.fromstring(archive.read(rootfile.attrib["full-path"]))
    opf, dc = "{http://www.idpf.org/2007/opf}", "{http://purl.org/dc/elements/1.1/}"
    assert package.attrib["version"] == "3.0"
    for name in ("identifier", "title", "language"):
        (found,) = package.iter(f"{dc}{name}")
        assert (found.text or "").strip()
    assert package.attrib["unique-identifier"] == next(package.iter(f"{dc}identifier")).attrib["id"]
    (modified,) = package.iter(f"{opf}meta")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", modified.text or "")
    items = {item.attrib["id"]: item.attrib for item in package.iter(f"{opf}item")}
    assert {f"OEBPS/{item['href']}" for item in items.values()} == {
        name for name in archive.namelist() if name.startswith("OEBPS/") and not name.endswith(".opf")
    }
    assert [item["href"] for item in items.values() if item.get("properties") == "nav"] == ["nav.xhtml"]
    assert all(ref.attrib["idref"] in items for ref in package.iter(f"{opf}itemref"))
    for name in archive.namelist():
        if name.endswith(".xhtml"):
            page = ElementTree.fromstring(archive.read(name))
            assert page.tag == "{http://www.w3.org/1999/xhtml}html"
            ids = [each.attrib["id"] for each in page.iter() if "id" in each.attrib]
            assert len(ids) == len(set(ids))


def test_a_book_has_the_shown_branch_and_its_authors() -> None:
    archive = zipfile.ZipFile(io.BytesIO(epub(DOOR, LABELS)))
    text = "".join(ElementTree.fromstring(archive.read("OEBPS/part1.xhtml")).itertext())
    assert "It barked twice." in text
    assert "It ran." not in text
    package = archive.read("OEBPS/book.opf").decode()
    assert "<dc:creator>Ada</dc:creator>\n<dc:creator>Ben</dc:creator>\n<dc:creator>the model</dc:creator>" in package
    assert "2026-11-25T12:07:00Z" in package


def test_a_long_book_has_parts() -> None:
    turns = [turn(1, None, "It began.", seat=1)]
    turns += [turn(number, number - 1, "\n\n" + "It went on. " * 800) for number in range(2, 30)]
    archive = zipfile.ZipFile(io.BytesIO(epub(story(*turns), LABELS)))
    assert [name for name in archive.namelist() if "part" in name] == [f"OEBPS/part{part}.xhtml" for part in (1, 2, 3)]
    assert "Part 3" in archive.read("OEBPS/nav.xhtml").decode()


def test_plain_text_is_the_title_underlined_and_the_story() -> None:
    assert plain_text(DOOR) == (
        "The Door\n========\n\nThe door stood open. A dog came out.\n\nBen followed it. It barked twice.\n"
    )
    assert plain_text(DOOR, at=2) == "The Door\n========\n\nThe door stood open. Nobody was there. It was cold.\n"


def test_markdown_names_people_before_their_words() -> None:
    assert markdown(DOOR, LABELS) == (
        "# The Door\n\n*By Ada, Ben, the model*\n\n**Ada:** The door stood open.\n\nA dog came out.\n\n"
        "**Ben:** Ben followed it.\n\nIt barked twice.\n"
    )


def test_a_wish_for_a_story_stands_apart_from_it() -> None:
    file = story(turn(1, None, "write a story about a fox", seat=1), turn(2, 1, "It was red."), title="A fox")
    assert plain_text(file) == "A fox\n=====\n\nwrite a story about a fox\n\nIt was red.\n"
    assert "\n\n> write a story about a fox\n\nIt was red.\n" in markdown(file, LABELS)
    assert "<blockquote><bdi>write a story about a fox</bdi></blockquote>" in html_page(file, LABELS)


def test_a_chinese_story_is_marked_as_one() -> None:
    file = story(turn(1, None, "门开着。", seat=1), title="门", language="zh-CN")
    assert '<html lang="zh-CN">' in html_page(file, LABELS)
    assert (
        "<dc:language>zh-CN</dc:language>"
        in zipfile.ZipFile(io.BytesIO(epub(file, LABELS))).read("OEBPS/book.opf").decode()
    )
