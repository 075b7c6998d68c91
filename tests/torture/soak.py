#!/usr/bin/env python3
"""Many projects with real agents, prompts of many kinds, and kill -9 of all that can be killed; then a look at what
became of every prompt, process, descriptor and byte.

    tests/torture/soak.py [--minutes N] [--projects N] [--seed S] [--keep]

The model is the scripted one. One worker lives through it all and is measured; others are killed. An agent takes
nearly half a gigabyte. SKERRY names the program. Exit code 1 when something was wrong; the seed is printed.
"""
import collections
import contextlib
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import threading
import time

from ordeal import SKERRY, Ordeal, parser_for, undergo

ENDS = {'completed', 'failed', 'stuck', 'timeout', 'cancelled', 'limit'}
PATIENCE = 900         # seconds, for what is under way to come to its end
MOST_GROWTH = 48 << 20  # bytes that the old worker may have more at the end than in the middle

# What is asked. {mark} is the prompt's own; a provider that fails is asked again by the agent.
PROMPTS = {
    'say': 'say: {mark}',
    'page': "put the words '{mark}' on the page",
    'write': 'write file {mark}.txt: {mark}',
    'run': 'run: echo {mark}; exit 3',
    'stray': 'run: (sleep 3600 &) >/dev/null 2>&1; echo {mark}',
    'nap': 'run: sleep 3; echo {mark}',
    'slow': 'slow 10 {mark}',
    'reason': 'reason\n{mark}',
    'todo': 'todo\n{mark}',
    'loop': 'loop 4 {mark}',
    'two': 'two tools {mark}',
    'bad tool': 'bad tool {mark}',
    'bad args': 'bad args {mark}',
    'malformed': 'malformed\n{mark}',
    'overflow': 'overflow\n{mark}',
    'unauthorised': 'http 401 {mark}',
    'busy': 'http 429 x1 {mark}',
    'unavailable': 'http 503 x1 {mark}',
    'subtask': 'subtask: say: a part\n{mark}',
    'hang': 'hang\n{mark}',
    'asks': 'write file {mark}.txt: {mark}',
    'question': 'ask question {mark}',
    'refused': 'write file {mark}.txt: {mark}',
}
WORDS = {'hang': ['--time-limit', '4s'], 'asks': ['--on-permission', 'ask'], 'question': ['--on-permission', 'ask'],
         'refused': ['--on-permission', 'fail'], 'write': ['--require-change'], 'page': ['--check', 'true']}
ASKED_AGAIN = {'busy', 'unavailable'}
READING = [['sessions', 'events'], ['sessions', 'messages'], ['sessions', 'turns'], ['projects', 'show'],
           ['projects', 'logs']]


