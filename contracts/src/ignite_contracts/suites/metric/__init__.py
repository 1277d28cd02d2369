"""The contract of every metric: however the data comes, the value is that of the whole."""

from importlib.util import find_spec

missing = [name for name in ("torch", "numpy", "ignite.metrics") if find_spec(name) is None]
if missing:
    raise ImportError(
        f"The suites for metrics need {', '.join(missing)}: run "
        "'pip install \"ignite-contracts[metric]\"'."
    )
