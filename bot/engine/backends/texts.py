"""From the tokens that a step gave to the pieces that are sent, the same for every backend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.engine.detokenizer import REPLACEMENT, Detokenizer, StopWatcher
from bot.engine.pieces import Piece
from bot.engine.protocol import Finish

Decode = Callable[[list[list[int]]], Sequence[str]]

PROMPT_TAIL = 4  # tokens of the prompt that the first new one is decoded with


class Text:
    """The text of one stream as it grows.

    Args:
        prompt: The tokens of the prompt.
        stop: Texts before the first of which it ends.
        decode: See `pieces`.
    """

    def __init__(self, prompt: Sequence[int], stop: Sequence[str], decode: Decode) -> None:
        self.detokenizer = Detokenizer(_tail(prompt, decode))
        self.stops = StopWatcher(stop)
        self.tokens = 0
        self.log_likelihood = 0.0


@dataclass(frozen=True, slots=True)
class News:
    """What a step added to a stream."""

    request_id: str
    text: Text
    tokens: Sequence[int]
    finish: Finish | None
    log_likelihood: float = 0.0
    """Of the new tokens; 0 unless the stream is scored."""


def put_in_front(marked: Sequence[int], plain: Sequence[int], bos: int | None) -> tuple[int, ...]:
    """Give the token that a model learned to find before every text, and writes badly without; many have none.

    What BERT's tokenizer puts around a text is not meant: Chinese GPT-2s have it, and go on from texts without.

    Args:
        marked: A text's tokens with those that the tokenizer puts around it.
        plain: The same without them.
        bos: What the tokenizer calls the beginning of a sequence.
    """
    return (bos,) if bos is not None and list(marked) == [bos, *plain] else ()


def begun_with(first: Sequence[int], tokens: list[int]) -> list[int]:
    """Put what `put_in_front` gave before a prompt that does not begin with it; a frame may have it already."""
    return [*first, *tokens] if first and tokens[0] != first[0] else tokens


def _tail(prompt: Sequence[int], decode: Decode) -> list[int]:
    """Give the end of a prompt that begins with a whole character: of what is broken, decoders may drop more."""
    tail = list(prompt[-PROMPT_TAIL:])
    while tail and decode([tail])[0].startswith(REPLACEMENT):
        del tail[0]
    return tail


def pieces(news: Iterable[News], decode: Decode) -> list[Piece]:
    """Give what can be shown of new tokens; a stop text turns a stream's finish into `Finish.STOP`.

    Args:
        news: At most one of each stream.
        decode: Gives the texts of sequences of tokens, none of which is empty.
    """
    news = list(news)
    windows: list[list[int]] = []
    for new in news:
        new.text.tokens += len(new.tokens)
        new.text.log_likelihood += new.log_likelihood
        windows.extend(new.text.detokenizer.push(new.tokens))
    texts = iter(decode([window for window in windows if window]))
    shown_and_whole = iter([next(texts) if window else "" for window in windows])
    found = []
    for new in news:
        last = new.finish is not None
        fresh = new.text.detokenizer.text(next(shown_and_whole), next(shown_and_whole), last=last)
        shown = new.text.stops.push(fresh, last=last)
        end = Finish.STOP if new.text.stops.stopped else new.finish
        if shown or end:
            found.append(Piece(new.request_id, shown, new.text.tokens, end, new.text.log_likelihood))
    return found
