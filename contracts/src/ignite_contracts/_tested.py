"""What a test is about: which implementation, which suite; told in its report."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

__all__ = ["Tested", "tested_by"]

_PROPERTY = "ignite_tested"


class Tested(NamedTuple):
    """What one test is about.

    Attributes:
        heads: headings of the columns that name what was tested.
        entries: its entries in them; the name of the implementation is the first.
        suite: name of the suite.
        test: name of the test, without its parameters.
    """

    heads: tuple[str, ...]
    entries: tuple[str, ...]
    suite: str
    test: str

    def note(self, report: pytest.TestReport) -> None:
        """Write it into the report, which may travel to another process."""
        report.user_properties.append((_PROPERTY, list(self)))

    @classmethod
    def read(cls, report: pytest.TestReport) -> Tested | None:
        """Return what :meth:`note` wrote, if it did."""
        told = dict(report.user_properties).get(_PROPERTY)
        if not isinstance(told, list):
            return None
        heads, entries, suite, test = told
        return cls(tuple(heads), tuple(entries), suite, test)


def tested_by(item: pytest.Item) -> Tested | None:
    """Return what a test is about; None if it is about no implementation."""
    if not isinstance(item, pytest.Function) or not hasattr(item, "callspec"):
        return None
    parameters: dict[str, Any] = item.callspec.params
    if "ignite_case" in parameters:
        backend, size = parameters["ignite_case"]
        tested = {"backend": backend, "ranks": str(size or "-")}
    elif "ignite_metric" in parameters:
        tested = {"metric": parameters["ignite_metric"].name}
    elif "ignite_source" in parameters:
        tested = {"event source": parameters["ignite_source"]}
    else:
        return None
    suite = item.module.__name__.rpartition(".")[2].removeprefix("test_")
    return Tested(tuple(tested), tuple(tested.values()), suite, item.originalname)
