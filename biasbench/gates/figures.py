"""How a figure of a rule is printed: with the digits and in the unit of its metric."""

from __future__ import annotations

from biasbench.gates.verdicts import Check
from biasbench.report.numbers import Lang, share
from biasbench.report.quantities import Quantity, quantity

_LANG: Lang = "en"


def ends(check: Check) -> tuple[str, ...]:
    """Both one-sided bounds as they are printed, or none."""
    return _printed(check.low, check.high, check)


def bounds(check: Check) -> str:
    """'−0.3 to 2.6', or what stands for no bounds."""
    return " to ".join(ends(check)) or "–"


def bounds_of_all(check: Check) -> str:
    """The same at the level of all rules that are tested, which a failure takes."""
    return " to ".join(_printed(check.low_of_all, check.high_of_all, check)) or "–"


def people(check: Check) -> str:
    """'10 people, 70 on the other side', without a count that is not told."""
    counts = ((check.n_people, "people"), (check.n_against, "on the other side"))
    return ", ".join(f"{count} {of_whom}" for count, of_whom in counts if count is not None)


def figure(value: float | None, check: Check) -> str:
    """A change or a gap as it is printed; '–' for none."""
    if value is None:
        return "–"
    if check.rule == "coverage":
        return share(value, _LANG)
    return kind_of(check).gap(value, _LANG, low=check.low, high=check.high)


def limit(check: Check) -> str:
    """The declared limit, with the digits that it was declared with."""
    if check.rule == "coverage":
        return share(check.limit, _LANG)
    return kind_of(check).margin(check.limit, _LANG)


def kind_of(check: Check) -> Quantity:
    """How values of the metric are printed."""
    return quantity(check.metric)


def detectable(check: Check) -> str:
    """The smallest limit that would be shown in 80 % of studies; '–' where none is known."""
    return "–" if check.detectable is None else kind_of(check).value(check.detectable, _LANG)


def _printed(low: float | None, high: float | None, check: Check) -> tuple[str, ...]:
    if low is None or high is None:
        return ()
    return kind_of(check).interval(low, high, _LANG, margin=check.limit)
