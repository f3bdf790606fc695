"""From an export to a run: files, people, pseudonyms, bad input; formats are tested elsewhere."""

import gzip
import json
import math
import types
import zipfile

import pandas as pd
import pytest

from biasbench.corpus import load_corpus
from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.measures import measure
from biasbench.runs import corpus_of, import_export, read_run
from biasbench.runs.exports import formats
from biasbench.runs.exports.people import Pseudonyms, write_key
from biasbench.systems import Event, Score, Word
from biasbench.systems.exports import Format, Remark, Said, ToldCall

ODD = Remark("odd things", "choses étranges")


def _read(files, notes):
    (file,) = files
    for _, call in file.json_lines if file.ending == ".jsonl" else [(1, file.json)]:
        notes.count(ODD)
        notes.saw_version(call.get("version", "1"))
        yield ToldCall(
            call["id"],
            said=tuple(
                Said(
                    text, start, end, speaker, role,
                    words=tuple(Word(word, start, end, 0.5) for word in text.split()),
                    raw={"colour": "blue"},
                )
                for speaker, role, start, end, text in call["said"]
            ),
            scores=tuple(
                Score(name, value, 0, 100, "higher is better")
                for name, value in call["scores"].items()
            ),
            events=tuple(Event("silence", "silence", a, b) for a, b in call.get("silences", ())),
            agent=call.get("agent"),
            started=call.get("started", "2026-01-05T09:00:00+00:00"),
            seconds=call.get("seconds", 20.0),
            language="fr",
            facts=call.get("facts", {}),
        )  # fmt: skip


@pytest.fixture(autouse=True)
def house(monkeypatch):
    """A format of our own, 'house', so that these tests stand on no vendor's."""
    module = types.SimpleNamespace(
        FORMAT=Format("House", "documented", ("utterances", "words"), "here"),
        recognises=lambda file: (file.json_object or {}).get("house") == 1,
        read=_read,
    )
    real = formats.find_reader
    monkeypatch.setattr(
        formats, "find_reader", lambda name: module if name == "house" else real(name)
    )
    names = formats.registry.names
    monkeypatch.setattr(
        formats.registry,
        "names",
        lambda kind: [*names(kind), "house"] if kind == "systems.vendors" else names(kind),
    )
    return module


SAID = (
    ("A", "agent", 0.5, 2.0, "bonjour"),
    ("B", "customer", 2.5, 4.0, "ma facture"),
    ("A", "agent", 4.5, 6.0, ""),
)


def call(number=1, said=SAID, **more):
    """One call of the house format, as text."""
    told = {"house": 1, "id": f"C{number}", "agent": f"a{number % 3}", "said": said, "scores": {}}
    return json.dumps({**told, **more}, ensure_ascii=False)


@pytest.fixture
def folder(tmp_path):
    """A folder of exports that is filled by name and text."""

    def fill(**files):
        made = tmp_path / "export"
        made.mkdir(exist_ok=True)
        for name, text in files.items():
            content = text.encode() if isinstance(text, str) else text
            (made / name.replace("__", ".")).write_bytes(content)
        return made

    return fill


def test_a_call_becomes_utterances_words_scores_events_and_a_call(folder, tmp_path):
    export = folder(
        a__json=call(scores={"quality": 80.0}, silences=[[6.0, 8.0]], facts={"listened": 1})
    )
    made = import_export("house", export, output=tmp_path / "run")
    assert list(made.utterances["utterance_id"]) == ["C1#001", "C1#002", "C1#003"]
    assert list(made.utterances["speaker_id"]) == ["a1", None, "a1"]
    assert list(made.transcripts["status"]) == ["ok", "ok", "empty"]
    scores = made.scores.set_index(["unit_id", "score"])["value"]
    assert scores["C1", "quality"] == 80
    assert scores["C1", "silence counted (share of the call)"] == pytest.approx(2 / 20)
    assert scores["C1", "listened to (1 = yes)"] == 1
    assert scores["C1#001", "transcription confidence"] == 0.5
    assert made.calls.loc[0, ["call_id", "speaker_id", "seconds", "listened"]].tolist() == [
        "C1", "a1", 20.0, 1.0,
    ]  # fmt: skip
    again = read_run(tmp_path / "run")
    assert again.report == made.report
    with pytest.raises(OptionError, match="An import brings its own corpus"):
        load_corpus(tmp_path / "run")
    assert again.utterances.equals(made.utterances)
    assert again.calls.equals(made.calls)


