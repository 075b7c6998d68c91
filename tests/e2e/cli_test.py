"""What a person meets who mistypes, lacks something, or changes their mind."""
import json
import os
import signal
import subprocess
import unittest

from world import SKERRY, World, wait_for


class Mistakes(World):
    def refused(self, code, *words, says, hint=None, **environment):
        self.environment.update(environment)
        result = self.run_skerry(*words, expect=code)
        self.assertEqual(result.stdout, '')
        self.assertIn(says, result.stderr)
        self.assertIn('error: ', result.stderr)
        if hint:
            self.assertIn('hint: ', result.stderr)
            self.assertIn(hint, result.stderr)

    def test_what_is_not_there_is_named(self):
        self.refused(3, 'projects', 'show', 'nope', says="no project 'nope'", hint='skerry projects list')
        self.refused(3, 'jobs', 'show', '77', says='77')
        self.refused(3, 'sessions', 'events', 'nope', says='nope')
        self.refused(3, 'projects', 'create', 'x', '--model', 'a/b', '--template', 'nope', says='nope', hint='static')
        self.refused(3, 'projects', 'create', 'x', '--model', 'a/b', '--from', '/nowhere/at/all', says='/nowhere/at/all')

    def test_wrong_input_is_exit_code_2_and_names_the_field(self):
        self.refused(2, 'projects', 'create', '', '--model', 'a/b', says='prompt')
        self.refused(2, 'projects', 'create', '   ', '--model', 'a/b', says='prompt')
        self.refused(2, 'projects', 'create', 'x', '--model', 'nonsense', says='nonsense', hint='PROVIDER/MODEL')
        self.refused(2, 'projects', 'create', 'x', says='model', hint='demo/scripted')
        self.refused(2, 'projects', 'create', 'x', '--model', 'a/b', '--runtime', 'moon', says='runtime')
        self.refused(2, 'projects', 'create', 'x', '--model', 'a/b', '--name', 'n' * 200, says='name')
        self.refused(2, 'projects', 'crate', 'x', says='crate')
        self.refused(2, 'projects', 'list', '--nope', says='--nope')

    def test_a_prompt_or_a_file_that_is_none_is_named(self):
        (self.data / 'binary').write_bytes(b'\x00\xff')
        (self.data / 'blank.md').write_text(' \n')
        (self.data / 'huge.md').write_text('x' * 2_000_000)
        prompt = ('sessions', 'prompt', 'hello')
        for name, what in (('binary', 'is not text'), ('blank.md', 'is empty'), ('huge.md', 'larger'),
                           ('', 'is a folder')):
            self.refused(2, *prompt, '--file', str(self.data / name), says=what)
            self.refused(2, *prompt, '--file', str(self.data / name), says=str(self.data / name))
        self.refused(2, *prompt, 'look', '--attach', str(self.data), says='is a folder')
        self.refused(2, *prompt, '--editor', says='what the editor wrote is empty', EDITOR='true')
        (self.data / 'long.md').write_text('x' * 200_000)
        self.refused(3, *prompt, '--file', str(self.data / 'long.md'), says="project 'hello'")

    def test_secrets_are_refused_by_name_first_and_missing_logins_are_explained(self):
        self.refused(2, 'secrets', 'set', 'lower', says='is no name of a variable')
        self.refused(3, 'secrets', 'import-auth', says='has saved no logins', hint='opencode auth login',
                     XDG_DATA_HOME=str(self.data / 'nothing'))
        for value, warned in (('short', True), ('long enough', False)):
            noted = subprocess.run([SKERRY, 'secrets', 'set', 'SOME_KEY'], env=self.environment, input=value,
                                   capture_output=True, text=True, check=True).stderr
            self.assertEqual('too short to be masked' in noted, warned)

    def test_what_a_session_is_can_be_seen_until_its_project_is_deleted(self):
        self.refused(2, 'sessions', 'events', 'hello', '--types', 'chat.turn.endet', says='chat.turn.endet',
                     hint='did you mean chat.turn.ended?')
        self.refused(2, 'sessions', 'events', 'hello', '--types', 'nonsense.', says='nonsense.')
        self.json_of('projects', 'create', '--name', 'hello', '--model', 'demo/scripted')
        session = self.json_of('sessions', 'create', 'hello', '--agent', 'plan')['id']
        self.assertRegex(self.run_skerry('sessions', 'show', session).stdout, r'agent\s+plan')
        self.run_skerry('sessions', 'prompt', session, 'say: hello', '--max-turns', '7', '--time-limit', '1m')
        terms = self.turns(session)[0]['terms']
        self.assertEqual((terms['maxTurns'], terms['timeLimitMs'], terms['onPermission']), (7, 60_000, None))
        self.events(session, '--types', 'chat.tool.,project.status')
        self.events(session, '--after', '5000000000')
        self.run_skerry('projects', 'delete', 'hello', '--yes', '--wait')
        self.refused(6, 'sessions', 'fork', session, says='deleted')

    def test_errors_are_json_on_stderr_when_json_is_asked_for(self):
        result = self.run_skerry('projects', 'show', 'nope', '--json', expect=3)
        self.assertEqual(result.stdout, '')
        error = json.loads(result.stderr)['error']
        self.assertEqual(error['code'], 'not_found')
        self.assertIn('nope', error['message'])

    def test_what_the_machine_lacks_is_exit_code_7_with_the_way_to_get_it(self):
        tools = self.data / 'tools'
        tools.mkdir(parents=True)
        for tool in ('git', 'sh'):
            (tools / tool).symlink_to(subprocess.run(['which', tool], capture_output=True, text=True).stdout.strip())
        # A program that lies elsewhere finds no agent beside itself.
        elsewhere = self.data / 'bin' / 'skerry'
        elsewhere.parent.mkdir()
        os.link(SKERRY, elsewhere) if os.stat(SKERRY).st_dev == os.stat(self.data).st_dev else \
            __import__('shutil').copy(SKERRY, elsewhere)
        bare = dict(self.environment, PATH=str(tools), HOME=str(self.data))
        bare.pop('SKERRY_OPENCODE', None)
        result = subprocess.run([elsewhere, 'projects', 'create', 'x', '--model', 'a/b'], env=bare,
                                capture_output=True, text=True)
        self.assertEqual(result.returncode, 7, result.stderr)
        self.assertIn('opencode', result.stderr)
        self.assertIn('npm install', result.stderr)

        (tools / 'opencode').write_text('#!/bin/sh\n')
        (tools / 'opencode').chmod(0o755)
        result = subprocess.run([SKERRY, 'projects', 'create', 'x', '--model', 'a/b'], env=bare, capture_output=True,
                                text=True)
        self.assertEqual(result.returncode, 7, result.stderr)
        self.assertIn('bubblewrap', result.stderr)
        self.assertIn('apt-get install bubblewrap', result.stderr)

    def test_a_data_folder_that_cannot_be_written_is_exit_code_7(self):
        (self.data / 'file').write_text('')
        self.refused(7, '--data-dir', str(self.data / 'file' / 'below'), 'projects', 'list', says='file')

    def test_a_range_without_free_ports_is_told(self):
        self.environment.update(SKERRY_FIRST_PORT='21900', SKERRY_LAST_PORT='21900')
        result = self.run_skerry('projects', 'create', 'x', '--name', 'hello', '--model', 'demo/scripted', '--wait',
                                 expect=13)
        self.assertIn('no port is free', result.stderr)
        self.assertEqual(self.project()['status'], 'error')

    def test_a_drained_queue_with_a_failed_job_is_exit_code_13(self):
        self.json_of('projects', 'create', '--name', 'hello', '--model', 'demo/scripted', '--from',
                     f'file://{self.data}/no-such-repository')
        self.assertIn('no-such-repository', self.run_skerry('worker', '--drain', expect=13).stderr +
                      str(self.json_of('jobs', 'list')))
        project = self.project()
        self.assertEqual(project['status'], 'error')
        self.assertIn('no-such-repository', project['lastError'])
        self.run_skerry('worker', '--drain')

    def test_a_project_that_nobody_confirms_is_not_deleted(self):
        self.json_of('projects', 'create', '--name', 'kept', '--model', 'demo/scripted')
        self.refused(5, 'projects', 'delete', 'kept', says='--yes')
        self.assertEqual(self.project('kept')['slug'], 'kept')

    def test_without_a_worker_a_command_that_may_not_work_itself_refuses(self):
        self.refused(7, 'projects', 'create', 'x', '--name', 'x', '--model', 'demo/scripted', '--wait', '--no-local',
                     says='no worker')

    def test_a_full_disk_is_told_and_nothing_is_lost(self):
        small = self.data / 'small'
        small.mkdir()
        mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', str(small)], capture_output=True)
        if mounted.returncode != 0:
            self.skipTest('a small disk can only be mounted by root')
        try:
            self.environment['SKERRY_DATA_DIR'] = str(small)
            self.json_of('projects', 'create', '--name', 'first', '--model', 'demo/scripted')
            with open(small / 'filler', 'wb', buffering=0) as filler:
                try:
                    while True:
                        filler.write(b'x' * 4096)
                except OSError:
                    pass
            failed = self.run_skerry('projects', 'create', 'x' * 50_000, '--name', 'second', '--model',
                                     'demo/scripted', expect=7)
            self.assertRegex(failed.stderr, 'disk is full|No space left')
            (small / 'filler').unlink()
            self.assertEqual([row['slug'] for row in self.json_of('projects', 'list')], ['first'])
        finally:
            self.run_skerry('projects', 'delete', 'first', '--yes', '--wait', expect=None)
            subprocess.run(['umount', '-l', str(small)], check=True)
            self.environment['SKERRY_DATA_DIR'] = str(self.data)


