"""Streams as clients see them: nothing is missed, nothing comes twice, nobody sees what is another's."""
import json
import os
import pathlib
import socket
import sqlite3
import subprocess
import threading
import time
import unittest
import urllib.parse

from log_test import text_of
from service import PASSWORD, Client, Service, SharedService
from world import wait_for

HERE = pathlib.Path(__file__).resolve().parent
NODE_TESTS = os.environ.get('NODE_TESTS', str(HERE.parents[1] / 'build' / 'node-tests'))


def is_delta(event):
    return 'delta' in event['data'].get('payload', {})


def is_end_of_turn(event):
    return event['data'].get('type') == 'chat.turn.ended'


def ids(events):
    return [event['id'] for event in events]


class Relay:
    """Stands between a client and the server, so that connections can be cut."""

    def __init__(self, address):
        self.server = urllib.parse.urlsplit(address)
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.address = f'http://127.0.0.1:{self.listener.getsockname()[1]}'
        self.sockets = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
                server = socket.create_connection((self.server.hostname, self.server.port))
            except OSError:
                return
            self.sockets += [client, server]
            for here, there in ((client, server), (server, client)):
                threading.Thread(target=self.pass_on, args=(here, there), daemon=True).start()

    @staticmethod
    def pass_on(here, there):
        try:
            while data := here.recv(65536):
                there.sendall(data)
            there.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def cut(self):
        for one in self.sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.sockets = []

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()


class Library:
    """The client that pages use (npm: eventsource), in a process of its own; it comes back by itself."""

    def __init__(self, test, address, token, last='chat.turn.ended'):
        with (HERE / 'node' / 'follow.mjs').open('rb') as script:
            self.process = subprocess.Popen(['node', '--input-type=module', '-', address, token, last],
                                            cwd=NODE_TESTS, stdin=script, stdout=subprocess.PIPE,
                                            stderr=subprocess.PIPE, text=True)
        test.started.append(self.process)
        self.opened = 0

    def next(self):
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f'the client ended: {self.process.stderr.read()}')
        return json.loads(line)

    def until(self, is_last):
        """The events up to the first that `is_last` says yes to, with it."""
        found = []
        while not found or not is_last(found[-1]):
            one = self.next()
            self.opened += one['event'] == 'open'
            if 'id' in one and one['event'] != 'resync':
                found.append(one)
        return found

    def until_open(self):
        wanted = self.opened + 1
        while self.opened < wanted:
            self.opened += self.next()['event'] == 'open'


