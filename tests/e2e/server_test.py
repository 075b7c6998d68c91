"""`skerry serve` over a real socket: every call, who may make it, and what it says when it may not be."""
import concurrent.futures
import json
import unittest

from server_calls import (ACTIONS, BY_ADMINS, BY_USERS, PASSAGE, PASSAGE_METHODS, READS, READS_BY_ADMINS, READS_BY_ANYONE,
                          READS_BY_USERS, READS_WITH_AN_AGENT, STREAMS, UNKNOWN, documented, fields_for,
                          is_owned, path_for)
from service import PASSWORD, Client, SharedService
from world import wait_for

CODES = {400: 'BAD_REQUEST', 401: 'UNAUTHORIZED', 403: 'FORBIDDEN', 404: 'NOT_FOUND',
         405: 'METHOD_NOT_ALLOWED', 409: 'CONFLICT',
         413: 'PAYLOAD_TOO_LARGE', 429: 'TOO_MANY_REQUESTS'}
SECURITY_HEADERS = {'X-Content-Type-Options': 'nosniff', 'X-Frame-Options': 'DENY',
                    'Referrer-Policy': 'no-referrer',
                    'Cross-Origin-Resource-Policy': 'same-origin',
                    'Cross-Origin-Opener-Policy': 'same-origin'}


