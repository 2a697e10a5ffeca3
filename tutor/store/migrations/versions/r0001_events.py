"""The first tables: answers, lab attempts and acts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the three tables and the indexes of what is looked up by id."""
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("question_id", sa.String(255), nullable=False),
        sa.Column("content_hash", sa.String(128), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("option_order", sa.JSON(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("key", sa.JSON(), nullable=False),
        sa.Column("scoring_rule", sa.String(64), nullable=False),
        sa.Column("confidence", sa.String(16), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=False),
        sa.Column("claims", sa.JSON(), nullable=False),
    )
    op.create_index("ix_answers_question_id", "answers", ["question_id"])
    op.create_table(
        "lab_attempts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("lab_id", sa.String(255), nullable=False),
        sa.Column("content_hash", sa.String(128), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("verdicts", sa.JSON(), nullable=False),
        sa.Column("solution_shown", sa.Boolean(), nullable=False),
        sa.Column("attempted_at", sa.DateTime(), nullable=False),
        sa.Column("claims", sa.JSON(), nullable=False),
    )
    op.create_index("ix_lab_attempts_lab_id", "lab_attempts", ["lab_id"])
    op.create_table(
        "acts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("what", sa.String(64), nullable=False),
        sa.Column("item", sa.String(255), nullable=False),
        sa.Column("detail", sa.String(255), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_acts_item", "acts", ["item"])
