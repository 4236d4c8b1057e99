"""Writes test/fixtures/storage/python.safetensors with the real safetensors library, for test/storage.

usage: make_storage_fixture.py [OUT]    (a Python with torch and safetensors; made with safetensors 0.8.0)
"""
import hashlib
import math
import pathlib
import sys

import safetensors
import torch
from safetensors.torch import save_file

TENSORS = {
    "b": torch.tensor([[0, -0.0], [1.5, -1.5], [math.inf, 1e-45]]),
    "é": torch.tensor([math.pi, sys.float_info.max], dtype=torch.float64),
    "a": torch.tensor([-1, 0, 2**63 - 1]),
    "empty": torch.zeros(0, 3),
    "scalar": torch.tensor(2.5),
    'q"\n\x01\x7f': torch.tensor([7.0]),
    "__proto__": torch.tensor([9.0]),
}

here = pathlib.Path(__file__).parent
out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here / "../test/fixtures/storage/python.safetensors"
save_file(TENSORS, out, metadata={"format": "pt"})
print(f"safetensors {safetensors.__version__}, SHA-256 {hashlib.sha256(out.read_bytes()).hexdigest()}")
