"""What an import says is wrong stands in the contract. Beside this, `pushing.result` holds what comes against it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from services.survey.imports.kinds.units import REASONS
from services.survey.imports.refusals import FAILURE_CODES, ROW_CODES
from services.survey.imports.targets import TARGETS
from tests.deploy.running import ROOT

IMPORTS = ROOT / "services" / "survey" / "imports"
# The place of the code among the arguments.
OF_ROWS = {"Wrong": 0, "Refusal": 2, "refuse": 3, "refuse_orphans": 2, "leave_out_refused": 2, "refuse_circles": 2,
           "Fault": 1}  # fmt: skip
OF_FILES = {"Unusable": 0}


def codes(file: Path, places: dict[str, int]) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            place = places.get(name, len(node.args))
            for code in node.args[place : place + 1]:
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    yield code.value


def test_every_code_is_in_the_contract() -> None:
    files = [*IMPORTS.rglob("*.py"), ROOT / "services" / "survey" / "interactions" / "rules.py"]
    unknown = {each.unknown for target in TARGETS.values() for each in target.references if each.unknown}
    rows = {code for file in files for code in codes(file, OF_ROWS)} | set(REASONS) | unknown
    assert len(rows) > 40
    assert rows <= set(ROW_CODES)
    assert {*ROW_CODES} - rows <= {"doubledInFile", "managerRefused"}, "said in SQL, or no more"
    failures = {code for file in files for code in codes(file, OF_FILES)}
    assert {*FAILURE_CODES} - failures == {"cancelled", "internalError", "lineNotEnded", "rowsRefused"}
    assert failures <= {*FAILURE_CODES}
    contract = (ROOT / "openapi" / "survey.yaml").read_text()
    assert all(f"`{code}`" in contract for code in (*ROW_CODES, *FAILURE_CODES))
