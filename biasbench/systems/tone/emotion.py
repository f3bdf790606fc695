"""Emotion: which of four acted emotions a voice is nearest to, by an open classifier of our own.

A stand-in (T3) for products that put a mood on a voice, whose models nobody outside can open. This
one can be opened: 86 numbers of the sound (`biasbench.systems.acoustics`), each multiplied by a
weight that lies in emotion.json beside this file. How it was trained, how often it is right about
people it never heard and what it says of ordinary speech are in emotion.md, in numbers.

| score | scale | worse | what |
|---|---|---|---|
| anger_probability | 0 to 1 | higher | exp(η_anger) / Σ exp(η), the four adding up to 1 |
| happiness_probability, neutral_…, sadness_… | 0 to 1 | neither | the same |
| labelled_anger | 0 or 1 | higher | 1 if anger has the highest probability |
| labelled_happiness, labelled_neutral, labelled_sadness | 0 or 1 | neither | the same |

    η_c = b_c + Σ_k w_ck · (x_k − mean_k) / sd_k

The names are the system's for its scores, and nothing more. It learnt what ten actors did when they
were asked for an emotion; what anybody feels is known to nobody here. Only for anger is it clear
which way is worse for the person scored: a cheerful voice is asked of some, a calm one of others.

Recordings without 0.5 s of sound and 0.3 s of voice have no scores ('unset'). All others have,
music and a dial tone too: the classifier has no word for "none of these". A long call counts as one
utterance.

Regulation (EU) 2024/1689 (AI Act), article 5(1)(f), prohibits inferring emotions of people at work
from their voice, save for medical or safety reasons; to run this on identifiable workers, even to
audit, may be such a use. Prefer the scores the deployed system gave, or volunteers.

    load_system("tone:emotion")                    ours
    load_system("tone:emotion/./mine.json")        another of the same form
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from biasbench.audio import resample
from biasbench.errors import OptionError, not_found
from biasbench.systems import Call, Reading, Score, SystemInfo, Trace
from biasbench.systems.acoustics import FEATURES, describe
from biasbench.systems.voice.frames import RATE
from biasbench.tables import Direction

#: Of the file; a reader of another form refuses it.
FORM = 1

OURS = Path(__file__).with_name("emotion.json")

_WORSE = ("anger",)
_NAMED = 3  # features in a trace: the largest of 86 parts
_CLASS_NAME = re.compile(r"[a-z][a-z_]*")

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Classifier:
    """A multinomial logistic regression on standardised features.

    classes: c names. features: k names out of acoustics.FEATURES. means, sds: shape (k,).
    intercepts: (c,), weights: (c, k). band: the lowest and highest Hz that the features look at.
    """

    classes: tuple[str, ...]
    features: tuple[str, ...]
    band: tuple[float, float]
    means: Floats
    sds: Floats
    intercepts: Floats
    weights: Floats

    def parts(self, values: Floats) -> Floats:
        """What each feature adds to the log-odds of each class, shape (..., c, k)."""
        standard = (values - self.means) / self.sds
        parts: Floats = standard[..., None, :] * self.weights
        return parts

    def probabilities(self, values: Floats) -> Floats:
        """Probabilities of the classes, shape (..., c), for features of shape (..., k).

        >>> coin = Classifier(("a", "b"), ("level_sd",), (50.0, 4000.0), np.zeros(1), np.ones(1),
        ...                   np.zeros(2), np.array([[0.5], [-0.5]]))
        >>> coin.probabilities(np.array([[0.0], [np.log(3)]]))
        array([[0.5 , 0.5 ],
               [0.75, 0.25]])
        """
        return softmax(self.parts(values).sum(axis=-1) + self.intercepts)


def softmax(log_odds: Floats) -> Floats:
    """exp(η) / Σ exp(η) along the last axis, without overflow.

    >>> softmax(np.array([0.0, 1000.0]))
    array([0., 1.])
    """
    odds = np.exp(log_odds - log_odds.max(axis=-1, keepdims=True))
    share: Floats = odds / odds.sum(axis=-1, keepdims=True)
    return share


def read_classifier(path: str | Path) -> Classifier:
    """The classifier in a JSON file of the form that training/emotion.py writes.

    Raises OptionError, saying what is wrong, where there is no such file or it cannot be used.

    >>> read_classifier(OURS).classes
    ('anger', 'happiness', 'neutral', 'sadness')
    """
    return _classifier(_bytes(Path(path)), Path(path))


class Emotion:
    """The scores of the module's table, always all and in that order: probabilities, then labels.

    >>> from biasbench.audio import Audio
    >>> silence = Audio(np.zeros(16000, dtype=np.float32), 16000)
    >>> Emotion().score(Call(silence)).scores[0].note
    'silence: nothing is louder than -70 dBFS'
    """

    def __init__(self, path: str | Path | None = None) -> None:
        written = Path(OURS if path is None else path)
        content = _bytes(written)
        self.classifier = _classifier(content, written)
        lowest, highest = self.classifier.band
        self._info = SystemInfo(
            name="tone:emotion" if path is None else f"tone:emotion/{written.stem}",
            version=f"{hashlib.sha256(content).hexdigest()[:8]}+librosa-{version('librosa')}",
            options=(
                ("classes", ",".join(self.classifier.classes)),
                ("features", str(len(self.classifier.features))),
                ("band", f"{lowest:g}-{highest:g} Hz"),
            ),
            licence="Apache-2.0",
            infers_emotion=True,
        )

    @property
    def info(self) -> SystemInfo:
        """First digits of the SHA-256 of the file of weights, and librosa's version."""
        return self._info

    def score(self, call: Call) -> Reading:
        """Probabilities and labels of one call; the language and the other side change nothing."""
        assert call.audio is not None  # info.reads says so
        model = self.classifier
        lowest, highest = model.band
        heard = describe(resample(call.audio, RATE).samples, lowest=lowest, highest=highest)
        if heard.values is None:
            return Reading(tuple(_missing(name, heard.lacking) for name in _names(model.classes)))
        values = heard.values[[FEATURES.index(name) for name in model.features]]
        probabilities = model.probabilities(values)
        parts = model.parts(values)
        top = int(probabilities.argmax())
        steps = (
            Trace("the highest probability", f"{model.classes[top]} {probabilities[top]:.3f}"),
        )
        given = [
            *(
                (float(p), _largest(model, values, each))
                for p, each in zip(probabilities, parts, strict=True)
            ),
            *((float(at == top), steps) for at in range(len(model.classes))),
        ]
        return Reading(
            tuple(
                Score(name, value, 0.0, 1.0, _direction(name), trace=trace)
                for name, (value, trace) in zip(_names(model.classes), given, strict=True)
            )
        )


