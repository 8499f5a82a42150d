"""Every column that holds a person's number, and what becomes of it when that person is erased."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from bot.ids import UserId
from bot.store import schema
from bot.store.settings import Scope

REMOVED = UserId(0)
"""Stands where the number of somebody stood who was erased."""


class Fate(StrEnum):
    """What becomes of a row when the person in it is erased."""

    ROW_GOES = "row goes"
    NAME_GOES = "name goes"
    """The row stays with `REMOVED` in it: it belongs to others too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Personal:
    """A column that holds a person's number."""

    column: sa.Column[Any]
    fate: Fate
    scoped: bool = False
    """Whether it holds a person only where the row's `scope` says so."""
    patterns: tuple[str, ...] = ()
    """How the number stands in a text, for LIKE; empty where the column is the number."""

    @property
    def table(self) -> sa.Table:
        """The table that it is in."""
        return self.column.table

    def holds(self, user_id: UserId) -> sa.ColumnElement[bool]:
        """Select the rows in which it is this person's."""
        if self.patterns:
            return sa.or_(*(self.column.like(pattern.format(user_id)) for pattern in self.patterns))
        if self.scoped:
            return sa.and_(self.table.c.scope == Scope.USER, self.column == user_id)
        return self.column == user_id


PERSONAL = (
    Personal(column=schema.settings.c.scope_id, fate=Fate.ROW_GOES, scoped=True),
    Personal(column=schema.settings.c.changed_by, fate=Fate.NAME_GOES),
    Personal(column=schema.settings_changes.c.scope_id, fate=Fate.ROW_GOES, scoped=True),
    Personal(column=schema.settings_changes.c.changed_by, fate=Fate.NAME_GOES),
    # Of stories and turns only those are left by then that others have a part in: see `erase`.
    Personal(column=schema.stories.c.author_id, fate=Fate.NAME_GOES),
    Personal(column=schema.turns.c.author_id, fate=Fate.NAME_GOES),
    Personal(column=schema.jobs.c.user_id, fate=Fate.ROW_GOES),
    Personal(column=schema.undelivered.c.user_id, fate=Fate.ROW_GOES),
    Personal(column=schema.buckets.c.key, fate=Fate.ROW_GOES, patterns=("user:{}", "cooldown:%:{}", "report:%:{}")),
    Personal(column=schema.forgotten.c.forgotten_by, fate=Fate.NAME_GOES),
    Personal(column=schema.prompts.c.added_by, fate=Fate.NAME_GOES),
    Personal(column=schema.presets.c.changed_by, fate=Fate.NAME_GOES),
    Personal(column=schema.blocks.c.user_id, fate=Fate.ROW_GOES),
    Personal(column=schema.blocks.c.blocked_by, fate=Fate.NAME_GOES),
    Personal(column=schema.usage.c.user_id, fate=Fate.ROW_GOES),
    Personal(column=schema.players.c.user_id, fate=Fate.NAME_GOES),
    Personal(column=schema.lore.c.edited_by, fate=Fate.NAME_GOES),
    Personal(column=schema.world_entries.c.edited_by, fate=Fate.NAME_GOES),
    Personal(column=schema.scenarios.c.saved_by, fate=Fate.NAME_GOES),
    Personal(column=schema.erasures.c.user_id, fate=Fate.ROW_GOES),
    Personal(column=schema.training_consents.c.user_id, fate=Fate.ROW_GOES),
    Personal(column=schema.safety_policies.c.changed_by, fate=Fate.NAME_GOES),
    Personal(column=schema.safety_rules.c.added_by, fate=Fate.NAME_GOES),
    Personal(column=schema.safety_logs.c.changed_by, fate=Fate.NAME_GOES),
    Personal(column=schema.safety_events.c.user_id, fate=Fate.ROW_GOES),
)
"""Every column that holds a person's number. A test fails when a table gets another that is not here."""
