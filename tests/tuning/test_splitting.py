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


def novel(name: str) -> Document:
    text = "\n\n".join(f"Paragraph {number:03} of {name}." for number in range(1000))
    return Document(name=name, text=text, source=Path(name))


def test_a_note_beside_novels_is_not_all_that_is_held_out() -> None:
    novels = [novel(name) for name in "abcdefghi"]
    note = Document(name="note", text="Remember to buy bread.", source=Path("note"))
    found = split([*novels, note])
    total = sum(len(each.text) for each in (*novels, note))
    assert sum(len(each.text) for each in found.held_out) > HELD_OUT * total / 2
    assert not found.within
    # Of two novels neither is given up, so it is the end of one that goes with the note.
    found = split([novels[0], novels[1], note])
    assert (found.within, [each.name for each in found.held_out][:1], len(found.training)) == (True, ["note"], 2)
    assert 0.03 < sum(len(each.text) for each in found.held_out) / (2 * len(novels[0].text)) < 0.07


def test_a_paragraph_that_is_larger_than_the_share_is_cut_at_sentences() -> None:
    giant = " ".join(f"Sentence {number:04} rained on." for number in range(1000))
    found = split([Document(name="a", text=f"A short line.\n\n{giant}", source=Path("a"))])
    (training,), (held_out,) = found.training, found.held_out
    assert f"{training.text} {held_out.text}" == f"A short line.\n\n{giant}"
    assert 0.04 < len(held_out.text) / len(giant) < 0.06
    assert held_out.text.startswith("Sentence 0")


def test_chinese_is_cut_at_sentences_too() -> None:
    giant = "".join(f"第{number:04}天下了雨。" for number in range(1000))
    found = split([Document(name="a", text=giant, source=Path("a"))])
    assert found.training[0].text + found.held_out[0].text == giant
    assert 0.04 < len(found.held_out[0].text) / len(giant) < 0.06


def test_of_two_books_of_a_line_each_something_is_held_out() -> None:
    books = [
        Document(name=name, text=" ".join(f"{name} rained {number}." for number in range(200)), source=Path(name))
        for name in "ab"
    ]
    found = split(books)
    assert (found.within, len(found.training), len(found.held_out)) == (True, 2, 1)


def test_what_has_no_place_to_cut_is_learned_from_and_not_given_up() -> None:
    giant = Document(name="a", text="A line.\n\n" + "rain " * 1000, source=Path("a"))
    found = split([giant])
    assert (found.training, found.held_out, found.within) == ((giant,), (), False)


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
