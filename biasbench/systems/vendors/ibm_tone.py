"""IBM Watson Tone Analyzer (retired in 2023): general and customer-engagement ("chat") analyses.

Version 2017-09-21, documented in the API reference and in the SDKs (ibm-watson up to 5.3.1,
tone_analyzer_v3). Emotions and manners are told from text alone. What the numbers are not:

- A tone is returned only from 0.5 up. One that is absent is below 0.5, and not 0: its score has no
  value and is marked censored.
- The general analysis has the first 100 sentences of a document and the chat analysis the first 50
  utterances. What came after them is in no file.
- A chat utterance of more than 500 characters is not analysed and has an `error` instead.
- There are no times and no speakers: sentences and utterances stand in the order of the text.

The tones of the whole document are scores of the call. Version 2016-05-19 has scores of another
meaning, not censored, and is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from biasbench.errors import TableError
from biasbench.systems import Score
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, Said, ToldCall
from biasbench.tables.columns import Direction

FORMAT = Format(
    title="IBM Watson Tone Analyzer 2017-09-21",
    status="documented",
    gives=("utterances", "scores"),
    source="cloud.ibm.com/apidocs/tone-analyzer",
    infers_emotion=True,
    assumes=(
        Remark(
            "a tone that is not returned is below 0.5; nothing else is known of it",
            "une tonalité qui n’est pas renvoyée est inférieure à 0,5\u00a0; on n’en sait rien "
            "d’autre",
        ),
    ),
)

CUT = Remark(
    "analyses of as many sentences or utterances as the service takes (100, or 50 in a chat): more "
    "of the text may be missing",
    "analyses d’autant de phrases ou d’énoncés que le service en accepte (100, ou 50 pour un "
    "dialogue)\u00a0: une suite du texte peut manquer",
)
WARNED = Remark(
    "analyses with a warning by the service, kept in the column warning",
    "analyses accompagnées d’un avertissement du service, gardé dans la colonne warning",
)
NOT_ANALYSED = Remark(
    "utterances that the service did not analyse (more than 500 characters)",
    "énoncés que le service n’a pas analysés (plus de 500 caractères)",
)
UNDOCUMENTED_TONE = Remark(
    "tones that the documentation does not list, kept as scores of their own",
    "tonalités absentes de la documentation, gardées comme scores distincts",
)

_GENERAL: Mapping[str, Direction] = {
    "anger": "higher is worse",
    "fear": "higher is worse",
    "joy": "higher is better",
    "sadness": "higher is worse",
    "analytical": "neither",
    "confident": "neither",
    "tentative": "neither",
}
_CHAT: Mapping[str, Direction] = {
    "excited": "neither",
    "frustrated": "higher is worse",
    "impolite": "higher is worse",
    "polite": "higher is better",
    "sad": "higher is worse",
    "satisfied": "higher is better",
    "sympathetic": "higher is better",
}
_CENSORED = "Not returned, so below 0.5; that is not 0."
_MOST_SENTENCES, _MOST_UTTERANCES = 100, 50

#: Scores are frozen: those without a value are the same every time.
_ABSENT = {
    tone: Score(f"{tone} tone", None, 0.0, 1.0, direction, "censored", _CENSORED)
    for tone, direction in (*_GENERAL.items(), *_CHAT.items())
}


def recognises(file: ExportFile) -> bool:
    """A document's tones, or the tones of utterances."""
    document = file.json_object
    if document is None:
        return False
    return isinstance(document.get("document_tone"), dict) or isinstance(
        document.get("utterances_tone"), list
    )


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The one text of this file."""
    (file,) = files
    document = file.json
    if "utterances_tone" in document:
        yield _chat(document, notes)
        return
    whole = document["document_tone"]
    if "tones" not in whole:
        old = "tone_categories" in whole
        raise TableError(
            f"{file.name}: document_tone has no tones"
            + (", but tone_categories, of version 2016-05-19, whose scores mean something else"
               if old else "")
            + ". Only version 2017-09-21 is read"
        )  # fmt: skip
    sentences = document.get("sentences_tone") or ()
    notes.count(CUT, len(sentences) >= _MOST_SENTENCES)
    yield ToldCall(
        None,
        tuple(
            Said(
                one["text"],
                scores=_scores(one["tones"], _GENERAL, notes),
                raw={"sentence_id": one["sentence_id"]},
            )
            for one in sentences
        ),
        _scores(whole["tones"], _GENERAL, notes),
        facts=_warning(whole, notes),
    )


def _chat(document: Mapping[str, Any], notes: Notes) -> ToldCall:
    utterances = document["utterances_tone"]
    notes.count(CUT, len(utterances) >= _MOST_UTTERANCES)
    said = []
    for one in utterances:
        error = one.get("error")
        notes.count(NOT_ANALYSED, error is not None)
        said.append(
            Said(
                one["utterance_text"],
                scores=_scores(one["tones"], _CHAT, notes) if error is None else _failed(error),
                raw={"utterance_id": one["utterance_id"]},
            )
        )
    return ToldCall(None, tuple(said), facts=_warning(document, notes))


def _scores(
    tones: Sequence[Mapping[str, Any]], known: Mapping[str, Direction], notes: Notes
) -> tuple[Score, ...]:
    """Every documented tone, in the same order: those returned, and those below 0.5."""
    given = {tone["tone_id"]: tone["score"] for tone in tones}
    scores = [
        Score(f"{tone} tone", given[tone], 0.0, 1.0, direction) if tone in given else _ABSENT[tone]
        for tone, direction in known.items()
    ]
    for tone in sorted(given.keys() - known.keys()):
        notes.count(UNDOCUMENTED_TONE)
        scores.append(Score(f"{tone} tone", given[tone], 0.0, 1.0, "neither"))
    return tuple(scores)


def _failed(error: str) -> tuple[Score, ...]:
    return tuple(
        Score(f"{tone} tone", None, 0.0, 1.0, direction, "not analysed", error)
        for tone, direction in _CHAT.items()
    )


def _warning(found: Mapping[str, Any], notes: Notes) -> dict[str, str | float | None]:
    warning = found.get("warning")
    notes.count(WARNED, warning is not None)
    return {} if warning is None else {"warning": warning}
