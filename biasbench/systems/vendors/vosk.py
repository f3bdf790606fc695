"""Vosk: the results of a recogniser, one after the other, as a script wrote them down.

vosk-api (Apache-2.0), src/recognizer.cc: a result has `text` and, with SetWords, `result` with a
`conf` in 0 to 1 for each word (times in s). With SetMaxAlternatives the `confidence` of an
alternative is a log-likelihood, not in 0 to 1: it stays in `raw`, and its words have none. Partial
results are superseded by final ones and not read. One recogniser hears one channel, so a call on
two channels is two files and no result names a speaker. Objects may stand on lines of their own,
one after the other over several lines, or in a list. `spk`, a voice print, is never taken over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from biasbench.errors import TableError
from biasbench.systems import Word
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, Said, ToldCall
from biasbench.systems.vendors._recognisers import in_order

FORMAT = Format(
    title="Vosk (results)",
    status="documented",
    gives=("utterances", "start times", "end times", "words", "word times", "word confidences"),
    source="github.com/alphacep/vosk-api, src/recognizer.cc",
)

PARTIAL = Remark(
    "partial results, superseded by final ones and not read",
    "résultats partiels, remplacés par les résultats finaux et non lus",
)
EMPTY = Remark("final results without any word", "résultats finaux sans aucun mot")
LIKELIHOOD = Remark(
    "utterances without confidence: with alternatives, Vosk writes a log-likelihood instead",
    "énoncés sans confiance : avec des variantes, Vosk écrit une log-vraisemblance à la place",
)
NO_TIMES = Remark(
    "utterances without words and times (the recogniser was not asked for them)",
    "énoncés sans mots ni temps (ils n’ont pas été demandés à la reconnaissance)",
)
VOICE_PRINT = Remark(
    "voice prints (spk), left out: they identify a person",
    "empreintes vocales (spk), omises : elles identifient une personne",
)

_KEYS = frozenset({"result", "text", "partial", "partial_result", "alternatives", "spk"}) | {
    "spk_frames"
}
_DECODER = json.JSONDecoder()


def recognises(file: ExportFile) -> bool:
    """Nothing but results of Vosk, and one that no other program would write."""
    telling = False
    try:
        for _, value in _values(file):
            if not isinstance(value, dict) or not value.keys() <= _KEYS:
                return False
            telling = telling or _is_telling(value)
    except (TableError, RecursionError):
        return False
    return telling


def _is_telling(value: Mapping[str, Any]) -> bool:
    """A lone {"text": ...} could be of any service."""
    alternatives = value.get("alternatives")
    if isinstance(alternatives, list):
        return all(
            isinstance(one, dict) and {"text", "confidence"} <= one.keys() for one in alternatives
        )
    words = value.get("result")
    if words is None:
        return "partial" in value
    return isinstance(words, list) and all(isinstance(one, dict) and "conf" in one for one in words)


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The one channel of this file."""
    (file,) = files
    said = []
    for line, value in _values(file):
        if not isinstance(value, dict):
            raise TableError(
                f"{file.name}: line {line}: {str(value)[:40]!r} is not a result of Vosk. Expected "
                "objects with 'text'"
            )
        if "partial" in value:
            notes.count(PARTIAL)
            continue
        notes.count(VOICE_PRINT, "spk" in value)
        alternatives = value.get("alternatives")
        best = alternatives[0] if alternatives else value
        if not best.get("text"):
            notes.count(EMPTY)
            continue
        words = tuple(
            Word(item["word"], item["start"], item["end"], item.get("conf"))
            for item in best.get("result") or ()
        )
        notes.count(LIKELIHOOD, bool(alternatives))
        notes.count(NO_TIMES, not words)
        said.append(
            Said(
                best["text"],
                words[0].start if words else None,
                words[-1].end if words else None,
                words=words,
                raw={"log_likelihood": best.get("confidence")} if alternatives else {},
            )
        )
    yield ToldCall(None, in_order(said, notes))


def _values(file: ExportFile) -> Iterator[tuple[int, Any]]:
    """Line number and value of each result; TableError names the line that is not JSON."""
    if (whole := file.json_object) is not None:
        yield 1, whole
        return
    first = file.content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if first == b"[":
        yield from ((1, one) for one in file.json)
        return
    if first != b"{":
        raise TableError(f"{file.name}: does not begin with a result of Vosk, which is an object")
    text = file.text
    if _is_json(text.lstrip().split("\n", 1)[0]):  # one result a line
        yield from file.json_lines
        return
    at, length = 0, len(text)
    while True:
        while at < length and text[at] in " \t\r\n":
            at += 1
        if at >= length:
            return
        try:
            value, after = _DECODER.raw_decode(text, at)
        except json.JSONDecodeError as error:
            raise TableError(
                f"{file.name}: line {error.lineno}, column {error.colno}: is not JSON: {error.msg}"
            ) from error
        yield (1 if isinstance(value, dict) else text.count("\n", 0, at) + 1), value
        at = after


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except json.JSONDecodeError:
        return False
    return True
