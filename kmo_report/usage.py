"""What the library of the command line says by itself, in the language of the reader."""

import re
from collections.abc import Sequence
from typing import Any

import typer

from kmo_report.language import did_you_mean, mark, say

# Words that the library looks up in our catalogue.
LOOKED_UP = (
    mark("Arguments"),
    mark("Commands"),
    mark("Options"),
    mark("required"),
    mark("default: {default}"),
)

# The rest it has in English only.
_VALUE = r"Invalid value for (?P<name>.+?): (?:Value error, )?"
_SENTENCES = (
    (r"Missing argument '(?P<name>.+)'\.", mark("{name} is missing")),
    (r"Missing option '(?P<name>.+)'\.", mark("{name} is missing")),
    (r"Missing command\.", mark("a command is missing")),
    (r"No such option: (?P<name>\S+).*", mark("no option {name}")),
    (r"No such command '(?P<name>.+?)'\..*", mark("no command {name}")),
    (r"Option '(?P<name>.+)' requires an argument\.", mark("{name} wants a value")),
    (r"Option '(?P<name>.+)' does not take a value\.", mark("{name} takes no value")),
    (r"Got unexpected extra argument(?:s|\(s\))? \((?P<name>.+)\)", mark("{name} is too much")),
    (
        _VALUE + r"'(?P<value>.+)' is not one of (?P<known>.+)\.",
        mark("{name}: {value} is none of {known}"),
    ),
    (_VALUE + r"Input should be a valid integer.*", mark("{name} wants a whole number")),
    (
        _VALUE + r"Input should be less than or equal to (?P<last>\d+)",
        mark("{name}: at most {last}"),
    ),
    (
        _VALUE + r"Input should be greater than or equal to (?P<first>\d+)",
        mark("{name}: at least {first}"),
    ),
    (_VALUE + r"(?P<rest>.+)", mark("{name}: {rest}")),
    (r"Invalid value: (?P<rest>.+)", mark("{rest}")),
)


def _options(context: Any) -> list[str]:  # noqa: ANN401
    return [name for option in context.command.params for name in option.opts]


def _commands(context: Any) -> list[str]:  # noqa: ANN401
    return list(context.command.commands)


def translate(command: Any) -> None:  # noqa: ANN401 -- typer keeps the types of click to itself
    """Put the help of a command, its options and its own commands in the language of the reader."""
    for item in (command, *command.params):
        if getattr(item, "help", None):
            item.help = say(item.help)
    help_option = command.get_help_option

    def translated_option(context: Any) -> Any:  # noqa: ANN401
        option = help_option(context)
        if option:
            option.help = say("Show this message and exit.")
        return option

    def usage(context: Any, formatter: Any) -> None:  # noqa: ANN401
        pieces = " ".join(command.collect_usage_pieces(context))
        formatter.write_usage(context.command_path, pieces, prefix=say("Usage: "))

    def list_commands(_context: Any, formatter: Any) -> None:  # noqa: ANN401
        """Sentences are whole: the library would cut them off."""
        with formatter.section(say("Commands")):
            formatter.write_dl([(name, inner.help) for name, inner in command.commands.items()])

    command.get_help_option, command.format_usage = translated_option, usage
    if hasattr(command, "commands"):
        command.format_commands = list_commands
    for inner in getattr(command, "commands", {}).values():
        translate(inner)


def language_first(arguments: Sequence[str]) -> list[str]:
    """`check --lang nl` -> `--lang nl check`: who adds it to a command adds it at the end."""
    first, rest = [], list(arguments)
    for at, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == "--lang" or argument.startswith("--lang="):
            first = list(arguments[at : at + (2 if argument == "--lang" else 1)])
            rest = [*arguments[:at], *arguments[at + len(first) :]]
    return [*first, *rest]


def explain(error: Any) -> None:  # noqa: ANN401
    """Print how the command is used, and what was wrong."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(error.format_message(), err=True)
        return
    if context:
        typer.echo(context.get_usage(), err=True)
        message = say("Try '{command} --help' for help.", command=context.command_path)
        typer.echo(f"{message}\n", err=True)
    said = error.format_message()
    for pattern, sentence in _SENTENCES:
        if match := re.fullmatch(pattern, said, re.DOTALL):
            said = say(sentence, **match.groupdict())
            known = {"no option {name}": _options, "no command {name}": _commands}.get(sentence)
            said += did_you_mean(match["name"], known(context), or_known=False) if known else ""
            break
    typer.echo(say("Error: {message}", message=said), err=True)
