"""How far two people agree about the same rows: words, and ratings, by group.

Words. Of the utterances that two people wrote down in full (or both heard to hold nothing),

    differing = Σ edits / Σ (words of one + words of the other)/2

where edits are the fewest word substitutions, deletions and insertions between the two: a word
error rate in which neither is the reference, the same whichever is called first. A recogniser's
word error rate below it is finer than people are.

Ratings. Krippendorff's alpha for ordered values, and the share of units rated the same, or at most
one apart. Alpha falls where nearly everything is rated alike; the shares do not. Read both.

The person heard is the unit of every interval: for words and shares the interval of a rate
(evidence.estimate), for alpha that of explain.ratings.krippendorff; both leave out each person in
turn. Shares are taken as shares of units apart, so that one without any has an interval too.
If people agree less about one group, an error of a machine there may be theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from biasbench.evidence.estimate import Estimate, estimate
from biasbench.evidence.sums import speaker_sums
from biasbench.explain.ratings.krippendorff import Alpha, alpha_of_speakers
from biasbench.measures.align import count_edits_many
from biasbench.measures.normalize import Normalizer
from biasbench.sheets.resolving import USABLE
from biasbench.sheets.wording import HIGHEST, LOWEST
from biasbench.tables.labels import label_codes
from biasbench.tables.sheets import RATING_AGREEMENT, WORD_AGREEMENT

OVERALL = "overall"
_NO_PAIR = "nothing was done by two people"


def word_agreement(
    transcriptions: pd.DataFrame,
    person: pd.DataFrame,
    by: str,
    normal: Normalizer,
    *,
    level: float = 0.95,
) -> pd.DataFrame:
    """Table WORD_AGREEMENT: a row for each group, and one for everybody.

    `person`: unit_id, speaker_id and group of every unit given out.
    """
    pairs = _pairs(transcriptions[transcriptions["state"].ne("blank")], ["state", "text"])
    pairs = pairs.merge(person, on="unit_id", validate="1:1")
    full = pairs["state_a"].isin(USABLE).to_numpy(), pairs["state_b"].isin(USABLE).to_numpy()
    both = full[0] & full[1]
    texts = [normal.all(pairs[name]) for name in ("text_a", "text_b")]
    edits = count_edits_many(*texts)[:, 1:].sum(axis=1)
    words = np.array([[len(text.split()) for text in own] for own in texts]).mean(axis=0)
    rows = []
    for group, own in _groups(person, pairs):
        here = own & both
        units = int(here.sum())
        found = _rate(pairs["speaker_id"][here], edits[here], words[here], level)
        rows.append(
            {
                "by": by,
                "group": group,
                "differing": None if found is None else found.value,
                "low": None if found is None else found.low,
                "high": None if found is None else found.high,
                "level": level,
                "n_edits": int(edits[here].sum()),
                "n_words": float(words[here].sum()),
                "n_units": units,
                "n_alike": int((edits[here] == 0).sum()),
                "n_one_only": int((own & (full[0] ^ full[1])).sum()),
                "n_speakers": 0 if found is None else found.n_speakers,
                "note": _NO_PAIR if found is None else found.note,
            }
        )
    return WORD_AGREEMENT.check(pd.DataFrame(rows, dtype=object))


def rating_agreement(
    ratings: pd.DataFrame,
    person: pd.DataFrame,
    by: str,
    names: Sequence[str],
    *,
    level: float = 0.95,
) -> pd.DataFrame:
    """Table RATING_AGREEMENT: for each rating a row for each group, and one for everybody."""
    rows: list[dict[str, Any]] = []
    for name in names:
        own = ratings[ratings["rating"].eq(name)]
        counts = own.groupby("unit_id", sort=False)["value"].agg(["size", "min", "max"])
        table = counts.reset_index().merge(person, on="unit_id", validate="1:1")
        values = np.arange(LOWEST, HIGHEST + 1)
        votes = np.array(
            [(own["value"].eq(value)).groupby(own["unit_id"], sort=False).sum() for value in values]
        ).T.reshape(len(table), len(values))
        for group, here in _groups(person, table):
            rows.append(
                {"rating": name, "by": by, "group": group, "level": level}
                | _rated(table[here], votes[here], level)
            )
    return RATING_AGREEMENT.check(
        pd.DataFrame(rows, columns=list(RATING_AGREEMENT.columns), dtype=object)
    )


def _rated(table: pd.DataFrame, votes: np.ndarray, level: float) -> dict[str, Any]:
    paired = table["size"].ge(2).to_numpy()
    speaker, _ = label_codes(table["speaker_id"])
    alpha = (
        alpha_of_speakers(votes.astype(float), speaker, scale="ordinal")
        if paired.any()
        else Alpha(None, None, 0, _NO_PAIR)
    )
    low, high = alpha.interval(level) or (None, None)
    apart = (table["max"] - table["min"]).to_numpy(dtype=float)[paired]
    people, one = table["speaker_id"][paired], np.ones(int(paired.sum()))
    shares = {
        "exact": _rate(people, (apart > 0).astype(float), one, level),
        "within_one": _rate(people, (apart > 1).astype(float), one, level),
    }
    return {
        "alpha": alpha.value,
        "low": low,
        "high": high,
        **{key: value for name, found in shares.items() for key, value in _other(name, found)},
        "n_units": int(paired.sum()),
        "n_single": int((~paired).sum()),
        "n_speakers": alpha.n_speakers,
        "note": alpha.note,
    }


def _other(name: str, apart: Estimate | None) -> Iterator[tuple[str, float | None]]:
    """The share of units that agree and its interval, from the share of those that do not."""
    ends = (None, None, None) if apart is None else (apart.value, apart.high, apart.low)
    for key, value in zip((name, f"{name}_low", f"{name}_high"), ends, strict=True):
        yield key, None if value is None else max(0.0, 1 - value)


def _rate(
    speaker_id: pd.Series, numerator: np.ndarray, denominator: np.ndarray, level: float
) -> Estimate | None:
    if not len(speaker_id):
        return None
    return estimate(speaker_sums(speaker_id, numerator, denominator), level=level)


def _pairs(answers: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """A row for each unit that two people did: their answers as column_a and column_b."""
    ordered = answers.sort_values(["unit_id", "coder"])
    twice = ordered[ordered.duplicated("unit_id", keep=False)]
    kept = ["unit_id", *columns]
    first = twice.drop_duplicates("unit_id", keep="first")[kept]
    last = twice.drop_duplicates("unit_id", keep="last")[kept]
    return first.merge(last, on="unit_id", suffixes=("_a", "_b"), validate="1:1")


def _groups(person: pd.DataFrame, table: pd.DataFrame) -> Iterator[tuple[str, np.ndarray]]:
    """The rows of each group of the sample, and of everybody."""
    for group in sorted(person["group"].unique()):
        yield str(group), table["group"].eq(group).to_numpy(dtype=bool)
    yield OVERALL, np.ones(len(table), dtype=bool)
