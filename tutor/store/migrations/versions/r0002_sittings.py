"""Sittings of exam papers, and what was done in them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "sittings",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("sitting_id", sa.String(64), nullable=False, unique=True),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.Column("paper", sa.JSON(), nullable=False),
        sa.Column("seals", sa.JSON(), nullable=False),
    )
    op.create_table(
        "sitting_events",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("sitting_id", sa.String(64), nullable=False),
        sa.Column("did", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("question", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=True),
        sa.Column("confidence", sa.String(16), nullable=True),
    )
    op.create_index("ix_sitting_events_sitting_id", "sitting_events", ["sitting_id"])
