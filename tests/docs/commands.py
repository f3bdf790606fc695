"""The options that a command line of a page may have."""

import click

from biasbench import cli


def known_options(line):
    """The words of a line after 'biasbench', and the options that its command knows."""
    name, *words = line.split()
    command = cli.main.commands[name]
    while isinstance(command, click.Group):
        name, *words = words
        command = command.commands[name]
    return words, {option for param in command.params for option in param.opts}
