"""A tokenizer whose tokens are easily read, for tests."""

from __future__ import annotations

import re
from collections.abc import Iterable

END_OF_TEXT = 0


class WordTokenizer:
    """A token a word, with the white space before it as tokens of their own."""

    def __init__(self) -> None:
        self.words = ["<end>"]
        self._numbers = {"<end>": END_OF_TEXT}

    def encode(self, text: str) -> list[int]:
        return [self._number(word) for word in re.findall(r"\w+|[^\w\s]|\s", text)]

    def decode(self, tokens: Iterable[int]) -> str:
        return "".join(self.words[token] for token in tokens)

    def _number(self, word: str) -> int:
        if word not in self._numbers:
            self._numbers[word] = len(self.words)
            self.words.append(word)
        return self._numbers[word]
