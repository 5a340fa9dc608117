"""The right to be forgotten, in what imports keep."""

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey.imports.models import Import, ImportChange


async def erase_from_diffs(session: AsyncSession, key: str) -> None:
    """By the externalId, or the id of who has none."""
    told = [part["employeeExternalId"].astext == key for part in (ImportChange.before, ImportChange.after)]
    await session.execute(delete(ImportChange).where(or_(*told)))
    of_employees = ImportChange.import_id.in_(select(Import.id).where(Import.kind == "employees"))
    await session.execute(delete(ImportChange).where(ImportChange.external_id == key, of_employees))
