"""Has PyTorch compute the cases that `imdb-torch verify` and test/native recompute.

usage: make_reference.py [FOLDER] [--seed SEED --experiment FOLDER]     (a Python with torch and peft; made with 2.13.0, 0.21.0)

Without --seed: the committed cases, in test/fixtures/reference; a second run on a like machine writes the same bytes,
and the hash printed at the end is of all files together. With it: fresh cases, other ones for each seed.

index.json lists the cases; <group>.safetensors holds their tensors as <case>/<role>. A case's "terms" are the lengths
of the sums on the longest way to one of its values, added up: what a tolerance for another order of summation depends
on. The experiment runs over encoded reviews: those of --experiment, or the sample as scripts/encode_sample.mjs has
encoded it.
"""
import argparse
import hashlib
import json
import pathlib
import subprocess
import tempfile

import torch
from reference.answers import answer_cases
from reference.cases import cases, draw_fresh_cases, groups
from reference.experiment import experiment_cases
from reference.layers import classifier_cases, cross_entropy_cases, linear_cases, lora_cases
from reference.operators import operator_cases
from reference.optimizers import optimizer_cases
from reference.random_numbers import draw_cases, initial_cases, loader_cases, shuffle_cases
from reference.tensor_files import read_tensors, write_tensors
from reference.training import training_cases

MAKERS = (
    *(operator_cases, linear_cases, lora_cases, cross_entropy_cases, classifier_cases, training_cases),
    *(optimizer_cases, initial_cases, draw_cases, loader_cases, shuffle_cases),
    answer_cases,
)
here = pathlib.Path(__file__).parent


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=pathlib.Path, default=here / "../test/fixtures/reference")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--experiment", type=pathlib.Path)
    options = parser.parse_args()
    if options.seed is None:
        torch.set_num_threads(1)
    else:
        draw_fresh_cases(options.seed)
    for make in MAKERS + adapter_makers(options.seed is not None):
        make()
    if options.experiment is not None:
        make_experiment(options.experiment)
    else:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["node", here / "encode_sample.mjs", folder], check=True)
            make_experiment(pathlib.Path(folder))
    options.folder.mkdir(parents=True, exist_ok=True)
    write_cases(options.folder, options.seed)


def adapter_makers(optional):
    """Of what PEFT computes."""
    try:
        from reference import adapters
    except ModuleNotFoundError:
        if not optional:
            raise
        return ()
    return (adapters.adapter_cases, adapters.start_cases, adapters.decomposition_cases)


def make_experiment(folder):
    plan = json.loads((folder / "plan.json").read_text())
    experiment_cases(read_tensors(folder / "splits.safetensors"), plan.pop("dtypes"), plan)


def write_cases(folder, seed):
    files = []
    for group, tensors in groups.items():
        files.append(folder / f"{group}.safetensors")
        write_tensors(files[-1], tensors)
    lines = ",\n".join(json.dumps(case) for case in cases)
    version = torch.__version__.split("+")[0]
    files.append(folder / "index.json")
    files[-1].write_text(f'{{"torch": "{version}", "seed": {json.dumps(seed)}, "cases": [\n{lines}\n]}}\n')
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    size = sum(file.stat().st_size for file in files)
    print(f"torch {torch.__version__}: {len(cases)} cases, {size} bytes, SHA-256 {digest}")


main()
