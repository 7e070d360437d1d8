"""Compiled inner loops over arrays; each has a plain version that its test uses as oracle."""
