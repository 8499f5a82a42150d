"""Who writes now and who waits."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.writing.admission import ADMITTED, Admission, Ticket
from bot.writing.errors import AlreadyWritingError, QueueFullError


def told(ticket: Ticket) -> list[int]:
    """All places that a ticket was told since the last look."""
    places = []
    while not ticket.places.empty():
        places.append(ticket.places.get_nowait())
    return places


def enter(admission: Admission, *servers: int) -> list[Ticket]:
    return [
        admission.enter(f"user:{1000 + number + 100 * admission.waiting}", server)
        for number, server in enumerate(servers)
    ]


def test_who_finds_a_place_runs_at_once() -> None:
    admission = Admission(running=2, waiting=2, per_user=1)
    one, other = enter(admission, 1, 1)
    assert (told(one), told(other)) == ([ADMITTED], [ADMITTED])
    assert (admission.running, admission.waiting) == (2, 0)


def test_who_waits_is_told_each_place_once() -> None:
    admission = Admission(running=1, waiting=3, per_user=1)
    first, second, third = enter(admission, 1, 1, 1)
    assert (told(second), told(third)) == ([1], [2])
    admission.leave(first)
    assert (told(second), told(third)) == ([ADMITTED], [1])
    admission.leave(second)
    assert told(third) == [ADMITTED]


def test_servers_take_turns() -> None:
    admission = Admission(running=1, waiting=9, per_user=1)
    running, *busy = enter(admission, 1, 1, 1, 1, 1)
    (quiet,) = enter(admission, 2)
    assert told(quiet) == [2]
    order = []
    waiting = {id(ticket): ticket for ticket in (*busy, quiet)}
    while waiting:
        admission.leave(running)
        running = next(ticket for ticket in waiting.values() if ticket.place == ADMITTED)
        order.append(waiting.pop(id(running)))
    assert order == [busy[0], quiet, *busy[1:]]


def test_the_queue_is_bounded_and_says_how_many_wait() -> None:
    admission = Admission(running=1, waiting=2, per_user=1)
    tickets = enter(admission, 1, 1, 1)
    with pytest.raises(QueueFullError, match="2 people"):
        admission.enter("user:1", 9)
    admission.leave(tickets[1])
    admission.enter("user:1", 9)


def test_without_a_queue_a_free_place_is_still_given() -> None:
    admission = Admission(running=1, waiting=0, per_user=1)
    enter(admission, 1)
    with pytest.raises(QueueFullError):
        admission.enter("user:1", 1)


def test_one_person_has_so_many_requests_and_gets_the_place_back() -> None:
    admission = Admission(running=1, waiting=9, per_user=2)
    one, _ = admission.enter("user:1", 1), admission.enter("user:1", 2)
    with pytest.raises(AlreadyWritingError):
        admission.enter("user:1", 3)
    admission.leave(one)
    admission.enter("user:1", 3)


def test_other_limits_hold_for_those_who_come_next() -> None:
    admission = Admission(running=1, waiting=1, per_user=1)
    admission.enter("user:1", 1)
    waiting = admission.enter("user:2", 1)
    admission.limit(waiting=0, per_user=2)
    assert admission.waiting == 1
    admission.leave(waiting)
    with pytest.raises(QueueFullError):
        admission.enter("user:1", 1)
    admission.limit(waiting=1, per_user=2)
    admission.enter("user:1", 1)


def test_leaving_twice_does_nothing() -> None:
    admission = Admission(running=1, waiting=9, per_user=2)
    one, other = admission.enter("user:1", 1), admission.enter("user:1", 1)
    for ticket in (other, other, one, one):
        admission.leave(ticket)
    assert (admission.running, admission.waiting) == (0, 0)
    admission.enter("user:1", 1)
    admission.enter("user:1", 1)
    with pytest.raises(AlreadyWritingError):
        admission.enter("user:1", 1)


@given(
    st.integers(1, 3), st.integers(0, 5),
    st.lists(st.tuples(st.booleans(), st.integers(1, 4), st.integers(1, 3), st.integers(0, 99)), max_size=60),
)  # fmt: skip
def test_places_are_right_whatever_comes(running: int, waiting: int, moves: list[Any]) -> None:
    """No place stays free while somebody waits, and the places told are 1, 2, 3, … in the order of admission."""
    admission = Admission(running=running, waiting=waiting, per_user=2)
    tickets: list[Ticket] = []
    for leaves, user, server, which in moves:
        if leaves and tickets:
            admission.leave(tickets.pop(which % len(tickets)))
        else:
            try:
                tickets.append(admission.enter(f"user:{user}", server))
            except AlreadyWritingError:
                assert sum(ticket.user == f"user:{user}" for ticket in tickets) == 2
            except QueueFullError:
                assert admission.waiting == waiting
        running_now = [ticket for ticket in tickets if ticket.place == ADMITTED]
        assert len(running_now) == admission.running == min(running, len(tickets))
        assert sorted(ticket.place for ticket in tickets if ticket.place) == list(range(1, admission.waiting + 1))
        assert admission.waiting <= waiting
    while waiters := sorted((ticket for ticket in tickets if ticket.place), key=lambda ticket: ticket.place):
        leaver = next(ticket for ticket in tickets if not ticket.place)
        tickets.remove(leaver)
        admission.leave(leaver)
        assert waiters[0].place == ADMITTED
    for ticket in tickets:
        admission.leave(ticket)
    assert not admission._users  # who left is forgotten
    assert not admission._servers
