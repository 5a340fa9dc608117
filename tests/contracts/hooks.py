"""What Schemathesis is told beside the documents: so that requests get as far as the rules, and so that a refusal of
what the schemas allow has a code that the document declares."""

import json
import os
import re
import uuid
from random import Random
from typing import Any

import schemathesis

QUOTED = re.compile(r"`([a-z][A-Za-z]+)`")
REFUSALS = (400, 409, 410, 412, 422, 428)
GIVEN: dict[str, Any] = json.loads(os.environ["KLANKBORD_CONTRACT"])
chance = Random(1)  # what is drawn here repeats itself, as what Schemathesis draws does with a seed


@schemathesis.auth()
class Keys:
    """The operator's for what only the operator may, the admin's for the rest."""

    def get(self, case: Any, ctx: Any) -> str:
        return str(GIVEN["operatorKey" if ctx.operation.path == "/organisations" else "adminKey"])

    def set(self, case: Any, data: str, ctx: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Drawn at random an ETag is stale, an Idempotency-Key was used for another body and a token is forged: nearly
    nothing would be tried but these. So in every second request they are good, unless they are what is tried."""
    for name, value in (case.path_parameters or {}).items():
        if value in (None, "None"):  # a link from a null, such as a wave's programme where it has none
            case.path_parameters[name] = str(uuid.uuid4())
    if case.meta is None or chance.random() < 0.5:
        return
    negative = {place.name.lower() for place, component in case.meta.components.items() if component.mode.is_negative}
    headers = case.headers or {}
    if "header" not in negative:
        if "If-Match" in headers:
            headers["If-Match"] = "*"
        if "Idempotency-Key" in headers:
            headers["Idempotency-Key"] = str(uuid.uuid4())
    if case.path == "/respond/{token}" and not {"path", "path_parameters"} & negative:
        case.path_parameters["token"] = chance.choice(GIVEN["tokens"])


@schemathesis.check
def refusals_have_a_declared_code(ctx: Any, response: Any, case: Any) -> None:
    """A code is declared in the description of the operation, or in that of its answer, which all operations share."""
    if case.meta is None or case.meta.generation.mode.is_negative or response.status_code not in REFUSALS:
        return
    problem = response.json()
    declared = codes_of(case.operation, response.status_code)
    codes = {problem["code"], *(error["code"] for error in problem.get("errors", ()))}
    undeclared = codes - declared
    if undeclared:
        raise AssertionError(f"{case.operation.label} {response.status_code}: not declared: {sorted(undeclared)}")


def codes_of(operation: Any, status: int) -> set[str]:
    raw = operation.definition.raw
    answer = raw["responses"].get(str(status), {})
    if "$ref" in answer:
        answer = operation.schema.raw_schema["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return set(QUOTED.findall(raw.get("description", "") + answer.get("description", "")))
