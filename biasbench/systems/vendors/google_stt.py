"""Google Cloud Speech-to-Text, v1 (also v1p1beta1) and v2: the JSON of a finished recognition.

Documented in https://cloud.google.com/speech-to-text/docs/reference/rest and in the protos of
googleapis/googleapis (Apache-2.0). Read are the response itself, the long-running operation around
it, the v2 batch response with one result per audio file (`inlineResult`, or the older
`transcript`), and the file that v2 writes to Cloud Storage. ProtoJSON rules: see `_google`.

What to know:

- A confidence of 0.0, or none, means "not set", for words as for results.
- A word without `startTime` has no known start: the field is a message, so that 0 is written '0s'.
- With diarisation the LAST result of v1 repeats all words of the audio with their speaker. It is
  used alone, cut at every change of speaker, and at the borders of the earlier results where these
  hold the same number of words. Results that carry their own speakers, as in v2, are each used.
- A result has an end but no start: its utterance starts with its first word, ends with its last,
  and without words ends at `resultEndTime`, which may include silence.
- `channelTag` and `speakerTag` count from 1 and are names here ('1', '2'); 0 or none is nobody.
- v2 renamed startTime, endTime, resultEndTime, speakerTag to startOffset, endOffset,
  resultEndOffset, speakerLabel.
- There is no lexical form: with automatic punctuation and number formatting, text and words have
  capitals, commas and digits.
- Results of streaming, final or not, are another format and are not read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from biasbench.errors import TableError
from biasbench.systems import Word
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, Said, ToldCall
from biasbench.systems.vendors._google import camel, length, set_number

FORMAT = Format(
    title="Google Speech-to-Text v1, v2",
    status="documented",
    gives=(
        "utterances",
        "start times",
        "end times",
        "words",
        "word times",
        "word confidences",
        "language",
    ),
    source="cloud.google.com/speech-to-text/docs/reference/rest",
    assumes=(
        Remark(
            "Where a response names its audio file, the file's name without folder and ending is "
            "the call's id",
            "Lorsqu’une réponse nomme son fichier audio, le nom de ce fichier, sans dossier ni "
            "extension, est l’identifiant de l’appel",
        ),
    ),
)

REPEATED = Remark(
    "Results whose words the last, diarised result repeats: only the last one is used",
    "Résultats dont les mots sont répétés par le dernier, qui porte les locuteurs : lui seul est "
    "utilisé",
)
ALTERNATIVES = Remark(
    "Less likely alternatives left out", "Transcriptions moins probables laissées de côté"
)
EMPTY = Remark("Results without any transcript", "Résultats sans aucune transcription")
NO_START = Remark("Utterances without a start time", "Énoncés sans heure de début")
FAILED = Remark(
    "Audio files that Google reports as failed: calls without utterances",
    "Fichiers audio en échec selon Google : appels sans énoncé",
)
ELSEWHERE = Remark(
    "Audio files whose transcript is in another file on Cloud Storage: calls without utterances",
    "Fichiers audio dont la transcription est dans un autre fichier de Cloud Storage : appels sans "
    "énoncé",
)

#: Names that only a dump with the proto's own spelling has; one in a text costs time, no meaning.
_SNAKE = (b'"start_time"', b'"start_offset"', b'"result_end_', b'"channel_tag"', b'"speaker_tag"')
_BILLED = ("totalBilledTime", "total_billed_time", "totalBilledDuration", "total_billed_duration")
_ENDS = ("resultEndTime", "resultEndOffset", "result_end_time", "result_end_offset")
#: What results of streaming, of Watson and of Speechmatics have.
_FOREIGN = ("isFinal", "is_final", "stability", "final", "type", "word_alternatives")


def recognises(file: ExportFile) -> bool:
    """Whether it is a Speech-to-Text response, or an operation around one."""
    document = file.json_object
    if document is None:
        return False
    kind = _kind_of(document)
    if kind:
        return "google.cloud.speech" in kind
    return _is_response(document) or _is_batch(document)


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """One call per response, or one per audio file of a v2 batch."""
    for file in files:
        document = file.json
        if any(name in file.content for name in _SNAKE):
            document = camel(document)
        metadata = document.get("metadata") or {}
        call_id = _base(metadata.get("uri")) if "@type" in metadata else None
        if "response" in document or "error" in document or "@type" in metadata:
            if document.get("error"):
                notes.count(FAILED)
                yield ToldCall(call_id, facts={"transcription_status": "failed"})
                continue
            if "response" not in document:
                raise TableError(
                    f"{file.name}: the operation has no response: it was saved before it was "
                    "done. Fetch it again"
                )
            document = document["response"]
        if isinstance(document.get("results"), dict):
            yield from _batch(document["results"], notes)
        else:
            yield _call(call_id, document, notes)


def _kind_of(document: Mapping[str, Any]) -> str:
    """The type that an operation says its response or its metadata to be of."""
    for key in ("response", "metadata"):
        inner = document.get(key)
        if isinstance(inner, dict) and isinstance(inner.get("@type"), str):
            return str(inner["@type"])
    return ""


def _is_response(document: Mapping[str, Any]) -> bool:
    response = document.get("response", document)
    if not isinstance(response, dict) or "result_index" in response:
        return False
    results = response.get("results")
    if not results:  # nobody spoke
        metadata = response.get("metadata")
        places = (response, metadata if isinstance(metadata, dict) else {})
        return any(key in place for place in places for key in _BILLED)
    return isinstance(results, list) and isinstance(results[0], dict) and _is_result(results[0])


def _is_result(first: Mapping[str, Any]) -> bool:
    if any(key in first for key in _FOREIGN):
        return False
    alternatives = first.get("alternatives")
    if not alternatives:
        return any(key in first for key in _ENDS)
    best = alternatives[0] if isinstance(alternatives, list) else None
    if not isinstance(best, dict) or "timestamps" in best or "content" in best:
        return False
    words = best.get("words")
    if words:
        return isinstance(words, list) and isinstance(words[0], dict) and "word" in words[0]
    return "transcript" in best


def _is_batch(document: Mapping[str, Any]) -> bool:
    results = document.get("results")
    if not isinstance(results, dict) or not results:
        return False
    name, first = next(iter(results.items()))
    return name.startswith("gs://") and isinstance(first, dict)


def _base(uri: str | None) -> str | None:
    """The name of the audio file without folder and ending."""
    return (uri.rsplit("/", 1)[-1].rsplit(".", 1)[0] or None) if uri else None


def _batch(results: Mapping[str, Any], notes: Notes) -> Iterator[ToldCall]:
    names = {uri: _base(uri) for uri in results}
    if len(set(names.values())) < len(names):  # the same name in two folders
        names = {uri: uri for uri in results}
    for uri, result in results.items():
        transcript = (result.get("inlineResult") or {}).get("transcript")
        transcript = transcript or result.get("transcript")
        if transcript is None and result.get("error"):
            notes.count(FAILED)
            yield ToldCall(names[uri], facts={"transcription_status": "failed"})
        elif transcript is None and (result.get("cloudStorageResult") or result.get("uri")):
            notes.count(ELSEWHERE)
            yield ToldCall(names[uri], facts={"transcription_status": "in another file"})
        else:
            yield _call(names[uri], transcript or {}, notes)


def _call(call_id: str | None, response: Mapping[str, Any], notes: Notes) -> ToldCall:
    results = response.get("results") or []
    by_channel: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    languages = set()
    for result in results:
        by_channel[int(result.get("channelTag") or 0)].append(result)
        if result.get("languageCode"):
            languages.add(result["languageCode"])
    said: list[Said] = []
    for channel, mine in by_channel.items():
        said += _channel(str(channel) if channel else None, mine, len(languages) > 1, notes)
    said.sort(key=lambda one: (one.start is None, one.start or 0.0))
    notes.count(NO_START, sum(one.start is None for one in said))
    if results:
        second = any("resultEndOffset" in result for result in results)
        first = any("resultEndTime" in result for result in results)
        notes.saw_version("v2" if second else "v1" if first else "v1 or v2")
    return ToldCall(
        call_id, tuple(said), language=next(iter(languages)) if len(languages) == 1 else None
    )


def _channel(
    channel: str | None, results: Sequence[Mapping[str, Any]], tell_language: bool, notes: Notes
) -> Iterator[Said]:
    """The utterances of one channel, whose results are in order of time."""
    told = []
    for result in results:
        alternatives = result.get("alternatives") or []
        notes.count(ALTERNATIVES, max(len(alternatives) - 1, 0))
        best = alternatives[0] if alternatives else {}
        if not best.get("transcript") and not best.get("words"):
            notes.count(EMPTY)
            continue
        told.append((result, best, _words(best.get("words") or ())))
    if len(told) > 1 and _repeats(told[-1], told[:-1]):
        *earlier, (result, best, words) = told
        notes.count(REPEATED, len(earlier))
        sizes = [len(mine) for _, _, mine in earlier]
        whole = sum(sizes) == len(words)
        borders = list(accumulate(sizes)) if whole else [len(words)]
        scores = [_score(mine) for _, mine, _ in earlier] if whole else [_score(best)]
        yield from _turns(words, borders, scores, channel, {})
        return
    for result, best, words in told:
        raw = {"languageCode": result.get("languageCode")} if tell_language else {}
        if any(tag for tag, _ in words):
            yield from _turns(words, [len(words)], [_score(best)], channel, raw)
            continue
        end = words[-1][1].end if words else None
        if end is None:
            end = length(result.get("resultEndTime", result.get("resultEndOffset")))
        plain = tuple(word for _, word in words)
        yield Said(
            text=(best.get("transcript") or " ".join(word.text for word in plain)).strip(),
            start=plain[0].start if plain else None,
            end=end,
            speaker=channel,
            words=plain,
            confidence=_score(best),
            raw=raw,
        )


_Told = tuple[Mapping[str, Any], Mapping[str, Any], list[tuple[str | None, Word]]]


def _repeats(last: _Told, earlier: Sequence[_Told]) -> bool:
    """Whether the last result tells all words again, with their speakers."""
    _, best, words = last
    if not any(tag for tag, _ in words):
        return False
    if not best.get("transcript"):
        return True
    before = next((mine for _, _, mine in earlier if mine), None)
    if before is None:
        return False
    first, again = before[0][1], words[0][1]
    if first.start is not None and again.start is not None:
        return again.start <= first.start
    return [word.text for _, word in words[: len(before)]] == [word.text for _, word in before]


def _words(items: Sequence[Mapping[str, Any]]) -> list[tuple[str | None, Word]]:
    """Each word with the name of its speaker."""
    words = []
    for item in items:
        start = length(item.get("startTime", item.get("startOffset")))
        end = length(item.get("endTime", item.get("endOffset")))
        tag = item.get("speakerTag") or item.get("speakerLabel") or None
        words.append(
            (
                None if tag is None else str(tag),
                Word(item["word"], start, end, set_number(item.get("confidence"))),
            )
        )
    return words


def _turns(
    words: Sequence[tuple[str | None, Word]],
    borders: Sequence[int],
    scores: Sequence[float | None],
    channel: str | None,
    raw: Mapping[str, Any],
) -> Iterator[Said]:
    """Words cut at the borders and at every change of speaker.

    The recogniser's confidence is that of a whole piece: a piece cut in two has none.
    """
    start = 0
    for border, score in zip(borders, scores, strict=True):
        cuts = [at for at in range(start + 1, border) if words[at][0] != words[at - 1][0]]
        for here, there in zip([start, *cuts], [*cuts, border], strict=True):
            mine = tuple(word for _, word in words[here:there])
            if not mine:
                continue
            tag = words[here][0]
            yield Said(
                text=" ".join(word.text for word in mine),
                start=mine[0].start,
                end=mine[-1].end,
                speaker=f"{channel}/{tag}" if channel and tag else tag or channel,
                words=mine,
                confidence=None if cuts else score,
                raw=raw,
            )
        start = border


def _score(best: Mapping[str, Any]) -> float | None:
    return set_number(best.get("confidence"))
