"""The repositories in which the bodies of a policy are asked, by the address of their form."""

import re
from collections.abc import Mapping

from bot.policy.bodies import Body
from bot.policy.model import Policy

_FORM = re.compile(r"https://[^/?#]{1,255}/([A-Za-z0-9-]{1,39}/[A-Za-z0-9_.-]{1,100})/issues/new")


def trackers(policy: Policy) -> Mapping[str, Body]:
    """Each tracker's full name in lower case, and the body that is asked there.

    A body whose form is no new issue on GitHub has none.
    """
    found = {
        name.lower(): body
        for body in policy.bodies.values()
        if (name := tracker_of(body)) is not None
    }
    return dict(sorted(found.items()))


def tracker_of(body: Body) -> str | None:
    """The full name of the repository whose issues go to a body; None if it has none."""
    form = _FORM.fullmatch(body.tracker or "")
    return None if form is None else form[1]
