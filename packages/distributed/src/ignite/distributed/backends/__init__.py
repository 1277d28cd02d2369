"""The backends, one per file; each is loaded by name, through its entry point."""
