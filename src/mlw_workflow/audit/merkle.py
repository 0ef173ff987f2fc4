"""The Merkle tree of RFC 6962 (section 2.1): roots, inclusion and consistency proofs, covers of many leaves.

A tree is known here by a function ``node(level, index)`` that hands out the hash of a complete subtree: level 0 is the
leaves, ``node(8, 3)`` the root of leaves 768 to 1023. Where those hashes are kept is nobody's business here.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Node = Callable[[int, int], bytes]

HASH_SIZE = 32
EMPTY_ROOT: Final = sha256(b"").digest()
"""The root of a tree without leaves."""


class ProofInvalid(ValueError):
    """A proof that does not lead where it should. ``code``: ``proof_size``, ``proof_length`` or ``proof_root``."""

    def __init__(self, code: str) -> None:
        """Keep the code; a proof has nothing else to tell."""
        self.code = code
        super().__init__(code)


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256 of a byte 1 and both children's hashes."""
    return sha256(b"\x01" + left + right).digest()


class Peaks:
    """A tree that grows to the right, known by the roots of its complete subtrees: memory grows with the logarithm."""

    __slots__ = ("_peaks", "size")

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        """A tree of ``size`` leaves; ``peaks`` are the roots of its complete subtrees, the largest first."""
        self.size = size
        self._peaks = list(peaks)
        if len(self._peaks) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} peaks")

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash on the right."""
        peaks, carry = self._peaks, self.size
        while carry & 1:
            leaf = sha256(b"\x01" + peaks.pop() + leaf).digest()
            carry >>= 1
        peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root of the tree as it is."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def peak_places(size: int) -> Iterator[tuple[int, int]]:
    """Level and index of the complete subtrees that make up a tree, the largest first."""
    start = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            yield level, start >> level
            start += 1 << level


def peaks_of(size: int, node: Node) -> Peaks:
    """The tree of the first ``size`` leaves, to be grown further."""
    return Peaks(size, (node(level, index) for level, index in peak_places(size)))


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over these leaf hashes."""
    tree = Peaks()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def _split(first: int, end: int) -> int:
    """Where RFC 6962 splits these leaves: after the largest power of two smaller than their number."""
    return first + (1 << (end - first - 1).bit_length() - 1)


def span_root(first: int, end: int, node: Node) -> bytes:
    """The root over the leaves from ``first`` to before ``end``, a span that the splitting of a tree leads to."""
    count = end - first
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, first >> level)
    middle = _split(first, end)
    return node_hash(span_root(first, middle, node), span_root(middle, end, node))


# Inclusion (RFC 9162, 2.1.3)


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """The hashes that lead from a leaf to the root of the tree of ``size`` leaves, the leaf's sibling first.

    Raises IndexError for a leaf that the tree does not have.
    """
    if not 0 <= index < size:
        raise IndexError(f"a tree of {size} leaves has no leaf {index}")
    path: list[bytes] = []
    first, end = 0, size
    while end - first > 1:
        middle = _split(first, end)
        if index < middle:
            path.append(span_root(middle, end, node))
            end = middle
        else:
            path.append(span_root(first, middle, node))
            first = middle
    path.reverse()
    return path


def root_from_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """The root that an inclusion proof leads to (RFC 9162, 2.1.3.2); to be compared with one that is trusted.

    Raises ProofInvalid where the proof has the wrong form for this leaf and size.
    """
    if not 0 <= index < size:
        raise ProofInvalid("proof_size")
    position, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0 or len(sibling) != HASH_SIZE:
            raise ProofInvalid("proof_length")
        if position & 1 or position == last:
            root = node_hash(sibling, root)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            root = node_hash(root, sibling)
        position >>= 1
        last >>= 1
    if last:
        raise ProofInvalid("proof_length")
    return root


