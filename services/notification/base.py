"""The tables of notification: what alembic compares the database with."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from services.shared.database import NAMING, TYPES


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = TYPES
