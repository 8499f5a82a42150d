"""A server's own openings, as options offer them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from discord.app_commands import Choice

from bot.ids import GuildId
from bot.ui.services import services_of
from bot.writing.channel_errors import PromptGoneError

if TYPE_CHECKING:
    import discord

    from bot.store.channels import StoredPrompt

CHOICES = 25
CHOICE_LIMIT = 100  # of a choice's name and of its value

_TOKEN = re.compile(r"#prompt:(\d{1,18})")


async def prompt_choices(interaction: discord.Interaction, current: str) -> list[Choice[str]]:
    """Offer what is typed, and beneath it the server's openings that have its words in them.

    What is typed comes first: whoever presses Enter while choices are shown takes the first of them.
    """
    typed = current.strip()
    if len(typed) > CHOICE_LIMIT:
        return []
    own = [Choice(name=typed, value=typed)] if typed else []
    openings = [prompt for prompt in await _matching(interaction, typed) if prompt.text != typed]
    return [*own, *(Choice(name=_name(prompt), value=_value(prompt)) for prompt in openings)][:CHOICES]


async def stored_choices(interaction: discord.Interaction, current: str) -> list[Choice[str]]:
    """Offer the server's openings alone."""
    openings = await _matching(interaction, current)
    return [Choice(name=_name(prompt), value=_token(prompt)) for prompt in openings][:CHOICES]


async def resolve_prompt(interaction: discord.Interaction, typed: str) -> str:
    """Give the words of an opening that was chosen; what was typed is what it is.

    Raises:
        PromptGoneError: the opening was taken away meanwhile.
    """
    if not _TOKEN.fullmatch(typed.strip()):
        return typed
    return (await stored_prompt(interaction, typed)).text


async def stored_prompt(interaction: discord.Interaction, typed: str) -> StoredPrompt:
    """Give the server's opening that was chosen, or whose very words were typed.

    Raises:
        PromptGoneError: there is none.
    """
    typed = typed.strip()
    token = _TOKEN.fullmatch(typed)
    for prompt in await _prompts(interaction):
        if prompt.id == int(token[1]) if token else prompt.text == typed:
            return prompt
    raise PromptGoneError


async def _matching(interaction: discord.Interaction, typed: str) -> list[StoredPrompt]:
    words = typed.casefold().split()
    return [prompt for prompt in await _prompts(interaction) if all(word in prompt.text.casefold() for word in words)]


async def _prompts(interaction: discord.Interaction) -> tuple[StoredPrompt, ...]:
    if interaction.guild_id is None:
        return ()
    return await services_of(interaction).store.channels.prompts(GuildId(interaction.guild_id))


def _name(prompt: StoredPrompt) -> str:
    return prompt.text if len(prompt.text) <= CHOICE_LIMIT else f"{prompt.text[: CHOICE_LIMIT - 1]}…"


def _value(prompt: StoredPrompt) -> str:
    """A choice is worth its words, which are typed for all to see; where they are too long, what stands for them."""
    return prompt.text if len(prompt.text) <= CHOICE_LIMIT else _token(prompt)


def _token(prompt: StoredPrompt) -> str:
    return f"#prompt:{prompt.id}"