class Soak(Ordeal):
    KILLED = 0.08
    LONGEST_WAY = 0.1
    LONGEST = 240

    def __init__(self, folder, seed, seconds, projects):
        self.concurrency = 2 * projects
        super().__init__(folder, seed, seconds, SKERRY_CONCURRENCY=str(self.concurrency))
        self.slugs = [f'soak-{number}' for number in range(projects)]
        self.accepted = {}  # turn -> (kind, mark)
        self.kinds = {}     # mark -> kind, of all that may have been accepted
        self.memory = []    # of the old worker

    # --- commands ---------------------------------------------------------------------------------------------

    def prompt(self, source, slug):
        kind = source.choice(list(PROMPTS))
        mark = f'mark{len(self.kinds)}x{source.randrange(1_000_000)}'
        self.kinds[mark] = kind
        output = self.command(source, 'sessions', 'prompt', slug, PROMPTS[kind].format(mark=mark), '--json',
                              *WORDS.get(kind, []))
        if output:
            self.accepted[json.loads(output)['turnId']] = (kind, mark)
            self.counts['prompts'] += 1

    def answer(self, source):
        for project, request, kind in self.rows('select project_id, id, kind from requests '
                                                "where state = 'open' limit 3"):
            words = ['--choice', '1'] if kind == 'question' else [source.choice(['once', 'reject'])]
            self.command(source, 'sessions', 'answer', project, request, *words)
            self.counts['answers'] += 1

    def prompt_loop(self, seed):
        source = random.Random(seed)
        while not self.over.is_set():
            slug = source.choice(self.slugs)
            luck = source.random()
            if luck < 0.6:
                if self.rows('select count(*) from turns where ended_at is null')[0][0] < 2 * len(self.slugs):
                    self.prompt(source, slug)
            elif luck < 0.62:
                self.command(source, 'sessions', 'abort', slug)
                self.counts['aborts'] += 1
            elif luck < 0.64:
                self.command(source, 'projects', source.choice(['stop', 'start', 'restart']), slug)
            elif luck < 0.72:
                self.command(source, *source.choice(READING), slug)
            self.answer(source)
            self.over.wait(source.uniform(0, 0.4))

    # --- processes --------------------------------------------------------------------------------------------

    def start_worker(self, name):
        with open(self.folder / f'worker-{name}.log', 'ab') as log:
            return subprocess.Popen([SKERRY, 'worker', '--log-level', 'warning'], env=self.environment,
                                    stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def processes(self):
        """pid -> command line of all that name the data folder, and of what these have started."""
        lines, parents = {}, {}
        for entry in pathlib.Path('/proc').iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with contextlib.suppress(OSError):
                    line = (entry / 'cmdline').read_bytes().replace(b'\0', b' ')
                    lines[int(entry.name)] = line.decode(errors='replace')
                    parents[int(entry.name)] = int((entry / 'stat').read_text().rsplit(')', 1)[1].split()[1])
        own = {pid for pid, line in lines.items() if str(self.folder) in line} | set(self.workers())
        count = 0
        while count != len(own):
            count = len(own)
            own |= {pid for pid in lines if parents.get(pid) in own}
        return {pid: lines[pid] for pid in own if lines.get(pid)}

    def workers(self):
        return [worker.pid for worker in [self.old, *self.mortal] if worker.poll() is None]

    def supervisors(self):
        return [pid for pid, line in self.processes().items() if '__supervise' in line]

    def services(self, words):
        """The running services of all projects whose command line has these words."""
        return [pid for pid, line in self.processes().items() if words in line and 'bwrap' not in line.split()[0]]

    def spoil(self):
        """One bad thing."""
        what = self.random.choices(['worker', 'agent', 'supervisor', 'app', 'freeze'], [8, 4, 2, 2, 2])[0]
        if what == 'worker':
            number = self.random.randrange(len(self.mortal))
            if self.mortal[number].poll() is not None:
                self.wrong.append(f'a worker ended by itself with {self.mortal[number].returncode}')
            self.mortal[number].kill()
            self.mortal[number].wait()
            self.mortal[number] = self.start_worker(number)
        else:
            pids = self.supervisors() if what == 'supervisor' else \
                self.services('__serve-files' if what == 'app' else 'opencode serve')
            if not pids:
                return
            self.hit(self.random.choice(pids), what)
        self.counts[f'{what}: {"stopped" if what == "freeze" else "killed"}'] += 1

    def hit(self, pid, what):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP if what == 'freeze' else signal.SIGKILL)
            if what == 'freeze':
                self.over.wait(self.random.uniform(0.5, 4))
                os.kill(pid, signal.SIGCONT)

    @staticmethod
    def is_alive(pid):
        with contextlib.suppress(OSError):
            return pathlib.Path(f'/proc/{pid}/stat').read_text().rsplit(')', 1)[1].split()[0] != 'Z'
        return False

    @staticmethod
    def descriptors(pid):
        with contextlib.suppress(OSError):
            return len(os.listdir(f'/proc/{pid}/fd'))
        return 0

    @staticmethod
    def kinds_of_descriptors(pid):
        """How many of the database, how many sockets, how many others."""
        kinds = collections.Counter()
        for entry in pathlib.Path(f'/proc/{pid}/fd').iterdir():
            with contextlib.suppress(OSError):
                target = os.readlink(entry)
                kinds['database' if 'skerry.db' in target else 'socket' if 'socket:' in target else 'other'] += 1
        return kinds

    @staticmethod
    def resident(pid):
        return int(pathlib.Path(f'/proc/{pid}/statm').read_text().split()[1]) * os.sysconf('SC_PAGE_SIZE')

    # --- the whole --------------------------------------------------------------------------------------------

    def run(self):
        self.command(None, 'jobs', 'run', '--', 'true')
        self.old = self.start_worker('old')
        self.mortal = []
        self.wait_until('the first job is done', 'select count(*) from jobs where state < 5')
        begun = self.kinds_of_descriptors(self.old.pid)
        try:
            self.create()
            self.mortal += [self.start_worker(number) for number in range(2)]
            self.supervised = max(self.descriptors(pid) for pid in self.supervisors())
            self.soak()
            self.come_to_an_end()
            self.look_at_turns()
            self.look_at_events()
            self.look_at_processes()
            self.delete(begun)
        finally:
            self.over.set()
            for pid in self.processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            for worker in [self.old, *self.mortal]:
                worker.wait()
        return not self.wrong

    def create(self):
        begun = time.monotonic()
        for slug in self.slugs:
            self.command(None, 'projects', 'create', 'say: ready', '--name', slug, '--model', 'demo/scripted',
                         allowed=(0,))
        self.wait_until('all projects run', "select count(*) from turns where state <> 'completed'")
        self.counts['seconds to create'] = round(time.monotonic() - begun)

    def soak(self):
        loops = [threading.Thread(target=self.prompt_loop, args=(self.random.random(),)) for _ in range(2)]
        for loop in loops:
            loop.start()
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            self.over.wait(self.random.uniform(0.2, 6))
            self.spoil()
            if self.old.poll() is None:
                self.memory.append(self.resident(self.old.pid))
        self.over.set()
        for loop in loops:
            loop.join()

    def come_to_an_end(self):
        """All that was accepted, with nobody to disturb it."""
        source = random.Random(0)
        end = time.monotonic() + PATIENCE
        while self.rows('select 1 from turns where ended_at is null limit 1') and time.monotonic() < end:
            self.answer(source)
            time.sleep(0.5)
        self.none('a turn did not end', 'select id, state, prompt from turns where ended_at is null')
        self.wait_until('no job is left', 'select count(*) from jobs where state < 5')

    def wait_until(self, what, sql):
        """Until the query counts nothing."""
        end = time.monotonic() + PATIENCE
        while self.rows(sql)[0][0] and time.monotonic() < end:
            time.sleep(0.1)
        if self.rows(sql)[0][0]:
            self.wrong.append(f'not within {PATIENCE} s: {what}')

    # --- what became of it ------------------------------------------------------------------------------------

    def starts_of_conversations(self):
        """mark -> how many requests the model got that began the work on its prompt."""
        starts = collections.Counter()
        for file in (self.folder / 'data' / 'state').glob('*/model/requests.jsonl'):
            for line in file.read_text().splitlines():
                request = json.loads(line)
                words = request.get('prompt', '').replace("'", ' ').replace('.', ' ').replace(';', ' ').split()
                mark = next((word.strip(':') for word in words if word.strip(':') in self.kinds), None)
                if mark and not request.get('title') and request.get('steps') == 0:
                    starts[mark] += 1
        return starts

    def look_at_turns(self):
        self.none('damaged', "select * from pragma_integrity_check where integrity_check <> 'ok'")
        starts = self.starts_of_conversations()
        turns = {row[0]: row[1:] for row in self.rows('select id, state, coalesce(error, \'\'), prompt from turns')}
        for turn, (kind, mark) in self.accepted.items():
            if turn not in turns:
                self.wrong.append(f'the prompt {mark} was accepted and is lost')
                continue
            state, error, _ = turns[turn]
            self.counts[f'turns {state}'] += 1
            self.look_at_turn(kind, mark, state, error, starts[mark])
        for mark, count in starts.items():
            if count > (2 if self.kinds[mark] in ASKED_AGAIN else 1):
                self.wrong.append(f'{self.kinds[mark]} {mark} was sent {count} times')

    def look_at_turn(self, kind, mark, state, error, starts):
        if state not in ENDS:
            self.wrong.append(f'{kind} {mark} is {state}')
        if state == 'completed' and (error or not starts):
            self.wrong.append(f'{kind} {mark} has completed, but {error or "was never sent"}')
        if state == 'failed' and not error:
            self.wrong.append(f'{kind} {mark} has failed for no reason')
        if state == 'failed':
            self.counts[f'failed: {error[:60]}'] += 1
        if state == 'completed' and kind in ('unauthorised', 'malformed', 'overflow', 'hang', 'refused'):
            self.wrong.append(f'{kind} {mark} has completed, which cannot be')

    def look_at_events(self):
        self.none('ended, but not told once', "select id, state, (select count(*) from events where turn_id = turns.id "
                  "and type = 'chat.turn.ended' and payload like '%\"outcome\":\"' || state || '\"%') as times "
                  'from turns where times <> 1')
        self.none('told twice', "select turn_id, type, coalesce(payload ->> 'callId', payload ->> 'requestId', "
                  "payload ->> 'messageId') as name, count(*) as times from events where type in ('chat.turn.started', "
                  "'chat.turn.ended', 'chat.message.final', 'chat.tool.start', 'chat.tool.finish', 'chat.tool.error', "
                  "'chat.permission.requested', 'chat.permission.resolved', 'chat.question.requested', "
                  "'chat.question.resolved') group by 1, 2, 3 having times > 1")
        self.none('numbered twice', 'select seq from events group by seq having count(*) > 1')
        self.none('still asked', 'select id from requests where ended_at is null')
        ticks = ''.join(f'tick{number} ' for number in range(1, 11)).strip()
        for turn, (kind, mark) in self.accepted.items():
            if kind == 'slow' and self.rows("select 1 from turns where id = ? and state = 'completed'", turn):
                if ticks not in self.text_of(turn):
                    self.wrong.append(f'slow {mark} has completed, but was not told whole: {self.text_of(turn)}')
        self.counts['events'] = self.rows('select count(*) from events')[0][0]

    def text_of(self, turn):
        texts = {}
        for (text,) in self.rows("select payload from events where turn_id = ? and type = 'chat.message.part.added' "
                                 'order by seq', turn):
            payload = json.loads(text)
            part = payload['partId']
            texts[part] = payload['text'] if 'text' in payload else texts.get(part, '') + payload['delta']
        return ' '.join(texts.values())

    def look_at_processes(self):
        if self.old.poll() is not None:
            self.wrong.append(f'the old worker ended by itself with {self.old.returncode}')
            return
        for pid in self.supervisors():
            if self.descriptors(pid) > self.supervised:
                self.wrong.append(f'supervisor {pid} has {self.descriptors(pid)} descriptors, not {self.supervised}')
        self.memory.append(self.resident(self.old.pid))
        middle, last = self.memory[len(self.memory) // 2], self.memory[-1]
        self.counts['megabytes of the old worker in the middle'] = middle >> 20
        self.counts['megabytes of the old worker at the end'] = last >> 20
        if last > middle + MOST_GROWTH:
            self.wrong.append(f'the old worker grew from {middle} to {last} bytes')
        strays = [line for line in self.processes().values() if 'sleep 3600' in line]
        self.counts['strays of agents, contained'] = len(strays)

    def look_at_descriptors(self, begun, left):
        """Connections are kept: to the database for as many jobs as ran at once, to each agent a few."""
        for kind in ('database', 'socket', 'other'):
            self.counts[f'descriptors of the old worker: {kind}, {begun[kind]} at first'] = left[kind]
        most = {'database': begun['database'] + 2 * self.concurrency, 'other': begun['other'],
                'socket': begun['socket'] + 4 * len(self.slugs)}
        for kind, count in left.items():
            if count > most[kind]:
                self.wrong.append(f'the old worker has {count} descriptors ({kind}), not at most {most[kind]}')

    def delete(self, begun):
        """With the projects goes all that was there for them."""
        for worker in self.mortal:
            worker.terminate()
            worker.wait()
        before = self.processes()
        for slug in self.slugs:
            self.command(None, 'projects', 'delete', slug, '--yes', allowed=(0,))
        self.wait_until('all projects are deleted', 'select count(*) from projects where deleted_at is null')
        self.wait_until('no job is left', 'select count(*) from jobs where state < 5')
        self.look_at_descriptors(begun, self.kinds_of_descriptors(self.old.pid))
        self.old.terminate()
        self.old.wait()
        for pid, line in (before | self.processes()).items():
            if self.is_alive(pid):
                self.wrong.append(f'process {pid} was left behind: {line[:200]}')


def main():
    parser = parser_for('soak', __doc__)
    parser.add_argument('--minutes', type=float, default=10)
    parser.add_argument('--projects', type=int, default=20)
    words = parser.parse_args()
    return undergo('soak', words, lambda folder: Soak(folder, words.seed, words.minutes * 60, words.projects))


if __name__ == '__main__':
    sys.exit(main())
