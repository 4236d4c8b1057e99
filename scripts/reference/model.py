"""The notebook's network and its input, small."""
import torch
from torch.nn import functional as F

from .cases import Draw, IllConditioned

SMALLEST_HIDDEN = 1e-5


def small_bags(vocabulary, classes):
    """Bags as compressed rows: an empty one, one word, every word, random ones, and one of them again."""
    draw = Draw(f"bags-{vocabulary}")
    chosen = [draw.normal(vocabulary) > threshold for threshold in (-0.5, 0, 0.3, 0.7)]
    words = [[], [vocabulary - 1], list(range(vocabulary))] + [mask.nonzero().flatten().tolist() for mask in chosen]
    words.append(words[3])
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

    def __init__(self, draw, inside, outside, rank, scale):
        shapes = dict(weight=(outside, inside), bias=(outside,), A=(outside, rank), B=(rank, inside))
        self.leaves = {name: draw.leaf(*shape) for name, shape in shapes.items()}
        self.scale = scale

    def delta(self):
        return self.scale * torch.mm(self.leaves["A"], self.leaves["B"])

    def __call__(self, x, enabled):
        weight = self.leaves["weight"]
        return F.linear(x, weight + self.delta() if enabled else weight, self.leaves["bias"])


def loss_of(logits, labels, form, weight=None):
    weight = None if weight is None else torch.tensor(weight, dtype=logits.dtype)
    return F.cross_entropy(F.softmax(logits, dim=1) if form == "softmax" else logits, labels, weight)


class Model:
    """The notebook's network over bags."""

    def __init__(self, draw, vocabulary, hidden, classes, rank, alpha):
        self.hidden = Hidden(draw, vocabulary, hidden, rank, alpha / rank)
        deviation = 0.3 * min(1, (8 / hidden) ** 0.5)
        self.output = {"outputWeight": draw.leaf(classes, hidden, deviation=deviation), "outputBias": draw.leaf(classes)}

    def parameters(self):
        return self.hidden.leaves | self.output

    def logits(self, x, enabled):
        hidden = self.hidden(x, enabled)
        if hidden.abs().min().item() < SMALLEST_HIDDEN:
            raise IllConditioned
        return F.linear(torch.relu(hidden), *self.output.values())

    def trainable(self, mode):
        frozen = {"off": ("A", "B"), "on": ("weight", "bias"), "both": ()}[mode]
        return {name: tensor for name, tensor in self.parameters().items() if name not in frozen}
