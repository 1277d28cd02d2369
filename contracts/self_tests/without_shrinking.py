"""A pytest plugin: failures are to be found here, not made small."""

from __future__ import annotations

import pytest
from hypothesis import Phase


@pytest.fixture(autouse=True, scope="session")
def _without_shrinking():
    from ignite_contracts import properties

    properties.PHASES = (Phase.explicit, Phase.generate)
