"""`portfolio codes verify`: asks the database, or checks a signed statement without it."""

import argparse
import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from portfolio.approvals.code_terms import STATEMENT_PROBLEM_LABELS, StatementProblem, VerifyStatus
from portfolio.approvals.draw_rules import VerifyQuery
from portfolio.approvals.statement import verify_statement
from portfolio.approvals.verification import buyer_unit_of, verify
from portfolio.audit.signing_keys import parse_key_list
from portfolio.db.clock import now
from portfolio.db.engine import open_database
from portfolio.db.money import Money
from portfolio.packs.in_force import put_in_force
from portfolio.packs.loader import load_pack
from portfolio.settings import read_settings
from portfolio.web.formatting import money


def add_parsers(verbs: Any) -> None:
    """Add `codes`."""
    codes = verbs.add_parser("codes", help="verify an approval code or its signed statement")
    acts = codes.add_subparsers(dest="act", required=True)
    parser = acts.add_parser(
        "verify",
        help="0 when valid, 1 when not",
        epilog="examples: portfolio codes verify 14KK-KGER-BJCD-C9DR-HGP7 --amount 1200000; "
        "portfolio codes verify --statement statement.json --offline keys.json",
    )
    parser.add_argument("code", nargs="?", default="")
    parser.add_argument("--amount", help="in major units, tax included")
    parser.add_argument("--buyer", help="official code of the buying institution")
    parser.add_argument("--statement", metavar="FILE", help="check this signed statement instead")
    parser.add_argument("--offline", metavar="KEYFILE", help="public keys: the published list, or one .pub file")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 for valid, 1 for anything else, 2 for a call that cannot be understood."""
    if arguments.statement:
        return _offline(arguments)
    if not arguments.code:
        print("portfolio codes verify: give a code, or --statement FILE --offline KEYFILE", file=sys.stderr)
        return 2
    return _online(arguments)


def _offline(arguments: argparse.Namespace) -> int:
    if not arguments.offline:
        print("portfolio codes verify: --statement needs --offline KEYFILE", file=sys.stderr)
        return 2
    try:
        keys = parse_key_list(Path(arguments.offline).read_text(encoding="utf-8"))
        text = Path(arguments.statement).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        print(f"portfolio codes verify: {error}", file=sys.stderr)
        return 2
    found = verify_statement(keys, text)
    if isinstance(found, StatementProblem):
        print(f"{found.name}: {STATEMENT_PROBLEM_LABELS[found]}", file=sys.stderr)
        return 1
    ceiling = money(Money(found.currency, found.ceiling))
    print(
        f"SIGNED {found.code} {found.project} {found.institution} up to {ceiling}, {found.not_before} to {found.expires}"
    )
    print("Whether it was suspended, revoked or drawn on since then only the database knows.")
    return 0


def _online(arguments: argparse.Namespace) -> int:
    settings = read_settings()
    pack = load_pack(settings.pack)
    put_in_force(pack)
    try:
        amount = None if arguments.amount is None else Money.of(Decimal(arguments.amount), pack.currency).minor
    except (ValueError, InvalidOperation) as error:
        print(f"portfolio codes verify: --amount {arguments.amount}: {error}", file=sys.stderr)
        return 2
    with open_database(settings.database_url).reading() as session:
        query = VerifyQuery(
            on=now(session).astimezone(pack.zone).date(),
            amount=amount,
            buyer_unit=None if arguments.buyer is None else buyer_unit_of(session, arguments.buyer),
        )
        answer = verify(session, pack, arguments.code, query)
    print(f"{answer.status.name} {answer.code} as of {answer.as_of:%Y-%m-%d %H:%M:%S}Z")
    print(answer.advice)
    if answer.facts is not None:
        print(
            f"{answer.facts.institution}: {answer.facts.lot}; ceiling {money(answer.facts.ceiling)}, left {money(answer.facts.left)}"
        )
    return 0 if answer.status in (VerifyStatus.VALID, VerifyStatus.EXEMPT) else 1
