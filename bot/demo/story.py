"""The demo's story: what people do, step by step, and what must be on GitHub after each step."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.demo import world
from bot.demo.show import Thread
from github_simulator.github import GitHubSimulator


@dataclass(slots=True)
class Cast:
    """The pull requests of the story by their numbers, filled as they are opened."""

    proposal: int = 0
    rival: int = 0
    question: int = 0
    """The author's comment with a command."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a person must be able to see after a step.

    Attributes:
        labels: All labels.
        conclusion: The check run's conclusion; None if any is right (closed pull requests).
        says: Texts that the bot's comments must contain.
        comments: How many comments the bot has.
        replies: Texts that the bot's replies to commands must contain, one per reply.
    """

    labels: frozenset[str]
    conclusion: str | None
    says: tuple[str, ...] = ()
    comments: int = 1
    replies: tuple[str, ...] = ()

    def problems(self, thread: Thread) -> list[str]:
        """What differs from the expectation, as messages."""
        found = []
        if thread.labels != self.labels:
            found.append(f"labels are {sorted(thread.labels)}, expected {sorted(self.labels)}")
        if self.conclusion is not None and thread.conclusion != self.conclusion:
            found.append(f"the check is {thread.conclusion}, expected {self.conclusion}")
        if len(thread.comments) != self.comments:
            found.append(f"there are {len(thread.comments)} comments, expected {self.comments}")
        if len(thread.replies) != len(self.replies):
            found.append(f"there are {len(thread.replies)} replies, expected {len(self.replies)}")
        for sentence, reply in zip(self.replies, thread.replies, strict=False):
            if sentence not in reply:
                found.append(f"no reply says “{sentence}”")
        text = "\n".join(thread.comments)
        found += [f"no comment says “{sentence}”" for sentence in self.says if sentence not in text]
        return found


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a person does.

    Attributes:
        sentence: What they do, for the viewer.
        act: Does it on the simulated GitHub.
        expected: What must be visible afterwards, by the pull request's name in the cast.
    """

    sentence: str
    act: Callable[[GitHubSimulator, Cast], Awaitable[None]]
    expected: dict[str, Expectation]


def _today() -> str:
    return datetime.now(UTC).strftime("%d-%b-%Y")


async def _opens(simulator: GitHubSimulator, cast: Cast) -> None:
    cast.proposal = await simulator.open_pull_request(
        world.REPOSITORY,
        by=world.AUTHOR,
        title="PEP 9999: A calmer way to merge mappings",
        body=world.DESCRIPTION,
        files={"peps/pep-9999.rst": world.pep(9999, _today(), sponsored=False)},
    )


async def _mistypes_command(simulator: GitHubSimulator, cast: Cast) -> None:
    cast.question = await simulator.comment(
        world.REPOSITORY, cast.proposal, by=world.AUTHOR, body="Can you help?\n\n/pep fxi"
    )


async def _asks_for_fixes(simulator: GitHubSimulator, cast: Cast) -> None:
    await simulator.edit_comment(
        world.REPOSITORY, cast.question, by=world.AUTHOR, body="Can you help?\n\n/pep fix"
    )


async def _assigns(simulator: GitHubSimulator, cast: Cast) -> None:
    await simulator.comment(
        world.REPOSITORY,
        cast.rival,
        by=world.EDITOR,
        body=f"/pep number 843 for #{cast.rival} because #{cast.proposal} was first\n/pep number",
    )


async def _takes_number(simulator: GitHubSimulator, cast: Cast) -> None:
    await simulator.push(
        world.REPOSITORY,
        cast.proposal,
        {
            "peps/pep-9999.rst": None,
            "peps/pep-0842.rst": world.pep(842, _today(), sponsored=True),
        },
    )
    await simulator.edit_pull_request(
        world.REPOSITORY,
        cast.proposal,
        by=world.AUTHOR,
        title="PEP 842: A calmer way to merge mappings",
    )


async def _pastes_line(simulator: GitHubSimulator, cast: Cast) -> None:
    owners = world.codeowners("peps/pep-0842.rst  @ada-core", after=world.LAST_LINE)
    await simulator.push(world.REPOSITORY, cast.proposal, {".github/CODEOWNERS": owners})


