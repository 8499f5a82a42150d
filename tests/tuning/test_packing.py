"""Blocks begin with paragraphs, lose nothing, and are the same each time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain, count
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.tuning.document import Document, paragraphs_of
from bot.tuning.packing import Packed, Shape, mix, pack, pack_openings
from bot.tuning.segments import count_tokens, segments_of
from bot.tuning.splitting import split
from tests.tuning.tokens import END_OF_TEXT, WordTokenizer

SENTENCE = st.integers(1, 12).map(lambda words: " ".join(["rain"] * words) + ".")
SENTENCES = st.lists(SENTENCE, min_size=1, max_size=4).map(" ".join)
TEXTS = st.lists(st.lists(SENTENCES, min_size=1, max_size=6).map("\n\n".join), min_size=1, max_size=8, unique=True)


def documents(texts: list[str], request: str = "") -> list[Document]:
    return [
        Document(name=str(number), text=f"{number} {text}", source=Path(str(number)), request=request)
        for number, text in enumerate(texts)
    ]


def own_words(texts: list[str]) -> list[Document]:
    """Documents of as many words as texts have, every word another."""
    numbers = count()
    return documents([re.sub(r"\w+", lambda _: f"w{next(numbers)}", text) for text in texts])


def words_of(found: Iterable[Document]) -> set[str]:
    return set(re.findall(r"w\d+", " ".join(each.text for each in found)))


def seen(packed: Packed, tokenizer: WordTokenizer) -> set[str]:
    return {tokenizer.words[token] for block in packed.blocks for token in block}


def shape(length: int, seed: int = 0) -> Shape:
    return Shape(length=length, end_of_text=END_OF_TEXT, seed=seed)


def test_a_block_begins_with_the_paragraph_that_the_one_before_had_no_room_for() -> None:
    tokenizer = WordTokenizer()
    packed = pack(documents(["a b c\n\nd e f\n\ng h i"]), tokenizer, shape(10))
    assert {tokenizer.decode(block) for block in packed.blocks} == {"0 a b c\n\nd", "d e f\n\ng h"}
    assert packed.left_over == len(tokenizer.encode("g h i")) + 1


def test_short_documents_share_a_block_and_each_ends_with_its_token() -> None:
    tokenizer = WordTokenizer()
    packed = pack(documents(["a", "b", "c"]), tokenizer, shape(8))
    (block,) = packed.blocks
    texts = tokenizer.decode(block).split("<end>")
    assert texts[-1] == ""
    assert len(texts) == 3
    assert set(texts[:2]) < {"0 a", "1 b", "2 c"}
    assert packed.left_over == 4


def test_the_end_of_a_long_document_is_a_beginning_among_short_ones() -> None:
    tokenizer = WordTokenizer()
    packed = pack(documents(["a b c d e f\n\ng h", "i"]), tokenizer, shape(8))
    shared = next(tokenizer.decode(block) for block in packed.blocks if END_OF_TEXT in block)
    assert shared in {"g h<end>1 i<end>", "1 i<end>g h<end>"}


def test_too_little_for_one_block_is_one_that_is_short() -> None:
    tokenizer = WordTokenizer()
    packed = pack(documents(["a", "b"]), tokenizer, shape(100))
    assert [len(block) for block in packed.blocks] == [8]
    assert packed.left_over == 0
    assert pack([], tokenizer, shape(100)).blocks == ()


def test_a_paragraph_that_fits_no_block_is_divided_into_sentences() -> None:
    tokenizer = WordTokenizer()
    (document,) = documents(["a b c. d e f. g h i."])
    found = segments_of(document, tokenizer, length=9, end_of_text=END_OF_TEXT)
    assert [tokenizer.decode(each.first) for each in found] == ["0 a b c.", "d e f.", "g h i.<end>"]
    assert tokenizer.decode(chain.from_iterable(each.behind for each in found)) == f"{document.text}<end>"


def test_what_was_typed_stands_before_the_story_and_is_never_parted_from_it() -> None:
    tokenizer = WordTokenizer()
    (document,) = documents(["a b\n\nc d"], request="a wish")
    found = segments_of(document, tokenizer, length=20, end_of_text=END_OF_TEXT)
    assert [tokenizer.decode(each.first) for each in found] == ["a wish\n\n0 a b", "c d<end>"]
    assert count_tokens(document, tokenizer) == sum(len(each.behind) for each in found) - 1


def test_of_openings_each_gives_one_block_and_the_short_ones_share() -> None:
    tokenizer = WordTokenizer()
    found = documents(["a b c d e f g h i j k l", "m", "n"], request="so")
    packed = pack_openings(found, tokenizer, shape(12))
    assert [tokenizer.decode(block) for block in packed.blocks] == ["so\n\n0 a b c d", "so\n\n1 m<end>so\n\n2 "]


@given(TEXTS, st.integers(2, 30))
def test_every_word_is_in_a_block_or_left_over(texts: list[str], length: int) -> None:
    tokenizer, found = WordTokenizer(), own_words(texts)
    packed = pack(found, tokenizer, shape(length))
    assert len(packed.blocks) == 1 or all(len(block) == length for block in packed.blocks)
    assert len(words_of(found) - seen(packed, tokenizer)) <= packed.left_over < length


@given(TEXTS, st.integers(2, 30))
def test_a_block_is_a_stretch_of_one_text_or_of_short_ones_parted_by_their_ends(texts: list[str], length: int) -> None:
    tokenizer, found = WordTokenizer(), own_words(texts)
    for block in pack(found, tokenizer, shape(length)).blocks:
        for part in tokenizer.decode(block).split("<end>"):
            assert any(part.strip() in each.text for each in found)


@given(TEXTS)
def test_where_paragraphs_fit_a_block_each_block_begins_with_one(texts: list[str]) -> None:
    tokenizer, found = WordTokenizer(), own_words(texts)
    beginnings = {paragraph.split()[0] for each in found for paragraph in paragraphs_of(each.text)}
    for block in pack(found, tokenizer, shape(120)).blocks:
        assert tokenizer.decode(block).replace("<end>", " ").split()[0] in beginnings


@given(TEXTS, st.integers(2, 20))
def test_no_block_has_a_word_of_what_is_held_out(texts: list[str], length: int) -> None:
    tokenizer = WordTokenizer()
    parted = split(own_words(texts))
    learned, held_out = (pack(side, tokenizer, shape(length)) for side in (parted.training, parted.held_out))
    assert not seen(learned, tokenizer) & words_of(parted.held_out)
    assert not seen(held_out, tokenizer) & words_of(parted.training)


@given(TEXTS, st.integers(2, 30), st.integers(0, 3))
def test_the_same_seed_gives_the_same_blocks(texts: list[str], length: int, seed: int) -> None:
    tokenizer = WordTokenizer()
    found = documents(texts)
    packed = pack(found, tokenizer, shape(length, seed))
    assert pack(found, tokenizer, shape(length, seed)) == packed


def test_a_weight_says_how_often_a_source_is_seen() -> None:
    tokenizer = WordTokenizer()
    found = documents([" ".join(f"{name}{number}." for number in range(400)) for name in "ab"])
    once = pack(found, tokenizer, shape(10))
    weighed = pack(found, tokenizer, shape(10), {Path("0"): 2.0, Path("1"): 0.5})

    def times(name: str, blocks: tuple[tuple[int, ...], ...]) -> int:
        return sum(tokenizer.decode(block).count(f"{name}1") > 0 for block in blocks)

    assert times("a", weighed.blocks) == 2 * times("a", once.blocks)
    assert 0.2 * times("b", once.blocks) < times("b", weighed.blocks) < 0.8 * times("b", once.blocks)


@given(st.lists(st.tuples(st.integers(), st.integers())), st.lists(st.tuples(st.integers(), st.integers())))
def test_mixing_keeps_every_block(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    assert sorted(mix(one, other, 7)) == sorted([*one, *other])
    assert mix(one, other, 7) == mix(one, other, 7)
