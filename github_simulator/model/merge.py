"""Three-way merges, so that two pull requests that touch CODEOWNERS can both be merged."""

from collections.abc import Sequence

from github_simulator.model.diff import Region, lines_of, regions
from github_simulator.model.git import GitStore


class MergeConflict(Exception):
    """Both sides changed the same lines differently."""


def merged_files(git: GitStore, base: str, ours: str, theirs: str) -> dict[str, str]:
    """Path to blob SHA after a merge of two commits.

    Raises:
        MergeConflict: A file was changed in the same place on both sides.
    """
    origin, left, right = git.files(base), git.files(ours), git.files(theirs)
    result: dict[str, str] = {}
    for path in sorted(origin.keys() | left.keys() | right.keys()):
        was, mine, other = origin.get(path), left.get(path), right.get(path)
        if mine == other or other == was:
            kept = mine
        elif mine == was:
            kept = other
        elif was is None or mine is None or other is None:
            raise MergeConflict(path)
        else:
            kept = _merged_blob(git, path, was, mine, other)
        if kept is not None:
            result[path] = kept
    return result


def _merged_blob(git: GitStore, path: str, was: str, mine: str, other: str) -> str:
    origin = lines_of(git.blob(was) or b"")
    left = regions(origin, lines_of(git.blob(mine) or b""))
    right = regions(origin, lines_of(git.blob(other) or b""))
    return git.write_blob("".join(_merged_lines(path, origin, left, right)).encode())


def _merged_lines(
    path: str, origin: Sequence[str], left: Sequence[Region], right: Sequence[Region]
) -> list[str]:
    lines: list[str] = []
    position = 0
    previous: Region | None = None
    for region in sorted({*left, *right}, key=lambda region: (region.start, region.end)):
        # adjacent regions conflict as well: their order would be a guess
        if previous is not None and region.start <= previous.end:
            raise MergeConflict(path)
        lines += origin[position : region.start]
        lines += region.lines
        position = region.end
        previous = region
    return [*lines, *origin[position:]]
