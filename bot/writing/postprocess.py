"""From what the model wrote to what people read. Pure functions."""

from __future__ import annotations

import re

from bot.sentences import last_sentence_end

_BLANK_LINES = re.compile(r"[ \t]*\n(?:[ \t]*\n){2,}")
_REMOVED = r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]|<\|[a-z_]+\|>|</?s>"
_CONTROL = re.compile(_REMOVED)
_SPACED_IDEOGRAPHS = re.compile(
    r"(?<=[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]) +(?=[\u3000-\u303f\u3400-\u9fff\uff00-\uffef])"
)
_HALF_WIDTH = {",": "，", ".": "。", "!": "！", "?": "？", ";": "；", ":": "："}
_CHINESE_MARK = re.compile(r"(?<=[\u3400-\u9fff])([,.!?;:])(?=[\s\u3400-\u9fff\u300c-\u300f\u201c\u201d]|$)")
_UNDECIDED = re.compile(rf"(?:\r|(?<=[\u3400-\u9fff])(?:{_REMOVED})*[,.!?;:](?:{_REMOVED})*)?(?:<[|/a-z_]*)?\Z")
_CODE = re.compile(r"```|`")
_PAIRS = ("**", "__", "~~", "||")


def clean(text: str) -> str:
    """Take out control characters and special tokens, pressed-in spaces and heaps of blank lines."""
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _SPACED_IDEOGRAPHS.sub("", text)
    text = _CHINESE_MARK.sub(lambda mark: _HALF_WIDTH[mark[1]], text)
    return _BLANK_LINES.sub("\n\n", text)


def undecided(text: str) -> int:
    """Give the offset from which on `clean` depends on what follows; the text's length if it does not."""
    found = _UNDECIDED.search(text)
    return found.start() if found else len(text)


def trim(text: str) -> str:
    """Cut the unfinished sentence at the end; a text without any finished sentence stays as it is."""
    end = last_sentence_end(text)
    return text[:end] if end else text.rstrip()


def balance(text: str) -> str:
    """Close what Markdown would leave open, so that nothing behind the text is drawn into it.

    An odd mark of code is closed; an odd pair of emphasis is escaped, because it was hardly meant.
    """
    open_mark = None
    for mark in _CODE.findall(text):
        open_mark = None if mark == open_mark else open_mark or mark
    if open_mark == "```":
        return f"{text}\n```"
    if open_mark:
        return f"{text} `" if text.endswith("`") else f"{text}`"
    for pair in _PAIRS:
        if text.count(pair) % 2:
            head, _, tail = text.rpartition(pair)
            text = f"{head}{''.join(chr(92) + mark for mark in pair)}{tail}"
    return text
