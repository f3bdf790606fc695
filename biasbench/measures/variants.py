"""The same transcripts under several normalisers, and what each of them erased from whom.

A normaliser decides what counts as the same word. Map "gonna" and leave "finna", and the errors of
one group are forgiven while another's stay; a single normaliser hides that it did so (Mei et al.
2025, arXiv 2506.08846; Manohar et al. 2024, arXiv 2409.02449). So errors are counted without any,
with each, and by group:

    share erased   (errors without − errors with) / errors without

A normaliser that erases more of one group's errors than of another's has changed the gap by its
own choice of words. Which one is right is not for a statistic to say; that they differ is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from biasbench.corpus import Corpus
from biasbench.errors import InsufficientDataError, OptionError, not_found
from biasbench.measures.align import count_edits_many
from biasbench.measures.measurement import Measures, measure
from biasbench.measures.normalize import find_normalizer
from biasbench.tables import MEASURES, UNKNOWN, UTTERANCES, is_empty
from biasbench.tables.multiverses import ERASURES

if TYPE_CHECKING:
    from biasbench.runs import Run

#: White space only: what the others are compared with.
PLAIN = "none"

#: Normalisers of any language; those of the corpus's own language come after them.
_ANY_LANGUAGE = (PLAIN, "minimal")
_OF_LANGUAGE = ("en", "fr")


def measure_variants(
    run: Run | Sequence[Run],
    corpus: Corpus,
    *,
    normalizers: Sequence[str] | None = None,
    metrics: Sequence[str] = ("wer",),
    trust_columns: bool = False,
) -> dict[str, Measures]:
    """`measure` under each normaliser, by name: the variants that `multiverse` asks for.

    None takes 'none', 'minimal' and that of the corpus's declared language. Raises what `measure`
    raises, and OptionError for a normaliser named twice.

    >>> from pathlib import Path
    >>> from biasbench.provenance import Provenance
    >>> from biasbench.runs import Run
    >>> from biasbench.tables import SCORES, TRANSCRIPTS
    >>> said = pd.DataFrame({"utterance_id": ["u1"], "reference": ["I'm here!"]})
    >>> wrote = pd.DataFrame({"system": ["asr:x"], "utterance_id": ["u1"], "status": ["ok"],
    ...                       "hypothesis": ["i am here"], "error": [None]})
    >>> corpus = Corpus(said, Provenance(), Path("."), {"name": "calls", "language": "en"})
    >>> run = Run(TRANSCRIPTS.check(wrote), SCORES.empty(), Provenance())
    >>> found = measure_variants(run, corpus)
    >>> {name: measures.table["numerator"].tolist() for name, measures in found.items()}
    {'none': [3.0], 'minimal': [2.0], 'en': [0.0]}
    """
    return {
        name: measure(run, corpus, metrics=metrics, normalizer=name, trust_columns=trust_columns)
        for name in _chosen(normalizers, corpus)
    }


@dataclass(frozen=True)
class Erasure:
    """What normalisers erased.

    `table` (ERASURES) has a row per system, group and normaliser, counted and not tested.
    `measures` holds the same per utterance, as metrics 'erased_errors:en-1' (errors erased over
    errors without normalising): give it to `assess` to ask whether one group's errors are erased
    more than another's, with an interval.
    """

    table: pd.DataFrame
    measures: Measures


def erased(
    run: Run | Sequence[Run],
    corpus: Corpus,
    *,
    by: str,
    normalizers: Sequence[str] | None = None,
    trust_columns: bool = False,
) -> Erasure:
    """Word errors by group without a normaliser and with each, and the gap before and after.

    Utterances without a transcript are in neither count. The gap is with everybody else whose
    group is known; people of no known group are shown and compared with nobody. Raises
    NotFoundError for a column that the corpus does not have, OptionError if 'none' is the only
    normaliser, InsufficientDataError if nobody's group is known.

    >>> from pathlib import Path
    >>> from biasbench.provenance import Provenance
    >>> from biasbench.runs import Run
    >>> from biasbench.tables import SCORES, TRANSCRIPTS
    >>> said = pd.DataFrame({"utterance_id": ["u1", "u2"], "speaker_id": ["ann", "bob"],
    ...                      "reference": ["I am gonna call", "I am finna call"],
    ...                      "accent": ["us", "aave"]})
    >>> wrote = pd.DataFrame({"system": "asr:x", "utterance_id": ["u1", "u2"], "status": "ok",
    ...                       "hypothesis": ["I am going to call", "I am fixing to call"],
    ...                       "error": None})
    >>> corpus = Corpus(said, Provenance(), Path("."), {"name": "calls", "language": "en"})
    >>> run = Run(TRANSCRIPTS.check(wrote), SCORES.empty(), Provenance())
    >>> found = erased(run, corpus, by="accent", normalizers=["en"]).table
    >>> found[["group", "errors_before", "errors_after"]]
      group  errors_before  errors_after
    0  aave            2.0           0.0
    1    us            2.0           0.0
    """
    names = [name for name in _chosen(normalizers, corpus) if name != PLAIN]
    if not names:
        raise OptionError(f"normalizers={[PLAIN]}: name one to compare with it, such as 'minimal'")
    ours = set(UTTERANCES.columns) - {"language"}
    known = [str(column) for column in corpus.utterances.columns if column not in ours]
    if by not in known:
        raise not_found("group column", by, known)
    if is_empty(corpus.utterances[by]).all():
        raise InsufficientDataError(
            f"nobody's {by} is known: no group's errors can be told from another's"
        )
    found = measure_variants(run, corpus, normalizers=[PLAIN, *names], trust_columns=trust_columns)
    plain = found[PLAIN].table
    changed = _words_changed(plain, corpus, names)
    blocks, metrics = [], []
    for name in names:
        label = find_normalizer(name).label
        pair = _pair(plain, found[name].table, changed[name], by)
        blocks += [
            _summed(rows, by=by, label=label, system=str(system))
            for system, rows in pair.groupby("system", sort=False)
        ]
        metrics.append(
            plain.assign(
                metric=f"erased_errors:{label}",
                numerator=pair["errors_before"] - pair["errors_after"],
                denominator=pair["errors_before"],
                direction="neither",
            )
        )
    table = pd.concat(blocks, ignore_index=True)
    measures = MEASURES.check(pd.concat(metrics, ignore_index=True), source="erased")
    chain = found[PLAIN].provenance.then(
        "erased", {"norm": ",".join(find_normalizer(name).label for name in [PLAIN, *names])}
    )
    return Erasure(
        ERASURES.check(table.sort_values(["system", "group"], kind="stable"), source="erasures"),
        replace(found[PLAIN], table=measures, provenance=chain),
    )


def _chosen(normalizers: Sequence[str] | None, corpus: Corpus) -> list[str]:
    if normalizers is None:
        language = str(corpus.card.get("language", "")).replace("_", "-").split("-")[0].lower()
        return [*_ANY_LANGUAGE, *(name for name in _OF_LANGUAGE if name == language)]
    if isinstance(normalizers, str) or not normalizers:
        raise OptionError(f"normalizers={normalizers!r}: give a list of names, such as ['none']")
    for name in normalizers:
        find_normalizer(name)
        if list(normalizers).count(name) > 1:
            raise OptionError(f"normalizers names '{name}' twice")
    return list(normalizers)


def _words_changed(
    plain: pd.DataFrame, corpus: Corpus, names: Sequence[str]
) -> dict[str, np.ndarray]:
    """Word edits from each reference to its normalised form, per row of the measures."""
    references = plain[["unit_id"]].merge(
        corpus.utterances[["utterance_id", "reference"]],
        left_on="unit_id",
        right_on="utterance_id",
        how="left",
        validate="many_to_one",
    )["reference"]
    written = find_normalizer(PLAIN).all(references)
    return {
        name: count_edits_many(written, find_normalizer(name).all(references))[:, 1:].sum(axis=1)
        for name in names
    }


def _pair(before: pd.DataFrame, after: pd.DataFrame, changed: np.ndarray, by: str) -> pd.DataFrame:
    """One row per utterance with errors and words before and after; both tables in one order."""
    group = before[by].where(~is_empty(before[by]), UNKNOWN)
    pair = pd.DataFrame(
        {
            "system": before["system"],
            "group": group.astype(str),
            "errors_before": before["numerator"],
            "words_before": before["denominator"],
            "errors_after": after["numerator"],
            "words_after": after["denominator"],
            "words_changed": np.where(before["denominator"].isna(), np.nan, changed),
        }
    )
    if "speaker_id" in before.columns:
        pair["speaker_id"] = before["speaker_id"]
    return pair


def _summed(pair: pd.DataFrame, *, by: str, label: str, system: str) -> pd.DataFrame:
    """The rows of one system and normaliser, by group."""
    heard = pair[pair["words_before"].notna()]
    columns = ["errors_before", "words_before", "errors_after", "words_after", "words_changed"]
    sums = heard.groupby("group", sort=True)[columns].sum().reset_index()
    known = sums[sums["group"] != UNKNOWN]
    total = known[columns].sum()
    out = pd.DataFrame({"system": system, "by": by, "group": sums["group"], "normalizer": label})
    people = None
    if "speaker_id" in heard.columns:
        people = sums["group"].map(heard.groupby("group")["speaker_id"].nunique())
    out["n_speakers"] = people
    out["n_utterances"] = sums["group"].map(heard.groupby("group").size())
    out["words_before"] = sums["words_before"]
    out["words_after"] = sums["words_after"]
    out["share_words_changed"] = _over(sums["words_changed"], sums["words_before"])
    out["errors_before"] = sums["errors_before"]
    out["errors_after"] = sums["errors_after"]
    out["share_erased"] = _over(sums["errors_before"] - sums["errors_after"], sums["errors_before"])
    compared = sums["group"] != UNKNOWN
    for when in ("before", "after"):
        errors, words = sums[f"errors_{when}"], sums[f"words_{when}"]
        rate = _over(errors, words)
        rest = _over(total[f"errors_{when}"] - errors, total[f"words_{when}"] - words)
        out[f"rate_{when}"] = rate
        out[f"difference_{when}"] = (rate - rest).where(compared)
        out[f"ratio_{when}"] = _over(rate, rest).where(compared)
    return out


def _over(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    """A quotient; NaN where there is nothing to divide by."""
    return numerator / denominator.where(denominator > 0)
