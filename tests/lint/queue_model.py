#!/usr/bin/env python3
"""Tries the queue's own statements in every order in a small world: queue_model.py [--all]

The world holds a few jobs with one dedupe key and one concurrency key, and workers that each remember the last job they
claimed, with its lease, also after it was taken away from them. From every state of the database that can be reached,
every statement is tried with every such memory. After each step the rules of the queue must hold:

  * no two jobs of a key run, no two twins live;
  * a worker whose job was taken away is refused, and its call changes nothing; the one that holds it is not refused;
  * a job succeeds once, moves only along the arrows of its states, is never charged more than it may be;
  * leases only grow; every attempt is on record once it has ended;
  * the first of the jobs whose key is free stands in the line of those that may be claimed.

Who truly holds a job is kept apart from the leases, so that a wrong lease cannot vouch for itself. At the end the
statements are broken in one place at a time: each time the check must fail.
"""
import collections
import pathlib
import re
import sqlite3
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2] / 'src'
STATEMENTS = SOURCE / 'queue' / 'statements.hpp'
SCHEDULED, READY, RUNNING, RETRY, SUSPENDED, SUCCEEDED, CANCELLED, DEAD, SUPERSEDED = range(9)
FINISHED = {SUCCEEDED, CANCELLED, DEAD, SUPERSEDED}
ARROWS = {
    SCHEDULED: {READY, CANCELLED},
    READY: {RUNNING, CANCELLED},
    RUNNING: {SUCCEEDED, CANCELLED, DEAD, SUPERSEDED, SCHEDULED, READY, RETRY},
    RETRY: {READY, CANCELLED},
    CANCELLED: {READY},
    DEAD: {READY},
    SUPERSEDED: {READY},
}
WAYS = ('fail', 'timeout', 'crash', 'snooze', 'release', 'discard')
TAKEN_BY_OTHERS = {'timeout', 'crash'}  # the holder does not learn of these
NOW = 100

World = collections.namedtuple('World', 'mask jobs workers claims key retries')
LEASE = 11  # its column in `in_line`
WORLDS = [
    World(mask=31, jobs=2, workers=2, claims=2, key='k', retries=1),
    World(mask=0, jobs=1, workers=2, claims=5, key=None, retries=1),
    World(mask=27, jobs=2, workers=2, claims=2, key=None, retries=0),
    World(mask=0, jobs=2, workers=2, claims=2, key='k', retries=1),
    World(mask=0, jobs=2, workers=2, claims=3, key='k', retries=0),
    World(mask=0, jobs=2, workers=2, claims=3, key=None, retries=0),
    World(mask=27, jobs=2, workers=2, claims=3, key='k', retries=1),
    World(mask=31, jobs=2, workers=2, claims=3, key='k', retries=1),
    World(mask=31, jobs=2, workers=2, claims=3, key=None, retries=1),
    World(mask=27, jobs=3, workers=2, claims=3, key=None, retries=0),
]
QUICK = 4  # the first ones take seconds, the others minutes

Job = collections.namedtuple('Job', 'id state attempt max_attempts crashes max_crashes lease worker ckey dedupe_key '
                                    'dedupe_mask cancel_at finished_at blocked priority')


def read_statements(text):
    """{name: (sql, [names of its parameters])} from the comments and the strings of statements.hpp."""
    found = {}
    for comment, name, sql in re.findall(r'((?:// [^\n]*\n)*)inline constexpr std::string_view (\w+) = R"sql\((.*?)\)sql"',
                                         text, re.S):
        named = dict(re.findall(r'\?(\d+) (\w+)', comment))
        used = set(re.findall(r'\?(\d+)', sql))
        assert used == set(named), f'{name}: parameters {used} are named {named}'
        found[name] = sql, [named[str(number)] for number in range(1, len(named) + 1)]
    assert found, 'no statements found'
    return found


class Database:
    """The schema and the statements of the program, on a database in memory."""

    def __init__(self, statements, without=None):
        """`without`: a trigger that is left out, to see that this is noticed."""
        self.statements = read_statements(statements)
        self.connection = sqlite3.connect(':memory:', isolation_level=None)
        for migration in sorted((SOURCE / 'db' / 'migrations').glob('*.sql')):
            self.connection.executescript(migration.read_text())
        if without:
            self.connection.execute(f'drop trigger {without}')

    def run(self, statement, /, **values):
        sql, parameters = self.statements[statement]
        cursor = self.connection.execute(sql, [values[parameter] for parameter in parameters])
        return cursor.fetchall() or max(cursor.rowcount, 0)

    def load(self, jobs, attempts):
        self.connection.execute('delete from jobs')
        self.connection.execute('delete from attempts')
        for job in jobs:
            self.connection.execute(f"insert into jobs(kind, run_at, created_at, {', '.join(Job._fields)}) values ("
                                    f"'k', {NOW}, 0, {', '.join('?' * len(job))})", job)
        self.connection.executemany('insert into attempts(job_id, lease, worker, started_at, ended_at, outcome) '
                                    "values (?, ?, 'w', 0, 1, 'done')", attempts)

    def jobs(self):
        """Times are left out: what matters is only whether something is set."""
        rows = self.connection.execute(f"select {', '.join(Job._fields)} from jobs order by id")
        return tuple(Job(*row)._replace(cancel_at=row[11] and 1, finished_at=row[12] and 1) for row in rows)

    def attempts(self):
        return tuple(self.connection.execute('select job_id, lease from attempts order by 1, 2'))


