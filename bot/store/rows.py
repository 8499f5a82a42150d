"""Stories and turns as rows, and rows as stories and turns."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.store import schema
from bot.store.transactions import Row
from bot.turns import Draft, Story, Turn, TurnKind

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.ids import StoryId, TurnId


async def insert_turn(
    connection: AsyncConnection, story: StoryId, parent: TurnId | None, draft: Draft, created_at: datetime
) -> Turn:
    """Add a turn to a story, within a transaction."""
    values = turn_values(story, parent, draft, created_at)
    return turn_of((await connection.execute(sa.insert(schema.turns).values(values).returning(schema.turns))).one())


def turn_values(story: int, parent: TurnId | None, draft: Draft, created_at: datetime) -> dict[str, object]:
    """Give a row of `turns` but for its number."""
    return {
        "story_id": story,
        "parent_id": parent,
        "kind": draft.kind,
        "text": draft.text,
        "author_id": draft.author_id,
        "model": draft.model,
        "preset": draft.preset,
        "seed": draft.seed,
        "tokens": draft.tokens,
        "seconds": draft.seconds,
        "finish": draft.finish,
        "details": draft.details,
        "created_at": created_at,
    }


def story_of(row: Row) -> Story:
    """Read a row of `stories`."""
    return Story(**{name: row._mapping[name] for name in Story.__dataclass_fields__})  # noqa: SLF001 - SQLAlchemy's public name for it


def turn_of(row: Row) -> Turn:
    """Read a row of `turns`."""
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    values["kind"] = TurnKind(values["kind"])
    values["details"] = MappingProxyType(values["details"])
    return Turn(**values)
