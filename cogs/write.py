"""`/write`, the main job, and `/continue`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.engine.sampling import RANGES
from bot.errors import N_
from bot.ui.access import last_here
from bot.ui.options import SAMPLING, MinP, RepetitionPenalty, Temperature, TopK, TopP
from bot.ui.prompts import prompt_choices, resolve_prompt
from bot.ui.requests import first_request, next_request
from bot.ui.services import services_of, speak_to
from bot.ui.settings_choices import matching, model_choices, model_named, preset_choices
from bot.writing.errors import InvalidSettingError
from bot.writing.keys import LENGTH_FOR_PEOPLE
from bot.writing.requests import PROMPT_LIMIT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.app import Taleloom
    from bot.stories.voices import Voice
    from bot.ui.texts import Translate

VARIANTS_LIMIT = 4
SEED_LIMIT = int(RANGES["seed"].high)


class Write(commands.Cog):
    """Writes stories."""

    @app_commands.command(name="write", description=N_("Write a story that goes on from your words"))
    @app_commands.describe(
        prompt=N_("How the story begins; a sentence is enough"),
        genre=N_("What kind of story it is to be"),
        tone=N_("How it is to sound"),
        length=N_("How long the text may get, in tokens (about ¾ of a word each)"),
        **SAMPLING,
        greedy=N_("Always take the likeliest word"),
        seed=N_("The same number gives the same story"),
        preset=N_("A ready-made set of these values"),
        voice=N_("Which of the models here writes; each has a voice of its own"),
        variants=N_("How many texts are written at once, to choose from"),
        best=N_("Writes several texts, and shows first the one that the model likes best"),
        private=N_("Only you see the story"),
    )
    async def write(
        self,
        interaction: discord.Interaction,
        prompt: Range[str, 1, PROMPT_LIMIT],
        genre: str | None = None,
        tone: str | None = None,
        length: Range[int, int(LENGTH_FOR_PEOPLE.low), int(LENGTH_FOR_PEOPLE.high)] | None = None,
        temperature: Temperature | None = None,
        top_p: TopP | None = None,
        top_k: TopK | None = None,
        min_p: MinP | None = None,
        repetition_penalty: RepetitionPenalty | None = None,
        greedy: bool | None = None,
        seed: Range[int, 0, SEED_LIMIT] | None = None,
        preset: str | None = None,
        voice: str | None = None,
        variants: Range[int, 1, VARIANTS_LIMIT] | None = None,
        best: bool = False,
        private: bool = False,
    ) -> None:
        """Write a story."""
        options = {
            "max_new_tokens": length,
            "temperature": temperature,
            "top_p": top_p,
            "top_k": top_k,
            "min_p": min_p,
            "repetition_penalty": repetition_penalty,
            "do_sample": None if greedy is None else not greedy,
            "preset": preset,
            "model": model_named(interaction, voice),
        }
        voices = services_of(interaction).voices
        request = first_request(
            interaction,
            await resolve_prompt(interaction, prompt),
            genre=_voice("genre", genre, voices.genres),
            tone=_voice("tone", tone, voices.tones),
            options=options,
            seed=seed,
            variants=variants or (VARIANTS_LIMIT if best else 1),
            ranked=best,
            private=private,
        )
        await services_of(interaction).presenter.present(interaction, request)

    @app_commands.command(name="continue", description=N_("Go on with this channel's last story, or with your own"))
    async def go_on(self, interaction: discord.Interaction) -> None:
        """Go on where the channel's last story stands that this person may go on with."""
        story, head = await last_here(interaction)
        request = next_request(interaction, story, head, head.id)
        await services_of(interaction).presenter.present(interaction, request)

    @write.autocomplete("prompt")
    async def openings(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer the server's own openings."""
        return await prompt_choices(interaction, current)

    @write.autocomplete("genre")
    async def genres(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer the genres, each with its meaning."""
        return _voice_choices(services_of(interaction).voices.genres, speak_to(interaction), current)

    @write.autocomplete("tone")
    async def tones(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer the tones, each with its meaning."""
        return _voice_choices(services_of(interaction).voices.tones, speak_to(interaction), current)

    @write.autocomplete("preset")
    async def presets(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer the presets, each with its meaning."""
        return await preset_choices(interaction, current)

    @write.autocomplete("voice")
    async def voices(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer the models that may be chosen."""
        return model_choices(interaction, current)


def _voice(kind: str, name: str | None, there: Mapping[str, object]) -> str | None:
    """Check a genre's or a tone's name.

    Raises:
        InvalidSettingError: there is none of that name.
    """
    if name is None:
        return None
    known = name.strip().casefold()
    if known not in there:
        raise InvalidSettingError(name=kind, allowed=", ".join(there), value=name[:60])
    return known


def _voice_choices(voices: Mapping[str, Voice[Any]], speak: Translate, current: str) -> list[Choice[str]]:
    choices = [
        Choice(name=f"{speak.known(name)} – {speak.known(voice.meaning)}"[:100], value=name)
        for name, voice in voices.items()
    ]
    return matching(choices, current)


async def setup(bot: Taleloom) -> None:
    """Add the cog."""
    await bot.add_cog(Write())
