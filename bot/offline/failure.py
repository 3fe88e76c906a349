"""Why a command cannot do its work: what a person gets to read beside exit code 2 (contract)."""


class CannotRun(Exception):
    """The command cannot run. The message is for people, and what it quotes is harmless."""
