"""The notebook's two experiments, epoch by epoch, over bags of words given as compressed rows."""
import hashlib

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

from .cases import FLOATS, add_case
from .model import loss_of
from .tensor_files import bytes_of

FIRST_STEPS = 20


class Bags:
    def __init__(self, ids, offsets, labels):
        self.ids, self.offsets, self.labels = ids, offsets, labels

    def take(self, rows):
        sizes = self.offsets[rows + 1] - self.offsets[rows]
        ends = sizes.cumsum(0)
        # Place k of the batch's ids holds the id at k, less where its bag begins here, plus where it begins there.
        shift = (self.offsets[rows] - ends + sizes).repeat_interleave(sizes)
        ids = self.ids[torch.arange(len(shift)) + shift]
        return Bags(ids, torch.cat([torch.zeros(1, dtype=torch.int64), ends]), self.labels[rows])


class Network:
    """Drawn in the notebook's order: W, its bias, A, then the second layer. W^T and B^T are what is row-major."""

    def __init__(self, plan, dtype):
        vocabulary, hidden, rank = (plan[key] for key in ("vocabularySize", "hidden", "rank"))
        weight, bias, a = torch.empty(hidden, vocabulary), torch.empty(hidden), torch.empty(hidden, rank)
        nn.init.xavier_normal_(weight)
        nn.init.uniform_(bias, 0, 0)
        nn.init.normal_(a, mean=0.0)
        output = nn.Linear(hidden, plan["classes"])
        self.weight, self.bias, self.a, self.b, self.output_weight, self.output_bias = (
            tensor.detach().to(dtype).contiguous().requires_grad_()
            for tensor in (weight.t(), bias, a.t(), torch.zeros(vocabulary, rank), output.weight, output.bias)
        )
        self.scale, self.lora = plan["alpha"] / rank, False

    def logits(self, bags):
        hidden = self.sum_rows(bags, self.weight) + self.bias
        if self.lora:
            hidden = hidden + self.scale * self.sum_rows(bags, self.b) @ self.a
        return F.linear(torch.relu(hidden), self.output_weight, self.output_bias)

    @staticmethod
    def sum_rows(bags, table):
        return F.embedding_bag(bags.ids, table, bags.offsets, mode="sum", include_last_offset=True)

    def trainable(self):
        layer = (self.a, self.b) if self.lora else (self.weight, self.bias)
        return [*layer, self.output_weight, self.output_bias]

    @torch.no_grad()
    def merge(self):
        self.weight += self.scale * self.b @ self.a
        self.lora = False


class Experiment:
    """One experiment's passes; what they yield is kept as tensors of the case."""

    def __init__(self, splits, plan, dtype):
        torch.manual_seed(plan["seed"])
        self.splits, self.plan = splits, plan
        self.network = Network(plan, dtype)
        self.tensors = {}

    def pass_over(self, name):
        """The rows of each batch, from a real DataLoader, which draws what the notebook's draws."""
        shuffle, count = name == "train", len(self.splits[name].labels)
        return DataLoader(range(count), batch_size=self.plan["batchSize"], shuffle=shuffle)

    @torch.no_grad()
    def evaluate(self, name):
        for _ in self.pass_over(name):
            pass
        bags = self.splits[name]
        logits = self.network.logits(bags)
        return loss_of(logits, bags.labels, self.plan["loss"]), (logits.argmax(1) == bags.labels).double().mean()

    def train(self, phase, epochs):
        optimizer = torch.optim.SGD(self.network.trainable(), lr=self.plan["lr"])
        steps, evaluations = [], [self.evaluate("train")]
        for _ in range(epochs):
            for rows in self.pass_over("train"):
                batch = self.splits["train"].take(rows)
                loss = loss_of(self.network.logits(batch), batch.labels, self.plan["loss"])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                steps.append(loss.detach())
            evaluations += [self.evaluate("train"), self.evaluate("valid")]
        self.tensors[f"{phase}.steps"] = torch.stack(steps[:FIRST_STEPS])
        self.keep(phase, evaluations + [self.evaluate("test")])

    def keep(self, phase, evaluations):
        losses, accuracies = zip(*evaluations)
        self.tensors |= {f"{phase}.losses": torch.stack(losses), f"{phase}.accuracies": torch.stack(accuracies)}


def experiment_cases(splits_file, dtypes, plan):
    """`splits_file`: what `verify` has written of the encoded reviews; `dtypes`: dtype -> epochs of fine-tuning."""
    part = lambda name, key: splits_file[f"{name}.{key}"]
    names = ("train", "valid", "test")
    splits = {name: Bags(*(part(name, key) for key in ("ids", "offsets", "labels"))) for name in names}
    digest = hashlib.sha256(b"".join(bytes_of(part(name, "ids")) for name in names)).hexdigest()
    for dtype_name, lora_epochs in dtypes.items():
        full = Experiment(splits, plan, FLOATS[dtype_name])
        full.train("full", plan["epochs"])
        lora = Experiment(splits, plan, FLOATS[dtype_name])
        lora.train("pretrain", 1)
        lora.network.lora = True
        lora.train("lora", lora_epochs)
        lora.network.merge()
        lora.keep("merged", [lora.evaluate("test")])
        facts = plan | {"loraEpochs": lora_epochs, "dtype": dtype_name, "idsSha256": digest}
        add_case("experiment", f"{plan['data']}-{dtype_name}", full.tensors | lora.tensors, **facts)
