"""What every rendering needs beside its subject: where links lead, and the git objects."""

from dataclasses import dataclass

from github_simulator.model.git import GitStore


@dataclass(frozen=True, slots=True)
class RenderContext:
    """What a rendering needs beside its subject.

    Attributes:
        api: Base of the API's URLs, without a slash at the end.
        html: Base of the URLs for browsers, without a slash at the end.
        git: Where blobs, trees and commits are.
    """

    api: str
    html: str
    git: GitStore
