"""A repository at the tip of a base branch: its PEPs, CODEOWNERS and policy.

The policy, and which editors CODEOWNERS names, come from the default branch only. Otherwise anyone
who may push to another branch could give themselves rights there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from bot.github.client.client import (
    Client,
    Gone,
    NotAllowed,
    Refused,
    TooLarge,
    items_at,
    text_at,
    truth_at,
    variables,
)
from bot.peps.codeowners import CODEOWNERS_PATHS
from bot.peps.number import PepNumber, is_among_peps, number_in_path
from bot.policy.load import (
    POLICY_PATH,
    RELEASE_DATA_PATH,
    PolicyInvalid,
    default_policy,
    fingerprint,
    is_relevant_path,
    parse_policy,
)
from bot.policy.model import Policy
from bot.review.subject import Repository
from bot.rules.engine.registry import rule_ids

_MOST_PROBLEMS = 5
_FILE_MODES = ("100644", "100755")


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a commit that matter here: path -> SHA of the blob.

    `truncated` is True if GitHub cut its response off ("Get a tree": 100,000 entries, 7 MB).
    `auxiliary` are the other files among the PEPs, of which only the existence matters.
    """

    blobs: Mapping[str, str]
    truncated: bool = False
    auxiliary: frozenset[str] = frozenset()


@dataclass(frozen=True)
class BaseBranch:
    """A repository at the tip of a base branch.

    Attributes:
        published: The numbers of its PEP files.
        codeowners_path: Where its CODEOWNERS is; None if it has none.
        codeowners: The text of CODEOWNERS; None if there is none or it cannot be read.
        policy: The policy of the default branch, including the defaults.
        notes: What could not be read or is wrong, as sentences for people.
        generates_schedules: Whether a program writes the release schedules there.
        blobs: The SHA of each PEP's blob.
        is_complete: Whether all files are known.
        policy_text: The source of the policy; empty if the defaults apply.
        has_policy: Whether the repository has a policy of its own, even one that is invalid.
        policy_notes: Those of the notes that are about the policy.
        default_codeowners: CODEOWNERS of the default branch, which says who the editors are if
            the policy does not.
        auxiliary: The paths of the other files among the PEPs; None if some are unknown.
    """

    published: frozenset[PepNumber]
    codeowners_path: str | None
    codeowners: str | None
    policy: Policy
    notes: tuple[str, ...] = ()
    generates_schedules: bool = False
    blobs: Mapping[PepNumber, str] = field(default_factory=dict)
    is_complete: bool = True
    policy_text: str = ""
    has_policy: bool = False
    policy_notes: tuple[str, ...] = ()
    default_codeowners: str | None = None
    auxiliary: frozenset[str] | None = None

    def governed_by(self, default: "BaseBranch") -> "BaseBranch":
        """This branch, with policy and editors taken from the default branch."""
        return replace(
            self,
            policy=default.policy,
            notes=(*self.notes, *default.policy_notes),
            policy_text=default.policy_text,
            has_policy=default.has_policy,
            policy_notes=default.policy_notes,
            default_codeowners=default.codeowners,
        )

    @cached_property
    def criteria(self) -> str:
        """What pull requests are judged by here: the policy's fingerprint, and all notes.

        The notes are part of it since every pull request says so if the policy is invalid.
        """
        return "\n".join((fingerprint(self.policy), *self.notes))

    @property
    def is_pep_repository(self) -> bool:
        """Whether this is a repository of PEPs, or is to become one.

        In any other one (such as a council's tracker) the bot only reads.
        """
        return bool(self.published) or self.has_policy


async def read_tree(client: Client, repository: Repository, commit: str) -> Tree:
    """Find the PEP sources, CODEOWNERS and policy in a commit or at the tip of a branch.

    Raises:
        GitHubFailure: The tree could not be read.
    """
    answer = await client.get(
        "/repos/{owner}/{repo}/git/trees/{commit}{?recursive}",
        variables(repository, commit=commit, recursive=1),
    )
    blobs: dict[str, str] = {}
    auxiliary: set[str] = set()
    for entry in items_at(answer, "tree"):
        path, sha = text_at(entry, "path"), text_at(entry, "sha")
        if path and is_among_peps(path) and text_at(entry, "type") == "blob":
            auxiliary.add(path)
        # A symbolic link is a blob too, whose text is a path; links are not followed.
        if path and sha and text_at(entry, "mode") in _FILE_MODES and is_relevant_path(path):
            blobs[path] = sha
    return Tree(blobs, truth_at(answer, "truncated"), frozenset(auxiliary))


async def read_base_branch(
    client: Client, repository: Repository, branch: str, *, governs: bool = True
) -> BaseBranch:
    """Read the tip of a branch, without a cache.

    Args:
        client: Asks GitHub.
        repository: The repository of the branch.
        branch: Its name, or a commit.
        governs: Whether it is the default branch; the policy is not read from any other.

    Raises:
        Gone: There is no such branch.
        GitHubFailure: The tree could not be read.
    """
    tree = await read_tree(client, repository, branch)
    notes: list[str] = []
    if tree.truncated:
        notes.append(
            "GitHub cut off the list of this repository's files, so a published PEP may be missing."
        )
    codeowners_path = next((path for path in CODEOWNERS_PATHS if path in tree.blobs), None)
    codeowners: str | None = None
    if codeowners_path is not None:
        codeowners = await _text(client, repository, tree.blobs[codeowners_path])
        if codeowners is None:
            notes.append("CODEOWNERS on the base branch cannot be read.")
    policy, policy_text = default_policy(), ""
    problems: list[str] = []
    has_policy = governs and POLICY_PATH in tree.blobs
    if has_policy:
        policy, policy_text, problems = await _policy(client, repository, tree.blobs[POLICY_PATH])
    peps = {
        number: sha
        for path, sha in tree.blobs.items()
        if (number := number_in_path(path)) is not None
    }
    return BaseBranch(
        published=frozenset(peps),
        codeowners_path=codeowners_path,
        codeowners=codeowners,
        policy=policy,
        notes=(*notes, *problems),
        generates_schedules=RELEASE_DATA_PATH in tree.blobs,
        blobs=peps,
        is_complete=not tree.truncated,
        policy_text=policy_text,
        has_policy=has_policy,
        policy_notes=tuple(problems),
        default_codeowners=codeowners if governs else None,
        auxiliary=None if tree.truncated else tree.auxiliary,
    )


async def _policy(
    client: Client, repository: Repository, sha: str
) -> tuple[Policy, str, list[str]]:
    fallback = f"The policy in `{POLICY_PATH}` is not used, and the defaults apply"
    text = await _text(client, repository, sha)
    if text is None:
        return default_policy(), "", [f"{fallback}: it cannot be read."]
    try:
        return parse_policy(text, rules=rule_ids()), text, []
    except PolicyInvalid as invalid:
        problem_list = "; ".join(
            f"line {problem.line}: {problem.message}" if problem.line else problem.message
            for problem in invalid.problems[:_MOST_PROBLEMS]
        )
        return default_policy(), "", [f"{fallback}: {problem_list}"]


async def _text(client: Client, repository: Repository, sha: str) -> str | None:
    try:
        content = await client.raw(
            "/repos/{owner}/{repo}/git/blobs/{sha}", variables(repository, sha=sha)
        )
        return content.decode("utf-8")
    except (Gone, NotAllowed, Refused, TooLarge, UnicodeDecodeError):
        return None
