"""Leaving one speaker out, and inside that once more, to choose without having looked.

A classifier is judged on people it never heard: each speaker's clips are predicted by a model of
the others' clips. What had to be chosen – the penalty, the band, the lines of the training – is
chosen by the same procedure among those others alone, by the smallest log loss (a proper score:
it rewards probabilities that are right, not only the right name). Varma and Simon (2006), BMC
Bioinformatics 7:91, show by how much an error is understated where that is not done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from biasbench.systems.tone.emotion import softmax
from training.clips import EMOTIONS, Band
from training.lines import AS_RECORDED, LINES, NARROW
from training.logistic import Codes, Floats, class_weights, fit

PENALTIES = (100.0, 30.0, 10.0, 3.0, 1.0, 0.3)  # large first: each starts from the one before

_N = len(EMOTIONS)


@dataclass(frozen=True)
class Design:
    """What was chosen besides the penalty: which band is looked at, what is trained on."""

    band: Band
    trained_on: tuple[str, ...]  # lines

    @property
    def label(self) -> str:
        """As the card prints it."""
        return f"{self.band[0]:g}–{self.band[1]:g} Hz, trained on {' and '.join(self.trained_on)}"


BANDS: tuple[Band, ...] = (
    (50.0, 8000.0),
    (50.0, 4000.0),
    (50.0, 3400.0),
    (200.0, 3400.0),
    (300.0, 3400.0),
    (300.0, 4000.0),
)
DESIGNS = tuple(
    Design(band, lines) for band in BANDS for lines in ((AS_RECORDED,), (AS_RECORDED, NARROW))
)


@dataclass(frozen=True, eq=False)
class Heard:
    """The clips as one design hears them: features by line (n, k), emotion codes, speakers (n,)."""

    features: Mapping[str, Floats]
    codes: Codes
    speakers: NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Trained:
    """A model of some people's clips: features are standardised by theirs."""

    means: Floats
    sds: Floats
    theta: Floats  # intercept and weights, (n_classes, 1 + k)

    def probabilities(self, values: Floats) -> Floats:
        """Shape (n, n_classes) for features of shape (n, k)."""
        standard = (values - self.means) / self.sds
        return softmax(standard @ self.theta[:, 1:].T + self.theta[:, 0])


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """Each clip predicted by a model that never heard its speaker.

    probabilities: by line, (n, n_classes). penalty: by speaker. loss: by speaker, the log loss
    among the others at the penalty chosen, which is what a design is chosen by.
    """

    probabilities: Mapping[str, Floats]
    penalty: Mapping[str, float]
    loss: Mapping[str, float]


def train(heard: Heard, trained_on: tuple[str, ...], rows: NDArray[np.bool_]) -> list[Trained]:
    """Models of those rows, one for each of PENALTIES."""
    values = np.vstack([heard.features[line][rows] for line in trained_on])
    codes = np.tile(heard.codes[rows], len(trained_on))
    weights = class_weights(codes, _N) / len(trained_on)  # a clip heard twice is one clip
    means, sds = values.mean(axis=0), values.std(axis=0)
    models: list[Trained] = []
    for penalty in PENALTIES:
        start = models[-1].theta if models else None
        theta = fit(
            (values - means) / sds, codes, weights, penalty=penalty, n_classes=_N, start=start
        )
        models.append(Trained(means, sds, theta))
    return models


def losses(heard: Heard, trained_on: tuple[str, ...], rows: NDArray[np.bool_]) -> Floats:
    """Log loss of leaving out each speaker of those rows in turn, for each of PENALTIES.

    The mean over clips, each class weighing the same, and over all LINES: a design is chosen for
    every line it may meet.
    """
    weights = np.zeros(len(rows))
    weights[rows] = class_weights(heard.codes[rows], _N)
    total = np.zeros(len(PENALTIES))
    for speaker in np.unique(heard.speakers[rows]):
        left_out = rows & (heard.speakers == speaker)
        wanted = heard.codes[left_out]
        for at, model in enumerate(train(heard, trained_on, rows & ~left_out)):
            for line in LINES:
                shares = model.probabilities(heard.features[line][left_out])
                surprise = -np.log(shares[np.arange(len(wanted)), wanted])
                total[at] += weights[left_out] @ surprise
    mean: Floats = total / (rows.sum() * len(LINES))
    return mean


def out_of_fold(
    heard: Heard, trained_on: tuple[str, ...], *, speakers: tuple[str, ...] | None = None
) -> OutOfFold:
    """Predictions of every speaker (or of some) by models of all others; NaN for the rest."""
    n = len(heard.codes)
    probabilities = {line: np.full((n, _N), np.nan) for line in LINES}
    penalty, loss = {}, {}
    for speaker in speakers or tuple(np.unique(heard.speakers)):
        left_out = heard.speakers == speaker
        inner = losses(heard, trained_on, ~left_out)
        best = int(inner.argmin())
        penalty[speaker], loss[speaker] = PENALTIES[best], float(inner[best])
        model = train(heard, trained_on, ~left_out)[best]
        for line in LINES:
            probabilities[line][left_out] = model.probabilities(heard.features[line][left_out])
    return OutOfFold(probabilities, penalty, loss)


def chosen_inside(of_designs: Mapping[Design, OutOfFold], speakers: NDArray[np.str_]) -> OutOfFold:
    """Predictions in which the design, too, was chosen among the others of each speaker."""
    designs = list(of_designs)
    probabilities = {line: np.full((len(speakers), _N), np.nan) for line in LINES}
    penalty, loss = {}, {}
    for speaker in np.unique(speakers):
        best = of_designs[min(designs, key=lambda design: of_designs[design].loss[speaker])]
        penalty[speaker], loss[speaker] = best.penalty[speaker], best.loss[speaker]
        for line in LINES:
            own = speakers == speaker
            probabilities[line][own] = best.probabilities[line][own]
    return OutOfFold(probabilities, penalty, loss)
