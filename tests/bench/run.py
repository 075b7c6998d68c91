#!/usr/bin/env python3
"""Measures the queue side by side with what bounds it and with a peer; scripts/bench builds what this needs and calls it.

    tests/bench/run.py queue [--case NAME]... [--rounds N] [--peers[=all]] [--quick] [--json FILE]

Every round measures every system once, in turn, each in a fresh folder on the file system of the build folder.
"""
import argparse
import contextlib
import dataclasses
import json
import os
import pathlib
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / 'build'
PROGRAMS = BUILD / 'tests' / 'bench'
PLACE = BUILD / 'bench'
PEERS = PLACE / 'peers'


# --- What is measured --------------------------------------------------------------------------------------------

@dataclasses.dataclass
class Run:
    """One system's turn in a case."""
    case: str
    system: str
    words: list       # of its program, without the folder
    quick: list       # what takes the place of words for a quick look
    filled: str = ''  # the kind of table that it finds
    turns: int = 1    # in each round: what is short is measured more often, for the machine is not always alike


def ours(case, *words, quick=(), filled='', system='skerry'):
    return Run(case, system, list(words), list(quick), filled)


def limit(case, *words, quick=(), system='limit'):
    return Run(case, system, list(words), list(quick))


def plainjob(case, *words, quick=(), system='plainjob'):
    return Run(case, system, list(words), list(quick))


def graphile(case, *words, quick=()):
    return Run(case, 'graphile', list(words), list(quick))


def beside(case, *words, quick, turns):
    return [dataclasses.replace(make(case, *words, quick=quick), turns=turns) for make in (ours, limit, plainjob)]


TABLES = ['nothing', 'pending', 'finished', 'scheduled', 'blocked']  # growth: what the table holds already

GROUPS = {
    'enqueue': beside('enqueue-normal', 'enqueue', 'n=5000', quick=['n=20'], turns=2)
               + beside('enqueue-full', 'enqueue', 'n=500', 'sync=full', quick=['n=20'], turns=5)
               + beside('enqueue-batch', 'enqueue', 'n=50000', 'batch=1000', quick=['n=40', 'batch=20'], turns=2),
    'drain': [ours('drain', 'drain', 'n=20000', quick=['n=40']),  # 8 jobs at a time, as a worker without options
              ours('drain', 'drain', 'n=20000', 'slots=64', quick=['n=40'], system='skerry-64'),
              limit('drain', 'drain', 'n=20000', 'ends=50', quick=['n=40']),
              limit('drain', 'drain', 'n=20000', 'ends=one', quick=['n=40'], system='limit-one'),
              limit('drain', 'drain', 'n=20000', 'ends=two', quick=['n=40'], system='limit-two'),
              plainjob('drain', 'drain', 'n=10000', quick=['n=40']),
              graphile('drain', 'drain', 'n=10000', quick=['n=40'])],
    'pickup': [ours('pickup', 'pickup', 'n=300', quick=['n=5']),
               limit('pickup', 'pickup', 'n=300', quick=['n=5']),
               plainjob('pickup', 'pickup', 'n=10', quick=['n=2']),
               plainjob('pickup', 'pickup', 'n=100', 'poll=1', quick=['n=2'], system='plainjob-poll1'),
               ours('pickup-full', 'pickup', 'n=300', 'sync=full', quick=['n=5']),
               limit('pickup-full', 'pickup', 'n=300', 'sync=full', quick=['n=5'])],
    'growth': [ours(f'growth-{table}', 'grown', 'n=20000', f'with={table}', quick=['n=40'], filled=table)
               for table in TABLES],
    'idle': [ours('idle'), plainjob('idle')],
    'cancel': [ours('cancel', 'cancel', 'n=100', quick=['n=3'])],
    'death': [ours('death', 'death', 'n=20', quick=['n=2'])],
}

FILLED_ROWS = {'nothing': 0, 'blocked': 100_000}  # a million of the others
UNITS = {'rate': 'jobs/s', 'p50': 'ms', 'p99': 'ms', 'max': 'ms', 'first': 'ms', 'cpu': '%', 'wakeups': '/s', 'pss': 'MiB'}

