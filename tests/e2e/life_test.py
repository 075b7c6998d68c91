"""What keeps agents going: keys, restarts for new ones, stops of idle projects, turns that go quiet."""
import json
import pathlib
import stat
import subprocess
import unittest

from world import SKERRY, World, wait_for

KEY = 'sesame-open-4711'


class Keys(World):
    def set_key(self, name='DEMO_KEY', value=KEY):
        return subprocess.run([SKERRY, 'secrets', 'set', name], env=self.environment, input=value + '\n', text=True,
                              capture_output=True, timeout=60)

    def environment_of(self, service):
        return pathlib.Path(f'/proc/{self.service_pid(service)}/environ').read_bytes()

    def test_a_key_reaches_the_agent_before_its_next_turn_and_nothing_else(self):
        self.create('say: hello')
        before = self.service_pid('agent')
        self.assertEqual(self.set_key().stdout, 'DEMO_KEY\n')
        self.run_skerry('sessions', 'prompt', 'hello', 'run: printenv DEMO_KEY', '--wait')
        after = self.service_pid('agent')
        self.assertNotEqual(before, after, 'the agent was not started anew')
        self.assertIn(f'DEMO_KEY={KEY}'.encode(), self.environment_of('agent'))
        self.assertNotIn(KEY.encode(), self.environment_of('app'))
        for pid in self.processes_of_this_world():
            self.assertNotIn(KEY.encode(), pathlib.Path(f'/proc/{pid}/cmdline').read_bytes())
        [tool] = [event for event in self.events() if event['type'] == 'chat.tool.finish']
        self.assertEqual(tool['payload']['exitCode'], 0)
        for file in [self.data / 'skerry.db', self.data / 'skerry.db-wal',
                     *(self.data / 'projects').rglob('*'), *(self.data / 'jobs').rglob('*')]:
            if file.is_file():
                self.assertNotIn(KEY.encode(), file.read_bytes(), file)
        kept = self.data / 'secrets' / 'DEMO_KEY'
        self.assertEqual(stat.S_IMODE(kept.stat().st_mode), 0o600)

        self.run_skerry('sessions', 'prompt', 'hello', 'run: test -n "$DEMO_KEY"', '--wait')
        self.assertEqual(self.service_pid('agent'), after, 'nothing had changed')
        self.run_skerry('secrets', 'delete', 'DEMO_KEY')
        self.run_skerry('sessions', 'prompt', 'hello', 'run: test -z "$DEMO_KEY"', '--wait')
        self.assertEqual([event['payload']['exitCode'] for event in self.events()
                          if event['type'] == 'chat.tool.finish'], [0, 0, 0])

    def test_a_key_that_cannot_be_one_is_refused_by_name(self):
        refused = self.set_key('LD_PRELOAD', '/tmp/evil.so')
        self.assertEqual(refused.returncode, 2)
        self.assertIn('LD_PRELOAD', refused.stderr)
        self.assertEqual(self.set_key(value='').returncode, 2)
        self.assertEqual(self.json_of('secrets', 'list'), [])
        self.assertIn('DEMO_KEY', self.run_skerry('secrets', 'delete', 'DEMO_KEY', expect=3).stderr)

    def test_the_logins_of_an_opencode_are_taken_over(self):
        auth = self.data / 'auth.json'
        auth.write_text(json.dumps({'openai': {'type': 'api', 'key': KEY}}))
        self.assertEqual(self.run_skerry('secrets', 'import-auth', str(auth)).stdout, 'openai\n')
        self.assertEqual([(row['name'], row['kind']) for row in self.json_of('secrets', 'list')], [('openai', 'login')])
        self.assertNotIn(KEY, self.run_skerry('secrets', 'list', '--json').stdout)
        self.create('say: hello')
        self.assertIn(KEY.encode(), self.environment_of('agent'))
        self.assertNotIn(KEY.encode(), self.environment_of('app'))
        auth.write_text('{}')
        self.run_skerry('secrets', 'import-auth', str(auth), expect=2)
        self.run_skerry('secrets', 'delete', 'openai')
        self.assertEqual(self.json_of('secrets', 'list'), [])

    def test_the_models_of_an_agent_are_listed_without_its_keys(self):
        self.run_skerry('models', expect=6)
        self.create('say: hello')
        for words in (['models'], ['models', 'hello']):
            listed = self.json_of(*words)
            self.assertIn('demo/scripted', [model['model'] for model in listed])
        self.assertEqual({key for model in listed for key in model} & {'key', 'apiKey', 'options', 'headers'}, set())
        self.run_skerry('projects', 'stop', 'hello', '--wait')
        self.assertIn('skerry models PROJECT', self.run_skerry('models', expect=6).stderr)
        self.assertEqual(self.json_of('models', 'hello'), listed)  # started for it
        self.assertEqual(self.project()['status'], 'running')


class Idle(World):
    def test_an_idle_project_is_stopped_unless_it_is_followed_and_woken_by_the_next_prompt(self):
        self.create('say: one', 'watched')
        follower = self.start('sessions', 'events', 'watched', '--follow')
        self.create('say: two', 'forgotten')
        self.environment['SKERRY_IDLE_STOP'] = '1s'
        self.start('worker')
        status = lambda slug: self.project(slug)['status']
        wait_for(lambda: status('forgotten') == 'stopped', what='the forgotten project is stopped')
        self.assertEqual(status('watched'), 'running')  # which has been idle for longer
        follower.kill()
        wait_for(lambda: status('watched') == 'stopped', what='the project that nobody follows any more is stopped')
        self.run_skerry('sessions', 'prompt', 'forgotten', 'say: awake', '--wait')
        self.assertEqual(self.times_sent('say: awake', 'forgotten'), 1)

    def test_a_project_whose_turn_runs_is_not_idle(self):
        self.create('say: one', 'busy')
        self.create('say: two', 'forgotten')
        self.run_skerry('sessions', 'prompt', 'busy', 'run: until test -e go; do sleep 0.1; done')
        self.environment['SKERRY_IDLE_STOP'] = '1s'
        self.start('worker')
        wait_for(lambda: self.project('forgotten')['status'] == 'stopped')
        self.assertEqual(self.project('busy')['status'], 'running')
        (self.data / 'projects' / 'busy' / 'go').touch()
        wait_for(lambda: self.turns('busy')[-1]['state'] == 'completed')


class Quiet(World):
    def test_a_turn_that_goes_quiet_is_stuck_and_ended(self):
        self.create('say: hello')
        self.environment['SKERRY_SILENCE'] = '2s'
        ended = self.run_skerry('sessions', 'prompt', 'hello', 'hang', '--wait', expect=10)
        self.assertIn('no progress', ended.stderr)
        self.assertEqual([turn['state'] for turn in self.turns()], ['completed', 'stuck'])

    def test_a_turn_that_goes_quiet_is_tried_again_as_often_as_was_asked_for(self):
        self.create('say: hello')
        self.environment.update(SKERRY_SILENCE='2s', SKERRY_STUCK_RETRIES='1')
        self.run_skerry('sessions', 'prompt', 'hello', 'hang', '--wait', expect=10)
        self.run_skerry('worker', '--drain')
        turns = self.turns()
        self.assertEqual([turn['state'] for turn in turns], ['completed', 'stuck', 'stuck'])
        self.assertEqual([turn.get('origin') for turn in turns[1:]], ['person', 'retry'])
        self.assertEqual(turns[2]['prompt'], 'hang')


if __name__ == '__main__':
    unittest.main()
