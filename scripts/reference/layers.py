"""The layers, the losses and the classifier: outputs, losses and gradients."""
import itertools
import math

import torch
from torch.nn import functional as F

from .cases import FLOATS, Draw, IllConditioned, add_case, backward_of, choose, redraw
from .model import Hidden, Model, loss_of, multi_hot, small_bags

LOSSES = ("softmax", "logits")
SMALLEST_PULL = 0.02
# Of classes, by their number.
WEIGHTS = {2: (0.3, 1.55), 5: (0.3, 1.55, 2.8, 0.7, 5.3)}


def linear_cases():
    sizes = {"small": (4, 5, 3), "large": (5, 33, 9)}
    for name, (count, inside, outside) in sizes.items():
        count, inside, outside = choose(count, 1, 9), choose(inside, 2, 70), choose(outside, 3, 40)
        bags = small_bags(inside, 2)
        for dtype_name, dtype in FLOATS.items():
            draw = Draw(f"linear-{name}", dtype)
            leaves = {"weight": draw.leaf(outside, inside), "bias": draw.leaf(outside)}
            tensors = leaves | {"ids": bags["ids"], "offsets": bags["offsets"]}
            for input_name, x in {"dense": draw.leaf(count, inside), "bags": multi_hot(bags, inside, dtype)}.items():
                output = F.linear(x, leaves["weight"], leaves["bias"])
                used = leaves | ({"input": x} if x.requires_grad else {})
                tensors |= {f"{input_name}.output": output} | backward_of(output, draw, used, f"{input_name}.")
                tensors |= {"input": x} if x.requires_grad else {}
            facts = {"inFeatures": inside, "outFeatures": outside, "terms": 8 + count + inside + outside}
            add_case("layers", f"linear-{name}-{dtype_name}", tensors, layer="Linear", dtype=dtype_name, **facts)


# rank, alpha, how the branch is scaled (rsLoRA: Kalajdzievski 2023), whether it is on
BRANCHES = [(rank, alpha, "lora", True) for rank in (1, 4, 16) for alpha in (1, 8)]
BRANCHES += [(1, 1, "lora", False), (4, 8, "rslora", True), (16, 1, "rslora", True)]


def lora_cases():
    for rank, alpha, scaling, enabled in BRANCHES:
        inside, outside = (choose(17, 16, 40), choose(16, 16, 40)) if rank == 16 else (choose(9, 4, 40), choose(5, 4, 40))
        bags = small_bags(inside, 2)
        for dtype_name, dtype in FLOATS.items():
            draw = Draw(f"lora-{rank}", dtype)
            scale = alpha / (math.sqrt(rank) if scaling == "rslora" else rank)
            hidden = Hidden(draw, inside, outside, rank, scale)
            trained = ("weight", "bias", "A", "B") if enabled else ("weight", "bias")
            used = {name: hidden.leaves[name] for name in trained}
            x = draw.leaf(5, inside)
            tensors = hidden.leaves | bags | {"input": x, "delta": hidden.delta()}
            if enabled:
                tensors["merged"] = hidden.leaves["weight"] + tensors["delta"]
            output = hidden(x, enabled)
            tensors |= {"dense.output": output} | backward_of(output, draw, used | {"input": x}, "dense.")
            output = hidden(multi_hot(bags, inside, dtype), enabled)
            tensors |= {"bags.output": output} | backward_of(output, draw, used, "bags.")
            facts = {"layer": "LoraLinear", "inFeatures": inside, "outFeatures": outside, "dtype": dtype_name}
            facts |= {"rank": rank, "alpha": alpha, "scale": scale, "enabled": enabled}
            name = f"{scaling}-{rank}-{alpha}-{'on' if enabled else 'off'}-{dtype_name}"
            add_case("layers", name, tensors, **facts, terms=2 * (inside + outside + rank + 8))


