"""Every action and every read, done over HTTP: the table of calls from its good side."""
import unittest

from server_calls import ACTIONS, READS, READS_WITH_AN_AGENT, STREAMS, WITH_AN_AGENT, fields_for, path_for
from service import PASSWORD, Service, SharedService
from world import wait_for


class Actions(SharedService):
    def setUp(self):
        super().setUp()
        self.done = set()

    def does(self, client, action, ids=None, **more):
        """Does it with the fields of the table, and some of its own."""
        self.done.add(action)
        return client.done(action, **fields_for(ACTIONS[action], ids or self.anns) | more)

    def test_every_action_that_needs_no_agent(self):
        self.done.add('setup.create_admin')  # that made the boss of this class
        self.of_projects()
        self.of_assets()
        self.of_sessions()
        self.of_jobs()
        self.of_accounts()
        self.of_keys_and_schedules()
        self.assertEqual(set(ACTIONS) - self.done, WITH_AN_AGENT)

    def of_projects(self):
        own = self.project_of(self.ann, 'to change')
        self.assertEqual(self.does(self.ann, 'projects.rename', own)['name'], 'renamed')
        self.assertEqual(self.does(self.ann, 'projects.set', own)['onPermission'], 'ask')
        self.assertEqual(self.does(self.ann, 'projects.prompt', own)['sessionId'], own['session'])
        self.assertEqual(self.does(self.ann, 'projects.abort', own)['turns'], 2)
        self.assertIn('jobId', self.does(self.ann, 'projects.start', own))
        self.assertEqual(self.does(self.ann, 'projects.stop', own)['status'], 'stopping')
        self.assertIn('jobId', self.does(self.ann, 'projects.restart', own))
        self.assertEqual(self.does(self.ann, 'projects.delete', own)['status'], 'deleting')
        made = self.does(self.ann, 'projects.create')
        self.assertEqual(made['ownerUserId'], self.ann.get('/api/me').data['user']['id'])

    def of_assets(self):
        own = self.project_of(self.ann, 'to show pictures')
        (self.data / 'projects' / own['slug']).mkdir(parents=True)  # as a worker would
        self.assertEqual(self.does(self.ann, 'assets.upload', own)['size'], len('hello\n'))
        self.assertEqual(self.does(self.ann, 'assets.rename', own)['name'], 'b.txt')
        self.assertEqual(self.does(self.ann, 'assets.delete', own, asset='b.txt')['name'], 'b.txt')

    def of_sessions(self):
        own = self.project_of(self.ann, 'to talk about')
        second = self.does(self.ann, 'sessions.prompt', own)['turnId']
        third = self.does(self.ann, 'sessions.prompt', own)['turnId']
        self.does(self.ann, 'sessions.move', own | {'turn': third}, before=second)
        self.does(self.ann, 'sessions.drop', own | {'turn': second})
        turns = self.ann.get(f'/api/sessions/{own["session"]}/turns').data
        self.assertEqual([(turn['id'], turn['state']) for turn in turns],
                         [(own['turn'], 'queued'), (third, 'queued'), (second, 'cancelled')])
        other = self.does(self.ann, 'sessions.create', own)
        fork = self.does(self.ann, 'sessions.fork', own)
        for made in (other, fork):
            self.assertEqual(made, self.ann.get(f'/api/sessions/{made["id"]}').data)
        self.assertEqual(self.does(self.ann, 'sessions.abort', own)['turns'], 2)
        self.does(self.ann, 'sessions.delete', own | {'session': other['id']})
        self.assertEqual(self.ann.get(f'/api/sessions/{other["id"]}').status, 404)

    def of_jobs(self):
        own = self.project_of(self.ann, 'to work on')
        self.assertEqual(self.does(self.ann, 'jobs.cancel', own)['cancelled'], 'now')
        again = self.ann.done('jobs.cancel', id=own['job'])
        self.assertEqual((again['state'], again['cancelled']), ('cancelled', 'before'))
        self.assertEqual(self.does(self.ann, 'jobs.retry', own)['state'], 'queued')
        self.assertEqual(self.does(self.ann, 'jobs.run_now', own)['state'], 'queued')
        self.assertEqual(self.ann.act('jobs.retry', id=own['job']).status, 409)
        self.assertEqual(self.does(self.boss, 'jobs.pause')['pausedBy'], 'boss')
        self.assertIn('pause', self.ann.get(f'/api/jobs/{own["job"]}').data['explanation'])
        self.assertEqual(len(self.does(self.boss, 'jobs.resume')), 1)
        done = self.run_later('true')
        self.run_skerry('worker', '--drain', '--types', 'exec')
        late = self.boss.act('jobs.cancel', id=done)
        self.assertEqual((late.status, late.error['code']), (409, 'CONFLICT'))
        self.assertIn('succeeded', late.error['message'])

    def of_accounts(self):
        self.does(self.boss, 'users.add')
        self.does(self.boss, 'users.set-role')
        self.does(self.boss, 'users.set-password', password=PASSWORD)
        login = self.does(self.nobody, 'auth.login', name='eve')
        self.assertEqual((login['user']['name'], login['user']['role']), ('eve', 'admin'))
        self.assertNotIn('token', login, 'a browser keeps it where no script reads it')
        eve = self.log_in(self.address, 'eve')
        self.assertEqual(self.does(eve, 'logins.revoke', logins=[login['loginId']])['logins'][0]['id'],
                         login['loginId'])
        self.assertEqual(self.does(eve, 'auth.change_password')['loginsEnded'], 0)
        token = self.does(eve, 'tokens.create')
        self.does(eve, 'tokens.delete', token=token['id'])
        self.assertEqual(self.does(eve, 'auth.logout')['loginsEnded'], 1)
        self.does(self.boss, 'users.delete')
        self.assertNotIn('eve', [user['name'] for user in self.boss.get('/api/users').data])

    def of_keys_and_schedules(self):
        self.does(self.boss, 'secrets.set')
        self.does(self.boss, 'secrets.delete')
        self.assertEqual(self.does(self.boss, 'secrets.import_auth')['providers'], ['openai'])
        self.does(self.boss, 'schedules.add')
        self.assertEqual(self.does(self.boss, 'schedules.pause')['pausedBy'], 'boss')
        self.does(self.boss, 'schedules.resume')
        self.assertIn('jobId', self.does(self.boss, 'schedules.run_now'))
        self.does(self.boss, 'schedules.delete')

    def test_every_read_and_every_stream(self):
        for path in READS:
            answer = self.boss.get(path_for(path, self.anns))
            self.assertEqual(answer.status, 409 if path in READS_WITH_AN_AGENT else 200, path)
        for path in STREAMS:
            with self.ann.follow(path_for(path, self.anns)) as stream:
                self.assertEqual(stream.status, 200, path)
                self.assertEqual(stream.headers['Content-Type'], 'text/event-stream')

    def test_what_http_and_the_command_line_show_is_the_same(self):
        for path, words in (('/api/projects/{project}', ('projects', 'show', '{project}')),
                            ('/api/sessions/{session}/turns', ('sessions', 'turns', '{session}')),
                            ('/api/jobs?project={project}', ('jobs', 'list', '--project', '{project}'))):
            shown = self.boss.get(path_for(path, self.anns)).data
            self.assertEqual(shown, self.json_of(*(path_for(word, self.anns) for word in words)), path)


