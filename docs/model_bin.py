"""Reads a model.bin of imdb-torch, and predicts from the ids of features. Needs numpy: python3 model_bin.py FILE [ID ...]"""
import json
import sys
import zlib

import numpy as np


def sections(data):
    """The header, and the arrays by their names."""
    start = 16 + int.from_bytes(data[8:12], "little")
    if data[:8] != b"IMDBMDL1" or zlib.crc32(data[16:start]) != int.from_bytes(data[12:16], "little"):
        raise ValueError("no model file of this version, or a damaged one")
    header, arrays = json.loads(data[16:start]), {}
    for entry in header["sections"]:
        array = np.frombuffer(data, np.dtype(entry["dtype"]).newbyteorder("<"), entry["length"], start + entry["offset"])
        if zlib.crc32(array.tobytes()) != entry["crc32"]:
            raise ValueError(entry["name"] + " is damaged")
        arrays[entry["name"]] = array
    return header, arrays


def front_coded(arrays, name):
    """Names, each of which begins with bytes of the one before."""
    names = [b""]
    for shared, own in zip(arrays[name + ".shared"], arrays[name + ".rest"].tobytes().split(b"\n")):
        names.append(names[-1][:shared] + own)
    return [each.decode() for each in names[1:]]


def numbers(planes, count):
    """Numbers of which the lowest bytes come first, then the next ones."""
    return sum(plane.astype(int) << 8 * k for k, plane in enumerate(planes.reshape(-1, count))) if count else []


def feature_names(header, arrays):
    """The name of each feature, by its id."""
    names = front_coded(arrays, "tokens")
    level, above, suffixes, children = 0, len(names), [None] * len(names), {None: range(len(names))}
    for length in range(2, header["longest"] + 1):
        counts = numbers(arrays[f"children{length}"], above - level)
        ranks = iter(numbers(arrays[f"ranks{length}"], sum(counts)))
        for node, count in zip(range(level, above), counts):
            children[node], rank = range(len(names), len(names) + count), -1
            for _ in range(count):
                rank += 1 + next(ranks)
                suffixes.append(children[suffixes[node]][rank])
                names.append(names[node] + " " + names[suffixes[-1]].split(" ")[-1])
        level, above = above, len(names)
    if "isFeature" in arrays:
        names = [name for name, bit in zip(names, np.unpackbits(arrays["isFeature"], bitorder="little")) if bit]
    characters = front_coded(arrays, "characters") if "characters.rest" in arrays else []
    return ([header["unknown"]] if header["unknown"] else []) + names + ["~" + name for name in characters]


def probabilities(header, arrays, ids, counts=1.0):
    """The probability of each class for a text with these features, as often as `counts` says."""
    model, ids = header["model"], np.array(ids, dtype=int)
    counts = np.ones(len(ids)) * counts
    stored = arrays["weight"].view("<f2") if header["precision"] == "float16" else arrays["weight"]
    effects = stored.reshape(-1, header["features"])[:, ids] * np.array(header["scales"] or [1.0])[:, None]
    factors = arrays["factors"][ids] if "factors" in arrays else np.ones(len(ids))
    factors = np.array(header["factors"])[factors] if header["factors"] else factors
    normalize = model["features"]["normalize"]
    measure = len(ids) if normalize == "length" else np.sum((counts * factors) ** 2) if normalize else 1.0
    logits = arrays["bias"] + model["features"]["gain"] / np.sqrt(measure or 1.0) * (effects @ counts)
    if model["hidden"]:
        logits = arrays["output.weight"].reshape(model["output"], -1) @ np.maximum(logits, 0) + arrays["output.bias"]
    elif model["output"] == 2:
        logits = np.array([0.0, logits[0]])
    calibration = model["calibration"] or {}
    if calibration.get("kind") == "sigmoid":
        logits = np.array([0.0, calibration["scale"] * (logits[1] - logits[0]) + calibration["bias"]])
    exponentials = np.exp((logits - logits.max()) / calibration.get("temperature", 1.0))
    return dict(zip(model["classes"], exponentials / exponentials.sum()))


if __name__ == "__main__":
    stored = sections(open(sys.argv[1], "rb").read())
    print(json.dumps({"names": feature_names(*stored), "probabilities": probabilities(*stored, sys.argv[2:])}))
