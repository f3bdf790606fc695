"""Kaldi folders: wav.scp, text, utt2spk, segments, spk2gender; any utt2X or spk2X is a column X.

The utterances are those of `segments`, or else of `wav.scp`, or else of `text`, in that order.
Audio paths are relative to the folder. A line of wav.scp may be a command in Kaldi; commands in
data files are never run here, and archives (`foo.ark:123`) are not read: both are refused with
the way out. https://kaldi-asr.org/doc/data_prep.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from biasbench.corpus.cards import read_card
from biasbench.corpus.drafts import Corpus, Draft
from biasbench.corpus.settling import settle
from biasbench.errors import TableError
from biasbench.tables import Problem

LOOKS_FOR = "a Kaldi folder with utt2spk and wav.scp or text"

_OF_ITS_OWN = ("utt2spk", "spk2utt")
_COLUMN = {"lang": "language", "gender": "gender", "dur": "kaldi_duration"}
_ARCHIVE = re.compile(r"\.ark:\d+$")


def fits(source: object) -> bool:
    """A folder with utt2spk, and wav.scp or text."""
    if not isinstance(source, Path) or not (source / "utt2spk").is_file():
        return False
    return (source / "wav.scp").is_file() or (source / "text").is_file()


def load(root: str | Path) -> Corpus:
    """The corpus of a Kaldi folder."""
    return settle(read(Path(root)))


def read(source: Path, *, encoding: str = "utf-8-sig", delimiter: str | None = None) -> Draft:
    """The utterances of the folder. `delimiter` has no meaning here: Kaldi splits at spaces."""
    del delimiter
    lists = _Lists(source, encoding)
    segments = lists.read("segments") if (source / "segments").is_file() else None
    recordings = lists.read("wav.scp") if (source / "wav.scp").is_file() else {}
    texts = lists.read("text") if (source / "text").is_file() else {}
    listed = "segments" if segments is not None else "wav.scp" if recordings else "text"
    utterances = segments if segments is not None else recordings or texts
    columns: dict[str, list[object]] = {"utterance_id": list(utterances)}
    speakers = lists.read("utt2spk")
    lists.only_known("utt2spk", speakers, utterances, listed)
    columns["speaker_id"] = [speakers.get(name) for name in utterances]
    if recordings:
        columns |= _audio_columns(lists, utterances, recordings, segments is not None)
    if texts:
        if listed != "text":
            lists.only_known("text", texts, utterances, listed)
        columns["reference"] = [texts.get(name) or None for name in utterances]
    for path in sorted(source.glob("???2*")):
        kind, _, what = path.name.partition("2")
        if kind not in ("utt", "spk") or path.name in _OF_ITS_OWN or not path.is_file():
            continue
        values = lists.read(path.name)
        keys = utterances if kind == "utt" else columns["speaker_id"]
        columns[_COLUMN.get(what, what)] = [values.get(str(key)) or None for key in keys]
    frame = pd.DataFrame(columns, dtype=object)
    facts = {"reader": "kaldi"}
    return Draft(
        frame, source, str(source / listed), read_card(source), facts, tuple(lists.problems)
    )


@dataclass
class _Lists:
    """The `key value` files of one folder, and what is wrong with them."""

    folder: Path
    encoding: str
    problems: list[Problem] = field(default_factory=list)
    lines: dict[tuple[str, str], int] = field(default_factory=dict)

    def read(self, name: str) -> dict[str, str]:
        """Value by key, in the order of the file."""
        try:
            content = (self.folder / name).read_text(encoding=self.encoding)
        except UnicodeDecodeError as error:
            raise TableError(
                f"{self.folder / name}: byte {error.start} is not "
                f"{self.encoding.removesuffix('-sig')} text. Save it as UTF-8, or name its encoding"
            ) from error
        values: dict[str, str] = {}
        for number, line in enumerate(content.split("\n"), start=1):
            if not line.strip():
                continue
            key, *rest = line.split(maxsplit=1)
            if key in values:
                first = self.lines[name, key]
                self.wrong(name, key, f"'{key}' stands in line {first} too", number)
                continue
            self.lines[name, key] = number
            values[key] = rest[0].strip() if rest else ""
        return values

    def wrong(self, name: str, key: str, message: str, number: int | None = None) -> None:
        """Note what is wrong with the line of `key`."""
        line = number if number is not None else self.lines[name, key]
        file = str(self.folder / name)
        self.problems.append(Problem(file, name, f"line {line}: {message}"))

    def only_known(
        self, name: str, values: dict[str, str], utterances: dict[str, str], listed: str
    ) -> None:
        """Note every key of `values` that is no utterance."""
        for key in values:
            if key not in utterances:
                self.wrong(
                    name, key, f"'{key}' is not in {listed}. Add it there, or remove it here"
                )


def _audio_columns(
    lists: _Lists, utterances: dict[str, str], recordings: dict[str, str], cut: bool
) -> dict[str, list[object]]:
    for key, place in recordings.items():
        if place.endswith("|"):
            lists.wrong(
                "wav.scp",
                key,
                f"{place!r} is a command, and commands in data files are never run. Convert the "
                "recordings once (in Kaldi: wav-copy scp:wav.scp …) and write the files here",
            )
        elif _ARCHIVE.search(place):
            lists.wrong(
                "wav.scp",
                key,
                f"{place!r} is a place in a Kaldi archive, which is not read. Copy the recordings "
                "to WAV files (wav-copy scp:wav.scp …) and write these here",
            )
        elif not place:
            lists.wrong("wav.scp", key, f"'{key}' has no file. Write its path after the name")
    if not cut:
        return {"audio": [recordings[name] or "-" for name in utterances]}
    audio: list[object] = []
    start: list[object] = []
    end: list[object] = []
    for name, line in utterances.items():
        parts = line.split()
        if len(parts) < 3:
            lists.wrong("segments", name, f"{line!r} is not: recording start end")
            parts = [*parts, *[""] * 3][:3]
        elif parts[0] not in recordings:
            lists.wrong("segments", name, f"recording '{parts[0]}' is not in wav.scp")
        audio.append(recordings.get(parts[0]) or "-")
        start.append(parts[1] or None)
        end.append(None if parts[2] in ("", "-1") else parts[2])  # -1: to the end of the recording
    return {"audio": audio, "start": start, "end": end}
