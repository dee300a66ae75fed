"""Pages about cases: thin, one file a story."""
