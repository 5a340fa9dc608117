from typing import Literal
from uuid import UUID

from pydantic import Field

from services.shared.schemas import Schema


class ResponseRate(Schema):
    """Hidden where fewer than the minimum answered, or to protect those: then all but `population` is null."""

    id: UUID
    release_id: UUID
    wave_id: UUID
    unit_id: UUID | None = Field(description="The unit with those below it; null: the whole organisation")
    population: int = Field(description="Employees when the wave was drawn")
    invited: int | None
    answered: int | None
    rate: float | None = Field(description="Answered of those invited, from 0 to 1")
    suppressed: bool
    reason: Literal["belowMinimum", "protectsAnother"] | None
