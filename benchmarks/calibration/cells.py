"""Every cell by its name: what `--only` chooses from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks.calibration import agreement, families, intervals, models, planning, rules, swaps
from benchmarks.calibration.counts import Counted
from benchmarks.calibration.scenarios import ALL, NULL, STRESS

#: (n_studies, seed) → figures
Cell = Callable[[int, int], list[Counted]]

PEOPLE = (6, 12, 30)


def cells() -> dict[str, Cell]:
    """All cells, in the order of the page."""
    found: dict[str, Cell] = {}
    for method in intervals.METHODS:
        for scenario in ALL:
            found[f"{method.name}: {scenario.title}"] = partial(intervals.count, method, scenario)
    for scenario in NULL:
        found[f"GEE: {scenario.title}"] = partial(models.count_gee, scenario)
    for scenario in NULL:
        found[f"Poisson GLMM: {scenario.title}"] = partial(models.count_glmm, "poisson", scenario)
    for scenario in STRESS[:2]:
        found[f"NB GLMM: {scenario.title}"] = partial(
            models.count_glmm, "negativebinomial", scenario
        )
    for rule in rules.RULES:
        for scenario in NULL:
            found[f"{rule}: {scenario.title}"] = partial(rules.count, rule, scenario)
    for people in PEOPLE:
        found[f"family of four: 4 × {people}"] = partial(families.count, people)
    for people in PEOPLE:
        found[f"swap at the margin: {people} v {people}"] = partial(swaps.count, people)
    for people in PEOPLE:
        for ratio in planning.RATIOS:
            found[f"power: ratio {ratio:g}, {people} v {people}"] = partial(
                planning.count, people, ratio
            )
    found["agreement: GEE"] = agreement.against_gee
    found["agreement: lme4 and glmmTMB"] = agreement.against_r
    found["agreement: one seed, twice"] = agreement.against_itself
    return found


def run_cell(name: str, n_studies: int, seed: int) -> list[Counted]:
    """The figures of one cell; by name, so that another process can be asked for it."""
    return cells()[name](n_studies, seed)
