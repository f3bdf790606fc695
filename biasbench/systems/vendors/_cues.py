"""Cues of subtitle files: times, tags, names before a colon. For WebVTT, SRT and Teams.

Read here and not by webvtt-py 0.6 or srt 3.5, which were run on the traps: webvtt-py leaves out,
without a word, cues with a negative or otherwise irregular time, its seconds are whole numbers, it
gives the first of two voices in a cue the words of both and leaves `&amp;` as it is; srt stops at
a negative time and at old Macintosh line ends. On regular files both agree with this one, which
the tests hold against them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from biasbench.errors import TableError
from biasbench.systems.exports import ExportFile, Notes, Remark, Said

NEGATIVE = Remark(
    "cues that begin before the call's zero (a negative time), kept as they are",
    "sous-titres qui commencent avant le zéro de l’appel (temps négatif), conservés tels quels",
)
EMPTY = Remark("cues without text, left out", "sous-titres sans texte, écartés")
STRAY = Remark(
    "blocks of text without a time, left out",
    "blocs de texte sans temps, écartés",
)
SHORT_FRACTION = Remark(
    "times with one or two digits after the point, read as decimals (.4 is 0.4 s)",
    "temps à un ou deux chiffres après la virgule, lus comme des décimales (0,4 s pour « .4 »)",
)
SEVERAL_VOICES = Remark(
    "cues with several voices, given as one utterance for each voice with the times of the cue",
    "sous-titres à plusieurs voix, rendus par un énoncé pour chaque voix, aux temps du sous-titre",
)
LABELS_KEPT = Remark(
    "cues that begin with words and a colon that were not taken for a speaker's name, since "
    "not every cue of the file begins so",
    "sous-titres qui commencent par des mots et un deux-points, non pris pour le nom d’un "
    "locuteur, car tous les sous-titres du fichier ne commencent pas ainsi",
)

# A minus may stand before the whole or, as .NET writes a negative time by its parts, before each.
_CLOCK = r"-?(?:\d+:)?-?[0-5]?\d:-?[0-5]?\d[.,]-?\d+"
_PARTS = re.compile(r"(?:(\d+):)?(\d+):(\d+)[.,](\d+)")
_TIMING = re.compile(rf"[ \t]*({_CLOCK})[ \t]*-->[ \t]*({_CLOCK})(?=[ \t]|$)")
_ALMOST_TIMING = re.compile(r"[ \t]*-?\d[\d:.,-]*[ \t]*-->")
_ASIDE = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t]|$)")
_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?WEBVTT(?=[ \t\r\n]|$)")
_METADATA = re.compile(rb'-->[^\r\n]*[\r\n]+[ \t]*\{[^\r\n]*"spokenText"')
_ARROW = re.compile(rb"(?:^|[\r\n])[ \t]*([-\d:.]+)[ \t]+-->[ \t]+([-\d:.]+)")
_COUNTED = re.compile(rb"(?<![\d.])(\d+)(?=[:.])")

_LINE_END = re.compile(r"\r\n|\r|\n")  # str.splitlines also cuts at U+2028, U+0085 and others
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:\s+([^<>]*))?>")
# Only the tags of WebVTT and SRT: '<unk>' or 'a < b' are words of the transcript.
_TAG = re.compile(r"</?(?:v|c|i|b|u|s|ruby|rt|lang|font)(?:[.\s][^<>]*)?>|<\d[\d:.]*>", re.I)
_LABEL = re.compile(r"([^\W_][\w .,'’&()/-]{0,59}?)\s*:\s+(?=\S)")
_BRACKETED = re.compile(r"\[([^\[\]:]{1,60})\]\s*:\s*")


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue as written: its clocks as text, its lines joined by line feeds, its line number."""

    line: int
    start: str
    end: str
    payload: str


def lines_of(file: ExportFile) -> list[str]:
    """The lines of a file, whatever ends them."""
    return _LINE_END.split(file.text)


