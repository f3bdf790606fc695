"""What `import biasbench` offers, and what it costs."""

import inspect
import subprocess
import sys

import click
import pytest

import biasbench
from biasbench import cli


def test_every_public_name_can_be_had():
    for name in biasbench.__all__:
        assert getattr(biasbench, name) is not None, name


def test_dir_lists_exactly_the_public_names():
    assert dir(biasbench) == sorted(biasbench.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'wer'"):
        _ = biasbench.wer


def test_import_brings_no_heavy_package():
    code = (
        "import sys, biasbench;"
        "print([m for m in ('torch','librosa','numpy','pandas','scipy','matplotlib') "
        "if m in sys.modules])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == "[]"


def test_statistics_need_no_audio_package():
    code = (
        "import sys, biasbench as bb; bb.assess;"
        "print([m for m in sys.modules if m.split('.')[0] in "
        "('librosa','soundfile','soxr','faster_whisper','torch') or m.startswith("
        "('biasbench.audio','biasbench.systems','biasbench.runs','biasbench.measures'))])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == "[]"


# What a command calls, and the options that the function takes by position or not at all.
CORPUS = ("reader", "encoding", "delimiter")
PAIRS = {
    "check": ("check", {"json"}),
    "run": ("run", {"system", *CORPUS}),
    "import": ("import_export", {"list", "suggest", "ready", "new_key", "lang"}),
    "measure": ("measure", {"corpus", "output", "json", *CORPUS}),
    "label": ("label_measures", {"output", "json"}),
    "assess": ("assess", {"output", "lang", "json"}),
    "explain": ("explain_gap", {"output", "lang", "json"}),
    "substitute": ("substitute", {"corpus", "lang", "json", *CORPUS}),
    "pay": ("follow_to_pay", {"output", "lang", "json"}),
    "gate": ("gate", {"baseline", "candidate", "policy", "output", "json"}),
    "compare": ("compare", {"output", "json"}),
    "report": ("write_report", {"output", *CORPUS}),
    "examine": ("examine_case", {"output", *CORPUS}),
    "bundle": ("bundle", {"output"}),
    "verify": ("verify", {"json"}),
    "reproduce": ("reproduce", {"json"}),
}
#: Values that no file holds: the shell has a command of its own for them.
ONLY_IN_PYTHON = {
    "report": {"chain"},
    "examine": {"now"},
    "assess": {"data_facts"},  # a plan and a record say them
}
REPEATABLE = {
    "group": "groups",
    "direction": "directions",
    "metric": "metrics",
    "condition": "conditions",
    "covariate": "covariates",
    "factor": "factors",
    "lang": "langs",
    "format": "formats",
    "run": "runs",
}


@pytest.mark.parametrize("command", PAIRS)
def test_a_command_has_the_options_and_defaults_of_its_function(command):
    function_name, only_on_the_shell = PAIRS[command]
    parameters = inspect.signature(getattr(biasbench, function_name)).parameters
    in_python = {
        name: p.default
        for name, p in parameters.items()
        if p.kind is p.KEYWORD_ONLY and name not in ONLY_IN_PYTHON.get(command, ())
    }
    on_the_shell = {}
    for option in cli.main.commands[command].params:
        if isinstance(option, click.Option) and option.name != "help":
            name = max(option.opts, key=len).lstrip("-").replace("-", "_")
            plural = REPEATABLE.get(name, name)
            on_the_shell[plural if plural in in_python else name] = option
    assert set(on_the_shell) - only_on_the_shell == set(in_python)
    for name, default in in_python.items():
        option = on_the_shell[name]
        if default is inspect.Parameter.empty:
            assert option.required, name
        else:
            shell_default = option.to_info_dict()["default"]  # None where none was set
            assert (shell_default or None) == (default or None), name
