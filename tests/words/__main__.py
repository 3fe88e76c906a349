"""Writes all that people read on GitHub into one file: `python -m tests.words [FILE]`.

Without a file it goes to the standard output. The file is for reading, not for the repository.
"""

import sys
from pathlib import Path

from tests.words.page import page
from tests.words.situations import situations

TEXT = page(situations())
if len(sys.argv) > 1:
    Path(sys.argv[1]).write_text(TEXT, encoding="utf-8")
else:
    sys.stdout.write(TEXT)
