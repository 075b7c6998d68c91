"""The main job: a prompt becomes a changed, running project, without any server."""
import json
import subprocess
import unittest

from world import SKERRY, World, is_alive, wait_for


class MainFlow(World):
    def test_a_prompt_becomes_a_changed_running_project_and_everything_after(self):
        created = self.create('Put the words \'hello from skerry\' on the page', 'hello', '--follow')
        self.assertIn('no worker is running', created.stderr)
        self.assertIn('hello from skerry', self.page())

        project = self.project()
        self.assertEqual(project['status'], 'running')
        self.assertEqual({row['name'] for row in project['services']}, {'app', 'agent', 'model'})
        self.assertTrue(all(row['state'] == 'running' and row['pid'] for row in project['services']))
        self.assertEqual([row['slug'] for row in self.json_of('projects', 'list')], ['hello'])

        events = self.events()
        self.assertEqual([row['seq'] for row in events], sorted({row['seq'] for row in events}))
        kinds = [row['type'] for row in events]
        for kind in ('chat.turn.started', 'chat.tool.start', 'chat.tool.finish', 'chat.file.changed',
                     'chat.message.final', 'chat.turn.ended'):
            self.assertIn(kind, kinds)
        self.assertEqual(events[-1]['payload']['outcome'], 'completed')
        self.assertIn('index.html', events[-1]['payload']['filesChanged'])

        log = self.run_skerry('projects', 'logs', 'hello', '-n', '20').stdout
        self.assertIn('[host]', log)

        self.run_skerry('sessions', 'prompt', 'hello', "and 'a footer'", '--wait')
        page = self.page()
        self.assertIn('a footer', page)
        self.assertIn('hello from skerry', page)

        agent = self.service_pid('agent')
        self.run_skerry('projects', 'stop', 'hello', '--wait')
        self.assertEqual(self.project()['status'], 'stopped')
        self.assertFalse(is_alive(agent))
        self.run_skerry('projects', 'start', 'hello', '--wait')
        self.assertEqual(self.project()['status'], 'running')
        self.assertIn('a footer', self.page())

        folder = project['path']
        self.run_skerry('projects', 'delete', 'hello', '--yes', '--wait')
        self.run_skerry('projects', 'show', 'hello', expect=3)
        self.assertFalse(subprocess.os.path.exists(folder))

        jobs = self.json_of('jobs', 'list')
        self.assertEqual({row['state'] for row in jobs}, {'succeeded'})
        self.assertEqual([row['type'] for row in reversed(jobs)][:5],
                         ['project.create', 'runtime.up', 'runtime.wait_ready', 'agent.session_create', 'agent.prompt'])
        self.assertEqual(self.json_of('jobs', 'show', str(jobs[-1]['id']))['type'], 'project.create')

    def test_a_prompt_wakes_a_stopped_project(self):
        self.create()
        self.run_skerry('projects', 'stop', 'hello', '--wait')
        self.run_skerry('sessions', 'prompt', 'hello', "add 'awake again'", '--wait')
        self.assertEqual(self.project()['status'], 'running')
        self.assertIn('awake again', self.page())

    def test_a_tool_that_fails_is_told_and_the_turn_goes_on(self):
        self.create('read file nowhere.txt')
        failed = [row for row in self.events() if row['type'] == 'chat.tool.error']
        self.assertEqual(len(failed), 1)
        self.assertEqual(failed[0]['payload']['tool'], 'read')
        self.assertEqual(self.turns()[-1]['state'], 'completed')

    def test_a_command_that_fails_is_not_a_tool_that_fails(self):
        self.create('run: exit 3')
        finished = [row for row in self.events() if row['type'] == 'chat.tool.finish']
        self.assertEqual(finished[0]['payload']['exitCode'], 3)

    def test_an_agent_that_ends_with_an_error_is_exit_code_10(self):
        result = self.create('http 401', expect=10)
        self.assertIn('error', result.stderr)
        turn = self.turns()[-1]
        self.assertEqual(turn['state'], 'failed')
        self.assertTrue(turn['error'])
        self.run_skerry('sessions', 'prompt', 'hello', "now 'it works'", '--wait')
        self.assertIn('it works', self.page())

    def test_prompts_to_a_busy_project_are_answered_one_after_another(self):
        self.create()
        worker = self.start('worker')
        turns = [self.json_of('sessions', 'prompt', 'hello', f"put 'number {number}' there")['turnId']
                 for number in range(3)]
        wait_for(lambda: all(turn['endedAt'] for turn in self.turns()), 120, 'the end of all turns')
        ended = [row['turnId'] for row in self.events() if row['type'] == 'chat.turn.ended'][1:]
        self.assertEqual(ended, turns)
        page = self.page()
        for number in range(3):
            self.assertIn(f'number {number}', page)
            self.assertEqual(self.times_sent(f'number {number}'), 1)
        worker.terminate()
        self.assertEqual(worker.wait(10), 0)

    def test_an_abort_ends_the_turn_as_cancelled(self):
        self.create()
        self.start('worker')
        job = self.json_of('sessions', 'prompt', 'hello', 'slow 200')['jobId']
        wait_for(lambda: self.turns()[-1]['state'] == 'running', 60, 'the turn')
        self.run_skerry('sessions', 'abort', 'hello')
        self.run_skerry('jobs', 'wait', str(job), expect=14)
        self.assertEqual(self.turns()[-1]['state'], 'cancelled')
        self.run_skerry('sessions', 'prompt', 'hello', "then 'go on'", '--wait')
        self.assertIn('go on', self.page())

    def test_stopping_a_project_ends_its_turn(self):
        self.create()
        self.start('worker')
        self.run_skerry('sessions', 'prompt', 'hello', 'slow 200')
        wait_for(lambda: self.turns()[-1]['state'] == 'running', 60, 'the turn')
        self.run_skerry('projects', 'stop', 'hello', '--wait')
        self.assertEqual(self.turns()[-1]['state'], 'cancelled')
        self.assertEqual(self.project()['status'], 'stopped')

    def test_the_node_template_runs_and_is_changed(self):
        self.create("Put the words 'node speaking' on the page", 'hello', '--template', 'node')
        wait_for(lambda: 'node speaking' in self.page(), 20, 'the changed page')

    def test_what_is_asked_for_twice_is_done_once(self):
        self.create()
        for verb, status in (('stop', 'stopped'), ('start', 'running')):
            jobs = {self.json_of('projects', verb, 'hello')['jobId'] for _ in range(2)}
            self.assertEqual(len(jobs), 1)
            self.run_skerry('projects', verb, 'hello', '--wait')
            self.assertEqual(self.project()['status'], status)
        jobs = {self.json_of('projects', 'delete', 'hello', '--yes')['jobId'] for _ in range(2)}
        self.assertEqual(len(jobs), 1)
        self.run_skerry('worker', '--drain')
        self.run_skerry('projects', 'show', 'hello', expect=3)

    def test_a_folder_of_ones_own_is_a_template(self):
        template = self.data / 'mine'
        template.mkdir()
        (template / 'index.html').write_text('<body>my own start</body>\n')
        self.run_skerry('projects', 'create', '--name', 'hello', '--model', 'demo/scripted', '--template', str(template),
                        '--wait')
        self.assertIn('my own start', self.page())

    def test_existing_code_is_brought_with_its_history(self):
        code = self.data / 'code'
        code.mkdir()
        (code / 'index.html').write_text('<h1>old</h1>\n')
        git = ['git', '-c', 'user.name=a', '-c', 'user.email=a@b', '-C', str(code)]
        subprocess.run([*git, 'init', '-q'], check=True)
        subprocess.run([*git, 'add', '-A'], check=True)
        subprocess.run([*git, 'commit', '-qm', 'mine'], check=True)
        for source, name in ((str(code), 'copied'), (f'file://{code}', 'cloned')):
            self.run_skerry('projects', 'create', '--from', source, '--name', name, '--model', 'demo/scripted', '--wait')
            self.assertIn('old', self.page(name))
            log = subprocess.run([*git[:5], '-C', self.project(name)['path'], 'log', '--format=%s'],
                                 capture_output=True, text=True, check=True).stdout
            self.assertEqual(log, 'mine\n')

    def test_two_creates_with_one_name_at_once_make_two_projects(self):
        processes = [self.start('projects', 'create', '--name', 'twin', '--model', 'demo/scripted', '--json')
                     for _ in range(2)]
        slugs = sorted(json.loads(process.communicate(timeout=60)[0])['slug'] for process in processes)
        self.assertEqual(slugs, ['twin', 'twin-2'])
        self.run_skerry('worker', '--drain')
        ports = [port for slug in slugs for port in (self.project(slug)['appPort'], self.project(slug)['agentPort'])]
        self.assertEqual(len(set(ports)), 4)

    def test_a_port_that_was_taken_meanwhile_is_replaced(self):
        import socket
        self.create()
        self.run_skerry('projects', 'stop', 'hello', '--wait')
        port = self.project()['appPort']
        with socket.socket() as squatter:
            squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            squatter.bind(('127.0.0.1', port))
            squatter.listen()
            self.run_skerry('projects', 'start', 'hello', '--wait')
            self.assertNotEqual(self.project()['appPort'], port)
            self.assertIn('hello from skerry', self.page())


if __name__ == '__main__':
    unittest.main()
