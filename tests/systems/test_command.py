"""Command: any program that reads a WAV file and prints text, here small Python programs."""

import sys
from pathlib import Path

import numpy as np
import pytest

from biasbench.audio import Audio
from biasbench.errors import InputError, NotFoundError, OptionError
from biasbench.systems import load_system
from biasbench.systems.asr.command import Command

SECOND = Audio((0.5 * np.ones(8000)).astype(np.float32), 8000, "u1")


@pytest.fixture
def program(tmp_path):
    """`program(code, arguments)` is the command line of a Python program with that code."""

    def written(code: str, arguments: str = "{audio}") -> str:
        path = tmp_path / "recogniser.py"
        path.write_text(code, encoding="utf-8")
        return f'"{Path(sys.executable)}" "{path}" {arguments}'

    return written


def test_what_the_program_prints_is_the_transcript(program):
    code = """
import sys, wave
with wave.open(sys.argv[1]) as file:
    print(file.getframerate(), file.getnchannels(),
          8 * file.getsampwidth(), file.getnframes(), sep='\\n')
"""
    system = load_system(f"asr:command/{program(code)}")
    assert system.transcribe(SECOND).text == "16000 1 16 16000"


def test_the_language_is_passed_on(program):
    system = Command(program("import sys; print(sys.argv[1])", "{language} {audio}"))
    assert system.transcribe(SECOND, language="fr").text == "fr"
    with pytest.raises(OptionError, match="this utterance has none. Declare it in the corpus"):
        system.transcribe(SECOND)


def test_a_program_that_fails_is_quoted(program):
    code = "import sys; sys.stderr.write('loading\\nno such model: small\\n'); sys.exit(3)"
    with pytest.raises(InputError, match="failed with exit code 3: no such model: small"):
        Command(program(code)).transcribe(SECOND)


def test_a_program_that_takes_too_long_is_stopped(program):
    with pytest.raises(InputError, match=r"was stopped after 0\.5 s"):
        Command(program("import time; time.sleep(60)"), timeout=0.5).transcribe(SECOND)


def test_bytes_that_are_not_text_are_refused(program):
    code = "import sys; sys.stdout.buffer.write(b'caf\\xe9')"
    with pytest.raises(InputError, match=r"not UTF-8 text \(byte 3\)"):
        Command(program(code)).transcribe(SECOND)


def test_no_shell_reads_the_command(program):
    code = "import sys; print(sys.argv[2:])"
    heard = Command(program(code, "{audio} ; echo $HOME")).transcribe(SECOND).text
    assert heard == "[';', 'echo', '$HOME']"


def test_a_changed_script_is_another_version(program):
    before = Command(program("print(1)")).info.version
    assert Command(program("print(22)")).info.version != before


def test_a_program_that_is_not_installed_is_named():
    with pytest.raises(NotFoundError, match="no program 'no-such-recogniser' on this machine"):
        load_system("asr:command/no-such-recogniser {audio}")


def test_a_command_that_never_gets_the_audio_is_refused():
    with pytest.raises(OptionError, match=r"nothing says where the audio goes\. Write \{audio\}"):
        load_system("asr:command/sort")


def test_no_command_is_refused_with_an_example():
    with pytest.raises(OptionError, match="asr:command needs a command line"):
        load_system("asr:command")


def test_an_open_quotation_mark_is_refused():
    with pytest.raises(OptionError, match="No closing quotation. Close the quotation mark"):
        load_system("asr:command/sort '{audio}")
