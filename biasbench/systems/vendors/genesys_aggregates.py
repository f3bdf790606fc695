"""Genesys Cloud aggregates by user: hours in each status, and what was handled, a day and agent.

The response of POST /api/v2/analytics/users/aggregates/query (and of the conversation aggregates
where they are grouped by userId), documented in Genesys' SDKs. What is easily misread:

- `stats.sum` of a metric that begins with 't' is in milliseconds; `stats.count` of one that begins
  with 'n' is a number of times. Others ('o': scores) are counted as not read.
- Intervals of less than a day are added up to days; the day is that of the interval's own clock,
  which is UTC unless the query named a time zone. Intervals of seven days and of a month become
  weeks and months; other lengths fit no unit and are an error.
- A status in which nobody was is absent, not 0.
- `tSystemPresence` counts presence, `tAgentRoutingStatus` what was done while on the queue: they
  overlap and do not add up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from biasbench.errors import TableError
from biasbench.systems import Score
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, ToldCall, Unit
from biasbench.systems.times import moment
from biasbench.systems.vendors._genesys import MS, Document, documents, looks_like

FORMAT = Format(
    title="Genesys Cloud user aggregates",
    status="documented",
    gives=("agents", "work time", "scores"),
    source="developer.genesys.cloud (UserAggregateQueryResponse)",
    modality="unknown",
    tier="T1",
    assumes=(
        Remark(
            "days are those of the query's time zone: UTC unless it named another",
            "les jours sont ceux du fuseau de la requête : UTC à défaut",
        ),
    ),
)

ADDED = Remark(
    "intervals of less than a day, added up to days",
    "intervalles de moins d’un jour, additionnés en jours",
)
NOT_READ = Remark(
    "metrics that are neither a time nor a number of times: left out",
    "mesures qui ne sont ni un temps ni un nombre de fois : omises",
)
EMPTY = Remark(
    "agents without any metric in the interval",
    "agents sans aucune mesure dans l’intervalle",
)

_NAMES = {
    "tSystemPresence": "presence",
    "tOrganizationPresence": "organisation presence",
    "tAgentRoutingStatus": "routing status",
    "tHandle": "handle time",
    "tTalk": "talk time, parts",
    "tTalkComplete": "talk time",
    "tHeld": "hold time, parts",
    "tHeldComplete": "hold time",
    "tAcw": "after-call work",
}
_HOUR = 3600.0
_DAY = 24 * _HOUR


def is_aggregate(document: Document) -> bool:
    """Whether the document is one user's row of an aggregate."""
    group, told = document.get("group"), document.get("data")
    return isinstance(group, dict) and "userId" in group and isinstance(told, list)


def recognises(file: ExportFile) -> bool:
    """Rows with `group.userId` and `data` of intervals and metrics."""
    return looks_like(file, is_aggregate)


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """One record for each agent and day, week or month."""
    periods: dict[tuple[str, str, Unit], dict[tuple[str, str], float]] = {}
    for file in files:
        for document in documents(file, is_aggregate):
            group = document["group"]
            if not document["data"]:
                notes.count(EMPTY)
            for told in document["data"]:
                start, unit = _period(told["interval"], file.name, notes)
                sums = periods.setdefault((group["userId"], start, unit), {})
                _add(sums, group, told.get("metrics") or (), notes)
    for (agent, start, unit), sums in periods.items():
        yield ToldCall(
            call_id=None,
            scores=tuple(
                Score(f"{name} ({per})", round(value, 6), 0.0, None, "neither")
                for (name, per), value in sums.items()
            ),
            agent=agent,
            started=start,
            unit=unit,
        )


def _period(interval: str, name: str, notes: Notes) -> tuple[str, Unit]:
    """The first day and the unit of an interval 'start/end'."""
    first, _, last = interval.partition("/")
    length = (moment(last) - moment(first)).total_seconds()
    day = first[:10]
    # A day on which the clocks change has 23 or 25 hours.
    if 0 < length <= _DAY + _HOUR:
        if length < _DAY - _HOUR:
            notes.count(ADDED)
        return day, "person-day"
    if abs(length - 7 * _DAY) <= _HOUR:
        return day, "person-week"
    if 28 * _DAY - _HOUR <= length <= 31 * _DAY + _HOUR:
        return day, "person-month"
    raise TableError(
        f"{name}: the interval {interval} is neither a day, a week, a month nor part of a day. "
        "Ask for the aggregates with the granularity P1D"
    )


def _add(
    sums: dict[tuple[str, str], float],
    group: Document,
    metrics: Sequence[Document],
    notes: Notes,
) -> None:
    others = "".join(f", {key} {value}" for key, value in group.items() if key != "userId")
    for one in metrics:
        metric: str = one["metric"]
        stats = one.get("stats") or {}
        qualifier = one.get("qualifier")
        name = _NAMES.get(metric, metric)
        if qualifier:
            name += f": {qualifier.lower().replace('_', ' ')}"
        name += others
        if metric.startswith("t") and stats.get("sum") is not None:
            value, per = stats["sum"] * MS, "s"
        elif metric.startswith("n") and stats.get("count") is not None:
            value, per = float(stats["count"]), "times"
        else:
            notes.count(NOT_READ)
            continue
        sums[name, per] = sums.get((name, per), 0.0) + value
