"""Lore: what the model is told beside a story."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import JsonValue, Utc, Words, big_id

revision = "r0005"
down_revision = "r0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the tables."""
    op.create_table(
        "lore",
        sa.Column("story_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("memory", Words, nullable=False),
        sa.Column("note", Words, nullable=False),
        sa.Column("depth", sa.Integer, nullable=False),
        sa.Column("edited_by", big_id(), nullable=False),
        sa.Column("edited_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("story_id", name="pk_lore"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_lore_story_id"),
    )
    op.create_table(
        "world_entries",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("story_id", big_id(), nullable=False),
        sa.Column("keys", JsonValue, nullable=False),
        sa.Column("text", Words, nullable=False),
        sa.Column("group", Words, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("edited_by", big_id(), nullable=False),
        sa.Column("edited_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_world_entries"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_world_entries_story_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_world_entries_story_id", "world_entries", ["story_id"])
