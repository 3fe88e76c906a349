"""The versions of GitHub's REST API: which a request asks for, and what the newer one leaves out.

Sources: https://docs.github.com/en/rest/about-the-rest-api/api-versions and
https://docs.github.com/en/rest/about-the-rest-api/breaking-changes. In GitHub's descriptions of
both versions, the answers of the endpoints here differ by the five properties below and by nothing
else.
"""

from typing import Any

from github_simulator.wire import Refusal

OLDER = "2022-11-28"
"""The version for requests that name none."""

NEWER = "2026-03-10"

REQUESTED_HEADER = "X-GitHub-Api-Version"
SELECTED_HEADER = "X-GitHub-Api-Version-Selected"
"""The header by which an answer names its version."""

_REMOVED = frozenset(
    {"has_downloads", "master_branch", "merge_commit_sha", "use_squash_pr_title_as_default"}
)


def selected(requested: str | None) -> str:
    """The version in which to answer a request that asks for this one.

    Raises:
        Refusal: 400; there is no such version.
    """
    if requested is None:
        return OLDER
    if requested in {OLDER, NEWER}:
        return requested
    raise Refusal(
        400,
        "Bad Request",
        f'The version you specified in the "X-GitHub-API-Version" request header, "{requested}", '
        "is not a supported version. The following versions are currently supported: "
        f'"{NEWER}" (most recent) and "{OLDER}".',
    )


def in_version(version: str, body: Any) -> Any:
    """The body of an answer as that version has it."""
    if version == OLDER:
        return body
    if isinstance(body, list):
        return [in_version(version, each) for each in body]
    if not isinstance(body, dict):
        return body
    # Events about an assignment go on naming the one account that they are about.
    removed = _REMOVED | {"assignee"} if "assignees" in body else _REMOVED
    return {key: in_version(version, value) for key, value in body.items() if key not in removed}
