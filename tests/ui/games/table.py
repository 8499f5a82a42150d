"""A game on a channel, and people who play it by what they see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import discord

from bot.ids import StoryId
from bot.store.games import StoredGame
from tests.cogs.test_write import labels, said
from tests.world import RealWorld, World


@dataclass
class Table:
    """A game that the writer hosts."""

    world: World | RealWorld
    channel: Any

    @property
    def panel(self) -> discord.Message:
        """The newest message that has a select for the host, or the last panel of a game that is over."""
        found: discord.Message = next(
            message for message in reversed(self.channel.history()) if "Players:" in message.content
        )
        return found

    @property
    def passages(self) -> list[str]:
        """What stands in the channel beside the panel, without small print, oldest first."""
        return [_story(message.content) for message in self.channel.history() if "Players:" not in message.content]

    @property
    def waits_for(self) -> str:
        """The last line of the panel."""
        return self.panel.content.split("\n")[-1]

    async def click(self, label: str, who: Any = None) -> Any:
        """Press a button of the panel."""
        result = await (who or self.world.writer).click(self.panel, label=label)
        await self.world.written()
        return result

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


def _story(content: str) -> str:
    return "\n".join(line for line in content.split("\n") if not line.startswith("-# ")).strip()
