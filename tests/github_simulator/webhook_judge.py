"""Webhooks judged by models of GitHub that are not ours.

The models take a hundred megabytes, so a process of its own loads them: each line of its standard
input is an event, its action and its body, each line of its standard output what is wrong.
"""

import json
import sys


def main() -> None:
    from githubkit import webhooks

    for line in sys.stdin:
        event, action, body = json.loads(line)
        try:
            webhooks.parse(event, body)
        except ValueError as error:
            print(json.dumps(f"{event}.{action}: {error}"))  # noqa: T201


if __name__ == "__main__":
    main()
