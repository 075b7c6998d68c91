"""`skerry serve` as its clients see it: a server on a free port, who asks it, and what they are answered."""
import http.client
import json
import re
import signal
import socket
import subprocess
import urllib.parse

from world import SKERRY, World, wait_for

PASSWORD = 'correct horse battery'


class Answer:
    """What was answered, read to its end."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode()

    @property
    def json(self):
        return json.loads(self.text)

    @property
    def data(self):
        if 'data' not in self.json:
            raise AssertionError(f'no answer but {self.status} {self.text}')
        return self.json['data']

    @property
    def error(self):
        return self.json['error']

    @property
    def wrong_fields(self):
        return {one['field']: one['message'] for one in self.error.get('fields', [])}


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__('localhost', timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Stream:
    """Server-sent events as they come; a context that hangs up at its end."""

    def __init__(self, connection, response):
        self.connection, self.response = connection, response
        self.status, self.headers = response.status, response.headers
        self.comments = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.response.close()
        self.connection.close()

    def event(self):
        """The next event as {id, event, data}, or nothing when the server has hung up."""
        fields = {}
        while True:
            line = self.response.readline().decode()
            if not line:
                return None
            name, _, value = line.rstrip('\n').partition(':')
            if line == '\n' and 'data' in fields:
                return {'id': int(fields['id']), 'event': fields.get('event', 'message'),
                        'data': json.loads(fields['data'])}
            if not name and value:
                self.comments.append(value.strip())
            elif name:
                fields[name] = value.removeprefix(' ')

    def until(self, is_last):
        """The events up to the first that `is_last` says yes to, with it."""
        found = []
        while not found or not is_last(found[-1]):
            one = self.event()
            if one is None:
                raise AssertionError(f'the stream ended behind {[event["id"] for event in found[-3:]]}')
            found.append(one)
        return found

    def rest(self):
        """The events up to the end of the stream."""
        return list(iter(self.event, None))


class Client:
    """Somebody who asks: nobody, or who a cookie or a token is of."""

    def __init__(self, address, token=None, cookie=None):
        self.address, self.token, self.cookie = address, token, cookie

    def headers(self, method):
        made = {}
        if self.token:
            made['Authorization'] = f'Bearer {self.token}'
        if self.cookie:
            made['Cookie'] = f'skerry_login={self.cookie}'
            if method != 'GET':
                made['Origin'] = self.origin()  # as a browser does
        return made

    def origin(self):
        return 'http://localhost' if self.address.startswith('unix:') else self.address

    def connect(self):
        if self.address.startswith('unix:'):
            return UnixConnection(self.address.removeprefix('unix:'))
        return http.client.HTTPConnection(urllib.parse.urlsplit(self.address).netloc, timeout=60)

    def send(self, method, path, body=None, headers=None):
        """The connection and the response whose body has not been read."""
        connection = self.connect()
        every = self.headers(method) | (headers or {})
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        if body is not None:
            every.setdefault('Content-Type', 'application/json')
        connection.request(method, path, body,
                           {name: value for name, value in every.items() if value is not None})
        return connection, connection.getresponse()

    def ask(self, method, path, body=None, headers=None):
        connection, response = self.send(method, path, body, headers)
        try:
            return Answer(response)
        finally:
            connection.close()

    def get(self, path, headers=None, **query):
        return self.ask('GET', with_query(path, query), headers=headers)

    def act(self, action, headers=None, **fields):
        return self.ask('POST', f'/api/actions/{action}', fields, headers)

    def done(self, action, **fields):
        """What an action gives that must succeed."""
        answer = self.act(action, **fields)
        if answer.status != 200:
            raise AssertionError(f'{action}: {answer.status} {answer.text}')
        return answer.data

    def follow(self, path, last_id=None, **query):
        headers = {} if last_id is None else {'Last-Event-ID': str(last_id)}
        return Stream(*self.send('GET', with_query(path, query), headers=headers))


def with_query(path, query):
    return f'{path}?{urllib.parse.urlencode(query)}' if query else path


def cookie_of(answer):
    return re.match(r'skerry_login=([^;]*)', answer.headers['Set-Cookie']).group(1)


class Service(World):
    """A world with a server in it, which performs no jobs unless it is asked to."""

    def share(self, other):
        """Is in the other's world from now on, which the other ends."""
        self.data, self.environment, self.started = other.data, other.environment, other.started

    def serve(self, *words, listen='127.0.0.1:0', worker=False, environment=None):
        """Starts a server; its process has .address, .setup_token and .log, the path of what it writes."""
        log = self.data / f'serve-{len(self.started)}.log'
        with open(log, 'wb') as output:
            process = subprocess.Popen(
                [SKERRY, 'serve', '--listen', listen, *words, *([] if worker else ['--no-worker'])],
                env=self.environment | (environment or {}), stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=output)
        self.started.append(process)
        process.log = log
        process.address = wait_for(lambda: self.addresses_of(process), what='the server')[-1]
        found = re.search(r'#setup=(\S+)', log.read_text())
        process.setup_token = found and found.group(1)
        return process

    def run_later(self, *command):
        """Puts a command into the queue; the number of its job."""
        return json.loads(self.run_skerry('jobs', 'run', '--json', '--', *command).stdout)['id']

    def addresses_of(self, server):
        """Where it has said that it serves, each time that it began to."""
        if server.poll() is not None:
            raise AssertionError(f'the server ended: {server.log.read_text()}')
        return re.findall(r'serving on (\S+)\n', server.log.read_text())

    def stop(self, server, with_signal=signal.SIGTERM):
        server.send_signal(with_signal)
        return server.wait(timeout=60)

    def first_user(self, server, name='root'):
        """Makes the first user by the link that the server showed; a client with the login."""
        answer = Client(server.address).act('setup.create_admin', token=server.setup_token, name=name,
                                            password=PASSWORD)
        self.assertEqual(answer.status, 200, answer.text)
        return Client(server.address, cookie=cookie_of(answer))

    def add_user(self, admin, name, role='member'):
        """Another user; a client with a token of theirs."""
        admin.done('users.add', name=name, role=role, password=PASSWORD)
        return Client(admin.address, token=admin.done('tokens.create', name='tests', user=name)['token'])

    def log_in(self, address, name, password=PASSWORD):
        answer = Client(address).act('auth.login', name=name, password=password)
        self.assertEqual(answer.status, 200, answer.text)
        return Client(address, cookie=cookie_of(answer))