def after_header(lines: Sequence[str]) -> int:
    """The first line after WebVTT's header; a cue may follow it without an empty line."""
    first = 1
    while first < len(lines) and lines[first] and "-->" not in lines[first]:
        first += 1
    return first


def is_webvtt(file: ExportFile) -> bool:
    """Whether the file says WEBVTT."""
    return _HEAD.match(file.content) is not None


def has_metadata(file: ExportFile) -> bool:
    """Whether the cues hold the JSON of Teams' metadataContent."""
    return _METADATA.search(file.content) is not None


def is_unpadded(file: ExportFile) -> bool:
    """Whether the times are those of Teams: some part has one digit, none a zero that pads it."""
    found = False
    for pair in _ARROW.finditer(file.content):
        for clock in pair.groups():
            parts = _COUNTED.findall(clock)
            if len(parts) != 3 or any(len(part) > 1 and part[:1] == b"0" for part in parts):
                return False
            found = found or any(len(part) == 1 for part in parts)
    return found


def has_negative_times(file: ExportFile) -> bool:
    """Whether some time has a minus, which of all that write WebVTT only Teams documents."""
    return any(b"-" in pair[1] + pair[2] for pair in _ARROW.finditer(file.content))


def is_teams(file: ExportFile) -> bool:
    """Whether a WebVTT file is one that Microsoft Graph gives."""
    return has_metadata(file) or is_unpadded(file) or has_negative_times(file)


def cues(
    file: ExportFile,
    lines: Sequence[str],
    notes: Notes,
    *,
    first: int = 0,
    blank_ends: bool = True,
) -> Iterator[Cue]:
    """The cues from line `first` on, in the order of the file.

    What stands before the time of a cue (a number, an identifier) and blocks of NOTE, STYLE and
    REGION are passed over, other blocks without a time are counted. A line that looks like a time
    and is none is an error. Without `blank_ends` (SRT) text after an empty line still belongs to
    the cue, and a line of digits right before the next time is that one's number.
    """
    timing: re.Match[str] | None = None
    opening, block_start = 0, ""
    payload: list[str] = []
    for number, line in enumerate(lines[first:], start=first + 1):
        found = _TIMING.match(line) if "-->" in line else None
        if found or (not line and blank_ends):
            if timing:
                if not blank_ends and payload and payload[-1].strip().isdigit():
                    payload.pop()
                yield Cue(opening, timing[1], timing[2], "\n".join(payload))
            elif not found:
                notes.count(STRAY, _is_stray(block_start))
            timing, opening, payload, block_start = found, number, [], ""
        elif "-->" in line and (_ALMOST_TIMING.match(line) or not (timing or block_start)):
            if _ASIDE.match(line):
                block_start = line
                continue
            raise TableError(
                f"{file.name}: line {number}: {line.strip()!r} is not "
                "'00:00:01.000 --> 00:00:02.000', the start and end of a cue. Correct the line"
            )
        elif timing:
            payload.append(line)
        else:
            block_start = block_start or line
    if timing:
        yield Cue(opening, timing[1], timing[2], "\n".join(payload))
    else:
        notes.count(STRAY, _is_stray(block_start))


def _is_stray(block_start: str) -> bool:
    """Whether a block that begins so and has no time holds text that is now lost."""
    blank_or_number = not block_start.strip() or block_start.strip().isdigit()
    return not blank_or_number and not _ASIDE.match(block_start)


def clock_seconds(clock: str, milliseconds: bool = False) -> float:
    """Seconds of a clock; a minus anywhere makes it negative.

    With `milliseconds` the digits after the point are a count, as Teams writes them.

    >>> clock_seconds("00:01:02.5"), clock_seconds("-0:0:5.320"), clock_seconds("0:0:33.96", True)
    (62.5, -5.32, 33.096)
    """
    found = _PARTS.fullmatch(clock.replace("-", ""))
    if not found:
        raise ValueError(f"{clock!r} is not a time like 00:01:02.500")
    hours, minutes, whole, digits = found.groups(default="0")
    rest = int(digits) / 1000 if milliseconds else float(f"0.{digits}")
    total = int(hours) * 3600 + int(minutes) * 60 + int(whole) + rest
    return round(-total if "-" in clock else total, 6)


