"""The tree of RFC 6962: its known vectors, an independent library, and any tree that hypothesis thinks of."""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlw_workflow.audit.merkle import (
    EMPTY_ROOT,
    Peaks,
    ProofInvalid,
    check_consistency,
    consistency_proof,
    cover,
    inclusion_proof,
    root_from_cover,
    root_from_inclusion,
    root_of,
)
from mlw_workflow.audit.seal import leaf_hash
from mlw_workflow.audit.tiles import TILE_SIZE, Growing, TileMissing, node_of, root_at, tile_root

VECTORS = [
    bytes.fromhex(data)
    for data in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
"""The inputs of the reference implementation of Certificate Transparency, and the roots of their first n leaves."""
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(data) for data in VECTORS]


class Kept:
    """A tree kept in tiles, in memory."""

    def __init__(self, leaves: list[bytes], step: int = 1_000_000) -> None:
        self.stored: dict[tuple[int, int], bytes] = {}
        self.size = 0
        for first in range(0, len(leaves), step):
            growing = Growing(self.size, self.tile)
            for leaf in leaves[first : first + step]:
                growing.append(leaf)
            for level, position, hashes in growing.changed():
                self.stored[level, position] = hashes
            self.size = growing.size

    def tile(self, level: int, position: int) -> bytes:
        if (level, position) not in self.stored:
            raise TileMissing(level, position)
        return self.stored[level, position]

    def node(self, level: int, index: int) -> bytes:
        return node_of(self.tile)(level, index)


def many(count: int) -> list[bytes]:
    return [sha256(str(number).encode()).digest() for number in range(count)]


def test_the_roots_of_the_reference_implementation() -> None:
    """Certificate Transparency's own vectors, the empty tree included."""
    assert sha256().digest() == EMPTY_ROOT == root_of([])
    for count, root in enumerate(ROOTS, start=1):
        assert root_of(LEAVES[:count]).hex() == root


def test_the_inclusion_proofs_of_the_reference_implementation() -> None:
    """Its published paths for leaves 1, 6, 3, 2 and 5 (counted from one) of trees of 1, 8, 8, 3 and 5."""
    tree = Kept(LEAVES)
    assert inclusion_proof(0, 1, tree.node) == []
    assert [step.hex() for step in inclusion_proof(0, 8, tree.node)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [step.hex() for step in inclusion_proof(5, 8, tree.node)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [step.hex() for step in inclusion_proof(2, 3, tree.node)] == [ROOTS[1]]


def test_the_consistency_proofs_of_the_reference_implementation() -> None:
    """Its published proofs from 1 to 8 and from 6 to 8."""
    tree = Kept(LEAVES)
    assert consistency_proof(1, 1, tree.node) == []
    assert [step.hex() for step in consistency_proof(1, 8, tree.node)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [step.hex() for step in consistency_proof(6, 8, tree.node)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_an_independent_library_agrees_on_every_small_tree() -> None:
    """pymerkle has the same roots, and accepts as many proofs as ours have steps, for all trees up to 40 leaves."""
    data = [f"entry {number}".encode() for number in range(40)]
    theirs = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in data:
        theirs.append_entry(entry)
    ours = Kept([leaf_hash(entry) for entry in data])
    for size in range(1, 41):
        assert theirs.get_root(size) == root_at(size, ours.tile)
        state = theirs.get_root(size)
        for index in range(size):
            leaf, proof = leaf_hash(data[index]), theirs.prove_inclusion(index + 1, size)
            pymerkle.verify_inclusion(leaf, root_at(size, ours.tile), proof)
            assert root_from_inclusion(index, size, leaf, inclusion_proof(index, size, ours.node)) == state
        for old in range(1, size + 1):
            pymerkle.verify_consistency(root_at(old, ours.tile), state, theirs.prove_consistency(old, size))
            path = consistency_proof(old, size, ours.node)
            check_consistency(old, size, theirs.get_root(old), state, path)


@given(st.integers(1, 3_000), st.data())
def test_proofs_hold_and_every_flipped_byte_is_found(size: int, data: st.DataObject) -> None:
    """For any tree, leaf and earlier size; with any one byte of a proof changed it does not hold."""
    tree = Kept(many(size), step=data.draw(st.integers(1, 3_000)))
    root = root_at(size, tree.tile)
    assert root == root_of(many(size))
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_proof(index, size, tree.node)
    leaf = many(size)[index]
    assert root_from_inclusion(index, size, leaf, path) == root
    old = data.draw(st.integers(1, size))
    proof = consistency_proof(old, size, tree.node)
    check_consistency(old, size, root_at(old, tree.tile), root, proof)
    for steps in (path, proof):
        if not steps:
            continue
        at, byte = data.draw(st.integers(0, len(steps) - 1)), data.draw(st.integers(0, 31))
        wrong = list(steps)
        wrong[at] = (
            wrong[at][:byte] + bytes([wrong[at][byte] ^ 1 << data.draw(st.integers(0, 7))]) + wrong[at][byte + 1 :]
        )
        if steps is path:
            assert root_from_inclusion(index, size, leaf, wrong) != root
        else:
            with pytest.raises(ProofInvalid):
                check_consistency(old, size, root_at(old, tree.tile), root, wrong)
        for other in (steps[:-1], [*steps, steps[0]]):
            with pytest.raises(ProofInvalid):
                _ = (
                    root_from_inclusion(index, size, leaf, other)
                    if steps is path
                    else check_consistency(old, size, root_at(old, tree.tile), root, other)  # type: ignore[func-returns-value]
                )


@given(st.integers(1, 600), st.data())
def test_a_cover_gives_the_root_back(size: int, data: st.DataObject) -> None:
    """Whatever spans are taken out of a tree."""
    tree = Kept(many(size))
    cuts = sorted(data.draw(st.sets(st.integers(0, size), max_size=12)))
    spans = list(pairwise(cuts))[:: data.draw(st.integers(1, 2))]
    lacking = cover(size, spans, tree.node)
    leaves = [leaf for first, end in spans for leaf in many(size)[first:end]]
    assert root_from_cover(size, spans, leaves, lacking) == root_at(size, tree.tile)


def test_a_tree_grown_in_steps_is_the_tree_made_at_once() -> None:
    """Across the edges of tiles the same tiles are stored, and their roots are those of the leaves."""
    leaves = many(70_000)
    whole, stepped = Kept(leaves), Kept(leaves, step=311)
    assert whole.stored == stepped.stored
    assert root_at(70_000, whole.tile) == root_of(leaves)
    peaks = Peaks()
    for leaf in leaves[:65_537]:
        peaks.append(leaf)
    assert root_at(65_537, whole.tile) == peaks.root()


def test_a_tile_that_is_short_or_missing_is_told() -> None:
    """Instead of a root over what happens to be there."""
    tree = Kept(many(300))
    tree.stored[0, 1] = tree.stored[0, 1][:-32]
    with pytest.raises(TileMissing):
        root_at(300, tree.tile)
    with pytest.raises(TileMissing):
        Growing(300, tree.tile)
    del tree.stored[0, 0]
    with pytest.raises(TileMissing):
        node_of(tree.tile)(0, 3)
    assert tile_root(bytes(TILE_SIZE)) == root_of([bytes(32)] * 256)
