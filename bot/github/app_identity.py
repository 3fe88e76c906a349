"""Who the bot is on GitHub: what makes a comment ours beside the marker in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.github.json_fields import number_at, text_at


@dataclass(frozen=True, slots=True)
class AppIdentity:
    """The GitHub App the bot runs as.

    Attributes:
        id: The app's id.
        slug: Its name in URLs; its account is called `slug[bot]`.
    """

    id: int
    slug: str

    @property
    def login(self) -> str:
        """The account under which the app writes."""
        return f"{self.slug}[bot]"

    def is_author(self, login: str | None, app_id: int | None) -> bool:
        """Whether something was written by this app.

        Args:
            login: The account that wrote it.
            app_id: `performed_via_github_app.id`, None if GitHub names no app.
        """
        return app_id == self.id or (login or "").casefold() == self.login.casefold()


def parse_app(answer: Mapping[str, object]) -> AppIdentity:
    """The identity in the answer to "Get the authenticated app" (`GET /app`).

    Raises:
        ValueError: The answer names no app.
    """
    app_id, slug = number_at(answer, "id"), text_at(answer, "slug")
    if app_id is None or not slug:
        raise ValueError("GitHub's answer to GET /app names no app")
    return AppIdentity(app_id, slug)