class Turns(Service):
    """A turn of an agent that a worker of its own performs: every event comes from another process."""

    @classmethod
    def setUpClass(cls):
        cls.shared = Service('serve')
        cls.shared.setUp()
        cls.addClassCleanup(cls.shared.tearDown)
        cls.server = cls.shared.serve()
        cls.ann = cls.shared.add_user(cls.shared.first_user(cls.server, 'boss'), 'ann')
        cls.shared.start('worker')
        made = cls.ann.done('projects.create', prompt='say: hello', name='hello', model='demo/scripted')
        cls.session = made['sessionId']

    def setUp(self):
        self.share(self.shared)
        with self.ann.follow('/api/events', after=0) as stream:  # what was asked for before has ended
            self.newest = stream.until(is_end_of_turn)[-1]['id']
        self.newest = self.rows('select max(seq) from events')[0][0]

    def tearDown(self):
        pass  # the class does it once

    def prompt(self):
        self.ann.done('projects.prompt', project='hello', text='slow 8')

    def test_every_client_sees_the_same_turn_whenever_it_came_and_however_often_it_was_cut_off(self):
        relay = Relay(self.server.address)
        self.addCleanup(relay.close)
        library = Library(self, f'{relay.address}/api/events?session={self.session}&after={self.newest}',
                          self.ann.token)
        library.until_open()
        with self.ann.follow('/api/events', after=self.newest) as live, \
                self.ann.follow('/api/events', after=self.newest) as cut:
            self.prompt()
            first = cut.until(is_delta)
            by_library = library.until(is_delta)
            relay.cut()
            cut.close()
            seen = live.until(is_delta)
            with self.ann.follow('/api/events', session=self.session, after=self.newest) as late, \
                    self.ann.follow('/api/events', last_id=first[-1]['id'], after=0) as resumed:
                by_library += library.until(is_end_of_turn)
                first += resumed.until(is_end_of_turn)
                seen += live.until(is_end_of_turn)
                from_late = late.until(is_end_of_turn)
        self.assertGreater(sum(map(is_delta, seen)), 5)
        self.assertEqual(ids(seen), sorted(set(ids(seen))))
        self.assertEqual(first, seen)
        self.assertEqual(from_late, seen)
        self.assertEqual(by_library, seen)
        self.assertEqual(library.opened, 2, 'it had to come back')
        self.assert_as_stored(seen)

    def test_who_follows_over_a_restart_of_the_server_misses_nothing(self):
        listen = self.server.address.removeprefix('http://')
        library = Library(self, f'{self.server.address}/api/events?after={self.newest}', self.ann.token)
        library.until_open()
        with self.ann.follow('/api/events', after=self.newest) as stream:
            self.prompt()
            before = stream.until(is_delta)
            by_library = library.until(is_delta)
            self.assertEqual(self.stop(self.server), 0)
            before += stream.rest()
        farewell = before.pop()
        self.assertEqual((farewell['event'], farewell['data']), ('resync', {'after': farewell['id']}))
        self.assertEqual(farewell['id'], before[-1]['id'])
        type(self).server = self.serve(listen=listen)
        with self.ann.follow('/api/events', last_id=farewell['id']) as stream:
            seen = before + stream.until(is_end_of_turn)
        by_library += library.until(is_end_of_turn)
        self.assertEqual(ids(seen), sorted(set(ids(seen))))
        self.assertEqual(by_library, seen)
        self.assert_as_stored(seen)

    def assert_as_stored(self, seen):
        """What was seen live is what is stored and what the command line shows; but texts come in one piece
        some time after their turn."""
        stored = self.ann.get('/api/events/stored', session=self.session, after=self.newest).data
        shown = self.events(self.session, '--after', str(self.newest))
        live = [event['data'] for event in seen]
        for other in (stored, shown):
            self.assertEqual(text_of(other), text_of(live))
            self.assertEqual(*([row for row in rows if row['type'] != 'chat.message.part.added']
                               for rows in (other, live)))
            self.assertLessEqual({row['seq'] for row in other}, {row['seq'] for row in live})


