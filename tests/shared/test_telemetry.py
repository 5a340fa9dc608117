"""What is logged holds nothing that somebody sent."""

import json

import pytest
import structlog

from services.shared import telemetry


def test_an_exception_is_logged_without_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure("INFO")
    try:
        try:
            raise ValueError("said by somebody")
        except ValueError as inner:
            raise RuntimeError("said by somebody else") from inner
    except RuntimeError as error:
        structlog.get_logger().error("failed", exc_info=error)
    line = json.loads(capsys.readouterr().out)
    assert "somebody" not in json.dumps(line)
    assert line["exception"][0] == "builtins.RuntimeError"
    assert "builtins.ValueError" in line["exception"]
    assert any("test_telemetry.py" in frame for frame in line["exception"])
