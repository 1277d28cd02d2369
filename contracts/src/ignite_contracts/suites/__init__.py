"""The contracts, made executable: one folder per interface, in it one suite per theme."""
