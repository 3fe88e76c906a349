"""What people do with pull requests: open, push, edit, close, merge."""

from github_simulator.actions import issue as issue_actions
from github_simulator.model.accounts import Account
from github_simulator.model.merge import merged_files
from github_simulator.model.repository import Issue, PullRequest, Repository
from github_simulator.people.setup import Files, Setup
from github_simulator.render import account as render_account
from github_simulator.render.pull import base_tip, pull_of


class PullRequestActions(Setup):
    """What people do with pull requests. `by` is a login; an account is created if needed."""

    def _issue(self, repo: str, number: int) -> Issue:
        return issue_actions.issue_of(self._repository(repo), number)

    async def open_pull_request(
        self,
        repo: str,
        by: str,
        title: str,
        body: str | None = "",
        files: Files | None = None,
        draft: bool = False,
        from_fork: bool = True,
        send: bool = True,
        *,
        number: int | None = None,
        start: str | None = None,
        base: str | None = None,
    ) -> int:
        """Open a pull request; returns its number.

        Args:
            repo: `owner/name` of the base.
            by: Who opens it.
            title: Its title.
            body: Its description.
            files: What its one commit changes.
            draft: Whether it is a draft.
            from_fork: Whether its branch is in the author's fork, else in the base itself.
            send: Whether the event is sent; if not, it is lost for good.
            number: Its number; the next one by default.
            start: The commit it branches off; the base's tip by default.
            base: The branch it is to be merged into; the default branch by default.
        """
        repository = self._repository(repo)
        author = self._person(by)
        with self.lost_webhooks(not send):
            issue = self._new_issue(repository, author, title, body, number)
            head = self._fork(repository, author) if from_fork else repository
            branch = base or repository.default_branch
            begin = start or repository.branches[branch]
            sha = self._branch_off(repository, head, author, issue, files or {}, begin)
            issue.pull = PullRequest(
                self._service.world.next_id(),
                head,
                head.owner,
                _branch_name(issue),
                sha,
                branch,
                repository.branches[branch],
            )
            issue.pull.draft = draft
            issue_actions.announce_issue(self._service, issue, author, "opened")
        return issue.number

    def _new_issue(
        self,
        repository: Repository,
        author: Account,
        title: str,
        body: str | None,
        number: int | None = None,
    ) -> Issue:
        world = self._service.world
        chosen = repository.next_number if number is None else number
        if chosen in repository.issues:
            raise ValueError(f"#{chosen} exists already")
        repository.next_number = max(repository.next_number, chosen + 1)
        now = world.now()
        issue = Issue(world.next_id(), repository, chosen, title, body, author, now, now)
        repository.issues[chosen] = issue
        return issue

    def _fork(self, repository: Repository, owner: Account) -> Repository:
        world = self._service.world
        if owner is repository.owner:
            return repository
        name = f"{owner.login}/{repository.name}".lower()
        if name not in world.repositories:
            now = world.now()
            fork = Repository(
                world.next_id(),
                owner,
                repository.name,
                repository.default_branch,
                now,
                now,
                parent=repository,
                branches={repository.default_branch: repository.tip},
            )
            world.repositories[name] = fork
        return world.repositories[name]

    def _branch_off(
        self,
        base: Repository,
        head: Repository,
        author: Account,
        issue: Issue,
        files: Files,
        begin: str,
    ) -> str:
        """Commit to a branch for the pull request; returns the commit."""
        world = self._service.world
        tree = world.git.edited_tree(begin, files)
        sha = world.git.write_commit(tree, (begin,), world.signature(author), issue.title)
        if head is base:
            self._move_branch(base, _branch_name(issue), sha, author)
        else:
            head.branches[_branch_name(issue)] = sha
        return sha

    async def push(
        self,
        repo: str,
        number: int,
        files: Files,
        by: str | None = None,
        message: str = "Update",
        *,
        onto: str | None = None,
    ) -> str:
        """Push a commit to a pull request's branch; returns the new head.

        `onto` makes it a forced push: the branch starts anew from that commit.

        Raises:
            ValueError: The fork was deleted.
        """
        issue = self._issue(repo, number)
        pull = pull_of(issue)
        if pull.head_repository is None:
            raise ValueError(f"#{number} has no branch to push to any more")
        world = self._service.world
        who = issue.author if by is None else self._person(by)
        before, parent = pull.head_sha, onto or pull.head_sha
        tree = world.git.edited_tree(parent, files)
        sha = world.git.write_commit(tree, (parent,), world.signature(who), message)
        if pull.head_repository is issue.repository:
            self._move_branch(issue.repository, pull.head_ref, sha, who)
        pull.head_repository.branches[pull.head_ref] = sha
        pull.head_sha, pull.base_sha = sha, base_tip(issue)
        issue_actions.touch(self._service, issue)
        if onto is not None:
            issue_actions.note(self._service, issue, who, "head_ref_force_pushed", commit=sha)
        if issue.state == "open":
            issue_actions.announce_issue(
                self._service, issue, who, "synchronize", before=before, after=sha
            )
        return sha

    async def edit_pull_request(
        self, repo: str, number: int, by: str, title: str | None = None, body: str | None = None
    ) -> None:
        """Change the title, the description, or both, in one edit."""
        issue = self._issue(repo, number)
        issue_actions.edit_issue(self._service, issue, self._person(by), title, body)

    async def retarget(self, repo: str, number: int, by: str, base: str) -> None:
        """Change the base branch ("edited" with `changes.base`)."""
        issue = self._issue(repo, number)
        pull = pull_of(issue)
        former = {"ref": {"from": pull.base_ref}, "sha": {"from": pull.base_sha}}
        pull.base_ref, pull.base_sha = base, issue.repository.branches[base]
        issue_actions.touch(self._service, issue)
        issue_actions.announce_issue(
            self._service, issue, self._person(by), "edited", changes={"base": former}
        )

    async def close(self, repo: str, number: int, by: str) -> None:
        """Close it without merging."""
        self._close(self._issue(repo, number), self._person(by))

    def _close(self, issue: Issue, who: Account, commit: str | None = None) -> None:
        now = self._service.world.now()
        issue.state, issue.closed_at, issue.closed_by = "closed", now, who
        issue_actions.note(self._service, issue, who, "closed", commit=commit)
        issue_actions.announce_issue(self._service, issue, who, "closed")

    async def reopen(self, repo: str, number: int, by: str) -> None:
        """Open it again.

        Raises:
            ValueError: It was merged.
        """
        issue, who = self._issue(repo, number), self._person(by)
        if issue.pull is not None and issue.pull.merged_at is not None:
            raise ValueError(f"#{number} is merged")
        issue.state, issue.closed_at, issue.closed_by = "open", None, None
        issue_actions.note(self._service, issue, who, "reopened")
        issue_actions.announce_issue(self._service, issue, who, "reopened")

    async def merge(self, repo: str, number: int, by: str) -> str:
        """Merge it as one squashed commit; returns that commit's SHA.

        Raises:
            ValueError: It is not open.
            MergeConflict: The base changed in the same places.
        """
        issue, who = self._issue(repo, number), self._person(by)
        pull, repository = pull_of(issue), issue.repository
        if issue.state != "open":
            raise ValueError(f"#{number} is not open")
        world = self._service.world
        tip = repository.branches[pull.base_ref]
        origin = world.git.merge_base(tip, pull.head_sha) or pull.base_sha
        files = merged_files(world.git, origin, tip, pull.head_sha)
        sha = world.git.write_commit(
            world.git.write_tree(files),
            (tip,),
            world.signature(issue.author),
            f"{issue.title} (#{number})",
        )
        pull.base_sha = tip
        pull.merged_at, pull.merged_by, pull.merge_commit = world.now(), who, sha
        issue_actions.note(self._service, issue, who, "merged", commit=sha)
        self._move_branch(repository, pull.base_ref, sha, who)
        self._close(issue, who, sha)
        return sha

    async def mark_draft(self, repo: str, number: int, by: str | None = None) -> None:
        """Turn it into a draft."""
        self._set_draft(repo, number, by, draft=True)

    async def mark_ready(self, repo: str, number: int, by: str | None = None) -> None:
        """Declare a draft ready for review."""
        self._set_draft(repo, number, by, draft=False)

    def _set_draft(self, repo: str, number: int, by: str | None, *, draft: bool) -> None:
        issue = self._issue(repo, number)
        who = issue.author if by is None else self._person(by)
        pull_of(issue).draft = draft
        event = "convert_to_draft" if draft else "ready_for_review"
        issue_actions.note(self._service, issue, who, event)
        action = "converted_to_draft" if draft else "ready_for_review"
        issue_actions.announce_issue(self._service, issue, who, action)

    async def delete_head_repository(self, repo: str, number: int) -> None:
        """Delete the fork: the pull request stays, its `head.repo` is null from now on."""
        pull = pull_of(self._issue(repo, number))
        fork = pull.head_repository
        if fork is None or fork.parent is None:
            raise ValueError(f"#{number} has no fork to delete")
        del self._service.world.repositories[fork.full_name.lower()]
        for issue in fork.parent.issues.values():
            if issue.pull is not None and issue.pull.head_repository is fork:
                issue.pull.head_repository = None

    async def request_review(self, repo: str, number: int, by: str, reviewer: str) -> None:
        """Ask an account for a review."""
        issue, who = self._issue(repo, number), self._person(by)
        asked = self._person(reviewer)
        pull_of(issue).requested_reviewers.append(asked)
        issue_actions.note(self._service, issue, who, "review_requested", account=asked)
        rendered = render_account.user(self._service.context, asked)
        issue_actions.announce_issue(
            self._service, issue, who, "review_requested", requested_reviewer=rendered
        )


def _branch_name(issue: Issue) -> str:
    return f"patch-{issue.number}"
