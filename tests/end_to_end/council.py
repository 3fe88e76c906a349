"""The council's repository, besides that of the PEPs, with the app installed on both."""

from tests.end_to_end.harness import BOT, REPOSITORY, Harness

COUNCIL = "python/steering-council"
TYPING = "python/typing-council"
MARKER = "<!-- pep-bot:submission -->"

FORM = """\
<!-- Fill in the blanks: -->
Please consider PEP {number} -- {title}
https://peps.python.org/pep-{page}/

* [x] Discussed where its header says
* [ ] Its owners have an entry in CODEOWNERS
"""


def filled(number: int, title: str = "A calmer way") -> str:
    """The council's form, filled in for a PEP."""
    return FORM.format(number=number, title=title, page=f"{number:04}")


UNFILLED = FORM.format(number="xxx", title="<PEP title here>", page="xxxx")


async def open_council(harness: Harness, *names: str) -> None:
    """Create the councils' repositories, and install the app there."""
    for name in names or (COUNCIL,):
        harness.simulator.create_repository(name, {"README.md": "Hello\n"})
    await harness.simulator.change_installation(harness.installation, add=list(names or (COUNCIL,)))
    await harness.wait_until_idle()
    harness.simulator.clear_requests()


async def submit(
    harness: Harness,
    number: int,
    *,
    by: str,
    title: str | None = None,
    body: str | None = None,
    tracker: str = COUNCIL,
) -> int:
    """Open an issue that submits a PEP; returns its number."""
    issue = await harness.simulator.open_issue(
        tracker,
        by=by,
        title=f"PEP {number} -- A calmer way" if title is None else title,
        body=filled(number) if body is None else body,
    )
    await harness.wait_until_idle()
    return issue


def council_writes(harness: Harness) -> list[tuple[str, str]]:
    """The bot's writes outside the PEP repository."""
    return [one for one in harness.writes() if f"/repos/{REPOSITORY}/" not in f"{one[1]}/"]


def council_reads(harness: Harness) -> list[str]:
    """The bot's reads in the council's repository."""
    return [path for path in harness.reads() if f"/repos/{COUNCIL}" in path]


def bot_comments(harness: Harness, issue: int, tracker: str = COUNCIL) -> list[str]:
    """The bot's comments there."""
    comments = harness.simulator.pull_request(tracker, issue).comments
    return [comment.body for comment in comments if comment.login == BOT]


def summary(harness: Harness, number: int) -> str:
    """The text of the check run on a pull request's head."""
    head = harness.simulator.pull_request(REPOSITORY, number).head_sha
    (run,) = harness.simulator.check_runs(REPOSITORY, head)
    return run.summary or ""
