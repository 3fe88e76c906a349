"""What to do about a finding, in one text: the same in every format."""

from bot.offline.printable import printable
from bot.rules.finding import Finding


def advice(finding: Finding) -> str:
    """What to do and why; on a line of its own what can be pasted. Empty if nothing is to be done.

    Args:
        finding: What a rule says.
    """
    action = f"{finding.action.rstrip('.')}." if finding.action else ""
    lines = [" ".join(part for part in (action, finding.help) if part), pasted(finding)]
    return "\n".join(line for line in lines if line)


def pasted(finding: Finding) -> str:
    """What can be pasted, harmless to show; empty if there is nothing."""
    return "\n".join(printable(line) for line in (finding.paste or "").split("\n")).strip("\n")