class WithAnAgent(Service):
    """A member with a project that is real."""

    def setUp(self):
        super().setUp()
        self.server = self.serve(worker=True)
        self.boss = self.first_user(self.server, 'boss')
        self.ann = self.add_user(self.boss, 'ann')

    def waiting(self, session):
        """What the agent asks for."""
        return wait_for(lambda: self.ann.get(f'/api/sessions/{session}/pending').data, what='the question')

    def ended(self, turn):
        def has_ended():
            shown = self.ann.get(f'/api/turns/{turn}').data
            return shown['endedAt'] and shown
        return wait_for(has_ended, seconds=120, what='the end of the turn')

    def finished(self, job):
        def has_finished():
            shown = self.ann.get(f'/api/jobs/{job}').data
            return shown['finishedAt'] and shown['state']
        return wait_for(has_finished, what='the end of the job')

    def test_an_agent_is_asked_answered_and_taken_back_over_http(self):
        made = self.ann.done('projects.create', prompt='write file a.txt: one', name='hello',
                             model='demo/scripted',
                             onPermission='ask')
        session, turn = made['sessionId'], made['turnId']
        [request] = self.waiting(session)
        self.ann.done('sessions.answer', session=session, request=request['id'], reply='once')
        self.assertEqual(self.ended(turn)['state'], 'completed')

        diff = self.ann.get(f'/api/turns/{turn}/diff')
        self.assertEqual([file['path'] for file in diff.data['files']], ['a.txt'])
        self.assertIn('+one', diff.data['patch'])
        again = self.ann.get(f'/api/turns/{turn}/diff', headers={'If-None-Match': diff.headers['ETag']})
        self.assertEqual(again.status, 304)
        said = self.ann.get(f'/api/sessions/{session}/messages').data
        self.assertEqual((said[0]['role'], said[0]['text']), ('user', 'write file a.txt: one'))
        first = self.ann.get(f'/api/sessions/{session}/messages', limit=1).json
        rest = self.ann.get(f'/api/sessions/{session}/messages', cursor=first['nextCursor']).json
        self.assertEqual((first['data'] + rest['data'], rest['nextCursor']), (said, None))

        file = self.data / 'projects' / 'hello' / 'a.txt'
        self.ann.done('sessions.undo', session=session)
        self.assertFalse(file.exists())
        self.ann.done('sessions.redo', session=session)
        self.assertEqual(file.read_text(), 'one\n')

        asked = self.ann.done('projects.prompt', project='hello', text='ask question')
        [question] = self.waiting(session)
        wrong = self.ann.act('projects.answer', project='hello', request=question['id'], choice=['9'])
        self.assertEqual(wrong.status, 400)
        self.ann.done('projects.answer', project='hello', request=question['id'], choice=['1'])
        self.assertEqual(self.ended(asked['turnId'])['state'], 'completed')
        late = self.ann.act('projects.answer', project='hello', request=question['id'], choice=['1'])
        self.assertEqual(late.status, 409)

        for action, status in (('stop', 'stopped'), ('start', 'running'), ('restart', 'running')):
            job = self.ann.done(f'projects.{action}', project='hello')['jobId']
            self.assertEqual(self.finished(job), 'succeeded')
            wait_for(lambda: self.ann.get('/api/projects/hello').data['status'] == status, what=status)


if __name__ == '__main__':
    unittest.main()
