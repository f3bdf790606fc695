"""Every metric by its name, and by what it reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from biasbench.measures.attribution import misattribution_rate
from biasbench.measures.keywords import keyword_false_alarm_rate, keyword_recall
from biasbench.measures.metrics import (
    Edits,
    Fractions,
    Numbers,
    cer,
    cer_macro,
    deletion_rate,
    failure_rate,
    insertion_rate,
    mean_score,
    no_output_rate,
    substitution_rate,
    wer,
    wer_macro,
)
from biasbench.measures.prompts import contradiction_rate, prompt_rate, unfounded_prompt_rate
from biasbench.measures.silence import (
    false_silence_share,
    hallucination_rate,
    handling_time,
    human_silence_rate,
    silence_rate,
)

#: Metrics of the edits between reference and hypothesis.
EDIT_METRICS: Mapping[str, Callable[[Edits], Fractions]] = {
    "wer": wer,
    "cer": cer,
    "substitution_rate": substitution_rate,
    "deletion_rate": deletion_rate,
    "insertion_rate": insertion_rate,
    "wer_macro": wer_macro,
    "cer_macro": cer_macro,
}

#: Metrics of what became of an utterance: "ok", "empty", "failed", "skipped", or None.
STATUS_METRICS: Mapping[str, Callable[[NDArray[np.object_]], Fractions]] = {
    "no_output_rate": no_output_rate,
    "failure_rate": failure_rate,
}

#: Metrics of one score's values.
SCORE_METRICS: Mapping[str, Callable[[Numbers], Fractions]] = {
    "mean_score": mean_score,
}

#: Metrics of prompts.
EVENT_METRICS: Mapping[str, Callable[..., Fractions]] = {
    "prompt_rate": prompt_rate,
    "unfounded_prompt_rate": unfounded_prompt_rate,
    "contradiction_rate": contradiction_rate,
}

#: Metrics of phrases said and noticed.
KEYWORD_METRICS: Mapping[str, Callable[..., Fractions]] = {
    "keyword_recall": keyword_recall,
    "keyword_false_alarm_rate": keyword_false_alarm_rate,
}

#: Metrics of times: of words, silences and turns.
TIME_METRICS: Mapping[str, Callable[..., Fractions]] = {
    "silence_rate": silence_rate,
    "human_silence_rate": human_silence_rate,
    "false_silence_share": false_silence_share,
    "hallucination_rate": hallucination_rate,
    "misattribution_rate": misattribution_rate,
    "handling_time": handling_time,
}

#: All of them.
METRICS: Mapping[str, Callable[..., Fractions]] = {
    **EDIT_METRICS,
    **STATUS_METRICS,
    **SCORE_METRICS,
    **EVENT_METRICS,
    **KEYWORD_METRICS,
    **TIME_METRICS,
}

#: Those of which there may be one for each score, prompt, category or role of who speaks:
#: "mean_score:politeness", "misattribution_rate:customer".
NAMED_METRICS = (
    *SCORE_METRICS,
    "prompt_rate",
    "unfounded_prompt_rate",
    *KEYWORD_METRICS,
    "misattribution_rate",
)
