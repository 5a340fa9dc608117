"""The picture of the cross-section: a row a unit, a column a provider, the whole organisation first."""

from uuid import UUID

from services.analytics.charts import theme
from services.analytics.charts.heatmap import cell, heatmap
from services.analytics.charts.labels import COLUMN, labels
from services.analytics.charts.render import SCHEMA, Specification
from services.analytics.cross_section.schemas import CrossSection


def specification(view: CrossSection, language: str) -> Specification:
    words = theme.words(language)
    whole: tuple[UUID | None, str, str | None] = (None, words["whole"], None)
    rows = labels([whole, *((unit.unit_id, unit.name, unit.external_id) for unit in view.consumers)])
    columns = labels(((unit.unit_id, unit.name, unit.external_id) for unit in view.providers), COLUMN)
    cells = [
        {
            "provider": columns[crossing.provider_id],
            "consumer": rows[crossing.consumer_id],
            **cell(crossing.figure.mean, crossing.figure.n, view.points, language),
        }
        for crossing in view.cells
    ]
    grid = heatmap(
        cells, x="provider", y="consumer", columns=list(columns.values()), order=list(rows.values()), step=84
    )
    subtitle = [
        theme.name(view.wave_title, language),
        f"{words['question']} {view.question_id}: {words['mean']} {words['scale']} {view.points}, {words['cells']}",
        words["colours"],
        f"{words['grey']}: {words['hidden']}",
    ]
    title = theme.title(words["crossSection"], subtitle)
    return {"$schema": SCHEMA, "config": theme.CONFIG, "title": title, **grid}
