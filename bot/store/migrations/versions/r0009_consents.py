"""Consents: who agreed that a model learns from what they write."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import Utc, big_id

revision = "r0009"
down_revision = "r0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the table; nobody has agreed to anything before it."""
    op.create_table(
        "training_consents",
        sa.Column("user_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("given_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_training_consents"),
    )
