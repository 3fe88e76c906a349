"""The variables that name a repository in GitHub's URL templates."""

from bot.review.subject import Repository


def variables(repository: Repository, **others: str | int) -> dict[str, str | int]:
    """`owner` and `repo` for a template such as `/repos/{owner}/{repo}/pulls{?state}`, and others.

    Nothing from outside is ever pasted into a URL: the client expands and quotes the template.
    """
    owner, _, name = repository.full_name.partition("/")
    return {"owner": owner, "repo": name, **others}