class ChangedMind(World):
    def interrupted(self, kind):
        command = self.start('projects', 'create', 'slow 200', '--name', 'hello', '--model', 'demo/scripted', '--wait',
                             start_new_session=True)
        wait_for(lambda: self.rows('select 1 from jobs where kind = ? and state = 2', kind), 120, kind)
        os.kill(command.pid, signal.SIGINT)
        line, errors = command.communicate(timeout=30)
        return command.returncode, line, errors

    def test_interrupting_detaches_at_every_stage_and_says_how_to_go_on(self):
        for kind in ('project.create', 'runtime.up', 'runtime.wait_ready', 'agent.session_create', 'agent.prompt'):
            with self.subTest(kind):
                code, line, errors = self.interrupted(kind)
                self.assertEqual(code, 130, errors)
                self.assertIn('skerry jobs wait', errors)
                self.assertIn('\tpending', line)
                self.assertEqual(self.turns()[-1]['endedAt'], None)
                self.run_skerry('projects', 'delete', 'hello', '--yes', '--wait')

    def test_interrupting_twice_cancels_the_turn(self):
        self.create()
        command = self.start('sessions', 'prompt', 'hello', 'slow 200', '--wait', start_new_session=True)
        wait_for(lambda: self.turns()[-1]['state'] == 'running', 60, 'the turn')
        os.kill(command.pid, signal.SIGINT)
        wait_for(lambda: 'once more' in command.stderr.readline(), 30, 'the offer to press it again')
        os.kill(command.pid, signal.SIGINT)
        line, _ = command.communicate(timeout=30)
        self.assertEqual(command.returncode, 130)
        self.assertRegex(line, 'hello\t.*\t(cancelled|pending)')
        if not self.turns()[-1]['endedAt']:
            self.run_skerry('worker', '--drain', expect=None)
        self.assertEqual(self.turns()[-1]['state'], 'cancelled')

    def test_a_wait_that_takes_too_long_is_exit_code_8_and_the_work_goes_on(self):
        self.create()
        self.start('worker')
        late = self.run_skerry('sessions', 'prompt', 'hello', 'slow 20', '--wait', '--timeout', '2s', '--json', expect=8)
        self.assertIn('skerry jobs wait', json.loads(late.stderr)['error']['hint'])
        result = json.loads(late.stdout)
        self.assertEqual((result['type'], result['outcome'], result['turnId']),
                         ('result', 'pending', self.turns()[-1]['id']))
        wait_for(lambda: self.turns()[-1]['state'] == 'completed', 60, 'the end of the turn')

    def test_a_reader_that_leaves_ends_the_command_quietly(self):
        self.create()
        shell = subprocess.run(f'{SKERRY} sessions events hello --json | head -n 1', shell=True, env=self.environment,
                               capture_output=True, text=True)
        self.assertEqual(shell.stderr, '')
        self.assertEqual(len(shell.stdout.splitlines()), 1)


class Many(World):
    def test_many_commands_at_once_never_meet_a_locked_database(self):
        processes = [self.start('projects', 'create', '--name', f'many-{number}', '--model', 'demo/scripted', '-q')
                     for number in range(24)]
        readers = [self.start('projects', 'list', '--json') for _ in range(12)]
        for process in processes + readers:
            _, errors = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 0, errors)
            self.assertNotIn('locked', errors)
        self.assertEqual(len(self.json_of('projects', 'list')), 24)


if __name__ == '__main__':
    unittest.main()
