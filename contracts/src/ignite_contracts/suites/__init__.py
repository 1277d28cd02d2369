"""The contract of every backend, made executable: one suite per operation or theme."""
