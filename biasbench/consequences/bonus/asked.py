"""What `bonus_gap` was asked, checked: which person-months, and whether a finding is of them."""

from __future__ import annotations

import math

import numpy as np

from biasbench.consequences.bonus.months import MonthSides, PersonMonths, person_months
from biasbench.consequences.bonus.own_table import OwnTable
from biasbench.consequences.bonus.scale import BonusScale
from biasbench.errors import OptionError
from biasbench.evidence.finding import Finding
from biasbench.evidence.rows import MeasuresSource
from biasbench.tables.grouping import By, crossed_columns

#: A finding is of these rows if its values are theirs up to rounding.
_SAME_VALUE = 1e-9


def months_asked(
    measures: MeasuresSource | PersonMonths,
    scale: BonusScale,
    by: By,
    metric: str | None,
    system: str | None,
    period: str | None,
    kpi: str | None,
    own: OwnTable | None,
) -> PersonMonths:
    """The person-months as given, or made of the measures with the KPIs that the scale reads."""
    if isinstance(measures, PersonMonths):
        named = {"metric": metric, "system": system, "period": period, "own": own, "kpi": kpi}
        given = [name for name, value in named.items() if value is not None]
        if given:
            raise OptionError(
                f"{given[0]}= belongs to person_months(), which made these person-months already"
            )
        if ",".join(crossed_columns(by, measures.rows)) != measures.by:
            raise OptionError(f"by={by!r}, and these person-months were made by {measures.by!r}")
        if measures.kpi not in scale.reads:
            raise OptionError(
                f"the score of these person-months is '{measures.kpi}', and the scale reads "
                f"{', '.join(scale.reads)}: name it with kpi= where they are made"
            )
        return measures
    if kpi is None and len(scale.reads) == 1:
        kpi = scale.reads[0]
    if kpi is not None:
        scale.kpi(kpi)
    # Which metric it is may only show once the table is read.
    months = person_months(measures, by=by, period=period, metric=metric, system=system, kpi=kpi)
    if months.kpi not in scale.reads:
        raise OptionError(
            f"which KPI of the scale is {months.metric}? pass kpi= one of {', '.join(scale.reads)}"
        )
    others = [name for name in scale.reads if name != months.kpi]
    if others and own is None:
        raise OptionError(
            f"the scale reads {', '.join(others)} as well: pass own=, a table with speaker_id, "
            "period and these columns"
        )
    if own is None:
        return months
    return person_months(
        measures,
        by=by,
        period=period,
        metric=metric,
        system=system,
        kpi=months.kpi,
        own=own,
        kpis=others,
    )


def check_finding(finding: Finding, months: PersonMonths, sides: MonthSides) -> None:
    """Raise OptionError where a finding is about another question, or about other rows."""
    asked = {
        "system": months.system,
        "metric": months.metric,
        "by": months.by,
        "group": sides.group,
        "against": sides.against,
    }
    for name, wanted in asked.items():
        if getattr(finding, name) != wanted:
            raise OptionError(
                f"finding= is about {name} '{getattr(finding, name)}', and '{wanted}' is asked for"
            )
    e, w = (months.rows[name].to_numpy(dtype=float) for name in ("numerator", "denominator"))
    for name, mask, value in (
        ("value", sides.in_group, finding.value),
        ("against_value", sides.in_against, finding.against_value),
    ):
        here = mask[months.month]
        own = float(np.nansum(e[here]) / np.nansum(w[here]))
        if value is None or not math.isclose(own, value, rel_tol=_SAME_VALUE, abs_tol=_SAME_VALUE):
            raise OptionError(
                f"finding= has {name} {value}, and these rows make {own:g}: hand over the finding "
                "about these very rows, or leave it out"
            )
