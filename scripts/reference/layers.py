"""The layers and the classifier: outputs, losses and gradients."""
import itertools

import torch
from torch.nn import functional as F

from .cases import FLOATS, Draw, add_case, backward_of
from .model import Hidden, Model, loss_of, multi_hot, small_bags

LOSSES = ("softmax", "logits")

def linear_cases():
    for dtype_name, dtype in FLOATS.items():
        for size, (count, inside, outside) in {"small": (4, 5, 3), "large": (5, 33, 9)}.items():
            draw = Draw(f"linear-{size}", dtype)
            leaves = {"weight": draw.leaf(outside, inside), "bias": draw.leaf(outside)}
            leaves["input"] = draw.leaf(count, inside)
            output = F.linear(leaves["input"], leaves["weight"], leaves["bias"])
            tensors = leaves | {"output": output} | backward_of(output, draw, leaves)
            facts = {"inFeatures": inside, "outFeatures": outside, "terms": count + inside + outside}
            add_case("layers", f"linear-{size}-{dtype_name}", tensors, layer="Linear", dtype=dtype_name, **facts)


def lora_cases():
    inside, outside = 9, 5
    bags = small_bags(inside, 2)
    branches = ((1, 1, False), (1, 1, True), (1, 8, True), (2, 1, True), (2, 8, True), (4, 8, True))
    for (dtype_name, dtype), (rank, alpha, enabled) in itertools.product(FLOATS.items(), branches):
        draw = Draw(f"lora-{rank}", dtype)
        hidden = Hidden(draw, inside, outside, rank, alpha)
        weight, bias, a, b = hidden.leaves.values()
        used = hidden.leaves if enabled else {"weight": weight, "bias": bias}
        facts = {"layer": "LoraLinear", "inFeatures": inside, "outFeatures": outside, "dtype": dtype_name}
        facts |= {"rank": rank, "alpha": alpha, "enabled": enabled, "terms": 2 * (inside + outside + 7)}
        name = f"{rank}-{alpha}-{'on' if enabled else 'off'}-{dtype_name}"
        x = draw.leaf(5, inside)
        output = hidden(x, enabled)
        tensors = hidden.leaves | {"input": x, "output": output, "delta": hidden.scale * torch.mm(a, b)}
        tensors |= backward_of(output, draw, used | {"input": x})
        add_case("layers", f"dense-{name}", tensors, input="dense", **facts)
        output = hidden(multi_hot(bags, inside, dtype), enabled)
        tensors = hidden.leaves | bags | {"output": output} | backward_of(output, draw, used)
        add_case("layers", f"bags-{name}", tensors, input="bags", **facts)


def cross_entropy_cases():
    for (dtype_name, dtype), form, classes in itertools.product(FLOATS.items(), LOSSES, (2, 3)):
        draw = Draw(f"cross-entropy-{classes}", dtype)
        logits = draw.normal(6, classes)
        logits[0], logits[1, 0] = 0, 50
        logits.requires_grad_()
        labels = draw.integers(0, classes, 6)
        loss = loss_of(logits, labels, form)
        loss.backward()
        tensors = {"logits": logits, "labels": labels, "loss": loss, "gradient": logits.grad}
        name = f"cross-entropy-{form}-{classes}-{dtype_name}"
        add_case("losses", name, tensors, loss=form, dtype=dtype_name, terms=6 * classes)


def classifier_cases():
    vocabulary = 9
    rows = torch.tensor([3, 0, 6, 6, 2, 1, 3])
    sizes = ((6, 2, 1, 1), (7, 3, 2, 8))
    for (dtype_name, dtype), form, (hidden, classes, rank, alpha), mode in itertools.product(
        FLOATS.items(), LOSSES, sizes, ("off", "on", "both")
    ):
        model = Model(Draw(f"classifier-{hidden}", dtype), vocabulary, hidden, classes, rank, alpha)
        bags = small_bags(vocabulary, classes)
        logits = model.logits(multi_hot(bags, vocabulary, dtype), mode != "off")
        loss = loss_of(logits[rows], bags["labels"][rows], form)
        trainable = model.trainable(mode)
        gradients = torch.autograd.grad(loss, list(trainable.values()), retain_graph=True)
        tensors = model.parameters() | bags | {"rows": rows, "logits": logits, "loss": loss}
        tensors |= {f"gradient.{name}": gradient for name, gradient in zip(trainable, gradients)}
        tensors["lossSum"] = loss_of(logits, bags["labels"], form) * len(bags["labels"])
        tensors["correct"] = (logits.argmax(1) == bags["labels"]).sum()
        facts = {"vocabulary": vocabulary, "hidden": hidden, "classes": classes, "rank": rank, "alpha": alpha}
        facts |= {"loss": form, "mode": mode, "dtype": dtype_name}
        facts["terms"] = 2 * (vocabulary + hidden + len(rows))
        add_case("classifier", f"{form}-{classes}-{mode}-{dtype_name}", tensors, **facts)
