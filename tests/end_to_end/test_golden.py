"""What is said, and where, on real new PEPs of python/peps: labels, check run, comment."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.peps.number import pep_path
from bot.rules.context import Context
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.past import (
    PastClock,
    desk_in_the_past,
    morning,
    reopened,
    repository_for,
    short_text,
)
from tests.replay.history import CODEOWNERS, with_number

pytestmark = pytest.mark.real_data

OPEN_IN_MAY_2025 = {778: 3786, 786: 4360}
DAY_OF_791 = morning(12, 5, 2025)
BODY_OF_791 = (
    "## Basic requirements\n\n"
    "* [x] PEP has next available number, & set in filename\n"
    "* [x] Core dev/PEP editor listed as ``Author`` or ``Sponsor``, and formally confirmed their "
    "approval: https://discuss.python.org/t/91337/47\n"
)


def submitted(desk: Desk, number: int, *, author: str, opened: str) -> None:
    """That the pull request on the desk is the one meant, opened by that account on that day."""
    pull = desk.simulator.pull_request(REPOSITORY, number)
    assert (pull.number, pull.author) == (number, author)
    assert f"{desk.clock():%d-%b-%Y}" == opened


def sentences(text: str) -> list[str]:
    """The lines of a comment that say something."""
    return [line for line in text.splitlines() if line.strip()]


def mentions(text: str) -> list[str]:
    """Mentions outside code."""
    code = re.compile(r"`[^`]*`|^ {4,}.*$", re.MULTILINE)
    return re.findall(r"@[A-Za-z0-9-]+", code.sub("", text))


@pytest.mark.parametrize("act", ["approval", "comment"])
async def test_a_first_pep_with_a_linked_post_until_its_sponsor_acts(
    tmp_path: Path, pem: str, shared_data: Path, act: str
) -> None:
    merged = with_number(shared_data, 4422)
    async with reopened(
        tmp_path,
        pem,
        shared_data,
        merged,
        DAY_OF_791,
        by="skirpichev",
        body=BODY_OF_791,
        claims=OPEN_IN_MAY_2025,
    ) as (desk, number):
        submitted(desk, 4422, author="skirpichev", opened="12-May-2025")
        assert desk.labels(number) == {"new-pep", "awaiting editor"}
        assert desk.conclusions(number) == ["success"]
        assert desk.annotations(number) == []
        before = desk.comment(number)
        print(before)

        if act == "approval":
            await desk.simulator.review(REPOSITORY, number, by="vstinner", state="APPROVED")
        else:
            await desk.simulator.comment(REPOSITORY, number, by="vstinner", body="/pep sponsor")
        await desk.calm()
        assert desk.labels(number) == {"new-pep", "awaiting editor"}
        assert desk.conclusions(number) == ["success"]
        print(desk.comment(number))

        desk.clock.set(morning(19, 5, 2025))
        await desk.simulator.merge(REPOSITORY, number, by="hugovk")
        await desk.calm()
        print(desk.comments(number)[1])


async def test_1d(tmp_path: Path, pem: str, shared_data: Path) -> None:
    merged = with_number(shared_data, 4422)
    (pep,) = merged.new
    text = pep.text.replace("PEP: 791", "PEP: 9999", 1)
    text = "\n".join(line for line in text.split("\n") if not line.startswith("Sponsor:"))
    clock = PastClock(DAY_OF_791)
    async with desk_in_the_past(
        tmp_path, pem, shared_data, repository_for(shared_data, merged, DAY_OF_791), clock, claims=OPEN_IN_MAY_2025
    ) as desk:
        number = await desk.simulator.open_pull_request(REPOSITORY, by="skirpichev", title=merged.title, body=BODY_OF_791, files={"peps/pep-9999.rst": text}, number=4422)
        await desk.calm()
        print(desk.labels(number), desk.conclusions(number), desk.annotations(number)); print(desk.comment(number))


async def test_2(tmp_path: Path, pem: str, shared_data: Path) -> None:
    merged = with_number(shared_data, 4082)
    async with reopened(tmp_path, pem, shared_data, merged, morning(24, 10, 2024), by="Viicos", claims={763:4080}) as (desk, number):
        print(desk.labels(number), desk.conclusions(number), desk.annotations(number)); print(desk.comment(number))
        await desk.simulator.comment(REPOSITORY, number, by="erictraut", body="/pep sponsor")
        await desk.calm()
        print(desk.labels(number), desk.conclusions(number), desk.annotations(number)); print(desk.comment(number))


async def test_3(tmp_path: Path, pem: str, shared_data: Path) -> None:
    merged = with_number(shared_data, 4432)
    async with reopened(tmp_path, pem, shared_data, merged, morning(21, 5, 2025), by="woodruffw", claims=OPEN_IN_MAY_2025) as (desk, number):
        await desk.simulator.commit(REPOSITORY, {"peps/pep-0793.rst": short_text(793), "peps/pep-0794.rst": short_text(794)}, by="hugovk")
        await desk.calm()
        print(desk.labels(number), desk.conclusions(number), desk.annotations(number)); print(desk.comment(number))
        await desk.simulator.review(REPOSITORY, number, by="dstufft", state="APPROVED")
        await desk.calm()
        print(desk.labels(number), desk.conclusions(number), desk.annotations(number)); print(desk.comment(number))
