"""`portfolio audit verify | export | checkpoint | proof | keys`: the trail, checked with the database or only a file."""

import argparse
import json
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portfolio import tables
from portfolio.audit.checkpoints import CheckpointConflict, write_checkpoints
from portfolio.audit.proofs import NoSuchEvent, NotYetSigned, ProofFails, check_proof, make_proof
from portfolio.audit.signing_keys import KeyPurpose, PublicKey, key_list, load_or_make_key, parse_key_list, public_keys
from portfolio.audit.snapshot import reading_snapshot
from portfolio.audit.sources import BadInput, DatabaseSource, FileSource, export
from portfolio.audit.verdict import Finding, Kind, Verdict
from portfolio.audit.verify import verify, verify_source
from portfolio.db.engine import Database, open_database
from portfolio.errors import ConfigurationError
from portfolio.settings import Settings, read_settings


def add_parsers(verbs: Any) -> None:
    audit = verbs.add_parser("audit", help="verify, export and sign the audit trail")
    acts = audit.add_subparsers(dest="act", required=True, metavar="ACT")

    check = acts.add_parser(
        "verify",
        help="every event, the checkpoints, and the business rows as they are now",
        epilog="example: portfolio audit verify --from trail.jsonl --checkpoints copies/ --keys checkpoint.pub",
    )
    check.add_argument("--from", dest="file", metavar="FILE", help="an exported trail instead of the database")
    check.add_argument("--checkpoints", metavar="DIR", help="where the checkpoints are; else PORTFOLIO_CHECKPOINTS")
    check.add_argument("--keys", metavar="FILE", help="public keys; else those in PORTFOLIO_KEYS_DIR")
    check.add_argument("--no-state", action="store_true", help="leave the business rows out")
    check.add_argument("--json", action="store_true", help="the verdict as JSON on standard output")
    check.set_defaults(run=run_verify)

    out = acts.add_parser(
        "export", help="the whole trail as JSON lines", epilog="example: portfolio audit export t.jsonl"
    )
    out.add_argument("file", metavar="FILE")
    out.set_defaults(run=run_export)

    sign = acts.add_parser("checkpoint", help="sign where the trail stands now, into the checkpoint file")
    sign.set_defaults(run=run_checkpoint)

    proof = acts.add_parser(
        "proof",
        help="prove that one event is in a signed checkpoint, or check such a proof without the database",
        epilog="example: portfolio audit proof 0199… --out proof.json; "
        "portfolio audit proof --verify proof.json --keys checkpoint.pub",
    )
    what = proof.add_mutually_exclusive_group(required=True)
    what.add_argument("event", nargs="?", type=uuid.UUID, metavar="EVENT_ID", help="as the audit page shows it")
    what.add_argument("--verify", metavar="FILE", help="check this proof; needs nothing but the public keys")
    proof.add_argument("--out", metavar="FILE", help="write the proof here instead of on standard output")
    proof.add_argument("--keys", metavar="FILE", help="public keys; else those in PORTFOLIO_KEYS_DIR")
    proof.set_defaults(run=run_proof)

    keys = acts.add_parser(
        "keys", help="print the public keys of the checkpoints", epilog="example: portfolio audit keys"
    )
    keys.set_defaults(run=run_keys)


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    tables.load()
    database = open_database(settings.database_url)
    try:
        yield database
    finally:
        database.engine.dispose()


def _keys(given: str | None, settings: Settings) -> Mapping[str, PublicKey]:
    if given is None:
        return public_keys(settings.keys_dir)
    try:
        return parse_key_list(Path(given).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{given}: {error}") from error


def run_verify(arguments: argparse.Namespace) -> int:
    """0 and the head of each chain; 1 and the first thing that is wrong, on standard error and in the JSON."""
    settings = read_settings()
    checkpoints = Path(arguments.checkpoints) if arguments.checkpoints else settings.checkpoints_dir
    keys = _keys(arguments.keys, settings)
    if arguments.file:
        verdict = _verify_file(Path(arguments.file), checkpoints, keys)
    else:
        with _database(settings) as database:
            verdict = verify(database, checkpoints, keys, with_state=not arguments.no_state)
    for warning in verdict.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    if arguments.json:
        print(json.dumps(verdict.as_json(), indent=2))
    if verdict.finding is not None:
        print(f"portfolio: {verdict.finding}", file=sys.stderr)
        return 1
    if not arguments.json:
        _print_heads(verdict)
    return 0


def _verify_file(path: Path, checkpoints: Path, keys: Mapping[str, PublicKey]) -> Verdict:
    try:
        return verify_source(FileSource(path), checkpoints, keys)
    except (BadInput, OSError, UnicodeDecodeError) as error:
        return Verdict(finding=Finding(Kind.INPUT, str(error)))


def _print_heads(verdict: Verdict) -> None:
    for chain, head in verdict.heads.items():
        print(f"{chain.value} {head.size} {head.hash}")
    print(
        f"the trail holds: {verdict.events} events, {verdict.business_rows} business rows, "
        f"{verdict.checkpoints} checkpoints"
    )


def run_export(arguments: argparse.Namespace) -> int:
    with _database(read_settings()) as database, reading_snapshot(database) as connection:
        count = export(DatabaseSource(connection), Path(arguments.file))
    print(f"written: {arguments.file}, {count} events")
    return 0


def run_checkpoint(_arguments: argparse.Namespace) -> int:
    settings = read_settings()
    try:
        with _database(settings) as database:
            made = write_checkpoints(database, settings.checkpoints_dir, settings.keys_dir)
    except CheckpointConflict as error:
        print(f"portfolio: {error}", file=sys.stderr)
        return 1
    for checkpoint in made:
        print(f"{checkpoint.chain.value} {checkpoint.size} {checkpoint.head}")
    print(f"signed: {len(made)} checkpoints")
    return 0


def run_proof(arguments: argparse.Namespace) -> int:
    """0 and what is proven, or the proof; 1 and why not, on standard error."""
    settings = read_settings()
    try:
        if arguments.verify:
            return _check_proof(Path(arguments.verify), _keys(arguments.keys, settings))
        with _database(settings) as database, reading_snapshot(database) as connection:
            proof = json.dumps(make_proof(connection, settings.checkpoints_dir, arguments.event), indent=1)
    except NoSuchEvent:
        return _no_proof(f"no event has the id {arguments.event}")
    except NotYetSigned:
        return _no_proof("no checkpoint covers this event yet: run portfolio audit checkpoint")
    except (ProofFails, OSError, UnicodeDecodeError) as error:
        return _no_proof(str(error))
    if arguments.out:
        Path(arguments.out).write_text(proof + "\n", "utf-8")
    print(f"written: {arguments.out}" if arguments.out else proof)
    return 0


def _check_proof(path: Path, keys: Mapping[str, PublicKey]) -> int:
    proven = check_proof(path.read_text("utf-8"), keys)
    print(f"proven: {proven.content.get('action')} at {proven.content.get('at')}")
    print(f"event {proven.seq} of chain {proven.chain.value} of {proven.chain_id}, hash {proven.hash}")
    print(f"in the checkpoint of {proven.size} events signed at {proven.signed_at.isoformat()}")
    return 0


def _no_proof(why: str) -> int:
    print(f"portfolio: {why}", file=sys.stderr)
    return 1


def run_keys(_arguments: argparse.Namespace) -> int:
    settings = read_settings()
    load_or_make_key(settings.keys_dir, KeyPurpose.CHECKPOINT)
    found = [key for key in public_keys(settings.keys_dir).values() if key.purpose is KeyPurpose.CHECKPOINT]
    print(json.dumps(key_list(found), indent=2))
    return 0
