"""The report on real history, `docs/history.md`: `python -m tests.replay.report` writes it anew."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.review.desired import Comment, Conclusion
from bot.rules.engine.finding import Need, Severity, join_names
from bot.rules.engine.registry import all_rules
from tests.conftest import SHARED_DATA
from tests.replay.explained_findings import (
    UNKNOWABLE,
    ExplainedFinding,
    Unexplained,
    applies_to,
    explained_findings,
    false_alarms,
)
from tests.replay.explanations import Truth
from tests.replay.numbers_taken import Run, numbers_taken
from tests.replay.owners_merged import owners_merged
from tests.replay.reviewed import Replay, Reviewed, replay
from tests.replay.sample import PARTS, whole_sample
from tests.replay.tables import table
from tests.replay.volume import mentions, years

COMMAND = "python -m tests.replay.report"
REPORT = Path(__file__).resolve().parents[2] / "docs" / "history.md"

SHOWN = ((4179, 0), (4448, 0), (4422, 1))
"""Pull requests whose comments are shown, with the place of the comment among them."""


def report(replayed: Replay) -> str:
    """The whole report, the same for the same data and the same bot.

    Raises:
        Unexplained: Something in it has no explanation, or an explanation no longer fits.
    """
    reviews = replayed.all
    findings = explained_findings(reviews)
    taken = numbers_taken(replayed, dict(enumerate(reviews)))
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        keep_trailing_newline=True,
    )
    owners = owners_merged(reviews, is_all=True)
    ordinary = [one for one in taken if one.run is Run.ORDINARY]
    every_year = years(reviews)
    return templates.get_template("history.md.j2").render(
        command=COMMAND,
        held=len(findings),
        red=sum(one.verdict.conclusion is Conclusion.FAILURE for one in reviews),
        alarms=sum(one.explanation.truth is Truth.FALSE_ALARM for one in findings),
        reviews=len(reviews),
        begin=reviews[0].merged.day,
        end=reviews[-1].merged.day,
        numberless=sum(one.merged.pull_request is None for one in reviews),
        new=sum(bool(one.merged.new) for one in reviews),
        through_http=len(whole_sample(replayed)),
        bots=len(PARTS),
        kinds=_kinds(reviews),
        labels=_labels(reviews),
        sponsors=Counter(
            assessment.sponsor.state.value for one in reviews for assessment in one.verdict.peps
        ),
        silent=sum(not _traces(one) for one in reviews),
        green=sum(_is_green_only(one) for one in reviews),
        rules=_rules(reviews, findings),
        explained_findings=findings_table(findings),
        classes=_classes(findings),
        unknowable=join_names(tuple(f"`{rule}`" for rule in sorted(UNKNOWABLE))),
        volume=table(
            (
                "merged in",
                "pull requests",
                "that add a PEP",
                "comments on those",
                "comments after a merge",
                "comments on others",
                "most in one month",
            ),
            [
                (
                    one.year,
                    one.pull_requests,
                    one.new_peps,
                    one.on_new_peps,
                    one.after_merges,
                    one.elsewhere,
                    one.most_in_a_month,
                )
                for one in every_year
            ],
        ),
        elsewhere=sum(one.elsewhere for one in every_year),
        mentions=mentions(reviews),
        runs={run.name.lower(): [one.number for one in taken if one.run is run] for run in Run},
        ordinary=len(ordinary),
        hits=sum(one.suggestion == one.number for one in ordinary),
        with_holes=sum(one.with_holes == one.number for one in ordinary),
        misses=table(
            ("PEP", "pull request", "open by", "suggested", "why another was taken"),
            [
                (one.number, f"#{one.pull_request}", one.opened, one.suggestion, one.why)
                for one in ordinary
                if one.suggestion != one.number
            ],
        ),
        renumbered=sum(
            bool(one.merged.new) and finding.need is Need.NUMBER
            for one in reviews
            for finding in one.verdict.findings
        ),
        owners=owners,
        owners_lines=owners.equal + len(owners.different),
        owners_table=table(("PEP", "why the line has other owners"), owners.different),
        samples=[shown_comment(reviews, *which) for which in SHOWN],
    )


def _kinds(reviews: tuple[Reviewed, ...]) -> str:
    conclusions = ("success", "neutral", "failure", "none")
    counts: dict[str, Counter[str]] = {}
    for one in reviews:
        ended = one.check_run.conclusion.value if one.check_run else "none"
        counts.setdefault(one.verdict.kind.value, Counter())[ended] += 1
    return table(
        ("kind", "pull requests", *(f"check: {name}" for name in conclusions)),
        [
            (kind, count.total(), *(count[name] for name in conclusions))
            for kind, count in sorted(counts.items())
        ],
    )


def _labels(reviews: tuple[Reviewed, ...]) -> str:
    counts = Counter(label for one in reviews for label in one.labels)
    return table(
        ("label", "pull requests"),
        [(f"`{label}`", count) for label, count in sorted(counts.items())],
    )


def _traces(one: Reviewed) -> bool:
    return bool(one.check_run or one.labels or one.comments)


def _is_green_only(one: Reviewed) -> bool:
    run = one.check_run
    return run is not None and run.conclusion == "success" and not (one.labels or one.comments)


def _rules(reviews: tuple[Reviewed, ...], findings: tuple[ExplainedFinding, ...]) -> str:
    counts = Counter(
        (finding.rule, finding.severity) for one in reviews for finding in one.verdict.findings
    )
    rows = []
    for rule in all_rules():
        found = [counts[rule.id, severity] for severity in Severity]
        spoke = sum(any(f.rule == rule.id for f in one.verdict.findings) for one in reviews)
        applies = sum(applies_to(rule, one.merged) for one in reviews)
        alarms = len(false_alarms(findings, rule.id))
        share = "not known" if rule.id in UNKNOWABLE else f"{alarms} ({alarms / applies:.1%})"
        rows.append((f"`{rule.id}`", applies, *found, spoke, share))
    return table(
        ("rule", "applies to", "errors", "warnings", "notices", "speaks on", "false alarms"), rows
    )


def findings_table(findings: Sequence[ExplainedFinding]) -> str:
    """Every finding that has an explanation of its own."""
    return table(
        ("pull request", "PEP", "rule", "what the bot says", "right?", "why", "fixed"),
        [
            (
                f"#{explained.reviewed.merged.pull_request}",
                explained.finding.pep or "",
                f"{explained.finding.severity.value} `{explained.finding.rule}`",
                explained.finding.message,
                explained.explanation.truth.value,
                explained.explanation.why,
                explained.fixed_when,
            )
            for explained in sorted(findings, key=_weight)
            if explained.alone
        ],
    )


def _classes(findings: tuple[ExplainedFinding, ...]) -> str:
    """Findings so alike that one explanation does, with one of them as an example."""
    like: dict[tuple[int, str], list[ExplainedFinding]] = {}
    for explained in findings:
        if not explained.alone:
            like.setdefault(_weight(explained)[:2], []).append(explained)
    return table(
        ("rule", "findings", "pull requests", "for example", "right?", "why"),
        [
            (
                f"{every[0].finding.severity.value} `{rule}`",
                len(every),
                len({explained.reviewed.merged.pull_request for explained in every}),
                f"#{every[0].reviewed.merged.pull_request}: {every[0].finding.message}",
                every[0].explanation.truth.value,
                every[0].explanation.why,
            )
            for (_, rule), every in sorted(like.items())
        ],
    )


def _weight(explained: ExplainedFinding) -> tuple[int, str, int]:
    finding = explained.finding
    pull_request = explained.reviewed.merged.pull_request or 0
    return list(Severity).index(finding.severity), finding.rule, pull_request


def shown_comment(reviews: Sequence[Reviewed], pull_request: int, place: int) -> dict[str, object]:
    """A comment as the report shows it."""
    (one,) = (each for each in reviews if each.merged.pull_request == pull_request)
    comment: Comment = one.comments[place]
    _, _, words = comment.body.partition("\n")  # the first line is a marker nobody sees
    quoted = "\n".join(f"> {line}".rstrip() for line in words.strip().splitlines())
    when = "after the merge of" if place else "on"
    return {"when": when, "pull_request": pull_request, "title": one.merged.title, "text": quoted}


@click.command()
def main() -> None:
    """Write the report anew."""
    try:
        text = report(replay(SHARED_DATA))
    except Unexplained as gap:
        raise click.ClickException(
            f"{gap}\n\nSay of each in tests/replay/explanations.py whether it is right, and why."
        ) from None
    REPORT.write_text(text, "utf-8")
    click.echo(f"{REPORT} is written.")


if __name__ == "__main__":
    main()
