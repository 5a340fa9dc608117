"""The ballot box. Nothing here says when somebody answered."""

from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.database import Tenant
from services.shared.ids import random_id
from services.survey.base import Base


class Box(Tenant, Base):
    """`wrapped_key` is the private key, readable only with a key from the settings. It goes when the box is emptied."""

    __tablename__ = "boxes"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "wave_id"], ["waves.organisation_id", "waves.id"]),
        Index("ix_boxes_wave", "organisation_id", "wave_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=random_id)
    wave_id: Mapped[UUID]
    public_key: Mapped[bytes]
    wrapped_key: Mapped[bytes]


class SealedBallot(Tenant, Base):
    """One a page, inline: a ballot of 8,048 bytes fills it. No foreign key to the box: `drop_ballots` holds a lock on
    it, once a batch, where a foreign key would look it up for each ballot."""

    __tablename__ = "ballots"
    __table_args__ = ({"postgresql_with": {"toast_tuple_target": "8160"}},)

    box_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=random_id)
    sealed: Mapped[bytes]
