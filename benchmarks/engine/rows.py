"""The engine's figures to reach."""

from __future__ import annotations

from benchmarks.row import OURS, Contender, Row

IGNITE, LIGHTNING = "pytorch-ignite", "lightning"


def _loops(what: str, case: str, at_most: float) -> Row:
    """Compare the engines; a bare loop lies beside them."""
    module = "benchmarks.engine.ignite_engine"
    return Row(
        what,
        ours=Contender("ours", OURS, module, case),
        at_most=at_most,
        against=(Contender("pytorch-ignite", IGNITE, module, case),),
        beside=(
            Contender("bare loop", OURS, "benchmarks.engine.bare", case),
            Contender("Lightning", LIGHTNING, "benchmarks.engine.lightning_trainer", case),
        ),
    )


def _imported(module: str, at_most: float, beside: tuple[Contender, ...] = ()) -> tuple[Row, Row]:
    ours = "benchmarks.engine.imports"
    return (
        Row(
            f"`import ignite.{module}`",
            ours=Contender("ours", OURS, ours, module),
            at_most=at_most,
            beside=beside,
            unit="ms",
            rounds=20,
        ),
        Row(
            f"`import ignite.{module}`, modules of torch",
            ours=Contender("ours", OURS, ours, f"torch_in_{module}"),
            at_most=0,
            unit="modules",
            rounds=1,
        ),
    )


def _growth(what: str, case: str, against: str) -> Row:
    module = "benchmarks.engine.growth"
    return Row(
        what,
        ours=Contender("ours", OURS, module, case),
        at_most=1.05,
        against=(Contender(against, OURS, module, against),),
    )


ROWS = [
    _loops("iteration, no handler", "no_handler", at_most=0.06),
    _loops("iteration, 3 handlers", "three_handlers", at_most=0.10),
    Row(
        "supervised step, MLP 64-128-10, batch 32",
        ours=Contender("ours", OURS, "benchmarks.engine.ignite_engine", "supervised"),
        at_most=1.05,
        against=(Contender("raw loop", OURS, "benchmarks.engine.bare", "supervised"),),
        beside=(
            Contender("pytorch-ignite", IGNITE, "benchmarks.engine.ignite_engine", "supervised"),
            Contender("Lightning", LIGHTNING, "benchmarks.engine.lightning_trainer", "supervised"),
        ),
    ),
    *_imported("events", at_most=20),
    *_imported(
        "engine",
        at_most=40,
        beside=(
            Contender(
                "pytorch-ignite over torch",
                IGNITE,
                "benchmarks.engine.imports",
                "engine_over_torch",
            ),
        ),
    ),
    _growth("iteration after 10^7, with 1 handler", "late", against="early"),
    _growth("iteration with 1,000 handlers elsewhere", "among_many", against="alone"),
    Row(
        "memory grown over 10^7 iterations",
        ours=Contender("ours", OURS, "benchmarks.engine.growth", "memory"),
        at_most=100,
        unit="KB",
        rounds=1,
    ),
]
