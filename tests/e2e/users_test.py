"""Users, logins and tokens from the command line: what is printed, kept and refused."""
import base64
import concurrent.futures
import hashlib
import json
import os
import pty
import select
import sqlite3
import subprocess
import time
import unittest

from world import SKERRY, World

PASSWORD = 'correct horse battery staple'
USAGE, NOT_FOUND, NOT_CONFIRMED, CONFLICT = 2, 3, 5, 6


class Accounts(World):
    def with_password(self, *words, password=PASSWORD + '\n', expect=0):
        result = subprocess.run([SKERRY, *words], env=self.environment, input=password, text=True,
                                capture_output=True, timeout=60)
        self.assertEqual(result.returncode, expect, result.stderr)
        return result

    def add(self, name, *more, **options):
        return self.with_password('users', 'add', name, *more, **options)

    def names(self):
        return self.run_skerry('users', 'list', '-q').stdout.split()

    def error_of(self, result):
        return json.loads(result.stderr)['error']

    def fields_of(self, result):
        return [field['field'] for field in self.error_of(result).get('fields', [])]

    def execute(self, sql, *values):
        with sqlite3.connect(self.data / 'skerry.db', timeout=10) as db:
            db.execute(sql, values)
        db.close()

    def insert_login(self, name, login, seconds=3600):
        now = int(time.time() * 1000)
        self.execute("insert into logins select ?1, id, ?2, ?3, ?4, ?3, '192.0.2.7', 'a browser' from users"
                     " where name = ?5", login, hashlib.sha256(login.encode()).hexdigest(), now,
                     now + seconds * 1000, name)

    def everything_kept(self):
        return b''.join(file.read_bytes() for file in self.data.rglob('*') if file.is_file())


