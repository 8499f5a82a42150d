"""What is known of a model before it is loaded, and how a story is put to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bot.engine.models.shape import Shape

REQUEST_CHARACTERS = 240
"""Of a wish, as many are put before a story: what is longer is hardly one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """The text around a story when it is put to an instruct model.

    What is asked for stands in the user's turn and the whole story so far begins the assistant's, so that the model
    goes on in the middle of its own answer.
    """

    template: str
    """Holds `{request}` and, at its very end, `{text}`."""

    begin: str = ""
    """What is asked for when a person gave the beginning of a story; may hold `{opening}`. Empty: such a story is plain
    text to the model, and the frame is for wishes alone."""

    opening_characters: int = 240
    """How much of the story's beginning stands in `{opening}`: what was asked for, not the whole story."""

    def apply(self, text: str, instruction: str = "") -> str:
        """Frame a story.

        Args:
            text: The story so far.
            instruction: What a person asked for; without it the story's beginning is what was asked for.
        """
        opening = text[: self.opening_characters]
        if len(text) > self.opening_characters and " " in opening:
            opening = opening.rsplit(" ", 1)[0]
        request = instruction[: self.opening_characters] or self.begin.replace("{opening}", opening.strip(), 1)
        head, _, tail = self.template.rpartition("{text}")
        return head.replace("{request}", request, 1) + text + tail


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelProfile:
    """A model: where it comes from, what it may be used for, and how it is used best."""

    name: str
    source: str
    """`hub` (a repository id in `location`), `wheel` (a package of the Python package index), `adapter` (a file in
    `location`, merged into another model) or `folder`."""
    location: str
    revision: str | None = None
    """The commit of a hub repository, or the version of a package: pinned, so that a name always means one model."""
    licence: str = "unknown"
    languages: tuple[str, ...] = ()
    context: int | None = None
    """Positions; None until the model's own config is read."""
    shape: Shape | None = None
    """How large its parts are; None where its config does not say."""
    sampling: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Recommended sampling, by the names of `SamplingParams`; the layer beneath every preset."""
    frame: Frame | None = None
    """None: a story is plain text to this model."""
    takes_requests: bool = False
    """It has learned that a wish such as “Write a story about a fox.”, and a blank line, stand before the story."""
    special_tokens: tuple[str, ...] = ()
    """Markers that must never come from a person's text, and are taken out of what the model writes."""
    one_line: str = ""
    """What an operator reads in `models list`."""
    meaning: str = ""
    """What people read where they choose a voice: how it tells."""

    @property
    def parameters(self) -> int | None:
        """How many weights it has; None where that is not known."""
        return self.shape.parameters if self.shape else None

    def put(self, text: str, *, instruction: str = "", title: str = "") -> str:
        """Say how a story is put to this model.

        Args:
            text: The story so far.
            instruction: What a person asked for, as a sentence; empty if they began the story themselves.
            title: The same as a title, which is all that a model without a frame understands.
        """
        if self.frame and (instruction or self.frame.begin):
            return self.frame.apply(text, instruction)
        if self.takes_requests and instruction:
            return f"{instruction[:REQUEST_CHARACTERS]}\n\n{text}"
        return f"{title}\n\n{text}" if title else text
