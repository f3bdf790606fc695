"""What the model card says, counted by person: recall, its gap by sex, labels on ordinary speech.

Every clip of EmoDB is predicted by a model that never heard its speaker. Recall of an emotion is a
ratio of sums (predicted rightly / acted), compared by `biasbench.evidence` as any metric is; the
unweighted average recall (UAR) is the mean of the four and gets its interval from leaving out one
speaker at a time. Ends of intervals beyond 0 and 1 are cut there: a share lies between.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from biasbench.corpus import Corpus
from biasbench.evidence import assess
from biasbench.evidence.jackknife import Jackknifed, Side, jackknife
from biasbench.systems import Call, ToneSystem
from biasbench.tables import MEASURES, UNKNOWN
from training.clips import EMOTIONS
from training.lines import LINES
from training.logistic import Codes, Floats, class_weights

SYSTEM = "tone:emotion"
OVERALL = "overall"
_LEVEL = 0.95
_NO_LABEL = "no label"

#: Groups of fewer people are put together: nobody is to be recognised in a figure.
FEWEST = 5

Figures = dict[str, Any]


def uar(codes: Codes, predicted: Codes) -> float:
    """Unweighted average recall: the mean of the recalls of the emotions that occur.

    >>> uar(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])).__round__(3)
    0.833
    """
    return float(np.mean([(predicted[codes == c] == c).mean() for c in np.unique(codes)]))


def log_loss(codes: Codes, probabilities: Floats) -> float:
    """Mean of −log p of the acted emotion, each emotion weighing the same; log 4 is a guess.

    >>> round(log_loss(np.array([0, 1, 2, 3]), np.full((4, 4), 0.25)), 4)
    1.3863
    """
    weights = class_weights(codes, len(EMOTIONS))
    return float(-weights @ np.log(probabilities[np.arange(len(codes)), codes]) / len(codes))


def out_of_fold_table(table: pd.DataFrame, probabilities: Mapping[str, Floats]) -> pd.DataFrame:
    """One row per clip and line: who, acted, predicted, the four probabilities to 4 decimals."""
    blocks = [
        table[["utterance_id", "speaker_id", "sex", "emotion"]].assign(
            line=line,
            predicted=[EMOTIONS[at] for at in shares.argmax(axis=1)],
            **{f"{name}_probability": shares[:, c].round(4) for c, name in enumerate(EMOTIONS)},
        )
        for line, shares in probabilities.items()
    ]
    return pd.concat(blocks, ignore_index=True)


def recall_measures(predictions: pd.DataFrame) -> pd.DataFrame:
    """A measures table of predictions on one line: metric recall:<emotion>, 0 or 1 over 1."""
    frame = pd.DataFrame(
        {
            "system": SYSTEM,
            "unit_id": predictions["utterance_id"],
            "metric": "recall:" + predictions["emotion"],
            "speaker_id": predictions["speaker_id"],
            "numerator": (predictions["predicted"] == predictions["emotion"]).astype(float),
            "denominator": 1.0,
            "direction": "higher is better",
            "sex": predictions["sex"],
        }
    )
    return MEASURES.check(frame, source="recall")


def uar_by_person(predictions: pd.DataFrame) -> Figures:
    """UAR of everybody, of women and of men, and women's less men's, with intervals."""
    sides = {sex: _sides(predictions[predictions["sex"] == sex]) for sex in ("female", "male")}
    everybody = _sides(predictions)
    nobody = (np.empty((0, len(EMOTIONS))), np.empty((0, len(EMOTIONS))))

    def one_side(group: Side, _: Side) -> Floats:
        return _uar_of_sums(group)[..., None]

    def both(group: Side, against: Side) -> Floats:
        return (_uar_of_sums(group) - _uar_of_sums(against))[..., None]

    def alone(side: Side) -> Jackknifed:
        # the other side has nobody, no variance, and any number of people but 1
        return jackknife(one_side, side, nobody, level=_LEVEL, people=(len(side[0]), 2))

    return {
        OVERALL: _jackknifed(alone(everybody), len(everybody[0]), cut=(0.0, 1.0)),
        **{
            sex: _jackknifed(alone(side), len(side[0]), cut=(0.0, 1.0))
            for sex, side in sides.items()
        },
        "difference": _jackknifed(
            jackknife(both, sides["female"], sides["male"], level=_LEVEL),
            len(everybody[0]),
            cut=(-1.0, 1.0),
        ),
    }


def recall_by_sex(predictions: pd.DataFrame) -> list[Figures]:
    """Recall of each emotion: everybody's, women's, men's, and the gap with its verdict."""
    evidence = assess(recall_measures(predictions), by="sex", against="male", audience="restricted")
    rows = []
    for emotion in EMOTIONS:
        metric = f"recall:{emotion}"
        groups = _records(evidence.groups, "metric", metric)
        finding = next(each for each in evidence.to_findings() if each.metric == metric)
        rows.append(
            {
                "emotion": emotion,
                **{name: _group(groups[name]) for name in (OVERALL, "female", "male")},
                "difference": finding.difference,
                # too few people for a family of comparisons: each interval is for itself alone
                "difference_low": finding.difference_low_unadjusted,
                "difference_high": finding.difference_high_unadjusted,
                "verdict": finding.verdict,
                "reason": finding.reason,
            }
        )
    return rows


def confusion(predictions: pd.DataFrame) -> dict[str, dict[str, int]]:
    """How many clips of each acted emotion were given each label."""
    counts = pd.crosstab(predictions["emotion"], predictions["predicted"])
    counts = counts.reindex(index=EMOTIONS, columns=EMOTIONS, fill_value=0)
    return {
        acted: dict(zip(EMOTIONS, map(int, row), strict=True))
        for acted, row in zip(EMOTIONS, counts.to_numpy(), strict=True)
    }


