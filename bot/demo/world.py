"""The invented repository and people of the demo; nobody in it exists."""

from github_simulator.github import GitHubSimulator

REPOSITORY = "python/peps"
AUTHOR = "nova-first"
RIVAL = "quick-quill"
SPONSOR = "ada-core"
EDITOR = "edith-ed"

CORE_TEAM = """\
Ada Merritt,ada-core,2015-03-01,,
Edith Quill,edith-ed,2012-06-15,,
Olaf Brandt,olaf-b,2009-01-20,2021-05-01,
"""

_OLD_PEP = """\
PEP: {number}
Title: {title}
Author: Edith Quill <edith at python.example>
Discussions-To: https://discuss.python.org/t/{number}00
Status: Final
Type: Standards Track
Created: 04-Mar-2024
Python-Version: 3.14
Post-History: `05-Mar-2024 <https://discuss.python.org/t/{number}00>`__


Abstract
========

An older proposal.


Copyright
=========

This document is placed in the public domain or under the
CC0-1.0-Universal license, whichever is more permissive.
"""

_CODEOWNERS = """\
# The authors and sponsors of PEPs.
*             @python/pep-editors

peps/pep-0840.rst  @edith-ed
peps/pep-0841.rst  @edith-ed
"""

_NEW_PEP = """\
PEP: {number}
Title: {title}
Author: {author}
{sponsor}Discussions-To: Pending
Status: Draft
Type: Standards Track
Created: {created}
Python-Version: 3.16


Abstract
========

{abstract}


Motivation
==========

Today this takes eleven lines and a comment.


Copyright
=========

This document is placed in the public domain or under the
CC0-1.0-Universal license, whichever is more permissive.
"""

DESCRIPTION = """\
My first proposal!

* [x] Core dev/PEP editor listed as ``Author`` or ``Sponsor``, and formally confirmed their approval
* [x] PEP has next available number set in filename
"""


def populate(simulator: GitHubSimulator) -> None:
    """Create the repository, people and teams in an empty simulator."""
    for login in (AUTHOR, RIVAL, SPONSOR, EDITOR):
        simulator.add_user(login)
    for organization in ("python",):
        simulator.create_organization(organization)
    simulator.create_team("python", "pep-editors", [EDITOR])
    access = {EDITOR: "write", SPONSOR: "write"}
    simulator.create_repository(
        REPOSITORY,
        {
            ".github/CODEOWNERS": _CODEOWNERS,
            "peps/pep-0840.rst": _OLD_PEP.format(number=840, title="An older idea"),
            "peps/pep-0841.rst": _OLD_PEP.format(number=841, title="Another older idea"),
        },
        collaborators=access,
    )
    simulator.create_repository("python/devguide", {"core-team/core-team.csv": CORE_TEAM})


def pep(number: int, created: str, *, sponsored: bool) -> str:
    """The first-time author's PEP."""
    return _NEW_PEP.format(
        number=number,
        title="A calmer way to merge mappings",
        author="Nova First <nova at mail.example>",
        sponsor="Sponsor: Ada Merritt <ada at python.example>\n" if sponsored else "",
        created=created,
        abstract="This PEP proposes a calmer way to merge mappings.",
    )


def rival_pep(number: int, created: str) -> str:
    """Another PEP, whose author takes the same number a little later."""
    return _NEW_PEP.format(
        number=number,
        title="Louder mappings",
        author=(
            "Edith Quill <edith at python.example>,\n        Quirin Quick <quirin at mail.example>"
        ),
        sponsor="",
        created=created,
        abstract="This PEP proposes the opposite.",
    )


def codeowners(line: str, after: str) -> str:
    """CODEOWNERS with a line inserted below another one."""
    lines = _CODEOWNERS.splitlines()
    lines.insert(lines.index(after) + 1, line)
    return "\n".join(lines) + "\n"


LAST_LINE = "peps/pep-0841.rst  @edith-ed"
