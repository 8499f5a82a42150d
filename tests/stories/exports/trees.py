"""Stories for files: any that there can be, and one that people wrote."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from bot.games import MODEL_SEAT, GameKind, GameRules, Order
from bot.stories.branch import PARTED_BY
from bot.stories.exports.file import FileTurn, Person, Played, StoryFile, WorldEntry
from bot.turns import TurnKind

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
_NAME = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False, allow_infinity=False) | _NAME,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAME, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def stories(draw: st.DrawFn) -> StoryFile:
    """Any story that a file can hold."""
    people = tuple(
        Person(
            seat=seat,
            name=draw(_NAME),
            turns=draw(st.integers(0, 99)),
            words=draw(st.integers(0, 999)),
            training_consent=draw(st.booleans()),
        )
        for seat in sorted(draw(st.sets(st.integers(1, 50), min_size=1, max_size=4)))
    )
    seats = [person.seat for person in people]
    turns = tuple(draw(_turn(number, seats)) for number in range(1, draw(st.integers(1, 12)) + 1))
    return StoryFile(
        title=draw(_NAME),
        language=draw(st.sampled_from(["en", "zh-CN"])),
        began=draw(st.none() | st.sampled_from(seats)),
        game=draw(st.none() | st.builds(Played, kind=st.sampled_from(GameKind), rules=_RULES)),
        people=people,
        memory=draw(_TEXT),
        note=draw(_TEXT),
        note_depth=draw(st.integers(0, 100)),
        world=tuple(draw(st.lists(st.builds(WorldEntry, keys=st.tuples(_NAME, _NAME), text=_TEXT), max_size=2))),
        turns=turns,
        head=draw(st.integers(1, len(turns))),
    )


_RULES = st.builds(GameRules, order=st.sampled_from(Order), seed=st.integers(0, 2**62), rivals=st.just(("a", "b")))


@st.composite
def _turn(draw: st.DrawFn, number: int, seats: list[int]) -> FileTurn:
    kind = draw(st.sampled_from(TurnKind))
    details = draw(st.dictionaries(_NAME.filter(lambda name: name != PARTED_BY), _JSON, max_size=2))
    if draw(st.booleans()):
        details[PARTED_BY] = draw(st.sampled_from(["", " ", "\n", "\n\n"]))
    return FileTurn(
        id=number,
        parent=None if number == 1 else draw(st.none() | st.integers(1, number - 1)),
        kind=kind,
        seat=draw(st.sampled_from(seats + ([MODEL_SEAT] if kind is TurnKind.MODEL else []))),
        text=draw(_TEXT),
        hidden=draw(st.booleans()),
        created_at=NOON + timedelta(microseconds=draw(st.integers(0, 10**12))),
        model=draw(st.none() | _NAME),
        preset=draw(st.none() | _NAME),
        seed=draw(st.none() | st.integers(-(2**63), 2**63 - 1)),
        tokens=draw(st.none() | st.integers(0, 10**6)),
        seconds=draw(st.none() | st.floats(0, 10**6)),
        finish=draw(st.none() | _NAME),
        details=details,
    )


def turn(number: int, parent: int | None, text: str, *, seat: int = MODEL_SEAT, **more: Any) -> FileTurn:
    kind = TurnKind.PROMPT if seat else TurnKind.MODEL
    values: dict[str, Any] = {"kind": kind, "created_at": NOON + timedelta(minutes=number)} | more
    return FileTurn(id=number, parent=parent, seat=seat, text=text, **values)


def story(*turns: FileTurn, head: int | None = None, **values: Any) -> StoryFile:
    """A story of Ada, Ben and the model."""
    values = {
        "title": "The Door",
        "language": "en",
        "people": (Person(seat=1, name="Ada", turns=1, words=4), Person(seat=2, name="Ben", turns=1, words=3)),
    } | values
    return StoryFile(turns=turns, head=head or len(turns), **values)


DOOR = story(
    turn(1, None, "The door stood open.", seat=1),
    turn(2, 1, " Nobody was there. It was cold."),
    turn(3, 1, " A dog came out."),
    turn(4, 3, "Ben followed it.", seat=2, details={PARTED_BY: "\n\n"}),
    turn(5, 4, " It barked twice."),
    turn(6, 4, " It ran.", hidden=True),
    turn(7, 6, " They were never seen again."),
    head=5,
)
"""Two variants after the beginning, and two after Ben's turn, one of which goes on."""
