"""docs/commands.md says what the registry says."""

from bot.commands.registry import all_commands
from tests.commands.reference import PAGE, reference


def test_the_page_of_commands_says_what_the_registry_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), (
        "docs/commands.md is behind the commands; write it with "
        "`.uv/bin/uv run python -m tests.commands.reference`"
    )


def test_every_command_is_documented() -> None:
    for command in all_commands():
        assert f"\n## {command.verb}\n" in reference()
