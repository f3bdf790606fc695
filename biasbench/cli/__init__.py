"""The command line: one command per verb, the same names and defaults as in Python.

Files in, files out; what was found on stdout, progress and remarks on stderr. Exit codes:
0 done, 1 beyond policy, 2 wrong usage or bad input with nothing written, 3 the data cannot
decide. The commands stand in `showing`, `listening`, `importing`,
`sheets`, `deciding`, `gating`, `comparing`, `quick`,
`explaining`, `paying`, `planning` and `bundling`.
"""

from __future__ import annotations

from typing import Any

import click

from biasbench import __version__
from biasbench.cli.bundling import bundle, reproduce, stamp, verify
from biasbench.cli.comparing import compare
from biasbench.cli.deciding import assess, power, report
from biasbench.cli.explaining import explain
from biasbench.cli.gating import baseline, gate
from biasbench.cli.importing import import_
from biasbench.cli.listening import check, label, measure, run
from biasbench.cli.paying import pay, substitute, trace
from biasbench.cli.planning import examine, plan
from biasbench.cli.quick import quick
from biasbench.cli.sheets import transcribe_sheet
from biasbench.cli.showing import demo, rules
from biasbench.errors import BiasbenchError

__all__ = ["main"]


class _Commands(click.Group):
    """Turns the package's own errors into one line on stderr and their exit code."""

    def invoke(self, context: click.Context) -> Any:  # noqa: ANN401 - as click has it
        try:
            return super().invoke(context)
        except BiasbenchError as error:
            click.echo(f"biasbench: {error}", err=True)
            context.exit(error.exit_code)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="biasbench")
def main() -> None:
    """Statistical evidence about whom call-centre speech analytics treat worse.

    \b
    biasbench demo                                     see it work, on synthetic speech
    biasbench check CORPUS --by accent                 all that is wrong with a corpus
    biasbench run CORPUS --system SYSTEM -o RUN        listen (slow, cached, resumable)
    biasbench import auto EXPORT --people people.csv -o RUN   what a system in use wrote
    biasbench transcribe-sheet RUN --by accent         a sample for people to write down
    biasbench measure RUN --corpus CORPUS -o measures.parquet
    biasbench assess measures.parquet --by accent --margin 0.03 -o evidence.json
    biasbench explain measures.parquet --by accent --group indian --covariate snr_db
    biasbench substitute RUN --corpus CORPUS --by accent --group indian --margin 2
    biasbench pay scores.parquet --by accent --group indian --margin 2 --scale bonus.toml
    biasbench report evidence.json -o report.html --lang fr
    biasbench plan new measures.parquet --by accent    decide everything before a result
    biasbench examine plan.toml --measures measures.parquet -o case   carry it out
    biasbench bundle case -o case.zip                  for others to verify and reproduce
    biasbench gate --baseline baseline.json --candidate new.parquet   may a model be swapped?
    biasbench compare A B C --by accent --metric wer   several models side by side
    biasbench quick CORPUS --by accent -o FOLDER       a few utterances of everybody, for each push
    biasbench power --cv 0.5 --rate 0.12               how many people it takes

    Exit codes: 0 done, 1 beyond policy, 2 wrong usage or bad input, 3 the data cannot decide.
    """  # noqa: D301 - click reads the backspace


_COMMANDS = (
    demo, check, run, import_, transcribe_sheet, measure, label, assess, explain,
    substitute, pay, trace, rules, report, gate, compare, baseline, quick,
    power, plan, examine, bundle, verify, reproduce, stamp,
)  # fmt: skip
for _command in _COMMANDS:
    main.add_command(_command)
