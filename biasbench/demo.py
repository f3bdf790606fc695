"""The whole path once, on synthetic speech that comes with the package.

A real recogniser and the prosody scorer listen to `datasets/tiny`; the gap in word errors
between espeak-ng's accents is assessed and reported. Synthetic voices stand for nobody:
everything printed says so.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from biasbench.corpus import load_corpus
from biasbench.errors import NotFoundError
from biasbench.evidence import Evidence, assess
from biasbench.measures import measure
from biasbench.report import write_report
from biasbench.report.wording import say
from biasbench.runs import run

RECOGNISER = "asr:faster-whisper/tiny.en"
PROSODY = "tone:prosody"

#: Three errors per 100 words. A margin is a judgement: this one is for the demonstration only.
MARGIN = 0.03


def demo(
    output: str | Path = "biasbench-demo",
    *,
    workers: int | None = None,
    lang: Literal["fr", "en"] = "en",
    tell: Callable[[str], None] = print,
) -> tuple[Evidence, Sequence[Path]]:
    """The evidence on word errors in `datasets/tiny`, by the five verbs, and the files written.

    `workers` None takes a process per core, two at most. `tell` receives what a person may want
    to read meanwhile. Raises NotFoundError if the corpus or the recogniser's weights are absent.
    """
    output = Path(output)
    workers = workers or min(2, os.cpu_count() or 1)
    corpus = load_corpus(tiny())
    tell(say("SYN", lang))

    heard = run(corpus, RECOGNISER, output=output / "whisper", workers=workers)
    sounded = run(corpus, PROSODY, output=output / "prosody", workers=workers)

    errors = measure(heard, corpus, metrics=("wer", "no_output_rate"))
    errors.write(output / "errors.parquet")
    transcription = assess(errors, by="accent", metrics=["wer"], margin=MARGIN)
    transcription.write(output / "evidence.json")

    tone = assess(measure(sounded, corpus, metrics=("mean_score",)), by="accent")
    tone.write(output / "prosody.json")

    written = [
        write_report(transcription, output / "report.html", lang=lang, corpus=corpus, run=heard),
        write_report(transcription, output / "findings.csv", lang=lang),
        write_report(tone, output / "prosody.html", lang=lang, corpus=corpus, run=sounded),
        write_report(tone, output / "prosody.csv", lang=lang),
    ]
    return transcription, written


def tiny() -> Path:
    """The folder of the synthetic corpus, in an installed package or beside it in a checkout."""
    here = Path(__file__).parent
    places = (here / "_datasets" / "tiny", here.parent / "datasets" / "tiny")
    for place in places:
        if (place / "utterances.csv").is_file():
            return place
    raise NotFoundError(f"the corpus 'tiny' is in none of: {', '.join(map(str, places))}")
