#!/usr/bin/env python3
"""Fails when a tracked file names a place of one machine or a registry's host, or code carries a mark of unfinished work."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SLASH = '/'  # the patterns are put together here so that this file does not match itself

PLACES = [SLASH + folder + SLASH for folder in ('work', 'root', 'farm', 'home' + SLASH + r'\w+', r'opt/oc')]
HOSTS = ['.'.join(parts) for parts in (
    ('registry', 'npmjs', 'org'), ('npmjs', 'com'), ('deb', 'debian', 'org'), ('snapshot', 'debian', 'org'),
    ('security', 'debian', 'org'), ('ftp', 'debian', 'org'), ('pypi', 'org'), ('pythonhosted', 'org'),
    ('crates', 'io'), ('proxy', 'golang', 'org'), ('hub', 'docker', 'com'))]
MARKS = ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'not ' + 'implemented']

# name of the rule: what no line may hold, and which files it is about
RULES = {
    'no place of one machine': (r'(?<![\w.$}-])(?:' + '|'.join(PLACES) + ')', r''),
    'no host of a registry': ('|'.join(re.escape(host) for host in HOSTS), r''),
    'nothing outside the project': (re.escape('..' + SLASH + 'shared'), r''),
    'no unfinished work': (r'\b(?:' + '|'.join(MARKS) + r')\b', r'(?:src|scripts|share|tests)/'),
}


def tracked_texts():
    """Name and lines of every tracked text file."""
    listed = subprocess.run(['git', 'ls-files', '-z'], cwd=ROOT, check=True, capture_output=True).stdout
    for name in sorted(listed.decode().split('\0')):
        path = ROOT / name
        if name and path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            if b'\0' not in data:
                yield name, data.decode(errors='replace').splitlines()


def main():
    texts = list(tracked_texts())
    failed = 0
    for rule, (pattern, about) in RULES.items():
        wrong = [f'{name}:{number}: {rule}: {line.strip()[:100]}'
                 for name, lines in texts if re.match(about, name)
                 for number, line in enumerate(lines, 1) if re.search(pattern, line)]
        print('\n'.join(wrong), end='\n' if wrong else '')
        failed += bool(wrong)
    print(f'words: {len(RULES) - failed} passed, {failed} failed')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
