"""Recording conditions: is it the group that differs, or the microphone?

Where one group was recorded at one site and the other at another, a gap between the groups is a
gap between the sites just as well, and no statistic can part them (Li, Cohen & Pakhomov 2024,
arXiv 2407.13982, on CORAAL). The check counts, for each condition, what the two sides share.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.tables import UNKNOWN, is_empty
from biasbench.tables.labels import Codes, label_codes

#: Columns that are taken for recording conditions when they are there.
KNOWN_CONDITIONS = (
    "site",
    "device",
    "codec",
    "channel",
    "recorder",
    "headset",
    "client",
    "team",
    "sample_rate",
)


def overlap(group: npt.ArrayLike, against: npt.ArrayLike) -> float:
    """What two distributions over the same levels have in common, Σ min(share, share): 0 to 1.

    >>> overlap([10, 0], [0, 30]), overlap([5, 5], [10, 30])
    (0.0, 0.75)
    """
    one, other = np.asarray(group, dtype=float), np.asarray(against, dtype=float)
    return float(np.minimum(one / one.sum(), other / other.sum()).sum())


def count_conditions(
    speaker: Codes | None,
    group: Codes,
    group_names: Sequence[str],
    columns: dict[str, pd.Series],
) -> pd.DataFrame:
    """People and rows of every group in every level of every condition.

    `speaker` and `group` are codes per row. Columns: condition, level, group, n_speakers (people
    with any row there; NA without speaker labels), speaker_share (people, each spread over their
    levels by rows), shared (whether two or more people have this level), n_utterances. Rows
    whose condition was not written down stand in the level 'unknown': a group whose device is
    never recorded shares none with a group whose device always is.
    """
    parts = [
        _count_one(speaker, group, group_names, name, values) for name, values in columns.items()
    ]
    names = ["condition", "level", "group", "n_speakers", "speaker_share", "shared", "n_utterances"]
    if not parts:
        return pd.DataFrame({name: [] for name in names})
    return pd.concat(parts, ignore_index=True)[names]


def overlaps(counts: pd.DataFrame, group: set[str], against: set[str]) -> dict[str, float]:
    """The overlap of two sides on each condition: over people or over rows, the smaller.

    A level that one person alone has (everybody their own headset) tells people apart and not
    groups; a condition is checked only if levels that people share hold half of each side.
    """
    found = {}
    for condition, levels in counts.groupby("condition", sort=False):
        sides = []
        for names in (group, against):
            side = levels[levels["group"].isin(names)]
            shared = side[side["shared"]]
            if shared["speaker_share"].sum() >= 0.5 * side["speaker_share"].sum() > 0:
                sides.append(shared.groupby("level")[["speaker_share", "n_utterances"]].sum())
        if len(sides) == 2:
            one, other = sides[0].align(sides[1], fill_value=0)
            found[str(condition)] = min(
                overlap(one[column], other[column]) for column in one.columns
            )
    return found


def _count_one(
    speaker: Codes | None,
    group: Codes,
    group_names: Sequence[str],
    name: str,
    values: pd.Series,
) -> pd.DataFrame:
    level, level_names = label_codes(values.astype(object).mask(is_empty(values), UNKNOWN))
    rows = pd.DataFrame({"group": group, "level": level})
    if speaker is None:
        cells = rows.groupby(["level", "group"]).size().rename("n_utterances").reset_index()
        cells = cells.assign(n_speakers=np.nan, speaker_share=np.nan, shared=False)
    else:
        rows["speaker"] = speaker
        people = rows.groupby(["level", "group", "speaker"]).size().rename("n").reset_index()
        people["share"] = people["n"] / people.groupby("speaker")["n"].transform("sum")
        cells = (
            people.groupby(["level", "group"])
            .agg(
                n_speakers=("n", "size"), speaker_share=("share", "sum"), n_utterances=("n", "sum")
            )
            .reset_index()
        )
        cells["shared"] = cells.groupby("level")["n_speakers"].transform("sum") >= 2
    cells["condition"] = name
    cells["level"] = [level_names[code] for code in cells["level"]]
    cells["group"] = [group_names[code] for code in cells["group"]]
    return cells.sort_values(["level", "group"], ignore_index=True)
