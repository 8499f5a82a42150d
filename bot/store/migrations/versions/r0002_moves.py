"""What moves within a story: the branch that Redo follows, and turns that are hidden from the model."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import big_id

revision = "r0002"
down_revision = "r0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; the branch of a story of before ends where it is shown."""
    op.add_column("stories", sa.Column("tip_id", big_id()))
    op.execute("UPDATE stories SET tip_id = head_id")
    op.add_column("turns", sa.Column("hidden", sa.Boolean, nullable=False, server_default=sa.false()))
