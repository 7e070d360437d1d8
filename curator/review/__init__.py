"""People's verdicts, out and in: what is asked of them, and what becomes of their answers."""
