"""What an operator is told when a verb cannot do its work."""

from __future__ import annotations

from bot.errors import TaleloomError

PORTAL = "https://discord.com/developers/applications"


class TokenMissingError(TaleloomError):
    """Nobody gave a token."""

    template = (
        f"There is no bot token. Get one at {PORTAL} (your application, Bot, Reset Token) and put DISCORD_TOKEN=… "
        "into .env or the environment. `make demo` runs the bot in the browser without one."
    )


class TokenRefusedError(TaleloomError):
    """Discord does not know the token."""

    template = f"Discord does not know this token. Make a new one at {PORTAL} (your application, Bot, Reset Token)."


class DiscordUnreachableError(TaleloomError):
    """There is no way to Discord, or it answers with errors."""

    template = "Discord cannot be reached: {reason}. Check the network and https://discordstatus.com, then start again."


class TooFewShardsError(TaleloomError):
    """Discord asks for more shards than there are."""

    template = (
        "The bot is in more servers than its shards may serve. Leave TALELOOM_SHARDS out or set it higher, then start "
        "again."
    )


class UnknownPolicyError(TaleloomError):
    """A safety policy that does not exist."""

    template = "There is no policy called {policy}. Known policies: {known}."


class UnknownSideError(TaleloomError):
    """What is to be judged is neither a model nor a preset."""

    template = (
        "There is no model or preset called {name}. Presets: {presets}. Models: {models}, a hub id or a path. "
        "MODEL:PRESET names both."
    )


class SameSideError(TaleloomError):
    """Both sides are one."""

    template = "A and B are the same: {model} with the preset {preset}. Name two that differ."


class ThirdModelError(TaleloomError):
    """A model that cannot say how likely a text is."""

    template = "{model} cannot say how likely a text is: {reason} Leave --third out, or name another model."


class BaseOfOthersError(TaleloomError):
    """A model without which others cannot be made again."""

    template = (
        "{model} was fine-tuned here, and {others} cannot be made ready again without it. Remove those first, or give "
        "--yes to remove it all the same."
    )
