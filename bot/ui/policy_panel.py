"""The policies of a server and of a channel to click, and what a custom one does; works after a restart."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import app_commands

from bot.errors import N_, TaleloomError
from bot.ids import ChannelId, GuildId, UserId
from bot.safety.policy import LOCKED, POLICY_NAMES, STANDARD, Policy, PolicyName
from bot.safety.verdict import CATEGORY_NAMES, SEVERITIES, Action, Category, Severity
from bot.store.safety import WHOLE_SERVER
from bot.ui.access import require_manager
from bot.ui.age_restriction import LaxOnlyForAdultsError, is_age_restricted
from bot.ui.error_handler import answer_error
from bot.ui.policy_choice import (
    AS_THE_SERVER,
    LAST,
    NONE_OF_ITS_OWN,
    WHERE_NAMES,
    Where,
    channel_of,
    choose_policy,
    place_of,
)
from bot.ui.render import in_one_message
from bot.ui.services import channel_here, guild_here, services_of, speak_to
from bot.ui.verdicts import (
    ACTION_MEANINGS,
    ACTION_NAMES,
    POLICY_TITLES,
    SEVERITY_NAMES,
    actions_line,
    policy_lines,
)
from bot.writing.policies import ADULT, CHANGEABLE, choices

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator

    from bot.ui.texts import Translate

_WHERE = "|".join(Where)
_CATEGORY = "|".join(CHANGEABLE)


class PolicySelect(
    discord.ui.DynamicItem[discord.ui.Select[Any]],
    template=rf"tl:policy:(?P<about>place|policy|category):(?P<where>{_WHERE})",
):
    """Chooses what the panel is about, the policy there, or the category of a custom one."""

    def __init__(
        self, about: str, where: Where, options: list[discord.SelectOption] | None = None, hint: str = ""
    ) -> None:
        super().__init__(_select(f"tl:policy:{about}:{where}", options, hint))
        self._about, self._where = about, where

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the select that was used."""
        return cls(match["about"], Where(match["where"]))

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Show what was chosen; a policy holds from then on."""
        value, where = self.item.values[0], self._where
        if self._about == "place":
            await _answer(interaction, Where(value))
        elif self._about == "category":
            await _answer(interaction, where, Category(value))
        else:
            await _answer(interaction, where, change=lambda: choose_policy(interaction, value, where))


class ActionSelect(
    discord.ui.DynamicItem[discord.ui.Select[Any]],
    template=rf"tl:policy:do:(?P<where>{_WHERE}):(?P<category>{_CATEGORY}):(?P<severity>{'|'.join(SEVERITIES)})",
):
    """Chooses what a custom policy does about a category and severity."""

    def __init__(
        self, where: Where, category: Category, severity: Severity, options: list[discord.SelectOption] | None = None
    ) -> None:
        super().__init__(_select(f"tl:policy:do:{where}:{category}:{severity.key}", options))
        self._where, self._category, self._severity = where, category, severity

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the select that was used."""
        return cls(Where(match["where"]), Category(match["category"]), SEVERITIES[match["severity"]])

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Let that be done, and leave all the rest."""
        action = Action(self.item.values[0])
        await _answer(interaction, self._where, self._category, change=lambda: self._change(interaction, action))

    async def _change(self, interaction: discord.Interaction, action: Action) -> None:
        adult = self._where is Where.SERVER or is_age_restricted(interaction.channel)
        key = (self._category, self._severity)
        if key not in LOCKED and action not in choices(*key, age_restricted=adult):
            raise LaxOnlyForAdultsError
        await services_of(interaction).policies.change_custom(
            *_whose(interaction, self._where), {key: action}, _by(interaction)
        )


class PolicyButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=rf"tl:policy:(?P<act>standard|back):(?P<where>{_WHERE}):(?P<category>{_CATEGORY})",
):
    """Sets a category back to what `standard` does, or goes back to all of them."""

    def __init__(self, act: str, where: Where, category: Category, label: str = "", *, disabled: bool = False) -> None:
        custom_id = f"tl:policy:{act}:{where}:{category}"
        super().__init__(discord.ui.Button(label=label or act, custom_id=custom_id, disabled=disabled))
        self._act, self._where, self._category = act, where, category

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Build the button that was pressed."""
        return cls(match["act"], Where(match["where"]), Category(match["category"]))

    async def callback(self, interaction: discord.Interaction) -> Any:  # noqa: ANN401 - as discord.py declares it
        """Answer a press."""
        if self._act == "back":
            await _answer(interaction, self._where)
        else:
            await _answer(interaction, self._where, self._category, change=lambda: self._reset(interaction))

    async def _reset(self, interaction: discord.Interaction) -> None:
        book = services_of(interaction).policies
        await book.reset_category(*_whose(interaction, self._where), self._category, _by(interaction))


