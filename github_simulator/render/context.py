"""What every rendering needs besides its subject: base URLs, and the git objects."""

from dataclasses import dataclass

from github_simulator.model.git import GitStore


@dataclass(frozen=True, slots=True)
class RenderContext:
    """What a rendering needs besides its subject.

    Attributes:
        api: Base of the API's URLs, without a slash at the end.
        html: Base of the URLs for browsers, without a slash at the end.
        git: The store of blobs, trees and commits.
    """

    api: str
    html: str
    git: GitStore
