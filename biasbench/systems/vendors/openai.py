"""OpenAI's transcription service: `verbose_json` and `diarized_json`.

Documented in the API reference (createTranscription). In `verbose_json` the words stand beside the
segments, without punctuation and without any confidence: they are laid to the segments letter by
letter, and by their times, which is counted, where the letters differ. Without segments all words
make one utterance. `diarized_json` has speakers (letters, or the names that the caller gave for
known voices) and no words; no role is read out of such a name. The language is written out in
English ("french") and given as its code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from biasbench.systems import Word
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, Said, ToldCall
from biasbench.systems.vendors._recognisers import NO_TEXT, in_order
from biasbench.systems.vendors._whisper import said_in, words_of

FORMAT = Format(
    title="OpenAI transcription (verbose_json, diarized_json)",
    status="documented",
    gives=("utterances", "start times", "end times", "words", "word times", "language"),
    source="platform.openai.com/docs/api-reference/audio/createTranscription",
)

BY_TIME = Remark(
    "transcripts whose words do not spell their segments: words laid to segments by their times",
    "transcriptions dont les mots ne correspondent pas aux segments : mots rattachés aux segments "
    "d’après leurs temps",
)
NO_SEGMENTS = Remark(
    "transcripts without segments: all their words are one utterance",
    "transcriptions sans segments : tous leurs mots forment un seul énoncé",
)
OTHER_LANGUAGE = Remark(
    "languages whose name has no known code, kept as written",
    "langues dont le nom n’a pas de code connu, gardées telles quelles",
)

_NOT_LETTERS = re.compile(r"[\W_]+")

#: whisper/tokenizer.py, LANGUAGES: the names that the service writes.
_NAMES = (
    "en english,zh chinese,de german,es spanish,ru russian,ko korean,fr french,ja japanese,"
    "pt portuguese,tr turkish,pl polish,ca catalan,nl dutch,ar arabic,sv swedish,it italian,"
    "id indonesian,hi hindi,fi finnish,vi vietnamese,he hebrew,uk ukrainian,el greek,ms malay,"
    "cs czech,ro romanian,da danish,hu hungarian,ta tamil,no norwegian,th thai,ur urdu,"
    "hr croatian,bg bulgarian,lt lithuanian,la latin,mi maori,ml malayalam,cy welsh,sk slovak,"
    "te telugu,fa persian,lv latvian,bn bengali,sr serbian,az azerbaijani,sl slovenian,"
    "kn kannada,et estonian,mk macedonian,br breton,eu basque,is icelandic,hy armenian,ne nepali,"
    "mn mongolian,bs bosnian,kk kazakh,sq albanian,sw swahili,gl galician,mr marathi,pa punjabi,"
    "si sinhala,km khmer,sn shona,yo yoruba,so somali,af afrikaans,oc occitan,ka georgian,"
    "be belarusian,tg tajik,sd sindhi,gu gujarati,am amharic,yi yiddish,lo lao,uz uzbek,"
    "fo faroese,ht haitian creole,ps pashto,tk turkmen,nn nynorsk,mt maltese,sa sanskrit,"
    "lb luxembourgish,my myanmar,bo tibetan,tl tagalog,mg malagasy,as assamese,tt tatar,"
    "haw hawaiian,ln lingala,ha hausa,ba bashkir,jw javanese,su sundanese,yue cantonese"
)
CODES = {name: code for code, name in (pair.split(" ", 1) for pair in _NAMES.split(","))}


def recognises(file: ExportFile) -> bool:
    """A task and a duration beside the text, and segments or words."""
    document = file.json_object
    return (
        document is not None
        and document.keys() >= {"task", "duration", "text"}
        and ("segments" in document or "words" in document)
    )


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The call of this file."""
    (file,) = files
    document = file.json
    segments = document.get("segments") or []
    words = words_of(document.get("words") or ())
    if segments and "speaker" in segments[0]:
        said = _diarised(segments, notes)
    else:
        said = said_in(segments, notes)
        if words and said:
            said = _with_words(said, words, notes)
        elif words:
            notes.count(NO_SEGMENTS)
            said = in_order([Said(document["text"].strip(), words[0].start, words[-1].end)], notes)
            said = (replace(said[0], words=words),)
    yield ToldCall(
        None,
        said,
        seconds=float(document["duration"]),  # older answers have it as text
        language=_code(document.get("language"), notes),
    )


def _diarised(segments: Sequence[Mapping[str, Any]], notes: Notes) -> tuple[Said, ...]:
    said = []
    for segment in segments:
        text = segment["text"].strip()
        if text:
            said.append(Said(text, segment["start"], segment["end"], segment["speaker"]))
        else:
            notes.count(NO_TEXT)
    return in_order(said, notes)


def _with_words(said: tuple[Said, ...], words: tuple[Word, ...], notes: Notes) -> tuple[Said, ...]:
    shares = _by_letters(said, words)
    if shares is None:
        notes.count(BY_TIME)
        shares = _by_time(said, words)
    return tuple(replace(one, words=tuple(own)) for one, own in zip(said, shares, strict=True))


def _by_letters(said: tuple[Said, ...], words: tuple[Word, ...]) -> list[Sequence[Word]] | None:
    """Each segment's words, in order; None if they do not spell the segments exactly."""
    shares: list[Sequence[Word]] = []
    spelt = [_letters(word.text or "") for word in words]
    at = 0
    for one in said:
        left = _letters(one.text or "")
        first = at
        # a sign that the service wrote as a word has no letters: it stays with what precedes it
        while at < len(words) and (left or not spelt[at]):
            if not left.startswith(spelt[at]):
                return None
            left = left[len(spelt[at]) :]
            at += 1
        if left:
            return None
        shares.append(words[first:at])
    return shares if at == len(words) else None


def _by_time(said: tuple[Said, ...], words: tuple[Word, ...]) -> list[Sequence[Word]]:
    """Each word goes to the last segment that has begun by the middle of the word."""
    shares: list[list[Word]] = [[] for _ in said]
    starts = [one.start or 0.0 for one in said]
    for word in words:
        middle = ((word.start or 0.0) + (word.end or 0.0)) / 2
        shares[max(0, sum(start <= middle for start in starts) - 1)].append(word)
    return [*shares]


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", text).casefold()


def _code(language: str | None, notes: Notes) -> str | None:
    if language is None or language in CODES.values():
        return language
    code = CODES.get(language.lower())
    if code is None:
        notes.count(OTHER_LANGUAGE)
        return language
    return code
