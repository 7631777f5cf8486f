"""Inclusion paths against the definition, for every leaf of small trees, and planted faults in each."""

import hashlib

import pytest

from portfolio.audit.merkle import tree_of
from portfolio.audit.proofs import inclusion_path, root_of


def leaf(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest()


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 33])
def test_every_leaf_of_a_tree_is_proven_and_no_other(size: int) -> None:
    leaves = [leaf(number) for number in range(size)]
    root = tree_of(leaves).root
    for index in range(size):
        path = inclusion_path(leaves, index)
        assert root_of(leaves[index], index, size, path) == root
        assert root_of(leaf(size + 1), index, size, path) != root, "another leaf"
        assert root_of(leaves[index], index, size, [*path, leaf(0)]) != root, "a path too long"
        if path:
            assert root_of(leaves[index], index, size, path[:-1]) != root, "a path too short"
            assert root_of(leaves[index], index, size, [leaf(7), *path[1:]]) != root, "another neighbour"
            other = index + 1 if index + 1 < size else index - 1
            assert root_of(leaves[index], other, size, path) != root, "another place"


def test_the_path_of_the_published_example() -> None:
    """RFC 6962, section 2.1.3: with seven leaves the path of the fourth is [c, g, l]."""
    leaves = [leaf(number) for number in range(7)]
    first, last = tree_of(leaves[:2]).root, tree_of(leaves[4:]).root
    assert inclusion_path(leaves, 3) == [tree_of(leaves[2:3]).root, first, last]
