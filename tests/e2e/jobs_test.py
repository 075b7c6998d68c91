"""Looking at jobs and steering them, from the outside."""
import json
import sqlite3
import time
import unittest

from world import World, wait_for


class Jobs(World):
    def setUp(self):
        super().setUp()
        self.run_skerry('projects', 'create', '--name', 'hello', '--model', 'demo/scripted')
        self.first = self.json_of('jobs', 'list')[0]['id']  # project.create, which waits for a worker

    def sql(self, statement, *values):
        with sqlite3.connect(self.data / 'skerry.db', timeout=10) as db:
            db.execute(statement, values)

    def explanation(self, job):
        return self.json_of('jobs', 'explain', str(job))

    def wait_for_all(self):
        self.run_skerry('jobs', 'wait', str(self.first))

    def test_explain_says_why_a_job_waits_and_what_became_of_it(self):
        result = self.run_skerry('jobs', 'explain', str(self.first))
        self.assertEqual(result.stdout, f'job {self.first} waits: no worker runs\n')
        self.assertIn('hint: ', result.stderr)
        self.assertIn('skerry worker', result.stderr)
        self.run_skerry('jobs', 'pause')
        self.assertEqual(self.explanation(self.first)['reason'], 'paused')
        self.run_skerry('jobs', 'resume')
        self.wait_for_all()
        explanation = self.explanation(self.first)
        self.assertEqual(explanation['reason'], 'succeeded')
        self.assertIn(f'job {self.first} succeeded', explanation['sentence'])
        self.run_skerry('jobs', 'explain', '999', expect=3)

    def test_a_pause_outlives_its_process_and_holds_until_it_is_resumed(self):
        by = json.loads(self.run_skerry('jobs', 'pause', 'default', '--json').stdout)
        self.assertEqual((by['scope'], by['name'], by['changed'], by['waiting']), ('queue', 'default', True, 1))
        self.assertTrue(by['pausedBy'])
        again = json.loads(self.run_skerry('jobs', 'pause', 'default', '--json').stdout)
        self.assertEqual((again['changed'], again['pausedAt']), (False, by['pausedAt']))
        listing = self.run_skerry('jobs', 'list')
        self.assertIn('the queue default is paused by', listing.stderr)
        self.assertIn('skerry jobs resume default', listing.stderr)

        self.run_skerry('jobs', 'wait', str(self.first), '--timeout', '1s', expect=8)
        self.assertEqual(self.json_of('jobs', 'show', str(self.first))['state'], 'queued')
        self.run_skerry('jobs', 'run-now', str(self.first))
        self.assertEqual(self.explanation(self.first)['reason'], 'paused')
        waiting = self.start('jobs', 'wait', str(self.first))
        resumed = json.loads(self.run_skerry('jobs', 'resume', 'default', '--json').stdout)
        self.assertEqual([pause['name'] for pause in resumed], ['default'])
        self.assertEqual(waiting.wait(60), 0)
        self.assertNotIn('paused', self.run_skerry('jobs', 'list').stderr)
        self.assertIn('was not paused', self.run_skerry('jobs', 'resume', 'default').stderr)

    def test_one_pause_holds_one_thing(self):
        result = self.run_skerry('jobs', 'pause', 'default', '--type', 'project.create', expect=2)
        self.assertIn('--type', result.stderr)
        self.run_skerry('jobs', 'pause', '--type', 'project.create')
        self.assertIn('the type project.create is paused', self.explanation(self.first)['sentence'])
        self.run_skerry('jobs', 'pause', 'builds')
        self.assertEqual(len(json.loads(self.run_skerry('jobs', 'resume', '--json').stdout)), 2)
        self.assertEqual(self.explanation(self.first)['reason'], 'no_worker')

    def test_logs_are_read_by_offset_and_followed_to_the_end_of_the_job(self):
        following = self.start('jobs', 'logs', str(self.first), '--follow')
        self.assertIn('waits', following.stderr.readline())
        self.wait_for_all()
        out, _ = following.communicate(timeout=30)
        self.assertEqual(following.returncode, 0)
        self.assertIn('making the files of hello', out)
        self.assertEqual(self.run_skerry('jobs', 'logs', str(self.first)).stdout, out)

        lines = [json.loads(line) for line in
                 self.run_skerry('jobs', 'logs', str(self.first), '--json').stdout.splitlines()]
        self.assertEqual(lines[0]['offset'], 0)
        self.assertEqual(lines[0]['text'], 'making the files of hello')
        end = len(out.encode())
        self.assertEqual(self.run_skerry('jobs', 'logs', str(self.first), '--after', str(end)).stdout, '')
        last = self.run_skerry('jobs', 'logs', str(self.first), '-n', '1').stdout
        self.assertEqual(last, out.splitlines(keepends=True)[-1])
        self.run_skerry('jobs', 'logs', str(self.first), '--attempt', '2', expect=3)

    def write_log(self, *texts, first=''):
        """The job's log as if it had been written; the byte behind each line."""
        log = self.data / 'jobs' / f'{self.first}.log'
        log.parent.mkdir(exist_ok=True)
        lines = [f'2026-11-22T18:40:24.123Z {text}\n' for text in texts]
        log.write_text(first + ''.join(lines))
        return [sum(len(line) for line in lines[:count + 1]) for count in range(len(lines))]

    def test_logs_show_what_one_try_wrote(self):
        ends = self.write_log('one', 'failed', '[err] two')
        for lease, begin, end in ((1, 0, ends[0]), (3, ends[1], ends[2])):
            self.sql("insert into attempts values (?, ?, 'worker', 1, 2, 'failed', 'why', ?, ?)",
                     self.first, lease, begin, end)

        def texts(attempt):
            lines = self.run_skerry('jobs', 'logs', str(self.first), '--json', '--attempt', str(attempt)).stdout
            return [(line['source'], line['text']) for line in map(json.loads, lines.splitlines())]
        self.assertEqual(texts(1), [(None, 'one'), (None, 'failed')])
        self.assertEqual(texts(2), [('err', 'two')])
        self.run_skerry('jobs', 'logs', str(self.first), '--attempt', '3', expect=3)

    def test_logs_say_where_lines_are_gone(self):
        self.write_log('one', first='[host] log rotated after byte 1000\n')
        result = self.run_skerry('jobs', 'logs', str(self.first))
        self.assertEqual(result.stdout, '2026-11-22T18:40:24.123Z one\n')
        self.assertIn('gone', result.stderr)
        lines = self.run_skerry('jobs', 'logs', str(self.first), '--json').stdout.splitlines()
        self.assertEqual([json.loads(line).get('truncated') for line in lines], [True, None])
        self.assertEqual(json.loads(lines[1])['offset'], 1035)
        after = self.run_skerry('jobs', 'logs', str(self.first), '--json', '--after', '1035').stdout.splitlines()
        self.assertEqual(after, lines[1:])

    def test_a_follower_whose_reader_leaves_ends(self):
        following = self.start('jobs', 'logs', str(self.first), '--follow')
        self.assertIn('waits', following.stderr.readline())
        following.stdout.close()
        self.assertIn(following.wait(10), (0, 141))

    def test_show_tells_the_story_and_tree_the_chain(self):
        self.wait_for_all()
        story = self.json_of('jobs', 'show', str(self.first))
        self.assertEqual([attempt['number'] for attempt in story['attempts']], [1])
        self.assertEqual(story['attempts'][0]['outcome'], 'succeeded')
        self.assertEqual(story['explanation']['reason'], 'succeeded')
        self.assertEqual(len(story['children']), 1)

        trees = self.json_of('jobs', 'tree', 'hello')
        self.assertEqual([tree['id'] for tree in trees], [self.first])
        self.assertEqual(trees[0]['children'][0]['id'], story['children'][0])
        from_the_middle = self.json_of('jobs', 'tree', str(story['children'][0]))
        self.assertEqual(from_the_middle, trees)
        lines = self.run_skerry('jobs', 'tree', 'hello').stdout.splitlines()
        self.assertEqual([line.split('\t')[2] for line in lines[:2]], ['project.create', 'runtime.up'])
        self.run_skerry('jobs', 'tree', 'nope', expect=3)

    def test_cancel_says_which_of_three_it_was(self):
        def outcome(job, expect):
            return json.loads(self.run_skerry('jobs', 'cancel', str(job), '--json', expect=expect).stdout)[0]['outcome']
        self.assertEqual(outcome(self.first, 0), 'cancelled')
        self.assertEqual(outcome(self.first, 0), 'cancelled')
        done = json.loads(self.run_skerry('jobs', 'run', '--json', '--wait', '--', 'true').stdout)['id']
        self.assertEqual(outcome(done, 6), 'finished')
        self.assertEqual(self.explanation(self.first)['sentence'].split(', ')[-1], 'before it began')
        result = self.run_skerry('jobs', 'retry', str(self.first))
        self.assertIn('no worker runs', result.stderr)

    def test_run_now_makes_due_what_waits_for_its_time(self):
        in_an_hour = int(time.time() * 1000) + 3_600_000
        self.sql('update jobs set state = 0, run_at = ? where id = ?', in_an_hour, self.first)
        explanation = self.explanation(self.first)
        self.assertEqual(explanation['reason'], 'scheduled')
        self.assertEqual(explanation['hint'], f'skerry jobs run-now {self.first}')
        self.run_skerry('jobs', 'run-now', str(self.first))
        self.wait_for_all()
        self.run_skerry('jobs', 'run-now', str(self.first), expect=6)


