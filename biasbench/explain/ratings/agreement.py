"""How far people agree about each group's speech: rater agreement by group.

A score that is compared with human ratings is only as good as they are; if raters agree less about
one group, what looks like an error of the machine there may be theirs. Krippendorff's alpha with
an interval whose unit is the speaker (krippendorff.py), for every group and for everybody, and
each group against the other side.

What is compared is never that a group is hard to hear: units, sentences and emotions may differ
too. Raters are taken as given: who rated what is not used, so nothing is said about other raters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.errors import InsufficientDataError, OptionError, TableError, not_found
from biasbench.evidence.correct import sidak, sidak_level
from biasbench.evidence.intake import OVERALL
from biasbench.evidence.options import check_plain_options, other_side
from biasbench.evidence.sufficiency import FEWEST_TO_TEST
from biasbench.evidence.sums import FloatArray
from biasbench.explain.ratings.krippendorff import Alpha, Scale, alpha_gap, alpha_of_speakers
from biasbench.tables import REST, UNKNOWN, place_of
from biasbench.tables.grouping import By, group_labels, grouping_columns
from biasbench.tables.labels import Codes, label_codes
from biasbench.tables.ratings import AGREEMENT, AGREEMENT_GAPS

#: The columns that count votes: their names (of ordered values, in their order), or the number
#: that each stands for.
Votes = Sequence[str] | Mapping[str, float]

_SOURCE = "ratings"


@dataclass(frozen=True)
class AgreementByGroup:
    """Alpha of each group (table AGREEMENT), and the differences (table AGREEMENT_GAPS)."""

    groups: pd.DataFrame
    gaps: pd.DataFrame
    scale: Scale


def agreement_by_group(
    ratings: pd.DataFrame,
    *,
    by: By,
    votes: Votes,
    against: str = REST,
    scale: Scale = "nominal",
    least: float | None = None,
    level: float = 0.95,
) -> AgreementByGroup:
    """Alpha of every group and of everybody, and each group against the other side.

    `ratings` has a row per unit (an utterance, a call): speaker_id, group columns, and columns
    that count how many raters gave each value, named in `votes`. For scale='interval', `votes`
    maps each column to the number it counts. `least`: the alpha below which a group's ratings are
    not to be used as a reference, declared beforehand (Krippendorff asks for 0.667 for tentative
    conclusions); such a group is noted N-REF. None declares nothing.

    Raises TableError for votes that are no counts and for a person in two groups, OptionError
    and NotFoundError for options and columns that cannot be, InsufficientDataError where `by`
    makes fewer than two groups. Too few people is a note: no interval below 3, no difference
    tested below 6 a side.

    >>> table = pd.DataFrame({
    ...     "speaker_id": [f"p{n // 2}" for n in range(32)], "sex": ["f"] * 16 + ["m"] * 16,
    ...     "n_calm": [5, 4, 0, 1, 5, 0, 2, 1] * 2 + [5, 3, 1, 2, 3, 2, 0, 3] * 2})
    >>> table["n_tense"] = 5 - table["n_calm"]
    >>> found = agreement_by_group(table, by="sex", votes=["n_calm", "n_tense"])
    >>> found.groups[["group", "alpha", "low", "high", "n_units", "n_speakers"]].round(2)
         group  alpha   low  high  n_units  n_speakers
    0        f   0.55 -0.03  0.80       16           8
    1        m   0.16 -0.16  0.39       16           8
    2  overall   0.35  0.09  0.54       32          16
    """
    check_plain_options(level=level, audience="public", seed=0, n_resamples=1)
    _check_options(scale, least)
    ratings = ratings.reset_index(drop=True)
    counts, values = _counts(ratings, votes, scale)
    asked = _Asked(counts, values, _speakers(ratings), scale, level)
    columns = grouping_columns(by, ratings)
    name = ",".join(columns)
    groups = _groups(ratings, columns, asked.speaker, name)
    known = [label for label in groups if label != UNKNOWN]
    if len(known) < 2:
        raise InsufficientDataError(
            f"by='{name}' makes {len(known)} known group{'s' * (len(known) != 1)}; a comparison "
            "needs two"
        )
    other = other_side(against, known, name)
    shown = groups | {OVERALL: np.ones(len(ratings), dtype=bool)}
    alphas = [
        {"by": name, "group": label, "level": level} | _figures(asked, rows, label, least)
        for label, rows in shown.items()
    ]
    return AgreementByGroup(
        AGREEMENT.check(pd.DataFrame(alphas, columns=list(AGREEMENT.columns), dtype=object)),
        _gaps(asked, {label: groups[label] for label in known}, name, other),
        scale,
    )


@dataclass(frozen=True)
class _Asked:
    """The votes of all units, and how they are to be compared."""

    counts: FloatArray  # shape (n_units, n_values)
    values: FloatArray | None
    speaker: Codes  # shape (n_units,)
    scale: Scale
    level: float

    def alpha(self, rows: npt.NDArray[np.bool_]) -> Alpha:
        return alpha_of_speakers(
            self.counts[rows], self.speaker[rows], scale=self.scale, values=self.values
        )


def _figures(
    asked: _Asked, rows: npt.NDArray[np.bool_], label: str, least: float | None
) -> dict[str, float | int | str | None]:
    found = asked.alpha(rows)
    low, high = found.interval(asked.level) or (None, None)
    ratings = asked.counts[rows].sum(axis=1)
    notes = ["group not known: shown, never compared"] if label == UNKNOWN else []
    if least is not None and found.value is not None and found.value < least:
        notes.append(
            f"N-REF(alpha_min={least:g}): alpha is {found.value:.3f}, below {least:g} declared: "
            "these ratings are not to be used as a reference"
        )
    if found.note:
        notes.append(found.note)
    return {
        "alpha": found.value,
        "low": low,
        "high": high,
        "n_units": int((ratings >= 2).sum()),
        "n_single": int((ratings < 2).sum()),
        "n_ratings": int(ratings[ratings >= 2].sum()),
        "n_speakers": found.n_speakers,
        "note": "; ".join(notes) or None,
    }


def _gaps(
    asked: _Asked, groups: Mapping[str, npt.NDArray[np.bool_]], by: str, against: str
) -> pd.DataFrame:
    everybody = np.logical_or.reduce(list(groups.values()))
    pairs = {
        label: (rows, everybody & ~rows if against == REST else groups[against])
        for label, rows in groups.items()
        if label != against
    }
    alphas = {label: (asked.alpha(a), asked.alpha(b)) for label, (a, b) in pairs.items()}
    # The family is those with people enough, whatever came out; two groups against each other's
    # rest are one comparison, asked from both ends.
    enough = [min(a.n_speakers, b.n_speakers) >= FEWEST_TO_TEST for a, b in alphas.values()]
    n_tests = min(sum(enough), 1 if against == REST and len(groups) == 2 else len(enough))
    found = []
    for label, (one, other) in alphas.items():
        gap = alpha_gap(one, other, level=asked.level)
        family = alpha_gap(one, other, level=sidak_level(asked.level, n_tests))
        found.append(
            {
                "by": by,
                "group": label,
                "against": against,
                "alpha": one.value,
                "against_alpha": other.value,
                "difference": gap.difference,
                "difference_low": family.low,
                "difference_high": family.high,
                "difference_low_unadjusted": gap.low,
                "difference_high_unadjusted": gap.high,
                "level": asked.level,
                "n_comparisons": n_tests,
                "p_value": gap.p,
                "p_adjusted": None if gap.p is None else sidak(gap.p, n_tests),
                "n_speakers": one.n_speakers,
                "n_against": other.n_speakers,
                "note": gap.note,
            }
        )
    columns = list(AGREEMENT_GAPS.columns)
    return AGREEMENT_GAPS.check(pd.DataFrame(found, columns=columns, dtype=object))


def _check_options(scale: Scale, least: float | None) -> None:
    if scale not in get_args(Scale):
        raise OptionError(f"scale={scale!r} is none of {', '.join(map(repr, get_args(Scale)))}")
    if least is not None and not -1 <= least <= 1:
        raise OptionError(f"least={least:g} is no alpha; it lies between −1 and 1, as 0.667 does")


def _counts(
    ratings: pd.DataFrame, votes: Votes, scale: Scale
) -> tuple[FloatArray, FloatArray | None]:
    """Counts of shape (n_units, n_values), and the numbers they stand for."""
    if isinstance(votes, str) or len(votes) < 2:
        raise OptionError(f"votes={votes!r}: name the columns of at least two values")
    if scale == "interval" and not isinstance(votes, Mapping):
        raise OptionError(
            "scale='interval' needs the number that each column counts: votes={'n_1': 1, 'n_2': 2}"
        )
    if len(set(votes)) < len(votes):
        raise OptionError(f"votes={list(votes)}: a column is named twice")
    for column in votes:
        if column not in ratings.columns:
            raise not_found("column of votes", column, map(str, ratings.columns))
        cells = pd.to_numeric(ratings[column], errors="coerce").to_numpy(dtype=float)
        wrong = ~((cells >= 0) & (cells == np.round(cells)))  # NaN is wrong too
        if wrong.any():
            at = int(wrong.argmax())
            raise TableError(
                f"{place_of(ratings, _SOURCE, at)}: {column} is '{ratings[column].iloc[at]}', not "
                "a number of votes; write 0 where nobody gave this value"
            )
    counts = ratings[list(votes)].apply(pd.to_numeric).to_numpy(dtype=float)
    values = np.array(list(votes.values()), dtype=float) if isinstance(votes, Mapping) else None
    return counts, values


def _speakers(ratings: pd.DataFrame) -> Codes:
    if "speaker_id" not in ratings.columns:
        raise not_found("column", "speaker_id", map(str, ratings.columns))
    codes, _ = label_codes(ratings["speaker_id"])
    if (codes < 0).any():
        at = int((codes < 0).argmax())
        raise TableError(f"{place_of(ratings, _SOURCE, at)}: speaker_id is empty")
    return codes


def _groups(
    ratings: pd.DataFrame, columns: Sequence[str], speaker: Codes, by: str
) -> dict[str, npt.NDArray[np.bool_]]:
    """The rows of each group, by name; UNKNOWN last, if there is any."""
    codes, labels = label_codes(group_labels(ratings, columns))
    for label in (REST, OVERALL):
        if label in labels:
            at = int((codes == labels.index(label)).argmax())
            raise TableError(
                f"{place_of(ratings, _SOURCE, at)}: {by} is '{label}', which has a meaning of its "
                "own here; give the group another name"
            )
    if UNKNOWN in labels:
        codes = np.where(codes == labels.index(UNKNOWN), -1, codes)
    first = np.full(int(speaker.max()) + 1, -2)
    first[speaker[::-1]] = codes[::-1]
    differs = first[speaker] != codes
    if differs.any():
        at = int(differs.argmax())
        raise TableError(
            f"{place_of(ratings, _SOURCE, at)}: speaker '{ratings['speaker_id'].iloc[at]}' stands "
            f"in another group of {by} here than before; a person must stand in one group"
        )
    found = {label: codes == at for at, label in enumerate(labels) if label != UNKNOWN}
    return found | ({UNKNOWN: codes < 0} if (codes < 0).any() else {})
