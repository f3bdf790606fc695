"""The labels that Voci gives to calls and utterances, as scores of 0 or 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from biasbench.systems import Modality, Score
from biasbench.systems.exports import Notes, Remark
from biasbench.tables import Direction

#: Labels of a call, and of an utterance by its field.
EMOTIONS: dict[str, Direction] = {
    "positive": "higher is better",
    "improving": "higher is better",
    "negative": "higher is worse",
    "worsening": "higher is worse",
}
UTTERANCE_LABELS: dict[str, dict[str, Direction]] = {
    "emotion": {
        "positive": "higher is better",
        "mostly positive": "higher is better",
        "neutral": "neither",
        "mostly negative": "higher is worse",
        "negative": "higher is worse",
    },
}
UTTERANCE_LABELS["sentiment"] = UTTERANCE_LABELS["emotion"] | {"mixed": "neither"}

UNKNOWN_LABEL = Remark(
    "Emotion or sentiment labels that are not documented: scores without a value",
    "Étiquettes d’émotion ou de sentiment non documentées : scores sans valeur",
)


def labelled(
    name: str, label: str, known: Mapping[str, Direction], modality: Modality, notes: Notes
) -> Iterator[Score]:
    """One score of 0 or 1 for each label there is."""
    found = label.strip().lower()
    if found not in known:
        notes.count(UNKNOWN_LABEL)
    for one, direction in known.items():
        full = f"{name}: {one}"
        if found in known:
            yield Score(full, float(one == found), 0, 1, direction, modality=modality)
        else:
            note = f"The label is '{label}', which is not documented."
            yield Score(full, None, 0, 1, direction, "unset", note, modality=modality)