# What each must reach, and what it aims at: a factor and of whom, or a bound.
GOALS = {
    'enqueue-normal': [('must', 1.0, 'plainjob'), ('aim', 0.9, 'limit')],
    'enqueue-full': [('must', 1.0, 'plainjob'), ('aim', 0.9, 'limit')],
    'enqueue-batch': [('must', 1.5, 'plainjob'), ('aim', 0.9, 'limit')],
    'drain': [('must', 3.0, 'plainjob'), ('must', 1.5, 'graphile'), ('aim', 0.6, 'limit')],
    'pickup-p50': [('must', 0.6), ('aim', 0.3)],
    'pickup-p99': [('must', 10), ('aim', 3)],
    **{f'growth-{table}': [('must', 0.8, 'growth-nothing'), ('aim', 0.95, 'growth-nothing')] for table in TABLES[1:]},
    'idle-cpu': [('must', 0.1)],
    'idle-wakeups': [('must', 5)],
    'idle-pss': [('must', 15)],
    'cancel-p99': [('must', 100), ('aim', 10)],
    'death-max': [('must', 1000), ('aim', 50)],
}


# --- Measuring ---------------------------------------------------------------------------------------------------

class Failed(Exception):
    pass


def command_of(system):
    if system.startswith('skerry'):
        return [PROGRAMS / 'queue_bench']
    if system.startswith('limit'):
        return [PROGRAMS / 'queue_limit']
    return ['node', PEERS / f'{system.split("-")[0]}.mjs']


def output_of(words):
    result = subprocess.run([str(word) for word in words], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                            timeout=900)
    if result.returncode != 0:
        raise Failed(f'{" ".join(map(str, words))}: exit code {result.returncode}\n{result.stderr}')
    return result.stdout


def measure_once(run, folder, quick):
    if run.case == 'idle':
        return measure_idle(run, folder, quick)
    words = command_of(run.system) + [run.words[0], folder] + run.words[1:] + (run.quick if quick else [])
    return json.loads(output_of(words))


def use_of(pid):
    """Nanoseconds on a processor and how often it got one, of all threads."""
    rows = [file.read_text().split() for file in pathlib.Path(f'/proc/{pid}/task').glob('*/schedstat')]
    return sum(int(row[0]) for row in rows), sum(int(row[2]) for row in rows)