def test_a_silence_that_another_call_has_is_zero_here_and_nothing_where_no_call_has_one(folder):
    export = folder(a__json=call(1, silences=[[6.0, 8.0]]), b__json=call(2))
    scores = import_export("house", export).scores.set_index(["unit_id", "score"])["value"]
    assert scores["C2", "silence counted (share of the call)"] == 0
    (export / "a.json").unlink()
    assert "silence" not in " ".join(import_export("house", export).scores["score"])


def test_people_join_on_the_agent_and_strangers_are_listed(folder, tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("agent_id,accent,snr\na1,nord,20\na1,nord,20\na9,sud,\n")
    export = folder(a__json=call(1), b__json=call(2))
    made = import_export("house", export, people=people)
    assert made.utterances.groupby("call_id")["accent"].first().to_dict() == {
        "C1": "nord", "C2": None,
    }  # fmt: skip
    report = made.report
    assert (report.unmatched, report.idle, report.repeated) == (("a2",), ("a9",), ("a1",))
    corpus = corpus_of(made)
    assert list(corpus.calls["accent"]) == ["nord", "unknown"]
    told = "\n".join(report.lines("fr"))
    assert "agents absents de people.csv, groupe «\u00a0unknown\u00a0»\u00a0: 1\n  a2\n" in told
    assert "à l’identique, dans people.csv\u00a0: 1\n  a1\n" in told


def test_people_of_a_french_excel_are_read_once_their_encoding_is_told(folder, tmp_path):
    people = tmp_path / "people.csv"
    people.write_bytes("agent_id;accent\r\na1;créole\r\n".encode("cp1252"))
    export = folder(a__json=call(1))
    with pytest.raises(TableError, match="is not utf-8 text. Save the file as 'CSV UTF-8', or"):
        import_export("house", export, people=people)
    made = import_export("house", export, people=people, encoding="cp1252")
    assert list(made.calls["accent"]) == ["créole"]


def test_people_of_a_workbook_whose_ids_are_numbers(folder, tmp_path):
    people = tmp_path / "people.xlsx"
    pd.DataFrame({"agent_id": [42, 7], "accent": ["nord", "sud"]}).to_excel(people, index=False)
    made = import_export("house", folder(a__json=call(1, agent="42")), people=people)
    assert list(made.calls["accent"]) == ["nord"]


def test_a_column_of_numbers_and_texts_is_one_of_texts_and_gets_to_disk(folder, tmp_path):
    people = tmp_path / "people.xlsx"
    pd.DataFrame({"agent_id": ["a1", "a2"], "team": [3, "T1"]}).to_excel(people, index=False)
    export = folder(a__json=call(1, facts={"site": 7}), b__json=call(2, facts={"site": "Tours"}))
    import_export("house", export, people=people, output=tmp_path / "run")
    calls = read_run(tmp_path / "run").calls
    assert calls["team"].tolist() == ["3", "T1"]
    assert calls["site"].tolist() == ["7", "Tours"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("agent_id,accent\na1,nord\na1,sud\n", "line 3: agent_id 'a1' stands in an earlier row"),
        ("id,accent\na1,nord\n", "column 'agent_id' is missing"),
        ("agent_id,role\na1,nord\n", "column 'role' has the name of a column of ours"),
        ("agent_id,accent\n,nord\n", "line 2: agent_id is empty"),
    ],
)
def test_people_that_cannot_be_used_are_one_clear_line(folder, tmp_path, text, problem):
    people = tmp_path / "people.csv"
    people.write_text(text)
    with pytest.raises(TableError, match=problem):
        import_export("house", folder(a__json=call()), people=people)


