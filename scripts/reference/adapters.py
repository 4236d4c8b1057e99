"""LoRA as Hugging Face PEFT computes it: scales, DoRA, dropout, and how branches start. Made with PEFT 0.21.0.

PEFT's lora_A is our B, its lora_B our A.
"""
import itertools

import torch
from peft import LoraConfig, get_peft_model
from torch import nn

from .cases import FLOATS, Draw, add_case, backward_of, seeds
from .model import multi_hot, small_bags
from .random_numbers import draw

INSIDE, OUTSIDE = 18, 16
VARIANTS = {
    "plain": {},
    "rslora": {"use_rslora": True},
    "dora": {"use_dora": True},
    "rsdora": {"use_rslora": True, "use_dora": True},
}


class Mask(nn.Module):
    """Dropout whose draw is known: kept entries are divided by 1 - p."""

    def __init__(self, mask):
        super().__init__()
        self.mask = mask

    def forward(self, x):
        return x * self.mask


def peft_layer(weight, bias, config):
    """PEFT's layer around a linear one, without a draw of the linear layer's own."""
    outside, inside = weight.shape
    with torch.random.fork_rng():
        module = nn.Sequential()
        module.fc1 = nn.Linear(inside, outside, dtype=weight.dtype)
    with torch.no_grad():
        module.fc1.weight.copy_(weight)
        module.fc1.bias.copy_(bias)
    options = {"lora_alpha": config.pop("alpha"), "target_modules": ["fc1"], **config}
    return get_peft_model(module, LoraConfig(**options), autocast_adapter_dtype=False).base_model.model.fc1


def leaves_of(layer):
    leaves = {"weight": layer.base_layer.weight, "bias": layer.base_layer.bias}
    leaves |= {"A": layer.lora_B["default"].weight, "B": layer.lora_A["default"].weight}
    if "default" in layer.lora_magnitude_vector:
        leaves["magnitude"] = layer.lora_magnitude_vector["default"].weight
    for leaf in leaves.values():
        leaf.requires_grad_()
    return leaves


def adapter_case(name, dtype_name, rank, alpha, variant, dropout):
    """One branch on dense input and on bags, and merged."""
    dtype = FLOATS[dtype_name]
    draws = Draw(f"adapter-{name}", dtype)
    weight, bias = draws.leaf(OUTSIDE, INSIDE), draws.leaf(OUTSIDE)
    layer = peft_layer(weight, bias, {"r": rank, "alpha": alpha, **VARIANTS[variant]})
    leaves = leaves_of(layer)
    with torch.no_grad():
        for role in sorted(leaves.keys() - {"weight", "bias"}):
            leaves[role].copy_(draws.leaf(*leaves[role].shape))
        if "magnitude" in leaves:
            leaves["magnitude"].abs_().add_(1)
    tensors = {role: leaf.detach().clone() for role, leaf in leaves.items()} | small_bags(INSIDE, 2)
    inputs = {"dense": draws.leaf(5, INSIDE), "bags": multi_hot(tensors, INSIDE, dtype)}
    for kind, x in inputs.items():
        if dropout:
            kept = torch.rand(x.shape, generator=draws.generator) >= dropout
            tensors[f"{kind}.kept"] = kept.long()
            layer.lora_dropout["default"] = Mask(kept.to(dtype) / (1 - dropout))
        output = layer(x)
        tensors |= {f"{kind}.output": output} | ({"input": x} if kind == "dense" else {})
        tensors |= backward_of(output, draws, leaves | ({"input": x} if x.requires_grad else {}), f"{kind}.")
    layer.merge()
    tensors["merged"] = layer.base_layer.weight
    facts = {"dtype": dtype_name, "inFeatures": INSIDE, "outFeatures": OUTSIDE, "rank": rank, "alpha": alpha}
    facts |= {"useRslora": "rs" in variant, "useDora": "dora" in variant, "dropout": dropout}
    facts["terms"] = 3 * (INSIDE + OUTSIDE + 7)
    add_case("adapters", f"{name}-{dtype_name}", tensors, kind="branch", **facts)


def adapter_cases():
    # The layers' cases have plain branches of every rank.
    plans = [(1, 8, "dora", 0), (4, 1, "dora", 0), (16, 8, "dora", 0)]
    plans += [(4, 8, "rslora", 0), (16, 1, "rslora", 0), (4, 8, "rsdora", 0)]
    plans += [(4, 8, "plain", 0.5), (1, 1, "dora", 0.25)]
    for rank, alpha, variant, dropout in plans:
        name = f"{variant}-{rank}-{alpha}" + (f"-dropout-{dropout}" if dropout else "")
        for dtype_name in FLOATS if (rank, alpha) == (4, 8) else ("float64",):
            adapter_case(name, dtype_name, rank, alpha, variant, dropout)


def start_cases():
    """How PEFT starts a branch from a seed. Singular vectors have a sign of their own, so products are kept too."""
    for start, rank, (seed, dora) in itertools.product(
        ("kaiming", "gaussian", "pissa"), (1, 4), zip(seeds(0, 123), (False, True))
    ):
        draws = Draw(f"start-{start}-{rank}")
        weight, bias = draws.leaf(OUTSIDE, INSIDE), draws.leaf(OUTSIDE)
        config = {"r": rank, "alpha": 3, "use_dora": dora}
        torch.manual_seed(seed)
        layer = peft_layer(weight, bias, config | {"init_lora_weights": {"kaiming": True}.get(start, start)})
        tensors = {"weight": weight, "next": draw()}
        leaves = leaves_of(layer)
        tensors |= {"A": leaves["A"], "B": leaves["B"], "residual": leaves["weight"]}
        tensors["product"] = leaves["A"] @ leaves["B"]
        if dora:
            tensors["magnitude"] = leaves["magnitude"]
        facts = {"inFeatures": INSIDE, "outFeatures": OUTSIDE, "rank": rank, "alpha": 3, "seed": str(seed)}
        facts |= {"initialization": start, "useDora": dora, "terms": INSIDE + OUTSIDE}
        add_case("adapters", f"start-{start}-{rank}-{seed}", tensors, kind="start", dtype="float32", **facts)


def decomposition_cases():
    for name, shape in {"wide": (4, 7), "tall": (7, 4)}.items():
        matrix = Draw(f"svd-{name}", torch.float64).normal(*shape)
        tensors = {"matrix": matrix, "S": torch.linalg.svdvals(matrix)}
        add_case("adapters", f"svd-{name}", tensors, kind="svd", dtype="float64", terms=sum(shape))
