"""Any program that reads a WAV file and prints text.

    load_system("asr:command/whisper-cli -m small.bin --no-prints -f {audio}")
    load_system("asr:command/vosk-transcriber --lang {language} -i {audio}")

`{audio}` becomes the path of a temporary 16-bit mono WAV at 16 kHz, `{language}` the ISO 639-1
code of the utterance. No shell is involved: words are split as a shell would, and nothing else of
it works (no pipe, no redirection, no variable). What the program sends over a network is its own
affair: read its documentation before giving it recordings of people.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from biasbench.audio import Audio, resample
from biasbench.errors import InputError, NotFoundError, OptionError
from biasbench.systems import SystemInfo, Transcript
from biasbench.systems.weights import sha256_of

_SAMPLE_RATE = 16_000


class Command:
    """A command line as a recogniser; what it prints on standard output is the transcript.

    timeout: seconds one utterance may take. The version is a digest of the program and of every
    file named among its arguments (a script, a model); a model folder is not covered.
    """

    def __init__(self, command: str, *, timeout: float = 600.0) -> None:
        self._words = _split(command)
        program = shutil.which(self._words[0])
        if program is None:
            raise NotFoundError(
                f"asr:command: no program '{self._words[0]}' on this machine. Install it, or write "
                "its full path"
            )
        if not any("{audio}" in word for word in self._words):
            raise OptionError(
                f"asr:command/{command}: nothing says where the audio goes. Write {{audio}} in its "
                f"place, e.g. asr:command/{command} {{audio}}"
            )
        self._program = program
        self._timeout = timeout
        self._info = SystemInfo(
            name=f"asr:command/{' '.join(command.split())}",
            version=_digest([program, *self._words[1:]]),
            options=(("sample_rate", str(_SAMPLE_RATE)), ("timeout", f"{timeout:g}")),
        )

    @property
    def info(self) -> SystemInfo:
        """The name is the command as written."""
        return self._info

    def transcribe(self, audio: Audio, *, language: str | None = None) -> Transcript:
        """What the program prints, white space collapsed; `raw` keeps what it said on stderr.

        Raises InputError with the last line of stderr when the program fails, and when it takes
        longer than the timeout.
        """
        import soundfile

        with tempfile.TemporaryDirectory(prefix="biasbench-") as folder:
            path = Path(folder, "audio.wav")
            samples = resample(audio, _SAMPLE_RATE).samples
            soundfile.write(path, samples, _SAMPLE_RATE, subtype="PCM_16")
            done = self._run(self._arguments(path, language))
        complaint = done.stderr.decode("utf-8", errors="replace").strip()
        if done.returncode != 0:
            last = complaint.splitlines()[-1] if complaint else "it said nothing on stderr"
            raise InputError(f"'{self._words[0]}' failed with exit code {done.returncode}: {last}")
        try:
            text = done.stdout.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InputError(
                f"'{self._words[0]}' printed bytes that are not UTF-8 text (byte {error.start}). "
                "Have it write UTF-8 (on Windows, PYTHONUTF8=1 does so for Python programs)"
            ) from error
        return Transcript(" ".join(text.split()), raw={"stderr": complaint} if complaint else {})

    def _arguments(self, path: Path, language: str | None) -> list[str]:
        if language is None and any("{language}" in word for word in self._words):
            raise OptionError(
                f"'{self._words[0]}' is to be told the {{language}}, and this utterance has none. "
                "Declare it in the corpus, or pass language="
            )
        return [
            word.replace("{audio}", str(path)).replace("{language}", language or "")
            for word in self._words[1:]
        ]

    def _run(self, arguments: list[str]) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                [self._program, *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self._timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise InputError(
                f"'{self._words[0]}' was stopped after {self._timeout:g} s. Give shorter "
                "utterances, or a longer timeout: Command(..., timeout=...)"
            ) from error
        except OSError as error:
            raise InputError(f"'{self._words[0]}' cannot be run: {error.strerror}") from error


def load(variant: str | None) -> Command:
    """The command line after `asr:command/`; OptionError when there is none."""
    if variant is None:
        raise OptionError(
            "asr:command needs a command line that reads a WAV file and prints text, e.g. "
            "asr:command/my-recogniser --input {audio}"
        )
    return Command(variant)


def _split(command: str) -> list[str]:
    # a backslash is an escape for a POSIX shell and a folder on Windows
    try:
        words = shlex.split(command, posix=os.name != "nt")
    except ValueError as error:
        raise OptionError(f"asr:command/{command}: {error}. Close the quotation mark") from error
    if not words:
        raise OptionError("asr:command: the command line is empty")
    return [word.strip("\"'") for word in words] if os.name == "nt" else words


def _digest(words: list[str]) -> str:
    digests = [sha256_of(Path(word)) for word in words if Path(word).is_file()]
    return hashlib.sha256(" ".join(digests).encode()).hexdigest()[:8] if digests else "unversioned"
