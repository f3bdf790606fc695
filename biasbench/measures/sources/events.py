"""Prompts: how often, how often without cause, how often against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from biasbench.errors import OptionError, not_found
from biasbench.measures.catalogue import EVENT_METRICS
from biasbench.measures.events import event_labels
from biasbench.measures.metrics import Fractions
from biasbench.measures.prompts import (
    contradiction_rate,
    prompt_rate,
    unfounded_by_rules,
    unfounded_prompt_rate,
)
from biasbench.measures.sources.asked import Asked, block, check_known, is_analysed, units_of
from biasbench.tables import EVENTS, METRIC_DIRECTION

if TYPE_CHECKING:
    from biasbench.runs import Run


#: Every prompt together: "prompt_rate:any".
ANY = "any"


def blocks(run: Run, asked: Asked) -> list[pd.DataFrame]:
    """Rows of the prompt metrics that were asked for, for every system that shows prompts."""
    wanted = asked.wanted(list(EVENT_METRICS))
    if not wanted:
        return []
    events = EVENTS.check(run.events, source="events")
    found = []
    # A system that showed no prompt at all has its scores to say that it looked.
    for system in dict.fromkeys([*events["system"], *run.scores["system"]]):
        shown = events[events["system"] == system]
        units = units_of(asked, _unit(run, str(system)))
        check_known(shown["unit_id"], units["utterance_id"], "events", asked.corpus)
        for _, kind, only in wanted:
            for label in _labels(kind, only, shown, asked):
                name = kind if label is None else f"{kind}:{label}"
                fractions = _fractions(kind, label, run, str(system), units, asked)
                found.append(block(units, str(system), name, fractions, METRIC_DIRECTION[kind]))
    return found


def _fractions(
    kind: str, label: str | None, run: Run, system: str, units: pd.DataFrame, asked: Asked
) -> Fractions:
    shown = run.events[run.events["system"] == system]
    ids = [str(one) for one in units["utterance_id"]]
    looked = is_analysed(run, system, units)
    known = asked.rules.prompt_labels
    if kind == "contradiction_rate":
        return contradiction_rate(shown, ids, looked, asked.rules.opposites, known=known)
    which = None if label == ANY else label
    if kind == "prompt_rate":
        return prompt_rate(shown, ids, looked, which, known=known)
    if asked.human is None:
        if "founded" not in shown.columns or shown["founded"].isna().all():
            raise OptionError(
                "unfounded_prompt_rate needs people's word: events with a column 'founded' (1, 0), "
                "or human= (--human), the run of the same scoring on 'reference'"
            )
        return unfounded_prompt_rate(shown, ids, looked, which, known=known)
    of_human = _only_system(asked.human)
    theirs = asked.human.events[asked.human.events["system"] == of_human]
    heard = is_analysed(asked.human, of_human, units)
    return unfounded_by_rules(shown, theirs, ids, looked, heard, which, known=known)


def _labels(kind: str, only: str, shown: pd.DataFrame, asked: Asked) -> list[str | None]:
    if kind == "contradiction_rate":
        return [None]
    seen = event_labels(shown, kind="prompt")
    if only:
        known = list(dict.fromkeys([ANY, *seen, *asked.rules.prompt_labels]))
        if only not in known:
            raise not_found("prompt", only, known)
        return [only]
    return [ANY, *seen]


def _unit(run: Run, system: str) -> str:
    for table in (run.events, run.scores):
        units = table.loc[table["system"] == system, "unit"].unique()
        if len(units):
            return str(units[0])
    return "utterance"


def _only_system(human: Run) -> str:
    systems = list(dict.fromkeys([*human.scores["system"], *human.events["system"]]))
    if len(systems) != 1:
        raise OptionError(
            f"human= holds {len(systems)} systems; give the run of one scorer on 'reference'"
        )
    return str(systems[0])
