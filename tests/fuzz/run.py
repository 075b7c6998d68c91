#!/usr/bin/env python3
"""Feeds the programs of tests/fuzz with what strangers could send: their seeds, then what libFuzzer makes of them.

    tests/fuzz/run.py                          all of them, a fixed number of inputs each
    tests/fuzz/run.py WORD...                  those whose name has one of the words
    tests/fuzz/run.py --seconds 600 --random   for longer, with other luck each time

An input that a program does not stand is kept in FOLDER/found/, with a log beside it, and is tried again with
FOLDER/tests/fuzz/NAME FILE. The last line is "fuzz: N passed, N failed".
"""
import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
INPUTS = 1500  # made up for each program: some seconds' worth of the slowest
LARGEST_INPUT = 8192  # bytes: beyond the limits of a line, a target and a part's head


def arguments():
    parser = argparse.ArgumentParser(usage='tests/fuzz/run.py [options] [WORD...]')
    parser.add_argument('words', nargs='*', metavar='WORD')
    parser.add_argument('--build', type=pathlib.Path, default=ROOT / 'build-fuzz', metavar='FOLDER')
    parser.add_argument('--seconds', type=int, help=f'for each program, instead of {INPUTS} inputs')
    parser.add_argument('--random', action='store_true', help='not the same luck as the last time')
    parser.add_argument('--jobs', type=int, default=os.cpu_count(), help='programs that run at once')
    return parser.parse_args()


def fuzz(name, options):
    """Whether the program stood all it was given, and what it printed."""
    found = options.build / 'found'
    found.mkdir(parents=True, exist_ok=True)
    long = f'-max_total_time={options.seconds}' if options.seconds else f'-runs={INPUTS}'
    with tempfile.TemporaryDirectory() as grown:  # what is new goes to the first folder, not among the seeds
        command = [options.build / 'tests' / 'fuzz' / name, grown, HERE / 'corpus' / name,
                   long, f'-max_len={LARGEST_INPUT}', f'-seed={0 if options.random else 1}',
                   '-timeout=30', '-rss_limit_mb=2048', '-print_final_stats=1', f'-artifact_prefix={found}/{name}-']
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    output = done.stdout.decode(errors='replace')
    (found / f'{name}.log').write_text(output)
    return done.returncode == 0, output


def figure(output, name):
    return next((line.split()[-1] for line in output.splitlines() if line.startswith(f'stat::{name}:')), '0')


def main():
    options = arguments()
    names = sorted(file.stem for file in HERE.glob('*.cpp')
                   if not options.words or any(word in file.stem for word in options.words))
    if missing := [name for name in names if not (options.build / 'tests' / 'fuzz' / name).exists()]:
        sys.exit(f"error: not built in {options.build}: {', '.join(missing)}\n"
                 'hint: how to build them: docs/development.md')
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=max(1, options.jobs)) as pool:
        for name, (stood, output) in zip(names, pool.map(lambda name: fuzz(name, options), names)):
            print(f"{name:<14} {'stood' if stood else 'FAILED':<7} {figure(output, 'number_of_executed_units')} inputs",
                  flush=True)
            if not stood:
                failed += 1
                print('\n'.join(output.splitlines()[-60:]))
    print(f'fuzz: {len(names) - failed} passed, {failed} failed')
    sys.exit(1 if failed or not names else 0)


if __name__ == '__main__':
    main()
