"""Writes what commands lead to: their effects, and one reaction and one reply to each text.

Everything may be requested twice. Setting a label or a reaction again does no harm; a reply and a
review with suggestions are recognized by their markers.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from bot.commands.log import CommandComment
from bot.commands.reply import reply_to
from bot.commands.result import Effect, Retitle, SetLabel, Suggest, TakeLabelOff
from bot.commands.text import Place
from bot.github.client.client import text_at, variables
from bot.github.write.comments import COMMENT_PATH, REPLY, ensure_comment, own_comment_ids
from bot.github.write.labels import put_labels, remove_label, usable_labels
from bot.github.write.outbox import Destination, Outbox, Write, WriteKind
from bot.policy.labels import LabelNames
from bot.review.fixes.suggestions import Suggestion, render_suggestion
from bot.review.reconcile import digest_of
from bot.rules.engine.finding import safe_code
from bot.store.rows import Intent

_REACTIONS: Mapping[Place, str] = {
    Place.DESCRIPTION: "/issues/{id}/reactions",
    Place.COMMENT: "/issues/comments/{id}/reactions",
    Place.REVIEW_COMMENT: "/pulls/comments/{id}/reactions",
}
_REVIEWS = "/pulls/{number}/reviews"


async def make_effect(
    outbox: Outbox, to: Destination, effect: Effect, mark: str, names: LabelNames
) -> str | None:
    """Make one effect of a command.

    Args:
        outbox: Makes the writes.
        to: The issue or pull request.
        effect: The effect.
        mark: Identifies the command, so that nothing is created twice for it.
        names: The bot's labels, to create one that the repository lacks.

    Returns:
        None if it succeeded; otherwise what the reply should say instead.

    Raises:
        TryLater: GitHub cannot be written to now.
    """
    match effect:
        case SetLabel(name):
            kind = WriteKind.SET_LABEL
            if not await usable_labels(outbox, to, kind, [name], names):
                return f"The repository has no label {safe_code(name)}, and I cannot create it."
            made = await outbox.send(to, put_labels(kind, [name]))
            instead = f"GitHub does not let me add the label {safe_code(name)}."
        case TakeLabelOff(name):
            made = await remove_label(outbox, to, WriteKind.TAKE_LABEL_OFF, name)
            instead = f"GitHub does not let me remove the label {safe_code(name)}."
        case Retitle(title):
            kind, data = WriteKind.CHANGE_TITLE, {"title": title}
            made = await outbox.send(to, Write(kind, title, "PATCH", "/pulls/{number}", data))
            instead = "GitHub does not let me change the title."
        case Suggest():
            write = _suggestions(effect, mark)
            if await _is_suggested(outbox, to, write):
                return None
            made = await outbox.send(to, write)
            instead = effect.otherwise
    return instead if made.is_refused else None


async def _is_suggested(outbox: Outbox, to: Destination, write: Write) -> bool:
    """Whether a review with suggestions exists whose creation was not recorded."""
    if write.intent not in await outbox.store.intents(to.subject):
        return False
    place = variables(to.subject.repository, number=to.subject.number)
    async for review in to.client.pages("/repos/{owner}/{repo}" + _REVIEWS, place):
        ours = outbox.app.is_author(text_at(review, "user", "login"), None)
        if ours and _marker(write.detail) in (text_at(review, "body") or ""):
            return True
    return False


def _marker(mark: str) -> str:
    return f"<!-- pep-bot:suggestions {mark} -->"


def _suggestions(effect: Suggest, mark: str) -> Write:
    """The write that creates a review with suggestions."""
    count = len(effect.suggestions)
    offer = "One suggested fix: apply it" if count == 1 else f"{count} suggested fixes: apply them"
    data = {
        "commit_id": effect.head_sha,
        "event": "COMMENT",
        "body": f"{_marker(mark)}\n{offer} with a click.",
        "comments": [_comment(one) for one in effect.suggestions],
    }
    text = "\n".join(render_suggestion(one) for one in effect.suggestions)
    intent = Intent("review", mark)
    return Write(WriteKind.SUGGEST, mark, "POST", _REVIEWS, data, text=text, intent=intent)


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


async def begun_replies(
    outbox: Outbox, to: Destination, markers: Collection[str]
) -> Mapping[str, int]:
    """Our comments by marker, read only if one of these was started and not recorded.

    Raises:
        GitHubFailure: They cannot be read.
    """
    begun = {intent.detail for intent in await outbox.store.intents(to.subject)}
    return {} if begun.isdisjoint(markers) else await own_comment_ids(outbox, to)


async def write_answer(
    outbox: Outbox, to: Destination, processed: CommandComment, own: Mapping[str, int]
) -> CommandComment:
    """Update reaction and reply; returns what to remember of the text.

    Args:
        outbox: Makes the writes.
        to: The issue or pull request.
        processed: The text.
        own: The ids of our existing comments by marker.

    Raises:
        TryLater: GitHub cannot be written to now.
    """
    if processed.has_reactions and processed.desired_reaction != processed.reaction:
        processed = await _react(outbox, to, processed)
    body, marker = reply_to(processed), processed.marker
    known = processed.reply_id if processed.reply_id is not None else own.get(marker)
    digest = digest_of(body) if body else ""
    if processed.reply_digest == digest:
        return processed
    reply_id = None
    if body:
        reply_id = await ensure_comment(outbox, to, REPLY, marker, body, known=known, own=own)
    elif known is not None:  # there is none to delete if GitHub refused it for good
        kind, place = WriteKind.DELETE_REPLY, {"id": known}
        await outbox.send(to, Write(kind, marker, "DELETE", COMMENT_PATH, place=place))
    return replace(processed, reply_id=reply_id, reply_digest=digest)


async def _react(outbox: Outbox, to: Destination, processed: CommandComment) -> CommandComment:
    path, place = _REACTIONS[processed.place], {"id": processed.id}
    old, new, made = processed.reaction, processed.desired_reaction, None
    if old and processed.reaction_id is not None:
        kind, of_old = WriteKind.TAKE_REACTION_BACK, {**place, "reaction": processed.reaction_id}
        await outbox.send(to, Write(kind, old, "DELETE", path + "/{reaction}", place=of_old))
    if new:
        write = Write(WriteKind.REACT, new, "POST", path, {"content": new}, place)
        made = await outbox.send(to, write)
    # If GitHub refuses for good (a text that is gone), it is not tried again.
    return replace(processed, reaction=new, reaction_id=made.id if made else None)
