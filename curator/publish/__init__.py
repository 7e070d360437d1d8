"""Artifacts -> the Hub, and back."""
