"""The notebook's network and its input, small."""
import torch
from torch.nn import functional as F

from .cases import Draw

SMALLEST_HIDDEN = 1e-5


def small_bags(vocabulary, classes):
    """Bags as compressed rows: an empty one, one word, every word, and random ones."""
    draw = Draw(f"bags-{vocabulary}")
    chosen = [draw.normal(vocabulary) > threshold for threshold in (-0.5, 0, 0.3, 0.7)]
    words = [[], [vocabulary - 1], list(range(vocabulary))] + [mask.nonzero().flatten().tolist() for mask in chosen]
    return {
        "ids": torch.tensor([word for bag in words for word in bag]),
        "offsets": torch.tensor([0] + [len(bag) for bag in words]).cumsum(0),
        "labels": draw.integers(0, classes, len(words)),
    }


def multi_hot(bags, vocabulary, dtype):
    offsets = bags["offsets"].tolist()
    rows = torch.zeros(len(offsets) - 1, vocabulary, dtype=dtype)
    for row, (begin, end) in zip(rows, zip(offsets, offsets[1:])):
        row[bags["ids"][begin:end]] = 1
    return rows


class Hidden:
    """The notebook's LoRA layer: A is [out, rank], B is [rank, in]."""

    def __init__(self, draw, inside, outside, rank, alpha):
        shapes = dict(weight=(outside, inside), bias=(outside,), A=(outside, rank), B=(rank, inside))
        self.leaves = {name: draw.leaf(*shape) for name, shape in shapes.items()}
        self.scale = alpha / rank

    def __call__(self, x, enabled):
        weight, bias, a, b = self.leaves.values()
        return F.linear(x, weight + self.scale * torch.mm(a, b) if enabled else weight, bias)


def loss_of(logits, labels, form):
    return F.cross_entropy(F.softmax(logits, dim=1) if form == "softmax" else logits, labels)


class Model:
    """The notebook's network over bags."""

    def __init__(self, draw, vocabulary, hidden, classes, rank, alpha):
        self.hidden = Hidden(draw, vocabulary, hidden, rank, alpha)
        self.output = {"outputWeight": draw.leaf(classes, hidden), "outputBias": draw.leaf(classes)}

    def parameters(self):
        return self.hidden.leaves | self.output

    def logits(self, x, enabled):
        hidden = self.hidden(x, enabled)
        smallest = hidden.abs().min().item()
        assert smallest > SMALLEST_HIDDEN, f"a hidden unit is {smallest}: choose another seed"
        return F.linear(torch.relu(hidden), *self.output.values())

    def trainable(self, mode):
        frozen = {"off": ("A", "B"), "on": ("weight", "bias"), "both": ()}[mode]
        return {name: tensor for name, tensor in self.parameters().items() if name not in frozen}
