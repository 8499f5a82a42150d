"""What is held out is drawn the same way each time, and nothing of it is learned from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.tuning.document import Document, paragraphs_of
from bot.tuning.splitting import HELD_OUT, split


def document(name: str, letters: int) -> Document:
    return Document(name=name, text=f"{name} " * letters, source=Path(name), request="a wish")


SHORT = [document(f"{number:03}", 20) for number in range(100)]
NOVEL = Document(name="novel", text="\n\n".join(f"Paragraph {n:03}." for n in range(100)), source=Path("novel"))


def test_whole_documents_are_held_out_up_to_the_share() -> None:
    found = split(SHORT)
    assert len(found.held_out) == HELD_OUT * len(SHORT)
    assert (set(found.training) | set(found.held_out), found.within) == (set(SHORT), False)
    assert not set(found.training) & set(found.held_out)


def test_the_order_of_documents_changes_nothing() -> None:
    assert set(split(SHORT).held_out) == set(split(SHORT[::-1]).held_out)


def test_another_text_is_another_draw() -> None:
    others = [replace(each, text=each.text + ".") for each in SHORT]
    assert {each.name for each in split(SHORT).held_out} != {each.name for each in split(others).held_out}


def test_where_none_fits_the_share_the_smallest_is_held_out() -> None:
    large = [document(name, 1000) for name in "abcdef"]
    found = split([*large, document("g", 400)])
    assert [each.name for each in found.held_out] == ["g"]


def test_of_one_document_the_last_paragraphs_are_held_out() -> None:
    found = split([NOVEL])
    assert found.within
    (training,), (held_out,) = found.training, found.held_out
    assert paragraphs_of(training.text) + paragraphs_of(held_out.text) == paragraphs_of(NOVEL.text)
    assert 0.04 < len(held_out.text) / len(NOVEL.text) < 0.07


def test_of_two_novels_neither_is_given_up() -> None:
    other = replace(NOVEL, name="other", text=NOVEL.text * 2)
    found = split([NOVEL, other])
    assert (found.within, [each.name for each in found.training]) == (True, ["novel", "other"])
    assert [each.name for each in found.held_out] == ["other"]


def test_one_paragraph_alone_cannot_be_parted() -> None:
    found = split([document("a", 20)])
    assert (len(found.training), found.held_out) == (1, ())


def test_no_documents_are_no_trouble() -> None:
    assert split([]).held_out == ()


@given(st.lists(st.integers(1, 300), min_size=1, max_size=12))
def test_all_text_is_on_one_side_or_the_other(lengths: list[int]) -> None:
    texts = ["\n\n".join(f"{number} {line}" for line in range(length)) for number, length in enumerate(lengths)]
    found = split([Document(name=str(number), text=text, source=Path("a")) for number, text in enumerate(texts)])
    both = [line for each in (*found.training, *found.held_out) for line in paragraphs_of(each.text)]
    assert sorted(both) == sorted(line for text in texts for line in paragraphs_of(text))
    assert found.training
