"""Writes small cases computed by the real PyTorch to test/fixtures/reference, for test/native.

usage: make_reference.py [FOLDER]    (a Python with torch and safetensors; made with torch 2.13.0)

index.json lists the cases; <group>.safetensors holds their tensors as <case>/<role>. Inputs are random with fixed
seeds, so a second run on a like machine writes the same bytes; the hash printed at the end is of all files together.

A case's "terms" are the lengths of the sums on the longest way to one of its values, added up: what a tolerance for
another order of summation depends on. No hidden unit is so close to 0 that rounding could flip its ReLU.
"""
import hashlib
import json
import pathlib
import sys

import torch
from reference.cases import cases, groups
from reference.layers import classifier_cases, cross_entropy_cases, linear_cases, lora_cases
from reference.operators import operator_cases
from reference.random_numbers import draw_cases, initial_cases, loader_cases
from reference.training import training_cases
from safetensors.torch import save_file


def main():
    here = pathlib.Path(__file__).parent
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here / "../test/fixtures/reference"
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for make in (operator_cases, linear_cases, lora_cases, cross_entropy_cases, classifier_cases):
        make()
    for make in (training_cases, initial_cases, draw_cases, loader_cases):
        make()
    files = []
    for group, tensors in groups.items():
        files.append(folder / f"{group}.safetensors")
        save_file(tensors, files[-1], metadata={"format": "pt"})
    lines = ",\n".join(json.dumps(case) for case in cases)
    version = torch.__version__.split("+")[0]
    files.append(folder / "index.json")
    files[-1].write_text(f'{{"torch": "{version}", "cases": [\n{lines}\n]}}\n')
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    size = sum(file.stat().st_size for file in files)
    print(f"torch {torch.__version__}: {len(cases)} cases, {size} bytes, SHA-256 {digest}")


main()
