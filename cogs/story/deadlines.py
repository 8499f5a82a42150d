"""Turns and votes that end in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from discord.ext import commands, tasks

from bot.errors import TaleloomError

if TYPE_CHECKING:
    from bot.app import Taleloom

LONGEST = 3600.0  # seconds between two looks at what is due
SHORTEST = 1.0
AGAIN = timedelta(seconds=30)  # until the store is asked anew that did not answer

log = structlog.get_logger(__name__)


class Deadlines(commands.Cog):
    """Sleeps until something is due; what was missed while the bot was away is done once, in its order.

    Args:
        bot: Whose games they are.
    """

    def __init__(self, bot: Taleloom) -> None:
        self._bot = bot
        self._next: datetime | None = None
        self._looking = False

    async def cog_unload(self) -> None:
        """End."""
        self.look.cancel()

    @commands.Cog.listener()
    async def on_mended(self) -> None:
        """Begin when what the last stop broke off is mended; that may be said more than once."""
        if not self.look.is_running():
            self._bot.services.games.wake_by(self._wake)
            self.look.start()

    @tasks.loop(seconds=LONGEST)
    async def look(self) -> None:
        """Do what is due, and sleep until there is more."""
        services = self._bot.services
        self._looking = True
        try:
            for story in await services.games.due():
                try:
                    services.stage.beside(services.stage.follow(await services.games.time_came(story)))
                except TaleloomError as error:
                    log.warning("deadline missed", story=story, reason=str(error))
            self._next = await services.games.next_due()
        except TaleloomError as error:
            log.warning("deadlines not read", reason=str(error))
            self._next = services.store.now() + AGAIN
        finally:
            self._looking = False
        self.look.change_interval(seconds=self._seconds())

    def _wake(self, due: datetime) -> None:
        """Look earlier if something is due earlier."""
        if self._looking or (self._next is not None and self._next <= due):
            return
        self._next = due
        self.look.change_interval(seconds=self._seconds())
        self.look.restart()

    def _seconds(self) -> float:
        if self._next is None:
            return LONGEST
        ahead = (self._next - self._bot.services.store.now()).total_seconds()
        return min(max(ahead, SHORTEST), LONGEST)
