"""Title pages: those of ended stories that are still to be posted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0008"
down_revision = "r0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; stories that ended before have theirs."""
    op.add_column("games", sa.Column("to_close", sa.Boolean, nullable=False, server_default=sa.false()))
