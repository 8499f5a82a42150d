"""From tokens to text, a step at a time: no half characters, nothing of a stop text."""

from __future__ import annotations

from collections.abc import Sequence

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class Detokenizer:
    """Turns the tokens of one stream into text as they come.

    A token's text depends on its neighbours (a space before a word, a character split over several tokens). So a window
    of the last tokens is decoded together, and once more without the newest, and what it says beyond that is new. The
    window is what makes the cost of a token constant. The method is the one that text-generation-inference and vLLM
    use; decoding is left to the caller, who can do it for all streams in one call.

    Args:
        before: The last few tokens of the prompt, so that the first word gets its space.
    """

    def __init__(self, before: Sequence[int] = ()) -> None:
        self._window = list(before)
        self._shown = len(self._window)

    def push(self, tokens: Sequence[int]) -> tuple[list[int], list[int]]:
        """Take new tokens; give the part of the window that was shown already, and the whole window, to be decoded."""
        self._window.extend(tokens)
        return self._window[: self._shown], list(self._window)

    def text(self, shown: str, whole: str, *, last: bool = False) -> str:
        """Give what is new; empty while a character is incomplete.

        Args:
            shown: The text of the first list that `push` gave.
            whole: The text of the second.
            last: No more tokens come: an incomplete character will never be one, and is dropped.
        """
        if last:
            whole = whole.rstrip(REPLACEMENT)
        elif whole.endswith(REPLACEMENT) or len(whole) <= len(shown):
            return ""
        del self._window[: self._shown]
        self._shown = len(self._window)
        return whole[len(shown) :]


class StopWatcher:
    """Ends a text before the first of its stop texts, and holds back what could become one."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._held = ""
        self.stopped = False

    def push(self, text: str, *, last: bool = False) -> str:
        """Take new text and give what can be shown; sets `stopped` at a stop text."""
        self._held += text
        if not self._stops:
            shown, self._held = self._held, ""
            return shown
        found = [at for at in (self._held.find(stop) for stop in self._stops) if at >= 0]
        if found:
            self.stopped = True
            shown, self._held = self._held[: min(found)], ""
            return shown
        keep = 0 if last else max(self._overlap(stop) for stop in self._stops)
        cut = len(self._held) - keep
        shown, self._held = self._held[:cut], self._held[cut:]
        return shown

    def _overlap(self, stop: str) -> int:
        """Give the length of the longest end of the held text that is a beginning of the stop text."""
        longest = min(len(stop) - 1, len(self._held))
        return next((size for size in range(longest, 0, -1) if self._held.endswith(stop[:size])), 0)
