"""`biasbench rules`: a copy of the scorer's rules that a person can edit and use."""

from click.testing import CliRunner

from biasbench.cli import main
from biasbench.systems import load_system


def test_the_copy_scores_as_the_original_does(tmp_path):
    copy = tmp_path / "mes_regles.toml"
    outcome = CliRunner().invoke(main, ["rules", "-o", str(copy)])
    assert outcome.exit_code == 0
    assert outcome.stdout.strip() == str(copy)
    own, copied = load_system("tone:interact"), load_system(f"tone:interact/{copy}")
    assert copied.info.version == own.info.version


def test_a_file_that_is_there_is_left_alone(tmp_path):
    mine = tmp_path / "rules.toml"
    mine.write_text("mine", encoding="utf-8")
    outcome = CliRunner().invoke(main, ["rules", "-o", str(mine)])
    assert outcome.exit_code == 2
    assert "is there already" in outcome.stderr
    assert mine.read_text(encoding="utf-8") == "mine"
