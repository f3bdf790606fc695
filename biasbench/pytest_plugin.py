"""pytest: hold a swap of models to a policy, as a test among tests.

    @pytest.mark.bias(policy="gate.toml", baseline="baseline.json", candidate="new.parquet")
    def test_the_new_model_widens_no_gap():
        pass

    def test_it_from_the_fixture(bias_gate):
        found = bias_gate(my_measures(), policy="gate.toml", baseline="baseline.json")

Keywords of the mark and of the fixture are those of `biasbench.gate`; what a call leaves out comes
from the mark. Paths are relative to pytest's rootdir (`config.rootpath`, the folder of its ini
file), wherever pytest is started; that of BIASBENCH_KEY_FILE, to the working folder, as ever.

The test fails where the gate does, where it cannot be decided, and where it cannot be computed.
Where the policy says to go on, the test passes and the summary "bias gates" says that it is no
pass. A mark is never left unapplied: what the function does not gate is gated when it has ended.
Outcome and signature are in `user_properties`: they travel from xdist's workers, and into JUnit.

pytest loads this file in every run of an environment that has biasbench, so that nothing heavy
is imported before a gate is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from biasbench.errors import BiasbenchError, InsufficientDataError, not_found

if TYPE_CHECKING:
    from biasbench.corpus import Corpus
    from biasbench.gates import Gate, Policy
    from biasbench.gates.gating import Given

#: What the mark and the fixture take, and of those what must be given by one of the two.
_KEYS = (
    "policy", "baseline", "candidate", "corpus", "baseline_system", "candidate_system", "key",
)  # fmt: skip
_NEEDED = ("policy", "baseline", "candidate")
_PATHS = ("policy", "baseline", "candidate", "corpus", "key")

#: Names of the properties of a report: the headline, and what the gate stands on.
OUTCOME, SIGNATURE = "bias_gate", "bias_gate_signature"

#: Headlines by their first word: worst first, and how each is coloured.
_COLOURS = {"FAIL": "red", "CANNOT": "yellow", "PASS": "green"}

#: How many gates of a test came to an end, the broken ones too.
_N_GATES = pytest.StashKey[int]()


class BiasGate:
    """The fixture `bias_gate`: call it to gate; it fails the test, or gives back the `Gate`."""

    def __init__(self, item: pytest.Item) -> None:
        self._item = item

    def __call__(
        self,
        candidate: Given | None = None,
        *,
        baseline: Given | None = None,
        policy: Policy | str | Path | None = None,
        corpus: Corpus | str | Path | None = None,
        baseline_system: str | None = None,
        candidate_system: str | None = None,
        key: str | Path | None = None,
    ) -> Gate:
        """The gate, where it passes or the policy says to go on; otherwise the test fails."""
        given = {
            "candidate": candidate,
            "baseline": baseline,
            "policy": policy,
            "corpus": corpus,
            "baseline_system": baseline_system,
            "candidate_system": candidate_system,
            "key": key,
        }
        asked = _marked(self._item) | {
            name: value for name, value in given.items() if value is not None
        }
        return _hold(self._item, asked)


@pytest.fixture
def bias_gate(request: pytest.FixtureRequest) -> BiasGate:
    """Whether a candidate keeps to a policy: `bias_gate(candidate, baseline=…, policy=…)`."""
    return BiasGate(request.node)


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known to --strict-markers."""
    config.addinivalue_line(
        "markers",
        f"bias({', '.join(f'{name}=...' for name in _KEYS)}): hold a swap of models to a policy; "
        "paths are relative to rootdir (biasbench)",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin anew: a test may run more than once."""
    item.stash[_N_GATES] = 0
    item.user_properties[:] = [
        pair for pair in item.user_properties if pair[0] not in (OUTCOME, SIGNATURE)
    ]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Gate what a mark asks for and the test did not; a mark must not be a pass by accident."""
    is_marked = item.get_closest_marker("bias") is not None
    asked = _marked(item) if is_marked else {}
    came_to = yield
    if is_marked and not item.stash.get(_N_GATES, 0):
        _hold(item, asked)
    return came_to


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The section 'bias gates': a line for each, broken ones first."""
    told = _told(report for one in terminalreporter.stats.values() for report in one)
    if not told:
        return
    terminalreporter.write_sep("=", "bias gates")
    first_words = list(_COLOURS)
    for headline, test in sorted(told, key=lambda line: first_words.index(_first_word(line[0]))):
        colour = {_COLOURS[_first_word(headline)]: True}
        terminalreporter.write_line(f"{headline}  {test}", **colour)


def _hold(item: pytest.Item, asked: Mapping[str, Any]) -> Gate:
    """Compute a gate, note what it came to, and fail the test that must not go on."""
    missing = [name for name in _NEEDED if name not in asked]
    if missing:
        raise _not_asked(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing: give "
            f"{'it' if len(missing) == 1 else 'them'} to bias_gate(...), or to the mark: "
            '@pytest.mark.bias(policy="gate.toml", baseline="baseline.json", '
            'candidate="new.parquet")'
        )
    from biasbench.gates import gate
    from biasbench.gates.lines import headline, lines, one_line

    options: dict[str, Any] = {
        name: _from_root(item.config, name, value) for name, value in asked.items()
    }
    options.setdefault("key", os.environ.get("BIASBENCH_KEY_FILE") or None)
    two = options.pop("baseline"), options.pop("candidate"), options.pop("policy")
    try:
        found = gate(*two, **options)
    except BiasbenchError as error:
        undecided = isinstance(error, InsufficientDataError)
        start = "CANNOT BE DECIDED: this is not a pass" if undecided else "FAIL: no gate"
        text = f"{start}: {one_line(str(error))}"
        _note(item, text, None)
        failed = _failed(text)
    else:
        _note(item, headline(found), one_line(found.signature))
        if found.exit_code == 0:
            return found
        failed = _failed("\n".join(lines(found)))
    raise failed  # outside of except: a traceback of two errors says nothing more


def _marked(item: pytest.Item) -> dict[str, Any]:
    """What the marks of a test ask for; the nearest one wins (function, class, module)."""
    asked: dict[str, Any] = {}
    asked_by: dict[str, object] = {}
    for node, mark in item.iter_markers_with_node("bias"):
        if mark.args:
            raise _not_asked(
                f"the mark 'bias' takes keywords alone, and was given {_shown(mark.args[0])}; "
                f"write what it is: {', '.join(f'{name}=' for name in _NEEDED)} …"
            )
        for name, value in mark.kwargs.items():
            if name not in _KEYS:
                raise _not_asked(str(not_found("keyword of the mark 'bias'", name, _KEYS)))
            if asked_by.get(name) is node and not _same(asked[name], value):
                raise _not_asked(
                    f"two marks 'bias' of one test give another {name}, {_shown(value)} and "
                    f"{_shown(asked[name])}: one of the two would be left out. Use "
                    "pytest.mark.parametrize, or call bias_gate for each"
                )
            if name not in asked and value is not None:
                asked[name], asked_by[name] = value, node
    return asked


def _from_root(config: pytest.Config, name: str, value: object) -> object:
    if name in _PATHS and isinstance(value, str | Path):
        return config.rootpath / value
    return value


def _note(item: pytest.Item, headline: str, signature: str | None) -> None:
    item.stash[_N_GATES] = item.stash.get(_N_GATES, 0) + 1
    item.user_properties.append((OUTCOME, headline))
    if signature is not None:
        item.user_properties.append((SIGNATURE, signature))


def _told(reports: Iterable[object]) -> list[tuple[str, str]]:
    """Headline and test of every gate: of a test's reports, the one that knows most."""
    of_test: dict[str, list[str]] = {}
    for report in reports:
        if isinstance(report, pytest.TestReport):
            # xdist gives lists for pairs.
            headlines = [str(value) for name, value in report.user_properties if name == OUTCOME]
            if len(headlines) > len(of_test.get(report.nodeid, ())):
                of_test[report.nodeid] = headlines
    return [(headline, test) for test, all_ in of_test.items() for headline in all_]


def _same(one: object, other: object) -> bool:
    """Whether two marks mean the same; tables are not compared cell by cell."""
    return one is other or (isinstance(one, str | Path) and one == other)


def _first_word(headline: str) -> str:
    return headline.partition(" ")[0].rstrip(":")


def _failed(text: str) -> BaseException:
    return pytest.fail.Exception(text, pytrace=False)


def _not_asked(text: str) -> BaseException:
    return _failed(f"bias gate: {text}")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
