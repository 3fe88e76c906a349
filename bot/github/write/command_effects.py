"""Writes what a command changes on GitHub: labels, the title, suggested changes.

Everything may be requested twice. Setting a label again does no harm. Before a review is created an
intent is committed, so that after a crash we look first whether it exists.
"""

from bot.commands.result import Effect, Retitle, SetLabel, Suggest, TakeLabelOff
from bot.github.client.client import Client, GitHubFailure, TryLater
from bot.github.client.response import text_at, variables
from bot.github.write.labels import label_styles, usable_labels
from bot.github.write.outbox import Outbox
from bot.policy.labels import LabelNames
from bot.review.fixes.suggestions import Suggestion, render_suggestion
from bot.review.subject import Subject
from bot.rules.engine.finding import safe_code
from bot.store.store import Intent

_REPO = "/repos/{owner}/{repo}"


class EffectWriter:
    """Makes the effects of commands."""

    def __init__(self, outbox: Outbox) -> None:
        """Write with `outbox`."""
        self._outbox = outbox

    @property
    def login(self) -> str:
        """The account that writes: the app's own."""
        return self._outbox.app.login

    async def make(
        self,
        client: Client,
        subject: Subject,
        effect: Effect,
        mark: str,
        delivery: str,
        names: LabelNames,
    ) -> str | None:
        """Make one effect of a command.

        Args:
            client: Writes to the subject's repository.
            subject: The issue or pull request.
            effect: The effect.
            mark: Identifies the command, so that nothing is created twice for it.
            delivery: The delivery that led to it.
            names: The bot's labels, to create one that the repository lacks.

        Returns:
            None if it succeeded; otherwise what the reply should say instead.

        Raises:
            TryLater: GitHub cannot be written to now.
        """
        place = variables(subject.repository, number=subject.number)
        issue = _REPO + "/issues/{number}"
        match effect:
            case SetLabel(name):
                if not await self._has_label(client, subject, name, names):
                    return f"The repository has no label {safe_code(name)}, and I cannot make it."
                made = await self._outbox.attempt(
                    subject,
                    "set label",
                    name,
                    delivery,
                    lambda: client.post(issue + "/labels", place, {"labels": [name]}),
                )
                return (
                    None
                    if made is not None
                    else f"GitHub does not let me set the label {safe_code(name)}."
                )
            case TakeLabelOff(name):
                where = {**place, "name": name}
                made = await self._outbox.attempt(
                    subject,
                    "take label off",
                    name,
                    delivery,
                    lambda: client.delete(issue + "/labels/{name}", where),
                    missing_is_done=True,
                )
                return (
                    None
                    if made is not None
                    else f"GitHub does not let me take the label {safe_code(name)} off."
                )
            case Retitle(title):
                made = await self._outbox.attempt(
                    subject,
                    "change title",
                    title,
                    delivery,
                    lambda: client.patch(_REPO + "/pulls/{number}", place, {"title": title}),
                )
                return None if made is not None else "GitHub does not let me change the title."
            case Suggest():
                made = await self._suggest(client, subject, effect, mark, delivery)
                return None if made else effect.otherwise

    async def _has_label(
        self, client: Client, subject: Subject, name: str, names: LabelNames
    ) -> bool:
        """Whether the label exists or could be created; GitHub itself would create it grey."""
        if self._outbox.dry_run:
            return True
        try:
            usable = await self._usable(client, subject, name, names)
        except TryLater:
            raise
        except GitHubFailure:
            return False
        return name in usable

    async def _usable(
        self, client: Client, subject: Subject, name: str, names: LabelNames
    ) -> frozenset[str]:
        return await usable_labels(
            client,
            self._outbox.store,
            subject.repository,
            [name],
            label_styles(names),
            create_missing=names.create_missing,
            throttle=self._outbox.throttle.of(subject.repository.installation).acquire,
        )

    async def _suggest(
        self, client: Client, subject: Subject, effect: Suggest, mark: str, delivery: str
    ) -> bool:
        place = variables(subject.repository, number=subject.number)
        url = _REPO + "/pulls/{number}/reviews"
        intent = Intent("review", mark)
        marker = f"<!-- pep-bot:suggestions {mark} -->"
        if intent in await self._outbox.store.intents(subject):
            async for review in client.pages(url, place):
                ours = self._outbox.app.is_author(text_at(review, "user", "login"), None)
                if ours and marker in (text_at(review, "body") or ""):
                    return True
        count = len(effect.suggestions)
        offer = (
            "One suggested fix: apply it" if count == 1 else f"{count} suggested fixes: apply them"
        )
        body = {
            "commit_id": effect.head_sha,
            "event": "COMMENT",
            "body": f"{marker}\n{offer} with a click.",
            "comments": [_comment(one) for one in effect.suggestions],
        }
        made = await self._outbox.attempt(
            subject,
            "suggest",
            mark,
            delivery,
            lambda: client.post(url, place, body),
            intent=intent,
        )
        return made is not None


def _comment(one: Suggestion) -> dict[str, object]:
    """A suggested change as the reviews API takes it ("Create a review for a pull request")."""
    comment: dict[str, object] = {
        "path": one.path,
        "side": "RIGHT",
        "line": one.last_line,
        "body": render_suggestion(one),
    }
    if one.first_line < one.last_line:
        comment |= {"start_line": one.first_line, "start_side": "RIGHT"}
    return comment
