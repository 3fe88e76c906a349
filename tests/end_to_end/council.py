"""The council's repository beside that of the PEPs, with the app on both."""

from tests.end_to_end.desk import BOT, REPOSITORY, Desk

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
    """The council's form for a PEP."""
    return FORM.format(number=number, title=title, page=f"{number:04}")


UNFILLED = FORM.format(number="xxx", title="<PEP title here>", page="xxxx")


async def open_council(desk: Desk, *names: str) -> None:
    """Make the councils' repositories, and install the app there."""
    for name in names or (COUNCIL,):
        desk.simulator.create_repository(name, {"README.md": "Hello\n"})
    await desk.simulator.change_installation(desk.installation, add=list(names or (COUNCIL,)))
    await desk.calm()
    desk.simulator.clear_requests()


async def submit(
    desk: Desk,
    number: int,
    *,
    by: str,
    title: str | None = None,
    body: str | None = None,
    tracker: str = COUNCIL,
) -> int:
    """Open an issue that submits a PEP; returns its number."""
    issue = await desk.simulator.open_issue(
        tracker,
        by=by,
        title=f"PEP {number} -- A calmer way" if title is None else title,
        body=filled(number) if body is None else body,
    )
    await desk.calm()
    return issue


def council_writes(desk: Desk) -> list[tuple[str, str]]:
    """What the bot wrote anywhere but in the PEP repository."""
    return [one for one in desk.writes() if f"/repos/{REPOSITORY}/" not in f"{one[1]}/"]


def council_reads(desk: Desk) -> list[str]:
    """What the bot read in the council's repository."""
    return [path for path in desk.reads() if f"/repos/{COUNCIL}" in path]


def said(desk: Desk, issue: int, tracker: str = COUNCIL) -> list[str]:
    """The bot's comments there."""
    comments = desk.simulator.pull_request(tracker, issue).comments
    return [comment.body for comment in comments if comment.login == BOT]


def summary(desk: Desk, number: int) -> str:
    """The text of the check run on a pull request's head."""
    head = desk.simulator.pull_request(REPOSITORY, number).head_sha
    (run,) = desk.simulator.check_runs(REPOSITORY, head)
    return run.summary or ""
