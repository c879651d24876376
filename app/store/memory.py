"""What owners corrected in logs of a shape, so that the next one is read so from the start."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.store.engine import Engines, lock_shapes
from app.store.tables import ShapeRow

MOST_SHAPES = 100  # of one owner; whoever corrects more has the oldest forgotten
MOST_ROLES = 200  # of one shape; as many as the page shows


def recall(engines: Engines, owner: str) -> dict[str, dict[str, str]]:
    """Return what an owner corrected: roles by column, by shape."""
    mine = select(ShapeRow.shape, ShapeRow.roles).where(ShapeRow.owner == owner)
    with Session(engines.read) as session:
        return {shape: dict(roles) for shape, roles in session.execute(mine)}


def recalls(engines: Engines, owner: str, shape: str) -> bool:
    """Say whether an owner corrected a log of this shape."""
    with Session(engines.read) as session:
        return session.get(ShapeRow, (owner, shape)) is not None


def remember(engines: Engines, owner: str, corrected: Mapping[str, Mapping[str, str]]) -> None:
    """Remember the roles of some shapes in the place of what was remembered of them.

    A shape without roles is forgotten, and so are the oldest beyond MOST_SHAPES.
    """
    if not corrected:
        return
    with Session(engines.write) as session, session.begin():
        lock_shapes(session.connection())
        session.execute(
            delete(ShapeRow).where(ShapeRow.owner == owner, ShapeRow.shape.in_(list(corrected)))
        )
        now = datetime.now(UTC)
        session.add_all(
            ShapeRow(owner=owner, shape=shape, roles=dict(roles), changed_at=now)
            for shape, roles in corrected.items()
            if 0 < len(roles) <= MOST_ROLES
        )
        session.flush()
        newest = (
            select(ShapeRow.shape)
            .where(ShapeRow.owner == owner)
            .order_by(ShapeRow.changed_at.desc(), ShapeRow.shape)
        )
        beyond = session.scalars(newest).all()[MOST_SHAPES:]
        session.execute(delete(ShapeRow).where(ShapeRow.owner == owner, ShapeRow.shape.in_(beyond)))
