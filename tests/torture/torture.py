#!/usr/bin/env python3
"""Workers and commands that are killed, stopped past their lease and continued at random; then a look at what became
of every job.

    tests/torture/torture.py [--minutes N | --seconds N] [--seed S] [--keep]

Six workers, two loops of commands (run, cancel, retry, run-now, pause ...), and one that spoils it all. Then one worker
finishes what is left, and nothing may be wrong: no job lost, none performed twice at the same time, none with a
history that cannot be. SKERRY names the program. Exit code 1 when something was wrong; the seed is printed.
"""
import os
import pathlib
import random
import signal
import subprocess
import sys
import threading
import time

from ordeal import SKERRY, Ordeal, parser_for, undergo

WORKERS = 6
LEASE = 2.0
KEYS = ['north', 'east', 'south', 'west']
QUEUES = ['default', 'other']
VERBS = ['cancel', 'cancel', 'retry', 'run-now', 'explain']
SUCCEEDED, CANCELLED, DEAD = 5, 6, 7

# A lock on a file of the job's own is held as long as any process of the job lives: who finds it held runs beside it.
JOB = r'''
exec 9>>"$TORTURE/locks/job-$SKERRY_JOB_ID"
flock -n 9 || echo "job $SKERRY_JOB_ID ran twice at the same time (attempt $SKERRY_ATTEMPT)" >> "$TORTURE/wrong"
if [ -n "$2" ]; then
    exec 8>>"$TORTURE/locks/key-$2"
    flock -n 8 || echo "two jobs of the key $2 ran at the same time (job $SKERRY_JOB_ID)" >> "$TORTURE/wrong"
fi
case $1 in
quick) ;;
nap) sleep 0.2 ;;
long) sleep 3 ;;
stubborn) trap '' TERM; sleep 0.4 ;;
fail) sleep 0.05; exit 1 ;;
once-more) [ "$SKERRY_ATTEMPT" -gt 1 ] || exit 1 ;;
later) [ -e "$TORTURE/locks/seen-$SKERRY_JOB_ID" ] || {
    : > "$TORTURE/locks/seen-$SKERRY_JOB_ID"
    echo '{"reschedule": "100ms"}' >&3
    exit 75
} ;;
esac
echo "$SKERRY_JOB_ID" >> "$TORTURE/effects"
'''
WAYS = ['quick'] * 6 + ['nap'] * 4 + ['long', 'stubborn', 'fail', 'once-more', 'later']


