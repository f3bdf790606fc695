"""`python -m biasbench` is `biasbench`."""

from biasbench.cli import main

main()