def load(variant: str | None) -> Emotion:
    """Our classifier, or the one in the JSON file of that path."""
    return Emotion(variant)


def _names(classes: Sequence[str]) -> list[str]:
    return [
        *(f"{name}_probability" for name in classes),
        *(f"labelled_{name}" for name in classes),
    ]


def _direction(score: str) -> Direction:
    plain = score.removeprefix("labelled_").removesuffix("_probability")
    return "higher is worse" if plain in _WORSE else "neither"


def _missing(name: str, lacking: str | None) -> Score:
    return Score(name, None, 0.0, 1.0, _direction(name), missing_reason="unset", note=lacking)


def _largest(model: Classifier, values: Floats, parts: Floats) -> tuple[Trace, ...]:
    """The features that add most to the log-odds, or take most away.

    They have no points: a probability is no sum.
    """
    return tuple(
        Trace(
            "part of the log-odds: weight × (value − mean) / sd",
            f"{model.features[k]} = {values[k]:.4g}: {parts[k]:+.3f}",
        )
        for k in np.argsort(-np.abs(parts), kind="stable")[:_NAMED]
    )


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise OptionError(
            f"{path}: no such file. tone:emotion takes a JSON file of the form of emotion.json, or "
            "nothing for our own"
        )
    return path.read_bytes()


def _classifier(content: bytes, path: Path) -> Classifier:
    try:
        written = json.loads(content)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise OptionError(f"{path}: is not JSON: {error}") from error
    if not isinstance(written, dict) or written.get("biasbench_emotion") != FORM:
        raise OptionError(
            f"{path}: is not an emotion classifier of form {FORM} (key 'biasbench_emotion'); "
            "make it with python -m training.emotion"
        )
    classes = _texts(path, written, "classes")
    for name in classes:
        if not _CLASS_NAME.fullmatch(name):
            raise OptionError(f"{path}: class {name!r}: write lower-case letters and underscores")
    features = _texts(path, written, "features")
    for name in features:
        if name not in FEATURES:
            raise OptionError(f"{path}: {not_found('feature', name, FEATURES)}")
    n_classes, n_features = len(classes), len(features)
    lowest, highest = _numbers(path, written, "band_hz", (2,))
    if not 0 <= lowest < highest <= RATE / 2:
        raise OptionError(f"{path}: band_hz is {lowest:g} to {highest:g}; 0 to {RATE // 2} Hz")
    sds = _numbers(path, written, "sds", (n_features,))
    if not (sds > 0).all():
        at = features[int(np.argmin(sds))]
        raise OptionError(f"{path}: the sd of {at} is {sds.min():g}; leave that feature out")
    return Classifier(
        classes,
        features,
        (float(lowest), float(highest)),
        _numbers(path, written, "means", (n_features,)),
        sds,
        _numbers(path, written, "intercepts", (n_classes,)),
        _numbers(path, written, "weights", (n_classes, n_features)),
    )


def _texts(path: Path, written: dict[str, Any], key: str) -> tuple[str, ...]:
    found = written.get(key)
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise OptionError(f"{path}: {key} is {found!r}; write a list of names")
    if not found or len(set(found)) < len(found):
        raise OptionError(f"{path}: {key} is empty or names something twice: {found!r}")
    return tuple(found)


def _numbers(path: Path, written: dict[str, Any], key: str, shape: tuple[int, ...]) -> Floats:
    try:
        found = np.asarray(written.get(key), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise OptionError(f"{path}: {key} does not hold numbers: {error}") from error
    if found.shape != shape or not np.isfinite(found).all():
        raise OptionError(
            f"{path}: {key} has the shape {found.shape}; {shape} finite numbers are needed"
        )
    return found