def measure_idle(run, folder, quick):
    """A worker that has nothing to do, once it has settled."""
    settling, window = (0.3, 0.3) if quick else (8, 10)
    words = [BUILD / 'skerry', 'worker'] if run.system == 'skerry' else command_of(run.system) + ['idle', folder]
    environment = dict(os.environ, SKERRY_DATA_DIR=str(folder), XDG_CONFIG_HOME=str(folder))
    process = subprocess.Popen([str(word) for word in words], env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(settling)
        before, begun = use_of(process.pid), time.monotonic()
        time.sleep(window)
        after, seconds = use_of(process.pid), time.monotonic() - begun
        if process.poll() is not None:
            raise Failed(f'the idle worker of {run.system} ended by itself')
        memory = pathlib.Path(f'/proc/{process.pid}/smaps_rollup').read_text()
        kibibytes = next(int(line.split()[1]) for line in memory.splitlines() if line.startswith('Pss:'))
    finally:
        process.kill()
        process.wait()
    return {'cpu': (after[0] - before[0]) / seconds / 1e7, 'wakeups': (after[1] - before[1]) / seconds,
            'pss': kibibytes / 1024}


def fill(table, quick, filled):
    """Makes a folder whose table holds a great many jobs; every round works on a copy of it."""
    folder = filled / table
    folder.mkdir()
    rows = 100 if quick else FILLED_ROWS.get(table, 1_000_000)
    output_of(command_of('skerry') + ['fill', folder, f'with={table}', f'n={rows}'])


def copy(folder, to):
    shutil.copytree(folder, to, dirs_exist_ok=True)
    for file in to.rglob('*'):
        if file.is_file():
            with open(file, 'rb') as opened:
                os.fsync(opened.fileno())  # else it would be written while the measuring goes on


@contextlib.contextmanager
def postgres():
    """A PostgreSQL of our own for graphile-worker, with its usual settings: a commit is on the disk."""
    programs = sorted(pathlib.Path('/usr/lib/postgresql').glob('*/bin/initdb'))
    if not programs:
        raise Failed('PostgreSQL is not installed')
    # It refuses to be root.
    as_somebody = ['runuser', '-u', 'postgres', '--'] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(dir=PLACE, prefix='postgres-') as data, tempfile.TemporaryDirectory() as socket:
        for folder in (data, socket):
            if as_somebody:
                shutil.chown(folder, 'postgres')
        output_of(as_somebody + [programs[-1], '-D', f'{data}/data', '-A', 'trust', '-U', 'postgres'])
        server = subprocess.Popen([*as_somebody, str(programs[-1].with_name('postgres')), '-D', f'{data}/data', '-k',
                                   socket, '-c', 'listen_addresses='], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while not (pathlib.Path(socket) / '.s.PGSQL.5432').exists():
                if server.poll() is not None:
                    raise Failed('PostgreSQL does not start')
                time.sleep(0.05)
            os.environ['PGURL'] = f'postgres://postgres@/postgres?host={socket}'
            yield
        finally:
            pid_file = pathlib.Path(data) / 'data' / 'postmaster.pid'
            if pid_file.exists():
                os.kill(int(pid_file.read_text().split()[0]), signal.SIGINT)
            server.wait()


class Session:
    """All rounds of all that is asked for: (case, system, unit) -> values."""

    def __init__(self, runs, rounds, quick):
        self.runs, self.rounds, self.quick = runs, rounds, quick
        self.values = {}
        self.failures = []

    def measure(self):
        with tempfile.TemporaryDirectory(dir=PLACE, prefix='filled-') as filled:
            self.filled = pathlib.Path(filled)
            for table in {run.filled: None for run in self.runs if run.filled}:
                say(f'filling a table: {table}')
                fill(table, self.quick, self.filled)
            # One group after another, so that what is compared was measured close together.
            for group in dict.fromkeys(group_of(run) for run in self.runs):
                members = [run for run in self.runs if group_of(run) == group]
                turns = self.rounds * (1 if self.quick else members[0].turns)
                for number in range(turns):
                    say(f'{group}: {number + 1} of {turns}')
                    for run in members:
                        self.turn(run)

    def turn(self, run):
        with tempfile.TemporaryDirectory(dir=PLACE, prefix='run-') as folder:
            folder = pathlib.Path(folder)
            try:
                if run.filled:
                    copy(self.filled / run.filled, folder)
                measured = measure_once(run, folder, self.quick)
            except (Failed, subprocess.TimeoutExpired, ValueError) as fault:
                self.failures.append(f'{run.case} of {run.system}: {fault}')
                return
        for name, value in measured.items():
            case = run.case if name == 'rate' else f'{run.case}-{name}'
            self.values.setdefault((case, run.system, UNITS[name]), []).append(value)


def group_of(run):
    return run.case.split('-')[0] if run.filled else run.case


def say(text):
    if sys.stderr.isatty():
        print(f'\r\x1b[K{text}', end='', file=sys.stderr, flush=True)


# --- Telling -----------------------------------------------------------------------------------------------------

def rows_of(bench, values):
    return [{'bench': bench, 'case': case, 'system': system, 'unit': unit, 'median': statistics.median(numbers),
             'min': min(numbers), 'max': max(numbers), 'n': len(numbers)}
            for (case, system, unit), numbers in values.items()]


def number(value):
    return f'{value:,.0f}' if value >= 100 else f'{value:.3g}'


def goals_of(case, system, rows, goals):
    """Lines that say how far a case of ours is from what it must reach."""
    medians = {(row['case'], row['system']): row['median'] for row in rows}
    mine = medians.get((case, system))
    for kind, wanted, *other in goals.get(case, []) if mine is not None else []:
        if not other:
            reached = mine <= wanted
            yield f'{kind} at most {wanted:g}: {number(mine)}, {"reached" if reached else "NOT REACHED"}'
            continue
        theirs = medians.get((case, other[0])) or medians.get((other[0], 'skerry'))
        if theirs:
            factor = mine / theirs
            yield (f'{kind} {wanted:g} x {other[0]}: {factor:.2f} x, '
                   f'{"reached" if factor >= wanted else "NOT REACHED"}')


def table_of(rows, goals, ours=('skerry', 'skerry-64')):
    """`ours` are the systems that goals are of."""
    lines = [f'{"case":<22} {"system":<15} {"unit":<7} {"median":>10} {"min":>10} {"max":>10} {"n":>3}']
    last = None
    for row in rows:
        if row['case'] != last:
            last = row['case']
            name = last
            rest = [other for other in rows if other['case'] == last]
            for other in rest:
                lines.append(f'{name:<22} {other["system"]:<15} {other["unit"]:<7} {number(other["median"]):>10} '
                             f'{number(other["min"]):>10} {number(other["max"]):>10} {other["n"]:>3}')
                name = ''
            for system in ours:
                lines += [f'{"":<22}   {system}: {goal}' for goal in goals_of(last, system, rows, goals)]
    return lines


def unique_cases_together(rows):
    order = {case: index for index, case in enumerate(dict.fromkeys(row['case'] for row in rows))}
    return sorted(rows, key=lambda row: order[row['case']])


def first_line(*words):
    try:
        return output_of(words).strip().splitlines()[0]
    except (Failed, OSError, IndexError):
        return 'unknown'


def machine(peers, postgres_too):
    memory = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30
    yield (f'{os.cpu_count()} cores, {memory:.0f} GiB, Linux {platform.release()}, '
           f'{first_line("findmnt", "-n", "-o", "FSTYPE", "-T", PLACE)}; load {os.getloadavg()[0]:.1f}')
    yield (f'skerry {first_line("git", "-C", ROOT, "describe", "--always", "--dirty")} '
           f'(SQLite {first_line(PROGRAMS / "queue_bench", "version")}), '
           f'limit (SQLite {first_line(PROGRAMS / "queue_limit", "version")})')
    if peers:
        package = json.loads((PEERS / 'node_modules' / 'plainjob' / 'package.json').read_text())
        yield (f'plainjob {package["version"]} (SQLite {first_line("node", PEERS / "plainjob.mjs", "version")}, '
               f'Node {first_line("node", "--version")})')
    if postgres_too:
        package = json.loads((PEERS / 'node_modules' / 'graphile-worker' / 'package.json').read_text())
        server = sorted(pathlib.Path('/usr/lib/postgresql').glob('*/bin/postgres'))[-1]
        yield f'graphile-worker {package["version"]} with its local queue ({first_line(server, "--version")})'


def wanted_runs(cases, peers):
    runs = [run for name, group in GROUPS.items() for run in group
            if not cases or any(case == name or run.case.startswith(case) for case in cases)]
    # What growth is compared with belongs to each of its cases.
    empty = GROUPS['growth'][0]
    if any(run.filled for run in runs) and empty not in runs:
        runs.insert(0, empty)
    wanted = {None: (), 'plainjob': ('plainjob',), 'all': ('plainjob', 'graphile')}[peers]
    return [run for run in runs if run.system.startswith(('skerry', 'limit', *wanted))]


def read_words():
    parser = argparse.ArgumentParser(prog='scripts/bench', description='Measures; says nothing about right or wrong.')
    parser.add_argument('name', choices=['queue'])
    parser.add_argument('--case', action='append', default=[], metavar='NAME',
                        help=f'only this: {", ".join(GROUPS)}, or the beginning of a case\'s name; may be repeated')
    parser.add_argument('--rounds', type=int, metavar='N', help='how often (5)')
    parser.add_argument('--peers', nargs='?', const='plainjob', choices=['plainjob', 'all'],
                        help='measure plainjob beside it; all: also graphile-worker, with PostgreSQL')
    parser.add_argument('--quick', action='store_true', help='one round of next to nothing: does it work at all?')
    parser.add_argument('--json', type=pathlib.Path, metavar='FILE', help='write the figures here')
    return parser, parser.parse_args()


def main():
    parser, words = read_words()
    runs = wanted_runs(words.case, words.peers)
    if not runs:
        parser.error(f'no such case: {" ".join(words.case)}')
    if words.peers:
        for adapter in (ROOT / 'tests' / 'bench').glob('*.mjs'):
            shutil.copy(adapter, PEERS)
    session = Session(runs, words.rounds or (1 if words.quick else 5), words.quick)
    postgres_too = any(run.system == 'graphile' for run in runs)
    PLACE.mkdir(parents=True, exist_ok=True)
    with postgres() if postgres_too else contextlib.nullcontext():
        session.measure()
    rows = unique_cases_together(rows_of(words.name, session.values))
    say('')
    print(*machine(words.peers, postgres_too), '', *table_of(rows, GOALS), sep='\n')
    if words.json:
        words.json.write_text(json.dumps(rows, indent=1) + '\n')
    for failure in session.failures:
        print(f'error: {failure}', file=sys.stderr)
    return 1 if session.failures else 0


if __name__ == '__main__':
    sys.exit(main())
