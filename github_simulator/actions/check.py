"""Creates, changes and re-requests check runs."""

from github_simulator.model.accounts import Account
from github_simulator.model.apps import App
from github_simulator.model.checks import CheckRun, CheckSuite
from github_simulator.model.repository import Repository
from github_simulator.render import check as render_check
from github_simulator.service import Service
from github_simulator.wire import JsonObject


def suite_for(
    service: Service, repository: Repository, app: App, head_sha: str, branch: str | None = None
) -> CheckSuite:
    """The suite of an app on a commit, created when first needed."""
    for suite in repository.check_suites.values():
        if suite.app is app and suite.head_sha == head_sha:
            return suite
    world = service.world
    commit = world.git.commit(head_sha)
    before = commit.parents[0] if commit and commit.parents else None
    suite = CheckSuite(world.next_id(), app, head_sha, branch, before, world.now(), world.now())
    repository.check_suites[suite.id] = suite
    return suite


def request_suites(
    service: Service, repository: Repository, head_sha: str, branch: str, sender: Account
) -> None:
    """After a push: open a suite for each app that writes checks, and notify the app.

    GitHub does this for branches of the repository itself only, never for those of forks.
    """
    for installation in service.world.installations.values():
        app = installation.app
        if repository in installation.repositories and "checks" in installation.permissions:
            suite = suite_for(service, repository, app, head_sha, branch)
            announce_suite(service, repository, suite, sender, "requested", only=app)


def add_run(service: Service, repository: Repository, run: CheckRun, sender: Account) -> None:
    """Add a new check run."""
    repository.check_runs[run.id] = run
    run.suite.runs.append(run)
    run.suite.rerequested = False
    announce_run(service, repository, run, sender, "created")
    if run.status == "completed":
        complete_run(service, repository, run, sender)


def complete_run(service: Service, repository: Repository, run: CheckRun, sender: Account) -> None:
    """Announce that a run is completed, and so is its suite if no run is left."""
    run.suite.updated_at = service.world.now()
    run.suite.rerequested = False
    announce_run(service, repository, run, sender, "completed")
    if run.suite.status == "completed":
        announce_suite(service, repository, run.suite, sender, "completed")


def announce_run(
    service: Service,
    repository: Repository,
    run: CheckRun,
    sender: Account,
    action: str,
    *,
    identifier: str | None = None,
) -> None:
    """Send `check_run`; requests by people are sent to the run's own app only."""
    body: JsonObject = {
        "action": action,
        "check_run": render_check.run_in_webhook(service.context, repository, run),
    }
    if identifier is not None:
        body["requested_action"] = {"identifier": identifier}
    asked = action in {"rerequested", "requested_action"}
    service.announce("check_run", repository, sender, body, only=run.app if asked else None)


def announce_suite(
    service: Service,
    repository: Repository,
    suite: CheckSuite,
    sender: Account,
    action: str,
    *,
    only: App | None = None,
) -> None:
    """Send `check_suite`."""
    body = {
        "action": action,
        "check_suite": render_check.suite(service.context, repository, suite),
    }
    service.announce("check_suite", repository, sender, body, only=only)


def rerequest_run(service: Service, repository: Repository, run: CheckRun, by: Account) -> None:
    """A person presses "Re-run" on a check run."""
    run.suite.rerequested = True
    announce_run(service, repository, run, by, "rerequested")


def rerequest_suites(service: Service, repository: Repository, head_sha: str, by: Account) -> None:
    """A person presses "Re-run all checks" on a commit."""
    for suite in repository.check_suites.values():
        if suite.head_sha == head_sha and suite.runs:
            suite.rerequested = True
            announce_suite(service, repository, suite, by, "rerequested", only=suite.app)
