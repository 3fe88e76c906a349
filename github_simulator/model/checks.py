"""Check runs and the suites GitHub files them in (https://docs.github.com/rest/checks)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from github_simulator.model.apps import App

CheckStatus = Literal["queued", "in_progress", "completed", "waiting", "requested", "pending"]

MAX_ANNOTATIONS = 50
"""How many annotations one request may carry."""

MAX_OUTPUT = 65_535
"""How long an output's summary and text may be."""


@dataclass(frozen=True, slots=True)
class CheckAnnotation:
    """An annotation on lines of a file."""

    path: str
    start_line: int
    end_line: int
    start_column: int | None
    end_column: int | None
    level: str
    title: str | None
    message: str
    raw_details: str | None


@dataclass(frozen=True, slots=True)
class CheckAction:
    """A button on a check run."""

    label: str
    description: str
    identifier: str


@dataclass(slots=True, eq=False)
class CheckSuite:
    """The check runs of one app on one commit."""

    id: int
    app: App
    head_sha: str
    head_branch: str | None
    before: str | None
    created_at: datetime
    updated_at: datetime
    runs: "list[CheckRun]" = field(default_factory=list)
    rerequested: bool = False

    @property
    def status(self) -> CheckStatus:
        """`completed` once all its runs are, unless the suite was requested again since."""
        if not self.runs or self.rerequested:
            return "queued"
        if all(run.status == "completed" for run in self.runs):
            return "completed"
        return "in_progress"

    @property
    def conclusion(self) -> str | None:
        """The worst of its runs' conclusions, once it is completed."""
        if self.status != "completed":
            return None
        found = {run.conclusion for run in self.runs}
        worst_first = ("failure", "timed_out", "cancelled", "action_required", "stale", "success")
        return next((name for name in worst_first if name in found), "neutral")


@dataclass(slots=True, eq=False)
class CheckRun:
    """A check run; its annotations only ever grow."""

    id: int
    suite: CheckSuite
    name: str
    head_sha: str
    started_at: datetime
    status: CheckStatus = "queued"
    conclusion: str | None = None
    completed_at: datetime | None = None
    external_id: str = ""
    details_url: str | None = None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[CheckAnnotation] = field(default_factory=list)
    actions: list[CheckAction] = field(default_factory=list)

    @property
    def app(self) -> App:
        """The app that made it."""
        return self.suite.app
