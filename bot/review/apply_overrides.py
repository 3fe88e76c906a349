"""A snapshot with what people ordered taken into account."""

from dataclasses import replace

from bot.peps.names import fold_name
from bot.review.overrides import Overrides
from bot.review.snapshot import Snapshot
from bot.rules.change import Act, ActKind


def apply_overrides(snapshot: Snapshot, orders: Overrides) -> Snapshot:
    """The snapshot as the rules are to see it, with what people ordered.

    An accepted sponsor counts as one who agreed: whoever accepted them vouches for the post that
    is linked. Their own later word goes before it. Accepted is an account by the name that the
    header had; another name in its place is another person.
    """
    context = snapshot.context
    acts = [
        Act(one.login, ActKind.CONSENT, one.at, one.link) for one in orders.accepted if one.link
    ]
    return replace(
        snapshot,
        orders=orders,
        context=replace(
            context,
            acts=tuple(sorted((*context.acts, *acts), key=lambda act: act.at)),
            accepted_sponsors=context.accepted_sponsors | {one.login for one in orders.accepted},
            accepted_names={
                fold_name(one.name): one.login
                for one in sorted(orders.accepted, key=lambda one: one.at)
                if one.name
            },
        ),
    )
