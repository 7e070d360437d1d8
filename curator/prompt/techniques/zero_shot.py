"""Show instruction and query, nothing else: a training row is this prompt and its completion."""

from curator.prompt.switches import Switches

SWITCHES = Switches()
