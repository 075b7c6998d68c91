#!/usr/bin/env python3
"""Measures the life of projects as a person at the terminal sees it: in containers, and in the sandbox beside them.

    tests/bench/projects.py [--runtime docker|sandbox]... [--projects N] [--rounds N] [--quick] [--json FILE]

Every round makes one project and then N at once in a fresh data folder, with the real agent and the scripted model. Times
are of whole commands. Docker needs an engine (scripts/engine) and the images (skerry images build).
"""
import argparse
import contextlib
import json
import os
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

from run import BUILD, PLACE, ROOT, Failed, first_line, machine, rows_of, say, table_of, unique_cases_together

LOOKS = 20  # how often a project is looked at
FIRST_PORT = 17000
GOALS = {f'{count}-show-p99': [('must', 50)] for count in ('one', 'many')}


class Place:
    """A data folder in which commands run; all that was started in it is gone afterwards."""

    def __init__(self, folder, runtime):
        self.folder = pathlib.Path(folder)
        self.environment = dict(os.environ, SKERRY_DATA_DIR=folder, XDG_CONFIG_HOME=folder, NO_COLOR='1',
                                SKERRY_FIRST_PORT=str(FIRST_PORT), SKERRY_LOG_LEVEL='off', SKERRY_RUNTIME=runtime,
                                SKERRY_APP_IMAGE='skerry/app', SKERRY_AGENT_IMAGE='skerry/agent')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for name in self.names():
            self.run('projects', 'delete', name, '--yes', '--wait')

    def words(self, *words):
        return [str(BUILD / 'skerry'), *words]

    def run(self, *words):
        """The milliseconds that a command took."""
        begun = time.monotonic()
        result = subprocess.run(self.words(*words), env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
                                text=True, timeout=900)
        if result.returncode != 0:
            raise Failed(f'skerry {" ".join(words)}: exit code {result.returncode}\n{result.stderr}')
        self.printed = result.stdout
        return (time.monotonic() - begun) * 1000

    def names(self):
        self.run('projects', 'list', '--json')
        return [row['slug'] for row in json.loads(self.printed)]

    def at_once(self, names, *words):
        """The milliseconds until the jobs of a command for all of them have ended."""
        begun = time.monotonic()
        for name in names:
            self.run(*[word.replace('NAME', name) for word in words])
        with subprocess.Popen(self.words('worker', '--concurrency', str(len(names))), env=self.environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as worker:
            while self.unfinished_jobs():
                if worker.poll() is not None:
                    raise Failed(f'the worker ended with {worker.returncode}')
                time.sleep(0.02)
            taken = time.monotonic() - begun
            worker.terminate()
        self.run('jobs', 'list', '--state', 'failed', '--json')
        if json.loads(self.printed):
            raise Failed(f'a job failed: {self.printed}')
        return taken * 1000

    def unfinished_jobs(self):
        """Asked of the file itself, for a command would be one more process each time."""
        with contextlib.closing(sqlite3.connect(self.folder / 'skerry.db', timeout=10)) as db:
            return db.execute('select count(*) from jobs where finished_at is null').fetchone()[0]

    def looks(self, name):
        for what in ('ps', 'show'):
            times = sorted(self.run('projects', what, name) for _ in range(LOOKS))
            yield f'{what}-p50', statistics.median(times)
            yield f'{what}-p99', times[-1]


def life_of_one(place):
    """(what, milliseconds) of each step."""
    made = ('--name', 'alone', '--model', 'demo/scripted')
    yield 'create', place.run('projects', 'create', *made, '--wait')
    yield 'prompt', place.run('sessions', 'prompt', 'alone', "put 'measured' there", '--wait')
    yield from place.looks('alone')
    yield 'exec', place.run('projects', 'exec', 'alone', '--', 'true')
    yield 'stop', place.run('projects', 'stop', 'alone', '--wait')
    yield 'start', place.run('projects', 'start', 'alone', '--wait')
    yield 'delete', place.run('projects', 'delete', 'alone', '--yes', '--wait')


def life_of_many(place, count):
    names = [f'many-{number}' for number in range(count)]
    yield 'create', place.at_once(names, 'projects', 'create', '--name', 'NAME', '--model', 'demo/scripted')
    yield from place.looks(names[0])
    yield 'stop', place.at_once(names, 'projects', 'stop', 'NAME')
    yield 'start', place.at_once(names, 'projects', 'start', 'NAME')
    yield 'delete', place.at_once(names, 'projects', 'delete', 'NAME', '--yes')


def measure(words, values):
    for turn in range(words.rounds):
        for runtime in words.runtime:
            with tempfile.TemporaryDirectory(dir=PLACE, prefix='projects-') as folder, Place(folder, runtime) as place:
                for group, steps in (('one', life_of_one(place)), ('many', life_of_many(place, words.projects))):
                    for what, milliseconds in steps:
                        say(f'{turn + 1} of {words.rounds}, {runtime}: {group} {what}')
                        values.setdefault((f'{group}-{what}', runtime, 'ms'), []).append(milliseconds)


def read_words():
    parser = argparse.ArgumentParser(prog='scripts/bench projects', description='Measures; says nothing about right or wrong.')
    parser.add_argument('--runtime', action='append', choices=['docker', 'sandbox'], help='only this; may be repeated')
    parser.add_argument('--projects', type=int, default=20, metavar='N', help='how many at once (20)')
    parser.add_argument('--rounds', type=int, default=3, metavar='N', help='how often (3)')
    parser.add_argument('--quick', action='store_true', help='one round of two projects: does it work at all?')
    parser.add_argument('--json', type=pathlib.Path, metavar='FILE', help='write the figures here')
    words = parser.parse_args()
    words.runtime = words.runtime or ['docker', 'sandbox']
    if words.quick:
        words.rounds, words.projects = 1, 2
    return words


def told_of_machine():
    yield next(iter(machine(None, False)))
    yield f'skerry {first_line("git", "-C", ROOT, "describe", "--always", "--dirty")}'
    yield f'Docker engine {first_line("docker", "version", "--format", "{{.Server.Version}}")}, Compose ' \
          f'{first_line("docker", "compose", "version", "--short")}'


def main():
    words = read_words()
    PLACE.mkdir(parents=True, exist_ok=True)
    values, failure = {}, None
    try:
        measure(words, values)
    except (Failed, subprocess.TimeoutExpired) as fault:
        failure = fault
    rows = rows_of('projects', values)
    say('')
    print(*told_of_machine(), f'{words.projects} projects at once', '',
          *table_of(unique_cases_together(rows), GOALS, ('docker',)), sep='\n')
    if words.json:
        words.json.write_text(json.dumps(rows, indent=1) + '\n')
    if failure:
        print(f'error: {failure}', file=sys.stderr)
    return 1 if failure else 0


if __name__ == '__main__':
    sys.exit(main())
