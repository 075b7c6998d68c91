#!/usr/bin/env python3
"""Measures the server: requests beside a server of Node that does the same work, and streams with thousands of clients.

    tests/bench/server.py [--case NAME]... [--rounds N] [--quick] [--build FOLDER] [--json FILE]

Every round measures every system once, in turn, each on a database of its own with the same rows. wrk, the clients and
what commits the events run on the same machine. A quick look leaves the server of Node out.
"""
import argparse
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

from log import rss_of
from run import (BUILD, PEERS, PLACE, ROOT, Failed, first_line, machine, output_of, rows_of, say, table_of,
                 unique_cases_together, use_of)

HERE = pathlib.Path(__file__).resolve().parent
CONNECTIONS = 16
PROJECTS = 50
EVENTS_A_SECOND = 10
UNITS = {'rate': 'req/s', 'p50': 'ms', 'p99': 'ms', 'max': 'ms', 'cpu': '%', 'rss': 'MiB', 'threads': ''}

# As run.GOALS; what is of streams holds for skerry alone.
GOALS = {
    **{case: [('must', 2.0, 'node'), ('aim', 3.0, 'node')] for case in ('get', 'list', 'write')},
    'streams-1000-p99': [('must', 15)],
    'streams-5000-p99': [('must', 60)],
    **{f'streams-{clients}-rss': [('must', 40)] for clients in (1000, 5000)},
    **{f'streams-{clients}-threads': [('must', 100)] for clients in (1000, 5000)},
}


def requests(case, made):
    """What wrk asks for: an address, and a body if it is to be sent."""
    return {'get': (f'/api/projects/{made["project"]}', []),
            'list': (f'/api/projects?limit={PROJECTS}', []),
            'write': ('/api/actions/projects.rename', [json.dumps({'project': made['project'], 'name': 'Renamed COUNT'})])}[case]


class Server:
    """skerry or the server of Node on a fresh database; answers at `port`."""

    def __init__(self, system, folder, build):
        self.folder = folder
        programs = build / 'tests' / 'bench'
        self.made = json.loads(output_of([programs / 'http_bench', 'prepare', folder, f'n={PROJECTS}']))
        environment = dict(os.environ, SKERRY_DATA_DIR=str(folder), XDG_CONFIG_HOME=str(folder), NO_COLOR='1',
                           SKERRY_LOG_LEVEL='off')
        words = ([build / 'skerry', 'serve', '--no-worker', '--listen', '127.0.0.1:0'] if system == 'skerry'
                 else ['node', PEERS / 'http_peer.mjs', folder / 'skerry.db'])
        self.process = subprocess.Popen([str(word) for word in words], env=environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        line = self.process.stdout.readline().strip()
        try:
            self.port = int(line.rpartition(':')[2])
        except ValueError as fault:
            raise Failed(f'{system} does not listen: {line}') from fault

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def used(self):
        return use_of(self.process.pid)[0]


def load(server, case, seconds):
    path, body = requests(case, server.made)
    words = ['wrk', '-t1', f'-c{CONNECTIONS}', f'-d{seconds}s', '-s', HERE / 'http_load.lua',
             f'http://127.0.0.1:{server.port}{path}', '--', server.made['token'], *body]
    measured = json.loads(output_of(words).splitlines()[-1])
    if measured.pop('faults'):
        raise Failed('not every request was answered well')
    return measured


def measure_requests(server, case, quick):
    if not quick:
        load(server, case, 1)  # to warm up
    begun, before = time.monotonic(), server.used()
    measured = load(server, case, 1 if quick else 5)
    measured['cpu'] = (server.used() - before) / (time.monotonic() - begun) / 1e7
    return measured


def measure_streams(server, clients, events, build):
    programs = build / 'tests' / 'bench'
    words = [programs / 'stream_clients', server.port, f'n={clients}', f'events={events}', f'token={server.made["token"]}']
    with subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, text=True) as followers:
        try:
            if followers.stdout.readline() != 'ready\n':
                raise Failed('the clients were not connected')
            begun, before = time.monotonic(), server.used()
            output_of([programs / 'http_bench', 'tell', server.folder, f'n={events}', f'rate={EVENTS_A_SECOND}'])
            answer = followers.stdout.read()
            cpu = (server.used() - before) / (time.monotonic() - begun) / 1e7
            threads = len(list(pathlib.Path(f'/proc/{server.process.pid}/task').iterdir()))
            memory = rss_of(server.process.pid)
        finally:
            followers.kill()
    if not answer:
        raise Failed('the clients did not receive everything')
    return {**json.loads(answer), 'cpu': cpu, 'rss': memory, 'threads': threads}


