"""Games: stories that several people write by rules."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import JsonValue, Utc, Words, big_id

revision = "r0004"
down_revision = "r0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the tables."""
    op.create_table(
        "games",
        sa.Column("story_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("title", Words, nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("rules", JsonValue, nullable=False),
        sa.Column("state", JsonValue, nullable=False),
        sa.Column("phase", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("due_at", Utc),
        sa.Column("asked_after_id", big_id()),
        sa.Column("panel_id", big_id()),
        sa.PrimaryKeyConstraint("story_id", name="pk_games"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_games_story_id"),
    )
    op.create_index("ix_games_due_at", "games", ["due_at"])
    op.create_table(
        "players",
        sa.Column("story_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("seat", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("user_id", big_id(), nullable=False),
        sa.Column("presence", sa.String(16), nullable=False),
        sa.Column("turns", sa.Integer, nullable=False),
        sa.Column("words", sa.Integer, nullable=False),
        sa.Column("vote", sa.Integer),
        sa.PrimaryKeyConstraint("story_id", "seat", name="pk_players"),
        sa.ForeignKeyConstraint(["story_id"], ["games.story_id"], name="fk_players_story_id"),
    )
    op.create_index("ix_players_user_id", "players", ["user_id"])
