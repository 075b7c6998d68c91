"""The engine is killed with projects running in it: it is told, and all is as it was wanted when it is back.

These have an engine of their own (own_engine.py), with the images of the machine's engine.
"""
import collections
import json
import pathlib
import re
import unittest

import docker_test
from own_engine import OwnEngine, reason_to_skip
from world import World, wait_for

WHY_NOT = docker_test.WHY_NOT or reason_to_skip()

# Says numbers faster than one can look, and keeps beside the log how far it came.
COUNTING_APP = """
const fs = require('fs');
const run = Date.now();
require('http').createServer((request, answer) => answer.end('counting')).listen(process.env.PORT, process.env.HOST);
let count = 0;
setInterval(() => {
    for (let n = 0; n < 10; ++n) fs.writeSync(1, `tick ${run} ${++count}\\n`);
    fs.writeFileSync(`ticks-${run}`, String(count));
}, 50);
"""


@unittest.skipIf(WHY_NOT, WHY_NOT)
class EngineDeath(World):
    @classmethod
    def setUpClass(cls):
        cls.engine = OwnEngine()
        cls.addClassCleanup(cls.engine.end)
        cls.engine.start()
        cls.engine.take_images('skerry/app', 'skerry/agent')

    def setUp(self):
        super().setUp()
        self.environment.update(DOCKER_HOST=self.engine.socket, SKERRY_APP_IMAGE='skerry/app',
                                SKERRY_AGENT_IMAGE='skerry/agent', SKERRY_LOG_LEVEL='error')
        self.worker = self.start('worker')

    def tearDown(self):
        self.engine.start_if_dead()
        super().tearDown()
        self.assertEqual(self.engine.docker('ps', '-aq'), '', 'containers were left behind')

    def command(self, *words):
        return self.engine.within(*super().command(*words))

    def create_projects(self, *names):
        for name in names:
            self.run_skerry('projects', 'create', 'say: hello', '--name', name, '--model', 'demo/scripted', '--runtime',
                            'docker')
        for name in names:
            self.run_skerry('projects', 'wait', name)
        self.wait_until_all_run()

    def statuses(self):
        rows = self.rows("select slug, status, last_error from projects where deleted_at is null")
        return {slug: (status, error) for slug, status, error in rows}

    def wait_until_all_run(self):
        wait_for(lambda: set(self.statuses().values()) == {('running', None)}, 120, 'all run again')

    def wait_until_all_know(self):
        wait_for(lambda: all(status == 'error' and error.startswith('the Docker engine')
                             for status, error in self.statuses().values()), 30, 'the end of the engine is told')

    def wait_for_status(self, *wanted, slug='hello'):
        return wait_for(lambda: self.statuses()[slug][0] in wanted, 120, f'{slug} is one of {wanted}')

    def last_event(self):
        return self.rows('select coalesce(max(seq), 0) from events')[0][0]

    def statuses_told(self, slug, after):
        rows = self.rows("select payload from events where type = 'project.status' and project_id = ? and seq > ? "
                         'order by seq', self.project(slug)['id'], after)
        return [json.loads(payload)['status'] for (payload,) in rows]

    def pids(self, slug):
        return {row['name']: row['pid'] for row in self.json_of('projects', 'ps', slug)}

    def text_of_log(self, slug='hello'):
        [(id,)] = self.rows('select id from projects where slug = ? and deleted_at is null', slug)
        return (self.data / 'state' / id / 'logs' / 'project.log').read_text()

    def let_count(self, slug):
        folder = pathlib.Path(self.project(slug)['path'])
        (folder / 'count.js').write_text(COUNTING_APP)
        (folder / 'skerry.json').write_text(json.dumps({'app': {'command': ['node', 'count.js']}}))
        self.run_skerry('projects', 'restart', slug, '--wait')
        self.wait_for_ticks(slug)

    def ticks(self, slug):
        """The numbers that each run of the counting app has said, in the order of the log."""
        found = collections.defaultdict(list)
        for run, number in re.findall(r'^\[app\] tick (\d+) (\d+)$', self.text_of_log(slug), re.MULTILINE):
            found[run].append(int(number))
        return found

    def ticks_kept(self, slug):
        return {file.name.removeprefix('ticks-'): int(file.read_text() or '0')
                for file in (self.data / 'projects' / slug).glob('ticks-*')}

    def wait_for_ticks(self, slug):
        """Until some more have come into the log."""
        enough = self.text_of_log(slug).count('[app] tick') + 100
        wait_for(lambda: self.text_of_log(slug).count('[app] tick') > enough, what='the log goes on')

    def assert_no_line_lost_or_doubled(self, slug):
        kept = self.ticks_kept(slug)
        wait_for(lambda: all(len(self.ticks(slug)[run]) >= count for run, count in kept.items()),
                 what='all lines are in the log')
        for run, numbers in self.ticks(slug).items():
            self.assertEqual(numbers, list(range(1, len(numbers) + 1)))

    def assert_works(self, slug):
        self.run_skerry('sessions', 'prompt', slug, 'say: still there', '--wait')
        services = {row['name']: row for row in self.project(slug)['services']}
        self.assertTrue(services['app']['healthy'] and services['agent']['healthy'], services)

    # --- with projects running ------------------------------------------------------------------------------------

    def test_the_end_of_the_engine_is_told_and_what_ran_runs_when_it_is_back(self):
        names = ('one', 'two', 'three')
        self.create_projects(*names)
        self.let_count('one')
        for options in ((), ('--live-restore',)):
            with self.subTest(options):
                self.engine.restart(*options)
                self.wait_until_all_run()
                self.wait_for_ticks('one')
                before = {name: self.pids(name) for name in names}
                began = self.last_event()
                self.engine.kill()
                self.wait_until_all_know()
                refused = self.run_skerry('projects', 'start', 'one', expect=7)
                self.assertIn('the Docker engine does not run', refused.stderr)
                self.assertIn('hint:', refused.stderr)
                self.engine.start(*options)
                self.wait_until_all_run()
                for name in names:
                    told = self.statuses_told(name, began)
                    self.assertEqual((told[0], told[-1]), ('error', 'running'))
                    self.assertEqual(self.pids(name) == before[name], bool(options), 'the same processes')
                self.wait_for_ticks('one')
                self.assert_no_line_lost_or_doubled('one')
                for name in names:
                    self.assert_works(name)

    def test_skerry_is_killed_too(self):
        self.create_projects('hello')
        self.let_count('hello')
        for who_is_first_back in ('engine', 'skerry'):
            with self.subTest(who_is_first_back):
                self.worker.kill()
                self.worker.communicate()
                self.engine.kill()
                if who_is_first_back == 'skerry':
                    self.worker = self.start('worker')
                    self.wait_until_all_know()
                self.engine.start()
                if who_is_first_back == 'engine':
                    self.worker = self.start('worker')
                self.wait_until_all_run()
                self.wait_for_ticks('hello')
                self.assert_no_line_lost_or_doubled('hello')
                self.assert_works('hello')

    # --- with work under way --------------------------------------------------------------------------------------

    def kill_engine_when_log_shows_more(self, words, *command):
        """Begins the command, and kills the engine once `words` stand in the log more often than before."""
        before = self.text_of_log().count(words)
        self.run_skerry(*command)
        wait_for(lambda: self.text_of_log().count(words) > before, what=words)
        self.engine.kill()

    def test_a_start_goes_on_when_the_engine_is_back(self):
        self.create_projects('hello')
        self.run_skerry('projects', 'stop', 'hello', '--wait')
        self.kill_engine_when_log_shows_more(' up -d', 'projects', 'start', 'hello')
        self.engine.start()
        self.wait_until_all_run()
        self.assert_works('hello')

    def test_a_stop_goes_on_when_the_engine_is_back(self):
        self.create_projects('hello')
        self.kill_engine_when_log_shows_more('.yaml stop', 'projects', 'stop', 'hello')
        self.engine.start()
        self.wait_for_status('stopped')
        self.assertEqual(self.engine.docker('ps', '-q'), '')
        self.run_skerry('projects', 'start', 'hello', '--wait')
        self.assert_works('hello')

    def test_a_turn_ends_in_a_true_state_and_the_next_one_is_answered(self):
        self.create_projects('hello')
        for options in ((), ('--live-restore',)):
            with self.subTest(options):
                self.engine.restart(*options)
                self.wait_until_all_run()
                words = 'slow 8 for it with ' + ('live restore' if options else 'nothing')
                turn = self.json_of('sessions', 'prompt', 'hello', words)['turnId']
                wait_for(lambda: self.rows("select 1 from events where turn_id = ? and type = 'chat.message.part.added'",
                                           turn), what='the turn is under way')
                self.engine.kill()
                self.engine.start(*options)
                wait_for(lambda: self.rows('select 1 from turns where id = ? and ended_at is not null', turn), 180,
                         'the turn has ended')
                ended = {row['id']: row for row in self.turns()}[turn]
                self.assertIn(ended['state'], ('completed', 'failed'))
                self.assertEqual(self.times_sent(words), 1)
                self.wait_until_all_run()
                self.assert_works('hello')

    # --- away for good --------------------------------------------------------------------------------------------

    def test_without_the_engine_nothing_is_begun_and_with_it_all_goes_on(self):
        self.create_projects('hello')
        self.engine.kill()
        self.wait_until_all_know()
        for words in (('start', 'hello'), ('restart', 'hello'), ('start', 'hello', '--wait')):
            refused = self.run_skerry('projects', *words, expect=7)
            self.assertIn('the Docker engine does not run', refused.stderr)
            self.assertEqual(self.project()['status'], 'error')
        self.run_skerry('projects', 'ps', 'hello', expect=7)
        self.run_skerry('projects', 'exec', 'hello', '--', 'true', expect=7)
        self.run_skerry('projects', 'stop', 'hello', '--wait', expect=13)
        self.assertIn('stopping failed: the Docker engine does not run', self.project()['lastError'])
        self.engine.start()
        self.run_skerry('projects', 'start', 'hello', '--wait')
        self.assertEqual(self.project()['status'], 'running')
        self.assert_works('hello')


if __name__ == '__main__':
    unittest.main()
