"""Hubstaff API v2: daily activities and unusual activities, as scores of a person's day.

Documented in Hubstaff's swagger file (developer.hubstaff.com). What is easily misread:

- A daily activity is a row of one person, date, project and task: the rows of a day are added up.
  Pages of the API are one export, and a row whose id was seen before is left out and counted.
- Seconds, all of them parts of `tracked`. The activity that Hubstaff shows is `overall` as a share
  of `input_tracked`; where no input was tracked there is no activity, which is not 0.
- `date` is the organisation's date, not the person's.
- Time with a keyboard and time with a mouse overlap: `overall` is not their sum.
- An unusual activity is an accusation with a type and a confidence level: a 0/1 score for each
  that the export holds, 1 on the days that have it, 0 on days that were tracked and have none,
  where the export holds unusual activities at all. Titles, addresses and screenshots are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from biasbench.errors import TableError
from biasbench.systems import Score
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, ToldCall
from biasbench.tables import Direction

FORMAT = Format(
    title="Hubstaff API v2, daily and unusual activities",
    status="documented",
    gives=("agents", "work time", "scores"),
    source="developer.hubstaff.com",
    modality="unknown",
    tier="T1",
    assumes=(
        Remark(
            "the activity shown is 'overall' as a share of 'input_tracked'",
            "l’activité affichée est « overall » rapportée à « input_tracked »",
        ),
        Remark(
            "an export that holds unusual activities holds all of its days' unusual activities",
            "un export qui contient des activités inhabituelles contient toutes celles de ses "
            "journées",
        ),
    ),
)

ADDED = Remark(
    "rows of projects and tasks added to others of the same person and day",
    "lignes de projets et de tâches ajoutées à d’autres de la même personne et du même jour",
)
AGAIN = Remark(
    "rows with an id seen before, as where pages overlap: left out",
    "lignes dont l’identifiant a déjà été vu, comme quand des pages se recoupent : omises",
)
NO_INPUT = Remark(
    "person-days on which no input was tracked: no activity can be said of them",
    "journées-personnes sans suivi des saisies : aucune activité n’en peut être dite",
)
UNTRACKED = Remark(
    "person-days with an unusual activity but no daily activity in the export",
    "journées-personnes avec une activité inhabituelle mais sans activité quotidienne dans "
    "l’export",
)

_SECONDS: tuple[tuple[str, str, Direction], ...] = (
    ("tracked", "tracked time (s)", "neither"),
    ("input_tracked", "time with input tracked (s)", "neither"),
    ("overall", "active time (s)", "higher is better"),
    ("keyboard", "keyboard time (s)", "neither"),
    ("mouse", "mouse time (s)", "neither"),
    ("idle", "idle time (s)", "higher is worse"),
    ("manual", "manual time (s)", "neither"),
    ("resumed", "resumed time (s)", "neither"),
    ("billable", "billable time (s)", "neither"),
    ("work_break", "break time (s)", "neither"),
)
_DAILY, _UNUSUAL = "daily_activities", "unusual_activities"

_Day = tuple[str, str]


def recognises(file: ExportFile) -> bool:
    """An object with daily or unusual activities of users."""
    whole = file.json_object
    if whole is None:
        return False
    for key in (_DAILY, _UNUSUAL):
        rows = whole.get(key)
        if isinstance(rows, list) and rows and isinstance(rows[0], dict):
            return "user_id" in rows[0] and "date" in rows[0]
    return False


def part_of(name: str) -> str:
    """The pages of a folder are one export: a day may go on over two of them.

    >>> part_of("2026/page-1.json"), part_of("page.json")
    ('2026', '')
    """
    return name.rpartition("/")[0]


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """One record for each person and day."""
    days: dict[_Day, dict[str, float]] = {}
    unusual: dict[_Day, dict[str, None]] = {}
    labels: dict[str, None] = {}
    seen: set[tuple[str, Any]] = set()
    asked = False
    for file in files:
        whole = file.json_object
        if whole is None:
            raise TableError(f"{file.name}: is not one JSON object, as Hubstaff's API gives it")
        asked = asked or _UNUSUAL in whole
        for row in _fresh(whole.get(_DAILY) or (), _DAILY, seen, notes):
            key = (str(row["user_id"]), row["date"])
            if key in days:
                notes.count(ADDED)
            sums = days.setdefault(key, {})
            for name, _, _ in _SECONDS:
                if row.get(name) is not None:
                    sums[name] = sums.get(name, 0.0) + row[name]
        for row in _fresh(whole.get(_UNUSUAL) or (), _UNUSUAL, seen, notes):
            key = (str(row["user_id"]), row["date"])
            for label in _labels(row):
                labels[label] = None
                unusual.setdefault(key, {})[label] = None
    for key in dict.fromkeys((*days, *unusual)):
        if key not in days:
            notes.count(UNTRACKED)
        # Where nobody asked for unusual activities, their absence says nothing.
        marks = unusual.get(key, {})
        flags = [
            Score(label, float(label in marks), 0.0, 1.0, "higher is worse") for label in labels
        ]
        if asked:
            flags.insert(
                0, Score("unusual activity", float(bool(marks)), 0.0, 1.0, "higher is worse")
            )
        yield ToldCall(
            call_id=None,
            scores=(*_scores(days.get(key, {}), notes), *flags),
            agent=key[0],
            started=key[1],
            unit="person-day",
        )


def _fresh(
    rows: Sequence[dict[str, Any]], kind: str, seen: set[tuple[str, Any]], notes: Notes
) -> Iterator[dict[str, Any]]:
    """The rows whose id was not seen before."""
    for row in rows:
        mark = (kind, row["id"])
        if mark in seen:
            notes.count(AGAIN)
            continue
        seen.add(mark)
        yield row


def _labels(row: dict[str, Any]) -> Iterator[str]:
    kind = row.get("type")
    if kind:
        yield f"unusual activity: {kind}"
    if level := row.get("confidence_level"):
        yield f"unusual activity, confidence: {level}"


def _scores(sums: dict[str, float], notes: Notes) -> Iterator[Score]:
    activity = "activity (share of time with input tracked)"
    overall, over = sums.get("overall"), sums.get("input_tracked")
    absent = "The export holds no such figure for this day"
    if overall is None or over is None:
        yield Score(activity, None, 0.0, 1.0, "higher is better", "not exported", absent)
    elif not over:
        notes.count(NO_INPUT)
        note = "No keyboard or mouse was tracked on this day"
        yield Score(activity, None, 0.0, 1.0, "higher is better", "not analysed", note)
    else:
        yield Score(activity, overall / over, 0.0, 1.0, "higher is better")
    for key, name, direction in _SECONDS:
        if key in sums:
            yield Score(name, float(sums[key]), 0.0, None, direction)
        else:
            yield Score(name, None, 0.0, None, direction, "not exported", absent)
