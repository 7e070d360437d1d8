"""
Convert files with markitdown, in the environment that has it.

A line of JSON in is a list of paths; a line of JSON out is their texts, or null where it failed.
"""

from __future__ import annotations

import json
import sys

from markitdown import MarkItDown, MarkItDownException


def main() -> None:
    """Answer one line at a time."""
    reader = MarkItDown(enable_plugins=False)
    for line in sys.stdin:
        texts: list[str | None] = []
        for path in json.loads(line):
            try:
                texts.append(reader.convert_local(path).text_content)
            except MarkItDownException:
                texts.append(None)
        print(json.dumps(texts), flush=True)


if __name__ == "__main__":
    main()
