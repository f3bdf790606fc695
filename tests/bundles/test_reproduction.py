"""A case can be verified and computed again by anyone who holds it; every difference is named."""

import json
import shutil
import zipfile

import pandas as pd
import pytest

from biasbench.bundles import bundle, examine_case, reproduce
from biasbench.bundles.comparing import differences
from biasbench.cases.folder import first_opened, read_inputs
from biasbench.custody import read_manifest, verify
from biasbench.errors import InputError, NotFoundError, OptionError
from tests.report.planned import case, world, write_case_files


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of the planted case."""
    folder = tmp_path_factory.mktemp("case")
    plan = write_case_files(folder)
    corpus, heard, automatic, human = world()
    examine_case(
        plan,
        folder / "case",
        runs=[heard, automatic],
        corpus=corpus,
        human=human,
        record=folder / "record.toml",
        formats=["csv"],
    )
    return folder / "case"


@pytest.fixture
def copied(made, tmp_path):
    return shutil.copytree(made, tmp_path / "case")


def edited(folder, edit):
    path = folder / "findings.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    edit(content)
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def test_the_case_is_sound_and_computed_again_it_is_the_same(made):
    assert verify(made).is_sound
    found = reproduce(made)
    assert found.differences == ()
    assert set(found.redone) == {"measures", "findings.json"}


def test_what_was_written_is_what_examine_says(made):
    stored = json.loads((made / "findings.json").read_text(encoding="utf-8"))
    codes = [row["code"] for row in stored["findings"]]
    assert codes == list(case().evidence.findings["verdict"])
    assert stored["opened"] > "2026-03"


def test_a_number_edited_by_hand_is_named(copied):
    def smaller(content):
        content["findings"][0]["difference"] *= 0.99

    edited(copied, smaller)
    (one,) = reproduce(copied).differences
    assert one.where == "findings.json · findings · wer a · difference"
    assert [problem.path for problem in verify(copied).problems] == ["findings.json"]


def test_a_word_of_a_sentence_edited_by_hand_is_named(copied):
    def milder(content):
        row = content["findings"][0]
        row["sentence"] = row["sentence"].replace("erreurs", "hésitations", 1)

    edited(copied, milder)
    (one,) = reproduce(copied).differences
    assert one.where.endswith("wer a · sentence")


def test_a_cell_of_a_table_in_a_section_edited_by_hand_is_named(copied):
    def other(content):
        section = next(s for s in content["sections"] if s["name"] == "statistics")
        table = next(b for b in section["blocks"] if b["kind"] == "Table")
        table["rows"][0][1]["text"] = "0,1"

    edited(copied, other)
    (one,) = reproduce(copied).differences
    assert "sections · statistics" in one.where
    assert one.stored == "0,1"


@pytest.mark.slow
def test_a_measure_that_the_runs_do_not_give_is_named(copied):
    from biasbench.measures import read_measures

    path = copied / "inputs" / "measures.parquet"
    stored = read_measures(path)
    table = stored.table.copy()
    table.loc[0, "numerator"] += 1
    type(stored)(table, stored.provenance).write(path)
    found = reproduce(copied).differences
    unit = table.loc[0, "unit_id"]
    assert any(one.where == f"measures · wer {unit} · numerator" for one in found)


def test_a_finding_that_was_taken_out_is_missed(copied):
    edited(copied, lambda content: content["findings"].pop(1))
    assert any(one.where.endswith("findings · length") for one in reproduce(copied).differences)


@pytest.mark.parametrize("level", ["public", "parties", "sealed"])
def test_every_bundle_is_sound_and_computed_again_it_is_the_same(made, tmp_path, level):
    path = bundle(made, tmp_path / f"{level}.zip", level=level)
    assert verify(path).is_sound
    found = reproduce(path)
    assert found.differences == ()
    assert read_manifest(path).record["outputs"] == {"level": level}


@pytest.mark.slow
def test_a_bundle_for_the_parties_names_nobody(made, tmp_path):
    path = bundle(made, tmp_path / "parties.zip", level="parties")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "out")
    names = set(world()[0].utterances["speaker_id"]) | set(world()[0].utterances["utterance_id"])
    for file in (tmp_path / "out").rglob("*.parquet"):
        table = pd.read_parquet(file)
        for column in table.columns:
            held = set(table[column].dropna().astype(str)) & names
            assert not held, (file.name, column)
    text = (tmp_path / "out" / "findings.json").read_text(encoding="utf-8")
    assert not any(f'"{name}"' in text for name in names)


@pytest.mark.slow
def test_two_bundles_without_a_key_have_other_pseudonyms_and_one_key_gives_the_same(made, tmp_path):
    key = tmp_path / "key.txt"
    key.write_text("0123456789abcdef0123456789abcdef", encoding="ascii")
    one, two = (bundle(made, tmp_path / f"{n}.zip") for n in ("one", "two"))
    assert one.read_bytes() != two.read_bytes()
    three, four = (bundle(made, tmp_path / f"{n}.zip", key=key) for n in ("three", "four"))
    assert three.read_bytes() == four.read_bytes()


@pytest.mark.slow
def test_a_public_bundle_holds_a_twin_and_no_table_of_people(made, tmp_path):
    path = bundle(made, tmp_path / "public.zip", level="public")
    with zipfile.ZipFile(path) as archive:
        tables = [name for name in archive.namelist() if name.endswith(".parquet")]
        archive.extract("twin/measures.parquet", tmp_path)
        archive.extract("plan.toml", tmp_path)
        archive.extract("bonus.toml", tmp_path)
    assert tables == ["twin/measures.parquet"]
    twin = tmp_path / "twin" / "measures.parquet"
    found = examine_case(tmp_path / "plan.toml", tmp_path / "again", measures=twin, formats=[])
    assert found.evidence.provenance.facts()["synthetic"] == "yes"
    counts = found.evidence.groups.set_index(["metric", "group"])["n_speakers"]
    assert counts["wer", "a"] == 30


def test_a_verdict_edited_in_a_public_bundle_is_named(made, tmp_path):
    path = bundle(made, tmp_path / "public.zip", level="public")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "out")
    edited(tmp_path / "out", lambda content: content["findings"][0].update(code="V-E"))
    (one,) = reproduce(tmp_path / "out").differences
    assert (one.stored, one.again) == ("V-E", "V-D1")


@pytest.mark.slow
def test_one_flipped_bit_in_any_file_of_a_bundle_is_caught(made, tmp_path):
    path = bundle(made, tmp_path / "parties.zip")
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        places = [
            (info.filename, info.header_offset, info.file_size) for info in archive.infolist()
        ]
    flipped = tmp_path / "flipped.zip"
    for name, offset, size in places:
        at = offset + 30 + len(name.encode()) + size // 2
        content = bytearray(whole)
        content[min(at, len(whole) - 1)] ^= 1
        flipped.write_bytes(content)
        assert not verify(flipped).is_sound, name


def test_recordings_go_into_a_sealed_bundle_alone(made, tmp_path):
    audio = tmp_path / "audio"
    audio.mkdir()
    (audio / "a.wav").write_bytes(b"RIFF")
    with pytest.raises(OptionError, match="sealed bundle alone"):
        bundle(made, tmp_path / "p.zip", level="parties", audio=audio)
    path = bundle(made, tmp_path / "s.zip", level="sealed", audio=audio)
    with zipfile.ZipFile(path) as archive:
        assert "audio/a.wav" in archive.namelist()


def test_a_case_whose_findings_were_edited_is_not_bundled(copied, tmp_path):
    edited(copied, lambda content: content["findings"][0].update(margin=0.5))
    with pytest.raises(InputError, match="margin is 0.5 and computed again 0.03"):
        bundle(copied, tmp_path / "p.zip")
    assert not (tmp_path / "p.zip").exists()


def test_a_restricted_report_has_no_public_bundle(tmp_path):
    from tests.report.planned import PLAN

    plan = write_case_files(tmp_path, plan=PLAN.replace('"public"', '"restricted"'))
    corpus, heard, automatic, human = world()
    examine_case(
        plan, tmp_path / "case", runs=[heard, automatic], corpus=corpus, human=human, formats=[]
    )
    with pytest.raises(OptionError, match="restricted audience"):
        bundle(tmp_path / "case", tmp_path / "p.zip", level="public")


def test_the_first_look_stays_when_a_case_is_examined_again(copied):
    before = read_inputs(copied).opened
    assert first_opened(copied, "2099-01-01T00:00:00Z") == before
    assert first_opened(copied.parent / "new", "2099-01-01T00:00:00Z") == "2099-01-01T00:00:00Z"


def test_nothing_is_written_of_a_case_that_cannot_be_examined(made, tmp_path):
    plan = write_case_files(tmp_path, sealed=False)
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace('"duration"', '"durasion"'), encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(NotFoundError, match="Did you mean 'duration'"):
        examine_case(
            plan, tmp_path / "case", measures=made / "inputs" / "measures.parquet", formats=["md"]
        )
    assert sorted(tmp_path.rglob("*")) == before


def test_what_is_no_case_is_left_alone(tmp_path, made):
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(OptionError, match="left alone"):
        examine_case(
            made / "plan.toml", tmp_path, measures=made / "inputs" / "measures.parquet", formats=[]
        )
    with pytest.raises(NotFoundError, match="holds"):
        reproduce(tmp_path)
    with pytest.raises(OptionError, match="written as .zip"):
        bundle(made, tmp_path / "bundle.tar")


def test_numbers_are_compared_and_texts_are_equal():
    assert list(differences({"a": 1.0}, {"a": 1.0 + 1e-10})) == []
    assert [d.where for d in differences({"a": 1.0}, {"a": 1.0 + 1e-7})] == ["a"]
    assert [d.again for d in differences({"a": "1"}, {"a": 1})] == ["1"]
    assert [d.stored for d in differences({"a": None}, {})] == ["None"]
    assert [d.stored for d in differences({}, {"a": 1})] == ["(absent)"]
    assert list(differences({"a": True}, {"a": 1}))
