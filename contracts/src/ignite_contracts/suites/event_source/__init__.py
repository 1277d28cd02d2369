"""The contract of every event source: one suite per theme; needs no torch."""
