"""Removing, carrying and counting jobs, through the real program."""
import sqlite3
import unittest

from world import World, wait_for


class JobUpkeep(World):
    def run_jobs(self, *commands):
        """Runs each command as a job to its end."""
        for command in commands:
            self.run_skerry('jobs', 'run', '--wait', '--', *command, expect=None)

    def change(self, sql, *values):
        with sqlite3.connect(self.data / 'skerry.db', timeout=10) as db:
            db.execute(sql, values)

    def test_prune_removes_what_is_old_with_its_log(self):
        self.run_jobs(('echo', 'one'), ('false',), ('echo', 'two'))
        self.change('update jobs set finished_at = finished_at - 8 * 86400 * 1000 where id < 3')
        log = self.data / 'jobs' / '1.log'
        self.assertTrue(log.exists())
        dry = self.json_of('jobs', 'prune', '--older-than', '7d', '--dry-run')
        self.assertEqual(dry, {'removed': {'failed': 1, 'succeeded': 1}, 'total': 2, 'dryRun': True})
        self.assertTrue(log.exists())
        pruned = self.json_of('jobs', 'prune', '--older-than', '7d', '--state', 'succeeded')
        self.assertEqual(pruned, {'removed': {'succeeded': 1}, 'total': 1, 'dryRun': False})
        self.assertFalse(log.exists())
        self.assertEqual([job['id'] for job in self.json_of('jobs', 'list')], [3, 2])
        self.assertEqual(self.rows('select count(*) from attempts where job_id = 1'), [(0,)])
        self.assertEqual(self.json_of('jobs', 'prune')['total'], 0)  # the last of each type are kept
        refused = self.run_skerry('jobs', 'prune', '--state', 'running', expect=2)
        self.assertIn('state', refused.stderr)

    def test_an_idle_worker_removes_what_is_kept_no_longer(self):
        self.environment.update(SKERRY_KEEP_FAILED='1h', SKERRY_KEEP_LAST_FAILED='0')
        self.run_jobs(('false',), ('echo', 'kept'), ('false',))
        self.change('update jobs set finished_at = finished_at - 2 * 3600 * 1000')
        orphan = self.data / 'jobs' / '99.log'
        orphan.write_text('left behind\n')
        self.start('worker')
        # The one with the highest number stays, since numbers are not to come twice.
        wait_for(lambda: self.rows('select id from jobs order by id') == [(2,), (3,)], what='the removal')
        wait_for(lambda: not orphan.exists(), what='the removal of the log')
        self.assertFalse((self.data / 'jobs' / '1.log').exists())
        self.assertTrue((self.data / 'jobs' / '2.log').exists())

    def test_jobs_are_carried_to_another_place(self):
        self.run_jobs(('echo', 'one'), ('false',))
        self.run_skerry('jobs', 'run', '--', 'echo', 'waits')
        lines = self.run_skerry('jobs', 'export').stdout
        self.assertEqual(len(lines.splitlines()), 3)
        file = self.data / 'jobs.jsonl'
        self.run_skerry('jobs', 'export', '--state', 'failed', '--file', str(file))
        self.assertEqual(len(file.read_text().splitlines()), 1)

        here = dict(self.environment)
        self.environment['SKERRY_DATA_DIR'] = str(self.data / 'other')
        first = self.json_of('jobs', 'import', str(file))
        self.assertEqual(first, {'added': 1, 'alreadyThere': 0, 'twins': 0})
        (self.data / 'all.jsonl').write_text(lines)
        self.assertEqual(self.json_of('jobs', 'import', str(self.data / 'all.jsonl')),
                         {'added': 2, 'alreadyThere': 1, 'twins': 0})
        failed = self.json_of('jobs', 'show', '1')
        self.assertEqual(failed['state'], 'failed')
        self.assertEqual(len(failed['attempts']), 1)
        self.run_skerry('worker', '--drain', expect=None)
        self.assertEqual(sorted(job['state'] for job in self.json_of('jobs', 'list')),
                         ['failed', 'succeeded', 'succeeded'])

        (self.data / 'bad.jsonl').write_text(lines + '{"id": 5}\nnonsense\n')
        refused = self.run_skerry('jobs', 'import', str(self.data / 'bad.jsonl'), expect=2)
        self.assertIn('line 4: type is missing', refused.stderr)
        self.assertIn('line 5: ', refused.stderr)
        self.environment = here

    def test_stats_tell_what_is_there(self):
        self.run_jobs(('echo', 'one'), ('false',))
        self.run_skerry('jobs', 'run', '--queue', 'slow', '--delay', '1h', '--', 'true')
        stats = self.json_of('jobs', 'stats')
        self.assertEqual(stats['states']['succeeded'], 1)
        self.assertEqual(stats['states']['dead'], 1)
        self.assertEqual(stats['states']['scheduled'], 1)
        self.assertEqual(stats['workers'], [])
        self.assertEqual([queue['queue'] for queue in stats['queues']], ['default', 'slow'])
        self.assertEqual(stats['lastMinute'], {'succeeded': 1, 'failed': 1})
        self.assertFalse(stats['approximate'])
        self.start('worker', '--concurrency', '3')
        worker = wait_for(lambda: self.json_of('jobs', 'stats')['workers'], what='a worker')[0]
        self.assertEqual(worker['concurrency'], 3)
        self.assertEqual(worker['running'], 0)


if __name__ == '__main__':
    unittest.main()
