"""What the command says about itself."""

import re
import shlex
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from cli.__main__ import main
from tests.cli.calling import Shell, commands

ROOT = Path(__file__).parents[2]
LEAVES = [command for command in commands() if not hasattr(command, "commands")]


def test_it_is_installed_under_its_name() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert EntryPoint("klankbord", scripts["klankbord"], "console_scripts").load() is main


@pytest.mark.parametrize("command", LEAVES, ids=[command.name for command in LEAVES])
def test_examples_are_of_the_command_and_have_its_options(command: Any) -> None:
    assert len(LEAVES) > 20
    lines = re.findall(r"`(.+?)`", command.epilog)
    assert lines
    known = {option for parameter in command.params for option in parameter.opts}
    for line in lines:
        words = shlex.split(line.split("|")[-1].split("<")[0])
        assert (words[0], command.name in words) == ("klankbord", True)
        assert {word for word in words if word.startswith("-") and word != "-"} <= known


@pytest.mark.parametrize("words", [[], ["import"], ["export"], ["export", "scores"], ["keys", "make"]])
def test_help_is_plain_where_nobody_looks(shell: Shell, words: list[str]) -> None:
    ended = shell.run(*words, "--help")
    assert ended.code == 0
    assert "Examples" in ended.out or words == []
    assert "\x1b" not in ended.out
