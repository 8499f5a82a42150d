"""Who writes now and who waits: a bounded queue that is fair between servers."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.writing.errors import AlreadyWritingError, QueueFullError

if TYPE_CHECKING:
    from collections.abc import Iterator

ADMITTED = 0


@dataclass(eq=False, slots=True)
class Ticket:
    """A request's place. `places` gets the place in line whenever it changes, and `ADMITTED` at the end."""

    user: str
    server: int
    """The guild, or the person where there is none: what the queue is fair between."""
    places: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    place: int = -1


class Admission:
    """Lets a number of requests run and the others wait.

    The servers that wait take turns, so that a busy server's queue does not delay another server's single request.

    Args:
        running: Requests that may run at once.
        waiting: Requests that may wait.
        per_user: Requests of one person, or one game, that may run or wait.
    """

    def __init__(self, *, running: int, waiting: int, per_user: int) -> None:
        self._places = running
        self._waiting_limit = waiting
        self._per_user = per_user
        self._running: set[Ticket] = set()
        self._servers: dict[int, deque[Ticket]] = {}
        self._users: Counter[str] = Counter()

    def limit(self, *, waiting: int, per_user: int) -> None:
        """Go by other limits for whoever comes next; nobody who has a place loses it."""
        self._waiting_limit = waiting
        self._per_user = per_user

    @property
    def running(self) -> int:
        """Requests that run."""
        return len(self._running)

    @property
    def waiting(self) -> int:
        """Requests that wait."""
        return sum(map(len, self._servers.values()))

    def enter(self, user: str, server: int) -> Ticket:
        """Take a place; the ticket's `places` says at once which.

        Args:
            user: The person, or the game, by any name that is theirs alone.
            server: Whose turn it takes.

        Raises:
            AlreadyWritingError: the person has as many requests as one may have.
            QueueFullError: nobody else may wait.
        """
        if self._users[user] >= self._per_user:
            raise AlreadyWritingError(count=self._users[user])
        if self.running >= self._places and self.waiting >= self._waiting_limit:
            raise QueueFullError(waiting=self.waiting)
        ticket = Ticket(user, server)
        self._users[user] += 1
        self._servers.setdefault(server, deque()).append(ticket)
        self._advance()
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Give a place back, whether it was running or waiting; a second time does nothing."""
        if ticket in self._running:
            self._running.remove(ticket)
        elif ticket in self._servers.get(ticket.server, ()):
            self._servers[ticket.server].remove(ticket)
            self._drop_empty(ticket.server)
        else:
            return
        self._users[ticket.user] -= 1
        if not self._users[ticket.user]:
            del self._users[ticket.user]
        self._advance()

    def _advance(self) -> None:
        while self._servers and self.running < self._places:
            server = next(iter(self._servers))
            queue = self._servers.pop(server)
            ticket = queue.popleft()
            if queue:
                self._servers[server] = queue  # behind all others now
            self._running.add(ticket)
            self._tell(ticket, ADMITTED)
        for place, ticket in enumerate(self._in_order(), start=1):
            self._tell(ticket, place)

    def _in_order(self) -> Iterator[Ticket]:
        """Give the waiting in the order in which they will be admitted."""
        queues = deque(deque(queue) for queue in self._servers.values())
        while queues:
            queue = queues.popleft()
            yield queue.popleft()
            if queue:
                queues.append(queue)

    def _tell(self, ticket: Ticket, place: int) -> None:
        if ticket.place != place:
            ticket.place = place
            ticket.places.put_nowait(place)

    def _drop_empty(self, server: int) -> None:
        if not self._servers[server]:
            del self._servers[server]
