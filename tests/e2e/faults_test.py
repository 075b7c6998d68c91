"""A process that dies, or finds the disk full or broken, at any step of its use of the database: nothing that was
acknowledged is lost, nothing is recorded twice, and the next worker finishes it all.

tests/torture/faults.cpp makes the program fail at its N-th step. Each scenario is run again and again with a later N,
until it ends without having come so far.
"""
import concurrent.futures
import contextlib
import os
import pathlib
import shutil
import sqlite3
import subprocess
import unittest

from world import SKERRY, World

FAULTS = pathlib.Path(SKERRY).resolve().parent / 'tests' / 'torture' / 'faults.so'
SUCCEEDED, CANCELLED = 5, 6
AT_ONCE = 16  # they mostly wait for a retry


def points():
    """1, 2, 3 ... and then with growing steps: a process makes a few hundred."""
    at = 1
    while True:
        yield at
        at += max(1, at // 6)


class Folder:
    """A data folder of its own in which one process is made to fail."""

    def __init__(self, path, kind, at):
        self.path, self.kind, self.at = path, kind, at
        self.was_hit = False
        path.mkdir(parents=True, exist_ok=True)
        self.environment = dict(os.environ, SKERRY_DATA_DIR=str(path / 'data'), XDG_CONFIG_HOME=str(path),
                                EFFECTS=str(path / 'effects'), NO_COLOR='1')

    def __str__(self):
        return f'{self.kind} at {self.at}'

    def run(self, *words):
        return subprocess.run([SKERRY, *words], env=self.environment, capture_output=True, text=True, timeout=60,
                              stdin=subprocess.DEVNULL, cwd=self.path)

    def run_and_fail(self, *words):
        """A process with the fault; 0 or more than 0, it must end."""
        hit = self.path / 'hit'
        faults = {'LD_PRELOAD': str(FAULTS), 'FAULT_KIND': self.kind, 'FAULT_AT': str(self.at), 'FAULT_HIT': str(hit)}
        result = subprocess.run([SKERRY, *words], env={**self.environment, **faults}, capture_output=True, text=True,
                                timeout=60, stdin=subprocess.DEVNULL, cwd=self.path)
        if hit.exists():
            self.was_hit = True
            hit.unlink()
        return result

    def rows(self, sql):
        with contextlib.closing(sqlite3.connect(self.path / 'data' / 'skerry.db', timeout=10)) as db:
            return db.execute(sql).fetchall()

    def effects(self):
        file = self.path / 'effects'
        return [int(line) for line in file.read_text().split()] if file.exists() else []


class Faults(World):
    KINDS = ('kill', 'no-space', 'io-error', 'short')

    def setUp(self):
        super().setUp()
        self.assertTrue(FAULTS.exists(), f'{FAULTS} was not built')

    def at_every_point(self, scenario):
        """Runs scenario(folder) for each kind and point; each says in folder.was_hit whether it came so far."""
        def all_points(kind, first):
            """Every AT_ONCE-th point from the first on."""
            tried = 0
            for number, at in enumerate(points()):
                if number % lanes != first:
                    continue
                folder = Folder(self.data / f'{kind}-{at}', kind, at)
                scenario(folder)
                if not folder.was_hit:
                    return tried
                tried += 1
                shutil.rmtree(folder.path)

        lanes = AT_ONCE
        with concurrent.futures.ThreadPoolExecutor(lanes) as pool:
            tasks = {pool.submit(all_points, kind, first): kind for kind in self.KINDS for first in range(lanes)}
            tried = dict.fromkeys(self.KINDS, 0)
            for task in concurrent.futures.as_completed(tasks):
                tried[tasks[task]] += task.result()
        self.assertTrue(all(count > 3 for count in tried.values()), tried)
        print(f'    points: {tried}')

    def assert_sound(self, folder):
        self.assertEqual(folder.rows('pragma integrity_check'), [('ok',)], folder)
        self.assertEqual(folder.rows('select id from jobs where state = 2'), [], folder)
        twice = 'select job_id from attempts where outcome = \'succeeded\' group by job_id having count(*) <> 1'
        self.assertEqual(folder.rows(twice), [], folder)
        silent = ('select id from jobs where state = 5 and not exists '
                  '(select 1 from attempts where job_id = id and outcome = \'succeeded\')')
        self.assertEqual(folder.rows(silent), [], folder)

    def enqueue_and_fail(self, folder):
        """What was acknowledged: names of jobs and their ids."""
        acknowledged = {}
        for name, words in (('first', ['--dedupe-key', 'same']), ('twin', ['--dedupe-key', 'same']), ('third', [])):
            result = folder.run_and_fail('jobs', 'run', '-q', *words, '--', 'sh', '-c',
                                         'echo $SKERRY_JOB_ID >> $EFFECTS')
            if result.returncode == 0:
                acknowledged[name] = int(result.stdout)
        return acknowledged

    def test_what_a_command_has_acknowledged_is_there_wherever_it_or_the_next_one_fails(self):
        def scenario(folder):
            acknowledged = self.enqueue_and_fail(folder)
            cancelled = 'third' in acknowledged and folder.run_and_fail(
                'jobs', 'cancel', str(acknowledged['third'])).returncode == 0
            drained = folder.run('worker', '--drain')
            self.assertEqual(drained.returncode, 0, f'{folder}: {drained.stderr}')
            self.assert_sound(folder)
            states = dict(folder.rows('select id, state from jobs'))
            self.assertLessEqual(set(acknowledged.values()), set(states), folder)
            if 'first' in acknowledged and 'twin' in acknowledged:
                self.assertEqual(acknowledged['first'], acknowledged['twin'], folder)
            if cancelled:
                self.assertEqual(states.pop(acknowledged['third']), CANCELLED, folder)
            self.assertLessEqual(set(states.values()), {SUCCEEDED} if cancelled else {SUCCEEDED, CANCELLED}, folder)
            performed = folder.effects()
            self.assertEqual(sorted(performed), sorted(job for job, state in states.items() if state == SUCCEEDED),
                             folder)

        self.at_every_point(scenario)

    def prepare_work(self):
        """A folder with one job of each sort; the ids of those that shall succeed, and of one that is cancelled."""
        folder = Folder(self.data / 'prepared', '', 0)
        effect = 'echo $SKERRY_JOB_ID >> $EFFECTS'

        def add(*words, command=effect):
            return int(folder.run('jobs', 'run', '-q', *words, '--', 'sh', '-c', command).stdout)

        plain = add()
        again = add('--retries', '2', command=f'[ $SKERRY_ATTEMPT -gt 1 ] || exit 1; {effect}')
        leading = add()
        follower = add()
        once = add('--dedupe-key', 'same')
        self.assertEqual(add('--dedupe-key', 'same'), once)
        unwanted = add('--delay', '1s')
        self.assertEqual(folder.run('jobs', 'cancel', str(unwanted)).returncode, 0)
        with contextlib.closing(sqlite3.connect(folder.path / 'data' / 'skerry.db', isolation_level=None)) as db:
            db.execute("update jobs set follow_ups = (select json_array(json_object('kind', kind, 'args', json(args))) "
                       'from jobs where id = ?) where id = ?', (follower, leading))
            db.execute('delete from jobs where id = ?', (follower,))
            db.execute('pragma wal_checkpoint(truncate)')
        return folder, {plain, again, leading, once}, unwanted

    def test_jobs_are_finished_once_wherever_their_worker_fails(self):
        prepared, wanted, unwanted = self.prepare_work()

        def scenario(folder):
            shutil.copytree(prepared.path, folder.path, dirs_exist_ok=True)
            folder.run_and_fail('worker', '--drain')
            drained = folder.run('worker', '--drain')
            self.assertEqual(drained.returncode, 0, f'{folder}: {drained.stderr}')
            self.assert_sound(folder)
            states = dict(folder.rows('select id, state from jobs'))
            self.assertEqual(states.pop(unwanted), CANCELLED, folder)
            self.assertLess(wanted, set(states), folder)
            self.assertEqual(len(states), len(wanted) + 1, f'{folder}: one follow-up')
            self.assertEqual(set(states.values()), {SUCCEEDED}, folder)
            performed = folder.effects()
            self.assertEqual(set(performed), set(states), folder)
            # A command may run again when its worker died; then that is on record.
            attempts = dict(folder.rows('select job_id, count(*) from attempts group by job_id'))
            for job in states:
                self.assertLessEqual(performed.count(job), attempts[job], f'{folder}: job {job}')

        self.at_every_point(scenario)


if __name__ == '__main__':
    unittest.main()
