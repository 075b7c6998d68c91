"""The server as a process: where it listens, who it lets start, how it begins, reloads and ends."""
import json
import os
import pathlib
import re
import signal
import socket
import stat
import subprocess
import threading
import unittest

from service import PASSWORD, Answer, Client, IdleService, cookie_of
from streams_test import NODE_TESTS
from world import wait_for


class Process(IdleService):
    def refused(self, *words, expect):
        """What a server says that does not begin to serve."""
        return self.run_skerry('serve', '--no-worker', *words, expect=expect, timeout=60).stderr

    def test_a_unix_socket_is_for_its_owner_alone_and_goes_with_the_server(self):
        path = self.data / 'skerry.sock'
        server = self.serve(listen=f'unix:{path}')
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        boss = self.first_user(server, 'boss')
        self.assertEqual(boss.get('/api/me', headers={'Host': 'whatever.example'}).data['user']['name'],
                         'boss')
        token = boss.done('tokens.create', name='socket')['token']
        with Client(server.address, token=token).follow('/api/events') as stream:
            self.assertEqual(self.stop(server), 0)
            self.assertEqual(stream.event()['event'], 'resync')
        self.assertFalse(path.exists())

    def test_a_second_server_on_the_same_folder_is_refused(self):
        first = self.serve()
        self.assertIn('another', self.refused('--listen', '127.0.0.1:0', expect=6))
        self.assertEqual(Client(first.address).get('/healthz').status, 200)
        first.kill()
        first.wait()
        self.serve()  # what a killed one leaves behind is in nobody's way

    def test_what_cannot_be_listened_on_is_named(self):
        with socket.create_server(('127.0.0.1', 0)) as taken:
            port = taken.getsockname()[1]
            self.assertIn(str(port), self.refused('--listen', f'127.0.0.1:{port}', expect=6))
        for words in (('--listen', 'nonsense'), ('--listen', '127.0.0.1:70000'),
                      ('--base-url', 'skerry.example'),
                      ('--sse-heartbeat', '31s'), ('--trusted-proxy', '10.0.0.0/33')):
            said = self.refused(*(words if '--listen' in words else ('--listen', '127.0.0.1:0', *words)),
                                expect=2)
            self.assertIn(words[0] if '31s' in words else words[1], said)

    def test_without_a_user_it_is_not_reached_from_elsewhere_unless_one_insists(self):
        said = self.refused('--listen', '0.0.0.0:0', expect=2)
        self.assertIn('no user yet', said)
        self.assertIn('skerry users add', said)
        insecure = self.serve('--insecure', listen='0.0.0.0:0')
        [link] = re.findall(r'(http://\S+)/#setup=', insecure.log.read_text())
        self.assertEqual(Client(link).act('setup.create_admin', token=insecure.setup_token, name='boss',
                                          password=PASSWORD).status, 200, 'the link is one that is answered')
        self.stop(insecure)
        open_to_all = self.serve(listen='0.0.0.0:0')
        port = open_to_all.address.rpartition(':')[2]
        self.assertEqual(Client(f'http://127.0.0.1:{port}').get('/healthz').status, 200)

    def test_behind_a_proxy_it_has_the_proxys_name_and_believes_it_alone(self):
        server = self.serve('--base-url', 'https://skerry.example/', '--trusted-proxy', '127.0.0.1')
        self.assertEqual(server.address, 'https://skerry.example')
        [listening] = self.ports_of(server)
        proxy = Client(f'http://127.0.0.1:{listening}')
        through = {'Host': 'skerry.example', 'Origin': 'https://skerry.example',
                   'X-Forwarded-For': '9.9.9.9, 192.0.2.7'}
        answer = proxy.act('setup.create_admin', through, token=server.setup_token, name='boss',
                           password=PASSWORD)
        self.assertIn('; Secure', answer.headers['Set-Cookie'])
        self.assertIn('max-age', answer.headers['Strict-Transport-Security'])
        boss = Client(proxy.address, cookie=cookie_of(answer))
        [login] = boss.get('/api/logins', headers=through).data
        self.assertEqual(login['address'], '192.0.2.7', 'the one that the proxy has seen')
        self.assertEqual(boss.get('/api/me', headers={'Host': 'other.example'}).status, 403)
        evil = through | {'Origin': 'https://skerry.example.evil'}
        self.assertEqual(boss.act('auth.logout', evil).status, 403)
        self.assertEqual(boss.act('auth.logout', through).status, 200)

    @staticmethod
    def ports_of(process):
        """Where it listens, from what the kernel knows of its sockets."""
        links = {os.readlink(link) for link in pathlib.Path(f'/proc/{process.pid}/fd').iterdir()}
        rows = [line.split() for line in pathlib.Path('/proc/net/tcp').read_text().splitlines()[1:]]
        return [int(row[1].split(':')[1], 16) for row in rows
                if row[3] == '0A' and f'socket:[{row[9]}]' in links]

    def test_signals_end_it_in_order_and_give_running_work_back(self):
        job = self.run_later('sleep', '600')
        server = self.serve(worker=True)
        wait_for(lambda: self.json_of('jobs', 'show', str(job))['state'] == 'running', what='the job runs')
        self.assertEqual(self.stop(server), 0)
        left = self.json_of('jobs', 'show', str(job))
        self.assertEqual((left['state'], left['crashes']), ('queued', 0))
        server = self.serve()
        self.assertEqual(self.stop(server, signal.SIGINT), 0)

    def test_a_hangup_reads_the_settings_again_and_keeps_place_and_logins(self):
        with socket.create_server(('127.0.0.1', 0)) as free:
            listen = f'127.0.0.1:{free.getsockname()[1]}'
        server = self.serve(listen=listen)
        boss = self.first_user(server, 'boss')
        refused = boss.act('projects.create', prompt='say: x', name='one')
        self.assertEqual(refused.wrong_fields.keys(), {'model'}, 'none is chosen')
        config = self.data / 'config' / 'skerry'
        config.mkdir(parents=True)
        (config / 'config.json').write_text(json.dumps({'model': 'demo/other'}))
        pid = server.pid
        server.send_signal(signal.SIGHUP)
        wait_for(lambda: len(self.addresses_of(server)) == 2, what='it serves again')
        two = boss.done('projects.create', prompt='say: x', name='two')
        self.assertEqual((two['model'], server.pid), ('demo/other', pid))
        (config / 'config.json').write_text('{"model": ')
        server.send_signal(signal.SIGHUP)
        wait_for(lambda: 'the former ones stay' in server.log.read_text(), what='it says what is wrong')
        three = boss.done('projects.create', prompt='say: x', name='three')
        self.assertEqual(three['model'], 'demo/other')
        self.assertEqual(self.stop(server), 0)

    def test_nobody_is_refused_or_cut_off_by_a_hangup(self):
        server = self.serve(worker=True)
        boss = self.first_user(server, 'boss')
        kept = boss.connect()
        ended, failures, answered = threading.Event(), [], []

        def visit():
            while not ended.is_set():
                try:
                    answered.append(Client(server.address).get('/healthz').status)
                except OSError as fault:
                    failures.append(fault)
        with boss.follow('/api/events') as stream:
            visitors = [threading.Thread(target=visit) for _ in range(3)]
            for visitor in visitors:
                visitor.start()
            for number in range(20):
                server.send_signal(signal.SIGHUP)
                wait_for(lambda: len(self.addresses_of(server)) > number + 1, what='it has read them')
                kept.request('GET', '/api/me', headers=boss.headers('GET'))
                self.assertEqual(Answer(kept.getresponse()).data['user']['name'], 'boss')
            ended.set()
            for visitor in visitors:
                visitor.join()
            job = self.run_later('true')
            made = boss.done('projects.create', prompt='say: x', name='one', model='demo/scripted')
            self.assertEqual(stream.event()['data']['projectId'], made['id'], 'the stream goes on')
        kept.close()
        self.assertEqual((failures, set(answered)), ([], {200}))
        wait_for(lambda: self.json_of('jobs', 'show', str(job))['state'] == 'succeeded', what='it works')
        self.assertEqual(self.stop(server), 0)

    def stubborn_job(self, server):
        """A running command that does not heed the request to end; the server gives it some seconds."""
        job = self.run_later('sh', '-c', 'trap "" TERM; echo begun; sleep 600')
        wait_for(lambda: 'begun' in self.run_skerry('jobs', 'logs', str(job), expect=None).stdout,
                 what='the job runs')
        return job

    def test_while_it_stops_it_is_not_ready_and_still_answers(self):
        server = self.serve(worker=True)
        job = self.stubborn_job(server)
        self.assertEqual(Client(server.address).get('/readyz').status, 200)
        server.send_signal(signal.SIGTERM)
        answer = wait_for(lambda: self.not_ready(server), what='it is not ready')
        self.assertEqual(answer.json['ready'], False)
        self.assertIn('stop', answer.json['checks']['server'])
        self.assertEqual(Client(server.address).get('/healthz').status, 200)
        self.assertEqual(server.wait(timeout=60), 0)
        left = self.json_of('jobs', 'show', str(job))
        self.assertEqual((left['state'], left['crashes']), ('queued', 0))

    @staticmethod
    def not_ready(server):
        answer = Client(server.address).get('/readyz')
        return answer.status == 503 and answer

    def test_a_second_signal_ends_it_at_once(self):
        for first, second in ((signal.SIGTERM, signal.SIGTERM), (signal.SIGINT, signal.SIGINT)):
            server = self.serve(worker=True)
            job = self.stubborn_job(server)
            server.send_signal(first)
            wait_for(lambda: self.not_ready(server), what='it stops')
            server.send_signal(second)
            self.assertEqual(server.wait(timeout=60), 128 + second)
            self.assertEqual(self.json_of('jobs', 'show', str(job))['state'], 'running', 'not given back')
            self.run_skerry('jobs', 'cancel', str(job))

    def test_it_is_ready_when_it_can_do_its_work(self):
        idle = self.serve()
        ready = Client(idle.address).get('/readyz')
        self.assertEqual((ready.status, ready.json['ready']), (200, True))
        self.assertNotIn('worker', ready.json['checks'])
        job = self.run_later('true')
        self.stop(idle)
        self.assertEqual(self.json_of('jobs', 'show', str(job))['state'], 'queued')
        busy = self.serve(worker=True)
        wait_for(lambda: Client(busy.address).get('/readyz').status == 200, what='it is ready')
        self.assertEqual(Client(busy.address).get('/readyz').json['checks']['worker'], 'ok')
        wait_for(lambda: self.json_of('jobs', 'show', str(job))['state'] == 'succeeded',
                 what='the job is done')

    def test_a_service_manager_is_told_how_it_goes(self):
        path = str(self.data / 'notify')
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(path)
            manager.settimeout(60)
            server = self.serve(environment={'NOTIFY_SOCKET': path, 'WATCHDOG_USEC': '200000'})
            heard = [manager.recv(4096).decode() for _ in range(4)]
            self.assertIn('READY=1', heard)
            self.assertIn('WATCHDOG=1', heard)
            server.send_signal(signal.SIGTERM)
            while heard[-1] != 'STOPPING=1':
                heard.append(manager.recv(4096).decode())
            self.assertEqual(server.wait(timeout=60), 0)

    def test_a_stream_that_has_nothing_to_say_says_that_it_lives(self):
        server = self.serve('--sse-heartbeat', '50ms')
        boss = self.first_user(server, 'boss')
        with boss.follow('/api/events') as stream:
            lines = [stream.response.readline() for _ in range(9)]
        self.assertGreaterEqual(lines.count(b': keep-alive\n'), 2)

    def test_the_description_of_the_interface_is_valid(self):
        file = self.data / 'openapi.json'
        file.write_text(self.run_skerry('openapi').stdout)
        with (pathlib.Path(__file__).parent / 'node' / 'validate.mjs').open('rb') as script:
            said = subprocess.run(['node', '--input-type=module', '-', str(file)], cwd=NODE_TESTS,
                                  stdin=script,
                                  capture_output=True, text=True, timeout=60)
        self.assertEqual(said.stderr, '')
        result = json.loads(said.stdout)
        self.assertEqual((result['valid'], result['version']), (True, '3.1'), result.get('errors'))


if __name__ == '__main__':
    unittest.main()
