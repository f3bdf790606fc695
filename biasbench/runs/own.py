"""The corpus that an import brings: whose utterances, calls and periods of work they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from biasbench.corpus import Corpus
from biasbench.corpus.settling import missing_labels_named
from biasbench.errors import OptionError
from biasbench.provenance import Provenance, fingerprint
from biasbench.runs.folder import Run
from biasbench.systems.exports import AGENT
from biasbench.tables import CALLS, PERIODS, is_empty


def is_import(run: Run) -> bool:
    """Whether the run brings its own utterances, calls or periods."""
    return bool(len(run.utterances) or len(run.calls) or len(run.periods))


def corpus_of(run: Run) -> Corpus:
    """The agents' side of an import, as a corpus: utterances, calls, periods, with their groups.

    Customers are left out: the evidence is about the people who work there. So are calls whose
    agent nobody named, counted in the provenance. Raises OptionError for a run that is no import,
    and where nothing but utterances was exported and nobody said which are the agents'.
    """
    if not is_import(run):
        raise OptionError(
            "the run was made on a corpus and does not hold it. Name the corpus: corpus= (--corpus)"
        )
    utterances = run.utterances
    agents = utterances[utterances["role"] == AGENT].reset_index(drop=True)
    if len(run.utterances) and agents.empty and not run.scores["unit"].ne("utterance").any():
        raise OptionError(
            "no utterance is known to be an agent's. Say who speaks in roles.csv (speaker, role) "
            "and import again with roles= (--roles)"
        )
    name = run.provenance.facts().get("export", "import").rsplit("@", 1)[0]
    card = {"name": name, "synthetic": "no", "labels": "undeclared", "design": "observational"}
    spoken = run.calls.get("language", pd.Series(dtype=object)).dropna()
    languages = {str(one).replace("_", "-").split("-")[0].lower() for one in spoken}
    if len(languages) == 1:
        card["language"] = languages.pop()
    days = sorted(str(start)[:10] for start in _started(run))
    if days:
        card["period"] = days[0] if days[0] == days[-1] else f"{days[0]} – {days[-1]}"
    agents, calls, periods = _of_somebody(agents, run.calls, run.periods)
    n_left_out = len(run.calls) - len(calls)
    agents = missing_labels_named(agents)
    facts = {
        "corpus": f"{name}@{fingerprint(agents)}",
        "corpus_name": name,
        **{key: value for key, value in card.items() if key != "name"},
        "reader": "import",
        "calls_without_agent": f"{n_left_out}",
        "utterances_of_others": f"{len(run.utterances) - len(agents)}",
    }
    return Corpus(
        agents,
        Provenance().then("load_corpus", facts),
        Path(),
        card,
        calls=missing_labels_named(calls, CALLS),
        periods=missing_labels_named(periods, PERIODS),
    )


def _started(run: Run) -> list[object]:
    tables = [table for table in (run.calls, run.periods) if "started" in table.columns]
    return [start for table in tables for start in table["started"].dropna()]


def _of_somebody(*tables: pd.DataFrame) -> list[pd.DataFrame]:
    """The rows whose agent is known; where nobody's is anywhere, all rows and no such column."""
    named = [~is_empty(t["speaker_id"]) if "speaker_id" in t.columns else None for t in tables]
    if not any(known is not None and known.any() for known in named):
        return [table.drop(columns="speaker_id", errors="ignore") for table in tables]
    return [
        table.iloc[:0] if known is None else table[known].reset_index(drop=True)
        for table, known in zip(tables, named, strict=True)
    ]


def agents_side(run: Run) -> Run:
    """The run without the customers, and without calls of nobody: what `corpus_of` knows of.

    Scores and events of calls stay, whoever they are about: they are the agent's call.
    """
    corpus = corpus_of(run)
    assert corpus.calls is not None
    assert corpus.periods is not None
    of_agents = corpus.utterances["utterance_id"]
    kept = {*of_agents, *corpus.calls["call_id"], *corpus.periods["period_id"]}
    return replace(
        run,
        transcripts=_within(run.transcripts, "utterance_id", kept),
        scores=_within(run.scores, "unit_id", kept),
        events=_within(run.events, "unit_id", kept),
    )


def _within(table: pd.DataFrame, column: str, ids: set[str]) -> pd.DataFrame:
    return table[table[column].isin(ids)].reset_index(drop=True)
