"""What was said on a pull request: reviews and comments become people's acts and our own comments.

Consent of a sponsor is an approving review or a line `/pep sponsor`; it is ended by a dismissed
approval, changes requested, or `/pep unsponsor` (contract). REST does not tell who edited a
comment, so the lines of an edited one count only as far as an event showed them; those acts are
remembered and merged in here. Programs do not act.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from bot.commands.consent import consent_in
from bot.github.client.app import AppIdentity
from bot.github.client.response import id_at, member, moment_at, number_at, text_at
from bot.peps.people import Accounts, Actor, Login
from bot.review.snapshot import Approval, Conversation, OwnComment
from bot.rules.engine.context import Act, ActKind

MARKER = re.compile(r"<!-- pep-bot:([a-z]{1,40}(?: [A-Za-z0-9_=.:-]{1,200})?) -->")
"""What is hidden in each comment of ours, and in what a stranger pastes."""

REPLY = "reply "
"""How the marks of replies to commands begin."""

_KIND_OF_REVIEW = {
    "APPROVED": ActKind.CONSENT,
    "CHANGES_REQUESTED": ActKind.WITHDRAWAL,
    # Only approvals and requests for changes can be dismissed, and either way no consent is left.
    "DISMISSED": ActKind.WITHDRAWAL,
    "COMMENTED": ActKind.COMMENTED,
}


@dataclass(frozen=True, slots=True)
class Review:
    """A submitted review ("List reviews for a pull request").

    Attributes:
        login: Who wrote it; None if the account is gone.
        is_person: False for programs.
        state: GitHub's word: `APPROVED`, `CHANGES_REQUESTED`, `DISMISSED`, `COMMENTED`.
        at: When it was submitted.
        url: Its page.
        head_sha: The commit it was made for.
        account: GitHub's id of the account.
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
        app_id: The app it was written through, None without.
        body: Its whole text.
        at: When it was written.
        edited: True if anybody changed it since.
        url: Its page.
        node_id: GitHub's global id.
        account: GitHub's id of the account.
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


def conversation(
    reviews: Sequence[Review],
    comments: Sequence[IssueComment],
    remembered: Sequence[Act],
    app: AppIdentity,
) -> Conversation:
    """What the reviews and comments as they stand, and the acts remembered from events, amount to.

    Ours is a comment that carries the marker and was written by this app; a stranger who pastes
    the marker has said something, no more.
    """
    acts = [act for review in reviews if (act := _act_of_review(review))]
    own: list[OwnComment] = []
    for comment in sorted(comments, key=lambda comment: (comment.at, comment.id)):
        marker = MARKER.search(comment.body)
        if marker and app.is_author(comment.login, comment.app_id):
            # What a reply says is known from the text it answers, and need not be kept twice.
            body = "" if marker[1].startswith(REPLY) else comment.body
            own.append(OwnComment(comment.id, marker[1], body))
        elif act := _act_of_comment(comment):
            acts.append(act)
    return Conversation(
        acts=merged_acts(acts, _without_ended_consent(remembered, reviews)),
        own_comments=tuple(own),
        changes_requested=_changes_requested(reviews),
        approvals=_approvals(reviews),
    )


def parse_review(entry: object) -> Review | None:
    """A review from GitHub's answer; None for one that is still being written."""
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
    """A comment from GitHub's answer; None if the answer lacks its id or time."""
    number, at = number_at(entry, "id"), moment_at(entry, "created_at")
    if number is None or at is None:
        return None
    app_id = number_at(entry, "performed_via_github_app", "id")
    return IssueComment(
        id=number,
        login=_login(entry),
        is_person=_is_person(entry) and member(entry, "performed_via_github_app") is None,
        app_id=app_id,
        body=text_at(entry, "body") or "",
        at=at,
        edited=moment_at(entry, "updated_at") != at,
        url=text_at(entry, "html_url") or "",
        node_id=text_at(entry, "node_id") or "",
        account=id_at(entry, "user", "id"),
    )


_Post = TypeVar("_Post", Review, IssueComment)


def actors(posts: Iterable[Review | IssueComment]) -> list[Actor]:
    """The accounts of the people who said this, whoever spoke first first."""
    return [
        Actor(one.login, one.account)
        for one in sorted(posts, key=lambda one: one.at)
        if one.login is not None and one.is_person
    ]


def with_current_logins(posts: Iterable[_Post], accounts: Accounts) -> list[_Post]:
    """The same, each by the name that lists have for its account."""
    return [
        replace(one, login=accounts.name(Actor(one.login, one.account)))
        if one.login is not None and one.is_person
        else one
        for one in posts
    ]


def acts_with_current_logins(acts: Iterable[Act], accounts: Accounts) -> tuple[Act, ...]:
    """The same acts, each by the name that lists have for its account."""
    return tuple(
        replace(act, login=accounts.name(Actor(act.login, act.account)), account=None)
        for act in acts
    )


def conversation_with_current_logins(known: Conversation, accounts: Accounts) -> Conversation:
    """A conversation that is remembered, by what is known of accounts now."""
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
    """Acts from events, less the consent of reviews that were dismissed since."""
    # A review that comments may carry a line `/pep sponsor`, of which only events tell.
    ended = {review.url for review in reviews if review.state in ("DISMISSED", "CHANGES_REQUESTED")}
    return [act for act in remembered if act.kind is not ActKind.CONSENT or act.url not in ended]


def merged_acts(*sources: Iterable[Act]) -> tuple[Act, ...]:
    """Acts by time, each link once for each kind; where times differ the later is the act's end."""
    merged: dict[tuple[str, str, ActKind], Act] = {}
    for act in (act for source in sources for act in source):
        key = (act.login.casefold(), act.url, act.kind)
        if key not in merged or merged[key].at < act.at:
            merged[key] = act
    return tuple(sorted(merged.values(), key=lambda act: act.at))


def _latest_reviews(reviews: Sequence[Review]) -> list[Review]:
    """The review of each person that counts, oldest first."""
    latest: dict[str, Review] = {}
    for review in sorted(reviews, key=lambda review: review.at):
        # A review that only comments leaves the earlier word standing, as on GitHub.
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
