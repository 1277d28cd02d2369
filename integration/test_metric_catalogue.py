"""Every metric that is published is proven by the contracts."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from ignite.metrics import Metric, MetricsLambda
from ignite_contracts.metric.selection import all_cases

CASES = Path(__file__).parent.parent / "packages" / "metrics" / "tests" / "cases"
PACKAGES = ["", ".clustering", ".fairness", ".gan", ".nlp", ".rec_sys", ".regression", ".vision"]
# Their values depend on the time, on the machine, on what each rank saw last, or on any function;
# tests of their own stand for them.
WITHOUT_A_LAW = {"Frequency", "GpuInfo", "RunningAverage", "VariableAccumulation"}


def published() -> set[type[Metric]]:
    modules = [import_module("ignite.metrics" + package) for package in PACKAGES]
    found = {getattr(module, name) for module in modules for name in module.__all__}
    return {cls for cls in found if isinstance(cls, type) and issubclass(cls, Metric)}


def proven(metric: Metric) -> Iterator[type[Metric]]:
    """Yield the classes of a metric, and of those that it is made of."""
    yield type(metric)
    for source in metric.sources():
        yield type(source)


def test_every_metric_has_a_case():
    cases = all_cases([str(CASES)])
    seen = {cls for named in cases.values() for cls in proven(named.case.metric())}
    missing = {cls.__name__ for cls in published() - seen - {Metric, MetricsLambda}}
    assert missing == WITHOUT_A_LAW