class State(collections.namedtuple('State', 'jobs attempts tokens claims retries succeeded holders')):
    """What the database holds; what each worker remembers; and, known to nobody else, who holds which job."""


def steps_from(world, state):
    """Every call that anyone may make now."""
    if len(state.jobs) < world.jobs:
        yield 'enqueue', (NOW, 1)
        yield 'enqueue', (NOW + 1, 1)
        if world.key and not world.mask:
            yield 'enqueue', (NOW, 0)  # it overtakes
    if any(job.state in (SCHEDULED, RETRY) for job in state.jobs):
        yield 'promote', None
    for worker in range(world.workers):
        if state.claims < world.claims:
            yield 'claim', worker
        if state.tokens[worker]:
            for name in ('holds', 'succeed', 'stop_cancelled', *WAYS):
                yield name, worker
    for job in state.jobs:
        yield 'cancel', job.id
        yield 'run_now', job.id
        if state.retries < world.retries:
            yield 'retry', job.id


def enqueue(db, world, run_at, priority):
    key = 'd' if world.mask else None
    added = db.run('enqueue', kind='k', queue='default', priority=priority, run_at=run_at, now=NOW, args='{}', max_attempts=2,
                   max_crashes=2, ckey=world.key, dedupe_key=key, dedupe_mask=world.mask, parent_id=None, follow_ups='[]',
                   name=None, timeout=None)
    assert added or len(db.run('twin', dedupe_key=key)) == 1, 'refused without a twin'


def claim(db, worker):
    """What queue::claim does with one free slot."""
    while line := db.run('in_line', queue='default', limit=1, kinds=''):
        id, lease, is_held = line[0][0], line[0][LEASE], line[0][-1]
        if not is_held:
            assert db.run('take', id=id, worker=f'w{worker}', lease_until=0, now=NOW), 'left the line unseen'
            return id, lease + 1
        db.run('block', id=id)
    return None


def call_with_token(db, name, token):
    id, lease = token
    if name == 'holds':
        return db.run(name, id=id, lease=lease)
    if name in WAYS:
        done = db.run('give_up', id=id, lease=lease, why=name, run_at=NOW, now=NOW, error=None)
    else:
        values = {'result': None} if name == 'succeed' else {}
        done = db.run(name, id=id, lease=lease, now=NOW, **values)
    if done:
        db.run('record_attempt', id=id, lease=lease, worker='w', started_at=NOW, now=NOW, outcome=name, error=None,
               log_from=None, log_to=None)
    return done


def step(db, world, state, name, who):
    """The state after one call. Throws when a rule about the call itself is broken."""
    tokens, holders = list(state.tokens), dict(state.holders)
    claims, retries, succeeded = state.claims, state.retries, state.succeeded
    if name == 'enqueue':
        enqueue(db, world, *who)
    elif name == 'promote':
        db.run(name, now=NOW)
    elif name == 'claim':
        if claimed := claim(db, who):
            tokens[who], claims = claimed, claims + 1
            holders[claimed[0]] = who
    elif name in ('cancel', 'run_now', 'retry'):
        if db.run(name, id=who, now=NOW) and name == 'retry':
            retries, succeeded = retries + 1, succeeded - {who}
    else:
        id = tokens[who][0]
        stale = holders.get(id) != who
        done = call_with_token(db, name, tokens[who])
        assert not (stale and done), 'a stale lease was accepted'
        assert stale or done or name == 'stop_cancelled', 'the holder was refused'
        if done and name == 'succeed':
            assert id not in succeeded, 'succeeded twice'
            succeeded = succeeded | {id}
        if done and name != 'holds' and name not in TAKEN_BY_OTHERS:
            tokens[who] = None
        assert not stale or (db.jobs(), db.attempts()) == (state.jobs, state.attempts), 'a stale lease changed something'
    jobs = db.jobs()
    running = {job.id for job in jobs if job.state == RUNNING}
    assert running <= set(holders), 'runs without a holder'
    holders = {job: worker for job, worker in holders.items() if job in running}
    return State(jobs, db.attempts(), tuple(tokens), claims, retries, succeeded, tuple(sorted(holders.items())))


def check_line(jobs, held):
    """Nothing waits for ever: the first of a key that nobody holds stands in the line."""
    for key in {job.ckey for job in jobs if job.ckey} - held:
        ready = [job for job in jobs if job.ckey == key and job.state == READY]
        first = min(ready, key=lambda job: (job.priority, job.id), default=None)
        assert first is None or not first.blocked, 'the first of a free key is not in the line'