def test_roles_and_agents_come_from_the_users_file(folder, tmp_path):
    said = [("ch_0", None, 0.5, 2.0, "bonjour"), ("ch_1", None, 2.5, 4.0, "allô")]
    export = folder(a__json=call(1, said, agent=None), b__json=call(2, said, agent=None))
    bare = import_export("house", export)
    assert set(bare.utterances["role"]) == {None}
    assert bare.report.speakers_without_role == {"ch_0": 2, "ch_1": 2}
    assert bare.report.n_calls_without_agent == 2
    with pytest.raises(OptionError, match="Say who speaks in roles.csv"):
        measure(bare)
    roles = tmp_path / "roles.csv"
    roles.write_text(
        "file,call_id,speaker,role,agent_id\n,,ch_0,conseillère,\n,,ch_1,client,\n"
        ",C1,,,a1\n,C2,,,a2\n,C2,ch_1,other,\n"
    )
    told = import_export("house", export, roles=roles)
    assert list(told.utterances["role"]) == ["agent", "customer", "agent", "other"]
    assert list(told.calls["speaker_id"]) == ["a1", "a2"]
    assert not told.report.speakers_without_role


def test_two_files_are_one_call_where_roles_csv_says_so(folder, tmp_path):
    export = folder(
        left__json=call(1, [("0", None, 3.0, 4.0, "deux")], agent=None, scores={"pace": 3.0}),
        right__json=call(2, [("0", None, 0.5, 2.0, "un")], agent=None, scores={"pace": 4.0}),
    )
    roles = tmp_path / "roles.csv"
    roles.write_text("file,call_id,role,agent_id\nleft.json,X,customer,\nright.json,X,agent,a1\n")
    made = import_export("house", export, roles=roles)
    assert list(made.transcripts["hypothesis"]) == ["un", "deux"]
    assert list(made.utterances["role"]) == ["agent", "customer"]
    assert list(made.calls["speaker_id"]) == ["a1"]
    scores = made.scores.set_index("score")["value"]
    assert (scores["pace"], scores["customer pace"]) == (4.0, 3.0)


def test_a_role_that_is_not_known_and_rows_that_contradict_are_refused(folder, tmp_path):
    roles = tmp_path / "roles.csv"
    roles.write_text("speaker,role\nA,boss\n")
    with pytest.raises(TableError, match="line 2: role is 'boss', not agent, customer or other"):
        import_export("house", folder(a__json=call()), roles=roles)
    roles.write_text("speaker,role\nA,agent\nA,customer\n")
    with pytest.raises(TableError, match="line 3: role is 'customer', and an earlier row says"):
        import_export("house", folder(a__json=call()), roles=roles)


def test_with_a_key_no_id_is_left_and_the_key_is_nowhere(folder, tmp_path):
    key = write_key(tmp_path / "key.txt")
    people = tmp_path / "people.csv"
    people.write_text("agent_id,accent\na1,nord\n")
    run = tmp_path / "run"
    export = folder(a__json=call(facts={"request_id": "a1", "site": "Lille"}))
    made = import_export("house", export, key=key, people=people, output=run)
    assert list(made.calls["site"]) == ["Lille"]
    assert "request_id" not in made.calls.columns
    names = Pseudonyms(key.read_bytes().strip())
    assert list(made.calls["call_id"]) == [names.of("call", "C1")]
    assert list(made.calls["speaker_id"]) == [names.of("agent", "a1")]
    assert set(made.utterances["accent"].dropna()) == {"nord"}
    assert made.transcripts["raw"].isna().all()
    secret = key.read_bytes().strip()
    for file in run.iterdir():
        content = file.read_bytes()
        assert secret not in content
        assert b"a1" not in content.replace(secret, b"") or file.suffix == ".parquet"
    for table in (made.utterances, made.calls, made.transcripts, made.scores):
        cells = set(table.astype(str).to_numpy().ravel())
        assert not cells & {"a1", "C1"}