ITEMS = (PolicySelect, ActionSelect, PolicyButton)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shown:
    """What the panel is drawn from."""

    where: Where
    here: Policy
    """What holds in this channel."""
    own: Mapping[Where, PolicyName | None]
    """What the server and this channel have of their own."""
    nearer: bool
    """Whether this channel, or the one that it is a thread of, goes by another policy than the server's."""
    edited: Policy
    """What the policy that the panel is about does: for the server, in age-restricted channels."""
    adult: bool
    """Whether Discord marks this channel as age-restricted."""
    recalls: bool
    """Whether there was a custom policy where there is none now."""

    @property
    def name(self) -> PolicyName | None:
        """The policy that the panel is about."""
        return self.own[self.where]

    @property
    def custom(self) -> bool:
        """Whether what it does can be changed."""
        return self.name is PolicyName.CUSTOM

    def choices(self, category: Category, severity: Severity) -> tuple[Action, ...]:
        """Give what it can do; see `bot.writing.policies.choices`."""
        return choices(category, severity, age_restricted=self.adult or self.where is Where.SERVER)


async def send_policies(interaction: discord.Interaction, where: Where) -> None:
    """Send the panel to whoever asked, and nobody else; about this channel where that has a policy of its own."""
    shown = await _shown(interaction, where)
    if shown.nearer and where is Where.SERVER:
        shown = await _shown(interaction, Where.CHANNEL)
    speak = speak_to(interaction)
    await interaction.response.send_message(_text(shown, speak), view=_overview(shown, speak), ephemeral=True)


