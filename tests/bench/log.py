#!/usr/bin/env python3
"""Measures the event log: many agents stream at once, each turn is stored, and each is followed by a command of its own.

    tests/bench/log.py [--projects N] [--deltas N] [--seconds N] [--quick] [--json FILE]

Counted are skerry's own processes: the worker's and the followers', not the agents (which stand in for real ones) and not
this reader. A delta is late by the time from the moment the agent says it to the moment a follower has written it.
"""
import argparse
import contextlib
import json
import os
import pathlib
import selectors
import subprocess
import sys
import tempfile
import time

from run import BUILD, PLACE, PROGRAMS, Failed, machine, say, use_of

HERE = pathlib.Path(__file__).resolve().parent


class Followed:
    """What one follower has written so far."""

    def __init__(self, process):
        self.process = process
        self.rest = b''
        self.next = 0  # the number of the delta to come
        self.late = []
        self.ended = False

    def read(self):
        data = os.read(self.process.stdout.fileno(), 1 << 20)
        now = time.monotonic_ns()
        *lines, self.rest = (self.rest + data).split(b'\n')
        for line in lines:
            self.take(json.loads(line), now)
        return bool(data)

    def take(self, event, now):
        self.ended = self.ended or event['type'] == 'chat.turn.ended'
        if event['type'] != 'chat.message.part.added' or 'delta' not in event['payload']:
            return
        for word in event['payload']['delta'].split():
            number, said = word.split('@')
            if int(number) != self.next:
                raise Failed(f'delta {self.next} did not come: {number} did')
            self.next += 1
            self.late.append((now - int(said)) / 1e6)


def percentile(values, percent):
    values = sorted(values)
    return values[(len(values) - 1) * percent // 100]


def rss_of(pid):
    status = pathlib.Path(f'/proc/{pid}/status').read_text()
    return int(next(line for line in status.splitlines() if line.startswith('VmRSS')).split()[1]) / 1024


class Scene:
    def __init__(self, folder, words, stack):
        self.folder, self.words, self.stack = folder, words, stack
        self.environment = dict(os.environ, SKERRY_DATA_DIR=str(folder), XDG_CONFIG_HOME=str(folder), NO_COLOR='1')
        self.selector = selectors.DefaultSelector()

    def start(self, *words, **more):
        process = subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL, env=self.environment, **more)
        self.stack.callback(process.wait)
        self.stack.callback(process.kill)
        return process

    def begin(self):
        words = self.words
        agents = self.start('node', HERE / 'talking_agents.mjs', words.projects, words.seconds, words.deltas,
                            stdout=subprocess.PIPE)
        ports = json.loads(agents.stdout.readline())
        subprocess.run([str(PROGRAMS / 'log_bench'), 'prepare', str(self.folder), f'n={words.projects}'], check=True)
        self.followed = [Followed(self.start(BUILD / 'skerry', 'sessions', 'events', f's{number:03}', '--follow', '--json',
                                             stdout=subprocess.PIPE)) for number in range(words.projects)]
        for one in self.followed:
            self.selector.register(one.process.stdout, selectors.EVENT_READ, one)
        self.worker = self.start(PROGRAMS / 'log_bench', 'follow', self.folder, 'ports=' + ','.join(map(str, ports)))

    def read_until(self, done, seconds):
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() > deadline:
                raise Failed(f'not done within {seconds} s')
            for key, _ in self.selector.select(0.5):
                if not key.data.read():
                    raise Failed('a follower has ended')

    def used(self):
        return use_of(self.worker.pid)[0], sum(use_of(one.process.pid)[0] for one in self.followed)

    def measure(self):
        words, all_deltas = self.words, self.words.seconds * self.words.deltas
        self.begin()
        self.read_until(lambda: all(one.next for one in self.followed), 120)  # all have begun
        for one in self.followed:
            one.late.clear()
        begun, before = time.monotonic(), self.used()
        ends = begun + words.seconds * 0.8
        self.read_until(lambda: time.monotonic() >= ends or any(one.ended for one in self.followed), 600)
        seconds, after = time.monotonic() - begun, self.used()
        memory = rss_of(self.worker.pid)
        late = [value for one in self.followed for value in one.late]
        self.read_until(lambda: all(one.ended for one in self.followed), 600)
        if any(one.next != all_deltas for one in self.followed):
            raise Failed('not every delta came')
        return {
            'worker-cpu': ((after[0] - before[0]) / seconds / 1e7, '%'),
            'followers-cpu': ((after[1] - before[1]) / seconds / 1e7, '%'),
            'all-cpu-of-machine': ((sum(after) - sum(before)) / seconds / 1e7 / os.cpu_count(), '%'),
            'deltas': (len(late) / seconds, '/s'),
            'late-p50': (percentile(late, 50), 'ms'),
            'late-p99': (percentile(late, 99), 'ms'),
            'worker-rss': (memory, 'MiB'),
        }


def main():
    parser = argparse.ArgumentParser(prog='scripts/bench log', description='Measures; says nothing about right or wrong.')
    parser.add_argument('--projects', type=int, default=100, metavar='N')
    parser.add_argument('--deltas', type=int, default=50, metavar='N', help='of each project in a second')
    parser.add_argument('--seconds', type=int, default=20, metavar='N')
    parser.add_argument('--quick', action='store_true', help='next to nothing: does it work at all?')
    parser.add_argument('--json', type=pathlib.Path, metavar='FILE', help='write the figures here')
    words = parser.parse_args()
    if words.quick:
        words.projects, words.seconds = 3, 1
    PLACE.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=PLACE, prefix='log-') as folder, contextlib.ExitStack() as stack:
            measured = Scene(pathlib.Path(folder), words, stack).measure()
    except Failed as fault:
        print(f'error: {fault}', file=sys.stderr)
        return 1
    say('')
    print(*machine(None, False), sep='\n')
    print(f'\n{words.projects} projects, {words.deltas} deltas a second each, one follower each')
    for case, (value, unit) in measured.items():
        print(f'{case:<22} {value:>10.1f} {unit}')
    if words.json:
        words.json.write_text(json.dumps([{'bench': 'log', 'case': case, 'system': 'skerry', 'unit': unit, 'median': value,
                                           'min': value, 'max': value, 'n': 1}
                                          for case, (value, unit) in measured.items()], indent=1) + '\n')
    return 0


if __name__ == '__main__':
    sys.exit(main())
