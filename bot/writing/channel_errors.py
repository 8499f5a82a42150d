"""What can go wrong with a channel's past, and with a server's openings."""

from __future__ import annotations

from bot.errors import N_
from bot.writing.errors import WritingError


class ForgottenError(WritingError):
    """What somebody wants to go on with was written before the channel was told to forget.

    Args:
        at: When it was told so, in seconds since the epoch.
    """

    template = N_("This channel was told to forget what was written before <t:{at}:f>. Begin anew with /write.")


class PlayedError(WritingError):
    """A story is played by rules, and somebody wants it to go on without them."""

    template = N_("This story is played in turns. Use the buttons of its panel, or /turn.")


class ForgettingNotAllowedError(WritingError):
    """Somebody who may not manage messages wants a channel to forget."""

    template = N_("Only people with the permission Manage Messages can make this channel forget. Ask a moderator.")


class OthersHistoryError(WritingError):
    """Somebody who may not manage messages wants to list what others wrote."""

    template = N_(
        "You need the permission Manage Messages to list everybody's stories here. "
        "/history without “everyone” lists your own."
    )


class PromptThereError(WritingError):
    """A server has the very same opening."""

    template = N_("This server has that opening already.")


class PromptsFullError(WritingError):
    """A server has as many openings as one may have."""

    template = N_("This server has {limit} openings, and more are not kept. Take one away with /prompts remove first.")


class PromptGoneError(WritingError):
    """A server does not have an opening, or not any more."""

    template = N_("This server has no such opening. /prompts list shows those that it has.")
