"""A game on a channel, and people who play it by what they see."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord

from bot.engine.protocol import GenerationRequest
from bot.games import Phase
from bot.ids import StoryId
from bot.store.games import StoredGame
from bot.stories.games.errors import EndedError
from bot.ui.render import without_footer
from bot.writing.games import NoGameError
from tests.cogs.test_write import labels, said
from tests.fake_engine import Script
from tests.world import RealWorld, World, open_world, quick_settings

BALLOT = re.compile(r"\*\*[A-H]\*\*\n")
"""What stands before a continuation that is voted on."""
PLAYERS = ("Players:", "参与者：")
"""What a panel says, in whatever language it speaks."""


@dataclass
class Table:
    """A game that the writer hosts."""

    world: World | RealWorld
    channel: Any

    @property
    def panel(self) -> discord.Message:
        """The newest message that has a select for the host, or the last panel of a game that is over."""
        found: discord.Message = next(message for message in reversed(self.channel.history()) if _is_panel(message))
        return found

    @property
    def passages(self) -> list[str]:
        """What stands in the channel beside the panel, without small print, oldest first."""
        return [_story(message.content) for message in self.channel.history() if not _is_panel(message)]

    @property
    def told(self) -> list[str]:
        """The same without what was only offered to a vote."""
        return [text for text in self.passages if not BALLOT.match(text)]

    @property
    def waits_for(self) -> str:
        """The last line of the panel."""
        return self.panel.content.split("\n")[-1]

    async def click(self, label: str, who: Any = None) -> Any:
        """Press a button of the panel."""
        result = await (who or self.world.writer).click(self.panel, label=label)
        await self.world.written()
        return result

    def button_for(self, text: str) -> str:
        """The label of the button that votes for a continuation."""
        letter = next(passage[2] for passage in reversed(self.passages) if BALLOT.sub("", passage) == text)
        return next(label for label in self.buttons() if label and label.startswith(f"{letter} · "))

    async def vote(self, text: str, *voters: Any) -> None:
        """Vote for a continuation by what it says, one after the other."""
        for who in voters:
            await self.click(self.button_for(text), who)

    async def host(self, do: str, who: Any = None) -> Any:
        """Choose among what the host may do."""
        story, number = self.game_ids()
        result = await (who or self.world.writer).select(self.panel, [do], custom_id=f"tl:gh:{story}:{number}")
        await self.world.written()
        return result

    async def write(self, text: str, who: Any = None, button: str = "Write") -> Any:
        """Press Write and fill in the form; gives the answer to the press if no form opens."""
        shown = await (who or self.world.writer).click(self.panel, label=button)
        if shown.modal is None:
            return shown
        return await self.submit(shown, text, who)

    async def submit(self, shown: Any, text: str, who: Any = None) -> Any:
        """Send a form that is open."""
        result = await (who or self.world.writer).submit_modal(shown, {"text": text})
        await self.world.written()
        return result

    async def turn(self, text: str, who: Any = None, **options: Any) -> Any:
        """Type /turn."""
        result = await (who or self.world.writer).slash(self.channel, "turn", text=text, **options)
        await self.world.written()
        return result

    async def turn_now(self, text: str, who: Any = None) -> Any:
        """Type /turn, and do not wait for what it begins."""
        return await (who or self.world.writer).slash(self.channel, "turn", text=text)

    async def command(self, verb: str, who: Any = None, **options: Any) -> Any:
        """Type a command of /story."""
        result = await (who or self.world.writer).slash(self.channel, f"story {verb}", **options)
        await self.world.written()
        return result

    async def minutes(self, count: float) -> None:
        """Let time go by."""
        await self.world.env.advance_time(count * 60)
        await self.world.written()

    def game_ids(self) -> tuple[str, str]:
        """The story's number and the step's, as the panel's buttons carry them."""
        _, _, story, number = custom_id_of(self.panel).split(":")
        return story, number

    def keep_panel(self) -> discord.Message:
        """Let Discord not delete the panel, and give it: simcord presses nothing that is gone, and Discord does."""
        path = f"/channels/*/messages/{self.panel.id}"
        self.world.env.inject_error("DELETE", path, status=403, code=50013, times=1)
        return self.panel

    async def exported(self, who: Any = None) -> str:
        """The story as the text file that anybody is given."""
        result = await (who or self.world.guest).slash(self.channel, "story export", form="txt")
        text: str = (await result.response.message.attachments[0].read()).decode()
        return text

    async def stored(self) -> StoredGame:
        """The game as the store has it."""
        games = self.world.bot.services.games
        return await games.get(StoryId(int(self.game_ids()[0])))

    def buttons(self) -> list[str | None]:
        """The labels beneath the panel."""
        return labels(self.panel)


