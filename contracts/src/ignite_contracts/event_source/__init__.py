"""What the suites for event sources are made of; needs no torch."""
