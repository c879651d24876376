"""What owners corrected, by the shape of a log."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shapes",
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("shape", sa.String(64), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "shape", name="pk_shapes"),
    )


def downgrade() -> None:
    op.drop_table("shapes")
