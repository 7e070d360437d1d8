"""
Check files with the client of Together, in the environment that has it.

A line of JSON in is a path; a line of JSON out is what the client says of that file.
"""

from __future__ import annotations

import json
import sys

from together.lib.utils.files import check_file


def main() -> None:
    """Answer one line at a time."""
    for line in sys.stdin:
        told = check_file(json.loads(line))
        print(json.dumps([told["is_check_passed"], told["num_samples"]]), flush=True)


if __name__ == "__main__":
    main()
