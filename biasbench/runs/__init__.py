"""Runs: what a system said of every utterance of a corpus, one row each, whatever happened.

execute listens, engines spread the work over processes, folder keeps it on disk so that a kill
costs nothing, rows turns answers into tables, imports reads what a deployed system exported.
"""

from biasbench.runs.execute import run
from biasbench.runs.folder import Run, read_run
from biasbench.runs.imports import import_export

__all__ = ["Run", "import_export", "read_run", "run"]
