"""The bank at prompt time: open it, search it, put prompts together from it."""