def custom_id_of(panel: discord.Message) -> str:
    """The custom id of the host's select."""
    children = [child for row in panel.components for child in getattr(row, "children", [row])]
    return str(next(child.custom_id for child in children if (child.custom_id or "").startswith("tl:gh:")))


async def start(world: World | RealWorld, game: str, opening: str = "The door stood open.", **options: Any) -> Table:
    """Begin a game in a thread, and give the thread's table."""
    result = await world.writer.slash(world.channel, "story start", game=game, opening=opening, **options)
    await world.written()
    assert "📖" in result.response.content, said(result)
    channel = world.channel.threads[-1] if options.get("place", "thread") == "thread" else world.channel
    return Table(world, channel)


@asynccontextmanager
async def lasting(folder: Path) -> AsyncIterator[World]:
    """Open a world whose bot keeps its stories in a file, and takes a short sentence of its model for a passage."""
    url = f"sqlite+aiosqlite:///{folder}/taleloom.db"
    async with open_world(quick_settings(database_url=url, writing={"shortest_letters": 1})) as opened:
        yield opened


def knowing(play: Mapping[str, str | Sequence[str]]) -> Script:
    """A model that knows what comes after what, by how the story ends; of several, each request gets another one."""

    def script(request: GenerationRequest) -> Sequence[str]:
        story = request.prompt.rstrip()
        found = next(text for ending, text in play.items() if story.endswith(ending))
        text = found if isinstance(found, str) else found[(request.sampling.seed or 0) % len(found)]
        return [f" {word}" for word in text.split(" ")] if text.isascii() else text

    return script


def page(title: str, kind: str, *shares: tuple[Any, int, int], model: tuple[int, int] = (0, 0)) -> str:
    """The title page of a story: who wrote how many turns and words of it, most words first, and the model."""
    lines = [f"<@{who.id}> · {_count(turns, 'turn')} · {_count(words, 'word')}" for who, turns, words in shares]
    if model[0]:
        lines.append(f"the model · {_count(model[0], 'passage')} · {_count(model[1], 'word')}")
    numbered = [f"{place}. {line}" for place, line in enumerate(lines, 1)]
    return "\n".join([f"📖 **{title}** · {kind}", "Written in 1 day.", *numbered])


async def broken_off(world: World, table: Table, act: Awaitable[Any]) -> None:
    """Let somebody act, and restart the bot while the model is about to write."""
    world.engine.hold()
    await act
    stored = await table.stored()
    assert stored.game.state.phase is Phase.MODEL
    await world.restart()


async def see_the_end(world: World, table: Table, old: discord.Message | None, story: str) -> None:
    """See that a story is at its end, whole, and that nothing moves it any more.

    Args:
        world: Where it was played.
        table: The game.
        old: The last panel before its end, if Discord did not delete it.
        story: All of it.
    """
    channel, stored = table.passages, await world.bot.services.games.last(table.channel.id)
    speak = world.bot.services.texts.speak(stored.locale)
    ended, nothing_here = speak(EndedError.template), speak(NoGameError.template)
    assert table.waits_for == speak("The story has ended.")
    assert table.buttons() == []
    assert f"{speak('seed {seed}', seed=stored.game.rules.seed)}\n" in table.channel.history()[-1].content
    if old is not None:
        for label in filter(None, labels(old)):
            assert ended in said(await world.guest.click(old, label=label))
        assert ended in said(await world.writer.select(old, ["end"], custom_id=custom_id_of(old)))
    assert nothing_here in said(await table.turn("And then?", world.guest))
    await table.minutes(90)
    await world.restart(away_minutes=90)
    assert table.passages == channel
    assert await table.exported() == f"{stored.title}\n{'=' * len(stored.title)}\n\n{story}\n"


def _is_panel(message: discord.Message) -> bool:
    return any(words in message.content for words in PLAYERS)


def _story(content: str) -> str:
    return without_footer(content).strip()


def _count(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