class Calls(SharedService):
    """What does not change what the others see."""

    def assert_refused(self, answer, status, what=''):
        self.assertEqual(answer.status, status, f'{what}: {answer.text}')
        self.assertEqual(answer.error['code'], CODES[status], what)
        self.assertTrue(answer.error['message'], what)
        self.assert_tells_nothing(answer)

    def assert_tells_nothing(self, answer):
        """No place on the disk, no statement and no trace of calls."""
        for inside in (str(self.data), '/src/', '.cpp', 'SELECT', 'sqlite', 'std::', 'SKERRY_'):
            self.assertNotIn(inside.lower(), answer.text.lower())

    def everything(self):
        """What there is, as an admin sees it."""
        return [self.boss.get(path).data
                for path in ('/api/projects', '/api/sessions', '/api/jobs', '/api/users',
                                                      f'/api/sessions/{self.bens["session"]}/turns')]

    def test_every_documented_call_is_in_the_tables_and_every_call_of_the_tables_is_documented(self):
        told = {(method, path) for path, methods in self.nobody.get('/api/openapi.json').json['paths'].items()
                for method in methods}
        known = {('post', f'/api/actions/{action}') for action in ACTIONS}
        known |= {('get', documented(path)) for path in READS + STREAMS}
        known |= {(method, documented(PASSAGE)) for method in PASSAGE_METHODS}
        self.assertEqual(told, known)
        self.assertEqual(json.loads(self.run_skerry('openapi').stdout),
                         self.nobody.get('/api/openapi.json').json)

    def test_who_has_not_logged_in_gets_nothing_but_what_is_for_anyone(self):
        for path in READS_BY_USERS + READS_BY_ADMINS + STREAMS:
            self.assert_refused(self.nobody.get(path_for(path, self.anns)), 401, path)
        for action, fields in (BY_USERS | BY_ADMINS).items():
            self.assert_refused(self.nobody.act(action, **fields_for(fields, self.anns)), 401, action)
        for path in READS_BY_ANYONE:
            self.assertEqual(self.nobody.get(path).status, 200, path)
        self.assertIsNone(self.nobody.get('/api/me').data['user'])

    def test_the_passage_to_an_agent_is_for_who_owns_the_project(self):
        bound = self.boss.done('tokens.create', name='passes to one', user='ann', project=self.anns['project'])
        for method in map(str.upper, PASSAGE_METHODS):
            for client, ids, status in ((self.nobody, self.anns, 401), (self.ann, self.bens, 403),
                                        (Client(self.address, token=bound['token']), self.bens, 403),
                                        (self.ann, UNKNOWN, 404)):
                self.assert_refused(client.ask(method, path_for(PASSAGE, ids)), status, method)
        looks = self.boss.done('tokens.create', name='passes to look', user='ann', readOnly=True)
        looking = Client(self.address, token=looks['token'])
        for method in map(str.upper, PASSAGE_METHODS):
            answer = looking.ask(method, path_for(PASSAGE, self.anns))
            self.assertEqual(answer.status, 502 if method == 'GET' else 403, method)  # nothing runs there

    def test_what_is_for_admins_is_refused_to_members(self):
        before = self.everything()
        for path in READS_BY_ADMINS:
            self.assert_refused(self.ann.get(path), 403, path)
            self.assertEqual(self.boss.get(path).status, 200, path)
        for action, fields in BY_ADMINS.items():
            self.assert_refused(self.ann.act(action, **fields), 403, action)
        self.assertEqual(self.everything(), before)

    def test_what_is_another_s_is_refused_and_what_is_not_there_is_not_found(self):
        before = self.everything()
        for ids, status in ((self.bens, 403), (UNKNOWN, 404)):
            for path in filter(is_owned, READS_BY_USERS + STREAMS):
                self.assert_refused(self.ann.get(path_for(path, ids)), status, path)
            for action, fields in ACTIONS.items():
                if is_owned(fields):
                    self.assert_refused(self.ann.act(action, **fields_for(fields, ids)), status, action)
            for path in ('/api/sessions', '/api/jobs', '/api/events', '/api/events/stored'):
                self.assert_refused(self.ann.get(path, project=ids['project']), status, path)
            for path in ('/api/events', '/api/events/stored'):
                self.assert_refused(self.ann.get(path, session=ids['session']), status, path)
        self.assertEqual(self.everything(), before)

    def test_lists_hold_ones_own_and_for_an_admin_all(self):
        for path, key, of in (('/api/projects', 'id', 'project'), ('/api/sessions', 'id', 'session'),
                              ('/api/jobs', 'id', 'job')):
            for client, own, others in ((self.ann, self.anns, self.bens), (self.ben, self.bens, self.anns)):
                seen = [row[key] for row in client.get(path).data]
                self.assertIn(own[of], seen)
                self.assertNotIn(others[of], seen)
                self.assertNotIn(others['project'], client.get(path).text)
            seen = [row[key] for row in self.boss.get(path).data]
            self.assertLessEqual({self.anns[of], self.bens[of]}, set(seen))
        for path in ('/api/tokens', '/api/logins'):
            self.assertLessEqual({row['userName'] for row in self.ann.get(path).data}, {'ann'})
        self.assertIn('ben', {row['userName'] for row in self.boss.get('/api/tokens').data})
        stored = self.ann.get('/api/events/stored', project=self.anns['project']).data
        self.assertEqual({row['projectId'] for row in stored}, {self.anns['project']})
        self.assertEqual(self.ann.get('/api/events/stored').wrong_fields,
                         {'project': 'or session must be given'})
        everybodys = {row['projectId'] for row in self.boss.get('/api/events/stored').data}
        self.assertLessEqual({self.anns['project'], self.bens['project']}, everybodys)

    def test_wrong_input_is_told_all_at_once_by_the_names_of_the_fields(self):
        for path, methods in self.nobody.get('/api/openapi.json').json['paths'].items():
            if path.startswith('/api/actions/'):
                action = path.rpartition('/')[2]
                schema = methods['post']['requestBody']['content']['application/json']['schema']
                names = set(schema['properties'])
                wrong = self.boss.act(action, **{name: {'of': 'no such kind'} for name in names | {'odd'}})
                self.assert_refused(wrong, 400, action)
                self.assertEqual(set(wrong.wrong_fields), names | {'odd'}, action)
                self.assertEqual(wrong.wrong_fields['odd'], 'is unknown')
                if 'required' in schema:
                    self.assertEqual(self.boss.act(action).wrong_fields,
                                     {name: 'is missing' for name in schema['required']}, action)
            for parameter in methods.get('get', {}).get('parameters', []):
                if parameter['in'] == 'query':
                    real = path_for(self.path_in_tables(path), self.anns)
                    wrong = self.boss.get(real, limit='many', after='then', odd='1')
                    self.assert_refused(wrong, 400, path)
                    self.assertIn('odd', wrong.wrong_fields)
                    self.assertIn('limit' if 'limit' in str(methods) else 'after', wrong.wrong_fields)

    @staticmethod
    def path_in_tables(path):
        [found] = [one for one in READS + STREAMS if documented(one) == path]
        return found.partition('?')[0]

    def test_a_body_that_is_no_json_object_is_refused(self):
        path = '/api/actions/projects.create'
        for body in ('{"prompt": ', 'null', '[]', '"text"', b'\xff\xfe', '{"prompt": "\\ud800"}', '[' * 5000):
            self.assert_refused(self.ann.ask('POST', path, body), 400, body)
        for kind in (None, 'text/plain', 'application/x-www-form-urlencoded'):
            self.assert_refused(self.ann.ask('POST', path, b'{}', {'Content-Type': kind}), 400, kind)

    def test_a_body_that_is_too_large_is_refused(self):
        large = {'name': 'ann', 'password': 'x' * (17 << 10)}
        self.assert_refused(self.nobody.act('auth.login', **large), 413)
        announced = {'Content-Length': str(33 << 20)}
        answer = self.ann.ask('POST', '/api/actions/projects.create', '', announced)
        self.assertEqual(answer.status, 413)
        self.assertEqual(self.ann.act('projects.create', prompt='x' * ((1 << 20) + 1)).wrong_fields.keys(),
                         {'prompt'})

    def test_an_address_says_which_methods_it_answers(self):
        for path in READS + STREAMS:
            for method in ('POST', 'PUT', 'DELETE', 'OPTIONS'):
                answer = self.ann.ask(method, path_for(path, self.anns))
                self.assert_refused(answer, 405, (method, path))
                self.assertEqual(answer.headers['Allow'], 'GET, HEAD', path)
        for action in ACTIONS:
            answer = self.boss.get(f'/api/actions/{action}')
            self.assert_refused(answer, 405, action)
            self.assertEqual(answer.headers['Allow'], 'POST', action)
        answer = self.ann.ask('HEAD', '/api/me')
        self.assertEqual((answer.status, answer.text), (200, ''))

    def test_what_an_address_does_not_know_behind_its_question_mark_is_named(self):
        pages = ('/', '/page.css', '/page.js')
        for path in READS + STREAMS:
            whole = path_for(path, self.anns).partition('?')[0]
            answer = self.boss.get(whole, odd='1', queer='2')
            if path in pages:
                self.assertEqual(answer.status, 200, path)
                continue
            self.assert_refused(answer, 400, path)
            self.assertEqual({name: answer.wrong_fields[name] for name in ('odd', 'queer')},
                             {'odd': 'is unknown', 'queer': 'is unknown'}, path)
        answer = self.ann.ask('POST', '/api/actions/projects.rename?project=x', {})
        self.assertEqual(answer.wrong_fields, {'project': 'is unknown'})

    def test_a_member_is_told_of_no_place_on_the_disk(self):
        for path in READS_BY_ANYONE + READS_BY_USERS:
            self.assertNotIn(str(self.data), self.ann.get(path_for(path, self.anns)).text, path)
        for action, fields in (('projects.rename', {'name': 'of ann'}), ('projects.set', {'onPermission': 'ask'})):
            answer = self.ann.act(action, project=self.anns['project'], **fields)
            self.assertEqual((answer.status, answer.data['path']), (200, None))
        with self.ann.follow('/api/events', snapshot=1) as stream:
            self.assertEqual({one['path'] for one in stream.event()['data']['projects']}, {None})
        shown = self.boss.get(f'/api/projects/{self.anns["project"]}').data
        self.assertEqual(shown['path'], str(self.data / 'projects' / self.anns['slug']), 'an admin may')

    def test_every_answer_has_a_code_that_is_documented(self):
        told = self.nobody.get('/api/openapi.json').json
        codes = told['components']['schemas']['Error']['properties']['error']['properties']['code']['enum']
        self.assertLessEqual(set(CODES.values()), set(codes))
        login = told['paths']['/api/actions/auth.login']['post']['responses']
        self.assertIn('Retry-After', told['components']['responses']['Later']['headers'])
        self.assertEqual(login['429'], {'$ref': '#/components/responses/Later'})

    def test_what_is_not_there_is_not_found(self):
        for path in ('/nothing', '/api', '/api/', '/api/projects/', '/api//projects', '/../etc/passwd',
                     '/page.css/..',
                     '/%2e%2e/%2e%2e/etc/passwd', f'/api/projects/{self.anns["project"]}/nothing'):
            self.assertEqual(self.ann.get(path).status, 404, path)
            self.assert_tells_nothing(self.ann.get(path))
        for action in ('nothing', '', 'projects', 'projects.create/more', 'PROJECTS.CREATE'):
            self.assert_refused(self.ann.act(action), 404, action)
        self.assert_refused(self.ann.get('/api/jobs/first'), 400)
        self.assert_refused(self.ann.get('/api/jobs/99999999999999999999'), 400)

    def test_every_answer_carries_the_headers_that_keep_browsers_safe(self):
        answers = [self.boss.get(path_for(path, self.anns)) for path in READS]
        answers += [self.nobody.get('/api/projects'), self.nobody.get('/nothing'),
                    self.nobody.ask('PUT', '/'),
                    self.nobody.get('/', headers={'Host': 'evil.example'}),
                    self.boss.act('jobs.cancel', id=999999)]
        for answer in answers:
            for name, value in SECURITY_HEADERS.items():
                self.assertEqual(answer.headers[name], value, name)
            policy = answer.headers['Content-Security-Policy']
            self.assertIn("default-src 'none'", policy)
            self.assertNotIn('unsafe', policy)
            self.assertIn(answer.headers['Cache-Control'], ('no-store', 'no-cache'))
        with self.boss.follow('/api/events') as stream:
            self.assertEqual(stream.headers['Cache-Control'], 'no-cache, no-transform')
            self.assertEqual(stream.headers['X-Accel-Buffering'], 'no')
            self.assertEqual(stream.headers['X-Content-Type-Options'], 'nosniff')

    def test_a_host_that_is_not_ours_is_refused(self):
        port = self.address.rpartition(':')[2]
        for host in ('evil.example', f'evil.example:{port}', f'127.0.0.1.evil.example:{port}', 'localhost.',
                     '[::2]'):
            for path in ('/', '/healthz', '/api/me', '/api/nothing'):
                self.assert_refused(self.ann.get(path, headers={'Host': host}), 403, host)
        for host in ('localhost', f'localhost:{port}', '127.0.0.1', f'127.0.0.1:{port}', f'[::1]:{port}'):
            self.assertEqual(self.ann.get('/api/me', headers={'Host': host}).status, 200, host)

    def test_a_write_with_a_cookie_needs_the_origin_of_the_server(self):
        cancel = ('jobs.cancel', {'Origin': None})
        self.assert_refused(self.boss.act(*cancel, id=999999), 403)
        for origin in ('https://evil.example', 'null', self.address + '.evil.example', 'http://127.0.0.1:1',
                       'https://evil.example/' + self.address):
            self.assert_refused(self.boss.act('jobs.cancel', {'Origin': origin}, id=999999), 403, origin)
            self.assert_refused(self.ann.act('jobs.cancel', {'Origin': origin}, id=999999), 403, origin)
            self.assert_refused(self.nobody.act('auth.login', {'Origin': origin}, name='ann',
                                                password=PASSWORD), 403)
        self.assert_refused(self.boss.act('jobs.cancel', id=999999), 404)  # with the right one
        self.assert_refused(self.ann.act('jobs.cancel', id=999999), 404)  # a token is in no browser
        self.assertEqual(self.boss.get('/api/me', headers={'Origin': 'https://evil.example'}).status, 200)

    def test_a_thing_that_has_not_changed_is_not_sent_again(self):
        for path in ('/api/projects/{project}', '/api/sessions/{session}', '/api/turns/{turn}',
                     '/api/jobs/{job}'):
            path = path_for(path, self.anns)
            tag = self.ann.get(path).headers['ETag']
            for told in (tag, f'"other", {tag}', f'W/{tag}', '*'):
                again = self.ann.get(path, headers={'If-None-Match': told})
                self.assertEqual((again.status, again.text, again.headers['ETag']), (304, '', tag), path)
            self.assertEqual(self.ann.get(path, headers={'If-None-Match': '"other"'}).status, 200)
        own = self.project_of(self.ann, 'of many names')
        path = f'/api/projects/{own["project"]}'
        tag = self.ann.get(path).headers['ETag']
        self.ann.done('projects.rename', project=own['project'], name='of another name')
        changed = self.ann.get(path, headers={'If-None-Match': tag})
        self.assertEqual((changed.status, changed.data['name']), (200, 'of another name'))

    def test_lists_come_in_parts_without_gaps_or_repeats_also_while_they_grow(self):
        own = self.project_of(self.ann, 'of parts')
        for number in range(7):
            self.ann.done('sessions.create', project=own['project'], title=f'number {number}')
            self.ann.done('projects.prompt', project=own['project'], text=f'say: {number}')
            self.boss.done('tokens.create', name=f'number {number}', user='ann')
        for path, query in (('/api/projects', {}), ('/api/sessions', {'project': own['project']}),
                            ('/api/jobs', {}), ('/api/tokens', {}),
                            (f'/api/sessions/{own["session"]}/turns', {})):
            whole = [row['id'] for row in self.ann.get(path, limit=200, **query).data]
            self.assertEqual(len(whole), len(set(whole)))
            for limit in (1, 3, len(whole)):
                parts = self.parts_of(path, 'cursor', limit=limit, **query)
                self.assertEqual([row['id'] for part in parts for row in part], whole, path)
                self.assertLessEqual({len(part) for part in parts[:-1]}, {limit})
        whole = [row['seq'] for row in self.ann.get('/api/events/stored', project=own['project']).data]
        parts = self.parts_of('/api/events/stored', 'after', limit=1, project=own['project'])
        self.assertEqual([row['seq'] for part in parts for row in part], whole)
        first = self.ann.get('/api/sessions', limit=2, project=own['project'])
        self.ann.done('sessions.create', project=own['project'], title='in between')
        second = self.ann.get('/api/sessions', limit=2, project=own['project'],
                              cursor=first.json['nextCursor'])
        self.assertFalse({row['id'] for row in first.data} & {row['id'] for row in second.data})
        self.assertNotIn('in between', second.text)
        for cursor in ('nonsense', '1', "1.' or 1=1", '-1.x', '9' * 30):
            answer = self.ann.get('/api/projects', cursor=cursor)
            self.assertIn(answer.status, (200, 400), cursor)
            self.assert_tells_nothing(answer)

    def parts_of(self, path, cursor_name, **query):
        parts, cursor = [], {}
        while True:
            answer = self.ann.get(path, **query, **cursor)
            parts.append(answer.data)
            if not answer.json['nextCursor']:
                return parts
            cursor = {cursor_name: answer.json['nextCursor']}

    def test_filters_leave_the_rest_out(self):
        job = self.ann.get('/api/jobs', project=self.anns['project'], type='project.create',
                           state='queued').data
        self.assertEqual([one['id'] for one in job], [self.anns['job']])
        self.assertEqual(self.ann.get('/api/jobs', project=self.anns['project'], state='failed').data, [])
        self.assertEqual(self.ann.get('/api/projects', status='running').data, [])
        sessions = self.ann.get('/api/sessions', project=self.anns['slug']).data
        self.assertEqual([one['id'] for one in sessions], [self.anns['session']])
        types = self.ann.get('/api/events/stored', project=self.anns['project'], types='chat.,job.').data
        self.assertEqual([row for row in types if row['type'].startswith('project.')], [])

    def test_a_read_only_token_changes_nothing(self):
        token = self.boss.done('tokens.create', name='looks', user='ann', readOnly=True)
        looking = Client(self.address, token=token['token'])
        before = self.everything()
        for action, fields in (BY_USERS | BY_ADMINS).items():
            self.assert_refused(looking.act(action, **fields_for(fields, self.anns)), 403, action)
        self.assertEqual(self.everything(), before)
        for path in set(READS_BY_USERS) - READS_WITH_AN_AGENT:
            self.assertEqual(looking.get(path_for(path, self.anns)).status, 200, path)
        self.assertEqual(looking.get('/api/me').data['readOnly'], True)

    def test_a_token_for_one_project_knows_no_other(self):
        other = self.project_of(self.ann, 'beside it')
        token = self.boss.done('tokens.create', name='one project', user='ann', project=self.anns['project'])
        bound = Client(self.address, token=token['token'])
        self.assertEqual(bound.get('/api/me').data['projectId'], self.anns['project'])
        self.assertEqual([row['id'] for row in bound.get('/api/projects').data], [self.anns['project']])
        self.assertEqual({row['projectId'] for row in bound.get('/api/sessions').data},
                         {self.anns['project']})
        self.assertEqual({row['projectId'] for row in bound.get('/api/jobs').data}, {self.anns['project']})
        for path in filter(is_owned, READS_BY_USERS + STREAMS):
            self.assert_refused(bound.get(path_for(path, other)), 403, path)
        for action, fields in ACTIONS.items():
            if is_owned(fields):
                self.assert_refused(bound.act(action, **fields_for(fields, other)), 403, action)
        kept = {'Idempotency-Key': 'kept for the whole of ann'}
        asked = {'project': other['project'], 'name': 'what only ann may hear'}
        self.assertEqual(self.ann.act('projects.rename', kept, **asked).status, 200)
        self.assert_refused(bound.act('projects.rename', kept, **asked), 403)
        for path in ('/api/tokens', '/api/logins'):
            self.assert_refused(bound.get(path), 403, path)
        self.assert_refused(bound.act('projects.create', prompt='say: no'), 403)
        self.assert_refused(bound.act('tokens.create', name='wider'), 403)
        self.assertEqual(bound.act('projects.rename', project=self.anns['project'], name='of ann').status,
                         200)
        bosses = self.boss.done('tokens.create', name='one project of another', project=self.anns['project'])
        narrow = Client(self.address, token=bosses['token'])
        self.assertEqual([row['id'] for row in narrow.get('/api/projects').data], [self.anns['project']])
        self.assert_refused(narrow.get('/api/users'), 403)
        self.assert_refused(narrow.act('jobs.pause'), 403)

    def test_what_is_done_with_a_key_is_done_once(self):
        key = {'Idempotency-Key': 'create the one'}
        asked = {'prompt': 'say: once', 'name': 'once', 'model': 'demo/scripted'}
        first = self.ann.act('projects.create', key, **asked)
        again = self.ann.act('projects.create', key, **asked)
        self.assertEqual((first.status, again.status, again.text), (200, 200, first.text))
        self.assertEqual((first.headers['Idempotent-Replayed'], again.headers['Idempotent-Replayed']),
                         (None, 'true'))
        self.assertEqual([row['name'] for row in self.ann.get('/api/projects').data].count('once'), 1)
        self.assert_refused(self.ann.act('projects.create', key, **asked | {'name': 'twice'}), 409)
        self.assert_refused(self.ann.act('projects.rename', key, project=first.data['id'], name='once'), 409)
        self.assertNotEqual(self.ben.act('projects.create', key, **asked).data['id'], first.data['id'])
        failed = self.ann.act('projects.rename', {'Idempotency-Key': 'later'}, project='not-yet', name='x')
        self.assert_refused(failed, 404)
        later = self.ann.done('projects.create', prompt='say: x', name='not-yet', model='demo/scripted')
        self.assertEqual(later['slug'], 'not-yet')
        done = self.ann.act('projects.rename', {'Idempotency-Key': 'later'}, project='not-yet', name='x')
        self.assertEqual(done.status, 200, 'what failed is tried again')
        self.assert_refused(self.ann.act('projects.create', {'Idempotency-Key': 'k' * 201}, **asked), 400)

    def test_many_at_once_with_one_key_get_the_same_answer(self):
        key = {'Idempotency-Key': 'all at once'}
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(self.ann.act, 'projects.create', key, prompt='say: hello', name='at once',
                                 model='demo/scripted') for _ in range(8)]
            answers = [one.result() for one in asked]
        self.assertEqual({answer.status for answer in answers}, {200})
        self.assertEqual(len({answer.text for answer in answers}), 1)
        self.assertEqual(sum(answer.headers['Idempotent-Replayed'] is None for answer in answers), 1)
        self.assertEqual([row['name'] for row in self.ann.get('/api/projects').data].count('at once'), 1)

    def test_what_is_shown_once_or_tries_a_password_takes_no_key(self):
        paths = self.nobody.get('/api/openapi.json').json['paths']
        for action, fields in ACTIONS.items():
            keyless = action.startswith(('auth.', 'setup.', 'tokens.create', 'users.'))
            told = [one['name'] for one in paths[f'/api/actions/{action}']['post']['parameters']]
            self.assertEqual(told, [] if keyless else ['Idempotency-Key'], action)
            if keyless:
                refused = self.boss.act(action, {'Idempotency-Key': 'k'}, **fields)
                self.assert_refused(refused, 400, action)
                self.assertIn('Idempotency-Key', refused.error['message'])

    def test_a_failure_has_an_id_that_the_log_knows(self):
        refused = self.ann.get('/api/projects/nothing-of-that-name')

        def lines():  # written when it has been answered
            told = [json.loads(line) for line in self.server.log.read_text().splitlines() if line[-1:] == '}']
            return [line for line in told if line.get('request_id') == refused.error['requestId']]
        [line] = wait_for(lines, what='the line in the log')
        self.assertEqual((line['operation'], line['status']),
                         ('GET /api/projects/nothing-of-that-name', '404'))

    def test_the_log_holds_no_secret(self):
        self.ann.done('projects.prompt', project=self.anns['project'], text='say: xyzzy')
        self.boss.done('secrets.set', name='DEMO_KEY', value='sesame-4711')
        self.boss.done('secrets.delete', name='DEMO_KEY')
        log = self.server.log.read_text()
        for secret in (PASSWORD, self.ann.token, self.boss.cookie, 'sesame-4711', 'xyzzy'):
            self.assertNotIn(secret, log)

    def test_figures_are_told_by_labels_and_hold_no_ids(self):
        self.boss.get(f'/api/projects/{self.anns["project"]}')
        text = self.boss.get('/metrics').text
        for figure in ('skerry_stream_clients', 'skerry_jobs', 'skerry_projects', 'skerry_database_bytes'):
            self.assertIn(f'# TYPE {figure} ', text)
        for line in text.splitlines():
            self.assertRegex(line, r'^(#.*|[a-z_]+(\{[^}]*\})? \S+)$')
        self.assertNotIn(self.anns['project'], text)


if __name__ == '__main__':
    unittest.main()
