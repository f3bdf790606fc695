"""What Azure's transcription results share: lengths in three notations, and `recognizedPhrases`.

An offset or a duration is written as ticks of 100 ns, as an ISO 8601 duration and, since
2024-11-15, as milliseconds, side by side. Ticks are the finest and are used where they are there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from biasbench.systems import Score, Word
from biasbench.systems.exports import Notes, Remark, Said
from biasbench.systems.times import seconds

NOTHING_SAID = Remark(
    "Phrases in which Azure heard no speech (InitialSilenceTimeout, BabbleTimeout): not utterances",
    "Segments où Azure n’a entendu aucune parole (InitialSilenceTimeout, BabbleTimeout) : ce ne "
    "sont pas des énoncés",
)
NO_MATCH = Remark(
    "Phrases in which Azure heard speech and recognised no word (NoMatch): kept, with an empty "
    "text",
    "Segments où Azure a entendu de la parole sans reconnaître aucun mot (NoMatch) : conservés, "
    "avec un texte vide",
)
FAILED = Remark(
    "Phrases that Azure could not transcribe (status neither Success nor one that says what was "
    "heard): left out",
    "Segments qu’Azure n’a pas pu transcrire (statut autre que Success ou qu’un statut disant ce "
    "qui a été entendu) : laissés de côté",
)
UNSUCCESSFUL_TEXT = Remark(
    "Phrases with a text although their status is not Success: kept",
    "Segments pourvus d’un texte bien que leur statut ne soit pas Success : conservés",
)
EMPTY = Remark(
    "Successful phrases without a word: kept, with an empty text",
    "Segments réussis sans aucun mot : conservés, avec un texte vide",
)
DISPLAY_ONLY = Remark(
    "Phrases without a lexical form: the display form, with digits and punctuation, is used",
    "Segments sans forme lexicale : la forme affichée, avec chiffres et ponctuation, est utilisée",
)
DISPLAY_WORDS = Remark(
    "Phrases whose words are those of the display form: they have no confidence",
    "Segments dont les mots sont ceux de la forme affichée : ils n’ont pas d’indice de confiance",
)
BACKWARDS = Remark(
    "Words of a negative duration, which the schema of 2024-11-15 allows: without an end",
    "Mots de durée négative, que le schéma de 2024-11-15 autorise : sans heure de fin",
)
ALTERNATIVES = Remark(
    "Less likely alternatives left out", "Transcriptions moins probables laissées de côté"
)

_SILENT = ("InitialSilenceTimeout", "BabbleTimeout")

Scorer = Callable[[Mapping[str, Any]], tuple[Score, ...]]


def no_scores(_: Mapping[str, Any]) -> tuple[Score, ...]:
    """No scores, whatever the best alternative holds."""
    return ()


def length(item: Mapping[str, Any], name: str) -> float | None:
    """The `offset` or `duration` of an item in seconds; None if it has none.

    >>> length({"offset": "PT0.4S", "offsetInTicks": 4000001}, "offset")
    0.4000001
    >>> length({"duration": "PT1M2.5S"}, "duration"), length({"offsetMilliseconds": 400}, "offset")
    (62.5, 0.4)
    """
    ticks = item.get(f"{name}InTicks")
    if ticks is not None:
        # Two per word: a plain number needs no further look.
        return round(ticks * 1e-7, 7) if type(ticks) is int else seconds(ticks, "ticks")
    text = item.get(name)
    if text is not None:
        return seconds(text, "iso8601")
    milliseconds = item.get(f"{name}Milliseconds")
    return None if milliseconds is None else seconds(milliseconds, "ms")


def span(item: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Start and end of an item that is written as a start and a DURATION."""
    start, lasts = length(item, "offset"), length(item, "duration")
    return start, None if start is None or lasts is None else round(start + lasts, 7)


def audio_name(source: object) -> str | None:
    """The name of the audio file without folder and ending, and without the URL's secrets.

    >>> audio_name("https://a.blob.core.windows.net/calls/C-7.wav?sv=2020&sig=abc")
    'C-7'
    """
    if not isinstance(source, str):
        return None
    name = source.split("?", 1)[0].rsplit("/", 1)[-1]
    return name.rsplit(".", 1)[0] or None


def utterances(
    phrases: Sequence[Mapping[str, Any]], notes: Notes, score: Scorer = no_scores
) -> tuple[tuple[Said, ...], str | None]:
    """The utterances in order of time, and their language if they name one and the same."""
    # One channel and speakers, or several channels and nobody told apart, are the usual cases.
    several = len({phrase.get("channel") for phrase in phrases}) > 1
    said: list[Said] = []
    languages = {phrase.get("locale") for phrase in phrases}
    one_language = languages.pop() if len(languages) == 1 else None
    for phrase in phrases:
        alternatives: Sequence[Mapping[str, Any]] = phrase.get("nBest") or ()
        best = alternatives[0] if alternatives else {}
        notes.count(ALTERNATIVES, max(len(alternatives) - 1, 0))
        text = _text(best, notes)
        status = phrase.get("recognitionStatus", "Success")
        if status != "Success" and not _has_an_utterance(status, text, notes):
            continue
        if status == "Success" and not text:
            notes.count(EMPTY)
        start, end = span(phrase)
        raw = {} if status == "Success" else {"recognitionStatus": status}
        if one_language is None and phrase.get("locale"):
            raw["locale"] = phrase["locale"]
        said.append(
            Said(
                text=text,
                start=start,
                end=end,
                speaker=_speaker(phrase, best, several),
                words=_words(best, notes),
                confidence=best.get("confidence"),
                scores=score(best),
                raw=raw,
            )
        )
    said.sort(key=lambda one: (one.start is None, one.start or 0.0))
    return tuple(said), one_language


def _has_an_utterance(status: str, text: str, notes: Notes) -> bool:
    """Whether a phrase whose status is not Success is an utterance all the same."""
    if text:
        notes.count(UNSUCCESSFUL_TEXT)
        return True
    if status == "NoMatch":
        notes.count(NO_MATCH)
        return True
    notes.count(NOTHING_SAID if status in _SILENT else FAILED)
    return False


def _text(best: Mapping[str, Any], notes: Notes) -> str:
    lexical = str(best.get("lexical") or "").strip()
    if lexical:
        return lexical
    display = str(best.get("display") or "").strip()
    if display:
        notes.count(DISPLAY_ONLY)
    return display


def _speaker(phrase: Mapping[str, Any], best: Mapping[str, Any], several: bool) -> str | None:
    """The diarised speaker, counted from 1, or else the channel, counted from 0.

    The schema has `speaker` in the alternative, the service and Microsoft's samples in the phrase.
    """
    channel = phrase.get("channel")
    speaker = phrase.get("speaker", best.get("speaker"))
    if speaker is None:
        return None if channel is None else str(channel)
    return f"{channel}/{speaker}" if several else str(speaker)


def _words(best: Mapping[str, Any], notes: Notes) -> tuple[Word, ...]:
    items = best.get("words")
    name = "word"
    if not items:
        items = best.get("displayWords") or ()
        name = "displayText"
        notes.count(DISPLAY_WORDS, 1 if items else 0)
    words = []
    backwards = 0
    for item in items:
        start, end = span(item)
        if start is not None and end is not None and end < start:
            backwards += 1
            end = None
        words.append(Word(item[name], start, end, item.get("confidence")))
    notes.count(BACKWARDS, backwards)
    return tuple(words)
