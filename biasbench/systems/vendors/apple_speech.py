"""Apple Speech: what SFSpeechRecognizer or SpeechAnalyzer heard, written as JSON.

Apple documents the programming interface (SFSpeechRecognitionResult, SFTranscriptionSegment,
SFSpeechRecognitionMetadata, SFVoiceAnalytics) and no file. Two are read:

- A result of SFSpeech with the property names of Apple as keys, one file for each channel: nothing
  in it names a speaker. Confidence 0 means that the result was not final. There are no utterances
  in it; one is taken to end where no word follows for 1 s. Voice analytics are one value a frame,
  of which the mean is the score: jitter is the variation of pitch in % of the fundamental
  frequency, shimmer that of amplitude in dB, pitch a natural logarithm of a normalised estimate,
  voicing the probability of a voice in the frame. Before iOS 14.5 they stand at each word.
- What yap (github.com/finnvoor/yap), a program of a third party, writes of SpeechAnalyzer with
  --json: segments of at most so many characters, with words by --word-timestamps and never with
  confidences. `created` is when the file was written and `duration` the end of the last segment,
  so neither is taken for the call.

Assumed: the keys of the first, which are those of the interface, as programs that pass a result on
as JSON write them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from biasbench.systems import Score, Word
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, Said, ToldCall
from biasbench.systems.vendors._recognisers import in_order

FORMAT = Format(
    title="Apple Speech (SFSpeech as JSON, SpeechAnalyzer by yap)",
    status="partly documented",
    gives=(
        "utterances", "start times", "end times", "words", "word times", "word confidences",
        "language", "scores",
    ),
    source="developer.apple.com/documentation/speech/sfspeechrecognitionmetadata",
    assumes=(
        Remark(
            "a dump of SFSpeech has Apple's property names as keys; Apple defines no file",
            "un fichier SFSpeech a pour clés les noms de propriété d’Apple\u00a0; Apple ne définit "
            "aucun fichier",
        ),
        Remark(
            "an utterance of SFSpeech ends where no word follows for 1 s: the result has none",
            "un énoncé de SFSpeech se termine si aucun mot ne suit pendant 1 s\u00a0: le résultat "
            "n’en contient pas",
        ),
    ),
)  # fmt: skip

NOT_FINAL = Remark(
    "words with confidence 0, by which Apple means not final: they have none",
    "mots de confiance 0, ce qui chez Apple signifie non définitif\u00a0: ils n’en ont pas",
)
NO_TIMES = Remark(
    "utterances in which every word stands at 0 s and lasts 0 s: their times are not known",
    "énoncés dont tous les mots sont à 0 s et durent 0 s\u00a0: leurs temps sont inconnus",
)
UNFINISHED = Remark(
    "results that are not final",
    "résultats non définitifs",
)

#: Longer than any pause inside a sentence, shorter than the other side's turn. Not Apple's.
_PAUSE = 1.0

_METADATA = (
    ("speakingRate", "speech rate (words per minute)"),
    ("averagePauseDuration", "average pause between words (s)"),
)
_VOICE = (
    ("jitter", "jitter (% of fundamental frequency)", 0.0, None),
    ("shimmer", "shimmer (dB)", 0.0, None),
    ("pitch", "pitch (natural logarithm, normalised)", None, None),
    ("voicing", "voicing (probability)", 0.0, 1.0),
)


def recognises(file: ExportFile) -> bool:
    """A result's best transcription, or yap's metadata beside segments."""
    document = file.json_object
    if document is None:
        return False
    best = document.get("bestTranscription")
    if isinstance(best, dict):
        return "segments" in best
    segments = document.get("segments")
    if document.keys() != {"metadata", "segments"} or not isinstance(segments, list):
        return False
    metadata = document["metadata"]
    if not isinstance(metadata, dict) or "created" not in metadata:
        return False
    return not segments or (
        isinstance(segments[0], dict) and {"id", "start", "end", "text"} <= segments[0].keys()
    )


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The one channel or recording of this file."""
    (file,) = files
    document = file.json
    if "bestTranscription" in document:
        yield _sfspeech(document, notes)
    else:
        yield _yap(document, notes)


def _sfspeech(document: Mapping[str, Any], notes: Notes) -> ToldCall:
    notes.count(UNFINISHED, document.get("isFinal") is False)
    segments = document["bestTranscription"]["segments"]
    scores = tuple(_scores(document, segments))
    if segments and not any(one["timestamp"] or one["duration"] for one in segments):
        # how a result looks before its words are laid on the sound
        notes.count(NO_TIMES)
        words = tuple([Word(one["substring"]) for one in segments])
        return ToldCall(None, (Said(_text(words), words=words),), scores)
    said = []
    own: list[Word] = []
    not_final = 0
    for segment in segments:
        start = segment["timestamp"]
        confidence = segment.get("confidence")
        if confidence == 0:
            not_final += 1
            confidence = None
        # the end is a sum of two binary fractions: 0.62 + 0.4 is not 1.02 without rounding
        word = Word(segment["substring"], start, round(start + segment["duration"], 6), confidence)
        if own and start - (own[-1].end or 0.0) >= _PAUSE:
            said.append(_utterance(own))
            own = []
        own.append(word)
    if own:
        said.append(_utterance(own))
    notes.count(NOT_FINAL, not_final)
    return ToldCall(None, in_order(said, notes), scores)


def _utterance(words: Sequence[Word]) -> Said:
    return Said(_text(words), words[0].start, words[-1].end, words=tuple(words))


def _text(words: Sequence[Word]) -> str:
    return " ".join([word.text for word in words])


def _scores(document: Mapping[str, Any], segments: Sequence[Mapping[str, Any]]) -> Iterator[Score]:
    """Speaking rate, pauses and the four voice measures, always all of them."""
    metadata = document.get("speechRecognitionMetadata") or {}
    for key, name in _METADATA:
        value = metadata.get(key)
        reason = None if value is not None else "not exported"
        note = None if value is not None else f"The result has no {key}."
        # words between pauses, pauses between words: both rest on what was recognised
        yield Score(name, value, 0.0, None, "neither", reason, note, modality="mixed")
    analytics = metadata.get("voiceAnalytics")
    found = [analytics] if analytics else [
        one["voiceAnalytics"] for one in segments if one.get("voiceAnalytics")
    ]  # fmt: skip
    for key, name, low, high in _VOICE:
        frames = [
            value
            for one in found
            if one.get(key)
            for value in one[key]["acousticFeatureValuePerFrame"]
        ]
        if frames:
            mean = sum(frames) / len(frames)
            note = f"Mean over {len(frames)} frames, voiced or not."
            yield Score(name, mean, low, high, "neither", note=note, modality="voice")
        else:
            reason = "unset" if found else "not exported"
            note = f"The result has no {key}."
            yield Score(name, None, low, high, "neither", reason, note, modality="voice")


def _yap(document: Mapping[str, Any], notes: Notes) -> ToldCall:
    said = [
        Said(
            segment["text"],
            segment["start"],
            segment["end"],
            segment.get("speaker"),
            words=tuple(
                [
                    Word(word["text"], word["start"], word["end"], word.get("confidence"))
                    for word in segment.get("words") or ()
                ]
            ),
        )
        for segment in document["segments"]
    ]
    return ToldCall(None, in_order(said, notes), language=document["metadata"].get("language"))