def test_a_key_in_the_run_or_too_short_is_refused_and_a_new_one_never_replaces(folder, tmp_path):
    run = tmp_path / "run"
    key = write_key(run / "key.txt")
    with pytest.raises(OptionError, match="the key lies in the run's folder"):
        import_export("house", folder(a__json=call()), key=key, output=run)
    with pytest.raises(OptionError, match="is there already"):
        write_key(key)
    (tmp_path / "short").write_text("abc")
    with pytest.raises(OptionError, match="the key has 3 characters"):
        import_export("house", folder(a__json=call()), key=tmp_path / "short")
    with pytest.raises(NotFoundError, match="biasbench import --new-key"):
        import_export("house", folder(a__json=call()), key=tmp_path / "none")


def test_the_french_profile_leaves_out_what_customers_said(folder):
    said = [*SAID, ("C", None, 7.0, 8.0, "inconnu")]
    export = folder(a__json=call(1, said))
    made = import_export("house", export, profile="fr")
    everything = made.transcripts.to_csv() + made.events.to_csv() + made.utterances.to_csv()
    assert "facture" not in everything
    assert "inconnu" not in everything
    assert "bonjour" in everything
    assert list(made.transcripts["status"]) == ["ok", "skipped", "empty", "skipped"]
    assert made.report.n_customer_texts_dropped == 1
    assert made.report.n_unknown_texts_dropped == 1
    assert list(made.utterances["start"]) == [0.5, 2.5, 4.5, 7.0]
    whole = import_export("house", export, profile="fr", agent_only=False)
    assert "facture" in whole.transcripts.to_csv()


