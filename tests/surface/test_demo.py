"""`biasbench demo`: everything once, for somebody who has typed nothing else yet."""

import pytest
from click.testing import CliRunner

from biasbench.cli import main


@pytest.mark.slow
def test_the_demo_runs_says_that_speech_is_synthetic_and_where_things_are(tmp_path):
    output = tmp_path / "demo"
    outcome = CliRunner().invoke(main, ["demo", "-o", str(output), "--lang", "fr"])
    assert outcome.exit_code == 0, outcome.stderr
    first, *_, last = outcome.stdout.strip().splitlines()
    assert "synthétique" in first
    assert "synthétique" in outcome.stderr
    assert "preuve insuffisante" in outcome.stdout
    assert last == str(output / "prosody.csv")
    for name in ("report.html", "findings.csv", "prosody.html", "prosody.csv"):
        assert str(output / name) in outcome.stdout
        assert "synthétique" in (output / name).read_text(encoding="utf-8-sig"), name
    assert (output / "report.html").read_text(encoding="utf-8").count("<audio") >= 1
