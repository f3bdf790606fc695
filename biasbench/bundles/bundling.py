"""A case as one archive, for whoever may see it.

    public    plan, record, findings, reports, and a synthetic twin: no person's data
    parties   the same, with every table under pseudonyms: whoever has it can recompute it all
    sealed    the case as it is, the recordings and the key: for a court or an expert alone

Each has a manifest of its own, which `custody.verify` checks, byte for byte.
"""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, get_args

from biasbench.bundles.casework import context_of, languages_of, root_of, write_reports
from biasbench.bundles.comparing import differences
from biasbench.bundles.pseudonyms import without_names
from biasbench.bundles.reproduction import findings_in, found_again
from biasbench.bundles.twin import twin_of
from biasbench.cases import Case, examine
from biasbench.cases.folder import INPUTS, read_inputs, write_inputs
from biasbench.custody import read_manifest, write_manifest, write_zip
from biasbench.custody.names import MANIFEST, OUTSIDE
from biasbench.errors import InputError, NotFoundError, OptionError

Level = Literal["public", "parties", "sealed"]

AUDIO, TWIN = "audio", "twin"


def bundle(
    case: str | Path,
    output: str | Path,
    *,
    level: Level = "parties",
    key: str | Path | None = None,
    audio: str | Path | None = None,
) -> Path:
    """Write the case in a folder as one .zip; returns its path.

    Parameters
    ----------
    case
        The folder that `examine_case` wrote.
    level
        Who it is for (module docstring).
    key
        The file with the key of the pseudonyms (`biasbench import --new-key`). Without one,
        'parties' takes a new key and keeps it nowhere: nobody can undo it.
    audio
        The folder of recordings that a 'sealed' bundle takes along.

    Raises
    ------
    OptionError
        An unknown level; a public bundle of a report that is not public; recordings in a bundle
        that is not sealed.
    NotFoundError, InputError
        No case, or one whose findings are not what its inputs give.
    """
    folder, output = Path(case), Path(output)
    _check(level, output, audio)
    if not (folder / MANIFEST).is_file():
        raise NotFoundError(
            f"{folder}: holds no case with a {MANIFEST}. Make one: biasbench examine"
        )
    with TemporaryDirectory() as temporary:
        made = Path(temporary) / "bundle"
        if level == "public":
            _public(folder, made)
        elif level == "parties":
            _parties(folder, made, key)
        else:
            _sealed(folder, made, key, audio)
        write_manifest(made, {**_record(folder), "outputs": {"level": level}})
        return write_zip(made, output)


def _check(level: str, output: Path, audio: object) -> None:
    if level not in get_args(Level):
        raise OptionError(f"level '{level}' is none of {', '.join(get_args(Level))}")
    if output.suffix.lower() != ".zip":
        raise OptionError(f"{output}: a bundle is written as .zip, not '{output.suffix}'")
    if audio is not None and level != "sealed":
        raise OptionError(
            f"audio= goes into a sealed bundle alone, not into '{level}': voices are people"
        )


def _record(folder: Path) -> dict[str, Any]:
    return dict(read_manifest(folder).record)


def _public(folder: Path, made: Path) -> None:
    case = examine(read_inputs(folder))
    if case.inputs.plan.audience != "public":
        raise OptionError(
            f"{folder}: its report is for a restricted audience. A public bundle needs a plan with "
            'audience = "public"'
        )
    _check_findings(case, folder)
    shutil.copytree(folder, made, ignore=shutil.ignore_patterns(INPUTS, MANIFEST, *OUTSIDE))
    privacy = context_of(case, case.inputs.plan.lang, root="").privacy
    twin = twin_of(case.evidence, case.inputs.plan, privacy, seed=case.inputs.plan.seed)
    twin.write(made / TWIN / "measures.parquet")


def _parties(folder: Path, made: Path, key: str | Path | None) -> None:
    inputs = read_inputs(folder)
    case = examine(read_inputs(write_inputs(without_names(inputs, _key(key)), made)))
    _check_findings(case, folder)
    endings = {path.suffix.lstrip(".") for path in folder.glob("report.*")}
    write_reports(case, made, langs=languages_of(folder), formats=sorted(endings))


def _sealed(folder: Path, made: Path, key: str | Path | None, audio: str | Path | None) -> None:
    shutil.copytree(folder, made, ignore=shutil.ignore_patterns(MANIFEST, *OUTSIDE))
    if key is not None:
        shutil.copyfile(key, made / "key.txt")
    if audio is not None:
        if not Path(audio).is_dir():
            raise NotFoundError(f"{audio}: no such folder of recordings")
        shutil.copytree(audio, made / AUDIO)


def _check_findings(case: Case, folder: Path) -> None:
    """Raise InputError where the case is no longer what its findings say."""
    for path, lang in findings_in(folder):
        stored, again = found_again(case, path, lang, root_of(folder))
        first = next(differences(stored, again, path.name), None)
        if first is not None:
            raise InputError(
                f"{path}: {first.where} is {first.stored} and computed again {first.again}. "
                "Examine the case again before it is bundled"
            )


def _key(path: str | Path | None) -> bytes:
    if path is None:
        return secrets.token_bytes(32)
    if not Path(path).is_file():
        raise NotFoundError(
            f"{path}: no such key file. Make one: biasbench import --new-key {path}"
        )
    return Path(path).read_bytes().strip()
