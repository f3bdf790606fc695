"""From a planted world to its measures: through the verbs, and call by call without their tables.

Both give the same table, row for row and to the last bit (tests/calibration/test_planted.py, and
once more in every full run). The verbs write each answer down as they would for a recording that
took minutes: two thirds of their time goes into tables of traces and words that no figure of this
benchmark reads. So the studies go the second way, by the functions that the verbs call.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import biasbench as bb
from biasbench.corpora.planted import SYSTEM, PlantedCall, Timed, World
from biasbench.measures.keywords import keyword_recall
from biasbench.measures.metrics import Edits, Fractions, mean_score, wer
from biasbench.measures.normalize import find_normalizer
from biasbench.measures.silence import (
    false_silence_share,
    human_silence_rate,
    silence_rate,
    silences_by_unit,
)
from biasbench.measures.sources.turns import SHORTEST_SILENCE
from biasbench.systems import Call, Reading, Transcript, Word
from biasbench.systems.interact import read_rules, score_call
from biasbench.tables import METRIC_DIRECTION, SCORES, Direction

AUTOMATIC, HUMAN = f"tone:interact on {SYSTEM}", "tone:interact on reference"

THANKS, PROMPT = "thanks", "say thanks"
POLITENESS, QUALITY = "mean_score:politeness", "mean_score:quality"
RECALL, RATE, UNFOUNDED = (
    f"keyword_recall:{THANKS}",
    f"prompt_rate:{PROMPT}",
    f"unfounded_prompt_rate:{PROMPT}",
)

#: Metrics of the recogniser, of the scoring of what it wrote, and of that of what people wrote.
OF_RECOGNISER = ("wer", RECALL, "silence_rate", "false_silence_share", "human_silence_rate")
OF_HUMAN = (POLITENESS, QUALITY, RATE)
OF_AUTOMATIC = (*OF_HUMAN, UNFOUNDED)


def by_verbs(world: World) -> pd.DataFrame:
    """The measures of a world as `run` and `measure` make them."""
    heard = bb.Run(world.transcripts, SCORES.empty(), world.provenance)
    automatic, human = (
        bb.run(world.corpus, "tone:interact", transcripts=given, progress=False)
        for given in (heard, "reference")
    )
    parts = [
        bb.measure(heard, world.corpus, metrics=OF_RECOGNISER),
        bb.measure(automatic, world.corpus, metrics=OF_AUTOMATIC, human=human),
        bb.measure(human, world.corpus, metrics=OF_HUMAN),
    ]
    return pd.concat([part.table for part in parts], ignore_index=True)


def by_call(calls: Sequence[PlantedCall]) -> pd.DataFrame:
    """The same rows from the calls themselves."""
    seconds = [call.seconds for call in calls]
    said, heard = [call.said for call in calls], [call.heard for call in calls]
    of_said, of_heard = _read(said, seconds), _read(heard, seconds)
    spoken, written = _spans(said), _spans(heard)
    silences = silences_by_unit(written, seconds, shortest=SHORTEST_SILENCE)
    # The phrases that the scorer notes are those of the texts: one list, one way of reading.
    n_said, n_heard = (_counts(readings, "category", THANKS) for readings in (of_said, of_heard))
    prompted, asked = (_counts(readings, "prompt", PROMPT) for readings in (of_heard, of_said))
    known = np.ones(len(calls))
    found: dict[tuple[str, str], Fractions] = {
        (SYSTEM, "wer"): wer(_edits(said, heard)),
        (SYSTEM, RECALL): keyword_recall(n_said, n_heard),
        (SYSTEM, "silence_rate"): silence_rate(silences, seconds),
        (SYSTEM, "false_silence_share"): false_silence_share(silences, spoken, seconds),
        (SYSTEM, "human_silence_rate"): human_silence_rate(
            spoken, seconds, shortest=SHORTEST_SILENCE
        ),
        (AUTOMATIC, POLITENESS): mean_score(_values(of_heard, POLITENESS)),
        (AUTOMATIC, QUALITY): mean_score(_values(of_heard, QUALITY)),
        (AUTOMATIC, RATE): (prompted, known),
        (AUTOMATIC, UNFOUNDED): (np.maximum(0.0, prompted - asked), prompted),
        (HUMAN, POLITENESS): mean_score(_values(of_said, POLITENESS)),
        (HUMAN, QUALITY): mean_score(_values(of_said, QUALITY)),
        (HUMAN, RATE): (asked, known),
    }
    return _table(calls, found)


def direction_of(metric: str) -> Direction:
    """Which way is worse for the person."""
    kind = metric.partition(":")[0]
    return "higher is better" if kind.startswith("mean_") else METRIC_DIRECTION[kind]


def _read(texts: Sequence[Sequence[Timed]], seconds: Sequence[float]) -> list[Reading]:
    rules = read_rules()
    return [
        score_call(
            Call(
                transcript=Transcript(_text(words), tuple(Word(*word) for word in words)),
                language="en",
                seconds=length,
            ),
            rules,
        )
        for words, length in zip(texts, seconds, strict=True)
    ]


def _text(words: Sequence[Timed]) -> str:
    return " ".join(word for word, _, _ in words)


def _edits(said: Sequence[Sequence[Timed]], heard: Sequence[Sequence[Timed]]) -> Edits:
    normal = find_normalizer("en")
    references, hypotheses = (normal.all(pd.Series(list(map(_text, x)))) for x in (said, heard))
    return Edits(references, hypotheses, np.full(len(said), True))


def _spans(texts: Sequence[Sequence[Timed]]) -> list[list[tuple[float, float]]]:
    return [[(start, end) for _, start, end in words] for words in texts]


def _values(readings: Sequence[Reading], metric: str) -> NDArray[np.float64]:
    score = metric.partition(":")[2]
    values = [next(s.value for s in one.scores if s.name == score) for one in readings]
    return np.array([np.nan if value is None else value for value in values])


def _counts(readings: Sequence[Reading], kind: str, label: str) -> NDArray[np.float64]:
    """Events of that kind and label in each call."""
    return np.array(
        [
            float(sum(event.kind == kind and event.label == label for event in one.events))
            for one in readings
        ]
    )


def _table(calls: Sequence[PlantedCall], found: dict[tuple[str, str], Fractions]) -> pd.DataFrame:
    carried = {
        "unit_id": [call.name for call in calls],
        "speaker_id": [call.speaker for call in calls],
        "accent": [call.group for call in calls],
        "month": [call.month for call in calls],
        "duration": [call.seconds for call in calls],
        "human_rating": [call.human_rating for call in calls],
    }
    blocks = [
        pd.DataFrame(
            carried
            | {
                "system": system,
                "metric": metric,
                "numerator": numerator,
                "denominator": denominator,
                "direction": direction_of(metric),
            }
        )
        for (system, metric), (numerator, denominator) in found.items()
    ]
    return pd.concat(blocks, ignore_index=True)