class Users(Accounts):
    def test_the_first_user_is_an_admin_and_the_command_says_so(self):
        first = self.add('ada')
        self.assertEqual(first.stdout, 'ada\n')
        self.assertIn('the first user is an admin', first.stderr)
        second = json.loads(self.add('bob', '--json').stdout)
        self.assertEqual(sorted(second), ['createdAt', 'id', 'name', 'role', 'updatedAt'])
        self.assertEqual(second['role'], 'member')
        self.assertEqual([(user['name'], user['role']) for user in self.json_of('users', 'list')],
                         [('ada', 'admin'), ('bob', 'member')])
        self.assertEqual(self.run_skerry('users', 'list').stdout.splitlines()[0].split('\t')[:2], ['ada', 'admin'])

    def test_a_first_user_who_is_no_admin_is_refused(self):
        refused = self.add('ada', '--role', 'member', '--json', expect=CONFLICT)
        self.assertEqual(self.fields_of(refused), ['role'])
        self.assertEqual(self.names(), [])

    def test_a_password_is_in_no_command_line_no_output_and_no_file(self):
        added = self.add('ada', '--json')
        changed = self.with_password('users', 'passwd', 'ada', password='another horse entirely\n')
        self.assertEqual(changed.stdout, 'ada\n')
        shown = added.stdout + added.stderr + changed.stdout + changed.stderr
        shown += self.run_skerry('users', 'list', '--json').stdout
        kept = self.everything_kept()
        for secret in (PASSWORD, 'another horse entirely'):
            self.assertNotIn(secret, shown)
            self.assertNotIn(secret.encode(), kept)
        self.assertNotIn('scrypt', shown)
        [(kept_hash,)] = self.rows('select password_hash from users')
        name, cost, block, lanes, salt, key = kept_hash.split('$')
        self.assertEqual((name, cost, block, lanes), ('scrypt', '32768', '8', '1'))
        self.assertEqual(hashlib.scrypt(b'another horse entirely', salt=base64.b64decode(salt), n=32768, r=8, p=1,
                                        maxmem=64 << 20, dklen=64), base64.b64decode(key))
        # No option takes one.
        self.assertIn("no option '--password'",
                      self.run_skerry('users', 'add', 'eve', '--password', PASSWORD, expect=USAGE).stderr)
        self.assertNotIn(PASSWORD, self.run_skerry('users', 'add', 'eve', PASSWORD, expect=USAGE).stdout)

    def test_a_password_that_is_made_is_all_that_is_printed(self):
        added = self.run_skerry('users', 'add', 'ada', '--random')
        password = added.stdout.strip()
        self.assertEqual(len(password), 24)
        self.assertIn('not shown again', added.stderr)
        self.assertNotIn(password, added.stderr)
        self.assertNotIn(password.encode(), self.everything_kept())
        given = self.json_of('users', 'passwd', 'ada', '--random')
        self.assertEqual(len(given['password']), 24)
        self.assertEqual(given['loginsEnded'], 0)
        self.assertEqual(self.run_skerry('users', 'passwd', 'ada', '--random', '-q').stderr, '')

    def test_wrong_input_names_its_field_and_adds_nobody(self):
        for words, password, field in ((['a b'], PASSWORD, 'name'), (['a/b'], PASSWORD, 'name'),
                                       (['x' * 65], PASSWORD, 'name'), (['--', '-x'], PASSWORD, 'name'),
                                       (['ada', '--role', 'king'], PASSWORD, 'role'), (['ada'], 'short', 'password'),
                                       (['ada'], '', 'password'), (['ada'], 'x' * 1001, 'password'),
                                       (['ada'], 'one line\nand another', 'password')):
            with self.subTest(words=words, password=password[:10]):
                refused = self.with_password('users', 'add', '--json', *words, password=password, expect=USAGE)
                self.assertEqual(self.fields_of(refused), [field])
                self.assertEqual(refused.stdout, '')
        self.assertEqual(self.fields_of(self.run_skerry('users', 'add', '--json', expect=USAGE)), ['name'])
        self.assertEqual(self.names(), [])

    def test_names_are_taken_whatever_the_case_also_by_two_who_add_at_once(self):
        with concurrent.futures.ThreadPoolExecutor() as pool:
            both = list(pool.map(lambda name: subprocess.run(
                [SKERRY, 'users', 'add', name, '--json'], env=self.environment, input=PASSWORD, text=True,
                capture_output=True, timeout=60), ['ada', 'ADA']))
        self.assertEqual(sorted(one.returncode for one in both), [0, CONFLICT], [one.stderr for one in both])
        [refused] = [one for one in both if one.returncode]
        self.assertEqual(self.fields_of(refused), ['name'])
        with concurrent.futures.ThreadPoolExecutor() as pool:
            list(pool.map(self.add, ['bob', 'cyd', 'dan']))
        self.assertEqual([user['role'] for user in self.json_of('users', 'list')],
                         ['admin', 'member', 'member', 'member'])

    def test_the_last_admin_stays_an_admin_and_an_owner_stays(self):
        self.add('ada')
        self.add('bob')
        self.assertIn('last admin', self.run_skerry('users', 'role', 'ada', 'member', expect=CONFLICT).stderr)
        refused = self.run_skerry('users', 'delete', 'ada', '--yes', expect=CONFLICT)
        self.assertIn('hint: make another user one first', refused.stderr)
        self.assertEqual(self.json_of('users', 'role', 'BOB', 'admin')['role'], 'admin')
        self.assertEqual(self.run_skerry('users', 'role', 'ada', 'member').stdout, 'ada\n')

        self.json_of('projects', 'create', '--name', 'hello', '--model', 'demo/scripted')
        self.execute("update projects set owner_user_id = (select id from users where name = 'ada')")
        refused = self.run_skerry('users', 'delete', 'ada', '--yes', expect=CONFLICT)
        self.assertIn('ada owns 1 project: hello', refused.stderr)
        self.assertIn('hint: skerry projects delete hello', refused.stderr)
        self.run_skerry('projects', 'delete', 'hello', '--yes', '--wait')
        self.run_skerry('users', 'delete', 'ada', expect=NOT_CONFIRMED)
        self.assertEqual(self.run_skerry('users', 'delete', 'ada', '--yes').stdout, 'ada\n')
        self.assertEqual(self.names(), ['bob'])
        self.run_skerry('users', 'delete', 'ada', '--yes', expect=NOT_FOUND)
        self.run_skerry('users', 'passwd', 'ada', '--random', expect=NOT_FOUND)

    def test_names_of_users_complete(self):
        self.add('ada')
        self.add('bob')
        for words in (['users', 'delete', 'b'], ['tokens', 'create', '--user', 'b'], ['logins', 'list', 'b']):
            self.assertEqual(self.run_skerry('__complete', '--', *words).stdout, 'bob\tmember\n')
        self.assertEqual(self.run_skerry('__complete', '--', 'users', 'role', 'bob', 'a').stdout.split(), ['admin'])
        self.assertEqual(self.run_skerry('__complete', '--', 'users', 'add', '').stdout, '')


