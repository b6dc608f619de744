"""A convolution and what belongs to it: (batch normalisation and) ReLU."""

from dlcore.layers.batch_norm import BatchNorm
from dlcore.layers.conv import Conv
from dlcore.layers.layer import Layer
from dlcore.layers.relu import ReLU


def conv_unit(
    filters: int,
    size: int,
    width: int | None = None,
    *,
    stride: int = 1,
    same: bool = True,
    groups: int = 1,
    bias: bool = False,
    batch_norm: bool = True,
    eps: float = 1e-5,
) -> list[Layer]:
    """Convolution, batch normalisation, ReLU; padded to the same size, or not at all.

    With batch normalisation the convolution has no bias of its own unless ``bias`` says so, since β is one.
    """
    bias = bias or not batch_norm
    conv = Conv(filters=filters, size=size, width=width, stride=stride, same=same, groups=groups, bias=bias)
    return [conv, BatchNorm(eps=eps), ReLU()] if batch_norm else [conv, ReLU()]
