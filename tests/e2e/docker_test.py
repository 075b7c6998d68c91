"""The docker runtime from the outside: real containers, made by Compose, with the real OpenCode in its image.

Without an engine, Compose and the images (skerry images build) these are skipped, with the reason.
"""
import contextlib
import fcntl
import json
import os
import pathlib
import pty
import select
import shutil
import signal
import socket
import subprocess
import time
import unittest
import urllib.request

from world import SKERRY, World, wait_for

FIRST_PORT = 18300 + os.getpid() % 40 * 30  # containers of others may run on this machine


def reason_to_skip():
    """Why none of this can run here, or nothing."""
    for words in (['docker', 'version'], ['docker', 'compose', 'version'], ['docker', 'image', 'inspect', 'skerry/agent'],
                  ['docker', 'image', 'inspect', 'skerry/app']):
        try:
            answer = subprocess.run(words, capture_output=True, text=True, timeout=30)
        except FileNotFoundError:
            return 'docker is not installed'
        if answer.returncode != 0:
            return f'{" ".join(words)}: {(answer.stderr.strip() or "failed").splitlines()[-1]}'
    return None


WHY_NOT = reason_to_skip()


def docker(*words):
    return subprocess.run(['docker', *words], capture_output=True, text=True, check=True, timeout=120).stdout.strip()


@unittest.skipIf(WHY_NOT, WHY_NOT)
class Docker(World):
    def setUp(self):
        super().setUp()
        self.environment.update(SKERRY_FIRST_PORT=str(FIRST_PORT), SKERRY_APP_IMAGE='skerry/app',
                                SKERRY_AGENT_IMAGE='skerry/agent')

    def tearDown(self):
        projects = [row['id'] for row in json.loads(self.run_skerry('projects', 'list', '--json', expect=None).stdout or '[]')]
        super().tearDown()
        for project in projects:
            for kind in ('container', 'network', 'volume'):
                left = docker(kind, 'ls', '-q', '--filter', f'label=skerry.project={project}',
                              *(['--all'] if kind == 'container' else []))
                self.assertEqual(left, '', f'a {kind} was left behind')

    def create_in_docker(self, prompt="Put the words 'hello from skerry' on the page", name='hello', *more, **expected):
        return self.create(prompt, name, '--runtime', 'docker', *more, **expected)

    def container(self, service, slug='hello'):
        return docker('ps', '-aq', '--filter', f'label=skerry.project={self.project(slug)["id"]}', '--filter',
                      f'label=skerry.service={service}')

    def containers(self, slug='hello'):
        return docker('ps', '-aq', '--filter', f'label=skerry.project={self.project(slug)["id"]}').split()

    def services(self, slug='hello'):
        return {row['name']: row for row in self.json_of('projects', 'ps', slug)}


class MainFlow(Docker):
    def test_a_prompt_becomes_a_changed_running_project_and_everything_after(self):
        self.create_in_docker()
        self.assertIn('hello from skerry', self.page())
        project = self.project()
        self.assertEqual((project['status'], project['runtime'], project['runtimeReason']),
                         ('running', 'docker', 'asked for'))
        self.assertEqual({row['name']: row['state'] for row in project['services']},
                         {'app': 'running', 'agent': 'running', 'model': 'running'})
        self.assertIn('docker (asked for)', self.run_skerry('projects', 'show', 'hello').stdout)
        self.assertIn('index.html', self.events()[-1]['payload']['filesChanged'])

        self.run_skerry('sessions', 'prompt', 'hello', "and 'a footer'", '--wait')
        self.assertIn('a footer', self.page())
        self.run_skerry('sessions', 'undo', 'hello')
        self.assertNotIn('a footer', self.page())
        self.run_skerry('sessions', 'redo', 'hello')

        page = pathlib.Path(project['path']) / 'index.html'
        self.assertEqual(page.stat().st_uid, os.getuid())

        log = self.run_skerry('projects', 'logs', 'hello', '-n', '500').stdout
        self.assertIn('docker compose -p skerry_' + project['id'], log)
        self.assertIn('exit=0', log)

        self.run_skerry('projects', 'stop', 'hello', '--wait')
        self.assertEqual(self.project()['status'], 'stopped')
        self.assertEqual(self.services(), {})
        self.run_skerry('projects', 'start', 'hello', '--wait')
        self.assertIn('a footer', self.page())
        self.run_skerry('projects', 'restart', 'hello', '--wait')
        self.run_skerry('sessions', 'prompt', 'hello', "then 'the end'", '--wait')
        self.assertIn('the end', self.page())
        self.run_skerry('projects', 'delete', 'hello', '--yes', '--wait')
        self.assertFalse(page.parent.exists())

    def test_the_node_template_and_a_check_run_in_the_containers(self):
        self.create_in_docker('say: hello', 'hello', '--template', 'node')
        self.run_skerry('sessions', 'prompt', 'hello', "put 'checked' there", '--check',
                        'grep -q checked index.html && node --version', '--wait')
        self.assertEqual(self.turns()[-1]['state'], 'completed')


