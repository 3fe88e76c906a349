"""Answers judged by GitHub's OpenAPI description, in a process that takes its memory along.

`traffic_judge.py FOLDER` reads requests with their answers, one a line, and writes for each what it
was meant to be and what is wrong with it.
"""

import importlib.util
import json
import sys
from pathlib import Path


def main(folder: Path) -> None:
    spec = importlib.util.spec_from_file_location("judge", folder / "tools" / "validate_traffic.py")
    assert spec is not None
    assert spec.loader is not None
    judge = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(judge)
    description = judge.Spec(folder / "data" / "github-rest-openapi.json.xz")
    for line in sys.stdin:
        print(json.dumps(judge.check(description, json.loads(line))))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
