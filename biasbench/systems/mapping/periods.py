"""People's days, weeks and months from the rows of a table, one row each."""

from __future__ import annotations

from collections.abc import Iterator

from biasbench.systems.exports import ToldCall, Unit
from biasbench.systems.mapping.calls import score_rows
from biasbench.systems.mapping.columns import Columns


def periods_of_people(columns: Columns, unit: Unit) -> Iterator[ToldCall]:
    """What each row says of one person and day, week or month.

    A week starts on the day that the file gives, and a month on its first.
    """
    if unit == "person-month":
        starts = columns.months("started")
    else:
        starts = [moment[:10] for moment in columns.required_dates("started")]
    rows = zip(
        columns.required("agent_id"),
        starts,
        score_rows(columns, unit),
        columns.facts(),
        strict=True,
    )
    for agent, started, scores, facts in rows:
        yield ToldCall(None, scores=scores, agent=agent, started=started, facts=facts, unit=unit)
