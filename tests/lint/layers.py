#!/usr/bin/env python3
"""Fails when a file of src includes from a folder above its own, or a library leaves the folder that hides it."""
import pathlib
import re
import sys

# The house from top to bottom: an include goes down, never up. Folders in one row do not know each other.
HOUSE = [
    ['main.cpp'],
    ['cli'],
    ['program'],
    ['web'],
    ['sessions', 'assets'],
    ['projects', 'exec', 'schedules'],
    ['secrets', 'auth'],
    ['queue', 'runtime', 'agent', 'demo'],
    ['http'],
    ['events'],
    ['api'],
    ['app'],
    ['db'],
    ['util'],
]

# What is costly to compile or may be exchanged one day is seen by one folder or one file only.
HIDDEN = {
    'CLI/': 'cli/',
    'SQLiteCpp/': 'db/',
    'sqlite3.h': 'db/',
    'httplib.h': 'http/',
    'nlohmann/': 'api/json.cpp',
    'date/': 'schedules/timezone.cpp',
    'spdlog/': 'util/log.cpp',
}

SOURCE = pathlib.Path(__file__).resolve().parents[2] / 'src'
FLOOR = {folder: floor for floor, row in enumerate(HOUSE) for folder in row}


def wrong_direction(own, other):
    """What is wrong with a file of `own` including a file of `other`, or nothing."""
    if other not in FLOOR:
        return f'{other} is not in the house (HOUSE in tests/lint/layers.py)'
    if own != other and FLOOR[other] <= FLOOR[own]:
        return f'{own} may not include {other}'
    return None


def not_hidden(name, header):
    """What is wrong with the file `name` including the library's `header`, or nothing."""
    for library, place in HIDDEN.items():
        if header.startswith(library) and not name.startswith(place):
            return f'<{header}> belongs in {place} only'
    return None


def includes():
    """Each include of each file: the file's name, the line's number, the header, whether it is one of ours."""
    for file in sorted(SOURCE.rglob('*.[ch]pp')):
        name = file.relative_to(SOURCE).as_posix()
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if found := re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line):
                yield name, number, found[2], found[1] == '"'


def main():
    strangers = sorted({name.split('/')[0] for name, *_ in includes()} - FLOOR.keys())
    directions = [f'src/{folder} is not in the house (HOUSE in tests/lint/layers.py)' for folder in strangers]
    hidden = []
    for name, number, header, ours in includes():
        own = name.split('/')[0]
        if ours and own in FLOOR and (wrong := wrong_direction(own, header.split('/')[0])):
            directions.append(f'src/{name}:{number}: {wrong}')
        if not ours and (wrong := not_hidden(name, header)):
            hidden.append(f'src/{name}:{number}: {wrong}')
    print('\n'.join(directions + hidden), end='\n' if directions + hidden else '')
    failed = bool(directions) + bool(hidden)
    print(f'layers: {2 - failed} passed, {failed} failed')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
