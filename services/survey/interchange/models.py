"""What became of a questionnaire that came from another tool."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.shared.database import Tenant, Timestamps
from services.shared.ids import new_id
from services.survey.base import Base


class SurveyImport(Tenant, Timestamps, Base):
    """The report, without the file. It goes with the survey that was made."""

    __tablename__ = "survey_imports"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "survey_id"], ["surveys.organisation_id", "surveys.id"], ondelete="CASCADE"
        ),
        Index(None, "organisation_id", "created_at"),
        Index(None, "organisation_id", "survey_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    survey_id: Mapped[UUID]
    format: Mapped[str]
    sections: Mapped[int]
    questions: Mapped[int]
    findings: Mapped[list[dict[str, Any]]]
    more_findings: Mapped[int]
