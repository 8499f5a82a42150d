"""Safety: policies, servers' own rules, where moderators read of decisions, and the decisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import JsonValue, Utc, Words, big_id

revision = "r0010"
down_revision = "r0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the tables; every server has the standard policy before it."""
    op.create_table(
        "safety_policies",
        sa.Column("guild_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("channel_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("policy", sa.String(16), nullable=False),
        sa.Column("actions", JsonValue, nullable=False),
        sa.Column("changed_by", big_id(), nullable=False),
        sa.Column("changed_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "channel_id", name="pk_safety_policies"),
    )
    op.create_table(
        "safety_rules",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("guild_id", big_id(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("text", Words, nullable=False),
        sa.Column("action", sa.String(16)),
        sa.Column("added_by", big_id(), nullable=False),
        sa.Column("added_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_safety_rules"),
        sa.UniqueConstraint("guild_id", "kind", "text", name="uq_safety_rules_guild_id_kind_text"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "safety_logs",
        sa.Column("guild_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("channel_id", big_id(), nullable=False),
        sa.Column("shows_texts", sa.Boolean, nullable=False),
        sa.Column("changed_by", big_id(), nullable=False),
        sa.Column("changed_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_safety_logs"),
    )
    op.create_table(
        "safety_events",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("guild_id", big_id(), nullable=False),
        sa.Column("channel_id", big_id(), nullable=False),
        sa.Column("user_id", big_id(), nullable=False),
        sa.Column("of_model", sa.Boolean, nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("rule", Words, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("forgiven", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id", name="pk_safety_events"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_safety_events_guild_id_day", "safety_events", ["guild_id", "day"])
    op.create_index("ix_safety_events_user_id_at", "safety_events", ["user_id", "at"])
    op.create_index("ix_safety_events_at", "safety_events", ["at"])
