"""Reads and writes safetensors files with torch alone: a Python that has torch need not have more."""
import ctypes
import json

import torch

DTYPES = {"I64": torch.int64, "F64": torch.float64, "F32": torch.float32}


def bytes_of(tensor):
    # Not through NumPy, which torch can be without.
    return ctypes.string_at(tensor.data_ptr(), tensor.nbytes) if tensor.nbytes else b""


def write_tensors(path, tensors):
    """The bytes that safetensors.torch.save_file writes: the largest elements first, then by name."""
    header, chunks, end = {"__metadata__": {"format": "pt"}}, [], 0
    names = {dtype: name for name, dtype in DTYPES.items()}
    order = list(names)
    for name, tensor in sorted(tensors.items(), key=lambda item: (order.index(item[1].dtype), item[0].encode())):
        tensor = tensor.detach().contiguous()
        chunks.append(bytes_of(tensor))
        begin, end = end, end + tensor.nbytes
        header[name] = {"dtype": names[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [begin, end]}
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(chunks))


def read_tensors(path):
    data = bytearray(path.read_bytes())
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        dtype, shape, (begin, end) = DTYPES[entry["dtype"]], entry["shape"], entry["data_offsets"]
        flat = torch.frombuffer(data, dtype=dtype, offset=start + begin, count=(end - begin) // dtype.itemsize)
        tensors[name] = flat.reshape(shape)
    return tensors
