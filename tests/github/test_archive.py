"""An archive of a repository: its PEPs, and what else may be in it."""

import gzip
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.github.read import base_branch_reader as reader
from bot.github.read.base_branch_reader import blob_sha, peps_in_archive

ONE, TWO = "peps/pep-0001.rst", "peps/pep-0002.rst"


def packed(files: Mapping[str, bytes], *, kind: bytes = tarfile.REGTYPE) -> bytes:
    """An archive of these files as GitHub makes it; `kind` is that of the first one."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as members:
        for place, (path, content) in enumerate(files.items()):
            member = tarfile.TarInfo(f"python-peps-abc1234/{path}")
            member.size = len(content)
            if place == 0 and kind != tarfile.REGTYPE:
                member.type, member.linkname, member.size = kind, "/etc/passwd", 0
            members.addfile(member, io.BytesIO(content))
    return out.getvalue()


def found(archive: bytes) -> dict[int, str]:
    return {number: text for number, _, text in peps_in_archive(archive)}


def test_the_peps_are_found_with_the_sha_git_knows_them_by() -> None:
    archive = packed(
        {"README.rst": b"No.", ONE: b"PEP: 1\n", "peps/conf.py": b"", TWO: b"\xc3\xa4"}
    )
    assert list(peps_in_archive(archive)) == [
        (1, blob_sha(b"PEP: 1\n"), "PEP: 1\n"),
        (2, blob_sha(b"\xc3\xa4"), "ä"),
    ]
    assert blob_sha(b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"


@pytest.mark.parametrize("content", [b"\xff", b"PEP: 1\0", b"x" * 2_000_001])
def test_what_is_no_text_or_too_long_is_left_out(content: bytes) -> None:
    assert found(packed({ONE: content, TWO: b"PEP: 2\n"})) == {2: "PEP: 2\n"}


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE])
def test_what_is_no_file_is_not_followed(kind: bytes) -> None:
    assert found(packed({ONE: b"", TWO: b"PEP: 2\n"}, kind=kind)) == {2: "PEP: 2\n"}


def test_an_archive_that_is_damaged_ends_there() -> None:
    whole = packed({ONE: b"PEP: 1\n", "noise": Path(__file__).read_bytes() * 20, TWO: b"PEP: 2\n"})
    assert set(found(whole)) == {1, 2}
    assert set(found(whole[: len(whole) // 2])) <= {1}
    for damaged in (b"", b"no archive", gzip.compress(b"no archive"), whole[:30], b"x" + whole[1:]):
        assert found(damaged) == {}


def test_an_archive_that_unpacks_to_too_much_ends_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_MOST_UNPACKED", 1_000)
    archive = packed({ONE: b"PEP: 1\n", "bomb": b"\0" * 1_000, TWO: b"PEP: 2\n"})
    assert found(archive) == {1: "PEP: 1\n"}
