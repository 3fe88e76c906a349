"""Makes the README's pictures with Chromium: `python -m tests.screenshots`.

The comment is the first one in `tests/test_quoted_comments.py`; the queue is the bot's own page of
an invented repository.
"""

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp.test_utils import TestServer
from markdown_it import MarkdownIt

from bot.github.write.labels import label_styles
from bot.peps.number import PepNumber
from bot.policy.load import default_policy
from bot.review.subject import Subject
from bot.store.database import open_database
from bot.store.documents import Visibility
from bot.store.store import Store
from tests.builders import comment_text, wanted
from tests.test_quoted_comments import first_draft
from tests.web.filled_store import NOW, PEPS, make_memory, pages_of

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
_BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
_OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
    *("--disable-quic", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--force-device-scale-factor=1.25"),
)

PULLS = {
    4861: make_memory(
        "PEP 840: Lazy defaults", "editor", waited=9, idle=9, opener="ada", numbers=(840,)
    ),
    4901: make_memory(
        "PEP 842: A calmer way to merge mappings", "editor", waited=3, idle=2, numbers=(842,)
    ),
    4903: make_memory(
        "PEP 750: Mark as Final", "editor", waited=1, kind="finalisation", opener="grace"
    ),
    4858: make_memory(
        "PEP 798: Mark as Accepted", "decision", waited=12, idle=2, kind="decision", opener="grace"
    ),
    4910: make_memory(
        "PEP 843: Louder mappings", "sponsor", waited=5, idle=1, opener="quirin", numbers=(843,)
    ),
    4777: make_memory("PEP 9999: Pattern guards", "author", waited=40, idle=33, opener="olaf"),
    4880: make_memory("PEP 845: Frozen lists", "author", waited=2, opener="mina", numbers=(845,)),
}
"""The pull requests on the picture of the queue."""


def comment_page() -> str:
    """The bot's comment, with labels and check run, in a page that looks like GitHub's."""
    snapshot = first_draft()
    desired = wanted(snapshot)
    styles = label_styles(default_policy().labels)
    labels = "".join(
        f'<span class="label" style="--color:#{styles[name].color}">{name}</span>'
        for name in desired.labels or ()
    )
    run = desired.check_run
    assert run is not None
    body = MarkdownIt().render(comment_text(snapshot))
    return f"""<!DOCTYPE html><meta charset="utf-8"><style>{_STYLE}</style>
<main><div class="comment"><header><b>pep-editor-bot</b> <i>bot</i> commented</header>
<article>{body}</article></div>
<p>{labels}</p><p class="check"><b>✗</b> PEP editor checks: {run.title}</p></main>"""


_STYLE = """
body { margin: 0; background: #fff; color: #1f2328; font: 14px/1.5 system-ui, sans-serif; }
main { padding: 16px; }
.comment { border: 1px solid #d1d9e0; border-radius: 6px; }
header { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; padding: 8px 16px; color: #59636e; }
header b { color: #1f2328; }
i { border: 1px solid #d1d9e0; border-radius: 2em; font: 12px system-ui; padding: 0 6px; }
article { padding: 0 16px 14px; }
a { color: #0969da; }
code { background: #eff1f3; border-radius: 6px; font: 12px/1.5 monospace; padding: 2px 5px; }
.label { border-radius: 2em; font-size: 12px; font-weight: 600; margin-right: 6px; padding: 2px 9px;
  background: color-mix(in srgb, var(--color) 25%, white); border: 1px solid var(--color); }
.check { margin: 0; } .check b { color: #d1242f; }
"""


async def fill(folder: Path) -> str:
    """Write the pull requests into a store; returns its `DATABASE_URL`."""
    url = f"sqlite:///{folder / 'bot.sqlite3'}"
    database = await open_database(url)
    store = Store(database)
    await store.add_repository(PEPS)
    for number, memory in PULLS.items():
        await store.remember(Subject(PEPS, number), memory)
        await store.set_claims(Subject(PEPS, number), [PepNumber(one) for one in memory.numbers])
    await store.complete_claims(PEPS, True)
    await Visibility(store, lambda: NOW).answered(PEPS.full_name, is_private=False, asked_at=NOW)
    await database.close()
    return url


async def main() -> None:
    """Take both pictures."""
    if _BROWSER is None:
        sys.exit("Chromium is needed for this and is not installed.")
    IMAGES.mkdir(exist_ok=True)
    with TemporaryDirectory() as name:
        folder = Path(name)
        page = folder / "comment.html"
        page.write_text(comment_page(), encoding="utf-8")
        await _picture(page.as_uri(), IMAGES / "comment.png", "760,455", folder)
        async with TestServer(pages_of(await fill(folder))) as server:
            url = str(server.make_url(f"/{PEPS.full_name}/queue"))
            await _picture(url, IMAGES / "queue.png", "940,610", folder)


async def _picture(url: str, picture: Path, size: str, folder: Path) -> None:
    options = (f"--user-data-dir={folder / 'browser'}", f"--window-size={size}")
    command = [str(_BROWSER), *_OPTIONS, *options, f"--screenshot={picture}", url]
    # On a thread, since the page is served from this process.
    await asyncio.to_thread(subprocess.run, command, check=True, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    asyncio.run(main())
