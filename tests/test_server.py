"""What it takes to listen: little, so that no webhook comes before there is somebody to hear it."""

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
LATER = ("bot.working", "bot.github.transport", "bot.rules", "bot.store.sql", "jinja2", "jwt")


def test_what_listens_loads_nothing_of_github_rules_and_store() -> None:
    script = (
        "import sys, bot.server\n"
        f"print(*[name for name in {LATER!r} if name in sys.modules], sep=', ')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