class Torture(Ordeal):
    def __init__(self, folder, seed, seconds):
        super().__init__(folder, seed, seconds, SKERRY_LEASE=f'{LEASE:g}s', TORTURE=str(folder))
        self.script = folder / 'job.sh'
        self.script.write_text(JOB)
        (folder / 'locks').mkdir()
        self.acknowledged = {}   # id -> the words it was added with

    # --- commands ----------------------------------------------------------------------------------------------

    def add_one(self, source):
        words = ['jobs', 'run', '-q', '--queue', source.choice(QUEUES), '--priority', str(source.randint(0, 3)),
                 '--retries', str(source.randint(0, 2))]
        key = source.choice(KEYS) if source.random() < 0.5 else ''
        if key:
            words += ['--key', key]
        if source.random() < 0.2:
            words += ['--dedupe-key', f'same-{source.randint(1, 4)}']
        if source.random() < 0.2:
            words += ['--delay', f'{source.randint(50, 800)}ms']
        output = self.command(source, *words, '--', 'sh', str(self.script), source.choice(WAYS), key,
                              allowed=(0,))
        if output:
            self.acknowledged[int(output)] = key

    def command_loop(self, seed):
        source = random.Random(seed)
        while not self.over.is_set():
            known = list(self.acknowledged)[-40:]
            luck = source.random()
            if not known or luck < 0.6:
                self.add_one(source)
            elif luck < 0.64:
                self.command(source, 'jobs', source.choice(['pause', 'resume', 'resume']), source.choice(QUEUES))
            else:
                self.command(source, 'jobs', source.choice(VERBS), str(source.choice(known)))

    # --- workers -----------------------------------------------------------------------------------------------

    def start_worker(self, number):
        log = open(self.folder / f'worker-{number}.log', 'ab')
        process = subprocess.Popen([SKERRY, 'worker', '--concurrency', '3', '--log-level', 'warning'],
                                   env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        return process

    def spoil(self, workers):
        """One bad thing to one worker."""
        number = self.random.randrange(len(workers))
        worker = workers[number]
        if worker.poll() is not None:
            self.wrong.append(f'a worker ended by itself with {worker.returncode}: {self.end_of_log(number)}')
            workers[number] = self.start_worker(number)
            return
        what = self.random.choices(['kill', 'stop', 'terminate'], [5, 4, 1])[0]
        self.counts[f'workers: {what}'] += 1
        if what == 'stop':
            self.continue_at[number] = time.monotonic() + self.random.uniform(0.1, 2.2 * LEASE)
            worker.send_signal(signal.SIGSTOP)
            return
        worker.send_signal(signal.SIGCONT)
        self.continue_at.pop(number, None)
        worker.send_signal(signal.SIGKILL if what == 'kill' else signal.SIGTERM)
        self.wait_for_the_end_of(worker, workers)
        workers[number] = self.start_worker(number)

    def wait_for_the_end_of(self, worker, workers):
        """Goes on continuing the others meanwhile: a stopped one may hold the lock that this one waits for."""
        deadline = time.monotonic() + 30
        while worker.poll() is None:
            self.continue_those_whose_time_is_over(workers)
            if time.monotonic() >= deadline:
                self.wrong.append('a worker did not end within 30 s of SIGTERM')
                worker.kill()
                worker.wait()
            time.sleep(0.01)

    def end_of_log(self, number):
        return (self.folder / f'worker-{number}.log').read_text(errors='replace')[-600:]

    def continue_those_whose_time_is_over(self, workers, everyone=False):
        for number, moment in list(self.continue_at.items()):
            if everyone or time.monotonic() >= moment:
                workers[number].send_signal(signal.SIGCONT)
                del self.continue_at[number]

    # --- watching ----------------------------------------------------------------------------------------------

    def sample(self):
        """What may not be at any moment."""
        for key, count in self.rows('select ckey, count(*) from jobs where state = 2 and ckey is not null '
                                    'group by ckey having count(*) > 1'):
            self.wrong.append(f'{count} jobs of the key {key} were running')
        for key, count in self.rows('select dedupe_key, count(*) from jobs where dedupe_key is not null and cancel_at '
                                    'is null and (dedupe_mask >> state) & 1 group by dedupe_key having count(*) > 1'):
            self.wrong.append(f'{count} twins of {key} were alive')
        self.counts['samples'] += 1

    # --- the whole ---------------------------------------------------------------------------------------------

    def run(self):
        subprocess.run([SKERRY, 'jobs', 'list'], env=self.environment, check=True, capture_output=True)
        self.continue_at = {}
        workers = [self.start_worker(number) for number in range(WORKERS)]
        loops = [threading.Thread(target=self.command_loop, args=(self.random.random(),)) for _ in range(2)]
        for loop in loops:
            loop.start()
        try:
            end = time.monotonic() + self.seconds
            while time.monotonic() < end:
                time.sleep(self.random.uniform(0.02, 0.25))
                self.spoil(workers)
                self.continue_those_whose_time_is_over(workers)
                self.sample()
        finally:
            self.over.set()
            self.continue_those_whose_time_is_over(workers, everyone=True)  # one may hold the lock for writing
            for loop in loops:
                loop.join()
            for worker in workers:
                worker.kill()
                worker.wait()
        self.drain()
        self.look_at_what_became_of_it()
        return not self.wrong

    def drain(self):
        subprocess.run([SKERRY, 'jobs', 'resume'], env=self.environment, check=True, capture_output=True)
        try:
            drained = subprocess.run([SKERRY, 'worker', '--drain', '--concurrency', '16', '--log-level', 'warning'],
                                     env=self.environment, capture_output=True, text=True,
                                     timeout=180 + 2 * self.seconds)  # what waits for one key goes one by one
            if drained.returncode not in (0, 13):  # 13: some job failed, as it was meant to
                self.wrong.append(f'the last worker: exit code {drained.returncode}: {drained.stderr[-600:]}')
        except subprocess.TimeoutExpired:
            self.wrong.append('the last worker did not come to an end')

    # --- afterwards --------------------------------------------------------------------------------------------

    def look_at_what_became_of_it(self):
        file = self.folder / 'wrong'
        self.wrong += file.read_text().splitlines() if file.exists() else []
        self.none('damaged', "select * from pragma_integrity_check where integrity_check <> 'ok'")
        states = dict(self.rows('select id, state from jobs'))
        self.counts['jobs'] = len(states)
        self.counts['attempts'] = self.rows('select count(*) from attempts')[0][0]
        for name, state in (('succeeded', SUCCEEDED), ('cancelled', CANCELLED), ('dead', DEAD)):
            self.counts[f'jobs {name}'] = sum(1 for found in states.values() if found == state)
        for job in set(self.acknowledged) - set(states):
            self.wrong.append(f'job {job} was acknowledged and is lost')
        self.none('not finished', 'select id, state from jobs where state < 5')
        self.none('finished, but not when', 'select id from jobs where finished_at is null or worker is not null')
        self.none('succeeded, but not once', "select id, state, (select count(*) from attempts where job_id = id and "
                  "outcome = 'succeeded') as times from jobs where times <> (state = 5)")
        self.none('charged too much', 'select id, attempt, max_attempts, crashes, max_crashes from jobs '
                  'where attempt > max_attempts or crashes > max_crashes or attempt < 0 or crashes < 0')
        self.none('a lease that nobody gave', 'select job_id, a.lease from attempts a left join jobs on id = job_id '
                  'where id is null or a.lease > jobs.lease or a.lease < 1')
        self.none('ended before it began', 'select job_id, lease from attempts where ended_at < started_at')
        self.look_for_overlaps('attempts of job', 'select job_id, started_at, ended_at from attempts '
                               'order by job_id, lease')
        self.look_for_overlaps('attempts of the key', 'select ckey, a.started_at, a.ended_at from attempts a, jobs '
                               'where id = job_id and ckey is not null order by ckey, a.started_at, a.ended_at')
        self.look_at_effects(states)
        self.look_for_processes()

    def look_for_overlaps(self, what, sql):
        last = (None, 0)
        for name, begun, ended in self.rows(sql):
            if name == last[0] and begun < last[1]:
                self.wrong.append(f'{what} {name}: one began at {begun}, before the last ended at {last[1]}')
            last = (name, ended)

    def look_at_effects(self, states):
        file = self.folder / 'effects'
        performed = [int(line) for line in file.read_text().split()] if file.exists() else []
        self.counts['effects'] = len(performed)
        for job in set(performed) - set(states):
            self.wrong.append(f'job {job} was performed and is lost')
        for job, state in states.items():
            if state == SUCCEEDED and job not in performed:
                self.wrong.append(f'job {job} has succeeded and was never performed')

    def look_for_processes(self):
        for entry in pathlib.Path('/proc').iterdir():
            try:
                line = (entry / 'cmdline').read_bytes() if entry.name.isdigit() else b''
            except OSError:
                continue
            if str(self.script).encode() in line:
                self.wrong.append(f'process {entry.name} was left behind: {line!r}')
                os.kill(int(entry.name), signal.SIGKILL)


def main():
    parser = parser_for('torture', __doc__)
    parser.add_argument('--minutes', type=float)
    parser.add_argument('--seconds', type=float, default=30)
    words = parser.parse_args()
    seconds = words.minutes * 60 if words.minutes else words.seconds
    return undergo('torture', words, lambda folder: Torture(folder, words.seed, seconds))


if __name__ == '__main__':
    sys.exit(main())
