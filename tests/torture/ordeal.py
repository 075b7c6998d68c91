"""What torture.py and soak.py share: a data folder, commands that may be killed on their way, and a list of what was
found to be wrong."""
import argparse
import collections
import contextlib
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time

SKERRY = os.environ.get('SKERRY', str(pathlib.Path(__file__).resolve().parents[2] / 'build' / 'skerry'))


class Ordeal:
    KILLED = 0.1        # of the commands, on their way
    LONGEST_WAY = 0.03  # seconds until then
    LONGEST = 60        # seconds, for a command to end

    def __init__(self, folder, seed, seconds, **environment):
        self.folder, self.seconds = folder, seconds
        self.random = random.Random(seed)
        self.environment = dict(os.environ, SKERRY_DATA_DIR=str(folder / 'data'), XDG_CONFIG_HOME=str(folder),
                                NO_COLOR='1', **environment)
        self.wrong = []
        self.counts = collections.Counter()
        self.over = threading.Event()

    def command(self, source, *words, allowed=(0, 3, 6)):
        """What a command has said; nothing when it was killed on its way, as `source` decides where there is one, or
        was refused."""
        process = subprocess.Popen([SKERRY, *words], env=self.environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if source and source.random() < self.KILLED:
            time.sleep(source.uniform(0, self.LONGEST_WAY))
            process.kill()
            process.communicate()
            self.counts['commands killed'] += 1
            return None
        try:
            output, errors = process.communicate(timeout=self.LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            self.wrong.append(f'{" ".join(words)} did not end')
            return None
        self.counts['commands'] += 1
        if process.returncode not in allowed:
            self.wrong.append(f'{" ".join(words)}: exit code {process.returncode}: {errors.strip()[-300:]}')
        return output if process.returncode == 0 else None

    def rows(self, sql, *values):
        file = f'file:{self.folder / "data" / "skerry.db"}?mode=ro'
        with contextlib.closing(sqlite3.connect(file, uri=True, timeout=60)) as db:
            return db.execute(sql, values).fetchall()

    def none(self, what, sql):
        for row in self.rows(sql)[:5]:
            self.wrong.append(f'{what}: {row}')

    def run(self):
        """Whether nothing was wrong."""
        raise NotImplementedError


def parser_for(name, document):
    parser = argparse.ArgumentParser(prog=f'tests/torture/{name}.py', description=document.splitlines()[0])
    parser.add_argument('--seed', type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument('--keep', action='store_true', help='leave the data folder where it is')
    return parser


def undergo(name, words, make):
    """Runs what make(folder) gives, tells what became of it, and returns the exit code."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f'skerry-{name}-'))
    print(f'seed {words.seed}, in {folder}', flush=True)
    ordeal = make(folder)
    sound = ordeal.run()
    for what, count in sorted(ordeal.counts.items()):
        print(f'{count:8} {what}')
    for line in ordeal.wrong[:50]:
        print(f'wrong: {line}')
    print('nothing was wrong' if sound else f'{len(ordeal.wrong)} things were wrong')
    if not words.keep:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if sound else 1
