"""`make bench`: what must be fast beside plain alternatives, side by side in one run.

Each part gives rows of name, ours, theirs, unit, ratio, bar and holds; a row without a bar is there to be read.
"""

import json
import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.embedded.home import home_path
from tests.load import imports, intake, interactions, programmes

PARTS = (intake.measure, interactions.measure, imports.measure, programmes.measure)


def main() -> int:
    console = Console()
    rows = [row for part in PARTS for row in part(lambda text: console.print(text, highlight=False))]
    console.print(_table(rows))
    path = home_path() / "bench.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows, indent=1))
    console.print(f"written to {path}", highlight=False, soft_wrap=True)
    return 0 if all(row["holds"] is not False for row in rows) else 1


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=None)
    for heading in ("", "ours", "theirs", "", "ratio", "bar", "holds"):
        table.add_column(heading, justify="right" if heading in ("ours", "theirs", "ratio", "bar") else "left")
    for row in rows:
        bar, holds = ("", "") if row["bar"] is None else (f"{row['bar']:g}", "yes" if row["holds"] else "NO")
        figures = (f"{row['ours']:,.1f}", f"{row['theirs']:,.1f}", row["unit"], f"{row['ratio']:.2f}", bar, holds)
        table.add_row(row["name"], *figures)
    return table


if __name__ == "__main__":
    sys.exit(main())
