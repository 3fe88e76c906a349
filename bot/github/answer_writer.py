"""What is written on GitHub because of a command: labels, a title, suggestions, and the answer.

A reply is one comment a text, found again by its marker. Everything may be asked for twice: a
reaction or a label that stands is none the worse for it, and before a comment or a review is made
an intent is committed, so that after a crash it is looked for first.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog

from bot.commands.heard import Heard
from bot.commands.outcome import Effect, Retitle, SetLabel, Suggest, TakeLabelOff
from bot.commands.reply import reply_to
from bot.commands.text import Place
from bot.github.app import Clock
from bot.github.app_identity import AppIdentity
from bot.github.client import Client
from bot.github.failure import GitHubFailure, Gone, TryLater
from bot.github.json_fields import number_at, text_at
from bot.github.pace import Pace
from bot.github.repository_url import variables
from bot.github.transport import utc_now
from bot.github.writer import Fate
from bot.github.writer_store import WriterStore
from bot.review.markdown import prose
from bot.review.reconcile import digest_of
from bot.review.subject import Subject
from bot.review.suggestions import Suggestion
from bot.store.protocol import Intent, WriteRecord

ANSWER_WRITES = (
    "react",
    "take reaction back",
    "reply",
    "change reply",
    "delete reply",
    "set label",
    "take label off",
    "change title",
    "suggest",
)
"""What these writes are called in the audit, the log and the metrics."""

_REPO = "/repos/{owner}/{repo}"
_REACTIONS: Mapping[Place, str] = {
    Place.DESCRIPTION: _REPO + "/issues/{id}/reactions",
    Place.COMMENT: _REPO + "/issues/comments/{id}/reactions",
    Place.REVIEW_COMMENT: _REPO + "/pulls/comments/{id}/reactions",
}

log = structlog.get_logger(__name__)


class AnswerWriter:
    """Writes what commands lead to; in a dry run it only records it."""

    def __init__(
        self,
        store: WriterStore,
        app: AppIdentity,
        *,
        pace: Pace,
        dry_run: bool = False,
        clock: Clock = utc_now,
        on_write: Callable[[str, str], None] = lambda _name, _fate: None,
    ) -> None:
        """Write as this app.

        Args:
            store: Intents and audit.
            app: Who we are, to know our own reviews again.
            pace: Spaces the writes.
            dry_run: Send nothing.
            clock: The present time (UTC), for the audit.
            on_write: Told the name of each write and what became of it.
        """
        self._store = store
        self._app = app
        self._pace = pace
        self._dry_run = dry_run
        self._clock = clock
        self._on_write = on_write

    @property
    def login(self) -> str:
        """The account that writes: the app's own."""
        return self._app.login

    async def make(
        self, client: Client, subject: Subject, effect: Effect, mark: str, delivery: str
    ) -> str | None:
        """Make one effect of a command.

        Args:
            client: Writes to the subject's repository.
            subject: The issue or pull request.
            effect: What is to be made.
            mark: What tells the command from all others, for what could otherwise be made twice.
            delivery: The delivery that led to it.

        Returns:
            None if it was made; else what the reply should say instead.

        Raises:
            TryLater: GitHub cannot be written to now.
        """
        place = variables(subject.repository, number=subject.number)
        issue = _REPO + "/issues/{number}"
        match effect:
            case SetLabel(name):
                made = await self._try(
                    subject,
                    "set label",
                    name,
                    delivery,
                    lambda: client.post(issue + "/labels", place, {"labels": [name]}),
                )
                return None if made else f"GitHub does not let me set the label `{name}`."
            case TakeLabelOff(name):
                where = {**place, "name": name}
                made = await self._try(
                    subject,
                    "take label off",
                    name,
                    delivery,
                    lambda: client.delete(issue + "/labels/{name}", where),
                    gone_is_done=True,
                )
                return None if made else f"GitHub does not let me take the label `{name}` off."
            case Retitle(title):
                made = await self._try(
                    subject,
                    "change title",
                    title,
                    delivery,
                    lambda: client.patch(_REPO + "/pulls/{number}", place, {"title": title}),
                )
                return None if made else "GitHub does not let me change the title."
            case Suggest():
                made = await self._suggest(client, subject, effect, mark, delivery)
                return None if made else effect.otherwise

    async def answer(
        self,
        client: Client,
        subject: Subject,
        heard: Heard,
        own: Mapping[str, int],
        delivery: str,
    ) -> Heard:
        """Bring reaction and reply up to date; returns the text as it is to be remembered.

        Args:
            client: Writes to the subject's repository.
            subject: The issue or pull request.
            heard: The text.
            own: Comments of ours that stand, their ids by marker.
            delivery: The delivery that led to it.

        Raises:
            TryLater: GitHub cannot be written to now.
        """
        if heard.has_reactions and heard.wants != heard.reaction:
            heard = await self._react(client, subject, heard, delivery)
        return await self._reply(client, subject, heard, own, delivery)

    async def _react(self, client: Client, subject: Subject, heard: Heard, delivery: str) -> Heard:
        url = _REACTIONS[heard.place]
        place = variables(subject.repository, id=heard.id)
        if heard.reaction and heard.reaction_id is not None:
            where = {**place, "reaction": heard.reaction_id}
            await self._try(
                subject,
                "take reaction back",
                heard.reaction,
                delivery,
                lambda: client.delete(url + "/{reaction}", where),
                gone_is_done=True,
            )
        made: dict[str, Any] = {}
        if heard.wants:

            async def react() -> None:
                made.update(await client.post(url, place, {"content": heard.wants}))

            await self._try(subject, "react", heard.wants, delivery, react)
        # What GitHub refuses for good (a text that is gone) is not asked for again.
        return replace(heard, reaction=heard.wants, reaction_id=number_at(made, "id"))

    async def _reply(
        self,
        client: Client,
        subject: Subject,
        heard: Heard,
        own: Mapping[str, int],
        delivery: str,
    ) -> Heard:
        body = reply_to(heard)
        known = heard.reply_id if heard.reply_id is not None else own.get(heard.marker)
        digest = digest_of(body) if body else ""
        if digest == heard.reply_digest:
            return heard
        comment = _REPO + "/issues/comments/{id}"
        if known is not None:
            where = variables(subject.repository, id=known)
            if body:
                await self._try(
                    subject,
                    "change reply",
                    heard.marker,
                    delivery,
                    lambda: client.patch(comment, where, {"body": body}),
                )
                return replace(heard, reply_id=known, reply_digest=digest)
            await self._try(
                subject,
                "delete reply",
                heard.marker,
                delivery,
                lambda: client.delete(comment, where),
                gone_is_done=True,
            )
            return replace(heard, reply_id=None, reply_digest="")
        made: dict[str, Any] = {}

        async def create() -> None:
            made.update(
                await client.post(
                    _REPO + "/issues/{number}/comments",
                    variables(subject.repository, number=subject.number),
                    {"body": body},
                )
            )

        intent = Intent("comment", heard.marker)
        await self._intended(subject, intent, "reply", heard.marker, delivery, create)
        return replace(heard, reply_id=number_at(made, "id"), reply_digest=digest)

    async def _suggest(
        self, client: Client, subject: Subject, effect: Suggest, mark: str, delivery: str
    ) -> bool:
        place = variables(subject.repository, number=subject.number)
        url = _REPO + "/pulls/{number}/reviews"
        intent = Intent("review", mark)
        marker = f"<!-- pep-bot:suggestions {mark} -->"
        if intent in await self._store.intents(subject):
            async for review in client.pages(url, place):
                ours = self._app.is_author(text_at(review, "user", "login"), None)
                if ours and marker in (text_at(review, "body") or ""):
                    return True
        count = len(effect.suggestions)
        body = {
            "commit_id": effect.head_sha,
            "event": "COMMENT",
            "body": f"{marker}\n{'One mend' if count == 1 else f'{count} mends'}, to be taken over "
            "with a click.",
            "comments": [_comment(one) for one in effect.suggestions],
        }
        return await self._intended(
            subject, intent, "suggest", mark, delivery, lambda: client.post(url, place, body)
        )

    async def _intended(
        self,
        subject: Subject,
        intent: Intent,
        name: str,
        detail: str,
        delivery: str,
        create: Callable[[], Awaitable[object]],
    ) -> bool:
        if not self._dry_run:
            await self._store.intend(subject, intent)
        # Fulfilled by whoever remembers what was made, and not before.
        return await self._try(subject, name, detail, delivery, create)

    async def _try(
        self,
        subject: Subject,
        name: str,
        detail: str,
        delivery: str,
        write: Callable[[], Awaitable[object]],
        *,
        gone_is_done: bool = False,
    ) -> bool:
        """Make a write; False if GitHub refuses it for good."""
        fate = Fate.RECORDED if self._dry_run else Fate.WRITTEN
        if not self._dry_run:
            await self._pace.of(subject.repository.installation).acquire()
            try:
                await write()
            except TryLater:
                raise
            except GitHubFailure as failure:
                if not (gone_is_done and isinstance(failure, Gone)):
                    log.warning("write refused", write=name, reason=str(failure))
                    self._on_write(name, Fate.REFUSED.value)
                    return False
        self._on_write(name, fate.value)
        record = WriteRecord(self._clock(), subject, delivery, name, detail, self._dry_run)
        await self._store.record_write(record)
        return True


def _comment(one: Suggestion) -> dict[str, object]:
    """A suggested change as the reviews API takes it ("Create a review for a pull request")."""
    fence = "```"
    while any(fence in line for line in one.lines):
        fence += "`"
    why = "\n\n".join(prose(words) for words in one.why)
    lines = "".join(f"{line}\n" for line in one.lines)
    comment: dict[str, object] = {
        "path": one.path,
        "side": "RIGHT",
        "line": one.last_line,
        "body": f"{why}\n\n{fence}suggestion\n{lines}{fence}".strip(),
    }
    if one.first_line < one.last_line:
        comment |= {"start_line": one.first_line, "start_side": "RIGHT"}
    return comment
