"""What readers of recognisers' own files share: order, odd times, and sentences laid on utterances.

A service may label sentences (positive, negative) while the transcript is cut into utterances. A
sentence belongs to the utterance of the same party with which it shares most time. An utterance of
one sentence has a label or has it not (1 or 0); of several, the share of them that has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from biasbench.systems import Score
from biasbench.systems.exports import Notes, Remark, Said
from biasbench.tables.columns import Direction

ODD_TIMES = Remark(
    "utterances with a time below 0, not a number, or an end before the start, kept as written",
    "énoncés dont un temps est négatif, n’est pas un nombre, ou dont la fin précède le début, "
    "gardés tels quels",
)
NO_TEXT = Remark(
    "segments without any text, left out",
    "segments sans aucun texte, omis",
)
SEVERAL_SENTENCES = Remark(
    "utterances of several labelled sentences; their score is the share of sentences so labelled",
    "énoncés de plusieurs phrases étiquetées ; leur score est la part des phrases ainsi étiquetées",
)
NO_UTTERANCE = Remark(
    "labelled sentences that overlap no utterance of their party, left out",
    "phrases étiquetées qui ne recoupent aucun énoncé de leur locuteur, omises",
)
UNDOCUMENTED_LABEL = Remark(
    "labels that the documentation does not list, kept as scores of their own",
    "étiquettes absentes de la documentation, gardées comme scores distincts",
)

#: Whom a sentence or an utterance is of, and its time.
Stretch = tuple[float, float, str | None]

#: An empty answer is not a neutral one.
NOT_LABELLED = "The export holds no label for this utterance."

SENTIMENTS: Mapping[str, Direction] = {
    "positive": "higher is better",
    "negative": "higher is worse",
    "neutral": "neither",
}


def in_order(said: list[Said], notes: Notes) -> tuple[Said, ...]:
    """The utterances by start, those without one where they stood; odd times are counted."""
    previous = float("-inf")
    sorted_already = True
    odd = 0
    for one in said:
        if one.start is None:
            continue
        # 1e6 s are eleven days; written this way round, NaN and infinity are odd as well
        if not 0 <= one.start <= (one.start if one.end is None else one.end) < 1e6:
            odd += 1
        if one.start < previous:
            sorted_already = False
        previous = one.start
    notes.count(ODD_TIMES, odd)
    if sorted_already:
        return tuple(said)
    timed = sorted((one for one in said if one.start is not None), key=_start)
    following = iter(timed)
    return tuple(one if one.start is None else next(following) for one in said)


def _start(one: Said) -> float:
    return one.start if one.start is not None else 0.0


def lay(sentences: Sequence[Stretch], utterances: Sequence[Stretch]) -> tuple[list[list[int]], int]:
    """For each utterance the numbers of its sentences; and how many sentences have no utterance.

    >>> lay([(0.0, 1.0, "A"), (1.0, 1.9, "A"), (5.0, 6.0, "B")], [(0.0, 2.0, "A"), (1.5, 3.0, "B")])
    ([[0, 1], []], 1)
    """
    owned: list[list[int]] = [[] for _ in utterances]
    nowhere = 0
    for number, (start, end, party) in enumerate(sentences):
        best, most = -1, 0.0
        for place, (begins, ends, whose) in enumerate(utterances):
            if party is not None and whose is not None and party != whose:
                continue
            shared = min(end, ends) - max(start, begins)
            if shared > most:
                best, most = place, shared
        if best < 0:
            nowhere += 1
        else:
            owned[best].append(number)
    return owned, nowhere


def label_scores(
    topic: str, known: Mapping[str, Direction], given: Sequence[str], notes: Notes
) -> tuple[Score, ...]:
    """One score from 0 to 1 for every known label: the share of the given ones that it is.

    Without any given label every score is missing, which is not 0. A label that is not known has
    a score of its own, only where it occurs, and is counted.
    """
    notes.count(UNDOCUMENTED_LABEL, sum(label not in known for label in given))
    notes.count(SEVERAL_SENTENCES, len(given) > 1)
    return _shares(topic, tuple(known.items()), tuple(given))


@lru_cache(maxsize=4096)
def _shares(
    topic: str, known: tuple[tuple[str, Direction], ...], given: tuple[str, ...]
) -> tuple[Score, ...]:
    # scores are frozen, and the same few combinations come back for every utterance
    if not given:
        return tuple(
            Score(f"{topic}: {label}", None, 0.0, 1.0, direction, "not analysed", NOT_LABELLED)
            for label, direction in known
        )
    names = dict(known)
    extra: list[tuple[str, Direction]] = [
        (label, "neither") for label in sorted(set(given) - names.keys())
    ]
    return tuple(
        Score(f"{topic}: {label}", given.count(label) / len(given), 0.0, 1.0, direction)
        for label, direction in (*known, *extra)
    )
