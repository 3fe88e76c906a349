"""How the bot's own labels look where it has to make them."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.policy.label_names import LabelNames


@dataclass(frozen=True, slots=True)
class LabelLook:
    """How a label looks in the repository.

    Attributes:
        color: Six hexadecimal digits without `#`.
        description: At most 100 characters.
    """

    color: str
    description: str


UNDESCRIBED = LabelLook("ededed", "")


def label_looks(names: LabelNames) -> Mapping[str, LabelLook]:
    """A look for each label, under the name the policy gives it; one that is off has none."""
    looks = {
        names.new_pep: LabelLook("1d76db", "Adds a PEP"),
        names.needs_sponsor: LabelLook("e99695", "Nobody who may sponsor the PEP is named"),
        names.needs_codeowners: LabelLook("e99695", "The PEP's line in CODEOWNERS is missing"),
        names.needs_number: LabelLook("e99695", "The PEP's number has to change"),
        names.awaiting_author: LabelLook("fbca04", "The next step is the author's"),
        names.awaiting_sponsor: LabelLook("fbca04", "The next step is the sponsor's"),
        names.awaiting_editor: LabelLook("0e8a16", "The next step is a PEP editor's"),
        names.awaiting_decision: LabelLook("5319e7", "The next step is the deciding body's"),
        names.decision: LabelLook("5319e7", "A PEP's status moves"),
        names.infrastructure: LabelLook("c5def5", "Touches no PEP"),
        names.editorial: LabelLook("c5def5", "Changes the wording of a PEP only"),
        names.paused: LabelLook("cccccc", "The bot was told to keep quiet here"),
    }
    for topic, name in names.topics.items():
        looks[name] = LabelLook("bfdadc", f"PEPs on the topic {topic}"[:100])
    return {name: look for name, look in looks.items() if name}
