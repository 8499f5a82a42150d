"""`/safety policy` and `test`."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.errors import N_
from bot.ids import ChannelId, GuildId, UserId
from bot.safety.policy import BUILT_IN, POLICY_NAMES, Policy, PolicyName
from bot.safety.verdict import CATEGORY_NAMES, Action, Category, Severity
from bot.ui.age_restriction import RelaxedOnlyForAdultsError, is_age_restricted
from bot.ui.services import services_of, speak_to
from bot.ui.texts import Translate
from bot.ui.verdicts import ACTION_NAMES, verdict_lines
from bot.writing.door import Place
from bot.writing.requests import PROMPT_LIMIT

AS_THE_SERVER = "inherit"


class PolicyCommands(commands.Cog):
    """Chooses policies, and tries them."""

    @app_commands.command(name="policy", description=N_("Which policy holds here, and another one for it"))
    @app_commands.describe(
        policy=N_("How strictly texts are read; nothing shows what holds"),
        place=N_("Where it holds; a channel's policy wins over the server's"),
    )
    async def policy(
        self,
        interaction: discord.Interaction,
        policy: str | None = None,
        place: Literal["server", "channel"] = "server",
    ) -> None:
        """Show the policy that holds here, or set one."""
        speak, book = speak_to(interaction), services_of(interaction).policies
        guild, by = GuildId(interaction.guild_id or 0), UserId(interaction.user.id)
        channel = ChannelId(interaction.channel_id or 0) if place == "channel" else None
        lines = []
        if policy == AS_THE_SERVER:
            await book.reset_policy(guild, channel, by)
        elif policy is not None:
            if policy not in BUILT_IN:
                policy = PolicyName.STANDARD
            if policy == PolicyName.RELAXED and channel is not None and not is_age_restricted(interaction.channel):
                raise RelaxedOnlyForAdultsError
            await book.set_policy(guild, channel, PolicyName(policy), by)
            where = speak(N_("this server")) if channel is None else speak(N_("this channel"))
            lines.append(speak(N_("The policy of {where} is set."), where=where))
        held = await services_of(interaction).door.policy_at(_place(interaction))
        lines += policy_lines(held, speak)
        await interaction.response.send_message("\n".join(lines)[:2000], ephemeral=True)

    @policy.autocomplete("policy")
    async def policies(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer the policies, each with what it means."""
        speak = speak_to(interaction)
        offered = [Choice(name=speak(POLICY_NAMES[name])[:100], value=name) for name in BUILT_IN]
        offered.append(Choice(name=speak(N_("none of its own: as the server, or standard")), value=AS_THE_SERVER))
        return [choice for choice in offered if current.casefold() in choice.name.casefold()]

    @app_commands.command(name="test", description=N_("What would be made of a text here, and why; only you see it"))
    @app_commands.describe(text=N_("The text; it is kept nowhere"))
    async def test(self, interaction: discord.Interaction, text: Range[str, 1, PROMPT_LIMIT]) -> None:
        """Judge a text as a prompt of this channel would be."""
        speak, door = speak_to(interaction), services_of(interaction).door
        await interaction.response.defer(ephemeral=True, thinking=True)
        place = _place(interaction)
        policy, verdict = await door.policy_at(place), await (await door.unwatched(place)).read(text)
        lines = verdict_lines(verdict, {hit: policy.action(hit) for hit in verdict.hits}, speak)
        if verdict.action in {Action.MASK, Action.RETRY}:
            shown = discord.utils.escape_markdown(verdict.text)[:900]
            lines.append(speak(N_("It would be shown as: {text}"), text=shown))
        await interaction.followup.send("\n".join(lines)[:2000], ephemeral=True)


def policy_lines(policy: Policy, speak: Translate) -> list[str]:
    """Say what a policy does about each category, from mild to severe."""
    lines = [
        speak(
            N_("Here holds **{policy}**. What is done about mild, strong and severe:"), policy=speak.known(policy.name)
        )
    ]
    for category in Category:
        actions = [speak(ACTION_NAMES[policy.action_for(category, severity)]) for severity in Severity]
        lines.append(f"- {speak(CATEGORY_NAMES[category])}: {' · '.join(actions)}")
    return lines


def _place(interaction: discord.Interaction) -> Place:
    return Place(
        GuildId(interaction.guild_id or 0), ChannelId(interaction.channel_id or 0), UserId(interaction.user.id)
    )
