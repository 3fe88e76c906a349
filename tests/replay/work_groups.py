"""Which PEPs of the tree would have interested a work group, `docs/work-groups.md`.

`python -m tests.replay.work_groups` writes the page.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from bot.peps.preamble import Preamble
from bot.policy.bodies import WorkGroup, groups_for_pep
from bot.policy.load import default_policy
from tests.conftest import SHARED_DATA
from tests.replay.tables import table
from tests.replay.tree import tree_headers

COMMAND = "python -m tests.replay.work_groups"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "work-groups.md"

JUDGED = {
    (268, "http"): "right: WebDAV and more of HTTP for the standard library",
    (333, "http"): "right: WSGI",
    (476, "http"): "right: certificates are verified by HTTP clients",
    (493, "http"): "right: the same, for Python 2.7",
    (543, "http"): "right: TLS without a particular library",
    (546, "http"): "right: what asynchronous HTTP libraries need of `ssl`",
    (644, "http"): "right: which OpenSSL there has to be",
    (748, "http"): "right: TLS without a particular library",
    (3333, "http"): "right: WSGI",
    (474, "infrastructure"): "right: a service to be run",
    (512, "infrastructure"): "right: a service to be replaced",
    (595, "infrastructure"): "right: a service to be replaced or improved",
    (676, "infrastructure"): "right: where the PEPs are built and served",
}
"""Every PEP found, by hand; what is not `right` is a false hint."""

MISSED = {
    (222, "http"): "Web Library Enhancements",
    (444, "http"): "Python Web3 Interface: what was to follow WSGI",
    (466, "http"): "Network Security Enhancements for Python 2.7.x: `ssl`, by its text alone",
    (347, "infrastructure"): "Migrating the Python CVS to Subversion",
    (385, "infrastructure"): "Migrating from Subversion to Mercurial",
    (481, "infrastructure"): "Migrate CPython to Git, Github, and Phabricator",
    (588, "infrastructure"): "GitHub Issues Migration Plan",
}
"""PEPs that a person would have counted, by their titles; not all there are."""


def found_in(headers: Mapping[int, Preamble]) -> list[tuple[int, str]]:
    """Each PEP and each group it may interest, by the policy of python/peps."""
    groups = default_policy().work_groups
    return [
        (number, key)
        for number, header in headers.items()
        for key, group in groups.items()
        if groups_for_pep([group], header.topics, header.title or "")
    ]


def page(headers: Mapping[int, Preamble]) -> str:
    """The whole page."""
    return "\n".join([*_directory(), *_found(headers), ""])


def _directory() -> Iterator[str]:
    yield "# Work groups a PEP may interest"
    yield ""
    yield f"Written by `{COMMAND}`; a test compares it with what the bot says today."
    yield ""
    yield "`/pep groups` lists them in any thread. With `suggest_work_groups = true` in"
    yield "[the policy](policy.md), a fold under the comment on a new PEP names such a group in one"
    yield "line, without a mention: to the author if the group helps authors, as the Python HTTP"
    yield "working group does, otherwise to editors. Nobody has to ask the groups, and none of them"
    yield "decides. Those without words are never suggested."
    yield ""
    rows = [
        (
            one.name,
            f"{one.status}{', ' + one.ended if one.ended else ''}",
            one.formed,
            _contact(one),
            one.concerns or "-",
            ", ".join(one.title_words) or "-",
            f"[source]({one.source})",
        )
        for one in default_policy().work_groups.values()
    ]
    head = ("group", "status", "formed", "contact", "concerns", "words in a title", "source")
    yield table(head, rows)
    yield ""


def _contact(one: WorkGroup) -> str:
    page = f"[page]({one.url})" if one.url else ""
    return ", ".join(part for part in (one.contact, page) if part) or "-"


def _found(headers: Mapping[int, Preamble]) -> Iterator[str]:
    found = found_in(headers)
    right = sum(JUDGED.get(one, "").startswith("right") for one in found)
    yield f"## What the words find in {len(headers)} PEPs"
    yield ""
    yield f"{len(found)} hints, {right} of them right. Only titles count: in abstracts these words"
    yield "were more often part of a link than the subject. The words were chosen with these PEPs"
    yield "in view, so they may do worse on later ones."
    yield ""
    yield table(("PEP", "title", "group", "judged"), [_row(headers, *one) for one in found])
    yield ""
    yield "Known to be missed, since a wrong hint is worse:"
    yield ""
    missed = [(number, what, group) for (number, group), what in MISSED.items()]
    yield table(("PEP", "what it is", "group"), missed)


def _row(headers: Mapping[int, Preamble], number: int, group: str) -> tuple[object, ...]:
    return number, headers[number].title, group, JUDGED.get((number, group), "not judged")


@click.command()
def main() -> None:
    """Write the page anew."""
    PAGE.write_text(page(tree_headers(SHARED_DATA)), "utf-8")
    click.echo(f"{PAGE} is written.")


if __name__ == "__main__":
    main()
