"""Compiled inner loops over arrays; each stands beside a plain version that its test uses as oracle."""
