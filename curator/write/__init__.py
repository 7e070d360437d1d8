"""Records -> artifacts: one file an artifact."""
