"""What of the deliveries that wait under a key is handled together."""

from collections.abc import Iterable, Sequence

from bot.inbox.delivery import DeliveryKind

MERGED_BYTES = 4_000_000
"""Reviews merge as long as their payloads together stay below this; memory is the reason."""


def members_of(waiting: Iterable[tuple[int, str, int]]) -> Sequence[int]:
    """The numbers of those that make the next batch: one act, or the reviews up to one.

    Args:
        waiting: What waits under a key, oldest first: number, kind, bytes of payload.
    """
    members: list[int] = []
    size = 0
    for seq, kind, length in waiting:
        size += length
        if members and (kind == DeliveryKind.ACT or size > MERGED_BYTES):
            break
        members.append(seq)
        if kind == DeliveryKind.ACT:
            break
    return members