class IdleService(Service):
    """Nothing performs jobs here: its projects are rows, and gone with their folder."""

    def delete_projects(self):
        pass


class SharedService(IdleService):
    """One server for all tests of a class: boss is an admin; ann and ben are members, each with a project
    that no worker has begun to make."""

    @classmethod
    def setUpClass(cls):
        cls.shared = IdleService('serve')
        cls.shared.setUp()
        cls.addClassCleanup(cls.shared.tearDown)
        cls.server = cls.shared.serve()
        cls.address = cls.server.address
        cls.nobody = Client(cls.address)
        cls.boss = cls.shared.first_user(cls.server, 'boss')
        cls.ann = cls.shared.add_user(cls.boss, 'ann')
        cls.ben = cls.shared.add_user(cls.boss, 'ben')
        cls.anns = cls.project_of(cls.ann, 'of ann')
        cls.bens = cls.project_of(cls.ben, 'of ben')

    def setUp(self):
        self.share(self.shared)

    def tearDown(self):
        pass  # the class does it once

    @staticmethod
    def project_of(client, name):
        """A new project as {project, slug, session, turn, job}, each an id."""
        made = client.done('projects.create', prompt=f'say: hello {name}', name=name, model='demo/scripted')
        return {'project': made['id'], 'slug': made['slug'], 'session': made['sessionId'],
                'turn': made['turnId'],
                'job': made['jobId']}


class RunningProject(Service):
    """One server, with its worker, for all tests of a class: boss is an admin, ann a member whose project
    'hello' runs, ben a member with nothing."""

    @classmethod
    def setUpClass(cls):
        cls.shared = Service('serve')
        cls.shared.setUp()
        cls.addClassCleanup(cls.shared.tearDown)
        cls.server = cls.shared.serve(worker=True)
        cls.address = cls.server.address
        cls.nobody = Client(cls.address)
        cls.boss = cls.shared.first_user(cls.server, 'boss')
        cls.ann = cls.shared.add_user(cls.boss, 'ann')
        cls.ben = cls.shared.add_user(cls.boss, 'ben')
        made = cls.ann.done('projects.create', prompt='say: hello', name='hello', model='demo/scripted')
        cls.hello = made['id']
        wait_for(lambda: cls.ann.get(f'/api/turns/{made["turnId"]}').data['endedAt'],
                 seconds=180, what='the end of the first turn')

    def setUp(self):
        self.share(self.shared)

    def tearDown(self):
        pass  # the class does it once