def cross_entropy_cases():
    for dtype_name, form, classes in itertools.product(FLOATS, LOSSES, (2, 3)):
        cross_entropy_case(dtype_name, form, classes)
    for dtype_name, form, (classes, weights) in itertools.product(FLOATS, LOSSES, WEIGHTS.items()):
        cross_entropy_case(dtype_name, form, classes, weights)


def cross_entropy_case(dtype_name, form, classes, weights=None):
    draw = Draw(f"cross-entropy-{classes}", FLOATS[dtype_name])
    logits = draw.normal(6, classes)
    logits[0], logits[1, 0] = 0, 50
    logits.requires_grad_()
    labels = draw.integers(0, classes, 6)
    loss = loss_of(logits, labels, form, weights)
    loss.backward()
    tensors = {"logits": logits, "labels": labels, "loss": loss, "gradient": logits.grad}
    name = f"{prefix_of(weights)}cross-entropy-{form}-{classes}-{dtype_name}"
    facts = {"loss": form, "dtype": dtype_name, "terms": 6 * classes} | weights_of(weights)
    add_case("losses", name, tensors, **facts)


def prefix_of(weights):
    return "" if weights is None else "weighted-"


def weights_of(weights):
    return {} if weights is None else {"classWeights": weights}


def classifier_cases():
    # vocabulary, hidden, classes, rank, alpha; the last is wider than the kernels' widest tile twice over
    sizes = [(9, choose(6, 4, 40), 2, 1, 1), (9, choose(7, 4, 40), 3, choose(2, 2, 4), 8)]
    plans = list(itertools.product(sizes, LOSSES, ("off", "on", "both")))
    plans += [((4, choose(430, 420, 500), 2, 2, 1), "softmax", mode) for mode in ("off", "on")]
    sizes = {classes: (9, choose(7, 4, 40), classes, 2, 8) for classes in WEIGHTS}
    plans += [(sizes[k], form, mode, WEIGHTS[k]) for k in WEIGHTS for form in LOSSES for mode in ("off", "on")]
    for (dtype_name, dtype), plan in itertools.product(FLOATS.items(), plans):
        redraw(lambda attempt: classifier_case(attempt, dtype_name, dtype, *plan))


def classifier_case(attempt, dtype_name, dtype, sizes, form, mode, weights=None):
    vocabulary, hidden, classes, rank, alpha = sizes
    rows = torch.tensor([3, 0, 6, 6, 2, 1, 3])
    model = Model(Draw(f"classifier-{hidden}", dtype, attempt), vocabulary, hidden, classes, rank, alpha)
    bags = small_bags(vocabulary, classes)
    logits = model.logits(multi_hot(bags, vocabulary, dtype), mode != "off")
    used = logits[rows]
    loss = loss_of(used, bags["labels"][rows], form, weights)
    # The gradient of the output bias: examples of both classes pull it to either side.
    if torch.autograd.grad(loss, used, retain_graph=True)[0].sum(0).abs().max().item() < SMALLEST_PULL:
        raise IllConditioned
    trainable = model.trainable(mode)
    gradients = torch.autograd.grad(loss, list(trainable.values()), retain_graph=True)
    tensors = model.parameters() | bags | {"rows": rows, "logits": logits, "loss": loss}
    tensors |= {f"gradient.{name}": gradient for name, gradient in zip(trainable, gradients)}
    tensors["lossSum"] = loss_of(logits, bags["labels"], form) * len(bags["labels"])
    tensors["correct"] = (logits.argmax(1) == bags["labels"]).sum()
    facts = {"vocabulary": vocabulary, "hidden": hidden, "classes": classes, "rank": rank, "alpha": alpha}
    facts |= {"loss": form, "mode": mode, "dtype": dtype_name} | weights_of(weights)
    facts["terms"] = 2 * (vocabulary + hidden + len(rows))
    name = f"{form}-{hidden if weights is None else classes}-{mode}-{dtype_name}"
    add_case("classifier", prefix_of(weights) + name, tensors, **facts)