class Explained(World):
    """With a real worker and real commands."""

    def reason(self, job):
        return self.json_of('jobs', 'explain', job)['reason']

    def run_command(self, *words):
        return self.run_skerry('jobs', 'run', *words).stdout.strip()

    def wait_for_reason(self, job, reason):
        wait_for(lambda: self.reason(job) == reason, 30, reason)

    def test_explain_knows_what_the_worker_is_at(self):
        worker = self.start('worker', '--concurrency', '1', '--queues', 'default')
        busy = self.run_command('--key', 'disk', '--', 'sleep', '600')
        self.wait_for_reason(busy, 'running')
        same_key = self.run_command('--key', 'disk', '--', 'true')
        explanation = self.json_of('jobs', 'explain', same_key)
        self.assertEqual((explanation['reason'], explanation['jobId']), ('key_busy', int(busy)))
        self.assertEqual(self.reason(self.run_command('--', 'true')), 'slots_busy')
        self.assertEqual(self.reason(self.run_command('--queue', 'builds', '--', 'true')), 'queue_not_served')
        self.assertEqual(self.reason(self.run_command('--delay', '1h', '--', 'true')), 'scheduled')

        self.run_skerry('jobs', 'cancel', busy)
        self.wait_for_reason(busy, 'cancelled')
        self.assertIn('while it ran', self.json_of('jobs', 'explain', busy)['sentence'])
        self.wait_for_reason(same_key, 'succeeded')
        worker.kill()
        worker.wait(10)
        self.assertIn('was killed', self.json_of('jobs', 'explain', self.run_command('--', 'true'))['sentence'])

    def test_each_try_at_a_job_has_its_part_of_the_log(self):
        job = self.run_command('--retries', '1', '--', 'sh', '-c', 'echo try $SKERRY_ATTEMPT; exit 3')
        self.start('worker')
        self.wait_for_reason(job, 'retrying')
        self.assertIn('try 2 of 2 begins in', self.json_of('jobs', 'explain', job)['sentence'])
        self.run_skerry('jobs', 'run-now', job)
        self.wait_for_reason(job, 'dead')
        self.assertIn('the last of 2 tries', self.json_of('jobs', 'explain', job)['sentence'])
        for number in (1, 2):
            lines = self.run_skerry('jobs', 'logs', job, '--json', '--attempt', str(number)).stdout.splitlines()
            said = [line['text'] for line in map(json.loads, lines) if line['source'] == 'out']
            self.assertEqual(said, [f'try {number}'])


if __name__ == '__main__':
    unittest.main()
