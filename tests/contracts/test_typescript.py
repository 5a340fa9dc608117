"""A frontend that generates its types from our documents compiles under `tsc --strict`."""

from pathlib import Path

import pytest

from tests.contracts.test_design_rules import OPENAPI, SERVICES
from tests.web.tooling import tooling

USE = """import type { paths } from "./schema";
type Has<T> = keyof T extends never ? false : true;
export const described: Has<paths> = true;
"""


@pytest.mark.parametrize("service", SERVICES)
def test_generated_types_compile(service: str, tmp_path: Path) -> None:
    tools = tooling()
    generate = tools.command("openapi-typescript", "openapi-typescript")
    made = tools.run(generate, str(OPENAPI / f"{service}.yaml"), "--output", str(tmp_path / "schema.ts"))
    assert made.returncode == 0, made.stdout + made.stderr
    (tmp_path / "use.ts").write_text(USE)
    compiled = tools.run(
        tools.command("typescript", "tsc"), "--strict", "--noEmit", "--target", "es2022", "--module", "esnext",
        "--moduleResolution", "bundler", "--exactOptionalPropertyTypes", str(tmp_path / "use.ts"),
    )  # fmt: skip
    assert compiled.returncode == 0, compiled.stdout
