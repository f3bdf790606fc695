"""Phrases: said by people, noticed by the system."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from biasbench.errors import OptionError, TableError, not_found
from biasbench.measures.catalogue import KEYWORD_METRICS
from biasbench.measures.keywords import (
    category_counts,
    keyword_false_alarm_rate,
    keyword_recall,
)
from biasbench.measures.sources.asked import (
    Asked,
    block,
    check_known,
    is_analysed,
    languages,
)
from biasbench.systems.phrases import count_phrases
from biasbench.tables import METRIC_DIRECTION, is_empty

if TYPE_CHECKING:
    from biasbench.runs import Run

Counts = NDArray[np.float64]


def blocks(run: Run, asked: Asked) -> list[pd.DataFrame]:
    """Rows of the keyword metrics, for every system and category of the rules.

    What a system noticed are its own category events, or else the phrases in its transcripts.
    """
    wanted = asked.wanted(list(KEYWORD_METRICS))
    if not wanted:
        return []
    spoken = _spoken(asked)
    categories = _categories(wanted, spoken, asked)
    said = _in_texts(asked.utterances["reference"], spoken, categories, asked)
    found = []
    for system, noticed in _noticed(run, spoken, categories, asked):
        for _, kind, only in wanted:
            for category in [only] if only else categories:
                measure = KEYWORDS[kind]
                fractions = measure(said[category], noticed[category])
                name = f"{kind}:{category}"
                direction = METRIC_DIRECTION[kind]
                found.append(block(asked.utterances, system, name, fractions, direction))
    return found


KEYWORDS = {
    "keyword_recall": keyword_recall,
    "keyword_false_alarm_rate": keyword_false_alarm_rate,
}


def _noticed(
    run: Run, spoken: list[str], categories: list[str], asked: Asked
) -> list[tuple[str, dict[str, Counts]]]:
    utterances = asked.utterances
    ids = [str(one) for one in utterances["utterance_id"]]
    found = []
    hits = run.events[run.events["kind"] == "category"]
    for system in dict.fromkeys(hits["system"]):
        own = hits[hits["system"] == system]
        check_known(own["unit_id"], utterances["utterance_id"], "events", asked.corpus)
        looked = is_analysed(run, str(system), utterances)
        found.append(
            (
                str(system),
                {
                    one: category_counts(own, ids, looked, one, known=categories)
                    for one in categories
                },
            )
        )
    for system, written in run.transcripts.groupby("system", sort=False):
        check_known(
            written["utterance_id"], utterances["utterance_id"], "transcripts", asked.corpus
        )
        text_of = written.set_index("utterance_id")["hypothesis"].where(
            written.set_index("utterance_id")["status"].isin(["ok", "empty"])
        )
        texts = utterances["utterance_id"].map(text_of)
        known = is_analysed(run, str(system), utterances)
        counted = _in_texts(texts, spoken, categories, asked)
        found.append(
            (str(system), {one: np.where(known, counted[one], np.nan) for one in categories})
        )
    return found


def _in_texts(
    texts: pd.Series, spoken: list[str], categories: list[str], asked: Asked
) -> dict[str, Counts]:
    phrases = {language: asked.rules.phrases(language) for language in dict.fromkeys(spoken)}
    blank = is_empty(texts).to_numpy()
    counts = {category: np.zeros(len(texts)) for category in categories}
    for at, (text, language) in enumerate(zip(texts, spoken, strict=True)):
        if blank[at]:
            continue
        for category, n in count_phrases(str(text), phrases[language]).items():
            if category in counts:
                counts[category][at] = n
    return counts


def _spoken(asked: Asked) -> list[str]:
    if "reference" not in asked.utterances.columns or is_empty(asked.utterances["reference"]).all():
        raise TableError(
            f"corpus '{asked.corpus.name}' has no reference transcripts, and keyword metrics "
            "compare with what was said. Add a column 'reference'"
        )
    found = languages(asked, asked.utterances)
    known = asked.rules.languages
    for language, name in zip(found, asked.utterances["utterance_id"], strict=True):
        if language is None:
            raise OptionError(
                f"'{name}' has no language, and phrases are looked for in one. Declare it in "
                "corpus.toml or in a column 'language'"
            )
        if language not in known:
            raise OptionError(
                f"'{name}' is in '{language}', and the rules have phrases in "
                f"{', '.join(known)}. Write rules for it and name them with rules= (--rules)"
            )
    return [str(language) for language in found]


def _categories(wanted: list[tuple[str, str, str]], spoken: list[str], asked: Asked) -> list[str]:
    known: dict[str, None] = {}
    for language in dict.fromkeys(spoken):
        known |= dict.fromkeys(asked.rules.phrases(language).categories)
    for _, _, only in wanted:
        if only and only not in known:
            raise not_found("keyword category", only, known)
    return list(known)
