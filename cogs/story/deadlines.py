"""Turns and votes that end in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from discord.ext import commands, tasks

from bot.errors import TaleloomError

if TYPE_CHECKING:
    from bot.app import Taleloom

SECONDS = 10.0

log = structlog.get_logger(__name__)


class Deadlines(commands.Cog):
    """Looks every few seconds for what is due; what was missed while the bot was away is done once, in its order.

    Args:
        bot: Whose games they are.
    """

    def __init__(self, bot: Taleloom) -> None:
        self._bot = bot

    async def cog_unload(self) -> None:
        """End."""
        self.look.cancel()

    @commands.Cog.listener()
    async def on_mended(self) -> None:
        """Begin when what the last stop broke off is mended; that may be said more than once."""
        if not self.look.is_running():
            self.look.start()

    @tasks.loop(seconds=SECONDS)
    async def look(self) -> None:
        """Do what is due."""
        services = self._bot.services
        for story in await services.games.due():
            try:
                await services.stage.follow(await services.games.time_came(story))
            except TaleloomError as error:
                log.warning("deadline missed", story=story, reason=str(error))
