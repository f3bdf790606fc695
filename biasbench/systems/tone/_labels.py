"""What a checkpoint's outputs are called, and the scores they become.

The table of `biasbench.systems.tone.wav2vec2` in code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from biasbench.errors import InputError
from biasbench.systems import Reading, Score, Trace

Floats = NDArray[np.float64]

SINGLE = "single_label_classification"
MULTI = "multi_label_classification"
REGRESSION = "regression"

_FUNCTIONS = {
    SINGLE: "softmax of the output",
    MULTI: "logistic function of the output",
    REGRESSION: "output",
}


@dataclass(frozen=True)
class Piece:
    """A stretch of sound, in seconds, and what the model said of it, shape (n_labels,)."""

    start: float
    end: float
    outputs: Floats


@dataclass(frozen=True)
class Labels:
    """The labels in the order of the outputs, and the kind of output: `problem_type`."""

    labels: tuple[str, ...]
    problem: str

    @property
    def names(self) -> tuple[str, ...]:
        """Of the scores, in their order.

        >>> Labels(("calm", "tense"), SINGLE).names
        ('calm_probability', 'tense_probability', 'labelled_calm', 'labelled_tense')
        >>> Labels(("arousal",), REGRESSION).names
        ('arousal',)
        """
        if self.problem == REGRESSION:
            return self.labels
        return (
            *(f"{label}_probability" for label in self.labels),
            *(f"labelled_{label}" for label in self.labels),
        )

    def missing(self, note: str) -> Reading:
        """Every score, none of them known."""
        return Reading(tuple(self._score(name, None, note=note) for name in self.names))

    def scores(self, heard: Sequence[Piece], n_pieces: int) -> tuple[Score, ...]:
        """Of every label its mean over pieces, and after those which labels were given."""
        said = np.array([self._values(piece.outputs) for piece in heard])
        mean: Floats = said.mean(axis=0)
        values = [float(value) for value in mean]
        traces = [self._steps(heard, said[:, at], at, n_pieces) for at in range(len(values))]
        if self.problem != REGRESSION:
            is_single = self.problem == SINGLE
            given = np.arange(len(mean)) == mean.argmax() if is_single else mean > 0.5
            rule = "the most probable label" if is_single else "a probability above 0.5"
            values += [float(one) for one in given]
            traces += [
                (Trace(rule, f"{label}: {probability:.4f}", float(one)),)
                for label, probability, one in zip(self.labels, mean, given, strict=True)
            ]
        return tuple(
            self._score(name, value, trace=trace)
            for name, value, trace in zip(self.names, values, traces, strict=True)
        )

    def _values(self, outputs: Floats) -> Floats:
        return outputs if self.problem == REGRESSION else probabilities(outputs, self.problem)

    def _steps(
        self, heard: Sequence[Piece], values: Floats, at: int, n_pieces: int
    ) -> tuple[Trace, ...]:
        rule = _FUNCTIONS[self.problem]
        if len(heard) > 1:
            rule += f", over the {len(heard)} pieces"
        steps = [
            Trace(
                rule,
                f"output {piece.outputs[at]:.4f}",
                float(value / len(heard)),
                piece.start,
                piece.end,
            )
            for piece, value in zip(heard, values, strict=True)
        ]
        if len(heard) < n_pieces:
            left_out = f"{n_pieces - len(heard)} of {n_pieces}"
            steps.append(Trace("pieces of digital silence, left out", left_out))
        return tuple(steps)

    def _score(
        self,
        name: str,
        value: float | None,
        *,
        note: str | None = None,
        trace: tuple[Trace, ...] = (),
    ) -> Score:
        has_scale = self.problem != REGRESSION
        return Score(
            name,
            value,
            scale_min=0.0 if has_scale else None,
            scale_max=1.0 if has_scale else None,
            missing_reason="unset" if value is None else None,
            note=note,
            trace=trace,
        )


def label_names(labels: Sequence[str], source: str) -> tuple[str, ...]:
    """The labels as they stand in the names of scores; InputError if two would be one.

    >>> label_names(["Neutral", "Very angry!", "LABEL_2"], "config.json")
    ('neutral', 'very_angry', 'label_2')
    """
    names = [re.sub(r"\W+", "_", label.lower()).strip("_") for label in labels]
    for at, name in enumerate(names):
        if not name or name in names[:at]:
            raise InputError(
                f"{source}: label {labels[at]!r} of id2label gives the name {name!r}, which is "
                "empty or another label's too. Rename it there"
            )
    return tuple(names)


def probabilities(outputs: Floats, problem: str) -> Floats:
    """Softmax of the outputs, shape (n_labels,), or their logistic functions for several labels.

    >>> probabilities(np.log([1.0, 3.0]), "single_label_classification").round(12).tolist()
    [0.25, 0.75]
    >>> probabilities(np.log([1.0, 3.0]), "multi_label_classification").round(12).tolist()
    [0.5, 0.75]
    """
    if problem == MULTI:
        one_each: Floats = np.exp(-np.logaddexp(0.0, -outputs))
        return one_each
    weights = np.exp(outputs - outputs.max())
    shares: Floats = weights / weights.sum()
    return shares
