# SPDX-License-Identifier: MIT OR Apache-2.0
"""Fails unless the structs and constants of c/examples/spawn.py are those of tests/abi/abi.txt."""

import ctypes
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, "c/examples")
import spawn

sizes = {}
members = {}
constants = {}
with open("tests/abi/abi.txt") as abi:
    for line in abi:
        words = line.split()
        if line.startswith("struct "):
            struct = words[1]
            sizes[struct] = int(words[2])
            members[struct] = []
        elif line.startswith("constant "):
            constants[words[1]] = int(words[2].removesuffix("ULL"), 0)
        elif words[0].isdigit():
            kind = "no number"
            if words[2].endswith("_t") and "*" not in line:
                name = "c_" + words[2]
                kind = getattr(ctypes, name, None) or getattr(ctypes, name.removesuffix("_t"))
            members[struct].append((words[-1].lstrip("*"), int(words[0]), int(words[1]), kind))


def layout(struct):
    for name, kind in struct._fields_:
        at = getattr(struct, name)
        number = issubclass(kind, ctypes._SimpleCData) and kind not in (
            ctypes.c_char_p,
            ctypes.c_void_p,
        )
        yield name, at.offset, at.size, kind if number else "no number"


compared = 0
for name, value in vars(spawn).items():
    if isinstance(value, type) and issubclass(value, ctypes.Structure):
        struct = "clone3_" + name.lower()
        assert ctypes.sizeof(value) == sizes[struct], struct
        for got, want in zip(layout(value), members[struct], strict=True):
            assert got == want, f"{struct}: {got}, not {want}"
    elif name.startswith("STEP_"):
        assert value == constants["CLONE3_" + name], name
    else:
        continue
    compared += 1
assert compared == 9, f"{compared} things were compared"
