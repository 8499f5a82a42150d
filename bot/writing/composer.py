"""Builds a text sentence by sentence, and takes only sentences that a story can have."""

from __future__ import annotations

from bot.sentences import sentence_ends
from bot.writing.judging import Fault, find_junk, loops, repeats
from bot.writing.postprocess import clean, undecided

LOOK_EVERY = 150  # characters of an unfinished sentence


class Composer:
    """Takes text as it streams in; each finished sentence is judged before it belongs to the story.

    `accepted` only ever grows, never loops and always ends at a sentence. `pending` is what may still be shown while it
    is being written. After a fault the engine is asked again from `accepted` on, and `restart` forgets the rest.
    """

    def __init__(self) -> None:
        self.accepted = ""
        self.pending = ""
        self._held = ""
        self._looked_at = LOOK_EVERY

    @property
    def text(self) -> str:
        """All that can be shown now."""
        return self.accepted + self.pending

    def add(self, text: str, *, last: bool = False) -> Fault | None:
        """Take more text.

        Args:
            text: What is new.
            last: Nothing more comes from this stream, so a sentence that ends with the text is finished.

        Returns:
            Why the next sentence cannot be taken, or None.
        """
        # Cleaning comes to the same however the text was cut: it sees what stands before, and waits for what follows.
        before = self.accepted[-1:]
        raw = before + self.pending + self._held + text
        cut = len(raw) if last else undecided(raw)
        self._held = raw[cut:]
        self.pending = clean(raw[:cut])[len(before) :]
        while True:
            # Until something follows it, a sentence may still get its closing quote.
            end = next((end for end in sentence_ends(self.pending) if last or end < len(self.pending)), 0)
            if not end:
                return self._endless()
            sentence = self.pending[:end]
            fault = find_junk(sentence) or (Fault("loop") if repeats(self.accepted, sentence) else None)
            if fault:
                self.restart()
                return fault
            self.accepted += sentence
            self.pending = self.pending[end:]
            self._looked_at = LOOK_EVERY

    def restart(self) -> None:
        """Forget what was not taken."""
        self.pending = self._held = ""
        self._looked_at = LOOK_EVERY

    def _endless(self) -> Fault | None:
        """See a loop in a sentence that never ends; looked for now and then, because looking reads all of it."""
        if len(self.pending) < self._looked_at:
            return None
        self._looked_at = len(self.pending) + LOOK_EVERY
        if not loops(self.pending):
            return None
        self.restart()
        return Fault("loop")
