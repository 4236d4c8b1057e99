"""Initial parameters, single draws, permutations, the order of a DataLoader, Python's own shuffle."""
import random

import torch
from torch import nn
from torch.utils.data import DataLoader

from .cases import add_case, choose, seeds


def draw():
    return torch.empty((), dtype=torch.int64).random_()


def initial_cases():
    # The normal draws of libtorch take another way below 16 elements.
    for inside, outside, rank in ((3, 5, 1), (4, 4, 4), (20, 17, 2), (3, 40, 1), (choose(9, 2, 30), choose(6, 2, 30), 2)):
        for seed in seeds(0, 123):
            torch.manual_seed(seed)
            weight, bias, a = torch.empty(outside, inside), torch.empty(outside), torch.empty(outside, rank)
            nn.init.xavier_normal_(weight)
            nn.init.uniform_(bias, 0, 0)
            nn.init.normal_(a, mean=0.0)
            output = nn.Linear(outside, 2)
            tensors = {"weight": weight, "bias": bias, "A": a, "next": draw()}
            tensors["B"] = torch.zeros(rank, inside)
            tensors |= {"outputWeight": output.weight, "outputBias": output.bias}
            # Merging draws A anew.
            tensors["mergedA"] = nn.init.normal_(torch.empty(outside, rank), mean=0.0)
            facts = {"inFeatures": inside, "outFeatures": outside, "rank": rank, "seed": str(seed)}
            name = f"initial-{inside}-{outside}-{rank}-{seed}"
            add_case("random", name, tensors, kind="initial", dtype="float32", **facts)


def draw_cases():
    for seed in seeds(0, 123, 2**63 - 1):
        torch.manual_seed(seed)
        tensors = {"integers": torch.stack([draw() for _ in range(5)])}
        for n in (0, 1, 15, 16, 17, 100):
            tensors[f"randperm{n}"] = torch.randperm(n)
        for n in (5, 15, 16, 40):
            tensors[f"randn{n}"] = torch.randn(n)
        tensors["last"] = draw()
        add_case("random", f"draws-{seed}", tensors, kind="draws", dtype="float32", seed=str(seed))


def loader_cases():
    """Orders that a real DataLoader takes: three passes, the second of them not shuffled."""
    for n in (1, choose(50, 2, 200)):
        (seed,) = seeds(7)
        torch.manual_seed(seed)
        loaders = [DataLoader(range(n), batch_size=8, shuffle=shuffle) for shuffle in (True, False, True)]
        tensors = {f"order{i}": torch.cat(list(loader)) for i, loader in enumerate(loaders)} | {"last": draw()}
        add_case("random", f"loader-{n}", tensors, kind="loader", dtype="int64", length=n, seed=str(seed))


def shuffle_cases():
    for n, seed in zip((1, 2, 40, 700), seeds(0, 123, 2**32, 2**53 - 1)):
        order = list(range(n))
        # A seed that a number of JavaScript holds exactly.
        random.Random(seed % 2**53).shuffle(order)
        facts = {"length": n, "seed": str(seed % 2**53)}
        tensors = {"order": torch.tensor(order)}
        add_case("random", f"shuffle-{n}", tensors, kind="shuffle", dtype="int64", **facts)
