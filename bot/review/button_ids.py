"""The identifier GitHub knows each button of the check run by, and the command it stands for."""

CHECK, FIX, NUMBER = "check", "fix", "number"

_COMMANDS = {CHECK: "check", FIX: "fix", NUMBER: "fix number"}


def command_of_button(identifier: str) -> str | None:
    """The command that a button stands for; None for a button that is not ours."""
    return _COMMANDS.get(identifier)
