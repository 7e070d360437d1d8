"""Splits and exemplars: one file a step."""