class Session:
    def __init__(self, words):
        self.words, self.values, self.failures = words, {}, []

    def measure(self, cases):
        for case in cases:
            for turn in range(self.words.rounds):
                say(f'{case}: {turn + 1} of {self.words.rounds}')
                for system in ['skerry'] if case == 'streams' or self.words.quick else ['skerry', 'node']:
                    self.turn(case, system)

    def turn(self, case, system):
        counts = ([20] if self.words.quick else [1000, 5000]) if case == 'streams' else [None]
        for clients in counts:
            name = f'{case}-{clients}' if clients else case
            try:
                for what, value in self.once(case, system, clients).items():
                    case_of_it = name if what == 'rate' else f'{name}-{what}'
                    self.values.setdefault((case_of_it, system, UNITS[what]), []).append(value)
            except (Failed, subprocess.TimeoutExpired, ValueError) as fault:
                self.failures.append(f'{name} of {system}: {fault}')

    def once(self, case, system, clients):
        quick, build = self.words.quick, self.words.build
        with tempfile.TemporaryDirectory(dir=PLACE, prefix='http-') as folder, \
                Server(system, pathlib.Path(folder), build) as server:
            if not clients:
                return measure_requests(server, case, quick)
            return measure_streams(server, clients, 5 if quick else 100, build)


def told_of_machine(words):
    yield next(iter(machine(None, False)))
    yield f'skerry {first_line("git", "-C", ROOT, "describe", "--always", "--dirty")}, built in {words.build.name}'
    if not words.quick:
        yield (f'node {first_line("node", "--version")}, better-sqlite3 with SQLite '
               f'{first_line("node", PEERS / "http_peer.mjs", "version")}')
    yield f'wrk with {CONNECTIONS} connections; {EVENTS_A_SECOND} events a second to every stream'


def read_words():
    cases = ['get', 'list', 'write', 'streams']
    parser = argparse.ArgumentParser(prog='scripts/bench http', description='Measures; says nothing about right or wrong.')
    parser.add_argument('--case', action='append', choices=cases, help='only this; may be repeated')
    parser.add_argument('--rounds', type=int, metavar='N', help='how often (5)')
    parser.add_argument('--quick', action='store_true', help='one round of next to nothing: does it work at all?')
    parser.add_argument('--build', type=pathlib.Path, default=BUILD, metavar='FOLDER', help='whose programs (build)')
    parser.add_argument('--json', type=pathlib.Path, metavar='FILE', help='write the figures here')
    words = parser.parse_args()
    words.rounds = words.rounds or (1 if words.quick else 5)
    words.build = words.build.resolve()
    return words, words.case or cases


def main():
    words, cases = read_words()
    PLACE.mkdir(parents=True, exist_ok=True)
    if not words.quick:
        shutil.copy(HERE / 'http_peer.mjs', PEERS)
    highest = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest, highest))  # a stream is a descriptor, here and there
    session = Session(words)
    session.measure(cases)
    rows = rows_of('http', session.values)
    say('')
    print(*told_of_machine(words), '', *table_of(unique_cases_together(rows), GOALS), sep='\n')
    if words.json:
        words.json.write_text(json.dumps(rows, indent=1) + '\n')
    for failure in session.failures:
        print(f'error: {failure}', file=sys.stderr)
    return 1 if session.failures else 0


if __name__ == '__main__':
    sys.exit(main())
