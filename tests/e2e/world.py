"""A data folder of its own with real projects in it, driven through the real program."""
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest
import urllib.request

SKERRY = os.environ.get('SKERRY', str(pathlib.Path(__file__).resolve().parents[2] / 'build' / 'skerry'))
# Each test file gets ports of its own, below those that the kernel hands out.
FIRST_PORT = 21000


def wait_for(condition, seconds=60, what='the condition'):
    """Looks again and again until `condition` gives something true, and returns that."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.005)
    raise AssertionError(f'{what} did not come true within {seconds} s')


def is_alive(pid):
    try:
        return pathlib.Path(f'/proc/{pid}/stat').read_text().rsplit(')', 1)[1].split()[0] != 'Z'
    except (FileNotFoundError, ProcessLookupError):
        return False


class World(unittest.TestCase):
    """Base of the tests: self.data is the data folder; all that was started is gone afterwards."""

    def setUp(self):
        self.data = pathlib.Path(tempfile.mkdtemp(prefix='skerry-e2e-'))
        self.environment = dict(os.environ, SKERRY_DATA_DIR=str(self.data), SKERRY_FIRST_PORT=str(FIRST_PORT),
                                XDG_CONFIG_HOME=str(self.data / 'config'), NO_COLOR='1')
        self.started = []

    def tearDown(self):
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.communicate()
        self.delete_projects()
        left = self.processes_of_this_world()
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.data, ignore_errors=True)
        self.assertEqual(left, [], 'processes were left behind')

    def delete_projects(self):
        listing = self.run_skerry('projects', 'list', '--json', expect=None)
        for project in json.loads(listing.stdout or '[]'):
            self.run_skerry('projects', 'delete', project['id'], '--yes', '--wait', expect=None)

    def processes_of_this_world(self):
        """Everything on the machine whose command line names the data folder."""
        found = []
        for entry in pathlib.Path('/proc').iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                line = (entry / 'cmdline').read_bytes()
            except OSError:
                continue
            if str(self.data).encode() in line:
                found.append(int(entry.name))
        return found

    def command(self, *words):
        """How skerry is started with these words."""
        return [SKERRY, *words]

    def run_skerry(self, *words, expect=0, timeout=180, **more):
        """Runs a command to its end; `expect` is its exit code, None for any."""
        result = subprocess.run(self.command(*words), env=self.environment, capture_output=True, text=True,
                                timeout=timeout, stdin=more.pop('stdin', subprocess.DEVNULL), **more)
        if expect is not None:
            self.assertEqual(result.returncode, expect,
                             f'skerry {" ".join(words)}\n{result.stdout}\n{result.stderr}')
        return result

    def json_of(self, *words, **more):
        return json.loads(self.run_skerry(*words, '--json', **more).stdout)

    def start(self, *words, **more):
        """Starts a command that goes on beside the test."""
        process = subprocess.Popen(self.command(*words), env=self.environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
        self.started.append(process)
        return process

    def create(self, prompt="Put the words 'hello from skerry' on the page", name='hello', *more, expect=0):
        return self.run_skerry('projects', 'create', prompt, '--name', name, '--model', 'demo/scripted', '--wait',
                               *more, expect=expect)

    def rows(self, sql, *values):
        """Reads the database from outside."""
        file = self.data / 'skerry.db'
        if not file.exists():
            return []
        try:
            with sqlite3.connect(f'file:{file}?mode=ro', uri=True, timeout=10) as db:
                return db.execute(sql, values).fetchall()
        except sqlite3.OperationalError:  # the tables are just being made
            return []

    def project(self, slug='hello'):
        return self.json_of('projects', 'show', slug)

    def page(self, slug='hello'):
        with urllib.request.urlopen(self.project(slug)['appUrl'], timeout=5) as answer:
            return answer.read().decode()

    def events(self, reference='hello', *more):
        lines = self.run_skerry('sessions', 'events', reference, '--json', *more).stdout.splitlines()
        return [json.loads(line) for line in lines]

    def turns(self, reference='hello'):
        return self.json_of('sessions', 'turns', reference)

    def service_pid(self, service, slug='hello'):
        services = {row['name']: row for row in self.project(slug)['services']}
        return services[service]['pid']

    def supervisor_pid(self, slug='hello'):
        state = str(self.data / 'state' / self.project(slug)['id']).encode()
        for pid in self.processes_of_this_world():
            line = pathlib.Path(f'/proc/{pid}/cmdline').read_bytes()
            if b'__supervise' in line and state in line:
                return pid
        raise AssertionError('no supervisor is there')

    def times_sent(self, text, slug='hello'):
        """How many conversations of the model began with a prompt that holds `text`, from the model's own log."""
        log = self.data / 'state' / self.project(slug)['id'] / 'model' / 'requests.jsonl'
        requests = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        return sum(1 for request in requests
                   if not request.get('title') and request.get('steps') == 0 and text in request.get('prompt', ''))


class OneProject(World):
    """Tests that share one project: each leaves it idle, and sees only what was told since it began."""

    @classmethod
    def setUpClass(cls):
        cls.world = World()
        cls.world.setUp()
        cls.addClassCleanup(cls.world.tearDown)
        cls.world.create('say: hello')

    def setUp(self):
        self.data, self.environment, self.started = self.world.data, dict(self.world.environment), []
        self.begun = self.rows('select max(seq) from events')[0][0]

    def tearDown(self):
        left = self.rows('select prompt from turns where ended_at is null')
        if left:
            self.run_skerry('sessions', 'abort', 'hello', expect=None)
        for process in self.started:
            process.kill()
            process.communicate()
        self.assertEqual(left, [], 'turns were left behind')

    def result(self, text, *more, expect=0):
        """Prompts and waits; the result as scripts see it."""
        return json.loads(self.run_skerry('sessions', 'prompt', 'hello', text, '--wait', '--json', *more,
                                          expect=expect).stdout)

    def told(self, *types):
        """The payloads of the events of these types since the test began, in their order."""
        return [event['payload'] for event in self.events('hello', '--after', str(self.begun))
                if event['type'] in types]

    def wait_for_event(self, kind, count=1):
        wait_for(lambda: self.rows('select count(*) from events where seq > ? and type = ?', self.begun,
                                   kind)[0][0] >= count, what=f'{count} {kind}')

    def assert_goes_on(self):
        """Whatever happened before, the next prompt is answered, and was sent once."""
        words = f'after {self.id()}'
        self.assertEqual(self.result('say: ' + words)['outcome'], 'completed')
        self.assertEqual(self.told('chat.message.final')[-1]['text'], words)
        self.assertEqual(self.times_sent(words), 1)

    def file(self, name):
        return self.data / 'projects' / 'hello' / name
