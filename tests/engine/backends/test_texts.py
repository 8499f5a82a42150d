"""From tokens to pieces, where a decoder drops all of what is broken: as those of Llama and its like do."""

from __future__ import annotations

import pytest
from tokenizers import decoders

from bot.engine.backends.texts import News, Text, pieces, put_in_front
from bot.engine.protocol import Finish

DECODER = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])


def decode(windows: list[list[int]]) -> list[str]:
    return [DECODER.decode([f"<0x{byte:02X}>" for byte in window]) for window in windows]


def test_a_run_of_broken_bytes_is_dropped_as_a_whole() -> None:
    assert decode([list("你好".encode())[1:]]) == ["�" * 5]


@pytest.mark.parametrize("prompt", ["你好", "“Well,” said 你", "🐉", "Once upon"])
def test_the_first_characters_behind_a_prompt_are_shown_wherever_its_tail_begins(prompt: str) -> None:
    text, shown = Text(list(prompt.encode()), (), decode), ""
    for byte in "世界 b".encode():
        shown += "".join(piece.text for piece in pieces([News("1", text, [byte], None)], decode))
    shown += "".join(piece.text for piece in pieces([News("1", text, [], Finish.EOS)], decode))
    assert shown == "世界 b"


@pytest.mark.parametrize(
    ("marked", "plain", "bos", "first"),
    [([1, 7], [7], 1, (1,)), ([7], [7], 1, ()), ([101, 7, 102], [7], 101, ()), ([7, 2], [7], 1, ()), ([1], [1], 1, ())],
    ids=["Llama's", "GPT-2's", "BERT's", "an end alone", "the text is the mark"],
)
def test_what_stands_before_every_text_is_what_the_tokenizer_calls_its_beginning(
    marked: list[int], plain: list[int], bos: int | None, first: tuple[int, ...]
) -> None:
    assert put_in_front(marked, plain, bos) == first
