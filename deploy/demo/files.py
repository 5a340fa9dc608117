"""What the demo leaves behind in KLANKBORD_HOME/demo."""

import json
from pathlib import Path
from typing import Any


def dump(figures: dict[str, Any]) -> str:
    """One figure a line, so that a difference shows where it is."""
    waves = []
    for wave, tables in figures.items():
        lists = [
            f'  "{table}": [\n' + ",\n".join(f"   {json.dumps(row, ensure_ascii=False)}" for row in rows) + "\n  ]"
            for table, rows in tables.items()
        ]
        waves.append(f' "{wave}": {{\n' + ",\n".join(lists) + "\n }")
    return "{\n" + ",\n".join(waves) + "\n}\n"


def write_figures(folder: Path, figures: dict[str, Any]) -> None:
    (folder / "figures.json").write_text(dump(figures), "utf-8")
