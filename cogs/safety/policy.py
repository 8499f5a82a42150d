"""`/safety policy` and `test`."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.errors import N_
from bot.safety.verdict import Action
from bot.ui.policy_choice import (
    AS_THE_SERVER,
    WHERE_NAMES,
    Where,
    choose_policy,
    place_of,
    policy_choices,
    policy_typed,
)
from bot.ui.policy_panel import send_policies
from bot.ui.render import in_one_message
from bot.ui.services import services_of, speak_to
from bot.ui.verdicts import policy_lines, verdict_lines
from bot.writing.requests import PROMPT_LIMIT


class PolicyCommands(commands.Cog):
    """Chooses policies, and tries them."""

    @app_commands.command(name="policy", description=N_("Which policy holds here, and another one for it"))
    @app_commands.describe(
        policy=N_("How strictly texts are read; nothing shows what holds, and a panel to change it"),
        place=N_("Where it holds; a channel's policy wins over the server's"),
    )
    async def policy(
        self,
        interaction: discord.Interaction,
        policy: str | None = None,
        place: Literal["server", "channel"] = "server",
    ) -> None:
        """Show the policy that holds here with its panel, or set one."""
        where = Where(place)
        if policy is None:
            await send_policies(interaction, where)
            return
        speak = speak_to(interaction)
        choice = policy_typed(policy, speak)
        await choose_policy(interaction, choice, where)
        held = await services_of(interaction).door.policy_at(place_of(interaction))
        lines = policy_lines(held, speak)
        if choice != AS_THE_SERVER:
            lines.insert(0, speak(N_("The policy of {where} is set."), where=speak(WHERE_NAMES[where])))
        await interaction.response.send_message(in_one_message("\n".join(lines)), ephemeral=True)

    @policy.autocomplete("policy")
    async def policies(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer the policies, each with what it means."""
        word, offered = current.casefold(), policy_choices(speak_to(interaction)).items()
        return [
            Choice(name=meaning[:100], value=name)
            for name, meaning in offered
            if word in meaning.casefold() or word in name
        ]

    @app_commands.command(name="test", description=N_("What would be made of a text here, and why; only you see it"))
    @app_commands.describe(text=N_("The text; it is kept nowhere"))
    async def test(self, interaction: discord.Interaction, text: Range[str, 1, PROMPT_LIMIT]) -> None:
        """Judge a text as a prompt of this channel would be."""
        speak, door = speak_to(interaction), services_of(interaction).door
        await interaction.response.defer(ephemeral=True, thinking=True)
        place = place_of(interaction)
        policy, verdict = await door.policy_at(place), await (await door.unwatched(place)).read(text)
        lines = verdict_lines(verdict, {hit: policy.action(hit) for hit in verdict.hits}, speak)
        if verdict.action in {Action.MASK, Action.RETRY}:
            shown = discord.utils.escape_markdown(verdict.text)[:900]
            lines.append(speak(N_("It would be shown as: {text}"), text=shown))
        await interaction.followup.send(in_one_message("\n".join(lines)), ephemeral=True)
