"""CTM: NIST's time marked words, as Kaldi, sclite and many recognisers write them.

Documented in SCTK's infmts page: `file channel start duration word [confidence]`, one word a
line, `;;` comments. The fourth field is a DURATION. Each file id is a call, each channel a
speaker; what the channel is of, roles.csv says. CTM has no utterances, and its channels
interleave, so they are made here, for each channel by itself: a pause of half a second
(PAUSE_SECONDS) or more ends one. This is an ASSUMPTION and stands in the import report; words and
their times are the file's own.

Alternations (`<ALT_BEGIN>`, times of `*`) offer several transcripts: an error that says so.
Read without meeteval.io (10 MB of compiled extensions, scipy, Cython), which leaves confidences as
text, does not group by channel, and cannot give these errors; the tests hold its times against
ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from biasbench.errors import TableError
from biasbench.systems import Word
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, Said, ToldCall
from biasbench.systems.vendors._timemarked import (
    KALDI_NAMES,
    NO_VALUE,
    end_of,
    first_rows,
    is_number,
    is_word,
    own_name,
    rows,
    seconds_in,
)

#: The shortest pause of a channel that ends an utterance.
PAUSE_SECONDS = 0.5

MADE_UTTERANCES = Remark(
    "utterances made from single words: a pause of 0.5 s or more on a channel ends one",
    "énoncés formés de mots isolés : une pause d’au moins 0,5 s sur un canal en termine un",
)
NO_CONFIDENCE = Remark(
    "confidences outside 0 to 1, left out",
    "indices de confiance hors de l’intervalle de 0 à 1, écartés",
)

FORMAT = Format(
    title="CTM (NIST time marked words)",
    status="documented",
    gives=(
        "utterances",
        "start times",
        "end times",
        "words",
        "word times",
        "word confidences",
    ),
    source="github.com/usnistgov/SCTK, doc/infmts.htm",
    assumes=(
        Remark(
            "an utterance ends where a channel pauses for 0.5 s or more; the format has none",
            "un énoncé se termine à une pause d’au moins 0,5 s sur un canal ; le format n’en a pas",
        ),
    ),
)

_STAR = "*"


def recognises(file: ExportFile) -> bool:
    """Five or six fields a line, a start and a duration in the third and fourth."""
    found = first_rows(file)
    return (
        bool(found)
        and own_name(file) not in KALDI_NAMES
        and all(is_word(fields) for fields in found)
    )


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """A call for each file id, in the order in which they first appear."""
    (file,) = files
    spoken: dict[str, dict[str, list[Word]]] = {}
    for number, fields in rows(file):
        if len(fields) not in (5, 6):
            raise TableError(
                f"{file.name}: line {number}: has {len(fields)} fields; a word has five or six: "
                "file, channel, start, duration, word, confidence"
            )
        recording, channel, text = fields[0], fields[1], fields[4]
        if text.upper().startswith("<ALT") or _STAR in (fields[2], fields[3]):
            raise TableError(
                f"{file.name}: line {number}: {text} begins or ends an alternation: several "
                "transcripts of one stretch. Write the one that the system chose"
            )
        start = seconds_in(file, number, fields[2], "start")
        end = end_of(file, number, start, fields[3])
        confidence = _confidence(file, number, fields, notes)
        words = spoken.setdefault(recording, {}).setdefault(channel, [])
        words.append(Word(text, start, end, confidence))
    for recording, channels in spoken.items():
        said = [
            utterance
            for channel, words in channels.items()
            for utterance in _utterances(channel, words)
        ]
        notes.count(MADE_UTTERANCES, len(said))
        said.sort(key=lambda utterance: utterance.start or 0.0)
        yield ToldCall(call_id=recording, said=tuple(said))


def _confidence(file: ExportFile, number: int, fields: Sequence[str], notes: Notes) -> float | None:
    """The sixth field, None where there is none or it is no confidence."""
    if len(fields) < 6 or fields[5] in NO_VALUE:
        return None
    if not is_number(fields[5]):
        raise TableError(f"{file.name}: line {number}: confidence {fields[5]!r} is not a number")
    value = float(fields[5])
    if 0 <= value <= 1:
        return value
    notes.count(NO_CONFIDENCE)
    return None


def _utterances(channel: str, words: list[Word]) -> Iterator[Said]:
    """Runs of the words of one channel with pauses shorter than PAUSE_SECONDS."""
    words.sort(key=lambda word: word.start or 0.0)
    run: list[Word] = []
    until = 0.0
    for word in words:
        start, end = word.start or 0.0, word.end or 0.0
        # Rounded: the difference of 3.7 and 3.2 is 0.5 here, too.
        if run and round(start - until, 6) >= PAUSE_SECONDS:
            yield _said(channel, run, until)
            run = []
        until = max(until, end) if run else end
        run.append(word)
    if run:
        yield _said(channel, run, until)


def _said(channel: str, run: Sequence[Word], end: float) -> Said:
    return Said(
        text=" ".join(word.text for word in run),
        start=run[0].start,
        end=end,
        speaker=channel,
        words=tuple(run),
    )
