"""The number or the text in a TensorProto."""

from typing import Any

import numpy as np

from webapp.tensorboard.messages import DT_BFLOAT16, DT_HALF

TYPES = {
    1: "<f4",
    2: "<f8",
    3: "<i4",
    4: "u1",
    5: "<i2",
    6: "i1",
    9: "<i8",
    10: "?",
    17: "<u2",
    19: "<f2",
    22: "<u4",
    23: "<u8",
}
FIELDS = {1: "float_val", 2: "double_val", 9: "int64_val", 10: "bool_val"}  # int_val otherwise


def number_in(tensor: Any) -> float | None:
    """The only number of a tensor; None when it holds no number, or several."""
    if tensor.tensor_content:
        return number_in_content(tensor.dtype, tensor.tensor_content)
    if len(tensor.double_val) == 1:  # of a tensor of doubles; or of one of floats that we have written
        return float(tensor.double_val[0])
    if tensor.dtype in (DT_HALF, DT_BFLOAT16):
        return number_in_bits(tensor.dtype, tensor.half_val[0]) if len(tensor.half_val) == 1 else None
    if tensor.dtype not in TYPES:
        return None
    values = getattr(tensor, FIELDS.get(tensor.dtype, "int_val"))
    return float(values[0]) if len(values) == 1 else None


def number_in_content(dtype: int, content: bytes) -> float | None:
    """The number in a tensor's bytes."""
    if dtype == DT_BFLOAT16 and len(content) == 2:
        return number_in_bits(dtype, int.from_bytes(content, "little"))
    kind = TYPES.get(dtype)
    if kind is None or len(content) != np.dtype(kind).itemsize:
        return None
    return float(np.frombuffer(content, kind)[0])


def number_in_bits(dtype: int, bits: int) -> float:
    """A number of 16 bits, which stand in an int32: half precision, or the upper half of a float32."""
    if dtype == DT_HALF:
        return float(np.array(bits & 0xFFFF, "<u2").view("<f2"))
    return float(np.array((bits & 0xFFFF) << 16, "<u4").view("<f4"))


def text_in(tensor: Any) -> str:
    """The texts of a tensor, one under the other."""
    return "\n".join(text.decode(errors="replace") for text in tensor.string_val)