class Streams(SharedService):
    """What needs no agent."""

    def stored(self, client, **query):
        return client.get('/api/events/stored', limit=1000, **query).data

    def newest(self):
        return self.rows('select max(seq) from events')[0][0]

    def tell(self, count, size=10, project=None):
        """Events as another process writes them; the seq of the last."""
        project = project or self.anns['project']
        with sqlite3.connect(self.data / 'skerry.db', timeout=30) as db:
            last = db.executemany('insert into events(type, project_id, time, payload) values (?, ?, 0, ?)',
                                  [('test.told', project, json.dumps({'text': 'x' * size}))] * count)
            return db.execute('select max(seq) from events').fetchone()[0] if last else None

    def test_a_replay_is_what_is_stored_in_its_order(self):
        own = self.project_of(self.ann, 'replayed')
        since = self.newest() - 1
        last = self.tell(700, project=own['project'])
        for client, query in ((self.boss, {}), (self.ann, {'project': own['slug']})):
            with client.follow('/api/events', after=since, **query) as stream:
                seen = stream.until(lambda event: event['id'] >= last)
            self.assertEqual(ids(seen), [event['data']['seq'] for event in seen])
            self.assertEqual([event['data'] for event in seen], self.stored(client, after=since, **query))
        self.assertEqual([event['data'] for event in seen], self.events(own['slug']))

    def test_who_names_no_place_gets_what_happens_from_now_on_also_from_other_processes(self):
        with self.boss.follow('/api/events') as stream:
            one = self.ann.done('projects.create', prompt='say: x', name='from now on', model='demo/scripted')
            self.run_skerry('projects', 'stop', one['slug'])
            seen = stream.until(lambda event: event['data']['payload'].get('status') == 'stopping')
        self.assertEqual({event['data']['projectId'] for event in seen}, {one['id']})
        self.assertEqual([event['data']['payload']['status'] for event in seen], ['created', 'stopping'])

    def test_a_member_s_stream_holds_nothing_of_others(self):
        since = self.newest()
        with self.ann.follow('/api/events', after=0) as replayed, self.ann.follow('/api/events') as live:
            self.project_of(self.ben, 'hidden')
            self.tell(10, project=self.bens['project'])
            self.tell(1, project=None)
            self.run_skerry('jobs', 'run', '--delay', '1h', '--', 'true')
            mine = self.project_of(self.ann, 'shown')

            def is_mine(event):
                return event['data']['projectId'] == mine['project']
            seen, followed = replayed.until(is_mine), live.until(is_mine)
        own = {project['id'] for project in self.ann.get('/api/projects').data}
        self.assertLessEqual({event['data']['projectId'] for event in seen + followed}, own)
        self.assertNotIn(self.bens['project'], {event['data']['projectId'] for event in seen})
        with self.boss.follow('/api/events', after=since) as stream:
            everything = stream.until(is_mine)
        self.assertIn(self.bens['project'], {event['data']['projectId'] for event in everything})

    def test_types_leave_the_rest_out(self):
        since = self.tell(3)
        own = self.project_of(self.ann, 'by types')
        last = self.tell(1, project=own['project'])
        with self.ann.follow('/api/events', after=since, types='test.told') as stream:
            self.assertEqual(ids(stream.until(lambda event: event['id'] >= last)), [last])
        with self.ann.follow('/api/events', after=since, types='project.,nothing') as stream:
            self.assertEqual(stream.event()['data']['type'], 'project.status')

    def test_a_snapshot_says_how_things_stand_and_what_follows_it(self):
        with self.ann.follow('/api/events', snapshot=1) as stream:
            shown = stream.event()
            self.assertEqual((shown['event'], shown['id']), ('snapshot', shown['data']['seq']))
            listed = self.ann.get('/api/projects', limit=200).data
            self.assertEqual([one['id'] for one in shown['data']['projects']], [one['id'] for one in listed])
            self.assertGreater(self.tell(1), shown['id'])
            self.assertGreater(stream.event()['id'], shown['id'])
        with self.ann.follow('/api/events', snapshot=1, project=self.anns['project']) as stream:
            data = stream.event()['data']
        self.assertEqual([one['id'] for one in data['projects']], [self.anns['project']])
        self.assertEqual([one['id'] for one in data['turns']], [self.anns['turn']])
        self.assertEqual(data['pending'], [])
        since = self.newest()
        last = self.tell(1)
        with self.ann.follow('/api/events', last_id=since, snapshot=1) as stream:
            self.assertEqual(stream.event()['id'], last, 'it knows how things stood')

    def test_a_place_that_is_no_number_is_refused(self):
        for path in ('/api/events', f'/api/projects/{self.anns["project"]}/logs'):
            for place in ('then', '-1', '1.5', '99999999999999999999', "1' or 1=1"):
                answer = self.ann.get(path, headers={'Last-Event-ID': place})
                self.assertEqual((answer.status, answer.error['code']), (400, 'BAD_REQUEST'), place)

    def test_a_place_beyond_the_newest_event_is_no_place_to_wait_at(self):
        newest = self.newest()
        refused = self.ann.get('/api/events', after=newest + 1000)
        self.assertEqual((refused.status, refused.wrong_fields),
                         (400, {'after': f'is beyond the newest event, {newest}'}))
        with self.ann.follow('/api/events', last_id=newest + 1000) as stream:
            [only] = stream.rest()
        self.assertEqual((only['event'], only['id'], only['data']), ('resync', newest, {'after': newest}))
        self.assertEqual(self.boss.get('/api/events/stored', after=newest + 1000).data, [])
        last = self.tell(1)
        with self.ann.follow('/api/events', last_id=only['id']) as stream:
            self.assertEqual(stream.event()['id'], last)
        with self.ann.follow('/api/events', last_id=last, after=last + 1000) as stream:
            last = self.tell(1)
            self.assertEqual(stream.event()['id'], last, 'who comes back goes on where it was')

    def test_a_place_whose_events_are_gone_is_one_to_go_on_from(self):
        last = self.tell(3)
        with sqlite3.connect(self.data / 'skerry.db', timeout=30) as db:
            db.execute('delete from events where seq > ?', (last - 3,))
        with self.ann.follow('/api/events', last_id=last) as stream, \
                self.ann.follow('/api/events', after=last) as asked:
            more = self.tell(1)
            self.assertEqual((stream.event()['id'], asked.event()['id']), (more, more))

    def test_the_first_bytes_come_at_once_and_say_when_to_come_back(self):
        connection, response = self.ann.send('GET', '/api/events')
        self.assertEqual(response.readline(), b'retry: 2000\n')
        self.assertEqual(response.readline(), b': connected\n')
        response.close()
        connection.close()

    def test_a_client_that_does_not_read_holds_nobody_up_and_is_told_where_to_come_back(self):
        since = self.newest()
        address = urllib.parse.urlsplit(self.address)
        stalled = socket.socket()
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stalled.connect((address.hostname, address.port))
        stalled.sendall(f'GET /api/events?after={since} HTTP/1.1\r\nHost: {address.netloc}\r\n'
                        f'Authorization: Bearer {self.ann.token}\r\n\r\n'.encode())
        resynced = self.resynced()
        with self.ann.follow('/api/events', after=since) as live:
            last = self.tell(4000, size=4000)
            seen = live.until(lambda event: event['id'] >= last)
            self.assertEqual(ids(seen), list(range(since + 1, last + 1)))
            wait_for(lambda: self.resynced() > resynced, what='the farewell')
            again = self.tell(1)
            self.assertEqual(ids(live.until(lambda event: event['id'] >= again)), [again])
        text = b''
        while part := stalled.recv(1 << 20):
            text += part
        stalled.close()
        got = [int(line[4:]) for line in text.split(b'\n') if line.startswith(b'id: ')]
        self.assertIn(b'event: resync\n', text)
        self.assertEqual(got[:-1], list(range(since + 1, got[-1] + 1)))
        with self.ann.follow('/api/events', last_id=got[-1]) as stream:
            rest = stream.until(lambda event: event['id'] >= last)
        self.assertEqual(got[:-1] + ids(rest), ids(seen))

    def resynced(self):
        figures = self.boss.get('/metrics').text
        return float(figures.partition('\nskerry_stream_resyncs_total ')[2].split()[0])

    def test_a_gone_client_is_noticed(self):
        def count():
            return float(self.boss.get('/metrics').text.partition('\nskerry_stream_clients ')[2].split()[0])
        wait_for(lambda: count() == 0, what='nobody follows')
        streams = [self.ann.follow('/api/events') for _ in range(10)]
        wait_for(lambda: count() == 10, what='ten follow')
        for stream in streams:
            stream.close()
        wait_for(lambda: count() == 0, what='nobody follows')

    def test_a_login_or_token_that_ends_takes_its_streams_with_it(self):
        token = self.boss.done('tokens.create', name='to revoke', user='ann')
        script = Client(self.address, token=token['token'])
        login = self.log_in(self.address, 'ann')
        paths = ('/api/events', f'/api/projects/{self.anns["project"]}/logs',
                 f'/api/jobs/{self.anns["job"]}/log')
        streams = [client.follow(path) for path in paths for client in (script, login)]
        stays = self.ann.follow('/api/events')
        self.boss.done('tokens.delete', token=token['id'])
        login.done('auth.logout')
        self.assert_end(streams)
        last = self.tell(1)
        self.assertEqual(stays.until(lambda event: event['id'] >= last)[-1]['id'], last)
        stays.close()

    def assert_end(self, streams):
        for stream in streams:
            stream.rest()
            stream.close()

    def streams_of(self, *clients):
        """All kinds of streams, each begun: it has been looked at whether it may be."""
        paths = ('/api/events', f'/api/projects/{self.anns["project"]}/logs', f'/api/jobs/{self.anns["job"]}/log')
        return [client.follow(path) for path in paths for client in clients]

    def test_streams_end_also_when_it_is_another_process_that_ends_what_they_came_with(self):
        made = self.boss.done('tokens.create', name='for another process', user='ann')
        login = self.log_in(self.address, 'ann')
        streams = self.streams_of(Client(self.address, token=made['token']), login)
        self.run_skerry('tokens', 'delete', made['id'])
        self.run_skerry('logins', 'revoke', login.get('/api/me').data['loginId'])
        self.assert_end(streams)

    def test_streams_end_with_the_time_the_role_the_password_and_the_user_they_came_with(self):
        made = self.boss.done('tokens.create', name='runs out', user='ann', expires='1h')
        short = self.streams_of(Client(self.address, token=made['token']))
        with sqlite3.connect(self.data / 'skerry.db', timeout=30) as db:
            soon = int(time.time() * 1000) + 300
            db.execute('update api_tokens set expires_at = ? where id = ?', (soon, made['id']))
        self.assert_end(short)
        second = self.add_user(self.boss, 'second', role='admin')
        streams = self.streams_of(second)
        self.boss.done('users.set-role', user='second', role='member')
        self.assert_end(streams)
        login = self.log_in(self.address, 'second')
        by_login = login.follow('/api/events')
        self.run_skerry('users', 'passwd', 'second', stdin=None, input=PASSWORD + '!\n')
        self.assert_end([by_login])
        by_token = second.follow('/api/events')
        self.run_skerry('users', 'delete', 'second', '--yes')
        self.assert_end([by_token])


