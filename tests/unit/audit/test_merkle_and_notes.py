"""The tree of RFC 6962 against its own definition, and notes that say what was signed and nothing else."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portfolio.audit import notes
from portfolio.audit.merkle import EMPTY_ROOT, Tree, leaf_hash, node_hash, tree_of
from portfolio.audit.signing_keys import KeyPurpose, SigningKey, load_or_make_key
from portfolio.audit.terms import Chain

CHAIN_ID = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
AT = datetime(2026, 8, 3, 15, 0, tzinfo=UTC)


def leaf(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest()


def defined(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word: split at the largest power of two below the number of leaves."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(defined(leaves[:split]), defined(leaves[split:]))


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 100])
def test_the_growing_tree_has_the_root_of_the_definition(size: int) -> None:
    leaves = [leaf(number) for number in range(size)]
    assert tree_of(leaves).root == defined(leaves)


def test_the_roots_of_the_published_examples() -> None:
    """Certificate Transparency's own test vectors (RFC 6962 reference implementation): eight leaves of given bytes."""
    given = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    ]
    tree = Tree()
    assert tree.root == EMPTY_ROOT
    for number, text in enumerate(given):
        tree.add(bytes.fromhex(text))
        if number < len(roots):
            assert tree.root.hex() == roots[number]
    assert tree.root.hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_a_tree_can_be_taken_up_where_it_was_left() -> None:
    whole = tree_of(leaf(n) for n in range(21))
    first = tree_of(leaf(n) for n in range(13))
    again = Tree(first.size, list(first.peaks))
    for number in range(13, 21):
        again.add(leaf(number))
    assert (again.size, again.root) == (whole.size, whole.root)


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return load_or_make_key(tmp_path, KeyPurpose.CHECKPOINT)


def note(key: SigningKey, size: int = 7) -> str:
    origin = f"portfolio/{CHAIN_ID}/decision"
    return notes.signed(notes.body(origin, size, b"r" * 32, "a" * 64, AT), key)


def test_a_note_says_which_trail_how_long_and_with_which_root(key: SigningKey) -> None:
    found = notes.parse(note(key))
    assert (found.chain_id, found.chain, found.size) == (CHAIN_ID, Chain.DECISION, 7)
    assert (found.root, found.head, found.at) == (b"r" * 32, "a" * 64, "2026-08-03T15:00:00.000000Z")
    assert notes.is_signed(found, {key.kid: key.public})


@pytest.mark.parametrize(
    ("old", "new"), [("\n7\n", "\n8\n"), ("head a", "head b"), ("15:00", "16:00"), ("decision", "security")]
)
def test_a_note_that_was_changed_is_not_signed(key: SigningKey, old: str, new: str) -> None:
    changed = notes.parse(note(key).replace(old, new))
    assert not notes.is_signed(changed, {key.kid: key.public})


def test_a_key_for_another_purpose_signs_no_checkpoint(key: SigningKey, tmp_path: Path) -> None:
    other = load_or_make_key(tmp_path, KeyPurpose.CODE)
    assert not notes.is_signed(notes.parse(note(other)), {other.kid: other.public})
    assert not notes.is_signed(notes.parse(note(key)), {other.kid: other.public})
    assert not notes.is_signed(notes.parse(note(key)), {})


@pytest.mark.parametrize("text", ["", "x", "a\n\n— b c\n", "portfolio/x/decision\n1\nAA==\nhead x\nat y\n\n— z AAAA\n"])
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="checkpoint"):
        notes.parse(text)
