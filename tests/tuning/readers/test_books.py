"""Of a book its story is read, in order, and an archive that means harm is told so."""

from __future__ import annotations

import pytest

from bot.stories.exports.books import epub
from bot.stories.exports.labels import Labels
from bot.tuning.errors import ConsentUnknownError, DamagedBookError, UndecodableError
from bot.tuning.readers import books
from bot.tuning.readers.books import read_epub
from tests.stories.exports.trees import DOOR
from tests.tuning.files import CONTAINER, PACKAGE, PAGES, book, page, zipped


def test_the_story_is_read_in_the_order_of_the_spine_and_nothing_else() -> None:
    found = read_epub(book(), name="mill.epub")
    assert found.text == "The miller slept & snored.\n\nRain came.\nIt stayed.\n\nSo he woke."
    assert found.left_out == ("OPS/title.xhtml", "OPS/nav.xhtml", "OPS/text/extra.xhtml", "OPS/last.xhtml")


@pytest.mark.parametrize("kind", ["titlepage", "copyright-page", "toc"])
def test_a_page_that_says_that_it_is_apart_is_left_out(kind: str) -> None:
    apart = f"<html><body epub:type='{kind}'><p>Rain came.</p></body></html>"
    found = read_epub(book(**{"OPS/text/one.xhtml": apart}), name="mill.epub")
    assert "Rain" not in found.text
    assert f"OPS/text/one.xhtml ({kind})" in found.left_out


def test_a_page_that_is_all_of_the_book_is_read_whatever_it_is_called() -> None:
    package = PACKAGE.replace("title.xhtml", "index.html")
    files = {"OPS/package.opf": package, "OPS/index.html": page("<p>All of it.</p>")}
    assert read_epub(book(**files), name="mill.epub").text.startswith("All of it.")


def test_a_guide_that_leads_into_the_middle_of_a_page_leaves_the_page_where_it_is() -> None:
    package = PACKAGE.replace('type="copyright-page" href="last.xhtml"', 'type="toc" href="text/one.xhtml#contents"')
    assert "Rain came." in read_epub(book(**{"OPS/package.opf": package}), name="mill.epub").text


def test_of_a_page_with_a_title_page_and_chapters_only_the_title_page_is_left_out() -> None:
    sections = (
        "<section epub:type='titlepage'><p>The Mill</p><section><p>A Person</p></section></section>"
        "<section epub:type='chapter'><p>Rain came.</p></section>"
    )
    found = read_epub(book(**{"OPS/text/one.xhtml": page(sections)}), name="mill.epub")
    assert found.text == "The miller slept & snored.\n\nRain came."
    assert "OPS/text/one.xhtml (titlepage)" in found.left_out


@pytest.mark.parametrize("heading", ["<h2>Chapter</h3>", "<h2>Chapter", "<h2><b>Chapter</h4>", "<h2>A<h3>B</h3>"])
def test_a_heading_that_is_not_ended_as_it_began_swallows_nothing(heading: str) -> None:
    body = page(f"{heading}<p>Rain came.</p><p>It stayed.</p>")
    text = read_epub(book(**{"OPS/text/one.xhtml": body}), name="mill.epub").text
    assert text == "The miller slept & snored.\n\nRain came.\n\nIt stayed."


def test_a_story_that_this_bot_bound_is_refused_since_it_does_not_say_who_agreed() -> None:
    with pytest.raises(ConsentUnknownError, match="Export it as JSON"):
        read_epub(epub(DOOR, Labels()), name="door.epub")


def test_a_small_archive_that_unpacks_to_gigabytes_is_put_down_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "UNPACKED_BYTES", 2**20)
    with pytest.raises(DamagedBookError, match="unpacks to more than 1 MB"):
        read_epub(book(**{"OPS/text/one.xhtml": page("<p>a</p>" * 2**20)}), name="bomb.epub")


def test_entities_that_unfold_without_end_stay_folded() -> None:
    lol = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    found = read_epub(book(**{"OPS/text/one.xhtml": lol + page("<p>He laughed &b;.</p>")}), name="lol.epub").text
    assert "He laughed &b;." in found


@pytest.mark.parametrize(
    "data",
    [
        b"PK no archive",
        zipped({}),
        zipped({"META-INF/container.xml": "<container/>"}),
        zipped({"META-INF/container.xml": CONTAINER}),
        zipped({"META-INF/container.xml": CONTAINER, "OPS/package.opf": PACKAGE}),
        book()[:-200],
        book().replace(b"OPS/text/one.xhtml", b"OPS/text/two.xhtml"),
    ],
)
def test_a_damaged_book_is_told_so(data: bytes) -> None:
    with pytest.raises(DamagedBookError, match=r"mill\.epub is no EPUB that can be read"):
        read_epub(data, name="mill.epub")


def test_a_page_that_is_no_text_is_named() -> None:
    files = {name: page(body).encode() for name, body in PAGES.items()}
    files["OPS/text/one.xhtml"] = b"<p>caf\xe9</p>"
    data = zipped({"META-INF/container.xml": CONTAINER, "OPS/package.opf": PACKAGE, **files})
    with pytest.raises(UndecodableError, match=r"mill\.epub, OPS/text/one\.xhtml .*0xE9"):
        read_epub(data, name="mill.epub")
