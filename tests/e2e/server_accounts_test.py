"""Users, logins and tokens over HTTP: how they begin, how they end, and what cannot be got around."""
import base64
import json
import re
import sqlite3
import unittest

from service import PASSWORD, Client, IdleService, SharedService, cookie_of

WRONG = 'wrong horse battery'


class Setup(IdleService):
    def test_the_first_user_is_made_once_by_who_has_the_link(self):
        first = self.serve()
        self.assertTrue(first.setup_token)
        nobody = Client(first.address)
        made = {'name': 'boss', 'password': PASSWORD}
        self.assertEqual(nobody.act('setup.create_admin', token='x' * 43, **made).status, 403)
        self.assertEqual(nobody.act('setup.create_admin', token=first.setup_token, name='Not Good',
                                    password=PASSWORD).status, 400)
        self.stop(first)
        server = self.serve()
        nobody = Client(server.address)
        self.assertNotEqual(server.setup_token, first.setup_token)
        self.assertEqual(nobody.act('setup.create_admin', token=first.setup_token, **made).status, 403)
        boss = self.first_user(server, 'boss')
        user = boss.get('/api/me').data['user']
        self.assertEqual((user['name'], user['role']), ('boss', 'admin'))
        self.assertEqual(nobody.act('setup.create_admin', token=server.setup_token, name='eve',
                                    password=PASSWORD).status, 409)
        self.stop(server)
        self.assertIsNone(self.serve().setup_token, 'there is a user')

    def test_a_link_that_is_old_makes_nobody(self):
        server = self.serve()
        with sqlite3.connect(self.data / 'skerry.db') as db:
            db.execute('update setup_tokens set expires_at = 1')
        answer = Client(server.address).act('setup.create_admin', token=server.setup_token, name='boss',
                                            password=PASSWORD)
        self.assertEqual(answer.status, 403)


class Crowd(IdleService):
    def test_a_hundred_logins_at_once_leave_the_server_free_for_others(self):
        server = self.serve()
        self.first_user(server, 'boss')
        clients = [self.begin_login(server.address, number) for number in range(100)]
        for _ in range(20):
            self.assertEqual(Client(server.address).get('/healthz').status, 200)
        answers = [connection.getresponse() for connection in clients]
        statuses = {answer.status for answer in answers}
        self.assertLessEqual(statuses, {401, 429, 503})
        for answer in answers:
            if answer.status != 401:
                self.assertGreaterEqual(int(answer.headers['Retry-After']), 1)
            answer.read()
        for connection in clients:
            connection.close()

    @staticmethod
    def begin_login(address, number):
        """A connection with a request whose answer nobody has waited for."""
        connection = Client(address).connect()
        body = json.dumps({'name': f'nobody{number}', 'password': WRONG})
        connection.request('POST', '/api/actions/auth.login', body, {'Content-Type': 'application/json'})
        return connection

    def test_who_has_to_wait_has_to_also_after_a_restart(self):
        server = self.serve()
        boss = self.first_user(server, 'boss')
        boss.done('users.add', name='target', password=PASSWORD)
        answer = None
        while answer is None or answer.status != 429:
            answer = Client(server.address).act('auth.login', name='target', password=WRONG)
        with sqlite3.connect(self.data / 'skerry.db', timeout=30) as db:
            db.execute('update throttles set blocked_until = blocked_until + 600000 where blocked_until > tried_at')
        self.stop(server)
        again = self.serve()
        refused = Client(again.address).act('auth.login', name='target', password=PASSWORD)
        self.assertEqual(refused.status, 429)
        self.assertGreater(int(refused.headers['Retry-After']), 500)
        self.run_skerry('users', 'passwd', 'target', stdin=None, input=PASSWORD + '!\n')
        self.log_in(again.address, 'target', PASSWORD + '!')  # the terminal is never locked out


