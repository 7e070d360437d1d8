"""Walks records through the rooms of a recipe; keeps the ledger; writes the manifest last."""
