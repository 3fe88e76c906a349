"""The files in deploy/ are what their programs read, and say what the code does."""

import configparser
import re
import shlex
from pathlib import Path
from typing import Any

import yaml

from bot.cli import main
from bot.settings import Settings
from tests.settings_reference import CHECKOUT, GUIDE, TEMPLATE, template, with_table

DEPLOY = CHECKOUT / "deploy"
SETTINGS = {name.upper() for name in Settings.model_fields}


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return found


def unit() -> dict[str, list[str]]:
    """The entries of all sections; a name may stand several times."""
    found: dict[str, list[str]] = {}
    lines = (DEPLOY / "pep-bot.service").read_text("utf-8").splitlines()
    for line in lines:
        if line and not line.startswith(("#", "[")):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def test_the_settings_are_told_as_they_are() -> None:
    page = GUIDE.read_text("utf-8")
    assert page == with_table(page), "`python -m tests.settings_reference` writes it"
    assert TEMPLATE.read_text("utf-8") == template()


def test_the_template_is_read_by_a_shell_by_compose_and_by_systemd_alike() -> None:
    for line in template().splitlines():
        assert line == "" or line.startswith("#") or re.fullmatch(r"[A-Z_]+=[!-~]*", line), line
        assert shlex.split(line, comments=True) == [line] * (line != "" and line[0] != "#")


def test_compose_starts_commands_that_are_there_with_settings_that_are_read() -> None:
    services = compose()["services"]
    for name in ("server", "worker"):
        program, command, *options = services[name]["command"]
        assert program.endswith("/pep-bot")
        known = main.get_command(None, command)  # type: ignore[arg-type]
        assert known is not None
        assert set(options) <= {option for one in known.params for option in one.opts}
        assert services[name]["environment"].keys() <= SETTINGS
        assert services[name]["read_only"]
    assert services["worker"]["environment"]["DATABASE_URL"].startswith("postgresql://")
    volumes = {volume.partition(":")[0] for volume in services["database"]["volumes"]}
    assert volumes == compose()["volumes"].keys()


def test_systemd_starts_a_command_that_is_there_with_settings_that_are_read() -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.read(DEPLOY / "pep-bot.service")
    assert parser.sections() == ["Unit", "Service", "Install"]
    entries = unit()
    program, command = entries["ExecStart"][0].split()
    assert (Path(program).name, command) == ("pep-bot", "serve")
    assert {value.partition("=")[0] for value in entries["Environment"]} <= SETTINGS


def test_a_stop_takes_less_time_than_it_is_given() -> None:
    assert unit()["TimeoutStopSec"] == ["15"]
    assert compose()["services"]["server"]["stop_grace_period"] == "15s"