class Accounts(SharedService):
    def change(self, sql, *values):
        """Changes the database behind the server's back: lets time pass."""
        with sqlite3.connect(self.data / 'skerry.db', timeout=30) as db:
            db.execute(sql, values)

    def test_a_login_is_a_cookie_that_no_script_reads(self):
        answer = self.nobody.act('auth.login', name='ANN', password=PASSWORD)
        cookie = answer.headers['Set-Cookie']
        for word in ('HttpOnly', 'SameSite=Strict', 'Path=/'):
            self.assertIn(word, cookie)
        self.assertGreater(int(re.search('Max-Age=([0-9]+)', cookie)[1]), 29 * 24 * 3600)
        self.assertNotIn('Secure', cookie, 'there is no TLS here')
        self.assertNotIn(cookie_of(answer), answer.text)
        ann = Client(self.address, cookie=cookie_of(answer))
        me = ann.get('/api/me').data
        self.assertEqual((me['user']['name'], me['user']['role']), ('ann', 'member'))
        self.assertIn(me['loginId'], [login['id'] for login in ann.get('/api/logins').data])
        ended = ann.act('auth.logout')
        self.assertRegex(ended.headers['Set-Cookie'], r'skerry_login=;.*Max-Age=0')
        self.assertEqual(ann.get('/api/projects').status, 401)
        self.assertIsNone(ann.get('/api/me').data['user'])

    def test_who_gives_a_wrong_password_or_name_learns_no_more_than_that(self):
        self.boss.done('users.add', name='known', password=PASSWORD)
        wrong = self.nobody.act('auth.login', name='known', password=WRONG)
        unknown = self.nobody.act('auth.login', name='unknown', password=WRONG)
        self.assertEqual((wrong.status, unknown.status), (401, 401))
        self.assertEqual(wrong.error['message'], unknown.error['message'])
        self.assertIsNone(wrong.headers['Set-Cookie'])

    def test_too_many_tries_have_to_wait_but_not_at_the_terminal(self):
        self.boss.done('users.add', name='target', password=PASSWORD)
        target = self.log_in(self.address, 'target')
        statuses = []
        while 429 not in statuses:
            statuses.append(self.nobody.act('auth.login', name='target', password=WRONG).status)
            self.assertLess(len(statuses), 15)
        self.assertEqual(set(statuses[:-1]), {401})
        self.assertGreaterEqual(len(statuses), 6)
        refused = self.nobody.act('auth.login', name='target', password=WRONG)
        self.assertEqual((refused.status, refused.error['code']), (429, 'TOO_MANY_REQUESTS'))
        self.assertGreaterEqual(int(refused.headers['Retry-After']), 1)
        self.assertLessEqual(int(refused.headers['Retry-After']), 15 * 60)
        self.assertEqual(target.get('/api/me').status, 200, 'who is in stays in')
        changed = self.boss.done('users.set-password', user='target', password=PASSWORD + '!')
        self.assertEqual(changed['loginsEnded'], 1)
        self.log_in(self.address, 'target', PASSWORD + '!')  # an admin has let them try again

    def test_a_key_does_not_let_passwords_be_tried_without_end(self):
        self.boss.done('users.add', name='careful', password=PASSWORD)
        client = self.log_in(self.address, 'careful')
        statuses = []
        while 429 not in statuses:
            answer = client.act('auth.change_password', oldPassword=WRONG, newPassword=PASSWORD + '!')
            statuses.append(answer.status)
            self.assertLess(len(statuses), 15)
        self.assertGreaterEqual(int(answer.headers['Retry-After']), 1)
        keyed = client.act('auth.change_password', {'Idempotency-Key': 'again'}, oldPassword=WRONG,
                           newPassword=PASSWORD + '!')
        self.assertEqual(keyed.status, 400)
        self.assertIn('Idempotency-Key', keyed.error['message'])

    def test_a_login_or_token_that_has_expired_is_none(self):
        login = self.log_in(self.address, 'ann')
        token = self.boss.done('tokens.create', name='short', user='ann', expires='1h')
        script = Client(self.address, token=token['token'])
        self.assertEqual((login.get('/api/projects').status, script.get('/api/projects').status), (200, 200))
        self.change('update logins set expires_at = 1 where id = ?', login.get('/api/me').data['loginId'])
        self.change('update api_tokens set expires_at = 1 where id = ?', token['id'])
        self.assertEqual((login.get('/api/projects').status, script.get('/api/projects').status), (401, 401))
        self.assertEqual(script.act('projects.rename', project=self.anns['project'], name='no').status, 401)

    def test_a_login_or_token_that_was_revoked_is_none(self):
        login = self.log_in(self.address, 'ann')
        ident = login.get('/api/me').data['loginId']
        token = self.boss.done('tokens.create', name='leaked', user='ann')
        script = Client(self.address, token=token['token'])
        self.assertEqual(self.ben.act('logins.revoke', logins=[ident]).status, 404)
        self.assertEqual(self.ben.act('tokens.delete', token=token['id']).status, 404)
        self.assertEqual((login.get('/api/projects').status, script.get('/api/projects').status), (200, 200))
        self.boss.done('logins.revoke', logins=[ident])
        self.boss.done('tokens.delete', token=token['id'])
        self.assertEqual((login.get('/api/projects').status, script.get('/api/projects').status), (401, 401))
        self.assertEqual(script.get('/api/me').status, 401, 'who shows a bad token is told so')

    def test_a_new_password_ends_the_other_logins(self):
        self.boss.done('users.add', name='mover', password=PASSWORD)
        here, there = (self.log_in(self.address, 'mover') for _ in range(2))
        wrong = here.act('auth.change_password', oldPassword=WRONG, newPassword=PASSWORD + '!')
        self.assertEqual(wrong.status, 400)
        self.assertEqual(here.done('auth.change_password', oldPassword=PASSWORD, newPassword=PASSWORD + '!'),
                         {'loginsEnded': 1})
        self.assertEqual((here.get('/api/projects').status, there.get('/api/projects').status), (200, 401))
        self.assertEqual(self.nobody.act('auth.login', name='mover', password=PASSWORD).status, 401)

    def test_who_is_deleted_or_no_admin_any_more_is_so_at_once(self):
        second = self.add_user(self.boss, 'second', role='admin')
        self.assertEqual(second.get('/api/users').status, 200)
        self.boss.done('users.set-role', user='second', role='member')
        self.assertEqual(second.get('/api/users').status, 403)
        self.boss.done('users.delete', user='second')
        self.assertEqual(second.get('/api/me').status, 401)
        for action, fields in (('users.delete', {'user': 'boss'}),
                               ('users.set-role', {'user': 'boss', 'role': 'member'}),
                               ('users.delete', {'user': 'ann'}),
                               ('users.add', {'name': 'Ann', 'password': PASSWORD})):
            self.assertEqual(self.boss.act(action, **fields).status, 409, action)

    def test_a_token_makes_no_tokens_and_no_users(self):
        script = Client(self.address, token=self.boss.done('tokens.create', name='all of it')['token'])
        self.assertEqual(script.get('/api/users').status, 200)
        for action, fields in (('tokens.create', {'name': 'longer lived'}), ('users.add', {'name': 'eve'}),
                               ('users.set-password', {'user': 'ann'}),
                               ('users.set-role', {'user': 'ann', 'role': 'admin'}),
                               ('auth.change_password',
                                {'oldPassword': PASSWORD, 'newPassword': PASSWORD + '!'})):
            self.assertEqual(script.act(action, **fields).status, 403, action)
        self.assertEqual(self.ann.act('tokens.create', name='for ben', user='ben').status, 403)
        self.assertEqual(self.boss.act('tokens.create', name='all of it').status, 409)

    def test_a_token_is_shown_once_and_stored_nowhere(self):
        token = self.boss.done('tokens.create', name='secret')['token']
        self.assertTrue(token.startswith('skr_'))
        self.assertNotIn(token, self.boss.get('/api/tokens').text)
        for file in self.data.glob('skerry.db*'):
            for secret in (token, self.boss.cookie, PASSWORD):
                self.assertNotIn(secret.encode(), file.read_bytes())

    def test_a_token_comes_as_a_bearer_or_as_the_password_of_a_client_that_knows_only_these(self):
        basic = base64.b64encode(f'anybody:{self.ann.token}'.encode()).decode()
        for words, status in ((f'Bearer {self.ann.token}', 200), (f'Basic {basic}', 200),
                              ('Bearer nonsense', 401),
                              (f'Bearer {self.ann.token}x', 401), ('Basic !!!', 401)):
            answer = self.nobody.get('/api/projects', headers={'Authorization': words})
            self.assertEqual(answer.status, status, words)
        as_cookie = {'Cookie': f'skerry_login={self.ann.token}'}
        self.assertEqual(self.nobody.get('/api/projects', headers=as_cookie).status, 401)
        as_token = {'Authorization': f'Bearer {self.boss.cookie}'}
        self.assertEqual(self.nobody.get('/api/projects', headers=as_token).status, 401)
        among_others = {'Cookie': f'theme=dark; skerry_login={self.boss.cookie}; other=1'}
        self.assertEqual(self.nobody.get('/api/projects', headers=among_others).status, 200)


if __name__ == '__main__':
    unittest.main()
