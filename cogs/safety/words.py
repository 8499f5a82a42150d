"""`/safety words`: a server's own words and expressions."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

import discord
from discord import app_commands
from discord.app_commands import Choice, Range
from discord.ext import commands

from bot.errors import N_
from bot.ids import UserId
from bot.safety.own.rules import EXPRESSION_LENGTH
from bot.safety.policy import LOCKED
from bot.safety.verdict import CATEGORY_NAMES, Action, Source
from bot.store.safety import StoredRule
from bot.ui.policy_choice import place_of
from bot.ui.render import MESSAGE_LIMIT
from bot.ui.services import guild_here, services_of, speak_to
from bot.ui.texts import Translate
from bot.ui.verdicts import ACTION_NAMES, rule_line
from bot.writing.errors import WritingError
from bot.writing.rule_files import BYTES_LIMIT, RuleFileTooLargeError, read_rules, rules_as_json

_TAKE_AWAY = N_("||{rule}|| is still {action} here, by {finder}: take that away with /safety words remove.")
STILL_FOUND: Mapping[Source, str] = MappingProxyType(
    {
        Source.WORD: N_("||{rule}|| is still {action} here, by {finder}: allow that word as well."),
        Source.OWN_WORD: _TAKE_AWAY,
        Source.OWN_PATTERN: _TAKE_AWAY,
    }
)
"""What is said of an allowed word that does not pass, by what still finds it."""
STILL_FOUND_OTHERWISE = N_("||{rule}|| is still {action} here, by {finder}: change that with /safety policy.")


class AllowedExpressionError(WritingError):
    """An expression is to let texts pass."""

    template = N_("Only a word or phrase can be let pass: leave out “expression”, or choose to mask or block.")


class RuleGoneError(WritingError):
    """A rule that is to be removed is not there."""

    template = N_("There is no such rule in this server. Choose one from the list.")


class WordCommands(commands.Cog):
    """Adds, removes, lists and carries a server's own rules."""

    words = app_commands.Group(name="words", description=N_("Words and expressions of this server's own"))

    @words.command(name="add", description=N_("Mask, block or allow a word here; or an expression"))
    @app_commands.describe(
        text=N_("The word or phrase, in any spelling; or an expression of RE2"),
        action=N_("What is done about it"),
        expression=N_("Whether the text is an expression, found anywhere in a line"),
    )
    async def add(
        self,
        interaction: discord.Interaction,
        text: Range[str, 1, EXPRESSION_LENGTH],
        action: Literal["mask", "block", "allow"] = "block",
        expression: bool = False,
    ) -> None:
        """Add a rule."""
        book, speak = services_of(interaction).policies, speak_to(interaction)
        guild, by = guild_here(interaction), UserId(interaction.user.id)
        if action == "allow":
            if expression:
                raise AllowedExpressionError
            await interaction.response.defer(ephemeral=True, thinking=True)
            kept = await book.allow_word(guild, text, by)
            await interaction.followup.send(await _what_came_of_allowing(interaction, kept), ephemeral=True)
            return
        if expression:
            kept = await book.add_expression(guild, text, Action(action), by)
        else:
            kept = await book.block_word(guild, text, Action(action), by)
        answer = speak(
            N_("||{rule}|| is {action} here from now on."),
            rule=_shown(kept),
            action=speak(ACTION_NAMES[Action(action)]),
        )
        await interaction.response.send_message(answer, ephemeral=True)

    @words.command(name="remove", description=N_("Take a word or an expression away"))
    @app_commands.describe(rule=N_("Which word or expression"))
    async def remove(self, interaction: discord.Interaction, rule: str) -> None:
        """Remove a rule."""
        services, speak = services_of(interaction), speak_to(interaction)
        guild, by = guild_here(interaction), UserId(interaction.user.id)
        chosen = next(
            (each for each in await services.policies.rules(guild) if rule in {str(each.id), each.text}), None
        )
        if chosen is None or await services.policies.remove_rule(guild, chosen.id, by) is None:
            raise RuleGoneError
        await interaction.response.send_message(
            speak(N_("||{rule}|| is no rule of this server any more."), rule=_shown(chosen.text)), ephemeral=True
        )

    @remove.autocomplete("rule")
    async def rules(self, interaction: discord.Interaction, current: str) -> list[Choice[str]]:
        """Offer the rules there are."""
        speak = speak_to(interaction)
        found = await services_of(interaction).policies.rules(guild_here(interaction))
        return [
            Choice(name=f"{rule.text} ({_does(rule, speak)})"[:100], value=str(rule.id))
            for rule in found
            if current.casefold() in rule.text.casefold()
        ][:25]

    @words.command(name="list", description=N_("Which words and expressions this server has of its own"))
    async def list(self, interaction: discord.Interaction) -> None:
        """List the rules."""
        speak = speak_to(interaction)
        found = await services_of(interaction).policies.rules(guild_here(interaction))
        lines = [f"- ||{_shown(rule.text)}|| ({_does(rule, speak)})" for rule in found]
        text = "\n".join(lines) or speak(N_("This server has none of its own."))
        if len(text) <= MESSAGE_LIMIT:
            await interaction.response.send_message(text, ephemeral=True)
            return
        every = "\n".join(f"{rule.text} ({_does(rule, speak)})" for rule in found)
        file = discord.File(io.BytesIO(every.encode()), filename="words.txt")
        await interaction.response.send_message(_as_many_as_fit(lines, speak), file=file, ephemeral=True)

    @words.command(name="export", description=N_("This server's own words and expressions, as a file"))
    async def export(self, interaction: discord.Interaction) -> None:
        """Send the rules as a file."""
        found = await services_of(interaction).policies.rules(guild_here(interaction))
        text = json.dumps(rules_as_json(found), ensure_ascii=False, indent=2)
        file = discord.File(io.BytesIO(text.encode()), filename="words.json")
        await interaction.response.send_message(file=file, ephemeral=True)

    @words.command(name="import", description=N_("Add the words and expressions of such a file"))
    @app_commands.describe(file=N_("What /safety words export gave, here or in another server"))
    async def import_(self, interaction: discord.Interaction, file: discord.Attachment) -> None:
        """Add the rules of a file: all of them, or none."""
        services, speak = services_of(interaction), speak_to(interaction)
        if file.size > BYTES_LIMIT:
            raise RuleFileTooLargeError(limit=BYTES_LIMIT // 1000)
        await interaction.response.defer(ephemeral=True, thinking=True)
        rules = read_rules(await file.read())
        await services.policies.take_over(guild_here(interaction), rules, UserId(interaction.user.id))
        said = speak.plural(N_("{count} rule was taken over."), N_("{count} rules were taken over."), len(rules))
        await interaction.followup.send(said, ephemeral=True)


async def _what_came_of_allowing(interaction: discord.Interaction, word: str) -> str:
    """Say whether a word passes now that is on the list of those that are allowed."""
    door, speak, place = services_of(interaction).door, speak_to(interaction), place_of(interaction)
    policy, verdict = await door.policy_at(place), await (await door.unwatched(place)).read(word)
    hit = verdict.decisive
    if hit is None or verdict.action is Action.ALLOW:
        return speak(
            N_("||{rule}|| is {action} here from now on."), rule=_shown(word), action=speak(ACTION_NAMES[Action.ALLOW])
        )
    if (hit.category, hit.severity) in LOCKED:
        return speak(
            N_("||{rule}|| stays blocked: {category} cannot be let pass in any server."),
            rule=_shown(word),
            category=speak(CATEGORY_NAMES[hit.category]),
        )
    return speak(
        STILL_FOUND.get(hit.rule.source, STILL_FOUND_OTHERWISE),
        rule=_shown(word),
        action=speak(ACTION_NAMES[policy.action(hit)]),
        finder=rule_line(hit, speak),
    )


def _as_many_as_fit(lines: Sequence[str], speak: Translate) -> str:
    """Give as many lines as a message takes, with a last one that says how many are left out."""
    text = ""
    for shown in range(len(lines)):
        rest = speak.plural(
            N_("… and {count} more rule. The file has all of them."),
            N_("… and {count} more rules. The file has all of them."),
            len(lines) - shown,
        )
        longer = "\n".join([*lines[:shown], rest])
        if len(longer) > MESSAGE_LIMIT:
            break
        text = longer
    return text


def _shown(text: str) -> str:
    return discord.utils.escape_markdown(text).replace("|", "¦")


def _does(rule: StoredRule, speak: Translate) -> str:
    return speak(ACTION_NAMES[Action(rule.action or Action.ALLOW)])
