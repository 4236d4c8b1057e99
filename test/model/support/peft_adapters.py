"""Adapters as Hugging Face PEFT saves, combines and loads them.

usage: peft_adapters.py FOLDER

Writes base.safetensors, cases.safetensors and a folder for each adapter and says so; after a line of input, writes the
logits of the adapters in FOLDER/ours to loaded.safetensors.
"""
import pathlib
import sys

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from peft.tuners.lora import LoraLayer
from safetensors.torch import load_file, save_file
from torch import nn

WORDS, HIDDEN, CLASSES, EXAMPLES = 20, 6, 3, 8
FIRST, BOTH = ["fc1"], ["fc1", "fc2"]
CONFIGS = {
    "plain": {"r": 1, "lora_alpha": 2, "target_modules": FIRST},
    "rslora": {"r": 4, "lora_alpha": 3, "target_modules": FIRST, "use_rslora": True},
    "dora": {"r": 2, "lora_alpha": 3, "target_modules": BOTH, "use_dora": True},
    "rsdora": {"r": 3, "target_modules": FIRST, "use_dora": True, "use_rslora": True},
    "patterns": {
        "r": 3, "lora_alpha": 4, "target_modules": BOTH, "rank_pattern": {"fc2": 1}, "alpha_pattern": {"fc[2-9]": 5},
    },
    "bias-all": {"r": 2, "target_modules": FIRST, "bias": "all"},
    "bias-lora-only": {"r": 2, "target_modules": FIRST, "bias": "lora_only"},
    "bias-all-both": {"r": 2, "target_modules": BOTH, "bias": "all"},
    "saved": {"r": 2, "target_modules": FIRST, "modules_to_save": ["fc2"], "init_lora_weights": "gaussian"},
    "saved-first": {"r": 2, "target_modules": ["fc2"], "modules_to_save": ["fc1"]},
    "saved-with-biases": {"r": 2, "target_modules": FIRST, "modules_to_save": ["fc2"], "bias": "all"},
    "branch-bias": {"r": 2, "lora_alpha": 3, "target_modules": BOTH, "lora_bias": True},
    "expression": {"r": 2, "target_modules": r".*\.?fc\d", "exclude_modules": ["fc2"]},
    "all-linear": {"r": 2, "target_modules": "all-linear"},
    "suffix": {"r": 2, "target_modules": FIRST, "modules_to_save": ["fc2"]},
    "pissa": {"r": 2, "lora_alpha": 3, "target_modules": BOTH, "init_lora_weights": "pissa"},
    "rspissa": {"r": 2, "target_modules": FIRST, "init_lora_weights": "pissa", "use_rslora": True},
    "dropout": {"r": 2, "target_modules": FIRST, "lora_dropout": 0.5},
    "orthogonal": {"r": 2, "target_modules": FIRST, "init_lora_weights": "orthogonal"},
}
COMBINATIONS = ("linear", "cat", "svd")
WEIGHTS = [0.7, -0.4]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(WORDS, HIDDEN)
        self.fc2 = nn.Linear(HIDDEN, CLASSES)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))


class Outer(nn.Module):
    """So that the layers' paths have more than their names."""

    def __init__(self, classifier):
        super().__init__()
        self.classifier = classifier

    def forward(self, x):
        return self.classifier(x)


def net(base, nested=False):
    module = Net()
    module.load_state_dict(base)
    return Outer(module) if nested else module


def train(model):
    """As if it had been trained."""
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(0.3 * torch.randn_like(parameter))
    return model.eval()


def save(folder):
    torch.manual_seed(7)
    base = {name: tensor.clone() for name, tensor in Net().state_dict().items()}
    cases = {"inputs": (torch.rand(EXAMPLES, WORDS) < 0.3).long()}
    inputs = cases["inputs"].float()
    for name, config in CONFIGS.items():
        model = train(get_peft_model(net(base, name == "suffix"), LoraConfig(**config)))
        cases[f"logits.{name}"] = model(inputs)
        model.save_pretrained(folder / name)
    cases |= several(folder, base, inputs)
    save_file(base, folder / "base.safetensors")
    save_file({name: tensor.detach().contiguous() for name, tensor in cases.items()}, folder / "cases.safetensors")


def several(folder, base, inputs):
    """Two adapters on one base: both at once, one at half its strength, combined, merged."""
    config = {"r": 3, "lora_alpha": 4, "target_modules": BOTH}
    model = get_peft_model(net(base), LoraConfig(**config), adapter_name="one")
    train(model)
    model.add_adapter("two", LoraConfig(**config | {"lora_alpha": 5, "use_rslora": True}))
    model.set_adapter("two")
    train(model)
    model.save_pretrained(folder)
    logits = {}
    for name in COMBINATIONS:
        model.add_weighted_adapter(["one", "two"], WEIGHTS, name, combination_type=name)
        model.set_adapter(name)
        logits[f"logits.several.{name}"] = model(inputs)
    model.base_model.set_adapter(["one", "two"])
    logits["logits.several.both"] = model(inputs)
    for module in model.modules():
        if isinstance(module, LoraLayer):
            module.set_scale("two", 0.5)
    logits["logits.several.half"] = model(inputs)
    model.merge_adapter()
    logits["logits.several.merged"] = model(inputs)
    logits["merged.fc1.weight"] = model.base_model.model.fc1.base_layer.weight
    return logits


def load(folder):
    base = load_file(folder / "base.safetensors")
    inputs = load_file(folder / "cases.safetensors")["inputs"].float()
    logits = {}
    for path in sorted((folder / "ours").iterdir()):
        model = PeftModel.from_pretrained(net(base), path).eval()
        logits[path.name] = model(inputs).detach()
    save_file(logits, folder / "loaded.safetensors")


folder = pathlib.Path(sys.argv[1])
save(folder)
print("saved", flush=True)
input()
load(folder)
