"""Train tone:emotion, judge it on people it never heard, and write its card.

    python -m training.emotion --corpus ../shared/data/emodb -o biasbench/systems/tone/emotion.json

reads EmoDB (Burkhardt et al. 2005) and, where they lie beside it, the corpora of ordinary speech
alnum, asterisk_prompts and fsdd. It writes

    biasbench/systems/tone/emotion.json     the weights
    biasbench/systems/tone/emotion.md       the tables of the card, between their marks
    training/emodb_out_of_fold.csv          every prediction about a person not heard before
    training/emotion_figures.json           the figures on the card

or, for another -o, the weights there with the predictions and figures beside them, and no card.

Nothing is drawn at random, so that the same clips and packages give the same files. Numbers are
rounded (weights to 6 digits), which hides what another processor adds in another order.
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from biasbench.corpora import alnum, asterisk_prompts, fsdd
from biasbench.systems.acoustics import FEATURES
from biasbench.systems.tone.emotion import FORM, OURS, Emotion
from biasbench.tables import write_text
from training import card, figures
from training.choosing import (
    BANDS,
    DESIGNS,
    PENALTIES,
    Design,
    Heard,
    OutOfFold,
    chosen_inside,
    losses,
    out_of_fold,
    train,
)
from training.clips import EMOTIONS, Clips, acted_clips, features
from training.lines import LINES
from training.logistic import Floats

HERE = Path(__file__).parent
OUT_OF_FOLD = HERE / "emodb_out_of_fold.csv"
FIGURES = HERE / "emotion_figures.json"

_PACKAGES = ("librosa", "numpy", "scipy", "soxr")
_DIGITS = 6


def heard_by(design: Design, clips: Clips, table: dict[tuple[Any, str], Floats]) -> Heard:
    """The clips in the band of a design."""
    of_band = {line: table[design.band, line] for line in LINES}
    return Heard(of_band, clips.codes, clips.speakers)


def written_model(clips: Clips, design: Design, heard: Heard) -> dict[str, Any]:
    """The content of emotion.json: a model of all clips, at the penalty that suits them best."""
    everyone = np.full(len(heard.codes), True)
    best = int(losses(heard, design.trained_on, everyone).argmin())
    model = train(heard, design.trained_on, everyone)[best]
    return {
        "biasbench_emotion": FORM,
        "classes": list(EMOTIONS),
        "band_hz": list(design.band),
        "features": list(FEATURES),
        "means": _rounded(model.means),
        "sds": _rounded(model.sds),
        "intercepts": _rounded(model.theta[:, 0]),
        "weights": [_rounded(row) for row in model.theta[:, 1:]],
        "training": {
            "corpus": "EmoDB, 16 kHz originals (Burkhardt et al. 2005)",
            "n_clips": len(clips.table),
            "n_speakers": int(clips.table["speaker_id"].nunique()),
            "table_sha256": clips.sha256(),
            "trained_on": list(design.trained_on),
            "penalty": PENALTIES[best],
            "class_weights": "every emotion weighs the same",
            "packages": {name: version(name) for name in _PACKAGES},
        },
    }


def judged(
    clips: Clips, of_designs: dict[Design, OutOfFold], loss: dict[Design, float]
) -> dict[str, Any]:
    """The figures about EmoDB: of the design chosen, and of every other that was tried."""
    chosen = min(loss, key=lambda design: loss[design])
    best = of_designs[chosen]
    predictions = figures.out_of_fold_table(clips.table, best.probabilities)
    inside = chosen_inside(of_designs, clips.speakers)
    return {
        "chosen": chosen.label,
        "penalties": sorted(set(best.penalty.values())),
        "lines": figures.acted_figures(predictions, best.probabilities),
        "designs": [
            {
                "design": design.label,
                "loss": loss[design],
                "uar": _uar_by_line(clips, found),
            }
            for design, found in of_designs.items()
        ],
        "chosen_inside": _uar_by_line(clips, inside),
    }


def elsewhere(folder: Path, system: Emotion) -> dict[str, Any]:
    """Labels on ordinary speech; a corpus that is not there is left out, and the card says so."""
    found: dict[str, Any] = {}
    if (folder / "alnum").is_dir():
        labels = figures.labels_on(alnum.load(folder / "alnum"), system)
        found["alnum"] = figures.label_figures(labels, by=("accent", "sex"))
    if (folder / "asterisk_prompts").is_dir():
        corpus = asterisk_prompts.load(folder / "asterisk_prompts")
        found["asterisk_prompts"] = figures.voices(figures.labels_on(corpus, system), by="accent")
    if (folder / "fsdd").is_dir():
        corpus = fsdd.load(folder / "fsdd")
        found["fsdd"] = figures.voices(figures.labels_on(corpus, system))
    return found


def main(arguments: list[str] | None = None) -> None:
    """Train, judge, write."""
    parser = argparse.ArgumentParser(prog="python -m training.emotion")
    parser.add_argument("--corpus", type=Path, required=True, help="folder of EmoDB")
    parser.add_argument("-o", "--output", type=Path, default=OURS, help="where the weights go")
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args(arguments)

    clips = acted_clips(asked.corpus)
    table = features(clips, BANDS, n_processes=asked.processes)
    heard = {design: heard_by(design, clips, table) for design in DESIGNS}
    with ProcessPoolExecutor(asked.processes, mp_context=get_context("spawn")) as pool:
        trained_on = [design.trained_on for design in DESIGNS]
        of_designs = dict(
            zip(DESIGNS, pool.map(out_of_fold, heard.values(), trained_on), strict=True)
        )
    everyone = np.full(len(clips.table), True)
    loss = {
        design: float(losses(heard[design], design.trained_on, everyone).min())
        for design in DESIGNS
    }
    chosen = min(loss, key=lambda design: loss[design])
    predictions = figures.out_of_fold_table(clips.table, of_designs[chosen].probabilities)

    is_ours = asked.output.resolve() == OURS
    stem = asked.output.with_suffix("")
    _write_json(asked.output, written_model(clips, chosen, heard[chosen]))
    write_text(
        OUT_OF_FOLD if is_ours else Path(f"{stem}_out_of_fold.csv"),
        predictions.to_csv(index=False, lineterminator="\n"),
    )
    found = {
        "emodb": judged(clips, of_designs, loss),
        "elsewhere": elsewhere(asked.corpus.parent, Emotion(asked.output)),
    }
    _write_json(FIGURES if is_ours else Path(f"{stem}_figures.json"), _shortened(found))
    if is_ours:
        card.write()


def _uar_by_line(clips: Clips, found: OutOfFold) -> dict[str, float]:
    return {
        line: figures.uar(clips.codes, shares.argmax(axis=1))
        for line, shares in found.probabilities.items()
    }


def _rounded(values: Floats) -> list[float]:
    return [float(f"{value:.{_DIGITS}g}") for value in values]


def _shortened(value: Any) -> Any:  # noqa: ANN401 - JSON values
    """Floats to 6 decimals, whatever they lie in."""
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, dict):
        return {key: _shortened(each) for key, each in value.items()}
    return [_shortened(each) for each in value] if isinstance(value, list) else value


def _write_json(path: Path, content: dict[str, Any]) -> None:
    write_text(path, json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
