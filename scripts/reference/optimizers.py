"""Every optimiser of torch.optim that the package has, step by step."""
import itertools

import torch
from torch import nn
from torch.nn import functional as F

from .cases import FLOATS, Draw, IllConditioned, add_case, redraw
from .model import SMALLEST_HIDDEN, loss_of

STEPS, BATCH = 20, 6
VOCABULARY, BAGS, HIDDEN, CLASSES = 23, 30, 5, 3
LR = 0.05
# After which steps, from 1, the parameters are kept: the losses show the others.
KEPT = [1, STEPS]

# Of the package's class and of torch's: the options, with the names that both share but for weight_decay.
OPTIMIZERS = {
    "sgd": ("Sgd", torch.optim.SGD, {}),
    "sgd-decay": ("Sgd", torch.optim.SGD, {"weight_decay": 0.1}),
    "sgd-momentum": ("Sgd", torch.optim.SGD, {"momentum": 0.9}),
    "sgd-dampening": ("Sgd", torch.optim.SGD, {"momentum": 0.8, "dampening": 0.3, "weight_decay": 0.01}),
    "sgd-nesterov": ("Sgd", torch.optim.SGD, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    "adam": ("Adam", torch.optim.Adam, {}),
    "adam-decay": ("Adam", torch.optim.Adam, {"betas": [0.8, 0.95], "eps": 1e-3, "weight_decay": 0.1}),
    "adamw": ("AdamW", torch.optim.AdamW, {}),
    "adamw-decay": ("AdamW", torch.optim.AdamW, {"betas": [0.8, 0.95], "eps": 1e-3, "weight_decay": 0.2}),
    "sparse-adam": ("SparseAdam", torch.optim.SparseAdam, {}),
    "sparse-adam-betas": ("SparseAdam", torch.optim.SparseAdam, {"betas": [0.8, 0.95], "eps": 1e-3}),
}
IN_ALL_VARIANTS = ("sgd", "sgd-nesterov", "adamw-decay", "sparse-adam")
SCHEDULE = 1 - torch.arange(STEPS, dtype=torch.float64) / (STEPS + 1)


def camel(options):
    return {"weightDecay" if name == "weight_decay" else name: value for name, value in options.items()}


def snapshots(step, parameters, history):
    for name, tensor in parameters.items() if step + 1 in KEPT else ():
        history.setdefault(name, []).append(tensor.detach().clone())


def dense_cases():
    """Given gradients on a matrix and a vector, in groups with a learning rate of their own."""
    for (name, (kind, make, options)), (dtype_name, dtype) in itertools.product(OPTIMIZERS.items(), FLOATS.items()):
        if kind == "SparseAdam":
            continue
        draw = Draw(f"optimizer-{name}", dtype)
        leaves = {"matrix": draw.leaf(3, 5), "vector": draw.leaf(4)}
        tensors = {f"before.{leaf}": tensor.detach().clone() for leaf, tensor in leaves.items()}
        gradients = {leaf: draw.normal(STEPS, *tensor.shape) for leaf, tensor in leaves.items()}
        groups = [{"params": [leaves["matrix"]]}, {"params": [leaves["vector"]], "lr": LR / 2}]
        optimizer = make(groups, lr=LR, **options)
        history = {}
        for step in range(STEPS):
            for leaf, tensor in leaves.items():
                tensor.grad = gradients[leaf][step].clone()
            optimizer.step()
            snapshots(step, leaves, history)
        tensors |= {f"gradient.{leaf}": tensor for leaf, tensor in gradients.items()}
        tensors |= {f"after.{leaf}": torch.stack(steps) for leaf, steps in history.items()}
        for index, state in optimizer.state_dict()["state"].items():
            kept = {key: value for key, value in state.items() if torch.is_tensor(value) and value.dim() > 0}
            tensors |= {f"state.{index}.{key}": value for key, value in kept.items()}
        facts = {"optimizer": kind, "options": {"lr": LR} | camel(options), "kept": KEPT}
        add_case("optimizers", f"{name}-{dtype_name}", tensors, dtype=dtype_name, terms=STEPS, **facts)


def random_bags(draw, values):
    """Rare words, so that many columns get no gradient from a batch; some bags are empty."""
    chosen = [draw.normal(VOCABULARY) > 1 for _ in range(BAGS)]
    words = [mask.nonzero().flatten() for mask in chosen]
    words[3] = words[3][:0]
    bags = {"ids": torch.cat(words), "offsets": torch.tensor([0] + [len(bag) for bag in words]).cumsum(0)}
    bags["labels"] = draw.integers(0, CLASSES, BAGS)
    if values:
        bags["values"] = draw.normal(len(bags["ids"])).float()
    return bags


class BagModel:
    """The network over nn.EmbeddingBag, whose gradient has the rows of the batch's words only where it is sparse."""

    def __init__(self, draw, dtype, sparse, hidden):
        width = HIDDEN if hidden else CLASSES
        options = dict(mode="sum", sparse=sparse, include_last_offset=True, dtype=dtype)
        self.embedding = nn.EmbeddingBag(VOCABULARY, width, **options)
        with torch.no_grad():
            self.embedding.weight.copy_(draw.normal(VOCABULARY, width) * 0.3)
        self.dense = {"bias": draw.leaf(width)}
        if hidden:
            self.dense |= {"outputWeight": draw.leaf(CLASSES, width), "outputBias": draw.leaf(CLASSES)}

    def parameters(self):
        """By the package's names: its weight is the transpose."""
        return {"weight": self.embedding.weight.t()} | self.dense

    def logits(self, bags, rows):
        offsets = bags["offsets"].tolist()
        picks = [torch.arange(offsets[row], offsets[row + 1]) for row in rows.tolist()]
        places = torch.cat(picks)
        values = bags["values"][places].to(self.embedding.weight.dtype) if "values" in bags else None
        starts = torch.tensor([0] + [len(pick) for pick in picks]).cumsum(0)
        hidden = self.embedding(bags["ids"][places], starts, per_sample_weights=values) + self.dense["bias"]
        if "outputWeight" not in self.dense:
            return hidden
        if hidden.abs().min().item() < SMALLEST_HIDDEN:
            raise IllConditioned
        return F.linear(torch.relu(hidden), self.dense["outputWeight"], self.dense["outputBias"])


def make_optimizers(make, options, model):
    if make is not torch.optim.SparseAdam:
        return [make([model.embedding.weight, *model.dense.values()], lr=LR, **options)]
    # SparseAdam takes sparse gradients only; what is dense gets plain Adam, as in the package.
    return [
        make([model.embedding.weight], lr=LR, **options),
        torch.optim.Adam(list(model.dense.values()), lr=LR, **options),
    ]


def train(model, optimizers, bags, rows, clip):
    history, losses = {}, []
    for step, batch in enumerate(rows.split(BATCH)):
        loss = loss_of(model.logits(bags, batch), bags["labels"][batch], "logits")
        for optimizer in optimizers:
            optimizer.zero_grad()
            for group in optimizer.param_groups:
                group["lr"] = LR * SCHEDULE[step].item()
        loss.backward()
        if clip:
            nn.utils.clip_grad_norm_([model.embedding.weight, *model.dense.values()], clip)
        for optimizer in optimizers:
            optimizer.step()
        losses.append(loss.detach())
        snapshots(step, model.parameters(), history)
    assert len(losses) == STEPS
    return {"losses": torch.stack(losses)} | {f"after.{name}": torch.stack(steps) for name, steps in history.items()}


def bag_cases():
    """Trainings over bags with a falling learning rate; also clipped, with values, and without a hidden layer."""
    variants = {
        "plain": dict(values=False, hidden=True, clip=None),
        "clipped": dict(values=False, hidden=True, clip=0.3),
        "weighted": dict(values=True, hidden=True, clip=None),
        "linear": dict(values=True, hidden=False, clip=None),
    }
    for name, variant, dtype_name in itertools.product(OPTIMIZERS, variants, FLOATS):
        # torch takes no norm of sparse gradients.
        if variant == "plain" or (name in IN_ALL_VARIANTS and (variant, name) != ("clipped", "sparse-adam")):
            redraw(lambda attempt: bag_case(name, variant, dtype_name, attempt, **variants[variant]))


def bag_case(name, variant, dtype_name, attempt, values, hidden, clip):
    kind, make, options = OPTIMIZERS[name]
    dtype = FLOATS[dtype_name]
    draw = Draw(f"bag-training-{name}-{variant}", dtype, attempt)
    bags = random_bags(draw, values)
    model = BagModel(draw, dtype, kind == "SparseAdam", hidden)
    tensors = bags | {f"before.{leaf}": tensor.detach().clone() for leaf, tensor in model.parameters().items()}
    rows = draw.integers(0, BAGS, STEPS * BATCH - 2)
    tensors |= {"rows": rows, "lrFactors": SCHEDULE}
    tensors |= train(model, make_optimizers(make, options, model), bags, rows, clip)
    facts = {"optimizer": kind, "options": {"lr": LR} | camel(options), "kept": KEPT}
    facts |= {"vocabulary": VOCABULARY, "batchSize": BATCH, "classes": CLASSES, "clip": clip}
    facts |= {"hidden": HIDDEN if hidden else 0}
    terms = 2 * STEPS * (VOCABULARY + HIDDEN + BATCH)
    add_case("steps", f"{variant}-{name}-{dtype_name}", tensors, dtype=dtype_name, terms=terms, **facts)


def optimizer_cases():
    dense_cases()
    bag_cases()
