"""Contract suites that prove every implementation behaves the same, as a pytest plugin.

Nothing is imported here: pytest loads :mod:`ignite_contracts.plugin` in every run
of an environment that has the package, and that must cost nothing.
"""