class AtTerminal(Accounts):
    def typed(self, *words, answers):
        """Runs a command on a terminal and types one answer after each question; exit code and what was shown."""
        master, slave = pty.openpty()
        process = subprocess.Popen([SKERRY, *words], stdin=slave, stdout=slave, stderr=slave,
                                   env=dict(self.environment, TERM='xterm'), start_new_session=True)
        os.close(slave)
        shown, answered, deadline = b'', 0, time.monotonic() + 60
        while time.monotonic() < deadline:
            if not select.select([master], [], [], 1)[0]:
                continue
            try:
                part = os.read(master, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
            if answered < len(answers) and shown.count(b'(not shown): ') > answered:
                os.write(master, answers[answered].encode() + b'\n')
                answered += 1
        os.close(master)
        return process.wait(10), shown.decode().replace('\r\n', '\n')

    def test_a_password_is_asked_for_twice_and_not_shown(self):
        code, shown = self.typed('users', 'add', 'ada', answers=[PASSWORD, PASSWORD])
        self.assertEqual(code, 0, shown)
        self.assertNotIn(PASSWORD, shown)
        self.assertIn('ada is added as admin', shown)
        code, shown = self.typed('users', 'passwd', 'ada', answers=[PASSWORD, 'something else'])
        self.assertEqual(code, USAGE)
        self.assertIn('not the same twice', shown)


class Logins(Accounts):
    def setUp(self):
        super().setUp()
        self.add('ada')
        self.add('bob')
        self.insert_login('ada', 'a1')
        self.insert_login('bob', 'b1')
        self.insert_login('bob', 'b2')
        self.insert_login('bob', 'b3', seconds=-1)

    def ids(self, *words):
        return sorted(self.run_skerry('logins', 'list', *words, '-q').stdout.split())

    def test_logins_are_listed_and_revoked(self):
        self.assertEqual(self.ids(), ['a1', 'b1', 'b2'])  # b3 has expired
        [login] = self.json_of('logins', 'list', 'ada')
        self.assertEqual(sorted(login), ['address', 'client', 'createdAt', 'expiresAt', 'id', 'lastSeenAt', 'userId',
                                         'userName'])
        self.assertEqual((login['address'], login['client']), ('192.0.2.7', 'a browser'))
        self.run_skerry('logins', 'revoke', 'b', expect=CONFLICT)
        self.run_skerry('logins', 'revoke', 'b3', expect=NOT_FOUND)
        self.run_skerry('logins', 'revoke', 'b1', 'nope', expect=NOT_FOUND)
        self.assertEqual(self.ids('bob'), ['b1', 'b2'])
        self.assertEqual(self.run_skerry('logins', 'revoke', 'b1').stdout, 'b1\n')
        self.assertEqual([one['id'] for one in self.json_of('logins', 'revoke', '--user', 'BOB')], ['b2'])
        self.assertEqual(self.ids(), ['a1'])
        self.assertEqual(self.fields_of(self.run_skerry('logins', 'revoke', '--json', expect=USAGE)),
                         ['logins', 'user'])
        self.run_skerry('logins', 'revoke', 'a1', '--user', 'ada', expect=USAGE)
        self.run_skerry('logins', 'list', 'nobody', expect=NOT_FOUND)

    def test_another_password_and_the_end_of_a_user_end_logins(self):
        self.assertEqual(self.json_of('users', 'passwd', 'ada', '--random')['loginsEnded'], 1)
        self.assertEqual(self.ids('ada'), [])
        self.run_skerry('users', 'delete', 'bob', '--yes')
        self.assertEqual(self.rows('select id from logins'), [])


class Tokens(Accounts):
    def setUp(self):
        super().setUp()
        self.add('ada')

    def test_a_token_is_shown_once_and_kept_as_a_hash(self):
        created = self.run_skerry('tokens', 'create', '--name', 'ci', '--expires', '30d', '--read-only')
        token = created.stdout.strip()
        self.assertRegex(token, '^skr_[A-Za-z0-9_-]{43}$')
        self.assertIn('not shown again', created.stderr)
        self.assertEqual(self.rows('select digest from api_tokens'),
                         [(hashlib.sha256(token.encode()).hexdigest(),)])
        self.assertNotIn(token.encode(), self.everything_kept())
        [row] = self.json_of('tokens', 'list')
        self.assertEqual(sorted(row), ['createdAt', 'expiresAt', 'id', 'lastUsedAt', 'name', 'projectId', 'readOnly',
                                       'userId', 'userName'])
        self.assertEqual((row['name'], row['userName'], row['readOnly']), ('ci', 'ada', True))
        self.assertEqual(row['expiresAt'] - row['createdAt'] > 29 * 86_400_000, True)
        self.assertNotIn('skr_', self.run_skerry('tokens', 'list').stdout)
        self.assertEqual(self.run_skerry('tokens', 'delete', row['id'][:8]).stdout, row['id'] + '\n')
        self.assertEqual(self.json_of('tokens', 'list'), [])
        self.run_skerry('tokens', 'delete', row['id'], expect=NOT_FOUND)

    def test_wrong_input_names_its_field(self):
        self.add('bob')
        self.run_skerry('tokens', 'create', '--name', 'ci', '--user', 'bob')
        for words, code, fields in ((['--name', 'ci'], USAGE, ['user']), ([], USAGE, ['name']),
                                    (['--name', 'ci', '--user', 'bob'], CONFLICT, ['name']),
                                    (['--name', 'x', '--user', 'bob', '--expires', 'soon'], USAGE, ['expires']),
                                    (['--name', 'x', '--user', 'bob', '--expires', '0'], USAGE, ['expires']),
                                    (['--name', 'x', '--user', 'bob', '--project', 'no'], NOT_FOUND, ['project']),
                                    (['--name', 'x', '--user', 'nobody'], NOT_FOUND, [])):
            with self.subTest(words):
                refused = self.run_skerry('tokens', 'create', '--json', *words, expect=code)
                self.assertEqual(self.fields_of(refused), fields)
                self.assertEqual(refused.stdout, '')
        self.assertEqual(len(self.json_of('tokens', 'list')), 1)

    def test_a_token_for_a_project_goes_with_it_and_with_its_user(self):
        project = self.json_of('projects', 'create', '--name', 'hello', '--model', 'demo/scripted')['id']
        created = self.json_of('tokens', 'create', '--name', 'narrow', '--project', 'hello')
        self.assertEqual(created['projectId'], project)
        self.assertIn('\thello\t', self.run_skerry('tokens', 'list', 'ada').stdout)
        self.run_skerry('projects', 'delete', 'hello', '--yes', '--wait')
        self.assertEqual(self.json_of('tokens', 'list'), [])
        self.run_skerry('tokens', 'create', '--name', 'wide')
        self.add('bob', '--role', 'admin')
        self.run_skerry('users', 'delete', 'ada', '--yes')
        self.assertEqual(self.rows('select id from api_tokens'), [])

    def test_without_a_user_there_is_no_token(self):
        self.execute('delete from users')
        self.assertIn('skerry users add', self.run_skerry('tokens', 'create', '--name', 'x', expect=CONFLICT).stderr)


if __name__ == '__main__':
    unittest.main()
