"""Statements and keys: what is signed is what is read, or nothing is."""

import json
import stat
from datetime import UTC, date, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import ValidationError

from portfolio.approvals.code_terms import StatementProblem
from portfolio.approvals.statement import DecisionEvent, Statement, canonical_bytes, sign_statement, verify_statement
from portfolio.audit.signing_keys import (
    KeyPurpose,
    PublicKey,
    SigningKey,
    key_list,
    load_or_make_key,
    parse_key_list,
    public_keys,
)
from portfolio.errors import ConfigurationError

KEY = SigningKey(KeyPurpose.CODE, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
KEYS = {KEY.kid: KEY.public}


def a_statement(**changes) -> Statement:
    fields = {
        "iss": "https://portfolio.example",
        "kid": KEY.kid,
        "code": "14KK-KGER-BJCD-C9DR-HGP7",
        "project": "PF-2027-000123",
        "version_digest": "a" * 64,
        "institution": "Registro Civil",
        "buyer_units": ("RC-COMPRAS",),
        "purpose": "Lote 1: desarrollo",
        "ceiling": 9_999_999_999_999_999_99,
        "currency": "COP",
        "fiscal_years": (2027, 2028),
        "not_before": date(2027, 1, 1),
        "expires": date(2028, 12, 31),
        "conditions_digest": "b" * 64,
        "decision_events": (DecisionEvent(seq=41, hash="c" * 64),),
        "issued_at": datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC),
    }
    return Statement(**{**fields, **changes})


def test_a_signed_statement_reads_back_exactly_amounts_beyond_a_double_included():
    statement = a_statement()
    text = sign_statement(KEY, statement).as_json()
    assert verify_statement(KEYS, text) == statement
    assert json.loads(text)["statement"]["ceiling"] == "999999999999999999"
    assert sign_statement(KEY, statement).as_json() == text


def test_spacing_and_order_of_the_file_do_not_matter():
    text = sign_statement(KEY, a_statement()).as_json()
    assert verify_statement(KEYS, json.dumps(json.loads(text), indent=4)) == a_statement()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ceiling", "999999999999999998"),
        ("institution", "Otro"),
        ("expires", "2029-12-31"),
        ("buyer_units", ["RC-COMPRAS", "OTRA"]),
        ("code", "1YTX-MZ4G-4HM5-DZPE-MWNJ"),
        ("fiscal_years", [2027]),
        ("iss", "https://evil.example"),
    ],
)
def test_any_altered_field_breaks_the_signature(name, value):
    content = json.loads(sign_statement(KEY, a_statement()).as_json())
    content["statement"][name] = value
    assert verify_statement(KEYS, json.dumps(content)) is StatementProblem.BAD_SIGNATURE


@pytest.mark.parametrize(
    "alter",
    [
        lambda c: c.update(alg="none"),
        lambda c: c.update(alg="HS256"),
        lambda c: c.update(note="approved"),
        lambda c: c.pop("signature"),
        lambda c: c.update(signature=5),
        lambda c: c.update(signature="%%%"),
        lambda c: c["statement"].update(typ="pf-gatecode+2"),
        lambda c: c["statement"].update(extra="unsigned"),
        lambda c: c["statement"].update(ceiling=999_999_999_999),
        lambda c: c["statement"].update(ceiling="0999999999999999999"),
        lambda c: c["statement"].update(not_before="2027-01-01T00:00:00"),
        lambda c: c["statement"].pop("kid"),
        lambda c: c["statement"].update(code="14KK-KGER-BJCD-C9DR-HGP8"),
    ],
)
def test_what_is_not_the_canonical_statement_is_unreadable(alter):
    content = json.loads(sign_statement(KEY, a_statement()).as_json())
    alter(content)
    assert verify_statement(KEYS, json.dumps(content)) is StatementProblem.UNREADABLE


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '"x"', "[" * 5000, "x" * 60_000, '{"alg":"Ed25519","alg":"Ed25519"}']
)
def test_no_text_breaks_the_verifier(text):
    assert verify_statement(KEYS, text) is StatementProblem.UNREADABLE


def test_a_field_given_twice_is_refused_even_if_the_last_one_is_signed():
    text = sign_statement(KEY, a_statement()).as_json()
    doubled = text.replace('"ceiling":', '"ceiling":"1","ceiling":')
    assert verify_statement(KEYS, doubled) is StatementProblem.UNREADABLE


