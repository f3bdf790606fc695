"""The filled-in sheets and their key: references, ratings, agreement, and what is still blank.

A row that is blank is "not yet done", "inaudible" and "nothing said" are answers, and a
transcription with words marked [?] is kept but is no reference: what a machine wrote at that place
can be called neither right nor wrong. Each is counted by group, because speech that people do not
understand either is not spread evenly. Nothing is guessed: a cell that cannot be is an error that
names its row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from biasbench.errors import OptionError
from biasbench.evidence.options import check_plain_options
from biasbench.measures.normalize import find_normalizer
from biasbench.provenance import Provenance
from biasbench.sheets.agreement import rating_agreement, word_agreement
from biasbench.sheets.answers import Answer, answers_of, needed
from biasbench.sheets.cells import UTF_8, read_rows
from biasbench.sheets.keys import ratings_of, read_key
from biasbench.sheets.pool import Unit
from biasbench.sheets.resolving import Resolve, check_resolve, resolved
from biasbench.tables.sheets import HEARD_RATINGS, RETURNS, TRANSCRIPTIONS

OVERALL = "overall"


@dataclass(frozen=True)
class Sheets:
    """What people wrote and rated, and how far they agree; every table is in tables/sheets.py.

    references: REFERENCES, one for each utterance that has one. transcriptions: TRANSCRIPTIONS, a
    row for each row of a sheet. ratings: HEARD_RATINGS. returns: RETURNS, what came back by group.
    word_agreement: WORD_AGREEMENT. rating_agreement: RATING_AGREEMENT. `resolve` is the rule for
    two who differ.
    """

    references: pd.DataFrame
    transcriptions: pd.DataFrame
    ratings: pd.DataFrame
    returns: pd.DataFrame
    word_agreement: pd.DataFrame
    rating_agreement: pd.DataFrame
    by: str
    unit: Unit
    resolve: Resolve
    provenance: Provenance


def read_sheet(
    paths: str | Path | Sequence[str | Path],
    *,
    key: str | Path,
    resolve: Resolve = "first",
    normalizer: str = "minimal",
    encoding: str = UTF_8,
    level: float = 0.95,
) -> Sheets:
    """Read one sheet or several back.

    Parameters
    ----------
    paths, key
        The sheets, in French or English, filled in wholly or in part; the key written with them.
    resolve
        What the reference is where two people wrote different words, declared before looking:
        'first' takes what A wrote rather than B (rows were dealt by lot), 'longer' what has more
        words, 'exclude' neither: then what is easy to hear is left, and counted in `returns`.
    normalizer
        What counts as the same word between two people; a name from measures.normalize.
    encoding
        Of a .csv: 'cp1252' for one that Excel saved as plain 'CSV'.

    Raises
    ------
    TableError
        A code that is not in the key, or stands twice for one person; a missing column; a rating
        that is not 1 to 5; an answer that contradicts another; a file that is not UTF-8.
    OptionError, NotFoundError
        An option or file that cannot be.
    """
    check_plain_options(level=level, audience="public", seed=0, n_resamples=1)
    check_resolve(resolve)
    normal = find_normalizer(normalizer)
    places = [Path(one) for one in ([paths] if isinstance(paths, (str, Path)) else paths)]
    if not places:
        raise OptionError("paths=[]: name the sheets that were filled in")
    keys, chain = read_key(key)
    unit: Unit = "call" if keys["unit"].iloc[0] == "call" else "utterance"
    rated = ratings_of(keys)
    rows = [
        row
        for place in places
        for row in read_rows(place, needed=needed(unit, rated), ratings=rated, encoding=encoding)
    ]
    answers = answers_of(rows, keys, unit, rated)
    transcriptions, ratings = _tables(answers, unit, rated)
    references, excluded = resolved(transcriptions, unit, resolve, normal)
    by = str(keys["by"].iloc[0])
    person = keys.drop_duplicates("unit_id")[["unit_id", "speaker_id", "group"]]
    facts = {
        "sheets": ",".join(place.name for place in places), "resolve": resolve,
        "agreement_norm": normal.label, "references": f"{len(references)}",
    }  # fmt: skip
    return Sheets(
        references=references,
        transcriptions=transcriptions,
        ratings=ratings,
        returns=_returns(keys, transcriptions, ratings, references, excluded),
        word_agreement=word_agreement(transcriptions, person, by, normal, level=level),
        rating_agreement=rating_agreement(ratings, person, by, rated, level=level),
        by=by,
        unit=unit,
        resolve=resolve,
        provenance=chain.then("read_sheet", facts),
    )


def _tables(
    answers: Sequence[Answer], unit: Unit, ratings: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    written = [(one.unit_id, one.coder, one.state, one.text, one.remarks) for one in answers]
    rated = [
        (one.unit_id, unit, one.coder, name, one.values[name])
        for one in answers
        for name in ratings
        if name in one.values
    ]
    return (
        TRANSCRIPTIONS.check(
            pd.DataFrame(written, columns=list(TRANSCRIPTIONS.columns), dtype=object)
        ),
        HEARD_RATINGS.check(pd.DataFrame(rated, columns=list(HEARD_RATINGS.columns), dtype=object)),
    )


_COUNTED = {
    "n_transcribed": "transcribed",
    "n_partly": "partly inaudible",
    "n_inaudible": "inaudible",
    "n_nothing_said": "nothing said",
}


def _returns(
    keys: pd.DataFrame,
    transcriptions: pd.DataFrame,
    ratings: pd.DataFrame,
    references: pd.DataFrame,
    excluded: set[str],
) -> pd.DataFrame:
    rated = ratings.drop_duplicates(["unit_id", "coder"])[["unit_id", "coder"]].assign(rated=True)
    every = (
        keys.merge(transcriptions, on=["unit_id", "coder"], how="left", validate="1:1")
        .merge(rated, on=["unit_id", "coder"], how="left", validate="1:1")
    )  # fmt: skip
    every["rated"] = every["rated"].eq(True)
    # A call has nothing to transcribe: it is done once it is rated.
    every["blank"] = every["state"].eq("blank") & ~(every["rated"] & every["unit"].eq("call"))
    referred = set(references["utterance_id"])
    counts = []
    for group in [*sorted(every["group"].unique()), OVERALL]:
        own = every if group == OVERALL else every[every["group"].eq(group)]
        units = set(own["unit_id"])
        counts.append(
            {
                "by": own["by"].iloc[0],
                "group": group,
                "n_speakers": own["speaker_id"].nunique(),
                "n_rows": len(own),
                **{name: int(own["state"].eq(state).sum()) for name, state in _COUNTED.items()},
                "n_blank": int(own["blank"].sum()),
                "n_not_returned": int(own["state"].isna().sum()),
                "n_rated": int(own["rated"].sum()),
                "n_references": len(units & referred),
                "n_excluded": len(units & excluded),
            }
        )
    return RETURNS.check(pd.DataFrame(counts))