def check(world, before, after):
    """Throws when the rules do not hold after a step."""
    running = [job for job in after.jobs if job.state == RUNNING]
    keys = [job.ckey for job in running if job.ckey]
    assert len(keys) == len(set(keys)), 'two jobs of a key run'
    live = [job for job in after.jobs if not job.cancel_at and world.mask >> job.state & 1]
    assert len(live) <= 1, 'two twins live'
    assert not {(job.id, job.lease) for job in running} & set(after.attempts), 'a running attempt has ended'
    check_line(after.jobs, set(keys))
    old = {job.id: job for job in before.jobs}
    for job in after.jobs:
        assert (job.state in FINISHED) == bool(job.finished_at), 'finished, or not, without saying so'
        assert job.attempt <= job.max_attempts and job.crashes <= job.max_crashes, 'charged too much'
        assert job.state != RUNNING or job.attempt >= 1, 'runs without an attempt'
        if job.id in old:
            assert job.lease >= old[job.id].lease, 'a lease went back'
            if old[job.id].state == RUNNING and (job.state, job.lease) != (RUNNING, old[job.id].lease):
                assert (job.id, old[job.id].lease) in after.attempts, 'an attempt ended without a record'
            came, went = old[job.id].state, job.state
            assert came == went or went in ARROWS.get(came, ()), f'moved from {came} to {went}'
            assert came == went or went != CANCELLED or job.cancel_at, 'cancelled by nobody'


def explore(db, world):
    """How many states and steps there are, and the first fault."""
    start = State((), (), (None,) * world.workers, 0, 0, frozenset(), ())
    seen, waiting, steps = {start}, collections.deque([start]), 0
    while waiting:
        state = waiting.popleft()
        db.load(state.jobs, state.attempts)
        db.connection.execute('savepoint before')
        for name, who in steps_from(world, state):
            try:
                after = step(db, world, state, name, who)
                check(world, state, after)
            except (AssertionError, sqlite3.Error) as fault:
                return len(seen), steps, f'{fault}\n  after {name} {who}\n  from {state}'
            db.connection.execute('rollback to before')
            steps += 1
            if after not in seen:
                seen.add(after)
                waiting.append(after)
        db.connection.execute('release before')
    return len(seen), steps, None


def block(text, name, old, new):
    """`text` with `old` replaced in one statement."""
    begin = text.index(f'string_view {name} = ')
    end = text.index(')sql"', begin)
    assert old in text[begin:end], f'{name} does not say {old}'
    return text[:begin] + text[begin:end].replace(old, new) + text[end:]


# What must not go unnoticed: (what is broken, statement, old words, new words, the world that shows it).
MUTATIONS = [
    ('succeed without the lease', 'succeed', 'and lease = ?2', 'and ?2', 0),
    ('give_up without the lease', 'give_up', 'and lease = ?2', 'and ?2', 0),
    ('holds without the lease', 'holds', 'and lease = ?2', 'and ?2', 0),
    ('stop_cancelled without the mark', 'stop_cancelled', 'and cancel_at is not null', '', 0),
    ('claim without the key', 'in_line', 'ckey is not null and', '0 and', 0),
    ('retry by hand with a new lease', 'retry', 'attempt = 0,', 'attempt = 0, lease = 0,', 1),
    ('retry by hand beside a twin', 'retry', 'and not exists', 'and 1 or 0 and not exists', 0),
    ('giving up beside a waiting twin', 'give_up', 'dedupe_mask = 27 and', '0 and', 2),
    ('crashes without an end', 'give_up', "when ?3 = 'crash' and crashes + 1 >= max_crashes then 7", '', 1),
    ('failures without an end', 'give_up', "when ?3 in ('fail', 'timeout') and attempt >= max_attempts then 7", '', 1),
    ('a cancelled job goes on', 'give_up', 'when cancel_at is not null then 6', '', 1),
    ('a running job is cancelled at once', 'cancel', 'case when state = 2 then 2 else 6 end', '6', 1),
    ('retry by hand out of the line', 'retry', 'blocked = 0,', '', 3),
    ('an attempt without its lease', 'record_attempt', 'values (?1, ?2,', 'values (?1, ?2 + 1,', 1),
]


def survivors():
    """The mutations that nobody noticed."""
    text = STATEMENTS.read_text()
    broken = [(what, Database(block(text, name, old, new)), number) for what, name, old, new, number in MUTATIONS]
    broken.append(('a free key that wakes nobody', Database(text, without='jobs_unblock'), 3))
    for what, database, number in broken:
        fault = explore(database, WORLDS[number])[2]
        print(f'{what}: {fault.splitlines()[0] if fault else "UNNOTICED"}', flush=True)
        if not fault:
            yield what


def faulty(worlds):
    """The worlds in which a rule is broken."""
    for world in worlds:
        states, steps, fault = explore(Database(STATEMENTS.read_text()), world)
        print(f'{world}: {states} states, {steps} steps', f'\n{fault}' if fault else '', flush=True)
        if fault:
            yield world


def main():
    worlds = WORLDS if '--all' in sys.argv else WORLDS[:QUICK]
    failed = len(list(faulty(worlds))) + len(list(survivors()))
    print(f'queue_model: {len(worlds) + len(MUTATIONS) + 1 - failed} passed, {failed} failed')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
