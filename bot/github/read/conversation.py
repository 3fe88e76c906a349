"""Turns reviews and comments on a pull request into people's acts and the bot's own comments.

A sponsor consents with an approving review or a line `/pep sponsor`; the consent ends when the
approval is dismissed, with a request for changes, or with `/pep unsponsor`. REST does
not tell who edited a comment, so lines of an edited one count only if an event showed them; those
acts are remembered and merged in here. Acts of bots and other programs do not count.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from bot.commands.identity import consent_in
from bot.github.client.app import AppIdentity
from bot.github.client.client import id_at, member, moment_at, number_at, text_at
from bot.peps.people import Accounts, Actor, Login
from bot.review.snapshot import Approval, Conversation, OwnComment
from bot.rules.engine.context import Act, ActKind, Mention
from bot.rules.engine.pull_request_text import told_in

MARKER = re.compile(r"<!-- pep-bot:([a-z]{1,40}(?: [A-Za-z0-9_=.:-]{1,200})?) -->")
"""The marker hidden in each comment of ours; a stranger may paste one, too."""

REPLY = "reply "
"""The beginning of the markers of replies to commands."""

# The comment "Documentation build overview" of Read the Docs' app links it, once a build is done.
_PREVIEW = re.compile(r"https://([a-z0-9-]{1,100}\.(?:org|com)\.readthedocs\.build)/")

_KIND_OF_REVIEW = {
    "APPROVED": ActKind.CONSENT,
    "CHANGES_REQUESTED": ActKind.WITHDRAWAL,
    # Only approvals and requests for changes can be dismissed; either way there is no consent.
    "DISMISSED": ActKind.WITHDRAWAL,
    "COMMENTED": ActKind.COMMENTED,
}


@dataclass(frozen=True, slots=True)
class Review:
    """A submitted review ("List reviews for a pull request").

    Attributes:
        login: Who wrote it; None if the account is gone.
        is_person: False for programs.
        state: GitHub's state: `APPROVED`, `CHANGES_REQUESTED`, `DISMISSED`, `COMMENTED`.
        at: When it was submitted.
        url: Its page.
        head_sha: The commit it was made for.
        account: GitHub's id of the author's account.
    """

    login: Login | None
    is_person: bool
    state: str
    at: datetime
    url: str
    head_sha: str = ""
    account: int | None = None


@dataclass(frozen=True, slots=True)
class IssueComment:
    """A comment below the description ("List issue comments").

    Attributes:
        id: GitHub's id.
        login: Who wrote it; None if the account is gone.
        is_person: False for programs, and for what a person wrote through one.
        app_id: The app it was written through; None if there was none.
        body: Its whole text.
        at: When it was written.
        edited: True if anybody edited it since.
        url: Its page.
        node_id: GitHub's global id.
        account: GitHub's id of the author's account.
        mentioned: The accounts it mentions; None stands for an e-mail that it says was sent.
    """

    id: int
    login: Login | None
    is_person: bool
    app_id: int | None
    body: str
    at: datetime
    edited: bool
    url: str
    node_id: str = ""
    account: int | None = None
    mentioned: tuple[Login | None, ...] = ()


def conversation(
    reviews: Sequence[Review],
    comments: Sequence[IssueComment],
    remembered: Sequence[Act],
    app: AppIdentity,
) -> Conversation:
    """Combine the current reviews and comments with the acts remembered from events.

    A comment is ours if it carries the marker and this app wrote it; if a stranger pastes the
    marker, it is an ordinary comment.
    """
    acts = [act for review in reviews if (act := _act_of_review(review))]
    own: list[OwnComment] = []
    previews: dict[int, str] = {}
    mentions: list[Mention] = []
    for comment in sorted(comments, key=lambda comment: (comment.at, comment.id)):
        marker = MARKER.search(comment.body)
        if marker and app.is_author(comment.login, comment.app_id):
            # A reply follows from the text it answers, so its body need not be kept.
            body = "" if marker[1].startswith(REPLY) else comment.body
            own.append(OwnComment(comment.id, marker[1], body))
        elif act := _act_of_comment(comment):
            acts.append(act)
            mentions += (Mention(one, comment.at, comment.url) for one in comment.mentioned)
        elif host := preview_host(comment):
            previews[comment.id] = host
    return Conversation(
        acts=merged_acts(acts, _without_ended_consent(remembered, reviews)),
        own_comments=tuple(own),
        changes_requested=_changes_requested(reviews),
        approvals=_approvals(reviews),
        previews=previews,
        mentions=tuple(mentions),
    )


def preview_host(comment: IssueComment) -> str:
    """The host of the preview that a program links in a comment; empty if it links none."""
    found = None if comment.is_person else _PREVIEW.search(comment.body)
    return found[1] if found else ""


def parse_review(entry: object) -> Review | None:
    """A review from GitHub's response; None for one that is not submitted yet."""
    at, state = moment_at(entry, "submitted_at"), text_at(entry, "state")
    if at is None or state is None:
        return None
    return Review(
        login=_login(entry),
        is_person=_is_person(entry),
        state=state.upper(),
        at=at,
        url=text_at(entry, "html_url") or "",
        head_sha=text_at(entry, "commit_id") or "",
        account=id_at(entry, "user", "id"),
    )


