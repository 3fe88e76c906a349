"""What people do in conversations: comment, review, label, and press buttons of check runs."""

from github_simulator.actions import check as check_actions
from github_simulator.actions import issue as issue_actions
from github_simulator.actions import label as label_actions
from github_simulator.actions import review as review_actions
from github_simulator.model.checks import CheckRun
from github_simulator.model.diff import FileChange
from github_simulator.model.repository import Comment, Issue, Review, ReviewState
from github_simulator.people.pulls import PullRequestActions
from github_simulator.render import pull as render_pull
from github_simulator.render.pull import pull_of


class ConversationActions(PullRequestActions):
    """What people do on issues and pull requests."""

    async def open_issue(self, repo: str, by: str, title: str, body: str | None = "") -> int:
        """Open an issue; returns its number."""
        issue = self._new_issue(self._repository(repo), self._person(by), title, body)
        issue_actions.announce_issue(self._service, issue, issue.author, "opened")
        return issue.number

    async def delete_issue(self, repo: str, number: int, by: str) -> None:
        """Delete an issue, as an administrator may."""
        issue_actions.delete_issue(self._service, self._issue(repo, number), self._person(by))

    async def transfer_issue(self, repo: str, number: int, by: str, to: str) -> int:
        """Move an issue to another repository; returns its number there."""
        issue, target = self._issue(repo, number), self._repository(to)
        return issue_actions.transfer_issue(self._service, issue, self._person(by), target).number

    async def comment(self, repo: str, number: int, by: str, body: str) -> int:
        """Comment on an issue or pull request; returns the comment's id."""
        issue = self._issue(repo, number)
        return issue_actions.add_comment(self._service, issue, body, self._person(by)).id

    def _comment(self, repo: str, comment_id: int) -> Comment:
        return self._repository(repo).comments[comment_id]

    async def edit_comment(self, repo: str, comment_id: int, by: str, body: str) -> None:
        """Change the text of a comment, one's own or (as a maintainer) another's."""
        comment = self._comment(repo, comment_id)
        issue_actions.edit_comment(self._service, comment, body, self._person(by))

    async def delete_comment(self, repo: str, comment_id: int, by: str) -> None:
        """Delete a comment."""
        comment = self._comment(repo, comment_id)
        issue_actions.delete_comment(self._service, comment, self._person(by))

    async def label(self, repo: str, number: int, by: str, name: str) -> None:
        """Add a label."""
        label_actions.add_labels(self._service, self._issue(repo, number), [name], self._person(by))

    async def unlabel(self, repo: str, number: int, by: str, name: str) -> None:
        """Remove a label."""
        label_actions.remove_label(self._service, self._issue(repo, number), name, self._person(by))

    async def assign(self, repo: str, number: int, by: str, login: str) -> None:
        """Assign somebody; without write access nothing happens."""
        issue_actions.assign(self._service, self._issue(repo, number), [login], self._person(by))

    async def lock(self, repo: str, number: int, by: str) -> None:
        """Lock the conversation: only people with write access can comment."""
        self._set_lock(repo, number, by, locked=True)

    async def unlock(self, repo: str, number: int, by: str) -> None:
        """Unlock the conversation."""
        self._set_lock(repo, number, by, locked=False)

    def _set_lock(self, repo: str, number: int, by: str, *, locked: bool) -> None:
        issue, who = self._issue(repo, number), self._person(by)
        issue.locked = locked
        event = "locked" if locked else "unlocked"
        issue_actions.note(self._service, issue, who, event)
        issue_actions.announce_issue(self._service, issue, who, event)

    async def review(
        self, repo: str, number: int, by: str, state: ReviewState, body: str = ""
    ) -> int:
        """Submit a review; returns its id.

        Raises:
            ValueError: Authors cannot approve or reject their own pull request.
        """
        issue, who = self._issue(repo, number), self._person(by)
        if who is issue.author and state != "COMMENTED":
            raise ValueError("authors cannot judge their own pull request")
        return review_actions.submit(self._service, issue, who, state, body).id

    def _review(self, issue: Issue, review_id: int) -> Review:
        return next(each for each in pull_of(issue).reviews if each.id == review_id)

    async def edit_review(self, repo: str, number: int, review_id: int, by: str, body: str) -> None:
        """Change the text of a review."""
        issue = self._issue(repo, number)
        review = self._review(issue, review_id)
        former, review.body = review.body, body
        review.updated_at = self._service.world.now()
        issue_actions.touch(self._service, issue)
        changes = {"body": {"from": former}}
        who = self._person(by)
        review_actions.announce(self._service, issue, review, who, "edited", changes=changes)

    async def dismiss_review(self, repo: str, number: int, review_id: int, by: str) -> None:
        """Dismiss an approval or a request for changes."""
        issue, who = self._issue(repo, number), self._person(by)
        review = self._review(issue, review_id)
        review.state = "DISMISSED"
        review.updated_at = self._service.world.now()
        issue_actions.note(self._service, issue, who, "review_dismissed", review=review_id)
        review_actions.announce(self._service, issue, review, who, "dismissed")

    async def review_comment(
        self, repo: str, number: int, by: str, path: str, line: int, body: str
    ) -> int:
        """Comment on a line of the diff, as a review of its own; returns the comment's id."""
        issue, who = self._issue(repo, number), self._person(by)
        issue_actions.check_body(body)
        review = review_actions.submit(self._service, issue, who, "COMMENTED", "")
        changes = render_pull.changed_files(self._service.context, issue)
        new = review_actions.NewComment(path, line, body, diff_hunk=_hunk(changes, path))
        return review_actions.add_comment(self._service, issue, review, who, new).id

    async def edit_review_comment(
        self, repo: str, number: int, comment_id: int, by: str, body: str
    ) -> None:
        """Change the text of a comment on a line."""
        issue = self._issue(repo, number)
        comment = next(each for each in pull_of(issue).review_comments if each.id == comment_id)
        former, comment.body = comment.body, body
        comment.updated_at = self._service.world.now()
        issue_actions.touch(self._service, issue)
        changes = {"body": {"from": former}}
        who = self._person(by)
        review_actions.announce_comment(
            self._service, issue, comment, who, "edited", changes=changes
        )

    def _run(self, repo: str, check_run_id: int) -> CheckRun:
        return self._repository(repo).check_runs[check_run_id]

    async def rerequest_check_run(self, repo: str, check_run_id: int, by: str) -> None:
        """Press "Re-run" on a check run."""
        run = self._run(repo, check_run_id)
        check_actions.rerequest_run(self._service, self._repository(repo), run, self._person(by))

    async def rerequest_check_suite(self, repo: str, head_sha: str, by: str) -> None:
        """Press "Re-run all checks" on a commit."""
        repository = self._repository(repo)
        check_actions.rerequest_suites(self._service, repository, head_sha, self._person(by))

    async def request_action(self, repo: str, check_run_id: int, identifier: str, by: str) -> None:
        """Press one of the buttons of a check run.

        Raises:
            ValueError: It has no such button.
        """
        run = self._run(repo, check_run_id)
        if identifier not in {action.identifier for action in run.actions}:
            raise ValueError(f"check run {check_run_id} offers no {identifier!r}")
        check_actions.announce_run(
            self._service,
            self._repository(repo),
            run,
            self._person(by),
            "requested_action",
            identifier=identifier,
        )


def _hunk(changes: tuple[FileChange, ...], path: str) -> str:
    patch = next((change.patch for change in changes if change.path == path), None)
    return patch or "@@ -1 +1 @@"
