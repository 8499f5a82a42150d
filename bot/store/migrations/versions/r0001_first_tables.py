"""The first tables: settings, stories and their turns, messages, running jobs, limits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import JsonValue, Utc, Words, big_id

revision = "r0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the tables."""
    _settings()
    _stories()
    _messages()
    _jobs()
    op.create_table(
        "buckets",
        sa.Column("key", sa.String(128), nullable=False),
        sa.Column("tokens", sa.Double, nullable=False),
        sa.Column("counted_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_buckets"),
    )


def _settings() -> None:
    op.create_table(
        "settings",
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("scope_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("value", JsonValue, nullable=False),
        sa.Column("changed_by", big_id(), nullable=False),
        sa.Column("changed_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("scope", "scope_id", "key", name="pk_settings"),
    )
    op.create_table(
        "settings_changes",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("scope_id", big_id(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("from_value", JsonValue),
        sa.Column("to_value", JsonValue),
        sa.Column("changed_by", big_id(), nullable=False),
        sa.Column("changed_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_settings_changes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_settings_changes_scope_scope_id", "settings_changes", ["scope", "scope_id"])


def _stories() -> None:
    op.create_table(
        "stories",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("guild_id", big_id()),
        sa.Column("channel_id", big_id(), nullable=False),
        sa.Column("author_id", big_id(), nullable=False),
        sa.Column("head_id", big_id()),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("deleted_at", Utc),
        sa.PrimaryKeyConstraint("id", name="pk_stories"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "turns",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("story_id", big_id(), nullable=False),
        sa.Column("parent_id", big_id()),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("text", Words, nullable=False),
        sa.Column("author_id", big_id()),
        sa.Column("model", Words),
        sa.Column("preset", Words),
        sa.Column("seed", big_id()),
        sa.Column("tokens", sa.Integer),
        sa.Column("seconds", sa.Double),
        sa.Column("finish", sa.String(32)),
        sa.Column("details", JsonValue, nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_turns"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_turns_story_id"),
        sa.ForeignKeyConstraint(["parent_id"], ["turns.id"], name="fk_turns_parent_id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("stories", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.create_foreign_key("fk_stories_head_id", "turns", ["head_id"], ["id"])
    op.create_index("ix_stories_channel_id", "stories", ["channel_id"])
    op.create_index("ix_stories_author_id", "stories", ["author_id"])
    op.create_index("ix_turns_story_id", "turns", ["story_id"])
    op.create_index("ix_turns_parent_id", "turns", ["parent_id"])
    op.create_index("ix_turns_author_id", "turns", ["author_id"])


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("message_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("channel_id", big_id(), nullable=False),
        sa.Column("turn_id", big_id(), nullable=False),
        sa.Column("part", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_messages"),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_messages_turn_id"),
    )
    op.create_index("ix_messages_turn_id", "messages", ["turn_id"])
    op.create_table(
        "undelivered",
        sa.Column("turn_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("user_id", big_id(), nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("turn_id", name="pk_undelivered"),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_undelivered_turn_id"),
    )
    op.create_index("ix_undelivered_user_id", "undelivered", ["user_id"])


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("turn_id", big_id(), nullable=False),
        sa.Column("user_id", big_id(), nullable=False),
        sa.Column("guild_id", big_id()),
        sa.Column("channel_id", big_id(), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("request_id", name="pk_jobs"),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name="fk_jobs_turn_id"),
    )
    op.create_table(
        "job_messages",
        sa.Column("message_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_job_messages"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["jobs.request_id"], name="fk_job_messages_request_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_job_messages_request_id", "job_messages", ["request_id"])
