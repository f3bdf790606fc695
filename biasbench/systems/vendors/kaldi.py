"""Kaldi data folders: text, segments, utt2spk, wav.scp, and where there are any reco2dur,
reco2file_and_channel.

Documented at kaldi-asr.org/doc/data_prep.html. A folder is one export (`part_of`), told by the
names of its files, since Kaldi's files have no other mark; each must also look its part. A call
is a recording: `CALL-7-agent` and `CALL-7-customer` stay two, since what an ending means is not for
a program to guess. Kaldi's own file to say that two recordings are channels of one call is
reco2file_and_channel (`CALL-7-agent CALL-7 A`): where there is one, the call is the file it names.
The fourth field of segments is an END; −1 is the end of the recording, kept as None. Without
segments each recording is an utterance without times. In utt2spk an utterance that names itself as
speaker is Kaldi's way to say that the speaker is not known.

wav.scp may hold commands and paths: only its recording ids are read. spk2gender is not read: groups
come from the user. A recording of wav.scp without a segment is a call in which nothing was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from biasbench.errors import TableError
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, Said, ToldCall
from biasbench.systems.vendors._timemarked import (
    KALDI_NAMES,
    end_of,
    first_rows,
    is_number,
    own_name,
    rows,
    seconds_in,
)

NO_TEXT = Remark(
    "segments without a line in text, left out",
    "segments sans ligne dans text, écartés",
)
NO_SEGMENT = Remark(
    "lines of text without a segment, left out: nobody knows which recording they are of",
    "lignes de text sans segment, écartées : on ignore de quel enregistrement elles proviennent",
)
NO_SPEAKER = Remark(
    "utterances without a speaker in utt2spk",
    "énoncés sans locuteur dans utt2spk",
)
NO_WORDS = Remark(
    "recordings of wav.scp without any segment: calls in which nothing was written",
    "enregistrements de wav.scp sans segment : appels où rien n’a été transcrit",
)

FORMAT = Format(
    title="Kaldi data folder",
    status="documented",
    gives=("utterances", "start times", "end times"),
    source="kaldi-asr.org/doc/data_prep.html",
)

#: Files of two fields a line; of all that are recognised only what `read` names is read.
_PAIRS = ("utt2spk", "reco2dur", "spk2gender", "utt2dur", "utt2num_frames", "utt2uniq")


def part_of(name: str) -> str:
    """The folder of a file: all files of one are read together."""
    return name.rpartition("/")[0]


def recognises(file: ExportFile) -> bool:
    """A file of a Kaldi folder, by its name and the look of its lines."""
    name = own_name(file)
    if name not in KALDI_NAMES:
        return False
    found = first_rows(file)
    if name == "segments":
        looks = [len(row) in (4, 5) and is_number(row[2]) and is_number(row[3]) for row in found]
    elif name in _PAIRS:
        looks = [len(row) == 2 for row in found]
    elif name == "reco2file_and_channel":
        looks = [len(row) == 3 for row in found]
    elif name == "text":
        # Some of the utterances may be empty, not all.
        looks = [any(len(row) > 1 for row in found)]
    else:
        looks = [len(row) > 1 for row in found]
    return bool(found) and all(looks)


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """A call for each recording, or for each file where reco2file_and_channel names them."""
    folder = {own_name(file): file for file in files}
    if "text" not in folder:
        raise TableError(
            f"{part_of(files[0].name) or files[0].name}: has no file `text`, which holds the "
            f"transcripts, only {', '.join(sorted(folder))}. Give the whole folder"
        )
    texts = _pairs(folder["text"])
    speakers = _pairs(folder["utt2spk"]) if "utt2spk" in folder else {}
    lengths = _pairs(folder["reco2dur"]) if "reco2dur" in folder else {}
    recordings = _pairs(folder["wav.scp"]) if "wav.scp" in folder else {}
    if "segments" in folder:
        said = _segments(folder["segments"], texts, speakers, notes)
    else:
        said = {
            name: [Said(text, speaker=_speaker(name, speakers, notes))]
            for name, text in texts.items()
        }
    silent = [name for name in recordings if name not in said]
    notes.count(NO_WORDS, len(silent))
    for name in silent:
        said[name] = []
    channels: dict[str, tuple[str, str]] = {}
    if "reco2file_and_channel" in folder:
        for name, rest in _pairs(folder["reco2file_and_channel"]).items():
            recorded, _, channel = rest.partition(" ")
            channels[name] = (recorded, channel)
    yield from _calls(said, channels, {name: _length(folder, name, lengths) for name in said})


def _pairs(file: ExportFile) -> dict[str, str]:
    """First field and rest of each line; TableError if a first field comes twice."""
    found: dict[str, str] = {}
    for number, fields in rows(file, 1):
        if fields[0] in found:
            raise TableError(f"{file.name}: line {number}: {fields[0]} was there before")
        found[fields[0]] = " ".join(fields[1].split()) if len(fields) > 1 else ""
    return found


def _segments(
    file: ExportFile, texts: Mapping[str, str], speakers: Mapping[str, str], notes: Notes
) -> dict[str, list[Said]]:
    """The utterances of each recording; those without text or segment are counted."""
    found: dict[str, list[Said]] = {}
    seen: set[str] = set()
    for number, fields in rows(file):
        if len(fields) not in (4, 5):
            raise TableError(
                f"{file.name}: line {number}: has {len(fields)} fields; a segment has four: "
                "utterance, recording, start, end"
            )
        name, recording = fields[:2]
        if name in seen:
            raise TableError(f"{file.name}: line {number}: {name} was there before")
        seen.add(name)
        start = seconds_in(file, number, fields[2], "start")
        to_the_end = is_number(fields[3]) and float(fields[3]) == -1
        end = None if to_the_end else end_of(file, number, start, fields[3], "end")
        said = found.setdefault(recording, [])
        if name not in texts:
            notes.count(NO_TEXT)
            continue
        said.append(Said(texts[name], start, end, _speaker(name, speakers, notes)))
    notes.count(NO_SEGMENT, sum(name not in seen for name in texts))
    return found


def _speaker(utterance: str, speakers: Mapping[str, str], notes: Notes) -> str | None:
    """The speaker of utt2spk; None if there is none, or only the utterance's own name."""
    speaker = speakers.get(utterance)
    if speaker is None or speaker == utterance:
        notes.count(NO_SPEAKER)
        return None
    return speaker


