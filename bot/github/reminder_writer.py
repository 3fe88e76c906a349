"""One reminder as a comment on a merged pull request, found again by its mark.

Before it is made, our comments are read: neither a crash nor a lost store leads to a second one.
"""

from collections.abc import Collection

from bot.github.app_identity import AppIdentity
from bot.github.client import Client
from bot.github.conversation_reader import own_comments
from bot.github.repository_url import variables
from bot.github.single_write import SingleWrites
from bot.review.follow_up_told import REMINDER
from bot.review.subject import Subject
from bot.store.protocol import Intent

_COMMENTS = "/repos/{owner}/{repo}/issues/{number}/comments"


class ReminderWriter:
    """Writes reminders."""

    def __init__(self, writes: SingleWrites, app: AppIdentity) -> None:
        """Write by these means, as this app."""
        self._writes = writes
        self._app = app

    async def remind(
        self, client: Client, subject: Subject, mark: str, body: str, delivery: str
    ) -> bool:
        """Make the comment unless it stands; False in a dry run, which tells nobody anything.

        What GitHub refuses for good (a conversation that is locked) is not tried again.

        Args:
            client: Writes to the repository.
            subject: The pull request.
            mark: Which reminder it is.
            body: What it says, with the mark.
            delivery: The delivery that led to it.

        Raises:
            GitHubFailure: GitHub cannot be read or written now.
        """
        if any(one.marker == mark for one in await own_comments(client, subject, self._app)):
            return True
        place = variables(subject.repository, number=subject.number)
        await self._writes.intended(
            subject,
            Intent("comment", mark),
            "remind",
            mark,
            delivery,
            lambda: client.post(_COMMENTS, place, {"body": body}),
        )
        return not self._writes.dry_run

    async def settle(self, subject: Subject, due: Collection[str] = ()) -> None:
        """What was begun has its end, but for the reminders that are still due.

        Args:
            subject: The pull request.
            due: Their marks.
        """
        for intent in await self._writes.store.intents(subject):
            is_ours = intent.kind == "comment" and intent.detail.startswith(f"{REMINDER} ")
            if is_ours and intent.detail not in due:
                await self._writes.store.fulfil(subject, intent)
