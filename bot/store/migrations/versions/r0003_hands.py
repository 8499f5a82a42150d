"""What a channel forgot, a server's prompts and presets, who is blocked, what was used, and who wants to be gone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import JsonValue, Utc, Words, big_id

revision = "r0003"
down_revision = "r0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the tables."""
    op.create_table(
        "forgotten",
        sa.Column("channel_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("forgotten_by", big_id(), nullable=False),
        sa.Column("forgotten_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("channel_id", name="pk_forgotten"),
    )
    op.create_table(
        "prompts",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("guild_id", big_id(), nullable=False),
        sa.Column("text", Words, nullable=False),
        sa.Column("added_by", big_id(), nullable=False),
        sa.Column("added_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_prompts"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_prompts_guild_id", "prompts", ["guild_id"])
    op.create_table(
        "presets",
        sa.Column("guild_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("meaning", Words, nullable=False),
        sa.Column("sampling", JsonValue, nullable=False),
        sa.Column("changed_by", big_id(), nullable=False),
        sa.Column("changed_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "name", name="pk_presets"),
    )
    op.create_table(
        "blocks",
        sa.Column("guild_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("user_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("blocked_by", big_id(), nullable=False),
        sa.Column("blocked_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "user_id", name="pk_blocks"),
    )
    op.create_table(
        "usage",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("guild_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("user_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("texts", sa.Integer, nullable=False),
        sa.Column("tokens", big_id(), nullable=False),
        sa.PrimaryKeyConstraint("day", "guild_id", "user_id", name="pk_usage"),
    )
    op.create_table(
        "erasures",
        sa.Column("user_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("requested_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_erasures"),
    )
    op.create_table(
        "departures",
        sa.Column("guild_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("left_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_departures"),
    )
