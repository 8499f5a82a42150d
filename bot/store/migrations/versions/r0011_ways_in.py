"""Ways in: by every foreign key, for databases look from both ends of one; and to the stories of a server."""

from __future__ import annotations

from alembic import op

revision = "r0011"
down_revision = "r0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the indexes."""
    op.create_index("ix_stories_head_id", "stories", ["head_id"])
    op.create_index("ix_stories_guild_id", "stories", ["guild_id"])
    op.create_index("ix_jobs_turn_id", "jobs", ["turn_id"])
