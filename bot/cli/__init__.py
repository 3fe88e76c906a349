"""The command line: one file per command, named like the command.

A command's file is imported only when the command is called, so no command waits for imports of
others. This file has the group and what all commands share. What a command computes belongs in
other packages, such as `bot.offline`.
"""

import sys
from importlib import import_module
from typing import NoReturn

import click

_COMMANDS = {
    "check": "Check a clone by the rules, without a server.",
    "deliveries": "List, show and replay deliveries.",
    "demo": "Play a new PEP's life on a simulated GitHub.",
    "digest": "List what editors should see in private.",
    "doctor": "Check settings, key, permissions, store and access.",
    "numbers": "Show the next PEP number, and why.",
    "policy": "Check a repository's policy before it is committed.",
    "queue": "List open pull requests by whose turn it is.",
    "serve": "Run the web server and a worker.",
    "setup": "Register the GitHub App on a page with one button.",
    "store": "Copy the store.",
    "work": "Run only a worker (PostgreSQL only).",
}
"""The text of `--help` for each command, so that it need not import them all."""


class _Commands(click.Group):
    """Finds the command `name` as the function `name` of the module `bot.cli.name`."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"{__name__}.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pep-bot")
def main() -> None:
    """The PEP editor bot."""


def fail(message: object, code: int = 2) -> NoReturn:
    """End the command with a message on stderr; exit code 2 means that it could not run."""
    click.echo(str(message), err=True)
    sys.exit(code)
