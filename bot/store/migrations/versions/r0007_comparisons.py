"""Comparisons: which of two presets people liked better."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import Utc, Words, big_id

revision = "r0007"
down_revision = "r0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the table."""
    op.create_table(
        "comparisons",
        sa.Column("turn_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("guild_id", big_id(), nullable=False),
        sa.Column("first", Words, nullable=False),
        sa.Column("second", Words, nullable=False),
        sa.Column("winner", Words),
        sa.Column("first_votes", sa.Integer, nullable=False),
        sa.Column("second_votes", sa.Integer, nullable=False),
        sa.Column("arena", sa.String(16), nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("turn_id", name="pk_comparisons"),
    )
    op.create_index("ix_comparisons_guild_id", "comparisons", ["guild_id"])
