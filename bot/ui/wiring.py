"""Puts the parts of the user interface together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.ui.actions import Actions
from bot.ui.games.acts import Acts
from bot.ui.games.ending import Ending
from bot.ui.games.mending import Mending
from bot.ui.games.panels import Panels
from bot.ui.games.stage import Stage
from bot.ui.games.suggesting import Suggesting
from bot.ui.games.wanted import Wanted
from bot.ui.notices import Notices
from bot.ui.pages import Pages
from bot.ui.presenter import Presenter
from bot.ui.safety_log import SafetyLog
from bot.ui.services import Services
from bot.ui.texts import Texts
from bot.writing.exports import Exports
from bot.writing.games import Games
from bot.writing.lore import LoreKeeper
from bot.writing.moves import Moves
from bot.writing.own_presets import OwnPresets
from bot.writing.scenarios import OwnScenarios
from bot.writing.suggestions import Suggester
from bot.writing.trials import Trials

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import discord

    from bot.engine.protocol import Engine
    from bot.store import Database
    from bot.stories.scenarios import Library
    from bot.stories.voices import Voices
    from bot.waiting import Wait
    from bot.writing.door import Door
    from bot.writing.policies import PolicyBook
    from bot.writing.recorder import Recorder
    from bot.writing.service import Writer
    from bot.writing.settings import SettingsResolver
    from bot.writing.slowing import Brake
    from config.settings import Settings


def wire(
    client: discord.Client,
    *,
    settings: Settings,
    engine: Engine,
    store: Database,
    resolver: SettingsResolver,
    door: Door,
    policies: PolicyBook,
    recorder: Recorder,
    brake: Brake,
    voices: Voices,
    library: Library,
    writer: Writer,
    wait: Wait,
    now: Callable[[], datetime],
) -> Services:
    """Give what commands and buttons reach, on the parts beneath it."""
    texts, moves = Texts(), Moves(store, door, now=now)
    recorder.tell(SafetyLog(client, store, texts).tell)
    games, pages = Games(store, door, now=now), Pages(moves, store, texts, writer)
    presenter = Presenter(writer, store, pages, texts, settings.stream)
    panels = Panels(client, games, store, texts)
    ending = Ending(client, store, resolver)
    suggesting = Suggesting(Suggester(engine, door, store, resolver, writer), games, panels)
    trials = Trials(store, resolver)
    stage = Stage(client, panels, games, store, Wanted(trials), pages, presenter, texts, ending, suggesting)
    return Services(
        started_at=now(),
        settings=settings,
        texts=texts,
        engine=engine,
        store=store,
        resolver=resolver,
        presets=OwnPresets(store.presets, resolver.keys),
        lore=LoreKeeper(store, door),
        voices=voices,
        library=library,
        scenarios=OwnScenarios(store, door),
        writer=writer,
        moves=moves,
        exports=Exports(store, door, resolver),
        pages=pages,
        presenter=presenter,
        actions=Actions(store, moves, pages, presenter, texts, games, stage, panels),
        notices=Notices(client, store.settings, texts, wait=wait),
        games=games,
        stage=stage,
        panels=panels,
        mending=Mending(games, stage, panels, store, texts),
        acts=Acts(games, stage, presenter, texts, now),
        door=door,
        policies=policies,
        trials=trials,
        brake=brake,
    )
