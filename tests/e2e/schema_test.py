"""Two binaries of different schema versions on one file: the older one refuses, says why, and nothing is lost."""
import json
import sqlite3
import unittest

from world import World, wait_for

CONFLICT = 6
FUTURE = 9_000


class Schema(World):
    def setUp(self):
        super().setUp()
        self.run_skerry('jobs', 'list')

    def execute(self, *statements):
        with sqlite3.connect(self.data / 'skerry.db', timeout=10) as db:
            for statement in statements:
                db.execute(statement)
        db.close()

    def migrate_by_a_newer_skerry(self):
        self.execute('begin immediate', 'alter table jobs add column colour text', f'pragma user_version = {FUTURE}')

    def dump(self):
        with sqlite3.connect(self.data / 'skerry.db', timeout=10) as db:
            return list(db.iterdump())

    def assert_refused(self, result):
        self.assertEqual(result.returncode, CONFLICT, result.stderr)
        self.assertIn(f'schema version {FUTURE}', result.stderr)
        self.assertIn('hint: use the skerry that wrote it', result.stderr)
        self.assertEqual(result.stdout, '')

    def test_every_command_refuses_a_newer_database_and_changes_nothing(self):
        self.migrate_by_a_newer_skerry()
        before = self.dump()
        for words in (['jobs', 'list'], ['jobs', 'cancel', '1'], ['worker', '--drain'], ['projects', 'list'],
                      ['projects', 'create', 'a page', '--name', 'hello', '--model', 'demo/scripted']):
            with self.subTest(words):
                self.assert_refused(self.run_skerry(*words, expect=None))
        self.assertEqual(self.dump(), before)
        self.assertFalse((self.data / 'backups').exists())

    def test_the_refusal_is_json_where_json_was_asked_for(self):
        self.migrate_by_a_newer_skerry()
        result = self.run_skerry('jobs', 'list', '--json', expect=CONFLICT)
        self.assertEqual(result.stdout, '')
        error = json.loads(result.stderr)['error']
        self.assertEqual(error['code'], 'conflict')
        self.assertIn(f'schema version {FUTURE}', error['message'])

    def test_a_worker_that_is_overtaken_by_a_newer_skerry_takes_no_more_jobs_and_says_why(self):
        worker = self.start('worker')
        wait_for(lambda: any((self.data / 'run').glob('worker-*.lock')), 10, 'the worker')
        self.migrate_by_a_newer_skerry()
        # As the newer one would add a job.
        self.execute("insert into jobs(kind, state, run_at, created_at) values ('runtime.stop', 1, 1, 1)")
        _, errors = worker.communicate(timeout=20)
        self.assertEqual(worker.returncode, CONFLICT, errors)
        self.assertIn(f'schema version {FUTURE}', errors)
        self.assertEqual(self.rows('select state, attempt, lease from jobs'), [(1, 0, 0)])
        self.assertEqual(self.rows('pragma integrity_check'), [('ok',)])


if __name__ == '__main__':
    unittest.main()
