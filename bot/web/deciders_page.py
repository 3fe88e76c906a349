"""The pages on who decides on which PEPs: bodies and offices by topic, and all delegations."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup, escape

from bot.peps.dates import format_pep_date
from bot.peps.number import NumberLedger
from bot.peps.preamble import Preamble, parse_preamble
from bot.policy.bodies import Appointment, Body, BodyRole, GroupStatus
from bot.policy.in_office import Delegation, office_holders
from bot.policy.model import Policy
from bot.review.decision.path import DecisionPath, decision_path
from bot.review.decision.submission import Submission
from bot.review.render.markdown import lines
from bot.rules.engine.context import Context
from bot.rules.preamble.topic import TOPICS
from bot.web.page_rendering import for_html, page

_ORDINARY = "No topic"
_PARTS = {
    BodyRole.DECIDES: "decides",
    BodyRole.APPROVES: "has to approve as well",
    BodyRole.RECOMMENDS: "recommends before the decision",
    BodyRole.ADVISES: "gives its opinion",
    BodyRole.KEEPS: "keeps these PEPs",
    BodyRole.NONE: "plays no part in PEPs",
}


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind of PEP, and its way to a decision, one paragraph for each step."""

    name: str
    lines: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class Office:
    """An office and who holds it."""

    heading: str
    caption: str
    holders: tuple[Appointment, ...]

    @property
    def is_divided(self) -> bool:
        """Whether each holder is responsible for a part of it."""
        return any(one.scope for one in self.holders)


_FORMER = {GroupStatus.INACTIVE: "inactive", GroupStatus.DISSOLVED: "dissolved"}


def deciders_page(repository: str, policy: Policy, day: date, web_url: str) -> bytes:
    """Render the page."""
    holders = office_holders(policy, day)
    return page(
        "who_decides",
        repository=repository,
        web_url=web_url,
        today=day,
        topics=list(_topics(policy, day)),
        bodies=[
            (body, _part(body, day), _with_also(body), _decides(body, day))
            for body in policy.bodies.values()
        ],
        offices=[
            Office(
                "Standing packaging delegates",
                "They decide on packaging PEPs, and may sponsor them.",
                holders.packaging_delegates,
            ),
            Office(
                "Typing Council",
                "It recommends on typing PEPs; its members may sponsor any PEP.",
                holders.typing_council,
            ),
            Office(
                "Packaging Council",
                "Its members may sponsor packaging PEPs from the day on which it decides on them.",
                holders.packaging_council,
            ),
            Office(
                "Steering Council",
                "It has the final authority on PEPs.",
                holders.steering_council,
            ),
        ],
        groups=[(one, _FORMER.get(one.status, "")) for one in policy.work_groups.values()],
    )


def _topics(policy: Policy, day: date) -> Iterator[Topic]:
    yield _topic(_ORDINARY, "", policy, day)
    yield _topic("No topic, and a title about the C API", "Title: A C API\n", policy, day)
    for topic in TOPICS:
        yield _topic(topic, f"Topic: {topic}\n", policy, day)


def _topic(name: str, header: str, policy: Policy, day: date) -> Topic:
    preamble = parse_preamble(f"Status: Draft\nType: Standards Track\n{header}")
    return Topic(name, path_in_html(path_on(preamble, policy, day)))


def _with_also(body: Body) -> tuple[str, ...]:
    """Its topics as the page shows them, each with those that a PEP has to have as well."""
    return tuple(" and ".join((topic, *body.also_topics)) for topic in body.topics)


def _part(body: Body, day: date) -> str:
    if body.part is BodyRole.DECIDES and body.decides_since is None:
        return "will decide"
    if body.part is BodyRole.DECIDES and body.until is not None and body.until <= day:
        return "decided"
    return _PARTS[body.part]


def _decides(body: Body, day: date) -> str:
    """From when or until when the body decides, if that is not always; otherwise empty."""
    if body.part is not BodyRole.DECIDES:
        return ""
    if body.decides_since is None:
        return "does not decide yet"
    if body.decides_until is not None:
        return f"decided until {format_pep_date(body.decides_until)}"
    if body.decides_since > day:
        return f"decides from {format_pep_date(body.decides_since)}"
    return ""


def path_on(
    preamble: Preamble,
    policy: Policy,
    day: date,
    submissions: tuple[Submission, ...] = (),
    delegations: tuple[Delegation, ...] = (),
) -> DecisionPath:
    """The decision path of a published PEP with this header on a day.

    Args:
        preamble: The header; without a number, that of no PEP in particular.
        policy: The repository's policy.
        day: The day.
        submissions: The known submissions of the PEP.
        delegations: Who was recorded as the delegate of a PEP, or offered to be.
    """
    published = frozenset(() if preamble.number is None else (preamble.number,))
    context = Context(day, policy, NumberLedger(published), delegations=delegations)
    return decision_path(preamble, context, submissions)


def path_in_html(path: DecisionPath) -> tuple[Markup, ...]:
    """Who decides, whom to ask first, who may sponsor, where to ask, and why; a paragraph each."""
    rendered = lines(
        "decision_path",
        path=path,
        link=_link,
        rendered=_escape_path,
        strong=Markup("<strong>{}</strong>").format,
    )
    # The template's own text has no markup, and everything put into it was escaped.
    return tuple(_with_code(line) for line in rendered)


def _escape_path(text: str) -> Markup:
    return escape(for_html(text, 2_000))


def _link(text: str, url: str) -> Markup:
    if not url.startswith("https://"):
        return escape(text)
    return Markup('<a href="{}">{}</a>').format(url, text)


def _with_code(line: str) -> Markup:
    """The line with text between single backticks as code."""
    parts = line.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(Markup(part)) if place % 2 else Markup(part)  # noqa: S704
        for place, part in enumerate(parts)
    )
