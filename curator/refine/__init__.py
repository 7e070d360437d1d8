"""Records -> better records: one file a step."""
