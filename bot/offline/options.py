"""Values of options as people type them, turned into what the rooms below work with."""

import re

import click

from bot.peps.number import PepNumber
from bot.peps.people import LOGIN, Login

_NUMBER = re.compile(r"0{0,4}[0-9]{1,4}")
_ACCOUNT = re.compile(LOGIN)


def claimed_numbers(text: str) -> frozenset[PepNumber]:
    """Read PEP numbers separated by commas; an empty text says that there are none.

    Raises:
        click.BadParameter: Something between the commas is no PEP number.
    """
    words = [word for part in text.split(",") if (word := part.strip())]
    if not all(_NUMBER.fullmatch(word) for word in words):
        raise click.BadParameter("these have to be PEP numbers separated by commas.")
    return frozenset(PepNumber(int(word)) for word in words)


def account_name(text: str) -> Login:
    """Read an account on GitHub, with `@` or without.

    Raises:
        click.BadParameter: There can be no such account.
    """
    login = text.removeprefix("@")
    if not _ACCOUNT.fullmatch(login):
        raise click.BadParameter("this is no account on GitHub.")
    return Login(login)
