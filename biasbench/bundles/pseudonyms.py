"""A case without names: people and units by pseudonyms, and no column that nothing reads.

Ids become HMACs under a key that is not in the bundle (`runs.exports.people`). Columns that
neither a table of ours nor the plan knows are left out: what nobody needs, nobody gets. Figures
do not change, because a case numbers people in the order of its rows.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from biasbench.cases.inputs import Inputs
from biasbench.corpus import Corpus
from biasbench.evidence.conditions import KNOWN_CONDITIONS
from biasbench.measures import Measures
from biasbench.plans import Plan
from biasbench.report.sections.amounts import SECONDS
from biasbench.runs import Run
from biasbench.runs.exports.people import Pseudonyms
from biasbench.tables import CALLS, MEASURES, PERIODS, SAID, UTTERANCES, Table

#: Columns of ids, and the kind that each is an id of.
_IDS = {
    "speaker_id": "speaker",
    "unit_id": "unit",
    "utterance_id": "unit",
    "call_id": "unit",
    "period_id": "unit",
    "recording_id": "unit",
}


def without_names(inputs: Inputs, key: bytes) -> Inputs:
    """The inputs under pseudonyms."""
    names = Pseudonyms(key)
    plan = inputs.plan

    def measures(found: Measures) -> Measures:
        return Measures(_table(found.table, MEASURES, plan, names), found.provenance)

    return replace(
        inputs,
        measures=measures(inputs.measures),
        variants={name: measures(found) for name, found in inputs.variants.items()},
        human=None if inputs.human is None else measures(inputs.human),
        own=None if inputs.own is None else _renamed(inputs.own, names),
        runs=tuple(_run(run, plan, names) for run in inputs.runs),
        human_run=None if inputs.human_run is None else _run(inputs.human_run, plan, names),
        corpus=None if inputs.corpus is None else _corpus(inputs.corpus, plan, names),
    )


def columns_read(plan: Plan) -> frozenset[str]:
    """Every column that a case looks at, beside those of our tables."""
    by = [part.strip() for part in plan.groups.by.split(",")]
    return frozenset([plan.groups.by, *by, SECONDS, *KNOWN_CONDITIONS, *plan.columns])


def _table(table: pd.DataFrame, known: Table, plan: Plan, names: Pseudonyms) -> pd.DataFrame:
    wanted = {*known.columns, *columns_read(plan)} - {"raw", "audio", "other_audio"}
    return _renamed(table[[name for name in table.columns if name in wanted]], names)


def _renamed(table: pd.DataFrame, names: Pseudonyms) -> pd.DataFrame:
    ids = {
        column: table[column].map(
            lambda value, kind=kind: value if pd.isna(value) else names.of(kind, str(value))
        )
        for column, kind in _IDS.items()
        if column in table.columns
    }
    return table.assign(**ids)


def _run(run: Run, plan: Plan, names: Pseudonyms) -> Run:
    return replace(
        run,
        transcripts=_renamed(run.transcripts.drop(columns="raw", errors="ignore"), names),
        scores=_renamed(run.scores.drop(columns="raw", errors="ignore"), names),
        events=_renamed(run.events.drop(columns="raw", errors="ignore"), names),
        utterances=_table(run.utterances, SAID, plan, names),
        calls=_table(run.calls, CALLS, plan, names),
        periods=_table(run.periods, PERIODS, plan, names),
        report=None,
    )


def _corpus(corpus: Corpus, plan: Plan, names: Pseudonyms) -> Corpus:
    return replace(
        corpus,
        utterances=_table(corpus.utterances, UTTERANCES, plan, names),
        calls=None if corpus.calls is None else _table(corpus.calls, CALLS, plan, names),
        periods=None if corpus.periods is None else _table(corpus.periods, PERIODS, plan, names),
        audio_in_memory={},
        hypotheses={},
    )
