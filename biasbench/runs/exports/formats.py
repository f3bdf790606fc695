"""Which format a file is of, told by its content; never guessed where two fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from biasbench import registry
from biasbench.errors import OptionError
from biasbench.runs.exports.archives import Member, opened
from biasbench.systems.exports import ExportFile, ExportReader, Format, Notes, ToldCall
from biasbench.systems.mapping.parsing import parse
from biasbench.systems.mapping.suggest import suggest
from biasbench.systems.vendors import table

#: Any table, by the user's own mapping: it fits nothing by itself.
TABLE = "table"

#: Where an export is a folder, so many files of each ending are looked at to tell its format.
N_LOOKED_AT = 5


def formats() -> dict[str, Format]:
    """Name and description of every format, sorted by name."""
    return {name: find_reader(name).FORMAT for name in registry.names("systems.vendors")}


def find_reader(name: str) -> ExportReader:
    """The reader of that name. Raises NotFoundError with the nearest known name."""
    return cast(ExportReader, registry.find("systems.vendors", name))


def candidates(file: ExportFile) -> list[str]:
    """Names of the formats that recognise this content.

    Where a reader of a whole family does (its `KINDS` are the readers of the single kinds), it
    stands for them: what one system wrote is one system, whichever of its files there are.
    """
    found = {
        name: reader
        for name in registry.names("systems.vendors")
        if name != TABLE and (reader := find_reader(name)).recognises(file)
    }
    kinds = [kind for reader in found.values() for kind in getattr(reader, "KINDS", ())]
    return [name for name, reader in found.items() if reader not in kinds]


def recognise(files: Sequence[Member]) -> str:
    """The one format that these files are of.

    Raises OptionError where none fits, where two do, and where the files are of several.
    """
    votes: dict[tuple[str, ...], str] = {}
    for member in _a_few(files):
        names = tuple(candidates(ExportFile(member.name, member.read())))
        votes.setdefault(names, member.name)
    known = {names: name for names, name in votes.items() if names}
    if not known:
        raise OptionError(
            f"{files[0].name}: its format is not recognised. List the known ones with "
            "'biasbench import --list'; for a table or JSON of another kind, write a mapping: "
            "'biasbench import --suggest FILE'"
        )
    common = set.intersection(*(set(names) for names in known))
    if len(common) == 1:
        return common.pop()
    if common:
        choice = " or ".join(sorted(common))
        name = next(iter(known.values()))
        raise OptionError(f"{name}: could be {choice}. Name one of them in place of 'auto'")
    listing = "; ".join(f"{name}: {' or '.join(names)}" for names, name in known.items())
    raise OptionError(f"the files are of several formats ({listing}). Import them one at a time")


def _a_few(files: Sequence[Member]) -> list[Member]:
    by_ending: dict[str, list[Member]] = {}
    for member in files:
        by_ending.setdefault(ExportFile(member.name, b"").ending, []).append(member)
    return [member for group in by_ending.values() for member in group[:N_LOOKED_AT]]


class Mapped:
    """A reader of tables by a mapping of the user's own, in place of the one that ships."""

    def __init__(self, about: Format, mapping: Mapping[str, Any]) -> None:
        self._told = parse(mapping)
        self.system = self._told.info
        self.FORMAT = replace(
            about,
            modality=self.system.modality,
            tier=self.system.tier if self._told.tier_is_declared else "T3",
        )

    def recognises(self, file: ExportFile) -> bool:
        """False: the user says what it is."""
        return False

    def read(self, files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
        """The calls of one table or JSON file."""
        for file in files:
            yield from table.calls_by(self._told, file, notes)


def suggested_mapping(path: Path) -> str:
    """A commented mapping to start from, for a table or JSON file (also in a zip or gz)."""
    with opened(path) as members:
        if len(members) > 1:
            raise OptionError(f"{path}: holds {len(members)} files. Name one of them")
        return suggest(ExportFile(members[0].name, members[0].read()))


def ready_mapping(name: str) -> str:
    """The mapping that ships for a format, as TOML to copy and edit.

    Raises NotFoundError for an unknown format, OptionError for one that goes by no mapping.
    """
    reader = find_reader(name)
    text = getattr(reader, "mapping_text", None)
    if text is None:
        has = [one for one in formats() if hasattr(find_reader(one), "mapping_text")]
        raise OptionError(f"'{name}' goes by no mapping. Those that do: {', '.join(has)}")
    return str(text())
