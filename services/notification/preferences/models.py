from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from services.notification.base import Base
from services.shared.database import Tenant


class OptOut(Tenant, Base):
    """Whoever holds this invitation wants no more mail about it. Without an instant: the day on which somebody reads
    their mail may be the day on which they answer."""

    __tablename__ = "opt_outs"

    invitation_number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
