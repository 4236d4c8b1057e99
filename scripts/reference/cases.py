"""The cases gathered so far, and the random numbers they are made of."""
import zlib

import torch

FLOATS = {"float32": torch.float32, "float64": torch.float64}

cases = []
groups = {}


def add_case(group, name, tensors, **facts):
    cases.append({"group": group, "name": name, **facts})
    for role, tensor in tensors.items():
        groups.setdefault(group, {})[f"{name}/{role}"] = tensor.detach().clone().contiguous()


class Draw:
    """Random numbers of a case: the same for each dtype, since they are drawn in float32."""

    def __init__(self, name, dtype=torch.float32):
        self.generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
        self.dtype = dtype

    def normal(self, *shape):
        return torch.randn(shape, generator=self.generator).to(self.dtype)

    def leaf(self, *shape):
        """A parameter, small enough that no softmax saturates: its gradient would be all rounding."""
        return (torch.randn(shape, generator=self.generator) * 0.3).to(self.dtype).requires_grad_()

    def integers(self, low, high, *shape):
        return torch.randint(low, high, shape, generator=self.generator)


def backward_of(output, draw, leaves):
    """The gradients of sum(output * cotangent), with the cotangent itself."""
    cotangent = draw.normal(*output.shape)
    gradients = torch.autograd.grad((output * cotangent).sum(), list(leaves.values()))
    return {"cotangent": cotangent} | {f"gradient.{k}": g for k, g in zip(leaves, gradients)}