async def _answer(
    interaction: discord.Interaction,
    where: Where,
    category: Category | None = None,
    *,
    change: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Change something, if anything, and show the panel as it is then; the permission is checked at every press."""
    try:
        require_manager(interaction)
        if change is not None:
            await change()
        shown = await _shown(interaction, where)
    except (TaleloomError, app_commands.MissingPermissions) as error:
        await answer_error(interaction, error)
        return
    speak = speak_to(interaction)
    if category is None:
        text, view = _text(shown, speak), _overview(shown, speak)
    elif shown.custom:
        text, view = _category_text(shown, category, speak), _category_view(shown, category, speak)
    else:
        gone = speak(N_("Another policy was chosen meanwhile; nothing of it was changed."))
        text, view = in_one_message(f"{gone}\n{_text(shown, speak)}"), _overview(shown, speak)
    await interaction.response.edit_message(content=text, view=view)


async def _shown(interaction: discord.Interaction, where: Where) -> _Shown:
    services, guild = services_of(interaction), guild_here(interaction)
    channel, adult = channel_here(interaction), is_age_restricted(interaction.channel)
    chosen = await services.policies.chosen(guild, channel)
    own = {Where.SERVER: chosen.get(WHOLE_SERVER), Where.CHANNEL: chosen.get(channel)}
    place, last = channel_of(interaction, where), None
    if own[where] is not PolicyName.CUSTOM:
        last = await services.policies.last_custom(guild, place)
    return _Shown(
        where=where,
        here=await services.door.policy_at(place_of(interaction)),
        own=own,
        nearer=bool(chosen.keys() - {WHOLE_SERVER}),
        edited=await services.policies.policy_for(guild, place or WHOLE_SERVER, age_restricted=adult or place is None),
        adult=adult,
        recalls=last is not None,
    )


def _text(shown: _Shown, speak: Translate) -> str:
    return in_one_message("\n".join([*policy_lines(shown.here, speak), *_notes(shown, speak)]))


def _notes(shown: _Shown, speak: Translate) -> Iterator[str]:
    """Say what one would not expect of the policy that the panel is about."""
    if shown.nearer and shown.where is Where.SERVER:
        yield speak(N_("-# This channel goes by a policy of its own, not by the server's, which is changed below."))
    if shown.name is PolicyName.RELAXED and not shown.adult:
        yield speak(N_("-# “relaxed” is set, but holds in age-restricted channels alone, and this is none."))
    if shown.custom and shown.edited.wary:
        yield speak(N_("-# As under “strict”, the reading of whole sentences counts where it is less sure, too."))
    if shown.custom and any(_is_for_adults(shown.edited, category) for category in ADULT):
        yield _for_adults(speak)


def _is_for_adults(policy: Policy, category: Category) -> bool:
    """Say whether a policy does what is possible in age-restricted channels alone."""
    return any(
        policy.action_for(category, severity) not in choices(category, severity, age_restricted=False)
        for severity in Severity
    )


def _for_adults(speak: Translate) -> str:
    return speak(N_("-# Less than under “standard” is done about sexual content in age-restricted channels alone."))


def _category_text(shown: _Shown, category: Category, speak: Translate) -> str:
    lines = [
        speak(
            N_("**{category}**, {where}. What is done about mild, strong and severe: {actions}"),
            category=speak(CATEGORY_NAMES[category]),
            where=speak(WHERE_NAMES[shown.where]),
            actions=actions_line(shown.edited, category, speak),
        )
    ]
    lines += [
        speak(
            N_("-# What is {severity} of it stays blocked in every server; that cannot be changed."),
            severity=speak(SEVERITY_NAMES[severity]),
        )
        for severity in Severity
        if (category, severity) in LOCKED
    ]
    if category in ADULT and (shown.where is Where.SERVER or not shown.adult):
        lines.append(_for_adults(speak))
    return "\n".join(lines)


def _overview(shown: _Shown, speak: Translate) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    view.add_item(PolicySelect("place", shown.where, _places(shown, speak)))
    view.add_item(PolicySelect("policy", shown.where, _policies(shown, speak), speak(N_("Choose a policy."))))
    if shown.custom:
        hint = speak(N_("Choose what to change."))
        view.add_item(PolicySelect("category", shown.where, _categories(shown, None, speak), hint))
    return view


def _category_view(shown: _Shown, category: Category, speak: Translate) -> discord.ui.View:
    view, where = discord.ui.View(timeout=None), shown.where
    view.add_item(PolicySelect("category", where, _categories(shown, category, speak)))
    for severity in Severity:
        if len(shown.choices(category, severity)) > 1:
            view.add_item(ActionSelect(where, category, severity, _actions(shown, category, severity, speak)))
    same = all(shown.edited.action_for(category, each) is STANDARD.action_for(category, each) for each in Severity)
    view.add_item(PolicyButton("standard", where, category, speak(N_("Back to the standard")), disabled=same))
    view.add_item(PolicyButton("back", where, category, speak(N_("All categories"))))
    return view


def _places(shown: _Shown, speak: Translate) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(
            label=speak(WHERE_NAMES[where]),
            value=where,
            description=speak(POLICY_TITLES[name] if name else NONE_OF_ITS_OWN)[:100],
            default=where is shown.where,
        )
        for where, name in shown.own.items()
    ]


def _policies(shown: _Shown, speak: Translate) -> list[discord.SelectOption]:
    offered: dict[str, str] = dict(POLICY_NAMES)
    if shown.where is Where.CHANNEL and not shown.adult:
        del offered[PolicyName.RELAXED]
    if not shown.custom:
        offered[PolicyName.CUSTOM] = N_("custom: what holds now, to be changed")
    if shown.recalls:
        offered[LAST] = N_("custom: as it was last set")
    offered[AS_THE_SERVER] = NONE_OF_ITS_OWN
    now = shown.name or AS_THE_SERVER
    return [
        discord.SelectOption(label=speak(meaning)[:100], value=choice, default=choice == now)
        for choice, meaning in offered.items()
    ]


def _categories(shown: _Shown, chosen: Category | None, speak: Translate) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(
            label=speak(CATEGORY_NAMES[category]),
            value=category,
            description=actions_line(shown.edited, category, speak)[:100],
            default=category is chosen,
        )
        for category in CHANGEABLE
    ]


def _actions(shown: _Shown, category: Category, severity: Severity, speak: Translate) -> list[discord.SelectOption]:
    """Give what can be done, each with the severity: a select in which something is chosen shows no other words."""
    now, name = shown.edited.action_for(category, severity), speak(SEVERITY_NAMES[severity])
    return [
        discord.SelectOption(
            label=speak(N_("{severity}: {action}"), severity=name, action=speak(ACTION_NAMES[action])),
            value=action,
            description=speak(ACTION_MEANINGS[action])[:100],
            default=action is now,
        )
        for action in shown.choices(category, severity)
    ]


def _select(custom_id: str, options: list[discord.SelectOption] | None, hint: str = "") -> discord.ui.Select[Any]:
    """Give a select; where nothing is hinted, it says what is chosen even while a client does not show that yet."""
    chosen = next((option.label for option in options or () if option.default), None)
    return discord.ui.Select(custom_id=custom_id, options=options or [], placeholder=hint or chosen)


def _whose(interaction: discord.Interaction, where: Where) -> tuple[GuildId, ChannelId | None]:
    return guild_here(interaction), channel_of(interaction, where)


def _by(interaction: discord.Interaction) -> UserId:
    return UserId(interaction.user.id)
