"""What `/pep prepare` and `/pep thread` make of real PEPs: git takes it, and no rule complains."""

import tarfile
from collections import Counter
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest

from bot.commands.prepared_told import change_of
from bot.peps.header_edit import with_header
from bot.peps.number import PepNumber, number_in_path, pep_path
from bot.peps.preamble import parse_preamble
from bot.peps.status import Status
from bot.peps.transition import Attested, transition
from bot.policy.load import default_policy
from bot.review.mends import FileMend
from bot.review.prepared import CannotPrepare, Prepared
from bot.review.prepared_status import ASKABLE, WantedStatus, prepared_status
from bot.review.suggestions import patch_of
from bot.rules.context import Context
from bot.rules.finding import Severity
from bot.rules.preamble.status_for_type import contradicts_type
from bot.rules.registry import run_rules
from tests.review.taking_over import with_patch
from tests.rules.builders import context, ledger

pytestmark = pytest.mark.real_data

DAY = date(2025, 12, 30)
SUCCESSOR = PepNumber(815)
LINK = "https://discuss.python.org/t/the-words-of-a-thread/66453/63"


@lru_cache(maxsize=1)
def tree(data: Path) -> dict[PepNumber, str]:
    """Every PEP at the end of 2025."""
    texts: dict[PepNumber, str] = {}
    with tarfile.open(data / "peps-2025-12-31.tar.xz") as archive:
        for member in archive:
            number = number_in_path(member.name.removeprefix("./"))
            file = archive.extractfile(member) if number is not None else None
            if number is not None and file is not None:
                texts[number] = file.read().decode("utf-8")
    return texts


def on_the_day(texts: dict[PepNumber, str]) -> Context:
    headers = {number: parse_preamble(text) for number, text in texts.items()}
    return replace(
        context(numbers=ledger(range(1, 816), claims={})),
        today=date(2025, 12, 31),
        policy=default_policy(),
        others=headers,
    )


def possible(text: str) -> list[Status]:
    """Every status that a PEP does not have and its type allows."""
    header = parse_preamble(text)
    return [
        status
        for status in ASKABLE
        if status != header.status
        and not contradicts_type(parse_preamble(with_header(text, "Status", status)))
    ]


def is_known(text: str, status: Status) -> bool:
    """Whether PEP 1 or history know the step."""
    before = parse_preamble(text).status
    return before in ASKABLE and transition(Status(before), status).attested != Attested.UNKNOWN


def prepared_all(texts: dict[PepNumber, str]) -> list[tuple[PepNumber, Status, Prepared]]:
    found = []
    for number, text in texts.items():
        for status in possible(text):
            successor = SUCCESSOR if status is Status.SUPERSEDED else None
            if number == successor:
                continue
            wanted = WantedStatus(status, LINK, DAY, successor)
            found.append((number, status, prepared_status(number, text, wanted, texts)))
    return found


def test_git_takes_every_status_prepared_for_every_pep(shared_data: Path, tmp_path: Path) -> None:
    texts = tree(shared_data)
    by_status: dict[Status, list[FileMend]] = {}
    for _, status, prepared in prepared_all(texts):
        by_status.setdefault(status, []).append(prepared.mends[0])
    files = {pep_path(number): text for number, text in texts.items()}
    for status, mends in by_status.items():
        assert len(mends) > 40, status
        patched = with_patch(tmp_path / status, files, patch_of(mends))
        assert patched == files | {one.path: one.after for one in mends}, status
    assert sum(map(len, by_status.values())) > 4_900


def test_no_rule_finds_an_error_in_what_is_prepared_with_link_and_day(shared_data: Path) -> None:
    texts = tree(shared_data)
    the_context = on_the_day(texts)
    warnings: Counter[str] = Counter()
    count = 0
    for number, status, prepared in prepared_all(texts):
        if not is_known(texts[number], status):
            continue
        count += 1
        for one in run_rules(change_of(prepared), the_context):
            assert one.severity is not Severity.ERROR, (number, status, one.message)
            if one.severity is Severity.WARNING:
                warnings[one.rule] += 1
    assert count > 800
    # The version, the person in place of a group, a reference that the tree lacks: people's matter.
    assert warnings.keys() <= {"python-version", "delegate", "references"}, warnings


def test_what_was_prepared_once_is_never_prepared_again(shared_data: Path) -> None:
    texts = tree(shared_data)
    for number, status, prepared in prepared_all(texts):
        after = {
            **texts,
            **{number_in_path(one.path) or PepNumber(0): one.after for one in prepared.mends},
        }
        successor = SUCCESSOR if status is Status.SUPERSEDED else None
        with pytest.raises(CannotPrepare, match="nothing to do"):
            prepared_status(
                number, after[number], WantedStatus(status, LINK, DAY, successor), after
            )
