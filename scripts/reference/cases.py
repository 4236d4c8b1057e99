"""The cases gathered so far, and the random numbers they are made of."""
import itertools
import random
import zlib

import torch

FLOATS = {"float32": torch.float32, "float64": torch.float64}

cases = []
groups = {}

# What fresh cases are drawn from; None while the committed ones are made, which have fixed sizes and seeds.
fresh = None


def draw_fresh_cases(seed):
    global fresh
    fresh = random.Random(seed)


def choose(committed, low, high):
    """A size: the committed one, or for fresh cases one of low .. high."""
    return committed if fresh is None else fresh.randint(low, high)


def seeds(*committed):
    """Seeds for torch: the committed ones, or for fresh cases as many others."""
    return committed if fresh is None else tuple(fresh.randrange(2**63) for _ in committed)


def add_case(group, name, tensors, **facts):
    cases.append({"group": group, "name": name, **facts})
    for role, tensor in tensors.items():
        groups.setdefault(group, {})[f"{name}/{role}"] = tensor.detach().clone().contiguous()


class IllConditioned(Exception):
    """Rounding could flip a ReLU, or a sum cancels so far that little but rounding is left."""


def redraw(make):
    """`make(attempt)` of the first attempt whose numbers can be compared."""
    for attempt in itertools.count():
        try:
            return make(attempt)
        except IllConditioned:
            pass


class Draw:
    """Random numbers of a case: the same for each dtype, since they are drawn in float32."""

    salt = None

    def __init__(self, name, dtype=torch.float32, attempt=0):
        if fresh is not None and Draw.salt is None:
            Draw.salt = fresh.randrange(2**32)
        key = name + (f"/{attempt}" if attempt else "") + (f"/{Draw.salt}" if Draw.salt is not None else "")
        self.generator = torch.Generator().manual_seed(zlib.crc32(key.encode()))
        self.dtype = dtype

    def normal(self, *shape):
        return torch.randn(shape, generator=self.generator).to(self.dtype)

    def leaf(self, *shape, deviation=0.3):
        """A parameter, small enough that no softmax saturates: its gradient would be all rounding."""
        return (torch.randn(shape, generator=self.generator) * deviation).to(self.dtype).requires_grad_()

    def integers(self, low, high, *shape):
        return torch.randint(low, high, shape, generator=self.generator)


def backward_of(output, draw, leaves, prefix=""):
    """The gradients of sum(output * cotangent), with the cotangent itself."""
    cotangent = draw.normal(*output.shape)
    gradients = torch.autograd.grad((output * cotangent).sum(), list(leaves.values()))
    tensors = {"cotangent": cotangent} | {f"gradient.{k}": g for k, g in zip(leaves, gradients)}
    return {prefix + role: tensor for role, tensor in tensors.items()}
