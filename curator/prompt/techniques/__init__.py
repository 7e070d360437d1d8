"""Prompting techniques: one file each, a preset of four switches and the words it adds."""
