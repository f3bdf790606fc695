"""From a draft to a corpus that can be relied on: checked, labelled, fingerprinted."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from biasbench.corpus.drafts import HYPOTHESIS, Corpus, Draft, numbers
from biasbench.corpus.rows import LANGUAGE, draft_problems
from biasbench.errors import OptionError, TableError
from biasbench.provenance import fingerprint
from biasbench.tables import UNKNOWN, UTTERANCES, Problem, Table, is_empty

#: Facts of a card that travel in the provenance where they are known, in this order.
CARD_FACTS = (
    "labels_question",
    "labels_raters",
    "labels_agreement",
    "language",
    "licence",
    "period",
    "origin",
    "clips",
    "speakers",
    "jurisdiction",
)


def settle(draft: Draft, *, language: str | None = None) -> Corpus:
    """The corpus of a draft: types settled, missing labels 'unknown', fingerprint taken.

    Raises TableError with the first problem and the number of the others.
    """
    card = _declared(draft.card, language, draft.file)
    problems = draft_problems(draft)
    if problems:
        raise first_of(problems, draft)
    utterances = UTTERANCES.check(draft.frame, source=draft.file)
    if draft.kept is not None:
        utterances = utterances[draft.kept.to_numpy()].reset_index(drop=True)
    hypotheses: dict[str, str] = {}
    if HYPOTHESIS in utterances.columns:
        texts = utterances.pop(HYPOTHESIS)
        pairs = zip(utterances["utterance_id"], texts.where(texts.notna(), ""), strict=True)
        hypotheses = {str(name): str(text) for name, text in pairs}
    utterances = missing_labels_named(utterances)
    card = _with_language_of_rows(card, utterances)
    provenance = draft.provenance.then("load_corpus", _facts(draft, card, utterances))
    return Corpus(utterances, provenance, draft.root, card, draft.audio_in_memory, hypotheses)


def first_of(problems: list[Problem], draft: Draft) -> TableError:
    """The error that load_corpus raises: the first problem, and how to see the others."""
    more = len(problems) - 1
    listing = f"'biasbench check {draft.source}'" if draft.source else "biasbench.check"
    tail = (
        f" (and {more} more problem{'s' * (more > 1)}: {listing} lists all of them)" if more else ""
    )
    return TableError(f"{problems[0]}{tail}")


def _declared(card: Mapping[str, str], language: str | None, file: str) -> dict[str, str]:
    declared = dict(card)
    known = declared.get("language")
    if language and known and language != known:
        raise OptionError(
            f"{file}: language is {language!r} in the call and {known!r} in the corpus's own card. "
            "Leave one out, or correct it"
        )
    if language:
        declared["language"] = language
    if "language" in declared and not LANGUAGE.fullmatch(declared["language"]):
        raise OptionError(
            f"{file}: language is {declared['language']!r}; write an ISO 639-1 code such as 'en' "
            "or 'fr'"
        )
    declared.setdefault("synthetic", "no")
    declared.setdefault("labels", "undeclared")
    declared.setdefault("design", "undeclared")
    return declared


def _with_language_of_rows(card: dict[str, str], utterances: pd.DataFrame) -> dict[str, str]:
    if "language" in card or "language" not in utterances.columns:
        return card
    languages = utterances["language"]
    if languages.notna().all() and languages.nunique() == 1:
        return card | {"language": str(languages.iloc[0])}
    return card


def _facts(draft: Draft, card: dict[str, str], utterances: pd.DataFrame) -> dict[str, str]:
    name = card["name"]
    facts = {"corpus": f"{name}@{fingerprint(utterances)}", "corpus_name": name}
    if "version" in card:
        facts["corpus_version"] = card["version"]
    facts |= {key: card[key] for key in ("synthetic", "labels", "design")}
    facts |= {key: card[key] for key in CARD_FACTS if key in card}
    return facts | dict(draft.facts)


def missing_labels_named(utterances: pd.DataFrame, ours: Table = UTTERANCES) -> pd.DataFrame:
    """The table, changed in place: empty cells of columns that are not `ours` say 'unknown'."""
    # A column of numbers with gaps stays one (snr_db); empty cells of any other are 'unknown'.
    for name in utterances.columns:
        if name in ours.columns:
            continue
        empty = is_empty(utterances[name])
        filled = utterances.loc[~empty, name]
        if not empty.any() or (len(filled) and numbers(filled).notna().all()):
            continue
        utterances[name] = utterances[name].astype(object).where(~empty, UNKNOWN)
    return utterances
