"""Lines of fields, as NIST's and Kaldi's transcription formats have them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from biasbench.errors import TableError
from biasbench.systems.exports import ExportFile

#: What stands for a confidence that is not given.
NO_VALUE = ("NA", "<NA>", "-")
#: Types of RTTM's lines, RT-09 evaluation plan, appendix A.
RTTM_TYPES = (
    "SEGMENT", "NOSCORE", "NO_RT_METADATA", "LEXEME", "NON-LEX", "NON-SPEECH", "FILLER", "EDIT",
    "SU", "IP", "CB", "A/P", "SPEAKER", "SPKR-INFO",
)  # fmt: skip
#: The files of a Kaldi folder, which have no other mark than their names.
KALDI_NAMES = (
    "text", "segments", "utt2spk", "wav.scp", "reco2dur", "reco2file_and_channel", "spk2utt",
    "spk2gender", "utt2dur", "utt2num_frames", "utt2uniq", "feats.scp", "cmvn.scp",
)  # fmt: skip

#: So many lines are looked at to tell one format from another.
_LOOKED_AT = 20
_HEAD_BYTES = 20_000


def rows(file: ExportFile, splits: int = -1) -> Iterator[tuple[int, list[str]]]:
    """Line number and fields of each line that is neither blank nor a comment (`;;`).

    The last field of a line that is split only `splits` times keeps its inner spaces.
    """
    for number, line in enumerate(_lines(file.text), start=1):
        fields = line.split(None, splits)
        if fields and not fields[0].startswith(";;"):
            yield number, fields


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def own_name(file: ExportFile) -> str:
    """The name of a file without its folder."""
    return file.name.rpartition("/")[2]


def first_rows(file: ExportFile) -> list[list[str]]:
    """Fields of the first lines, for recognising a format; empty if it is not text."""
    head = file.content[:_HEAD_BYTES]
    if b"\0" in head:
        return []
    if len(file.content) > _HEAD_BYTES:  # the last line may have been cut in its middle
        head = head[: head.rfind(b"\n") + 1] or head
    found = [line.split() for line in _lines(head.decode("utf-8-sig", errors="replace"))]
    return [row for row in found if row and not row[0].startswith(";;")][:_LOOKED_AT]


def is_number(text: str) -> bool:
    """Whether a text is a finite number.

    >>> is_number("0.40"), is_number("<NA>"), is_number("nan")
    (True, False, False)
    """
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def is_word(fields: Sequence[str]) -> bool:
    """Whether the fields are those of a word of CTM, or of the marks of its alternations."""
    if len(fields) not in (5, 6):
        return False
    if len(fields) == 6 and not (fields[5] in NO_VALUE or is_number(fields[5])):
        return False
    return fields[4].upper().startswith("<ALT") or (is_number(fields[2]) and is_number(fields[3]))


def seconds_in(file: ExportFile, number: int, text: str, what: str) -> float:
    """A field as seconds; TableError names file, line and field."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise TableError(f"{file.name}: line {number}: {what} {text!r} is not a number of seconds")
    return value


def end_of(file: ExportFile, number: int, start: float, text: str, what: str = "duration") -> float:
    """The end, from a field that holds a duration or an end; TableError if it is before the start.

    Ends are rounded to the microsecond, so that 0.62 + 0.4 is 1.02.
    """
    value = seconds_in(file, number, text, what)
    end = round(start + value, 6) if what == "duration" else value
    if end < start:
        raise TableError(
            f"{file.name}: line {number}: the {what} {text} puts the end before the start ({start})"
        )
    return end
