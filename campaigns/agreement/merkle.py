"""Many letters under one digest: a Merkle tree in the manner of RFC 6962, over salted leaves.

Leaf: SHA-256(0x00 ‖ salt ‖ what the leaf says, in order ‖ SHA-256(canonical message)), each part with its length. Inner node: SHA-256(0x01
‖ left ‖ right). The salt keeps anybody from guessing the address behind a published leaf. A *branch* is the root of so many leaves in a
row; the root over branches is the root over their leaves, so that a few leaves are checked without reading all.
"""

import hashlib
from collections.abc import Sequence

BRANCH = 256  # leaves; a power of two, so that branches are nodes of the tree


def leaf(salt: bytes, says: tuple[str, ...], message_digest: bytes) -> bytes:
    """The digest that stands for one reader's letter; `says`: reader, address, and whatever else decides who is meant."""
    parts = (salt, *map(str.encode, says), message_digest)
    return hashlib.sha256(b"\x00" + b"".join([len(part).to_bytes(4, "big") + part for part in parts])).digest()  # a list joins quicker


def root(leaves: Sequence[bytes]) -> bytes:
    """The digest over all leaves, in order. Refuses an empty list: nobody is not an audience."""
    if not leaves:
        raise ValueError("a tree needs at least one leaf")
    level = leaves
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\x01" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
        level = [*pairs, level[-1]] if len(level) % 2 else pairs
    return level[0]


def branches(leaves: Sequence[bytes]) -> list[bytes]:
    """The roots of each BRANCH leaves in a row; the last may stand over fewer."""
    return [root(leaves[start : start + BRANCH]) for start in range(0, len(leaves), BRANCH)]
