"""Makes webhooks like GitHub's: signed, with a pull request's payload of a usual size."""

import hmac
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from github_simulator.github import GitHubSimulator
from tests.end_to_end.harness import SECRET

USUAL_SIZE = 25_000
"""Bytes of a usual `pull_request` payload."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """One webhook.

    Attributes:
        event: GitHub's name of the event.
        body: The payload.
        signature: The body's signature.
        guid: Its delivery id.
    """

    event: str
    body: bytes
    signature: str
    guid: str = field(default_factory=lambda: str(uuid.uuid4()))

    def headers(self) -> dict[str, str]:
        """The headers it is sent with."""
        return {
            "Content-Type": "application/json",
            "X-GitHub-Event": self.event,
            "X-GitHub-Delivery": self.guid,
            "X-Hub-Signature-256": self.signature,
        }


def signed(event: str, payload: dict[str, object]) -> Webhook:
    """A signed webhook with this payload."""
    body = json.dumps(payload, separators=(",", ":")).encode()
    return Webhook(event, body, f"sha256={hmac.digest(SECRET.encode(), body, 'sha256').hex()}")


def about_pull_requests(
    simulator: GitHubSimulator, numbers: Sequence[int], action: str = "edited"
) -> list[Webhook]:
    """One webhook of the usual size for each of these pull requests."""
    found = {}
    for delivery in simulator.deliveries:
        if delivery.event == "pull_request" and delivery.action == "opened":
            payload = json.loads(delivery.body)
            found[payload["number"]] = payload
    webhooks = []
    for number in numbers:
        payload = found[number] | {"action": action}
        missing = USUAL_SIZE - len(signed("pull_request", payload).body)
        payload["pull_request"]["body"] = "x" * max(missing, 0)
        webhooks.append(signed("pull_request", payload))
    return webhooks


def repeated(webhooks: Sequence[Webhook], count: int) -> list[Webhook]:
    """`count` webhooks: copies of these in turn, each with its own id."""
    return [
        replace(webhooks[index % len(webhooks)], guid=str(uuid.uuid4())) for index in range(count)
    ]
