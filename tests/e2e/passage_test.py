"""The passage to a project's agent: its own clients through it, whose it is, and what never gets through."""
import base64
import contextlib
import hashlib
import http.client
import http.server
import json
import os
import pathlib
import signal
import subprocess
import threading
import unittest

from service import Client, RunningProject
from streams_test import HERE, NODE_TESTS
from world import wait_for

AGENT = '/api/projects/hello/agent'
CODES = {401: 'UNAUTHORIZED', 403: 'FORBIDDEN', 404: 'NOT_FOUND', 502: 'BAD_GATEWAY'}


class Passage(RunningProject):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        made = cls.boss.done('tokens.create', name='only looks', user='ann', readOnly=True)
        cls.looking = Client(cls.address, token=made['token'])

    def assert_refused(self, answer, status, says=''):
        self.assertEqual(answer.status, status, answer.text)
        self.assertEqual(answer.error['code'], CODES[status])
        self.assertIn(says, answer.error['message'])

    def folder(self):
        return str(self.data / 'projects' / 'hello')

    def agent_environment(self):
        content = pathlib.Path(f'/proc/{self.service_pid("agent")}/environ').read_text()
        return dict(line.split('=', 1) for line in content.split('\0') if line)

    def titles(self):
        return [session['title'] for session in self.ann.get(AGENT + '/session').json]

    # --- The agent's own clients --------------------------------------------------------------------------

    def talk(self, client, prompt='say: through the passage'):
        """What the agent's client for JavaScript sees of a whole conversation."""
        with (HERE / 'node' / 'agent.mjs').open('rb') as script:
            said = subprocess.run(['node', '--input-type=module', '-', self.address + AGENT, client.token,
                                   prompt], cwd=NODE_TESTS, stdin=script, capture_output=True, timeout=60)
        self.assertEqual(said.returncode, 0, said.stderr.decode())
        return json.loads(said.stdout)

    def test_the_clients_library_works_as_if_there_were_nothing_between(self):
        seen = self.talk(self.ann)
        self.assertNotIn('fault', seen)
        self.assertEqual((seen['connected'], seen['answer']), ('server.connected', ['through the passage']))
        self.assertEqual(seen['messages'], ['user', 'assistant'])
        self.assertIn('message.part.updated', seen['events'])
        self.assertEqual(seen['directory'], self.folder(), 'that nobody has named')
        self.assertIn(seen['session'], seen['sessions'])
        self.assertEqual(seen['second'], seen['sessions'])
        self.assertIn('index.html', seen['files'])
        self.assertEqual(seen['providers'][0]['options']['apiKey'], '***')
        self.assertTrue(seen['deleted'])

    def test_the_clients_library_is_told_why_it_may_not(self):
        for client, status in ((self.ben, 403), (Client(self.address, token='skr_nothing'), 401)):
            fault = self.talk(client)['fault']
            self.assertEqual((fault['status'], fault['error']['code']), (status, CODES[status]))

    def attach(self, token, *words):
        """Runs the agent's own command against the passage."""
        home = self.data / 'home'
        home.mkdir(exist_ok=True)
        environment = self.environment | {'HOME': str(home), 'XDG_CONFIG_HOME': str(home / 'config'),
                                          'OPENCODE_SERVER_PASSWORD': token}
        program = os.environ.get('SKERRY_OPENCODE') or self.program()
        return subprocess.run([program, 'run', '--attach', self.address + AGENT, *words], env=environment,
                              cwd=home, text=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=60)

    @staticmethod
    def program():
        """The agent's program as scripts/setup installs it."""
        return str(next((HERE.parents[1] / 'build' / 'opencode' / 'node_modules').glob('*/bin/opencode')))

    def test_the_clients_command_attaches_with_a_token_as_its_password(self):
        ran = self.attach(self.ann.token, '--title', 'attached', 'say: attached words')
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertIn('attached words', ran.stdout)
        self.assertIn('attached', self.titles())
        refused = self.attach(self.ben.token, '--title', 'of ben', 'say: no')
        self.assertNotEqual(refused.returncode, 0, refused.stdout)
        self.assertNotIn('of ben', self.titles())

    # --- Whose --------------------------------------------------------------------------------------------

    def test_the_passage_is_the_owners_alone(self):
        bound = self.boss.done('projects.create', prompt='say: x', name='other', model='demo/scripted')
        self.boss.done('jobs.cancel', id=bound['jobId'])
        made = self.boss.done('tokens.create', name='of another project', project=bound['id'])
        for client, status in ((self.nobody, 401), (Client(self.address, token='skr_x'), 401),
                               (self.ben, 403), (Client(self.address, token=made['token']), 403)):
            for method in ('GET', 'POST', 'PUT', 'PATCH', 'DELETE'):
                self.assert_refused(client.ask(method, AGENT + '/session'), status)
            self.assert_refused(client.get(AGENT + '/event'), status)
        self.assert_refused(self.ann.get('/api/projects/nothing/agent/session'), 404)
        self.assertEqual(self.boss.get(AGENT + '/session').status, 200, 'an admin sees all')

    def test_a_token_that_only_reads_changes_nothing_of_the_agents(self):
        before = self.titles()
        self.assertEqual(self.looking.get(AGENT + '/session').status, 200)
        for method in ('POST', 'PUT', 'PATCH', 'DELETE'):
            self.assert_refused(self.looking.ask(method, AGENT + '/session', '{}'), 403, 'only read')
        self.assertEqual(self.titles(), before)

    def test_a_page_of_another_site_gets_nothing_done(self):
        boss = self.log_in(self.address, 'boss')
        for origin in ('https://evil.example', 'http://localhost:1', None):
            self.assert_refused(boss.ask('POST', AGENT + '/session', '{}', {'Origin': origin}), 403)
        made = boss.ask('POST', AGENT + '/session', '{"title": "by a page of ours"}')
        self.assertEqual((made.status, made.json['directory']), (200, self.folder()))

    def test_basic_credentials_hold_the_token_as_password(self):
        for user in ('opencode', 'ann', ''):
            given = base64.b64encode(f'{user}:{self.ann.token}'.encode()).decode()
            answer = self.nobody.get(AGENT + '/path', headers={'Authorization': f'Basic {given}'})
            self.assertEqual((answer.status, answer.json['directory']), (200, self.folder()))
        own = base64.b64encode(f'opencode:{self.agent_environment()["OPENCODE_SERVER_PASSWORD"]}'.encode())
        answer = self.nobody.get(AGENT + '/path', headers={'Authorization': f'Basic {own.decode()}'})
        self.assert_refused(answer, 401)

    # --- What is shown ------------------------------------------------------------------------------------

    def test_keys_are_masked_however_the_path_is_written(self):
        for path in ('/config', '/config/', '/config?directory=.', '//config', '/%63onfig', '/CONFIG',
                     '/%2563onfig', '/config/providers', '/Config//Providers', '/provider', '/%70rovider'):
            answer = self.ann.get(AGENT + path)
            if answer.headers['Content-Type'].startswith('application/json'):
                keys = [line for line in json.dumps(answer.json, indent=0).splitlines() if '"apiKey"' in line]
                self.assertEqual({line.rstrip(',') for line in keys}, {'"apiKey": "***"'}, path)
            else:
                self.assertNotIn('apiKey', answer.text, path)

    def test_every_answer_is_harmless_in_a_browser(self):
        for path in ('/', '/session', '/config', '/doc', '/nothing/at/all'):
            answer = self.ann.get(AGENT + path)
            self.assertEqual(answer.headers.get_all('Content-Security-Policy'),
                             ["sandbox; default-src 'none'"], path)
            self.assertEqual(answer.headers['X-Content-Type-Options'], 'nosniff')
            self.assertIsNone(answer.headers['Access-Control-Allow-Origin'])

    # --- What gets through --------------------------------------------------------------------------------

    def test_an_agent_that_is_gone_or_another_is_told_of_and_gets_no_more_than_it_should(self):
        environment, agent = self.agent_environment(), self.service_pid('agent')
        [port] = [one['port'] for one in self.ann.get('/api/projects/hello').data['services']
                  if one['name'] == 'agent']
        supervisor = self.supervisor_pid()
        os.kill(supervisor, signal.SIGSTOP)  # it does not start another meanwhile
        try:
            os.kill(agent, signal.SIGKILL)
            wait_for(lambda: self.ann.get(AGENT + '/session').status == 502, what='nobody to answer')
            self.assert_refused(self.ann.get(AGENT + '/event'), 502, 'does not answer')
            with StandIn(port) as stand_in:
                self.credentials_are_replaced(stand_in, environment['OPENCODE_SERVER_PASSWORD'])
                self.bodies_within_limits_get_through(stand_in)
                self.a_stream_ends_when_its_client_goes(stand_in)
        finally:
            os.kill(supervisor, signal.SIGCONT)
        self.wait_for_another(agent)

    def credentials_are_replaced(self, stand_in, password):
        own = 'Basic ' + base64.b64encode(f'opencode:{password}'.encode()).decode()
        cookies = {'Cookie': 'skerry_login=x; other=y', 'X-Forwarded-For': '192.0.2.1', 'Connection': 'X-Hop',
                   'X-Hop': '1', 'X-Own': 'kept', 'Proxy-Authorization': 'Basic eA=='}
        for client in (self.ann, self.log_in(self.address, 'boss')):
            more = cookies if client.token else {}
            answer = client.ask('PATCH', AGENT + '/any%20where/?q=%2F&directory=%2Fx', 'hello', more)
            got = stand_in.requests.pop()
            self.assertEqual(got['line'], 'PATCH /any%20where/?q=%2F&directory=%2Fx HTTP/1.1')
            self.assertEqual(got['headers'].get_all('Authorization'), [own])
            told = str(got['headers']).lower()
            for secret in ('cookie', 'skerry_login', client.token or client.cookie, 'x-forwarded', 'x-hop:',
                           'proxy-auth'):
                self.assertNotIn(secret.lower(), told)
            self.assertEqual(got['headers']['X-Own'], 'kept' if more else None)
            self.assertEqual((answer.status, answer.text), (418, 'from the stand-in'))
            for name in ('Set-Cookie', 'WWW-Authenticate', 'Access-Control-Allow-Origin', 'Clear-Site-Data'):
                self.assertIsNone(answer.headers[name], name)
            self.assertEqual(answer.headers['X-Agent'], 'kept')

    def bodies_within_limits_get_through(self, stand_in):
        large = os.urandom(1 << 20) * 30
        self.assertEqual(self.ann.ask('PUT', AGENT + '/large', large).status, 418)
        got = stand_in.requests.pop()
        self.assertEqual(got['body'], hashlib.sha256(large).hexdigest())
        connection, response = self.ann.send('PUT', AGENT + '/large', '',
                                             {'Content-Length': str((32 << 20) + 1)})
        self.assertEqual(response.status, 413)
        connection.close()
        self.assertEqual(stand_in.requests, [])

    def a_stream_ends_when_its_client_goes(self, stand_in):
        connection, response = self.ann.send('GET', AGENT + '/event')
        self.assertEqual(response.headers['Content-Type'], 'text/event-stream')
        self.assertEqual(response.readline(), b'data: {}\n')
        self.assertFalse(stand_in.left.is_set())
        response.close()
        connection.close()
        self.assertTrue(stand_in.left.wait(60), 'the agent is told that nobody listens')

    def test_a_stopped_project_says_so_and_is_reached_again_when_it_runs(self):
        job = self.ann.done('projects.stop', project='hello')['jobId']
        try:
            wait_for(lambda: self.ann.get(f'/api/jobs/{job}').data['finishedAt'], what='the stop')
            for method in ('GET', 'POST'):
                self.assert_refused(self.ann.ask(method, AGENT + '/session'), 502, 'the project is stopped')
        finally:
            self.ann.done('projects.start', project='hello')
        wait_for(lambda: self.ann.get('/api/projects/hello').data['status'] == 'running', what='the start')
        self.assertEqual(self.ann.get(AGENT + '/session').status, 200)

    def test_an_agent_that_dies_while_one_listens_ends_the_stream(self):
        pid = self.service_pid('agent')
        connection, response = self.ann.send('GET', AGENT + '/event')
        self.assertIn(b'server.connected', response.readline())
        os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(http.client.HTTPException, OSError):  # broken off, as it should be
            response.read()
        connection.close()
        self.wait_for_another(pid)

    def test_a_stream_ends_with_the_next_piece_after_its_token_has_ended(self):
        made = self.boss.done('tokens.create', name='for a while', user='ann')
        connection, response = Client(self.address, token=made['token']).send('GET', AGENT + '/event')
        self.assertIn(b'server.connected', response.readline())
        self.boss.done('tokens.delete', token=made['id'])
        connection.sock.settimeout(60)
        self.ann.ask('POST', AGENT + '/session', '{"title": "never told to them"}',
                     {'Content-Type': 'application/json'})
        told = b''
        with contextlib.suppress(http.client.HTTPException, ConnectionError):  # broken off, as it should be
            told = response.read()
        connection.close()
        self.assertNotIn(b'never told to them', told)

    def test_streams_through_the_passage_leave_the_server_to_others(self):
        with contextlib.ExitStack() as open_streams:
            def status_of_one_more():
                connection, response = self.ann.send('GET', AGENT + '/event')
                open_streams.callback(connection.close)
                open_streams.callback(response.close)
                return response.status, response.headers['Retry-After']
            answers = [status_of_one_more() for _ in range(40)]
            self.assertEqual([status for status, _ in answers].count(200), 32, answers)
            self.assertEqual(answers[-1], (503, '1'))
            self.assertEqual(self.ann.get('/api/projects/hello').status, 200)
        wait_for(lambda: self.ann.get(AGENT + '/session').status == 200, what='a seat that is free again')

    def wait_for_another(self, agent):
        """Until the supervisor has begun another agent and it answers."""
        def has_begun():
            services = self.ann.get('/api/projects/hello').data['services']
            [now] = [one for one in services if one['name'] == 'agent']
            return now.get('pid') not in (None, agent) and now['healthy']
        wait_for(has_begun, seconds=120, what='another agent')
        self.assertEqual(self.ann.get(AGENT + '/session').status, 200)


class StandIn:
    """Takes the place of an agent: keeps what it is asked, and answers what no client should see."""

    def __init__(self, port):
        self.requests, self.left = [], threading.Event()
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', port), self.handler())
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={'poll_interval': 0.01})

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def handler(self):
        stand_in = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
                stand_in.requests.append({'line': self.requestline, 'headers': self.headers,
                                          'body': hashlib.sha256(body).hexdigest()})
                self.send_response(418)
                for name, value in {'Set-Cookie': 'a=b', 'WWW-Authenticate': 'Basic', 'X-Agent': 'kept',
                                    'Access-Control-Allow-Origin': '*', 'Clear-Site-Data': '"*"',
                                    'Content-Type': 'text/plain'}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b'from the stand-in')

            do_PUT = do_PATCH = answer

            def do_GET(self):
                self.send_response(200)
                self.send_header('Content-Type', 'text/event-stream')
                self.end_headers()
                self.wfile.write(b'data: {}\n\n')
                self.wfile.flush()
                self.connection.recv(1)  # until the other side hangs up
                stand_in.left.set()

            def log_message(self, *_):
                pass
        return Handler


if __name__ == '__main__':
    unittest.main()
