"""The whole path once, from the microphone to the payslip, on speech that nobody spoke.

Two worlds. In `datasets/tiny` a real recogniser listens to espeak-ng's accents: word errors, the
prosody of the voices, then the score and the prompts that tone:interact makes of what was
recognised, and what one group's gap does to a bonus. Ten voices a group decide little, and the
report says so. In the planted world the recogniser's errors are known: there the chain can be
followed to its end, and the human transcript put in place of the automatic one.
Synthetic voices stand for nobody: everything printed says so.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from biasbench.consequences import follow_to_pay
from biasbench.corpora.planted import Planting, plant
from biasbench.corpus import Corpus, load_corpus
from biasbench.errors import NotFoundError
from biasbench.evidence import Evidence, assess
from biasbench.measures import measure
from biasbench.report import write_report
from biasbench.report.context import Context
from biasbench.report.numbers import Lang
from biasbench.report.pay_lines import pay_lines
from biasbench.report.wording import say
from biasbench.runs import Run, run
from biasbench.substitution import METRIC, substitute
from biasbench.tables import SCORES

RECOGNISER = "asr:faster-whisper/tiny.en+words"
PROSODY = "tone:prosody"

#: The group that the chain to pay is followed for: the one whose word errors this recogniser sets
#: apart. It was not chosen by its scores.
GROUP = "West Midlands"
PLANTED_GROUP = "a"

#: Three errors per 100 words; two points of a score of 100; five prompts per 100 calls. A margin
#: is a judgement: these are for the demonstration only.
MARGIN = 0.03
SCORE_MARGIN = 2.0
PROMPT_MARGIN = 0.05
#: The step of datasets/tiny/bonus.toml.
STEP = 90.0


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
        _scores(corpus, heard, output, lang, workers, tell),
        _planted(output, lang),
    ]
    return transcription, written


def _scores(
    corpus: Corpus,
    heard: Run,
    output: Path,
    lang: Lang,
    workers: int,
    tell: Callable[[str], None],
) -> Path:
    """From words to pay on `datasets/tiny`: politeness, prompts, and the chain of one group."""
    swap = substitute(
        heard,
        corpus,
        by="accent",
        group=GROUP,
        margin=SCORE_MARGIN,
        threshold=STEP,
        output=output / "interact",
        workers=workers,
    )
    metrics = ("mean_score:politeness", "prompt_rate", "unfounded_prompt_rate", METRIC)
    scores = measure(swap.automatic, corpus, metrics=metrics, human=swap.human)
    scores.write(output / "scores.parquet")
    shown = ["mean_score:politeness", "prompt_rate:any", "unfounded_prompt_rate:any"]
    evidence = assess(
        scores,
        by="accent",
        metrics=shown,
        margin=dict(zip(shown, (SCORE_MARGIN, PROMPT_MARGIN, PROMPT_MARGIN), strict=True)),
    )
    evidence.write(output / "scores.json")
    chain = follow_to_pay(
        scores,
        by="accent",
        group=GROUP,
        metric=METRIC,
        margin=SCORE_MARGIN,
        threshold=STEP,
        scale=tiny() / "bonus.toml",
        human=measure(swap.human, corpus, metrics=[METRIC]),
    )
    for line in pay_lines(Context(evidence, lang, chain=chain)):
        tell(line)
    return write_report(
        evidence, output / "pay.html", lang=lang, corpus=corpus, run=swap.automatic, chain=chain
    )


def _planted(output: Path, lang: Lang) -> Path:
    """The same chain where the truth is known: errors planted in group 'a', people alike."""
    world = plant(Planting(people=(60, 60)), seed=1)
    heard = Run(world.transcripts, SCORES.empty(), world.provenance)
    swap = substitute(
        heard,
        world.corpus,
        by="accent",
        group=PLANTED_GROUP,
        margin=SCORE_MARGIN,
        output=output / "planted",
        progress=False,
    )
    margins = {
        "wer": MARGIN,
        "mean_score:politeness": SCORE_MARGIN,
        METRIC: SCORE_MARGIN,
        "prompt_rate:say thanks": PROMPT_MARGIN,
        "unfounded_prompt_rate:say thanks": PROMPT_MARGIN,
    }
    links = measure([heard, swap.automatic], world.corpus, metrics=list(margins), human=swap.human)
    evidence = assess(links, by="accent", groups=[PLANTED_GROUP], margin=margins)
    chain = follow_to_pay(
        links,
        by="accent",
        group=PLANTED_GROUP,
        metric=METRIC,
        margin=SCORE_MARGIN,
        threshold=STEP,
        period="month",
        scale=tiny() / "bonus.toml",
        rating="human_rating",
        human=measure(swap.human, world.corpus, metrics=[METRIC]),
    )
    return write_report(
        evidence,
        output / "planted.html",
        lang=lang,
        corpus=world.corpus,
        run=swap.automatic,
        chain=chain,
        title=say("TITLE-planted", lang),
    )


def tiny() -> Path:
    """The folder of the synthetic corpus, in an installed package or beside it in a checkout."""
    here = Path(__file__).parent
    places = (here / "_datasets" / "tiny", here.parent / "datasets" / "tiny")
    for place in places:
        if (place / "utterances.csv").is_file():
            return place
    raise NotFoundError(f"the corpus 'tiny' is in none of: {', '.join(map(str, places))}")
