"""What a trained model says of texts: probabilities, classes and the effects of words, from features to the end."""
import torch
from torch.nn import functional as F

from .cases import Draw, IllConditioned, add_case, choose, redraw
from .model import SMALLEST_HIDDEN, small_bags

# Rounding may move neither a predicted class nor a ReLU.
SMALLEST_LEAD = 1e-3
PLANS = {
    "linear": {},
    "hidden": {"hidden": 6},
    "gain": {"hidden": 5, "gain": 0.5, "calibration": {"kind": "temperature", "temperature": 2.5}},
    "norm": {
        **{"weighted": True, "normalize": True, "gain": 6, "calibration": {"kind": "sigmoid", "scale": -0.7, "bias": 0.4}},
        "decision": [0.9, 0],
    },
    "length": {
        **{"classes": 3, "counted": True, "weighted": True, "normalize": "length", "gain": 3},
        **{"calibration": {"kind": "temperature", "temperature": 0.6}, "decision": [0, 0.7, -0.4]},
    },
    "counts": {"classes": 5, "hidden": 7, "counted": True, "weighted": True, "normalize": True, "gain": 4},
    "lora": {"classes": 3, "hidden": 6, "adapter": {"rank": 2, "alpha": 8, "useRslora": False, "useDora": False}},
    "rslora": {"adapter": {"rank": 2, "alpha": 3, "useRslora": True, "useDora": False}},
    "dora": {"classes": 4, "hidden": 6, "adapter": {"rank": 2, "alpha": 3, "useRslora": False, "useDora": True}},
}


def answer_cases():
    for name, plan in PLANS.items():
        redraw(lambda attempt: answer_case(name, attempt, **plan))


def answer_case(name, attempt, classes=2, hidden=0, counted=False, weighted=False, normalize=False, gain=1, **task):
    vocabulary = choose(11, 8, 30)
    draw = Draw(f"answers-{name}", attempt=attempt)
    layers = layers_of(draw, vocabulary, hidden, classes, task.get("adapter"))
    tensors = layers | small_bags(vocabulary, classes)
    del tensors["labels"]
    x = torch.zeros(len(tensors["offsets"]) - 1, vocabulary, dtype=torch.float64)
    if counted:
        tensors["counts"] = draw.integers(1, 4, len(tensors["ids"]))
    if weighted:
        tensors["weights"] = draw.normal(vocabulary)
    offsets = tensors["offsets"].tolist()
    for row, begin, end in zip(x, offsets, offsets[1:]):
        row[tensors["ids"][begin:end]] = tensors["counts"][begin:end].double() if counted else 1.0
    answers = Answers(layers, tensors.get("weights"), normalize, gain, task)
    logits = answers.logits(x)
    probabilities = answers.probabilities(logits)
    scores = probabilities.log() + torch.tensor(task.get("decision", [0] * classes))
    best = scores.topk(2).values
    if (best[:, 0] - best[:, 1]).min().item() < SMALLEST_LEAD:
        raise IllConditioned
    # What all words of the text with each word do: the third one.
    without = x[2].repeat(vocabulary, 1)
    without.fill_diagonal_(0)
    effects = answers.log_odds(x[2:3]) - answers.log_odds(without)
    found = {"logits": logits, "probabilities": probabilities, "effects": effects}
    tensors |= {role: tensor.float() for role, tensor in found.items()} | {"label": scores.argmax(1)}
    facts = {"vocabulary": vocabulary, "hidden": hidden, "classes": classes, "counted": counted, "normalize": normalize}
    facts |= {"gain": gain, "calibration": None, "decision": None, "adapter": None} | task
    add_case("answers", name, tensors, dtype="float32", **facts, terms=2 * (vocabulary + hidden + classes))


def layers_of(draw, vocabulary, hidden, classes, adapter):
    width = hidden or classes
    shapes = {"weight": (width, vocabulary), "bias": (width,)}
    if adapter is not None:
        shapes |= {"A": (width, adapter["rank"]), "B": (adapter["rank"], vocabulary)}
        shapes |= {"magnitude": (width,)} if adapter["useDora"] else {}
    if hidden:
        shapes |= {"outputWeight": (classes, hidden), "outputBias": (classes,)}
    return {name: draw.normal(*shape) * 0.5 for name, shape in shapes.items()}


class Answers:
    """A model in float64, which takes texts as rows of counts, `[texts, vocabulary]`."""

    def __init__(self, layers, weights, normalize, gain, task):
        self.layers = {name: tensor.double() for name, tensor in layers.items()}
        self.weights, self.normalize, self.gain, self.task = weights, normalize, gain, task

    def logits(self, counts):
        values = counts if self.weights is None else counts * self.weights.double()
        if self.normalize:
            squares = (counts > 0).double() if self.normalize == "length" else values**2
            norm = squares.sum(1, keepdim=True).sqrt()
            values = values / torch.where(norm > 0, norm, 1.0)
        first = F.linear(self.gain * values, self.weight(), self.layers["bias"])
        if "outputWeight" not in self.layers:
            return first
        if first.abs().min().item() < SMALLEST_HIDDEN:
            raise IllConditioned
        return F.linear(torch.relu(first), self.layers["outputWeight"], self.layers["outputBias"])

    def weight(self):
        adapter, weight = self.task.get("adapter"), self.layers["weight"]
        if adapter is None:
            return weight
        scale = adapter["alpha"] / (adapter["rank"] ** 0.5 if adapter["useRslora"] else adapter["rank"])
        weight = weight + scale * self.layers["A"] @ self.layers["B"]
        if not adapter["useDora"]:
            return weight
        return self.layers["magnitude"][:, None] * weight / weight.norm(dim=1, keepdim=True)

    def probabilities(self, logits):
        calibration = self.task.get("calibration", {"kind": None})
        if calibration["kind"] == "temperature":
            return F.softmax(logits / calibration["temperature"], 1)
        if calibration["kind"] == "sigmoid":
            second = torch.sigmoid(calibration["scale"] * (logits[:, 1] - logits[:, 0]) + calibration["bias"])
            return torch.stack([1 - second, second], 1)
        return F.softmax(logits, 1)

    def log_odds(self, counts):
        return torch.logit(self.probabilities(self.logits(counts)))