def parse_comment(entry: object) -> IssueComment | None:
    """A comment from GitHub's response; None if its id or time is missing."""
    number, at = number_at(entry, "id"), moment_at(entry, "created_at")
    if number is None or at is None:
        return None
    app_id = number_at(entry, "performed_via_github_app", "id")
    is_person = _is_person(entry) and member(entry, "performed_via_github_app") is None
    body = text_at(entry, "body") or ""
    return IssueComment(
        id=number,
        login=_login(entry),
        is_person=is_person,
        app_id=app_id,
        body=body,
        at=at,
        edited=moment_at(entry, "updated_at") != at,
        url=text_at(entry, "html_url") or "",
        node_id=text_at(entry, "node_id") or "",
        account=id_at(entry, "user", "id"),
        mentioned=told_in(body) if is_person else (),
    )


_Post = TypeVar("_Post", Review, IssueComment)


def actors(posts: Iterable[Review | IssueComment]) -> list[Actor]:
    """The accounts of the people who wrote these, in the order they wrote."""
    return [
        Actor(one.login, one.account)
        for one in sorted(posts, key=lambda one: one.at)
        if one.login is not None and one.is_person
    ]


def with_current_logins(posts: Iterable[_Post], accounts: Accounts) -> list[_Post]:
    """The same posts, with the logins that lists have for these accounts."""
    return [
        replace(one, login=accounts.name(Actor(one.login, one.account)))
        if one.login is not None and one.is_person
        else one
        for one in posts
    ]


def acts_with_current_logins(acts: Iterable[Act], accounts: Accounts) -> tuple[Act, ...]:
    """The same acts, with the logins that lists have for these accounts."""
    return tuple(
        replace(act, login=accounts.name(Actor(act.login, act.account)), account=None)
        for act in acts
    )


def conversation_with_current_logins(known: Conversation, accounts: Accounts) -> Conversation:
    """A remembered conversation, with the logins that lists have for these accounts now."""
    return replace(
        known,
        acts=acts_with_current_logins(known.acts, accounts),
        approvals=tuple(
            replace(one, login=accounts.name(Actor(one.login))) for one in known.approvals
        ),
        changes_requested={
            accounts.name(Actor(login)): head for login, head in known.changes_requested.items()
        },
    )


def _act_of_review(review: Review) -> Act | None:
    kind = _KIND_OF_REVIEW.get(review.state)
    if kind is None or review.login is None or not review.is_person:
        return None
    return Act(review.login, kind, review.at, review.url)


def _act_of_comment(comment: IssueComment) -> Act | None:
    if comment.login is None or not comment.is_person:
        return None
    kind = None if comment.edited else consent_in(comment.body)
    return Act(comment.login, kind or ActKind.COMMENTED, comment.at, comment.url)


def _without_ended_consent(remembered: Iterable[Act], reviews: Sequence[Review]) -> list[Act]:
    """Acts from events, without the consent of reviews that were dismissed since."""
    # A review that only comments may have a line `/pep sponsor`, which only an event shows.
    ended = {review.url for review in reviews if review.state in ("DISMISSED", "CHANGES_REQUESTED")}
    return [act for act in remembered if act.kind is not ActKind.CONSENT or act.url not in ended]


def merged_acts(*sources: Iterable[Act]) -> tuple[Act, ...]:
    """Acts by time, one for each link and kind; of two with different times the later counts."""
    merged: dict[tuple[str, str, ActKind], Act] = {}
    for act in (act for source in sources for act in source):
        key = (act.login.casefold(), act.url, act.kind)
        if key not in merged or merged[key].at < act.at:
            merged[key] = act
    return tuple(sorted(merged.values(), key=lambda act: act.at))


def _latest_reviews(reviews: Sequence[Review]) -> list[Review]:
    """Each person's review that counts, oldest first."""
    latest: dict[str, Review] = {}
    for review in sorted(reviews, key=lambda review: review.at):
        # A review that only comments does not replace an earlier verdict, as on GitHub.
        if review.login and review.is_person and review.state != "COMMENTED":
            latest[review.login.casefold()] = review
    return sorted(latest.values(), key=lambda review: review.at)


def _changes_requested(reviews: Sequence[Review]) -> dict[Login, str]:
    return {
        review.login: review.head_sha
        for review in _latest_reviews(reviews)
        if review.login and review.state == "CHANGES_REQUESTED"
    }


def _approvals(reviews: Sequence[Review]) -> tuple[Approval, ...]:
    return tuple(
        Approval(review.login, review.url, review.head_sha)
        for review in _latest_reviews(reviews)
        if review.login and review.state == "APPROVED"
    )


def _login(entry: object) -> Login | None:
    login = text_at(entry, "user", "login")
    return Login(login) if login else None


def _is_person(entry: object) -> bool:
    return text_at(entry, "user", "type") not in ("Bot", "Mannequin")