def acted_figures(predictions: pd.DataFrame, probabilities: Mapping[str, Floats]) -> Figures:
    """All that is said of EmoDB, by line."""
    figures: Figures = {}
    for line in LINES:
        rows = predictions[predictions["line"] == line]
        codes = np.array([EMOTIONS.index(name) for name in rows["emotion"]], dtype=np.int64)
        figures[line] = {
            "uar": uar_by_person(rows),
            "log_loss": log_loss(codes, probabilities[line]),
            "recall": recall_by_sex(rows),
            "confusion": confusion(rows),
        }
    return figures


def labels_on(corpus: Corpus, system: ToneSystem) -> pd.DataFrame:
    """The label of every utterance of a corpus, 'no label' where the system gave no score."""
    rows = corpus.utterances
    labels = [_label(system, corpus, name) for name in rows["utterance_id"]]
    return rows.assign(label=labels)


def label_figures(labels: pd.DataFrame, *, by: Sequence[str]) -> Figures:
    """Share of each label, of everybody and by group.

    Groups of fewer than 5 people are put together as 'others', who are left out where they are
    fewer than 5 themselves. Shares are of the utterances with
    a label; n_missing are those without.
    """
    figures: Figures = {}
    for name in by:
        groups = assess(_label_measures(labels, name), by=name, audience="restricted").groups
        of_emotion = {
            emotion: _records(groups, "metric", f"label_rate:{emotion}") for emotion in EMOTIONS
        }
        figures[name] = [
            {"group": group, **{each: _group(of_emotion[each][group]) for each in EMOTIONS}}
            for group in of_emotion[EMOTIONS[0]]
            if group != UNKNOWN
        ]
    return figures


def voices(labels: pd.DataFrame, *, by: str | None = None) -> list[Figures]:
    """Counts of labels, where there are too few people for shares with intervals."""
    by = by or "corpus"
    labels = labels if by in labels.columns else labels.assign(**{by: "all"})
    return [
        {
            "group": str(group),
            "n_speakers": int(rows["speaker_id"].nunique()),
            "n_utterances": len(rows),
            **{name: int((rows["label"] == name).sum()) for name in (*EMOTIONS, _NO_LABEL)},
        }
        for group, rows in labels.groupby(by)
    ]


def _label(system: ToneSystem, corpus: Corpus, name: str) -> str:
    scores = {score.name: score for score in system.score(Call(corpus.audio(name))).scores}
    given = [emotion for emotion in EMOTIONS if scores[f"labelled_{emotion}"].value == 1]
    return given[0] if given else _NO_LABEL


def _label_measures(labels: pd.DataFrame, by: str) -> pd.DataFrame:
    people = labels[by].map(labels.groupby(by)["speaker_id"].nunique())
    others = labels.loc[~(people >= FEWEST), "speaker_id"].nunique()
    together = f"others (under {FEWEST} people each)" if others >= FEWEST else None
    groups = labels[by].astype(object).where(people >= FEWEST, together)
    has_label = labels["label"] != _NO_LABEL
    blocks = [
        pd.DataFrame(
            {
                "system": SYSTEM,
                "unit_id": labels["utterance_id"],
                "metric": f"label_rate:{emotion}",
                "speaker_id": labels["speaker_id"],
                "numerator": (labels["label"] == emotion).astype(float).where(has_label),
                "denominator": has_label.astype(float).where(has_label),
                "direction": "higher is worse" if emotion == "anger" else "neither",
                by: groups,
            }
        )
        for emotion in EMOTIONS
    ]
    return MEASURES.check(pd.concat(blocks, ignore_index=True), source="labels")


def _sides(predictions: pd.DataFrame) -> tuple[Floats, Floats]:
    """Rightly predicted and acted clips of each person, arrays of shape (people, emotions)."""
    right = predictions["predicted"] == predictions["emotion"]
    people = sorted(predictions["speaker_id"].unique())
    cells = (predictions["speaker_id"], predictions["emotion"])
    numerator = right.astype(float).groupby(list(cells)).sum().unstack().fillna(0.0)
    denominator = right.groupby(list(cells)).size().unstack().fillna(0).astype(float)
    order = list(EMOTIONS)
    return (
        numerator.reindex(index=people, columns=order, fill_value=0.0).to_numpy(),
        denominator.reindex(index=people, columns=order, fill_value=0.0).to_numpy(),
    )


def _uar_of_sums(side: Side) -> Floats:
    recall: Floats = (side[0] / side[1]).mean(axis=-1)
    return recall


def _jackknifed(found: Jackknifed, n_speakers: int, *, cut: tuple[float, float]) -> Figures:
    return {
        "value": float(found.value[0]),
        "low": max(float(found.low[0]), cut[0]),
        "high": min(float(found.high[0]), cut[1]),
        "n_speakers": n_speakers,
    }


def _records(groups: pd.DataFrame, column: str, value: str) -> dict[str, Figures]:
    """The rows with that value, by group."""
    rows = groups[groups[column] == value].to_dict("records")
    return {str(row["group"]): {str(key): cell for key, cell in row.items()} for row in rows}


def _group(row: Figures) -> Figures:
    return {
        "value": _plain(row["value"]),
        "low": _plain(row["low"]),
        "high": None if _plain(row["high"]) is None else min(float(row["high"]), 1.0),
        "n_speakers": int(row["n_speakers"]),
        "n_utterances": int(row["n_utterances"]),
        "n_missing": int(row["n_missing"]),
    }


def _plain(value: float) -> float | None:
    return None if value is None or math.isnan(value) else float(value)
