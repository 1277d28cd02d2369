"""A pytest plugin: failures are to be found here, not made small."""

from __future__ import annotations

from hypothesis import Phase, settings

settings.register_profile("without_shrinking", phases=(Phase.explicit, Phase.generate))
settings.load_profile("without_shrinking")
