"""What commands and buttons reach through the bot object."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, cast

from bot.engine.protocol import Engine
from bot.ids import ChannelId, GuildId
from bot.store import Database
from bot.stories.scenarios import Library
from bot.stories.voices import Voices
from bot.ui.texts import Texts, Translate
from bot.writing.door import Door
from bot.writing.exports import Exports
from bot.writing.games import Games
from bot.writing.lore import LoreKeeper
from bot.writing.moves import Moves
from bot.writing.own_presets import OwnPresets
from bot.writing.policies import PolicyBook
from bot.writing.scenarios import OwnScenarios
from bot.writing.service import Writer
from bot.writing.settings import SettingsResolver
from bot.writing.slowing import Brake
from bot.writing.trials import Trials
from config.settings import Settings

if TYPE_CHECKING:
    import discord

    from bot.ui.actions import Actions
    from bot.ui.games.acts import Acts
    from bot.ui.games.mending import Mending
    from bot.ui.games.panels import Panels
    from bot.ui.games.stage import Stage
    from bot.ui.notices import Notices
    from bot.ui.pages import Pages
    from bot.ui.presenter import Presenter


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """The parts of a running bot."""

    started_at: datetime
    settings: Settings
    texts: Texts
    engine: Engine
    store: Database
    resolver: SettingsResolver
    presets: OwnPresets
    lore: LoreKeeper
    voices: Voices
    library: Library
    scenarios: OwnScenarios
    writer: Writer
    moves: Moves
    exports: Exports
    pages: Pages
    presenter: Presenter
    actions: Actions
    games: Games
    stage: Stage
    panels: Panels
    mending: Mending
    acts: Acts
    notices: Notices
    door: Door
    policies: PolicyBook
    trials: Trials
    brake: Brake


class HasServices(Protocol):
    """The bot object, as commands and buttons see it."""

    @property
    def services(self) -> Services:
        """The parts of the running bot."""
        ...


def services_of(interaction: discord.Interaction) -> Services:
    """Give the services of the bot that an interaction belongs to."""
    return cast(HasServices, interaction.client).services


def guild_of(interaction: discord.Interaction) -> GuildId | None:
    """Give the server that an interaction comes from; None in direct messages."""
    return GuildId(interaction.guild_id) if interaction.guild_id else None


def guild_here(interaction: discord.Interaction) -> GuildId:
    """Give the server where a press or command comes from; 0, which no server has, in direct messages."""
    return GuildId(interaction.guild_id or 0)


def channel_here(interaction: discord.Interaction) -> ChannelId:
    """Give the channel where a press or command comes from; 0, which no channel has, where Discord names none."""
    return ChannelId(interaction.channel_id or 0)


def speak_to(interaction: discord.Interaction) -> Translate:
    """Give the language of whoever pressed or typed."""
    return services_of(interaction).texts.speak(interaction.locale)
