"""Notebooks run from top to bottom, and define no function: the package has them."""

import re
import shutil

import nbformat
import pytest
from nbclient import NotebookClient

from ..conftest import ROOT, listens_to_tiny

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_there_is_a_notebook():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_defines_nothing_and_keeps_its_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert 5 <= len(cells) <= 15
    for cell in cells:
        assert not re.search(r"^\s*(def|class) ", cell.source, flags=re.MULTILINE)
        assert not any(output.output_type == "error" for output in cell.outputs)
    assert any(cell.outputs for cell in cells)


@pytest.mark.slow
@listens_to_tiny
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")  # jupyter's own, about event loops and its directories
def test_a_notebook_runs_from_top_to_bottom(path, tmp_path, request):
    notebook = nbformat.read(path, as_version=4)
    if path.stem == "01_first_look":  # the README's run: nothing is listened to again
        shutil.copytree(request.getfixturevalue("five_verbs")[0] / "runs", tmp_path / "runs")
    (tmp_path / "datasets").symlink_to(ROOT / "datasets")
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
