"""Every operator of Tensor, forward and, where it has one, its gradient."""
import torch

from .cases import FLOATS, Draw, add_case

# Operators: name, operator, shapes of its tensors, its other arguments, the inputs given transposed, terms.
UNARY = {"relu": torch.relu, "abs": torch.abs, "exp": torch.exp, "log": torch.log, "t": torch.t}
WITH_DIMENSION = {"softmax": torch.softmax, "logSoftmax": torch.log_softmax, "argmax": torch.argmax}
FUNCTIONS = {
    **{name: getattr(torch, name) for name in ("add", "sub", "mul", "div", "matmul", "mm")},
    **{name: getattr(torch, name) for name in ("sum", "mean", "max", "reshape", "clone")},
    **UNARY,
    **WITH_DIMENSION,
}
OPERATORS = [
    *[(f"{op}-same", op, [(3, 4), (3, 4)], [], [], 1) for op in ("add", "sub", "mul", "div")],
    *[(f"{op}-row", op, [(3, 4), (4,)], [], [], 3) for op in ("sub", "mul")],
    *[(f"{op}-column", op, [(3, 1), (2, 1, 4)], [], [], 8) for op in ("add", "sub", "mul", "div")],
    *[(f"{op}-transposed", op, [(4, 3), (3, 4)], [], [0], 1) for op in ("sub", "div")],
    *[(f"{op}-scalar", op, [(3, 4), ()], [], [], 12) for op in ("add", "div")],
    *[(f"{op}-number", op, [(3, 4)], [-2.5], [], 1) for op in ("add", "sub", "mul", "div")],
    ("matmul-dot", "matmul", [(9,), (9,)], [], [], 9),
    ("matmul-vector", "matmul", [(4, 9), (9,)], [], [], 9),
    ("matmul-row", "matmul", [(9,), (9, 4)], [], [], 9),
    ("matmul-matrix", "matmul", [(4, 9), (9, 5)], [], [], 9),
    ("matmul-transposed", "matmul", [(9, 4), (5, 9)], [], [0, 1], 9),
    ("matmul-batches", "matmul", [(2, 4, 9), (9, 5)], [], [], 9),
    ("matmul-broadcast", "matmul", [(2, 1, 4, 3), (3, 3, 5)], [], [], 12),
    ("matmul-outer", "matmul", [(7, 1), (1, 9)], [], [], 9),
    ("mm-matrix", "mm", [(3, 33), (33, 5)], [], [], 33),
    ("mm-transposed", "mm", [(9, 4), (5, 9)], [], [0, 1], 9),
    *[(op, op, [(3, 4)], [], [], 1) for op in UNARY],
    *[(f"{op}-transposed", op, [(3, 4)], [], [0], 1) for op in ("relu", "log", "t")],
    *[(f"{op}-{dim}", op, [(4, 5)], [dim], [], 5) for op in WITH_DIMENSION for dim in (0, 1, -1)],
    *[(f"{op}-transposed", op, [(4, 5)], [1], [0], 4) for op in WITH_DIMENSION],
    ("reshape", "reshape", [(4, 6)], [[2, 3, 4]], [], 1),
    ("reshape-transposed", "reshape", [(4, 6)], [[8, 3]], [0], 1),
    ("clone", "clone", [(4, 6)], [], [0], 1),
    *[(op, op, [(7, 9)], [], [], 63) for op in ("sum", "mean", "max")],
    *[(f"{op}-transposed", op, [(3, 4)], [], [0], 12) for op in ("sum", "mean", "max")],
]
INTEGER_OPERATORS = ["add-same", "sub-row", "mul-column", "div-same", "matmul-matrix", "sum", "max", "t"]
SPECIAL_VALUES = [
    ("relu-zeros", "relu", [-1.5, -0.0, 0.0, 1.5], []),
    ("abs-zeros", "abs", [-1.5, -0.0, 0.0, 1.5], []),
    ("max-ties", "max", [2.0, 1.0, 2.0, -1.0], []),
    ("argmax-ties", "argmax", [1.0, 2.0, 2.0, -1.0], [0]),
    ("softmax-large", "softmax", [500.0, -500.0, 499.0, 0.0], [0]),
    ("logSoftmax-large", "logSoftmax", [500.0, -500.0, 499.0, 0.0], [0]),
]


def operator_case(name, operator, inputs, arguments, transposed, terms):
    for tensor in inputs:
        if tensor.is_floating_point():
            tensor.requires_grad_()
    given = [tensor.t() if i in transposed else tensor for i, tensor in enumerate(inputs)]
    output = FUNCTIONS[operator](*given, *arguments)
    tensors = {f"input{i}": tensor for i, tensor in enumerate(inputs)} | {"output": output}
    if output.requires_grad:
        tensors["cotangent"] = Draw(name, output.dtype).normal(*output.shape)
        (output * tensors["cotangent"]).sum().backward()
        tensors |= {f"gradient.input{i}": tensor.grad for i, tensor in enumerate(inputs)}
    facts = {"operator": operator, "inputs": len(inputs), "arguments": arguments, "transposed": transposed}
    dtype = str(inputs[0].dtype).removeprefix("torch.")
    add_case("operators", name, tensors, dtype=dtype, terms=terms, **facts)


def operator_cases():
    for dtype_name, dtype in FLOATS.items():
        for name, operator, shapes, arguments, transposed, terms in OPERATORS:
            draw = Draw(name, dtype)
            inputs = [draw.normal(*shape) for shape in shapes]
            if operator in ("log", "div"):
                inputs = [tensor.abs() + 0.5 for tensor in inputs]
            operator_case(f"{name}-{dtype_name}", operator, inputs, arguments, transposed, terms)
        for name, operator, values, arguments in SPECIAL_VALUES:
            inputs = [torch.tensor(values, dtype=dtype)]
            operator_case(f"{name}-{dtype_name}", operator, inputs, arguments, [], len(values))
    for name, operator, shapes, arguments, transposed, terms in OPERATORS:
        if name in INTEGER_OPERATORS:
            draw = Draw(name)
            inputs = [draw.integers(1, 100, *shape) for shape in shapes]
            operator_case(f"{name}-int64", operator, inputs, arguments, transposed, terms)
