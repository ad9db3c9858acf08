"""``kiosk operator``: the lines of cabin.toml for one of the staff, made from a typed PIN.

The PIN is asked for twice on the terminal and is never an argument: those are seen by ``ps`` and
kept by the shell. Exit codes: 0 printed, 1 nothing printed, 2 the words are wrong.
"""

from __future__ import annotations

import argparse
import getpass
import json
import re
import sys
from collections.abc import Callable

from kiosk import operators
from kiosk.config_operators import ID, ID_ALLOWED, NAME, NAME_ALLOWED
from kiosk.core.access import LONGEST_PIN, SHORTEST_PIN, Role


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "operator", help="lines of cabin.toml for one of the staff, with the hash of a PIN"
    )
    parser.add_argument("--id", required=True, help=ID_ALLOWED)
    parser.add_argument("--name", required=True, help=f"as the screen shows it, {NAME_ALLOWED}")
    parser.add_argument("--role", required=True, choices=[x.value for x in Role])
    parser.add_argument("--card", action="store_true", help="ask for a card's code, too")
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace, ask: Callable[[str], str] = getpass.getpass) -> int:
    """Ask for the secrets and print the lines. ``ask`` reads one without showing it."""
    for value, form, allowed in ((args.id, ID, ID_ALLOWED), (args.name, NAME, NAME_ALLOWED)):
        if not re.fullmatch(form, value):
            print(f"{value!r} is not {allowed}", file=sys.stderr)
            return 2
    try:
        pin = _pin(ask)
        card = _card(ask) if args.card else ""
    except (ValueError, EOFError) as error:
        print(f"nothing printed: {error or 'no PIN was typed'}", file=sys.stderr)
        return 1
    print("[[operator]]")
    print(f'id = "{args.id}"')
    print(f"name = {json.dumps(args.name, ensure_ascii=False)}")
    print(f'role = "{args.role}"')
    print(f'pin = "{operators.make(pin.encode())}"')
    if card:
        print(f'card = "{operators.make(card.encode())}"')
    return 0


def _pin(ask: Callable[[str], str]) -> str:
    pin = ask(f"PIN ({SHORTEST_PIN} to {LONGEST_PIN} digits): ")
    if not re.fullmatch(rf"[0-9]{{{SHORTEST_PIN},{LONGEST_PIN}}}", pin):
        raise ValueError(f"a PIN has {SHORTEST_PIN} to {LONGEST_PIN} digits and nothing else")
    if len(set(pin)) == 1 or pin in "01234567890123456789" or pin in "98765432109876543210":
        raise ValueError("anybody would try that PIN first: choose another")
    if ask("the same PIN once more: ") != pin:
        raise ValueError("that was another PIN")
    return pin


def _card(ask: Callable[[str], str]) -> str:
    code = ask("the card's code, as the reader gives it: ").strip()
    if not re.fullmatch(r"[!-~]{6,100}", code):
        raise ValueError("a card's code has 6 to 100 characters without spaces")
    return code
