#!/usr/bin/env python3
"""Fails when a C++ file is not as clang-format would write it, or a script is not as shellcheck wants it."""
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLANG_FORMAT = '14'  # others lay some lines out in another way


def tracked(*patterns):
    listed = subprocess.run(['git', 'ls-files', '-z', *patterns], cwd=ROOT, check=True, capture_output=True).stdout
    return [name for name in listed.decode().split('\0') if name and (ROOT / name).is_file()]


def output_of(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def clang_format():
    """True when well formed, False when not, None when it cannot be told here."""
    if not shutil.which('clang-format'):
        return None
    version = output_of('clang-format', '--version').stdout.split('version ')[1]
    if version.split('.')[0] != CLANG_FORMAT:
        print(f'clang-format here is {version.strip()}, not {CLANG_FORMAT}')
        return None
    files = tracked('src/*.[ch]pp', 'tests/*.[ch]pp')
    answer = output_of('clang-format', '--dry-run', '--Werror', *files)
    wrong = [name for name in files if f'{name}:' in answer.stderr]
    if wrong:
        print('not as clang-format writes it; to change that: clang-format -i', *wrong, sep=' \\\n    ')
    return answer.returncode == 0


def shellcheck():
    if not shutil.which('shellcheck'):
        return None
    scripts = [name for name in tracked('scripts', '.ci')
               if name.endswith('.sh') or (ROOT / name).read_bytes().startswith(b'#!/usr/bin/env bash')]
    answer = output_of('shellcheck', '--external-sources', *scripts)
    print(answer.stdout, answer.stderr, sep='', end='')
    return answer.returncode == 0


def main():
    results = [clang_format(), shellcheck()]
    failed = results.count(False)
    print(f'format: {results.count(True)} passed, {failed} failed, {results.count(None)} skipped')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