async def _consents(simulator: GitHubSimulator, cast: Cast) -> None:
    await simulator.comment(
        world.REPOSITORY, cast.proposal, by=world.SPONSOR, body="Happy to help.\n\n/pep sponsor"
    )


async def _rival_opens(simulator: GitHubSimulator, cast: Cast) -> None:
    cast.rival = await simulator.open_pull_request(
        world.REPOSITORY,
        by=world.RIVAL,
        title="PEP 842: Louder mappings",
        body="",
        files={"peps/pep-0842.rst": world.rival_pep(842, _today())},
    )


async def _approves(simulator: GitHubSimulator, cast: Cast) -> None:
    await simulator.review(
        world.REPOSITORY, cast.proposal, by=world.EDITOR, state="APPROVED", body="Lovely."
    )


async def _merges(simulator: GitHubSimulator, cast: Cast) -> None:
    await simulator.merge(world.REPOSITORY, cast.proposal, by=world.EDITOR)


_OPENED = Expectation(
    frozenset({"new-pep", "needs sponsor", "needs number", "awaiting author"}),
    "failure",
    ("**Find a sponsor.**", "842", "The CODEOWNERS line depends on the sponsor"),
)
_HELPED = ("rename to peps/pep-0842.rst",)
_RESERVED_REPLY = ("**843** is reserved for this pull request",)
_WAITS_FOR_EDITOR = Expectation(
    frozenset({"new-pep", "awaiting editor"}),
    "success",
    ("**Next: a PEP editor reviews it.**", "agreed here"),
    replies=_HELPED,
)

STORY = (
    Step(
        "A first-time author opens a pull request: no sponsor, number 9999",
        _opens,
        {
            "proposal": _OPENED,
        },
    ),
    Step(
        "The author asks for help, with a typo: /pep fxi",
        _mistypes_command,
        {"proposal": replace(_OPENED, replies=("Did you mean this?\n\n    /pep fix",))},
    ),
    Step(
        "The author edits the comment: /pep fix",
        _asks_for_fixes,
        {"proposal": replace(_OPENED, replies=("rename to peps/pep-0842.rst",))},
    ),
    Step(
        "A core developer has agreed to sponsor; the author names her and takes number 842",
        _takes_number,
        {
            "proposal": Expectation(
                frozenset({"new-pep", "needs codeowners", "awaiting author"}),
                "neutral",
                ("    peps/pep-0842.rst  @ada-core",),
                replies=_HELPED,
            )
        },
    ),
    Step(
        "The author pastes the CODEOWNERS line",
        _pastes_line,
        {
            "proposal": Expectation(
                frozenset({"new-pep", "awaiting sponsor"}),
                "neutral",
                ("**the sponsor still has to agree**", "Ada Merritt"),
                replies=_HELPED,
            )
        },
    ),
    Step(
        "The sponsor comments: /pep sponsor",
        _consents,
        {"proposal": _WAITS_FOR_EDITOR},
    ),
    Step(
        "Somebody else opens another pull request with the same number",
        _rival_opens,
        {
            "proposal": _WAITS_FOR_EDITOR,
            "rival": Expectation(
                frozenset({"new-pep", "needs number", "awaiting author"}),
                "failure",
                ("already claimed by #1", "843"),
            ),
        },
    ),
    Step(
        "A PEP editor reserves the next number for it, and asks who has which: /pep number",
        _assigns,
        {
            "proposal": _WAITS_FOR_EDITOR,
            "rival": Expectation(
                frozenset({"new-pep", "needs number", "awaiting author"}),
                "failure",
                ("already claimed by #1", "843"),
                replies=_RESERVED_REPLY,
            ),
        },
    ),
    Step("A PEP editor approves", _approves, {"proposal": _WAITS_FOR_EDITOR}),
    Step(
        "The editor merges it",
        _merges,
        {
            "proposal": Expectation(
                frozenset({"new-pep", "awaiting editor"}),
                None,
                ("PEP 842 is published", "Open its discussion thread"),
                comments=2,
                replies=_HELPED,
            ),
            "rival": Expectation(
                frozenset({"new-pep", "needs number", "awaiting author"}),
                "failure",
                ("already published", "843"),
                replies=_RESERVED_REPLY,
            ),
        },
    ),
)
