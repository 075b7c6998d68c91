"""Commands that run by the clock, through the real program and a real worker."""
import json
import sqlite3
import time
import unittest

from world import World, wait_for


class Schedules(World):
    def add(self, name, *more, command=('true',)):
        return self.json_of('schedules', 'add', name, *more, words=('--', *command))

    def json_of(self, *words, **more):
        """--json must stand before the command."""
        behind = more.pop('words', ())
        return json.loads(self.run_skerry(*words, '--json', *behind, **more).stdout)

    def change(self, sql, *values):
        """Writes to the database from outside."""
        with sqlite3.connect(self.data / 'skerry.db', timeout=10) as db:
            db.execute(sql, values)

    def jobs_of(self, name):
        return self.rows('select id, state from jobs where name = ? order by id', name)

    def succeeded(self, name, count):
        return lambda: [state for _, state in self.jobs_of(name)] == [5] * count

    def test_a_schedule_that_is_due_runs_once(self):
        mark = self.data / 'mark'
        self.add('due', '--cron', '0 3 1 1 *', command=('sh', '-c', f'echo "$SKERRY_SCHEDULE $SKERRY_SLOT" >> {mark}'))
        self.add('later', '--cron', '0 3 1 1 *')
        self.change("update schedules set next_at = ? where name = 'due'", int(time.time() * 1000) - 5000)
        self.start('worker')
        self.start('worker')
        wait_for(self.succeeded('due', 1), what='the run of the schedule')
        lines = mark.read_text().splitlines()
        self.assertEqual(len(lines), 1)
        self.assertRegex(lines[0], r'^due \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$')
        due, later = self.json_of('schedules', 'list')
        self.assertGreater(due['nextAt'], time.time() * 1000)
        self.assertEqual(due['lastJobState'], 'succeeded')
        self.assertEqual(due['lastJobId'], self.jobs_of('due')[0][0])
        self.assertIsNone(later['lastJobId'])
        self.assertEqual(len(self.jobs_of('due')), 1)

    def test_missed_slots_are_met_as_the_schedule_says(self):
        for missed in ('skip', 'once', 'all'):
            self.add(missed, '--cron', '0 * * * *', '--timezone', 'UTC', '--missed', missed)
        hour = 3600 * 1000
        self.change('update schedules set next_at = (cast(? as integer) / ?) * ?', int(time.time() * 1000) - 9 * hour, hour,
                    hour)
        self.start('worker')
        wait_for(lambda: len(self.jobs_of('all')) >= 10, what='ten runs')
        self.assertLessEqual(len(self.jobs_of('skip')), 2)
        # One more each when the next hour has just begun.
        self.assertIn(len(self.jobs_of('once')), (1, 2))
        self.assertIn(len(self.jobs_of('all')), (10, 11))

    def test_a_busy_worker_misses_no_slot(self):
        self.run_skerry('jobs', 'run', '--name', 'busy', '--', 'sleep', '600')
        worker = self.start('worker', '--concurrency', '1')
        wait_for(lambda: self.rows("select 1 from jobs where name = 'busy' and state = 2"), what='the long job')
        self.add('due', '--cron', '0 3 1 1 *', '--missed', 'skip')
        self.change("update schedules set next_at = ? where name = 'due'", int(time.time() * 1000))
        wait_for(lambda: self.jobs_of('due'), what='the job of the schedule')
        self.assertEqual([state for _, state in self.jobs_of('due')], [1])
        worker.terminate()
        worker.wait(timeout=20)

    def test_run_now_runs_it_and_leaves_its_next_run_alone(self):
        added = self.add('hand', '--cron', '@yearly', command=('sh', '-c', 'exit 3'))
        job = self.run_skerry('schedules', 'run-now', 'hand', '-q').stdout.strip()
        self.run_skerry('jobs', 'wait', job, '--local', expect=13)
        shown = self.json_of('schedules', 'show', 'hand')
        self.assertEqual(shown['nextAt'], added['nextAt'])
        self.assertEqual(shown['lastJobState'], 'failed')
        self.assertEqual(str(shown['lastJobId']), job)

    def test_a_pause_survives_a_restart(self):
        self.add('quiet', '--cron', '* * * * *')
        worker = self.start('worker')
        self.run_skerry('schedules', 'pause', 'quiet')
        self.change('update schedules set next_at = 1000')
        worker.terminate()
        worker.wait(timeout=20)
        self.add('other', '--cron', '0 3 1 1 *')
        self.change("update schedules set next_at = 1000 where name = 'other'")
        self.start('worker')
        wait_for(self.succeeded('other', 1), what='the run of the other schedule')
        self.assertEqual(self.jobs_of('quiet'), [])
        self.assertIn('paused', self.run_skerry('schedules', 'list').stdout)
        resumed = self.json_of('schedules', 'resume', 'quiet')
        self.assertGreater(resumed['nextAt'], time.time() * 1000)
        self.assertIsNone(resumed['pausedBy'])

    def test_what_is_wrong_is_named(self):
        def refused(code, *words, says):
            result = self.run_skerry('schedules', *words, expect=code)
            self.assertIn(says, result.stderr)
            self.assertIn('hint: ', result.stderr)
        refused(2, 'add', 'x', '--cron', '0 25 * * *', '--', 'true', says='hour field is wrong at character 3')
        refused(2, 'add', 'x', '--cron', '0 3 * * *', '--timezone', 'Moon/Base', '--', 'true', says='Moon/Base')
        refused(2, 'add', 'x', '--', 'true', says='--cron is missing')
        refused(2, 'add', 'x', '--cron', '@daily', says='COMMAND')
        refused(3, 'show', 'x', says="no schedule 'x'")
        self.add('x', '--cron', '@daily')
        refused(6, 'add', 'x', '--cron', '@daily', '--', 'true', says='already')
        self.run_skerry('schedules', 'delete', 'x')
        refused(3, 'delete', 'x', says="no schedule 'x'")

    def test_the_command_is_kept_word_for_word(self):
        words = ('printf', '%s\n', '--all', '-x', 'a,b', '[c]', '', '--', 'ä b')
        self.add('words', '--cron', '@daily', '--env', 'A=1,2', '--env', 'B=3', command=words)
        shown = self.json_of('schedules', 'show', 'words')
        self.assertEqual(shown['job']['args']['command'], list(words))
        self.assertEqual(shown['job']['args']['environment'], ['A=1,2', 'B=3'])


if __name__ == '__main__':
    unittest.main()
