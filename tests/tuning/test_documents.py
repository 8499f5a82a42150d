"""Files and folders are read in order, and what cannot be read is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.stories.exports.json_files import write_json
from bot.tuning import documents
from bot.tuning.document import legible
from bot.tuning.documents import KINDS, read_documents
from bot.tuning.errors import (
    ConsentMissingError,
    EmptyDocumentError,
    LinkError,
    NoSuchFileError,
    TooMuchTextError,
    UndecodableError,
    UnknownFormatError,
)
from bot.tuning.splitting import split
from tests.stories.exports.trees import DOOR
from tests.tuning.files import book


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder with a file of each kind, and some that are of no use."""
    folder = tmp_path / "shelf"
    (folder / "tales" / ".git").mkdir(parents=True)
    (folder / "b.txt").write_text("It rained.")
    (folder / "a.MD").write_text("# Title\n\nIt *poured*.")
    (folder / "tales" / "mill.epub").write_bytes(book())
    (folder / "tales" / "rows.csv").write_text("text\nOnce.\nTwice.\n")
    (folder / "tales" / "lines.jsonl").write_text('{"text": "Thrice."}\n')
    (folder / "tales" / "door.json").write_bytes(write_json(DOOR))
    (folder / "tales" / "picture.png").write_bytes(b"\x89PNG")
    (folder / "tales" / "latin.txt").write_bytes(b"caf\xe9")
    (folder / "tales" / "empty.txt").write_text(" \n")
    (folder / "tales" / ".git" / "config.txt").write_text("hidden")
    return folder


def test_a_folder_is_read_with_all_that_is_in_it_in_the_order_of_names(shelf: Path) -> None:
    found = read_documents([shelf])
    assert [each.name for each in found.documents] == [
        "shelf/a.MD",
        "shelf/b.txt",
        "shelf/tales/lines.jsonl:1",
        "shelf/tales/mill.epub",
        "shelf/tales/rows.csv:2",
        "shelf/tales/rows.csv:3",
    ]
    assert found.documents[0].text.strip() == "It poured."
    assert found.documents[-1].source == shelf / "tales" / "rows.csv"


def test_what_a_folder_has_that_is_of_no_use_is_named_with_its_reason(shelf: Path) -> None:
    assert [(each.name, type(each.error)) for each in read_documents([shelf]).unreadable] == [
        ("shelf/tales/door.json", ConsentMissingError),
        ("shelf/tales/empty.txt", EmptyDocumentError),
        ("shelf/tales/latin.txt", UndecodableError),
        ("shelf/tales/picture.png", UnknownFormatError),
    ]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("tales/door.json", ConsentMissingError),
        ("tales/latin.txt", UndecodableError),
        ("tales/picture.png", UnknownFormatError),
        ("missing.txt", NoSuchFileError),
    ],
)
def test_what_somebody_names_and_cannot_be_used_is_an_error(shelf: Path, name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_documents([shelf / "b.txt", shelf / name])


def test_known_kinds_are_told_to_whoever_names_another(shelf: Path) -> None:
    with pytest.raises(UnknownFormatError, match=r"\.txt, \.md, \.jsonl, \.csv, \.epub, \.json"):
        read_documents([shelf / "tales" / "picture.png"])
    assert len(KINDS) == 6


def test_links_in_a_folder_lead_nowhere(tmp_path: Path, shelf: Path) -> None:
    outside = tmp_path / "private"
    outside.mkdir()
    (outside / "diary.txt").write_text("Dear diary")
    (shelf / "z.txt").symlink_to(outside / "diary.txt")
    (shelf / "zz").symlink_to(outside)
    found = read_documents([shelf])
    assert not any("diary" in each.text for each in found.documents)
    assert [each.name for each in found.unreadable if isinstance(each.error, LinkError)] == ["shelf/z.txt", "shelf/zz"]


def test_a_link_that_somebody_names_is_what_it_leads_to(tmp_path: Path, shelf: Path) -> None:
    (tmp_path / "link.txt").symlink_to(shelf / "b.txt")
    assert [each.text for each in read_documents([tmp_path / "link.txt"]).documents] == ["It rained."]


def test_a_file_that_is_named_twice_is_read_once(shelf: Path) -> None:
    found = read_documents([shelf / "b.txt", shelf / "tales" / ".." / "b.txt", shelf])
    assert [each.name for each in found.documents].count("b.txt") == 1
    assert not any(each.name == "shelf/b.txt" for each in found.documents)


def test_the_column_of_a_table_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("story,text\nyes,no\n")
    assert [each.text for each in read_documents([tmp_path / "a.csv"], column="story").documents] == ["yes"]


def test_more_text_than_fits_the_memory_is_refused(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "CHARACTERS", 20)
    with pytest.raises(TooMuchTextError):
        read_documents([shelf])


def test_a_link_to_itself_is_left_out_or_is_no_file(shelf: Path) -> None:
    (shelf / "round.txt").symlink_to(shelf / "round.txt")
    found = read_documents([shelf])
    assert [each.name for each in found.unreadable if isinstance(each.error, LinkError)] == ["shelf/round.txt"]
    with pytest.raises(NoSuchFileError):
        read_documents([shelf / "round.txt"])


def test_a_name_that_is_no_text_can_be_shown_drawn_by_and_written(shelf: Path) -> None:
    (shelf / "b.txt").rename(shelf / os.fsdecode(b"caf\xe9.txt"))
    found = read_documents([shelf])
    (document,) = [each for each in found.documents if each.text == "It rained."]
    assert document.name == "shelf/caf\ufffd.txt"
    assert split(found.documents).training
    # The card has the names of files as well.
    assert legible(document.source.name) == "caf\ufffd.txt"
