"""The masked CRC-32C of records, many at a time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from webapp.tensorboard.messages import checksum

TABLE = np.array(checksum.CRC_TABLE, np.uint32)
FEW = 16  # below that many of a length, one at a time is faster


def masked_checksums(blocks: Sequence[bytes]) -> NDArray[np.uint32]:
    """The checksum of each block, as event files keep it.

    Blocks of one length are taken together, byte by byte in columns: a curve's records are thousands of a length.
    """
    found = np.zeros(len(blocks), np.uint32)
    lengths = np.array([len(block) for block in blocks], np.int64)
    for length in np.unique(lengths):
        same = np.flatnonzero(lengths == length)
        chosen = [blocks[index] for index in same.tolist()]
        found[same] = [checksum.crc32c(block) for block in chosen] if len(chosen) < FEW else of_one_length(chosen)
    return ((found >> np.uint32(15)) | (found << np.uint32(17))) + np.uint32(0xA282EAD8)


def of_one_length(blocks: Sequence[bytes]) -> NDArray[np.uint32]:
    """The CRC-32C of blocks that are all as long as the first."""
    columns = np.frombuffer(b"".join(blocks), np.uint8).reshape(len(blocks), -1).T.astype(np.uint32)
    crc = np.full(len(blocks), 0xFFFFFFFF, np.uint32)
    for column in columns:
        crc = TABLE[(crc ^ column) & np.uint32(0xFF)] ^ (crc >> np.uint32(8))
    return ~crc
