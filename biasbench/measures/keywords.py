"""Keywords: how often a phrase that was said is found, and one that was not said is.

    keyword_recall             Σ min(found, said) / Σ said
    keyword_false_alarm_rate   units with the phrase found and not said / units with it not said

Recall is 1 − P(miss) of the spoken term detection evaluations (Fiscus, Ajot, Garofolo and
Doddington 2007, "Results of the 2006 spoken term detection evaluation"), with one simplification:
there a hit must lie at the right time, here occurrences are counted per unit. A phrase found where
it was not said can so stand in for one that was lost in the same unit, and recall is an upper
bound; the shorter the units, the closer. False alarms are counted in units where the phrase was not
said at all, where there is nothing to mistake them for.

"Said" is a count in people's transcript, "found" one in the system's, or of events that the system
noted. Where nobody knows, the count is NaN.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from biasbench.errors import OptionError, not_found
from biasbench.measures.events import count_events, event_labels
from biasbench.measures.metrics import Fractions, Numbers


def keyword_recall(n_said: Numbers, n_detected: Numbers) -> Fractions:
    """Occurrences found, at most as many as were said / occurrences said; 0/0 where none was.

    Missing where nobody knows whether it was said, or it was and nobody knows whether it was found.
    Counts have shape (n,). For a system that notes a phrase once a call, however often it is said,
    ask the same of what was said: `keyword_recall(np.minimum(n_said, 1), n_detected)`.

    Raises OptionError for arrays that do not pair up, or what is no count.

    >>> keyword_recall(np.array([2.0, 1.0, 0.0, 1.0]), np.array([1.0, 3.0, 1.0, np.nan]))
    (array([ 1.,  1.,  0., nan]), array([ 2.,  1.,  0., nan]))
    """
    said, found = _counts(n_said, n_detected)
    unknown = np.isnan(said) | ((said > 0) & np.isnan(found))
    hits = np.minimum(said, np.where(np.isnan(found), 0.0, found))
    return np.where(unknown, np.nan, hits), np.where(unknown, np.nan, said)


def keyword_false_alarm_rate(n_said: Numbers, n_detected: Numbers) -> Fractions:
    """Found and not said / not said, in units; 0/0 where it was said.

    Missing where nobody knows whether it was said, or it was not and nobody knows whether it was
    found. Raises what `keyword_recall` raises.

    >>> keyword_false_alarm_rate(np.array([0.0, 0.0, 2.0, 0.0]), np.array([3.0, 0.0, 5.0, np.nan]))
    (array([ 1.,  0.,  0., nan]), array([ 1.,  1.,  0., nan]))
    """
    said, found = _counts(n_said, n_detected)
    not_said = said == 0
    unknown = np.isnan(said) | (not_said & np.isnan(found))
    return (
        np.where(unknown, np.nan, (not_said & (found > 0)).astype(float)),
        np.where(unknown, np.nan, not_said.astype(float)),
    )


def category_counts(
    events: pd.DataFrame,
    units: Sequence[str],
    is_analysed: NDArray[np.bool_],
    label: str,
    *,
    known: Collection[str] = (),
) -> Numbers:
    """Events of kind 'category' with that label in each unit, (n,); NaN where not analysed.

    known: categories that the system could have noted, though no event has them; any other is a
    misspelling, and NotFoundError. Raises TableError for an event of no unit given or of one not
    analysed.

    >>> from biasbench.tables import EVENTS
    >>> events = pd.DataFrame({
    ...     "system": "vendor:x", "unit_id": ["c1", "c1"], "unit": "call", "number": [1, 2],
    ...     "kind": "category", "label": ["thanks", "refund"]}).reindex(columns=EVENTS.columns)
    >>> category_counts(events, ["c1", "c2"], np.array([True, False]), "thanks")
    array([ 1., nan])
    """
    all_known = {*event_labels(events, kind="category"), *known}
    if label not in all_known:
        raise not_found("category", label, all_known)
    return count_events(events, units, is_analysed, kind="category", label=label)


def _counts(n_said: Numbers, n_detected: Numbers) -> tuple[Numbers, Numbers]:
    said, found = np.asarray(n_said, dtype=float), np.asarray(n_detected, dtype=float)
    if said.shape != found.shape or said.ndim != 1:
        raise OptionError(
            f"n_said has shape {said.shape} and n_detected {found.shape}: they must pair up"
        )
    for name, counts in (("n_said", said), ("n_detected", found)):
        wrong = ~np.isnan(counts) & ~(
            np.isfinite(counts) & (counts >= 0) & (counts == np.round(counts))
        )
        if wrong.any():
            raise OptionError(
                f"{name} holds {counts[wrong][0]:g}, which is no count; NaN = unknown"
            )
    return said, found