class Commands(Docker):
    def test_exec_runs_beside_the_services_and_hands_on_input_outputs_and_exit_code(self):
        self.create_in_docker('say: hello')
        answer = self.run_skerry('projects', 'exec', 'hello', '--', 'sh', '-c', 'pwd; cat; echo wrong >&2; exit 9',
                                 expect=9, stdin=None, input='typed\n')
        self.assertEqual(answer.stdout, f'{self.project()["path"]}\ntyped\n')
        self.assertEqual(answer.stderr, 'wrong\n')
        self.assertIn('git version', self.run_skerry('projects', 'exec', 'hello', '--service', 'agent', '--', 'git',
                                                     '--version').stdout)
        self.run_skerry('projects', 'stop', 'hello', '--wait')
        self.assertEqual(self.run_skerry('projects', 'exec', 'hello', '--', 'cat', 'skerry.json', expect=1).stdout, '')
        self.run_skerry('projects', 'exec', 'hello', '--', '/no/such/program', expect=127)

    def test_exec_gives_a_terminal_where_there_is_one(self):
        self.create_in_docker('say: hello')
        outer, inner = pty.openpty()
        process = subprocess.Popen([SKERRY, 'projects', 'exec', 'hello', '--', 'sh', '-c', 'test -t 0 && echo a terminal'],
                                   env=self.environment, stdin=inner, stdout=inner, stderr=inner)
        os.close(inner)
        text = b''
        while select.select([outer], [], [], 60)[0]:
            try:
                text += os.read(outer, 1000)
            except OSError:
                break
        self.assertEqual(process.wait(60), 0)
        os.close(outer)
        self.assertIn(b'a terminal', text)

    def test_a_signal_ends_an_exec_and_all_it_started(self):
        self.create_in_docker('say: hello')
        folder = pathlib.Path(self.project()['path'])
        for runs in (True, False):
            # In a container of its own the command gets the signal; SIGINT it ignores where the engine does.
            for number in (signal.SIGTERM, signal.SIGINT) if runs else (signal.SIGTERM,):
                with self.subTest(runs=runs, number=number):
                    (folder / 'begun').unlink(missing_ok=True)
                    process = self.start('projects', 'exec', 'hello', '--', 'sh', '-c',
                                         'exec 9>held; flock 9; setsid sleep 1000 & touch begun; sleep 1000')
                    wait_for((folder / 'begun').exists, what='the command runs')
                    process.send_signal(number)
                    self.assertEqual(process.wait(60), 128 + number)
                    self.assert_free(folder / 'held')
                    self.assertEqual(len(self.containers()), 3)
            if runs:
                self.assertEqual({row['state'] for row in self.services().values()}, {'running'})
                self.run_skerry('projects', 'stop', 'hello', '--wait')

    def assert_free(self, path):
        """Nobody holds the lock on that file, or soon nobody does."""
        def is_free():
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True
        with open(path) as file:
            wait_for(is_free, 30, 'all that it started is gone')

    def test_ps_tells_states_restarts_and_troubles(self):
        self.create_in_docker('say: hello')
        rows = self.services()
        self.assertEqual({row['state'] for row in rows.values()}, {'running'})
        self.assertTrue(all(row['pid'] and row['port'] for row in rows.values()))
        docker('kill', self.container('app'))
        # Docker does not restart what was killed by hand: what is missing is told.
        wait_for(lambda: self.services()['app']['state'] == 'exited', what='the app has ended')
        self.assertEqual(self.services()['app']['exitCode'], 137)
        self.run_skerry('projects', 'restart', 'hello', '--wait')
        self.assertEqual(self.services()['app']['state'], 'running')