def span(
    file: ExportFile, cue: Cue, notes: Notes, *, milliseconds: bool = False
) -> tuple[float, float]:
    """Start and end of a cue in seconds; TableError if it ends before it starts."""
    start = clock_seconds(cue.start, milliseconds)
    end = clock_seconds(cue.end, milliseconds)
    if end < start:
        raise TableError(
            f"{file.name}: line {cue.line}: the cue ends before it starts: {cue.start} --> "
            f"{cue.end}. Correct the file, or take this cue out of it"
        )
    if start < 0:
        notes.count(NEGATIVE)
    if not milliseconds:
        notes.count(SHORT_FRACTION, sum(len(fraction(c)) < 3 for c in (cue.start, cue.end)))
    return start, end


def fraction(clock: str) -> str:
    """The digits after the point of a clock."""
    return clock.replace(",", ".").rsplit(".", 1)[-1].lstrip("-")


def plain(payload: str) -> str:
    """The words of a payload in one line: without tags, with character references read.

    >>> plain("<c.loud>Q&amp;A</c> at <00:00:01.500>&lt;ten&gt;")
    'Q&A at <ten>'
    """
    if "<" in payload:
        payload = _TAG.sub("", payload)
    if "&" in payload:
        payload = html.unescape(payload)
    return " ".join(payload.split())


def voices(payload: str) -> list[tuple[str | None, str]]:
    """Speaker and words of each voice of a payload; None for words before the first `<v>`."""
    if "<v" not in payload:
        return [(None, plain(payload))]
    parts = _VOICE.split(payload)
    found: list[tuple[str | None, str]] = [(None, plain(parts[0]))] if plain(parts[0]) else []
    for name, words in zip(parts[1::2], parts[2::2], strict=True):
        found.append((plain(name or "") or None, plain(words)))
    return found


def spoken(cue: Cue, start: float, end: float, notes: Notes) -> list[Said]:
    """The utterances of one cue: one, or one for each voice."""
    said = [
        Said(text=text, start=start, end=end, speaker=name)
        for name, text in voices(cue.payload)
        if text
    ]
    if not said:
        notes.count(EMPTY)
    elif len(said) > 1:
        notes.count(SEVERAL_VOICES)
    return said


def labelled(said: Sequence[Said], notes: Notes) -> list[Said]:
    """The same utterances with the name before a colon ('Agent: …') taken for the speaker.

    '[SPEAKER_00]: …' is always a name. Without brackets, only where every utterance of the file
    that has no speaker begins so and there are at least twice as many as names: 'Note: …' among
    other sentences stays what it is, text. A file that names a speaker at the first cue of each
    turn only keeps the names in its text, and the import report counts them.
    """
    found: list[Said] = []
    open_places: list[int] = []
    matches: list[re.Match[str] | None] = []
    for utterance in said:
        words = utterance.text or ""
        if utterance.speaker is None and (name := _BRACKETED.match(words)):
            found.append(replace(utterance, speaker=name[1].strip(), text=words[name.end() :]))
            continue
        if utterance.speaker is None:
            open_places.append(len(found))
            matches.append(_LABEL.match(words))
        found.append(utterance)
    if not any(matches):
        return found
    names = {match[1] for match in matches if match}
    if not all(matches) or len(matches) < 2 * len(names):
        notes.count(LABELS_KEPT, sum(match is not None for match in matches))
        return found
    for place, match in zip(open_places, matches, strict=True):
        if match:
            rest = match.string[match.end() :]
            found[place] = replace(found[place], speaker=match[1], text=rest)
    return found


def in_order(said: Sequence[Said]) -> tuple[Said, ...]:
    """Utterances by their start; those of the same start stay as they stood."""
    return tuple(sorted(said, key=lambda utterance: utterance.start or 0.0))