def _length(
    folder: Mapping[str, ExportFile], recording: str, lengths: Mapping[str, str]
) -> float | None:
    """Seconds of a recording by reco2dur, None if it does not say."""
    if recording not in lengths:
        return None
    if not is_number(lengths[recording]):
        raise TableError(
            f"{folder['reco2dur'].name}: the length of {recording}, {lengths[recording]!r}, is "
            "not a number of seconds"
        )
    return float(lengths[recording])


def _calls(
    said: Mapping[str, Sequence[Said]],
    channels: Mapping[str, tuple[str, str]],
    lengths: Mapping[str, float | None],
) -> Iterator[ToldCall]:
    """The recordings as calls, those that are channels of one file together."""
    calls: dict[str, list[Said]] = {}
    seconds: dict[str, float | None] = {}
    for recording, utterances in said.items():
        call, channel = channels.get(recording, (recording, None))
        raw = {"channel": channel} if channel else {}
        calls.setdefault(call, []).extend(
            replace(one, raw=raw) if raw else one for one in utterances
        )
        known = [length for length in (seconds.get(call), lengths[recording]) if length is not None]
        seconds[call] = max(known, default=None)
    for call, utterances in calls.items():
        utterances.sort(key=lambda one: one.start or 0.0)
        yield ToldCall(call_id=call, said=tuple(utterances), seconds=seconds[call])
