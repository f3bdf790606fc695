"""A folder is the registry, and packages outside add to it by entry points."""

from importlib.metadata import EntryPoint, EntryPoints

import pytest

from biasbench import registry
from biasbench.errors import NotFoundError, OptionError
from biasbench.systems import load_system


@pytest.fixture
def outside(monkeypatch):
    """Pretends that a package with this entry point is installed."""

    def install(name, value, kind="systems.asr"):
        point = EntryPoint(name, value, f"biasbench.{kind}")
        monkeypatch.setattr(
            registry,
            "entry_points",
            lambda group: EntryPoints([point] if group == point.group else []),
        )

    return install


def test_names_are_the_files_of_the_folder_with_hyphens():
    assert "faster-whisper" in registry.names("systems.asr")
    assert not any(name.startswith("_") for name in registry.names("measures.normalize"))


def test_an_unknown_name_comes_with_the_nearest_known_one():
    with pytest.raises(NotFoundError, match="no normaliser named 'frr'. Did you mean 'fr'?"):
        registry.find("measures.normalize", "frr")


def test_a_module_of_another_package_is_a_leaf_like_ours(outside):
    outside("elsewhere", "biasbench.systems.asr.scripted")
    assert "elsewhere" in registry.names("systems.asr")
    assert load_system("asr:elsewhere").info.name == "asr:scripted"


def test_an_entry_point_that_is_no_module_is_told(outside):
    outside("odd", "biasbench.systems:SystemInfo")
    with pytest.raises(OptionError, match="entry point 'odd'.*is not a module"):
        registry.find("systems.asr", "odd")


def test_a_leaf_whose_system_can_do_nothing_is_told(outside, monkeypatch):
    outside("mute", "biasbench.systems.asr.scripted")
    monkeypatch.setattr("biasbench.systems.asr.scripted.load", lambda variant: object())
    with pytest.raises(OptionError, match=r"no transcribe\(\) or score\(\)"):
        load_system("asr:mute")
