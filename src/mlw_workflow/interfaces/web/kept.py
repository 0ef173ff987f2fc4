"""Parts of pages that were made before and would be made the same again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Made = TypeVar("Made")
MOST = 256


class Kept:
    """What was made under a key; of too many the longest unused go. Safe to share between threads.

    A key names everything that what is made depends on, so nothing ever has to be thrown away for being old.
    """

    def __init__(self, most: int = MOST) -> None:
        """Nothing yet."""
        self.most = most
        self._made: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What was made under the key, or is made now. Two threads may both make it; either is as good."""
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                found: Made = self._made[key]
                return found
        made = make()
        with self._lock:
            self._made[key] = made
            while len(self._made) > self.most:
                self._made.popitem(last=False)
        return made

    def forget(self, key: Hashable) -> None:
        """Drop what turned out to be only half of the answer."""
        with self._lock:
            self._made.pop(key, None)