class Logs(SharedService):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for project in (cls.anns, cls.bens):  # no worker is to make them
            cls.boss.done('jobs.cancel', id=project['job'])

    def test_the_log_of_a_job_is_followed_to_the_end_of_the_job(self):
        job = self.run_later('sh', '-c', 'echo one; echo two')
        with self.boss.follow(f'/api/jobs/{job}/log') as stream:
            self.start('worker', '--drain')
            seen = stream.rest()
        self.assertEqual(seen[-1]['event'], 'end')
        chunks = [event['data'] for event in seen[:-1]]
        text = ''.join(chunk['text'] for chunk in chunks)
        self.assertLess(text.index('one'), text.index('two'))
        self.assertEqual([event['id'] for event in seen[:-1]], [chunk['nextOffset'] for chunk in chunks])
        with self.boss.follow(f'/api/jobs/{job}/log') as stream:
            self.assertEqual(''.join(event['data'].get('text', '') for event in stream.rest()), text)
        behind_one = text.index('\n', text.index('one')) + 1
        with self.boss.follow(f'/api/jobs/{job}/log', last_id=behind_one) as stream:
            again = stream.event()['data']
        self.assertEqual((again['offset'], again['text']), (behind_one, text[behind_one:]))
        with self.boss.follow(f'/api/jobs/{job}/log', tail=1) as stream:
            self.assertEqual(stream.event()['data']['text'], text.splitlines(keepends=True)[-1])
        self.assertEqual(self.ann.get(f'/api/jobs/{job}/log').status, 403)

    def test_offsets_and_letters_stay_whole_over_a_rotation(self):
        lines = 150_000  # 9 MiB: the file is rotated at 8
        job = self.run_later('seq', '-f', 'žluťoučký kůň 🐟 %06.0f', '1', str(lines))
        with self.boss.follow(f'/api/jobs/{job}/log') as stream:
            self.start('worker', '--drain')
            chunks = [event['data'] for event in stream.rest()[:-1]]
        self.assertFalse(any(chunk['truncated'] for chunk in chunks))
        text = ''.join(chunk['text'] for chunk in chunks)
        numbers = [int(line.split()[-1]) for line in text.splitlines() if '🐟' in line and line[-6:].isdigit()]
        self.assertTrue(numbers == list(range(1, lines + 1)), f'{len(numbers)} lines')
        for here, there in zip(chunks, chunks[1:]):
            self.assertLessEqual(here['nextOffset'], there['offset'])
        self.assertTrue((self.data / 'jobs' / f'{job}.log.1').exists())
        middle = chunks[len(chunks) // 2]
        for inside in range(1, 4):  # within a letter
            with self.boss.follow(f'/api/jobs/{job}/log', last_id=middle['offset'] + inside) as stream:
                part = stream.event()['data']
            self.assertNotIn('\ufffd', part['text'])
            self.assertIn(part['text'].partition('\n')[0], middle['text'])

    def test_a_projects_log_tells_of_its_sources(self):
        folder = self.data / 'state' / self.anns['project'] / 'logs'
        with self.ann.follow(f'/api/projects/{self.anns["project"]}/logs') as every, \
                self.ann.follow(f'/api/projects/{self.anns["project"]}/logs', source='app') as one:
            folder.mkdir(parents=True)
            (folder / 'project.log').write_text('[host] begun\n[app] žluť\n[agent] hello\n')
            self.assertEqual(every.event()['data']['text'], '[host] begun\n[app] žluť\n[agent] hello\n')
            self.assertEqual(one.event()['data']['text'], '[app] žluť\n')


if __name__ == '__main__':
    unittest.main()
