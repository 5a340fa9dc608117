from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.notification.base import Base


class Organisation(Base):
    """What mails need to know of an organisation; survey's events keep it current."""

    __tablename__ = "organisations"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    time_zone: Mapped[str]
    languages: Mapped[list[str]]
