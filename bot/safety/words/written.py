"""Characters that are written as something longer: `&#102;`, `&nbsp;`, and a server's own emoji."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

_WRITTEN = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,9});|<a?:\w{1,32}:\d{1,20}>", re.IGNORECASE)
_EMOJI = "💥"
"""What a server's own emoji is read as: any of them hides the same."""


@dataclass(frozen=True, slots=True)
class Read:
    """A text in which each written character is one.

    Attributes:
        text: The text.
        starts: For each character where it begins in the original.
        ends: For each character before where it ends there.
    """

    text: str
    starts: list[int]
    ends: list[int]

    def has_written(self, start: int, end: int) -> bool:
        """Say whether a stretch has a character that was written as something longer."""
        return self.ends[end - 1] - self.starts[start] > end - start


def as_read(text: str) -> Read | None:
    """Give a text as a browser or Discord shows it; None where that is no other."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for written in _WRITTEN.finditer(text):
        sign = _EMOJI if written[0][0] == "<" else html.unescape(written[0])
        if len(sign) != 1:
            continue
        parts += text[done : written.start()], sign
        starts += range(done, written.start() + 1)
        ends += [*range(done + 1, written.start() + 1), written.end()]
        done = written.end()
    if not parts:
        return None
    parts.append(text[done:])
    starts += range(done, len(text))
    ends += range(done + 1, len(text) + 1)
    return Read("".join(parts), starts, ends)
