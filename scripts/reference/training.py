"""Twenty steps of full training, then twenty of LoRA, then the merge."""
import itertools

import torch

from .cases import FLOATS, Draw, add_case, choose, redraw
from .model import Model, loss_of, multi_hot

STEPS, BATCH = 20, 8
VOCABULARY, BAGS = 17, 40


def random_bags(draw, classes):
    chosen = [draw.normal(VOCABULARY) > 0.8 for _ in range(BAGS)]
    words = [mask.nonzero().flatten() for mask in chosen]
    offsets = torch.tensor([0] + [len(bag) for bag in words]).cumsum(0)
    return {"ids": torch.cat(words), "offsets": offsets, "labels": draw.integers(0, classes, BAGS)}


def train(model, x, bags, rows, mode, form, lr, weights):
    optimizer = torch.optim.SGD(list(model.trainable(mode).values()), lr=lr)
    losses = []
    for batch in rows.split(BATCH):
        loss = loss_of(model.logits(x[batch], mode == "on"), bags["labels"][batch], form, weights)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    assert len(losses) == STEPS
    return torch.stack(losses)


def snapshot(phase, values):
    return {f"{phase}.{name}": tensor.detach().clone() for name, tensor in values.items()}


def training_cases():
    plans = [("softmax", choose(7, 3, 30), 2, 1, 1, 0.1), ("logits", choose(8, 3, 30), 3, 2, 8, 0.01)]
    plans += [("logits", choose(8, 3, 30), 5, 1, 1, 0.01, (0.3, 1.55, 2.8, 0.7, 5.3))]
    for dtype_name, plan in itertools.product(FLOATS, plans):
        redraw(lambda attempt: training_case(attempt, dtype_name, *plan))


def training_case(attempt, dtype_name, form, hidden, classes, rank, alpha, lr, weights=None):
    dtype = FLOATS[dtype_name]
    prefix = "" if weights is None else "weighted-"
    draw = Draw(f"{prefix}training-{form}", dtype, attempt)
    model = Model(draw, VOCABULARY, hidden, classes, rank, alpha)
    bags = random_bags(draw, classes)
    x = multi_hot(bags, VOCABULARY, dtype)
    # The last batch is a partial one.
    rows = draw.integers(0, BAGS, 2, STEPS * BATCH - 3)
    tensors = bags | {"rows": rows} | snapshot("before", model.parameters())
    tensors["full.losses"] = train(model, x, bags, rows[0], "off", form, lr, weights)
    tensors |= snapshot("full", model.trainable("off"))
    tensors["lora.losses"] = train(model, x, bags, rows[1], "on", form, lr, weights)
    tensors |= snapshot("lora", model.trainable("on")) | {"lora.logits": model.logits(x, True)}
    with torch.no_grad():
        model.hidden.leaves["weight"] += model.hidden.delta()
    tensors |= {"merged.weight": model.hidden.leaves["weight"], "merged.logits": model.logits(x, False)}
    facts = {"vocabulary": VOCABULARY, "hidden": hidden, "classes": classes, "rank": rank, "alpha": alpha}
    facts |= {"loss": form, "lr": lr, "batchSize": BATCH, "dtype": dtype_name}
    facts |= {} if weights is None else {"classWeights": weights}
    terms = 2 * STEPS * (VOCABULARY + hidden + BATCH)
    add_case("training", f"{prefix}{form}-{dtype_name}", tensors, terms=terms, **facts)
