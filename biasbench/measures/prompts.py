"""Prompts: how often people are told "faster", how often wrongly, how often both ways.

    prompt_rate             prompts / calls
    unfounded_prompt_rate   prompts that were not called for / prompts checked
    contradiction_rate      calls with both of two opposite prompts / calls

A call that the system looked at and let pass is 0; one that it never looked at is missing. Which is
which no table of events can tell, so that `is_analysed` says it.

"Unfounded" is people's word (`founded` of EVENTS), or what the same rules give on the transcript
that people wrote: a "say thanks" shown on the recogniser's text and not on the human one was made
by the recogniser, which lost the thanks.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from biasbench.errors import OptionError, TableError, not_found
from biasbench.measures.events import count_events, event_labels, events_of
from biasbench.measures.metrics import Fractions, Numbers


def prompt_rate(
    events: pd.DataFrame,
    units: Sequence[str],
    is_analysed: NDArray[np.bool_],
    label: str | None = None,
    *,
    known: Collection[str] = (),
) -> Fractions:
    """Prompts of that label / 1, per unit; of any label where it is None.

    events: rows of EVENTS of one system. units: the n units, in order. is_analysed: (n,), whether
    the system looked at the unit; where not, both are NaN. known: labels that the system could have
    shown, though no event has them; any other is a misspelling.

    Raises TableError for an event of no unit given or of one not analysed, NotFoundError for an
    unknown label.

    >>> from biasbench.tables import EVENTS
    >>> events = pd.DataFrame({
    ...     "system": "tone:x", "unit_id": ["c1", "c1", "c2"], "unit": "call", "number": [1, 2, 1],
    ...     "kind": "prompt", "label": ["slower", "slower", "kinder"]}).reindex(
    ...         columns=EVENTS.columns)
    >>> prompt_rate(events, ["c1", "c2", "c3"], np.array([True, True, False]), "slower")
    (array([ 2.,  0., nan]), array([ 1.,  1., nan]))
    """
    if label is not None:
        _check_labels([label], [events], known)
    n_shown = count_events(events, units, is_analysed, kind="prompt", label=label)
    return n_shown, np.where(np.isnan(n_shown), np.nan, 1.0)


def unfounded_prompt_rate(
    events: pd.DataFrame,
    units: Sequence[str],
    is_analysed: NDArray[np.bool_],
    label: str | None = None,
    *,
    known: Collection[str] = (),
) -> Fractions:
    """Prompts that people found not called for / prompts that people checked, per unit.

    The word of people is the column `founded`: 1, 0, or empty where nobody checked. A unit without
    such a prompt is 0/0 and adds nothing; one whose prompts nobody checked is missing, so that it
    shows where calls of one group were checked and those of another were not.

    Raises what `prompt_rate` raises, and TableError where `founded` is absent or not 1, 0 or empty.

    >>> from biasbench.tables import EVENTS
    >>> events = pd.DataFrame({
    ...     "system": "tone:x", "unit_id": ["c1", "c1", "c2"], "unit": "call", "number": [1, 2, 1],
    ...     "kind": "prompt", "label": "thanks", "founded": [0, 1, None]}).reindex(
    ...         columns=EVENTS.columns)
    >>> unfounded_prompt_rate(events, ["c1", "c2", "c3"], np.array([True, True, True]), "thanks")
    (array([ 1., nan,  0.]), array([ 2., nan,  0.]))
    """
    if "founded" not in events.columns:
        raise TableError(
            "events: column 'founded' is missing: nobody says which prompts were called for. Add "
            "it (1, 0, empty where nobody checked), or run the same rules on human transcripts"
        )
    if label is not None:
        _check_labels([label], [events], known)
    shown, places = events_of(events, units, is_analysed, kind="prompt", label=label)
    founded = shown["founded"].to_numpy(dtype=float)
    wrong = ~np.isnan(founded) & ~np.isin(founded, [0.0, 1.0])
    if wrong.any():
        at = int(wrong.argmax())
        raise TableError(
            f"events: founded is {founded[at]:g} for prompt {shown['number'].iloc[at]} of unit "
            f"'{shown['unit_id'].iloc[at]}', not 1, 0 or empty"
        )
    n_shown, n_checked, n_unfounded = (
        np.bincount(places[rows], minlength=len(units)).astype(float)
        for rows in (np.full(len(shown), True), ~np.isnan(founded), founded == 0)
    )
    unknown = ~np.asarray(is_analysed, dtype=bool) | ((n_shown > 0) & (n_checked == 0))
    return np.where(unknown, np.nan, n_unfounded), np.where(unknown, np.nan, n_checked)


def unfounded_by_rules(
    events: pd.DataFrame,
    human: pd.DataFrame,
    units: Sequence[str],
    is_analysed: NDArray[np.bool_],
    is_human_analysed: NDArray[np.bool_],
    label: str | None = None,
    *,
    known: Collection[str] = (),
) -> Fractions:
    """Prompts that the same rules do not show on the human transcript / prompts, per unit.

    `human` are the events of these rules on what people wrote, `is_human_analysed` (n,) the units
    of which there is a human transcript. Of each label in each unit, as many prompts are unfounded
    as exceed those on the human transcript: max(0, shown − shown there). The two are not matched in
    time, and a prompt at the wrong moment passes for founded: the share is a lower bound. A unit
    without such a prompt is 0/0; one with prompts and no human transcript is missing.

    >>> from biasbench.tables import EVENTS
    >>> def prompts(*unit_ids):
    ...     return pd.DataFrame({
    ...         "system": "tone:x", "unit_id": unit_ids, "unit": "call",
    ...         "number": range(1, len(unit_ids) + 1), "kind": "prompt",
    ...         "label": "thanks"}).reindex(columns=EVENTS.columns)
    >>> both = np.array([True, True])
    >>> unfounded_by_rules(prompts("c1", "c1"), prompts("c1", "c2"), ["c1", "c2"], both, both)
    (array([1., 0.]), array([2., 0.]))
    """
    if label is not None:
        _check_labels([label], [events, human], known)
    heard = np.asarray(is_human_analysed, dtype=bool)
    shown = events_of(events, units, is_analysed, kind="prompt", label=label)
    there = events_of(human, units, heard, kind="prompt", label=label)
    names = sorted(set(shown[0]["label"]))
    own, theirs = (_by_label(*rows, names, len(units)) for rows in (shown, there))
    n_shown, n_unfounded = own.sum(axis=1), np.maximum(0.0, own - theirs).sum(axis=1)
    # Nothing was shown: there is nothing to check, whether or not there is a human transcript.
    unknown = ~np.asarray(is_analysed, dtype=bool) | (~heard & (n_shown > 0))
    return np.where(unknown, np.nan, n_unfounded), np.where(unknown, np.nan, n_shown)


def contradiction_rate(
    events: pd.DataFrame,
    units: Sequence[str],
    is_analysed: NDArray[np.bool_],
    opposites: Sequence[tuple[str, str]],
    *,
    within_s: float | None = None,
    known: Collection[str] = (),
) -> Fractions:
    """Units with both prompts of a pair of opposites / 1, in either order.

    within_s: only where one starts at most so many seconds after the other; None is anywhere in the
    unit. With it, a unit whose prompts lack the times that would decide it is missing.

    Raises what `prompt_rate` raises, and OptionError where a pair is not two different labels.

    >>> from biasbench.tables import EVENTS
    >>> events = pd.DataFrame({
    ...     "system": "tone:x", "unit_id": ["c1", "c1", "c2"], "unit": "call", "number": [1, 2, 1],
    ...     "kind": "prompt", "label": ["slower", "faster", "faster"],
    ...     "start": [10.0, 95.0, 5.0]}).reindex(columns=EVENTS.columns)
    >>> units, looked_at = ["c1", "c2"], np.array([True, True])
    >>> contradiction_rate(events, units, looked_at, [("faster", "slower")])
    (array([1., 0.]), array([1., 1.]))
    >>> contradiction_rate(events, units, looked_at, [("faster", "slower")], within_s=60.0)[0]
    array([0., 0.])
    """
    _check_opposites(opposites)
    if within_s is not None and not within_s >= 0:
        raise OptionError(f"within_s={within_s:g}: give a number of seconds from 0, or None")
    _check_labels([name for pair in opposites for name in pair], [events], known)
    shown, places = events_of(events, units, is_analysed, kind="prompt")
    start = shown["start"].to_numpy(dtype=float)
    name = shown["label"].to_numpy(dtype=object)
    rows_of = pd.Series(places).groupby(places).indices
    found = np.where(np.asarray(is_analysed, dtype=bool), 0.0, np.nan)
    for one, other in opposites:
        for at in np.intersect1d(places[name == one], places[name == other]):
            here = rows_of[at]
            verdict = _is_near(
                start[here][name[here] == one], start[here][name[here] == other], within_s
            )
            if verdict == 1 or (np.isnan(verdict) and found[at] != 1):
                found[at] = verdict
    return found, np.where(np.isnan(found), np.nan, 1.0)


def _by_label(
    rows: pd.DataFrame, places: NDArray[np.intp], names: Sequence[str], n_units: int
) -> Numbers:
    """Rows of each unit and label, shape (n_units, n_names); those of other labels are left out."""
    columns = pd.Index(names).get_indexer(pd.Index(rows["label"]))
    counts = np.zeros((n_units, len(names)))
    np.add.at(counts, (places[columns >= 0], columns[columns >= 0]), 1.0)
    return counts


def _check_labels(
    wanted: Sequence[str], tables: Sequence[pd.DataFrame], known: Collection[str]
) -> None:
    shown = {name for table in tables for name in event_labels(table, kind="prompt")} | set(known)
    for name in wanted:
        if name not in shown:
            raise not_found("prompt", name, shown)


def _check_opposites(opposites: Sequence[tuple[str, str]]) -> None:
    if not opposites:
        raise OptionError("opposites is empty: name a pair such as ('faster', 'slower')")
    for pair in opposites:
        if isinstance(pair, str) or len(pair) != 2 or pair[0] == pair[1]:
            raise OptionError(f"opposites: {pair!r} is not a pair of two different labels")


def _is_near(ones: Numbers, others: Numbers, within_s: float | None) -> float:
    """1 if two starts are near enough, 0 if not, NaN if a missing time could decide it."""
    if within_s is None:
        return 1.0
    apart = np.abs(ones[:, None] - others[None, :])
    if (apart <= within_s).any():
        return 1.0
    return np.nan if np.isnan(apart).any() else 0.0