def test_only_pinned_keys_count():
    other = SigningKey(KeyPurpose.CODE, Ed25519PrivateKey.generate())
    text = sign_statement(other, a_statement(kid=other.kid)).as_json()
    assert verify_statement(KEYS, text) is StatementProblem.UNKNOWN_KEY
    forged = json.loads(text)
    forged["statement"]["kid"] = KEY.kid
    assert verify_statement(KEYS, json.dumps(forged)) is StatementProblem.BAD_SIGNATURE


def test_a_checkpoint_key_signs_no_code_and_its_signature_is_worth_nothing_here():
    checkpoint = SigningKey(KeyPurpose.CHECKPOINT, KEY.private)
    with pytest.raises(ValueError, match="does not sign codes"):
        sign_statement(checkpoint, a_statement())
    message = canonical_bytes(a_statement())
    assert KEY.public.verifies(message, KEY.sign(message))
    assert not KEY.public.verifies(message, checkpoint.sign(message))
    assert verify_statement({KEY.kid: checkpoint.public}, sign_statement(KEY, a_statement()).as_json()) is (
        StatementProblem.UNKNOWN_KEY
    )


def test_a_statement_that_names_another_key_is_not_signed():
    with pytest.raises(ValueError, match="another key"):
        sign_statement(KEY, a_statement(kid="0" * 16))


@pytest.mark.parametrize(
    "changes",
    [{"expires": date(2026, 1, 1)}, {"ceiling": 0}, {"buyer_units": ()}, {"issued_at": datetime(2026, 1, 1)}],  # noqa: DTZ001
)
def test_a_statement_that_makes_no_sense_cannot_be_made(changes):
    with pytest.raises(ValidationError):
        a_statement(**changes)


def test_a_key_is_made_once_kept_private_and_found_again(tmp_path):
    folder = tmp_path / "keys"
    key = load_or_make_key(folder, KeyPurpose.CODE)
    assert load_or_make_key(folder, KeyPurpose.CODE).kid == key.kid
    assert stat.S_IMODE((folder / "code.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert load_or_make_key(folder, KeyPurpose.CHECKPOINT).kid != key.kid
    assert [path.name for path in folder.glob(".*")] == []
    assert "private" not in repr(key)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_private_key_that_others_may_read_is_refused(tmp_path, mode):
    load_or_make_key(tmp_path, KeyPurpose.CODE)
    (tmp_path / "code.key").chmod(mode)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        load_or_make_key(tmp_path, KeyPurpose.CODE)


def test_a_key_of_another_kind_is_refused(tmp_path):
    rsa = generate_private_key(public_exponent=65537, key_size=2048)
    for content in (b"nonsense", rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())):
        (tmp_path / "code.key").write_bytes(content)
        (tmp_path / "code.key").chmod(0o600)
        with pytest.raises(ConfigurationError):
            load_or_make_key(tmp_path, KeyPurpose.CODE)


def test_after_a_rotation_old_statements_still_verify(tmp_path):
    old = load_or_make_key(tmp_path, KeyPurpose.CODE)
    text = sign_statement(old, a_statement(kid=old.kid)).as_json()
    (tmp_path / "code.key").unlink()
    new = load_or_make_key(tmp_path, KeyPurpose.CODE)
    keys = public_keys(tmp_path)
    assert set(keys) == {old.kid, new.kid}
    assert isinstance(verify_statement(keys, text), Statement)


def test_the_published_list_reads_back_and_a_false_kid_is_refused():
    listed = json.dumps(key_list([KEY.public]))
    assert parse_key_list(listed) == KEYS
    with pytest.raises(ValueError, match="kid"):
        parse_key_list(listed.replace(KEY.kid, "0" * 16))
    for text in ("[]", "{}", '{"keys": []}', '{"keys": [5]}', "not json", "[" * 5000):
        with pytest.raises(ValueError):  # noqa: PT011
            parse_key_list(text)


def test_the_kid_is_the_head_of_the_digest_of_the_public_key():
    assert PublicKey(KeyPurpose.CODE, bytes(32)).kid == "66687aadf862bd77"