# Consistency (RFC 9162, 2.1.4)


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """The hashes which show that the tree of ``new`` leaves begins with that of ``old``.

    Empty for equal sizes and for 0. Raises IndexError unless 0 ≤ old ≤ new.
    """
    if not 0 <= old <= new:
        raise IndexError(f"no tree of {new} leaves grew from one of {old}")
    if old in (0, new):
        return []
    path: list[bytes] = []
    first, end, known = 0, new, True
    while end != old:
        middle = _split(first, end)
        if old <= middle:
            path.append(span_root(middle, end, node))
            end = middle
        else:
            path.append(span_root(first, middle, node))
            first, known = middle, False
    if not known:
        path.append(span_root(first, end, node))
    path.reverse()
    return path


def check_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> None:
    """Check that the larger tree begins with the smaller (RFC 9162, 2.1.4.2). Raises ProofInvalid if it does not."""
    if not 0 <= old <= new:
        raise ProofInvalid("proof_size")
    if old in (0, new):
        if path:
            raise ProofInvalid("proof_length")
        found = (old_root, new_root) if old else (EMPTY_ROOT, new_root)
        found = (new_root, new_root) if old == new else found
    else:
        steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
        found = _both_roots(old, new, steps)
    if found != (old_root, new_root):
        raise ProofInvalid("proof_root")


def _both_roots(old: int, new: int, steps: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots of the smaller and of the larger tree that a proof leads to."""
    if not steps or any(len(step) != HASH_SIZE for step in steps):
        raise ProofInvalid("proof_length")
    position, last = old - 1, new - 1
    while position & 1:
        position >>= 1
        last >>= 1
    old_found = new_found = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise ProofInvalid("proof_length")
        if position & 1 or position == last:
            old_found, new_found = node_hash(step, old_found), node_hash(step, new_found)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            new_found = node_hash(new_found, step)
        position >>= 1
        last >>= 1
    if last:
        raise ProofInvalid("proof_length")
    return old_found, new_found


# A cover: one proof for many leaves


def cover(size: int, spans: Sequence[tuple[int, int]], node: Node) -> list[bytes]:
    """What somebody who has the leaves of ``spans`` lacks in order to compute the root of the tree of ``size`` leaves.

    ``spans`` are (first, end) in order and apart from each other. The hashes are those of the largest subtrees without
    a leaf in a span, from left to right: for one leaf its inclusion proof in another order, for all leaves none.
    """
    lacking: list[bytes] = []

    def walk(first: int, end: int, low: int, high: int) -> None:
        """``low`` to ``high``: which spans can touch these leaves."""
        while low < high and spans[low][1] <= first:
            low += 1
        while low < high and spans[high - 1][0] >= end:
            high -= 1
        if low == high:
            lacking.append(span_root(first, end, node))
        elif not (spans[low][0] <= first and end <= spans[low][1]):
            middle = _split(first, end)
            walk(first, middle, low, high)
            walk(middle, end, low, high)

    if size:
        walk(0, size, 0, len(spans))
    return lacking


def root_from_cover(
    size: int, spans: Sequence[tuple[int, int]], leaves: Iterable[bytes], lacking: Iterable[bytes]
) -> bytes:
    """The root that the leaves of ``spans``, in order, and a cover lead to. Holds one path of the tree in memory.

    Raises ProofInvalid where there are too many or too few of either, or the spans do not fit the tree.
    """
    end_before = 0
    for first, end in spans:
        if not end_before <= first < end <= size:
            raise ProofInvalid("proof_size")
        end_before = end
    known, missing = iter(leaves), iter(lacking)

    def of(first: int, end: int, low: int, high: int) -> bytes:
        while low < high and spans[low][1] <= first:
            low += 1
        while low < high and spans[high - 1][0] >= end:
            high -= 1
        if low == high:
            return _following(missing)
        if spans[low][0] <= first and end <= spans[low][1]:
            tree = Peaks()
            for _ in range(end - first):
                tree.append(_following(known))
            return tree.root()
        middle = _split(first, end)
        left = of(first, middle, low, high)
        return node_hash(left, of(middle, end, low, high))

    root = of(0, size, 0, len(spans)) if size else EMPTY_ROOT
    if next(known, None) is not None or next(missing, None) is not None:
        raise ProofInvalid("proof_length")
    return root


def _following(hashes: Iterator[bytes]) -> bytes:
    found = next(hashes, None)
    if found is None or len(found) != HASH_SIZE:
        raise ProofInvalid("proof_length")
    return found