def test_an_import_is_measured_without_a_corpus_and_customers_are_no_part_of_it(folder, tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("agent_id,accent\na1,nord\na2,sud\n")
    export = folder(
        a__json=call(1, scores={"quality": 80.0}), b__json=call(2, scores={"quality": 60.0})
    )
    measures = measure(import_export("house", export, people=people)).table
    quality = measures[measures["metric"] == "mean_score:quality"]
    assert quality[["unit_id", "speaker_id", "accent", "numerator"]].to_numpy().tolist() == [
        ["C1", "a1", "nord", 80.0], ["C2", "a2", "sud", 60.0],
    ]  # fmt: skip
    assert "C1#002" not in set(measures["unit_id"])
    assert measures["speaker_id"].notna().all()


def test_references_of_some_utterances_give_their_word_errors(folder, tmp_path):
    export = folder(a__json=call(1, [("A", "agent", 0.5, 2.0, "bon jour madame")]))
    written = tmp_path / "references.csv"
    written.write_text("utterance_id,reference\nC1#001,bonjour madame\n")
    table = measure(import_export("house", export), references=written).table
    assert table[["metric", "numerator", "denominator"]].to_numpy().tolist() == [["wer", 2.0, 2.0]]
    written.write_text("utterance_id,reference\nC9#001,bonjour madame\n")
    with pytest.raises(TableError, match="'C9#001'"):
        measure(import_export("house", export), references=written)


BAD = {
    "corrupt JSON": (b'{"house": 1, "id": ', "line 1, column 20: is not JSON"),
    "a wrong encoding": (call(said=[("A", "agent", 0, 1, "été")]).encode("cp1252"),
                         "line 1: byte 0xe9 is not UTF-8"),
    "a truncated gz": (gzip.compress(call().encode() * 50)[:60], "the gzip ends in the middle"),
    "a damaged gz": (b"\x1f\x8b" + b"x" * 50, "the gzip is damaged"),
    "endless nesting": (b"[" * 100_000, "nested too deeply"),
    "an empty file": (b" \n", "is empty"),
    "a document of another kind": (b'{"calls": 3}', "is not as 'house' is documented: has no 'id'"),
    "a negative time": (call(said=[("A", "agent", -1, 1, "x")]).encode(), "starts at -1 s, before"),
    "an end before its start": (call(said=[("A", "agent", 3, 1, "x")]).encode(), "ends at 1 s"),
    "a clock in the future": (call(started="2199-01-05T09:00:00").encode(), "in the future"),
    "no number": (call(scores={"quality": float("nan")}).encode(), "which is no number"),
    "a score off its scale": (call(scores={"quality": 101.0}).encode(), "outside its scale"),
    "no date": (call(started="yesterday").encode(), "which is no ISO date"),
}  # fmt: skip


def test_a_call_of_two_agents_gives_each_their_own_utterances_and_nobody_the_call(
    folder, house, tmp_path
):
    def read(files, notes):
        said = (
            Said("un", 0.0, 1.0, "x", "agent", agent="a1"),
            Said("deux", 2.0, 3.0, "y", "agent", agent="a2"),
        )
        yield ToldCall("C1", said=said, scores=(Score("quality", 7.0, 0, 10),))

    house.read = read
    people = tmp_path / "people.csv"
    people.write_text("agent_id,accent\na1,nord\na2,sud\n")
    made = import_export("house", folder(a__json=call(1)), people=people)
    assert made.utterances[["speaker_id", "accent"]].to_numpy().tolist() == [
        ["a1", "nord"], ["a2", "sud"],
    ]  # fmt: skip
    assert made.report.n_calls_without_agent == 1
    assert made.report.unmatched == ()
    table = measure(made).table
    assert set(table["metric"]) == {"no_output_rate"}  # the score is of neither
    assert dict(zip(table["speaker_id"], table["accent"], strict=True)) == {
        "a1": "nord", "a2": "sud",
    }  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_one_clear_line_and_the_rest_comes_in_if_allowed(folder, tmp_path, kind):
    content, line = BAD[kind]
    export = folder(a__json=call(1), b__json=content, c__json=call(3))
    run = tmp_path / "run"
    with pytest.raises(TableError, match=line) as caught:
        import_export("house", export, output=run)
    assert str(caught.value).startswith("b.json: ")
    assert "\n" not in str(caught.value)
    assert not run.exists()
    made = import_export("house", export, skip_bad=True, output=run)
    assert list(made.calls["call_id"]) == ["C1", "C3"]
    assert len(made.report.skipped) == 1
    assert "left out, since they could not be read: 1" in made.report.lines("en")


def test_where_nothing_can_be_read_skipping_is_no_success(folder, tmp_path):
    with pytest.raises(OptionError, match="no call could be read"):
        import_export("house", folder(a__json=b"{"), skip_bad=True, output=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_one_damaged_line_of_many_is_left_out_alone(folder):
    export = folder(a__jsonl=f"{call(1)}\n{{oops\n{call(2)}\n")
    with pytest.raises(TableError, match=r"a.jsonl: line 2, column 2: is not JSON"):
        import_export("house", export)
    made = import_export("house", export, skip_bad=True)
    assert list(made.calls["call_id"]) == ["C1", "C2"]
    assert len(made.report.skipped) == 1


def test_a_call_that_stands_twice_is_asked_about(folder):
    export = folder(a__json=call(1), b__json=call(1))
    with pytest.raises(TableError, match=r"b.json: call 'C1' has its utterances in a.json already"):
        import_export("house", export)
    assert len(import_export("house", export, skip_bad=True).calls) == 1


def test_a_transcript_here_and_an_evaluation_there_are_one_call(folder):
    export = folder(a__json=call(1), b__json=call(1, [], scores={"quality": 70.0}, agent=None))
    made = import_export("house", export)
    assert list(made.calls["call_id"]) == ["C1"]
    assert list(made.calls["speaker_id"]) == ["a1"]
    assert made.scores.set_index(["unit_id", "score"]).loc[("C1", "quality"), "value"] == 70


def test_a_call_of_two_agents_is_asked_about_and_the_users_file_decides(folder, tmp_path):
    export = folder(
        a__json=call(1, agent="a1"), b__json=call(1, [], agent="a2", scores={"quality": 70.0})
    )
    with pytest.raises(TableError, match=r"b.json: call 'C1' is of agent 'a2', and of 'a1' in a."):
        import_export("house", export)
    roles = tmp_path / "roles.csv"
    roles.write_text("call_id,agent_id\nC1,a2\n")
    assert list(import_export("house", export, roles=roles).calls["speaker_id"]) == ["a2"]


@pytest.mark.parametrize(
    ("start", "end"), [(3.0, 1.0), (-2.0, 1.0), (math.nan, 1.0), (0.0, math.inf)]
)
def test_a_word_at_an_impossible_time_stays_without_it_and_is_counted(folder, house, start, end):
    def read(files, notes):
        words = (Word("un", start, end, 0.9), Word("deux", 1.0, 2.0, 0.8))
        yield ToldCall("C1", said=(Said("un deux", 0.0, 2.0, "A", "agent", words),), agent="a1")

    house.read = read
    made = import_export("house", folder(a__json=call(1)))
    assert json.loads(made.transcripts["words"].iloc[0]) == [
        {"word": "un", "start": None, "end": None, "confidence": 0.9},
        {"word": "deux", "start": 1.0, "end": 2.0, "confidence": 0.8},
    ]
    assert made.report.n_words_without_time == 1
    assert "mots aux instants impossibles" in "\n".join(made.report.lines("fr"))


def test_nobody_is_named_in_what_travels_on_to_a_published_report(folder, tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("agent_id,accent\nzz,nord\n")
    said = [("Amina B.", None, 0.5, 2.0, "bonjour")]
    export = folder(a__json=call(1, said), Karim__json=b"{")
    made = import_export("house", export, people=people, skip_bad=True)
    named = "\n".join(made.report.lines())
    facts = json.dumps(made.provenance.to_dict())
    for name in ("a1", "Amina", "Karim"):
        assert name in named
        assert name not in facts
    assert "agents who are not in people.csv, group 'unknown': 1" in facts


def test_files_that_are_an_utterance_each_are_measured_with_their_corpus(folder):
    """As in Koenecke et al. (2020): one recording after another, a file each."""
    export = folder(
        u1__json=call(1, [("0", None, 0.0, 1.0, "the cat"), ("1", None, 1.0, 2.0, "sat")]),
        u2__json=call(2, []),
    )
    made = import_export("house", export, utterance_per_file=True)
    assert made.calls.empty
    transcripts = made.transcripts.set_index("utterance_id")
    assert transcripts["hypothesis"].to_dict() == {"u1": "the cat sat", "u2": ""}
    assert transcripts["status"].to_dict() == {"u1": "ok", "u2": "empty"}
    assert len(json.loads(transcripts.loc["u1", "words"])) == 3
    corpus = load_corpus(pd.DataFrame({
        "utterance_id": ["u1", "u2"], "speaker_id": ["p1", "p2"],
        "reference": ["the cat sat down", "yes"], "race": ["Black", "white"],
    }), language="en")  # fmt: skip
    table = measure(made, corpus, normalizer="minimal").table.set_index("unit_id")
    assert table.loc[["u1", "u2"], ["numerator", "denominator"]].to_numpy().tolist() == [
        [1, 4], [1, 1],
    ]  # fmt: skip
    many = folder(u3__jsonl=f"{call(3)}\n{call(4)}")
    with pytest.raises(TableError, match="u3.jsonl: holds 2 calls, and each file is to be one"):
        import_export("house", many, utterance_per_file=True)


def test_what_two_files_tell_differently_and_roles_that_nothing_answers_to_are_counted(
    folder, tmp_path
):
    export = folder(
        a__json=call(1, seconds=20.0), b__json=call(1, [], seconds=21.0, scores={"quality": 3.0})
    )
    roles = tmp_path / "roles.csv"
    roles.write_text("call_id,speaker,role,agent_id\n,A,agent,\n,Z,customer,\nC9,,,a1\n")
    made = import_export("house", export, roles=roles)
    assert made.calls["seconds"].tolist() == [20.0]
    assert made.report.differing == {"seconds": 1}
    assert made.report.n_unused_roles == 2
    told = "\n".join(made.report.lines("fr"))
    assert "le premier est gardé\u00a0: seconds 1" in told
    assert "(mal écrites\u00a0?)\u00a0: 2" in told


def test_a_zip_packed_in_an_unknown_way_says_so(folder, tmp_path):
    packed = bytearray(_zip(tmp_path / "a.zip", a__json=call(1)).read_bytes())
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = packed.find(signature) + offset
        packed[at : at + 2] = (97).to_bytes(2, "little")  # a method that Python does not know
    (tmp_path / "a.zip").write_bytes(packed)
    with pytest.raises(TableError, match="packed in a way that cannot be undone here"):
        import_export("house", tmp_path / "a.zip")


def test_mixed_versions_are_told(folder):
    export = folder(a__json=call(1, version="3.1"), b__json=call(2, version="3.2"))
    report = import_export("house", export).report
    assert report.versions == {"3.1": 1, "3.2": 1}
    assert "versions seen: 3.1 (1), 3.2 (1)" in report.lines("en")
    assert "versions rencontrées\u00a0: 3.1 (1), 3.2 (1)" in report.lines("fr")


def _zip(path, **files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "."), text)
    return path


def test_zip_gz_folder_and_file_hold_the_same_call(folder, tmp_path):
    plain = folder(a__json=call(1))
    packed = _zip(tmp_path / "a.zip", a__json__gz=gzip.compress(call(1).encode()))
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(call(1).encode()))
    made = [
        import_export("auto", one)
        for one in (plain, plain / "a.json", packed, tmp_path / "a.json.gz")
    ]
    for one in made[1:]:
        assert one.transcripts.equals(made[0].transcripts)
        assert one.calls.equals(made[0].calls)


@pytest.mark.parametrize(
    "name", ["../evil.json", "/etc/evil.json", "C:/evil.json", "a\\..\\b.json"]
)
def test_a_zip_that_points_outside_is_refused_whole(tmp_path, name):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("good.json", call(1))
        archive.writestr(name, call(2))
    with pytest.raises(TableError, match="points outside of it"):
        import_export("house", path, skip_bad=True)


def test_bombs_are_stopped_while_they_unpack(tmp_path):
    zeros = b" " * 60_000_000
    bomb = _zip(tmp_path / "a.zip", a__json=zeros)
    with pytest.raises(TableError, match="more than 200 times its size"):
        import_export("house", bomb)
    (tmp_path / "b.json.gz").write_bytes(gzip.compress(zeros))
    with pytest.raises(TableError, match="more than 200 times its size"):
        import_export("house", tmp_path / "b.json.gz")
    lying = bytearray(bomb.read_bytes())
    stated = lying.rfind(b"PK\x01\x02") + 24
    lying[stated : stated + 4] = (5).to_bytes(4, "little")  # the list says five bytes
    (tmp_path / "lying.zip").write_bytes(lying)
    with pytest.raises(TableError, match="lying.zip"):
        import_export("house", tmp_path / "lying.zip")


def test_a_file_that_is_too_large_says_what_to_do(folder):
    export = folder(a__json=call(1, said=[("A", "agent", 0, 1, "x" * 20_000)]))
    with pytest.raises(TableError, match=r"a.json: holds .*max_megabytes="):
        import_export("house", export, max_megabytes=0.01)
    assert len(import_export("house", export, max_megabytes=1).calls) == 1


def test_auto_asks_where_two_formats_fit_and_where_none_does(folder, house, monkeypatch):
    with pytest.raises(OptionError, match="its format is not recognised"):
        import_export("auto", folder(a__json=b'{"nobody": 1}'))
    monkeypatch.setattr(formats, "candidates", lambda file: ["house", "hut"])
    with pytest.raises(OptionError, match="could be house or hut. Name one of them"):
        import_export("auto", folder(a__json=call(1)))


def test_the_same_export_gives_the_same_run(folder, tmp_path):
    export = folder(a__json=call(1), b__json=call(2))
    first = import_export("house", export, output=tmp_path / "run")
    import_export("house", export, output=tmp_path / "run")  # the same again is no harm
    (export / "b.json").write_text(call(2, scores={"quality": 3.0}))
    with pytest.raises(OptionError, match="holds another run"):
        import_export("house", export, output=tmp_path / "run")
    assert first.provenance.facts()["export"].startswith("export@")
