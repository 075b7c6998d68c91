"""kill -9 of everything that can be killed: nothing is lost, nothing is done twice."""
import os
import signal
import unittest

from world import World, is_alive, wait_for

CHAIN = ('project.create', 'runtime.up', 'runtime.wait_ready', 'agent.session_create', 'agent.prompt')
RUNNING = 2


class Crash(World):
    def kill_worker_during(self, kind):
        worker = self.start('worker')
        wait_for(lambda: self.rows('select 1 from jobs where kind = ? and state = ?', kind, RUNNING), 120, kind)
        worker.kill()
        worker.communicate()

    def test_a_worker_killed_during_each_job_of_the_chain(self):
        for number, kind in enumerate(CHAIN):
            with self.subTest(kind):
                name = f'crash-{number}'
                self.run_skerry('projects', 'create', f"Put 'survivor {number}' on the page", '--name', name,
                                '--model', 'demo/scripted')
                self.kill_worker_during(kind)
                self.run_skerry('worker', '--drain')
                self.assertEqual(self.project(name)['status'], 'running')
                self.assertEqual([turn['state'] for turn in self.turns(name)], ['completed'])
                self.assertEqual(self.page(name).count(f'survivor {number}'), 1)
                self.assertEqual(self.times_sent(f'survivor {number}', name), 1)
                ended = [row for row in self.events(name) if row['type'] == 'chat.turn.ended']
                self.assertEqual(len(ended), 1)
                self.run_skerry('projects', 'delete', name, '--yes', '--wait')

    def test_a_killed_supervisor_takes_its_services_along_and_the_next_prompt_starts_them_again(self):
        self.create()
        pids = [self.service_pid(service) for service in ('app', 'agent', 'model')]
        os.kill(self.supervisor_pid(), signal.SIGKILL)
        wait_for(lambda: not any(is_alive(pid) for pid in pids), 10, 'the end of the services')
        project = self.project()
        self.assertEqual(project['status'], 'error')
        self.assertIn('supervisor', project['lastError'])
        self.run_skerry('sessions', 'prompt', 'hello', "say 'back again'", '--wait')
        self.assertIn('back again', self.page())

    def test_a_supervisor_killed_during_a_turn_ends_the_turn_with_the_reason(self):
        self.create()
        worker = self.start('worker')
        self.run_skerry('sessions', 'prompt', 'hello', 'slow 200')
        wait_for(lambda: self.turns()[-1]['state'] == 'running', 60, 'the turn')
        os.kill(self.supervisor_pid(), signal.SIGKILL)
        turn = wait_for(lambda: self.turns()[-1] if self.turns()[-1]['endedAt'] else None, 60, 'the end of the turn')
        self.assertEqual(turn['state'], 'failed')
        self.assertIn('agent', turn['error'])
        worker.terminate()
        worker.wait(10)
        self.run_skerry('projects', 'start', 'hello', '--wait')
        self.assertEqual(self.project()['status'], 'running')

    def test_an_agent_killed_in_the_middle_of_a_turn_fails_the_turn_and_the_next_prompt_works(self):
        self.create()
        worker = self.start('worker')
        self.run_skerry('sessions', 'prompt', 'hello', 'slow 200')
        wait_for(lambda: self.times_sent('slow 200'), 60, 'the prompt at the model')
        os.kill(self.service_pid('agent'), signal.SIGKILL)
        turn = wait_for(lambda: self.turns()[-1] if self.turns()[-1]['endedAt'] else None, 60, 'the end of the turn')
        self.assertEqual(turn['state'], 'failed')
        self.assertIn('agent', turn['error'])
        self.run_skerry('sessions', 'prompt', 'hello', "and 'life goes on'", '--wait')
        self.assertIn('life goes on', self.page())
        self.assertEqual(self.times_sent('slow 200'), 1)
        worker.terminate()
        self.assertEqual(worker.wait(10), 0)

    def test_a_waiting_command_takes_over_when_the_worker_dies(self):
        worker = self.start('worker')
        wait_for(lambda: any((self.data / 'run').glob('worker-*.lock')), 10, 'the worker')
        creating = self.start('projects', 'create', "Put 'taken over' on the page", '--name', 'hello', '--model',
                              'demo/scripted', '--wait')
        wait_for(lambda: self.rows("select 1 from jobs where kind = 'agent.prompt' and state = ?", RUNNING), 120)
        worker.kill()
        worker.communicate()
        _, errors = creating.communicate(timeout=120)
        self.assertEqual(creating.returncode, 0, errors)
        self.assertIn('taken over', self.page())
        self.assertEqual(self.times_sent('taken over'), 1)

    def test_a_crashed_app_is_started_again_and_counted(self):
        self.create()
        os.kill(self.service_pid('app'), signal.SIGKILL)
        app = wait_for(lambda: next((row for row in self.project()['services']
                                     if row['name'] == 'app' and row['restarts'] == 1 and row['healthy']), None),
                       30, 'the restarted app')
        self.assertEqual(app['exitCode'], 137)
        self.assertIn('hello from skerry', self.page())


if __name__ == '__main__':
    unittest.main()
