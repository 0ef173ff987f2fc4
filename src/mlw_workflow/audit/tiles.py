"""A tree kept in tiles (c2sp.org/tlog-tiles): 256 hashes side by side, of leaves or of whole tiles of the level below.

A tree of a million leaves is 3,923 tiles of at most 8 KiB. Whatever is asked of it reads a few of them; growing it
writes those at its right edge. Nothing between tiles' levels is stored, because a tile gives its inner hashes quickly.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from mlw_workflow.audit.merkle import EMPTY_ROOT, HASH_SIZE, peaks_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Tile = Callable[[int, int], bytes]

LEVELS = 8
"""Levels of the tree in a tile."""
WIDTH = 1 << LEVELS
TILE_SIZE = WIDTH * HASH_SIZE


class TileMissing(LookupError):
    """A tile that the tree must have is gone, or shorter than the tree says."""

    def __init__(self, level: int, position: int) -> None:
        """Keep the place."""
        self.level = level
        self.position = position
        super().__init__(f"tile {level}/{position}")


def tile_root(hashes: bytes) -> bytes:
    """The root over the hashes of a tile, or of an aligned part of one: a power of two of them."""
    while len(hashes) > HASH_SIZE:
        hashes = b"".join(
            [sha256(b"\x01" + hashes[at : at + 2 * HASH_SIZE]).digest() for at in range(0, len(hashes), 2 * HASH_SIZE)]
        )
    return hashes


def node_of(tile: Tile) -> Callable[[int, int], bytes]:
    """The function ``node(level, index)`` that ``merkle`` asks for, from one that hands out tiles.

    It raises TileMissing where a tile is too short. ``tile`` may be asked for the same one again and again.
    """

    def node(level: int, index: int) -> bytes:
        tile_level, inside = divmod(level, LEVELS)
        position, first = divmod(index << inside, WIDTH)
        hashes = tile(tile_level, position)[first * HASH_SIZE : (first + (1 << inside)) * HASH_SIZE]
        if len(hashes) != HASH_SIZE << inside:
            raise TileMissing(tile_level, position)
        return tile_root(hashes)

    return node


def root_at(size: int, tile: Tile) -> bytes:
    """The root of the tree's first ``size`` leaves. Raises TileMissing."""
    return peaks_of(size, node_of(tile)).root() if size else EMPTY_ROOT


def widths(size: int) -> Iterator[tuple[int, int]]:
    """For each level of tiles, how many hashes a tree of that size has there."""
    level = 0
    while size:
        yield level, size
        level, size = level + 1, size >> LEVELS


class Growing:
    """A tree to which leaves are added on the right. ``tile`` hands out what is stored of it."""

    def __init__(self, size: int, tile: Tile) -> None:
        """The tree as it is stored. Raises TileMissing."""
        self.size = size
        self._stored = tile
        self._full: dict[tuple[int, int], bytes] = {}
        self._edge: list[bytearray] = []
        self._counts: list[int] = []
        for level, count in widths(size):
            kept = count % WIDTH * HASH_SIZE
            hashes = tile(level, count // WIDTH)[:kept] if kept else b""
            if len(hashes) != kept:
                raise TileMissing(level, count // WIDTH)
            self._edge.append(bytearray(hashes))
            self._counts.append(count)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        self.size += 1
        level = 0
        while True:
            if level == len(self._edge):
                self._edge.append(bytearray())
                self._counts.append(0)
            edge = self._edge[level]
            edge += leaf
            self._counts[level] += 1
            if len(edge) < TILE_SIZE:
                return
            whole = bytes(edge)
            self._full[level, self._counts[level] // WIDTH - 1] = whole
            edge.clear()
            leaf = tile_root(whole)
            level += 1

    def tile(self, level: int, position: int) -> bytes:
        """A tile of the tree as it has grown."""
        if level < len(self._edge):
            if position == self._counts[level] // WIDTH:
                return bytes(self._edge[level])
            found = self._full.get((level, position))
            if found is not None:
                return found
        return self._stored(level, position)

    def root(self) -> bytes:
        """The root of the tree as it has grown."""
        return root_at(self.size, self.tile)

    def changed(self) -> Iterator[tuple[int, int, bytes]]:
        """The tiles to be written: level, position, hashes. An edge that did not grow is among them."""
        for (level, position), hashes in self._full.items():
            yield level, position, hashes
        for level, edge in enumerate(self._edge):
            if edge:
                yield level, self._counts[level] // WIDTH, bytes(edge)
