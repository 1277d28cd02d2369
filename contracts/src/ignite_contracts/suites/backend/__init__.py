"""The contract of every distributed backend: one suite per operation or theme."""

from importlib.util import find_spec

if find_spec("torch") is None or find_spec("ignite.distributed") is None:
    raise ImportError(
        "The suites for backends need torch and ignite-distributed: run "
        "'pip install \"ignite-contracts[backend]\"', or the suites for event sources alone with "
        "'--pyargs ignite_contracts.suites.event_source'."
    )