class Choice(Docker):
    def test_auto_takes_docker_where_an_engine_answers_and_the_template_describes_containers(self):
        self.create('say: hello', 'hello', '--runtime', 'auto')
        project = self.project()
        self.assertEqual(project['runtime'], 'docker')
        self.assertIn('auto: Docker engine', project['runtimeReason'])

    def test_auto_takes_the_sandbox_elsewhere_and_says_why(self):
        self.environment['DOCKER_HOST'] = 'unix:///no/such/docker.sock'
        self.run_skerry('projects', 'create', '--name', 'hello', '--model', 'demo/scripted', '--runtime', 'auto')
        project = self.project()
        self.assertEqual(project['runtime'], 'sandbox')
        self.assertIn('the Docker engine does not run', project['runtimeReason'])
        del self.environment['DOCKER_HOST']
        bare = self.data / 'bare'
        bare.mkdir()
        (bare / 'index.html').write_text('<p>')
        self.run_skerry('projects', 'create', '--name', 'bare', '--model', 'demo/scripted', '--runtime', 'auto',
                        '--template', str(bare))
        self.assertEqual(self.project('bare')['runtimeReason'], 'auto: the template describes no containers')

    def test_without_an_engine_or_compose_docker_is_refused_with_what_to_do(self):
        words = ('projects', 'create', '--name', 'hello', '--model', 'demo/scripted', '--runtime', 'docker')
        self.environment['DOCKER_HOST'] = 'unix:///no/such/docker.sock'
        refused = self.run_skerry(*words, expect=7)
        self.assertIn('the Docker engine does not run', refused.stderr)
        self.assertIn('hint:', refused.stderr)
        del self.environment['DOCKER_HOST']
        self.environment['PATH'] = '/nowhere'
        refused = self.run_skerry(*words, expect=7)
        self.assertIn('Docker is not installed', refused.stderr)
        self.assertIn('apt-get install', refused.stderr)


