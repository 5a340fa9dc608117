"""The picture of the cross-section: a row a unit, a column a provider, the whole organisation first."""

from uuid import UUID

from services.analytics.charts import theme
from services.analytics.charts.heatmap import heatmap
from services.analytics.charts.render import SCHEMA, Specification
from services.analytics.cross_section.schemas import CrossSection


def specification(view: CrossSection, language: str) -> Specification:
    words = theme.words(language)
    names: dict[UUID | None, str] = {None: words["whole"]}
    names.update({unit.unit_id: unit.name for unit in view.consumers})
    providers = {unit.unit_id: unit.name for unit in view.providers}
    cells = [
        {
            "provider": providers[cell.provider_id],
            "consumer": names[cell.consumer_id],
            "mean": cell.figure.mean,
            "n": cell.figure.n,
            "label": "·" if cell.figure.mean is None else theme.number(cell.figure.mean, language),
        }
        for cell in view.cells
    ]
    grid = heatmap(cells, x="provider", y="consumer", columns=list(providers.values()), order=list(names.values()),
                   points=view.points, step=84)  # fmt: skip
    subtitle = [theme.name(view.wave_title, language), f"·  {words['hidden']}"]
    title = {"text": words["crossSection"], "subtitle": subtitle}
    return {"$schema": SCHEMA, "config": theme.CONFIG, "title": title, **grid}
