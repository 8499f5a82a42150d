"""Scenarios: what a server's story games can begin with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import JsonValue, Utc, Words, big_id

revision = "r0006"
down_revision = "r0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the table."""
    op.create_table(
        "scenarios",
        sa.Column("guild_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("title", Words, nullable=False),
        sa.Column("opening", Words, nullable=False),
        sa.Column("memory", Words, nullable=False),
        sa.Column("world", JsonValue, nullable=False),
        sa.Column("saved_by", big_id(), nullable=False),
        sa.Column("saved_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "name", name="pk_scenarios"),
    )