class Failures(Docker):
    def start_fails(self, *words):
        """Starts the project, which fails with these words, and leaves it in `error`."""
        self.run_skerry('projects', 'start', 'hello', '--wait', expect=13)
        project = self.project()
        self.assertEqual(project['status'], 'error')
        for word in words:
            self.assertIn(word, project['lastError'])

    def assert_starts(self):
        self.run_skerry('projects', 'start', 'hello', '--wait')
        self.assertEqual(self.project()['status'], 'running')

    def test_an_override_has_to_be_approved_and_understood(self):
        self.create_in_docker('say: hello')
        self.run_skerry('projects', 'stop', 'hello', '--wait')
        file = pathlib.Path(self.project()['path']) / 'compose.override.yaml'
        file.write_text('services: {app: {imagee: x}}\n')
        self.start_fails('has not been approved')
        self.run_skerry('projects', 'trust', 'hello')
        self.start_fails('Compose does not understand')
        file.write_text('services: {app: {environment: {ADDED: "yes"}}}\n')
        self.start_fails('has changed since it was approved')
        self.run_skerry('projects', 'trust', 'hello')
        self.assert_starts()
        self.assertEqual(self.run_skerry('projects', 'exec', 'hello', '--', 'printenv', 'ADDED').stdout, 'yes\n')

    def test_a_port_that_was_taken_meanwhile_is_replaced(self):
        self.create_in_docker()
        self.run_skerry('projects', 'stop', 'hello', '--wait')
        port = self.project()['appPort']
        with socket.socket() as squatter:
            squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            squatter.bind(('127.0.0.1', port))
            squatter.listen()
            self.assert_starts()
            self.assertNotEqual(self.project()['appPort'], port)
        self.assertIn('hello from skerry', self.page())

    def test_two_starts_at_once_are_one(self):
        self.create_in_docker('say: hello')
        self.run_skerry('projects', 'stop', 'hello', '--wait')
        both = [self.start('projects', 'start', 'hello', '--wait') for _ in range(2)]
        for process in both:
            self.assertEqual(process.wait(120), 0, process.stderr.read())
        self.assertEqual(self.project()['status'], 'running')
        self.assertEqual({row['restarts'] for row in self.services().values()}, {0})
        networks = docker('network', 'ls', '-q', '--filter', f'label=skerry.project={self.project()["id"]}').split()
        self.assertEqual(len(networks), 1)
        self.run_skerry('sessions', 'prompt', 'hello', 'say: still there', '--wait')

    def test_a_start_that_is_killed_is_mended_by_the_next_one(self):
        self.create_in_docker('say: hello')
        log = pathlib.Path(self.data, 'state', self.project()['id'], 'logs', 'project.log')
        for with_compose in (False, True):
            with self.subTest(with_compose=with_compose):
                self.run_skerry('projects', 'stop', 'hello', '--wait')
                for container in self.containers():
                    docker('rm', container)
                before = log.read_text().count('Creating')
                starting = self.start('projects', 'start', 'hello', '--wait')
                wait_for(lambda: log.read_text().count('Creating') > before, what='Compose is at work')
                starting.kill()
                starting.wait()
                for pid in self.processes_of_this_world() if with_compose else ():
                    with contextlib.suppress(ProcessLookupError):  # it ended with another one
                        os.kill(pid, signal.SIGKILL)
                self.assert_starts()
                self.run_skerry('sessions', 'prompt', 'hello', 'say: still there', '--wait')

    def give_all_to(self, user):
        for path in (self.data, *self.data.rglob('*')):
            with contextlib.suppress(FileNotFoundError):  # app and agent go on working meanwhile
                os.chown(path, user, user, follow_symlinks=False)

    @unittest.skipIf(os.geteuid() != 0, 'only root can become somebody who may not')
    def test_who_may_not_use_the_engine_is_told_so(self):
        self.create_in_docker('say: hello')
        stranger = 12345
        self.give_all_to(stranger)
        program = shutil.copy(SKERRY, self.data)  # where it stands others may not look
        words = ('setpriv', f'--reuid={stranger}', f'--regid={stranger}', '--clear-groups', program)
        environment = dict(self.environment, HOME=str(self.data))
        for action in (('start', 'hello'), ('exec', 'hello', '--', 'true'), ('ps', 'hello')):
            with self.subTest(action):
                refused = subprocess.run([*words, 'projects', *action], env=environment, capture_output=True,
                                         text=True, timeout=60)
                self.assertEqual(refused.returncode, 7, refused.stderr)
                self.assertIn('no permission to use the Docker engine', refused.stderr)
                self.assertIn('usermod -aG docker', refused.stderr)
        self.give_all_to(0)
        self.assert_starts()

    def test_a_missing_image_is_told_with_the_command_that_makes_it(self):
        self.environment['SKERRY_AGENT_IMAGE'] = 'skerry/no-such'
        refused = self.create_in_docker(expect=13)
        self.assertIn('skerry/no-such', refused.stderr)
        self.assertIn('the image skerry/no-such', self.project()['lastError'])
        self.environment['SKERRY_AGENT_IMAGE'] = 'skerry/agent'
        self.assert_starts()

    def test_an_app_that_ends_again_and_again_is_given_up_with_its_last_words(self):
        self.create_in_docker('say: hello')
        self.run_skerry('projects', 'stop', 'hello', '--wait')
        description = pathlib.Path(self.project()['path']) / 'skerry.json'
        description.write_text(json.dumps({'app': {'command': ['sh', '-c', 'echo no luck; exit 3']}}))
        self.start_fails('the app ends again and again', 'exit code 3')
        description.unlink()
        self.assert_starts()


class Many(Docker):
    def all_have_started(self):
        """Starts those again that were given up for being late: the machine may have other things to do."""
        rows = self.json_of('projects', 'list')
        late = [row['id'] for row in rows if row['status'] == 'error' and 'does not answer after' in row['lastError']]
        for one in late:
            self.run_skerry('projects', 'start', one)
        return not late and all(row['status'] in ('running', 'error') for row in rows)

    def test_twenty_projects_start_at_once_and_each_has_a_network_of_its_own(self):
        self.environment.update(SKERRY_CONCURRENCY='20', SKERRY_LOG_LEVEL='error')  # nobody reads the worker's log
        begun = time.monotonic()
        for number in range(20):
            self.run_skerry('projects', 'create', '--name', f'p{number}', '--model', 'demo/scripted', '--runtime',
                            'docker')
        self.start('worker')
        wait_for(self.all_have_started, 1200, 'all have started')
        print(f'20 projects: {time.monotonic() - begun:.1f} s', end=' ', flush=True)
        self.assertEqual([row['lastError'] for row in self.json_of('projects', 'list')], [None] * 20)
        ids = [row['id'] for row in self.json_of('projects', 'list')]
        subnets = {docker('network', 'inspect', f'skerry_{one}_default', '--format',
                          '{{(index .IPAM.Config 0).Subnet}}') for one in ids}
        self.assertEqual(len(subnets), 20)
        for row in self.json_of('projects', 'list'):
            with urllib.request.urlopen(row['appUrl'], timeout=20) as answer:
                self.assertEqual(answer.status, 200)


if __name__ == '__main__':
    unittest.main()
