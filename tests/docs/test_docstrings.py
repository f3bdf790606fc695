"""Every public function of the statistics shows an example that runs; doctest runs it."""

import importlib
import inspect
import pkgutil

import pytest

import biasbench.consequences
import biasbench.evidence
import biasbench.explain


def public_functions():
    for room in (biasbench.evidence, biasbench.explain, biasbench.consequences):
        for leaf in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            module = importlib.import_module(leaf.name)
            for name, function in inspect.getmembers(module, inspect.isfunction):
                if function.__module__ == leaf.name and not name.startswith("_"):
                    yield pytest.param(function, id=f"{leaf.name}.{name}")


NUMERICAL = (
    "methods.",
    "estimate",
    "correct",
    "verdict",
    "planning.power",
    "sums",
    "effective",
    "omnibus",
)


def is_numerical(name):
    return any(f"evidence.{part}" in name for part in NUMERICAL)


def surface():
    for room in (biasbench.evidence, biasbench.explain, biasbench.consequences):
        for name in room.__all__:
            if inspect.isfunction(getattr(room, name)):
                yield pytest.param(getattr(room, name), id=f"{room.__name__}.{name}")


@pytest.mark.parametrize(
    "function", [*surface(), *(f for f in public_functions() if is_numerical(f.id))]
)
def test_every_function_of_the_surface_shows_an_example(function):
    assert ">>>" in inspect.getdoc(function), "no example"


@pytest.mark.parametrize("function", list(public_functions()))
def test_every_public_function_says_what_it_gives(function):
    documented = inspect.getdoc(function)
    assert documented
    assert len(documented.split("\n")[0]) <= 100
