#!/usr/bin/env python3
"""Writes a C++ file that holds other files byte for byte: embed.py OUTPUT NAMESPACE FILE..."""
import hashlib
import pathlib
import sys

output, namespace, *files = sys.argv[1:]
paths = [pathlib.Path(file).resolve() for file in files]
lines = ['#include "util/embedded.hpp"', '']
for number, path in enumerate(paths):
    digest = hashlib.sha256(path.read_bytes()).hexdigest()  # in the text, so that a changed file is compiled again
    lines.append(f'// {path.name} {digest}')
    lines.append(f'asm(".section .rodata\\n.global embedded_{namespace}_{number}\\nembedded_{namespace}_{number}:\\n'
                 f'.incbin \\"{path}\\"\\n.previous\\n");')
    lines.append(f'extern "C" const char embedded_{namespace}_{number}[];')
lines += ['', f'namespace skerry::{namespace} {{', '', 'std::vector<EmbeddedFile> embedded_files()', '{', '    return {']
for number, path in enumerate(paths):
    lines.append(f'        {{"{path.name}", {{embedded_{namespace}_{number}, {path.stat().st_size}}}}},')
lines += ['    };', '}', '', f'}} // namespace skerry::{namespace}', '']
pathlib.Path(output).write_text('\n'.join(lines))
