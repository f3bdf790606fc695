"""The models that are compared: from measures, runs and baselines to the sums of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from biasbench.corpus import Corpus, load_corpus
from biasbench.errors import OptionError, not_found
from biasbench.evidence.intake import MeasuresLike
from biasbench.gates.baselines import Baseline, is_baseline, read_baseline
from biasbench.gates.comparing.comparison import Model
from biasbench.gates.gating import Given
from biasbench.gates.lines import one_line
from biasbench.gates.sides import Side, side_of
from biasbench.gates.sources import measures_from
from biasbench.measures import Measures, measure
from biasbench.runs import Run, read_run

_Source = MeasuresLike | Side | Baseline


@dataclass(frozen=True)
class Taken:
    """A model, and what its figures are made of."""

    model: Model
    given: Side | Baseline

    @property
    def name(self) -> str:
        """Which model it is."""
        return self.model.name

    @property
    def label(self) -> str:
        """What it is called in print."""
        return self.model.label

    @property
    def side(self) -> Side:
        """The sums of its people."""
        return _plain(self.given)


def models_of(
    sources: Sequence[Given], *, by: str, metric: str | None, corpus: Corpus | str | Path | None
) -> tuple[str, list[Taken]]:
    """The metric, and each model in the order given; a table of several systems is several.

    Raises OptionError for fewer than two, and for a metric that is not named where there are
    several; what reading raises for a source.
    """
    if isinstance(sources, str) or not isinstance(sources, Sequence):
        raise OptionError(f"sources is one {type(sources).__name__}: give a list of models")
    heard = load_corpus(corpus) if isinstance(corpus, str | Path) else corpus
    read = {}
    for place, given in enumerate(sources, start=1):
        source = str(given) if isinstance(given, str | Path) else f"source {place}"
        read[place, source] = _read(given, by, metric, heard)
    metric = _metric({source: _metrics_in(one) for (_, source), one in read.items()}, metric)
    given_as = [
        side for (_, source), one in read.items() for side in _sides(one, by, metric, source)
    ]
    if len(given_as) < 2:
        raise OptionError(
            f"{len(given_as)} model is given, and at least two are compared: give another table "
            "of measures, run folder or baseline, or a table of several systems"
        )
    return metric, _named(given_as, metric)


def _read(given: Given, by: str, metric: str | None, corpus: Corpus | None) -> _Source:
    if isinstance(given, str | Path):
        if Path(given).is_dir():
            given = read_run(given)
        elif is_baseline(given):
            given = read_baseline(given)
    if isinstance(given, Baseline | Side):
        side = _plain(given)
        asked = ",".join(part.strip() for part in by.split(","))
        if side.by != asked:
            raise OptionError(
                f"{side.source}: its groups are by {side.by}, and by='{asked}' is asked; write "
                "the baseline anew with these groups: biasbench baseline write"
            )
        return given
    if isinstance(given, Run) and metric is None:
        return measure(given, corpus)
    return measures_from(given, () if metric is None else (metric,), corpus)


def _metrics_in(source: _Source) -> list[str]:
    if isinstance(source, Side | Baseline):
        return list(_plain(source).metrics)
    return [str(name) for name in pd.unique(source.table["metric"])]


def _metric(there: dict[str, list[str]], metric: str | None) -> str:
    """The metric asked for, where each source has it, or the only one that there is.

    >>> _metric({"a.csv": ["wer"], "b.csv": ["wer"]}, None)
    'wer'
    """
    if metric is not None:
        for source, own in there.items():
            if metric not in own:
                raise not_found(f"metric in {source}", metric, own)
        return metric
    known = list(dict.fromkeys(name for own in there.values() for name in own))
    if not known:
        raise OptionError("no model is given: at least two are compared")
    if len(known) > 1:
        raise OptionError(
            f"the models have {len(known)} metrics; pass metric= one of {', '.join(known)}"
        )
    return known[0]


def _sides(given: _Source, by: str, metric: str, source: str) -> list[Side | Baseline]:
    if isinstance(given, Side | Baseline):
        return [given]
    table = given.table[(given.table["metric"] == metric).to_numpy()]
    found: list[Side | Baseline] = []
    for system in pd.unique(table["system"]):
        own = table[(table["system"] == system).to_numpy()].reset_index(drop=True)
        measures = Measures(own, given.provenance)
        found.append(side_of(measures, by=by, metrics=[metric], source=source))
    return found


def _named(given: Sequence[Side | Baseline], metric: str) -> list[Taken]:
    sides = [_plain(one) for one in given]
    names = _names([(side.system, side.source) for side in sides])
    found = []
    for one, side, name, label in zip(given, sides, names, _labels(names), strict=True):
        sums = side.metrics[metric].sums
        n_utterances, n_missing = int(sums.n_units.sum()), int(sums.n_missing.sum())
        found.append(Taken(Model(name, label, side.source, n_utterances, n_missing), one))
    return found


def _names(systems: Sequence[tuple[str, str]]) -> list[str]:
    """Each system's name, with its file and then a number where others have the same.

    >>> _names([("a", "x/old.csv"), ("a", "x/new.csv"), ("b", "x/new.csv")])
    ['a (old.csv)', 'a (new.csv)', 'b']
    >>> _names([("a", "old.csv"), ("a", "old.csv")])
    ['a (old.csv) #1', 'a (old.csv) #2']
    """
    plain = [system for system, _ in systems]
    names = [
        system if plain.count(system) == 1 else f"{system} ({Path(source).name})"
        for system, source in systems
    ]
    return [
        name if names.count(name) == 1 else f"{name} #{names[: place + 1].count(name)}"
        for place, name in enumerate(names)
    ]


def _labels(names: Sequence[str]) -> list[str]:
    """Names in print, without the kind before the colon where all are of one kind.

    >>> _labels(["asr:tiny", "asr:base"]), _labels(["asr:tiny", "tone:own"])
    (['tiny', 'base'], ['asr:tiny', 'tone:own'])
    """
    kinds = {name.partition(":")[0] if ":" in name else None for name in names}
    if len(kinds) == 1 and None not in kinds:
        names = [name.partition(":")[2] or name for name in names]
    return [one_line(name) for name in names]


def _plain(given: Side | Baseline) -> Side:
    return given.side if isinstance(given, Baseline) else given
