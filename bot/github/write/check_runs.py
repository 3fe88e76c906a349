"""The check run of a pull request: its writes, and finding it again.

An update appends annotations to the existing ones, and each request carries at most 50.
Source: https://docs.github.com/en/rest/checks/runs
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from bot.github.client.client import Client, variables
from bot.github.write.outbox import Destination, Write, WriteKind
from bot.review.desired import Annotation, CheckRun
from bot.review.render.check_run import NAME
from bot.review.snapshot import CheckRunMemory
from bot.review.subject import Subject
from bot.store.documents import Visibility
from bot.store.rows import Intent

CHECK_RUN = "check_run"
"""The kind of the intent to create one; its detail is the head."""

_MOST_ANNOTATIONS = 50
_LONGEST_OUTPUT = 65_535


def create_check_run(subject: Subject, head_sha: str, check_run: CheckRun, page: str) -> Write:
    """The write that creates a check run, with its first 50 annotations.

    Args:
        subject: The pull request.
        head_sha: The commit it is on.
        check_run: What it says.
        page: The URL of its "Details" link; empty for none.

    Raises:
        ValueError: A text is too long, see `update_check_run`.
    """
    data = _data(check_run, check_run.annotations[:_MOST_ANNOTATIONS])
    if not check_run.text:
        del data["output"]["text"]
    data |= {"name": NAME, "head_sha": head_sha, "external_id": subject.external_id}
    if page:
        data["details_url"] = page
    kind, intent = WriteKind.CREATE_CHECK_RUN, Intent(CHECK_RUN, head_sha)
    detail, text = _audit_texts(check_run)
    return Write(kind, detail, "POST", "/check-runs", data, text=text, intent=intent)


def update_check_run(
    check_run_id: int, check_run: CheckRun, annotations: Sequence[Annotation]
) -> Iterator[Write]:
    """The writes that update a check run: one for each 50 new annotations, at least one.

    Raises:
        ValueError: The summary or the text is longer than GitHub accepts; the renderer should have
            cut it.
    """
    detail, text = _audit_texts(check_run)
    for start in range(0, max(len(annotations), 1), _MOST_ANNOTATIONS):
        data = _data(check_run, annotations[start : start + _MOST_ANNOTATIONS])
        place = {"id": check_run_id}
        kind, path = WriteKind.UPDATE_CHECK_RUN, "/check-runs/{id}"
        yield Write(kind, detail, "PATCH", path, data, place, text=text)


def annotations_after_create(check_run: CheckRun) -> tuple[Annotation, ...]:
    """The annotations that the request which creates the check run cannot carry."""
    return check_run.annotations[_MOST_ANNOTATIONS:]


def _audit_texts(check_run: CheckRun) -> tuple[str, str]:
    count = len(check_run.annotations)
    detail = f"{check_run.conclusion.value}: {check_run.title} ({count} annotations)"
    return detail, "\n".join(part for part in (check_run.summary, check_run.text) if part)


def _data(check_run: CheckRun, annotations: Sequence[Annotation]) -> dict[str, Any]:
    if max(len(check_run.summary), len(check_run.text)) > _LONGEST_OUTPUT:
        raise ValueError(f"a check run's texts have at most {_LONGEST_OUTPUT} characters each")
    return {
        "status": "completed",
        "conclusion": check_run.conclusion.value,
        "actions": [asdict(button) for button in check_run.buttons],
        "output": {
            "title": check_run.title,
            "summary": check_run.summary,
            # Even if it is empty: GitHub keeps the old value of a field that is left out.
            "text": check_run.text,
            "annotations": [
                {
                    "path": annotation.path,
                    "start_line": annotation.start_line,
                    "end_line": annotation.end_line,
                    "annotation_level": annotation.level,
                    "message": annotation.message,
                    "title": annotation.title,
                }
                for annotation in annotations
            ],
        },
    }


async def find_check_run(
    client: Client, subject: Subject, head_sha: str, app_id: int | None = None
) -> CheckRunMemory | None:
    """Find the check run this app created on a head, for when its creation was not recorded.

    Its digest is empty, so that the next plan updates it.

    Args:
        client: Asks GitHub.
        subject: The pull request, which the check run's `external_id` names.
        head_sha: The commit it is on.
        app_id: This app's numeric id, since other apps may use the same name; None to go by name
            and `external_id` alone.

    Raises:
        bot.github.client.client.GitHubFailure: GitHub could not be asked.
    """
    found = [
        int(run["id"])
        async for run in client.pages(
            "/repos/{owner}/{repo}/commits/{head_sha}/check-runs{?check_name,filter}",
            variables(subject.repository, head_sha=head_sha, check_name=NAME, filter="all"),
        )
        # Compare only the number: the repository may have been renamed since.
        if (run.get("external_id") or "").rpartition("#")[2] == str(subject.number)
        and app_id in {None, (run.get("app") or {}).get("id")}
    ]
    return CheckRunMemory(max(found), head_sha, "") if found else None


async def missing_annotations(
    to: Destination, check_run_id: int, desired: Sequence[Annotation]
) -> tuple[Annotation, ...]:
    """Those of `desired` that the check run lacks, for when it is unknown what was sent.

    Raises:
        bot.github.client.client.GitHubFailure: GitHub could not be asked.
    """
    place = variables(to.subject.repository, id=check_run_id)
    existing = {
        (
            str(annotation["path"]),
            int(annotation["start_line"]),
            int(annotation["end_line"]),
            str(annotation["annotation_level"]),
            str(annotation["message"]),
        )
        async for annotation in to.client.pages(
            "/repos/{owner}/{repo}/check-runs/{id}/annotations", place
        )
    }
    return tuple(
        one
        for one in desired
        if (one.path, one.start_line, one.end_line, one.level, one.message) not in existing
    )


PageOf = Callable[[Subject], Awaitable[str]]
"""Returns the URL of a pull request's page; empty if there is none to link."""


async def no_page(_subject: Subject) -> str:
    """Link no page."""
    return ""


class PageLinks:
    """Links to the pages of public repositories; those of others answer 404."""

    def __init__(self, public_url: str, visibility: Visibility) -> None:
        """Link to the server at `public_url`, without a slash at the end; empty for no links."""
        self._public_url = public_url
        self._visibility = visibility

    async def of(self, subject: Subject) -> str:
        """The URL of the page of a pull request; empty if there is none.

        Raises:
            StoreUnavailable: The store cannot be asked whether the repository is public.
        """
        name = subject.repository.full_name
        if not self._public_url or not await self._visibility.is_public(name):
            return ""
        return f"{self._public_url}/{name}/pull/{subject.number}"
