"""Files -> records: one file a format."""
