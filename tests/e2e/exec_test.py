"""Commands as jobs: what is typed is what runs, nothing runs twice at once, and nothing outlives its job."""
import json
import signal
import subprocess
import sys
import time
import unittest

from world import SKERRY, World, is_alive, wait_for

RUNNING = 2


class Exec(World):
    def setUp(self):
        super().setUp()
        self.folder = self.data / 'folder'
        self.folder.mkdir(parents=True)

    def run_job(self, *words, expect=0, **more):
        return self.run_skerry('jobs', 'run', *words, expect=expect, cwd=self.folder, **more)

    def log(self, job):
        return (self.data / 'jobs' / f'{job}.log').read_text()

    def wait_for_lines(self, name, count):
        file = self.folder / name
        return wait_for(lambda: file.exists() and len(file.read_text().split()) == count and file.read_text().split(),
                        20, f'{count} lines in {name}')

    def start_worker(self):
        worker = self.start('worker')
        wait_for(lambda: any((self.data / 'run').glob('worker-*.lock')), 10, 'the worker')
        return worker

    def test_the_words_behind_the_dashes_reach_the_command_as_they_are(self):
        words = ['-n', '--json', '--', '--wait', '', 'a b', '$HOME', "it's", '*', 'ü']
        script = self.folder / 'show.py'
        script.write_text('import json, sys; print(json.dumps(sys.argv[1:]))')
        result = self.run_job('--follow', '--', sys.executable, str(script), *words)
        self.assertEqual(json.loads(result.stdout), words)

    def test_follow_keeps_output_and_errors_apart(self):
        result = self.run_job('--follow', '--', 'sh', '-c', 'echo out; echo err >&2; pwd; exit 4', expect=13)
        self.assertEqual(result.stdout.splitlines(), ['out', str(self.folder.resolve())])
        self.assertIn('err\n', result.stderr)
        self.assertIn('exit code 4: err', result.stderr)
        lines = self.run_job('--follow', '--json', '--', 'sh', '-c', 'echo out; echo err >&2').stdout.splitlines()
        parsed = [json.loads(line) for line in lines]
        self.assertEqual({(line['source'], line['text']) for line in parsed if line['type'] == 'log'},
                         {('out', 'out'), ('err', 'err')})
        self.assertEqual((parsed[-1]['type'], parsed[-1]['outcome']), ('result', 'succeeded'))

    def test_follow_shows_lines_while_the_command_runs(self):
        process = self.start('jobs', 'run', '--follow', '--shell', '--cwd', str(self.folder), '--',
                             'echo first; while [ ! -e go ]; do sleep 0.01; done; echo last')
        self.assertEqual(process.stdout.readline(), 'first\n')
        (self.folder / 'go').touch()
        self.assertEqual(process.stdout.readline(), 'last\n')
        self.assertEqual(process.wait(20), 0)

    def test_wait_exits_with_what_became_of_the_job(self):
        job = json.loads(self.run_job('--wait', '--json', '--', 'sh', '-c', 'exit 3', expect=13).stdout)
        self.assertEqual((job['state'], job['outcome'], job['result']['exitCode']), ('failed', 'job_failed', 3))
        job = json.loads(self.run_job('--wait', '--json', '--', 'true').stdout)
        self.assertEqual((job['state'], job['result']), ('succeeded', {'exitCode': 0}))
        missing = self.run_job('--wait', '--retries', '5', '--', 'no-such-program', expect=13)
        self.assertIn('cannot start no-such-program: there is no such program', missing.stderr)
        late = self.run_job('--wait-timeout', '200ms', '--', 'sleep', '1000', expect=8)
        self.assertIn('skerry jobs cancel', late.stderr)

    def test_a_cancelled_job_is_exit_code_14_and_its_group_is_gone(self):
        process = self.start('jobs', 'run', '--wait', '--shell', '--cwd', str(self.folder), '--',
                             'echo $$ >> pids; sh -c "echo \\$\\$ >> pids; sleep 1000" & wait')
        pids = self.wait_for_lines('pids', 2)
        job = self.rows('select id from jobs')[0][0]
        self.run_skerry('jobs', 'cancel', str(job))
        wait_for(lambda: not any(is_alive(pid) for pid in pids), 5, 'the end of the group')
        self.assertEqual(process.wait(20), 14)

    def test_ctrl_c_leaves_the_job_and_pressed_twice_cancels_it(self):
        for presses, state in ((1, 'queued'), (2, 'cancelled')):
            with self.subTest(presses):
                process = self.start('jobs', 'run', '--wait', '--shell', '--cwd', str(self.folder), '--',
                                     'echo $$ >> pids; sleep 1000')
                pid = self.wait_for_lines('pids', presses)[-1]
                for _ in range(presses):
                    process.send_signal(signal.SIGINT)
                    if presses == 2:
                        time.sleep(0.1)  # two presses, and not one signal
                _, errors = process.communicate(timeout=20)
                self.assertEqual(process.returncode, 130, errors)
                self.assertFalse(is_alive(pid))
                job = self.json_of('jobs', 'list')[0]
                self.assertEqual(job['state'], state, errors)
                self.run_skerry('jobs', 'cancel', str(job['id']), expect=None)

    def test_a_group_that_ignores_term_is_killed(self):
        process = self.start('jobs', 'run', '--wait', '--shell', '--cwd', str(self.folder), '--',
                             'trap "" TERM; echo $$ >> pids; sh -c "echo \\$\\$ >> pids; sleep 1000" & '
                             'while :; do sleep 0.1; done')
        pids = self.wait_for_lines('pids', 2)
        self.run_skerry('jobs', 'cancel', '1')
        self.assertEqual(process.wait(30), 14)
        self.assertFalse(any(is_alive(pid) for pid in pids))

    def test_a_command_outlives_its_killed_worker_and_is_ended_before_it_is_run_again(self):
        worker = self.start_worker()
        script = ('exec 9>guard; flock -n 9 || echo twice >> twice; echo $$ >> pids; '
                  'sh -c "echo \\$\\$ >> pids; exec sleep 1000" & while [ ! -e go ]; do sleep 0.01; done')
        self.run_job('--shell', '--', script)
        first = self.wait_for_lines('pids', 2)
        worker.kill()
        worker.communicate()
        self.assertTrue(all(is_alive(pid) for pid in first))
        self.start_worker()
        self.wait_for_lines('pids', 4)
        self.assertFalse(any(is_alive(pid) for pid in first))
        (self.folder / 'go').touch()
        self.run_skerry('jobs', 'wait', '1')
        self.assertFalse((self.folder / 'twice').exists())
        self.assertIn('that an attempt before had left', self.log(1))
        self.assertEqual(list((self.data / 'run').glob('job-*')), [])

    def test_cancelling_a_job_whose_worker_was_killed_ends_its_command(self):
        worker = self.start_worker()
        self.run_job('--shell', '--', 'echo $$ >> pids; sleep 1000')
        pid, = self.wait_for_lines('pids', 1)
        worker.kill()
        worker.communicate()
        self.assertTrue(is_alive(pid))
        self.run_skerry('jobs', 'cancel', '1')
        self.assertFalse(is_alive(pid))

    def test_order_options(self):
        job = json.loads(self.run_job('--json', '--name', 'nightly', '--queue', 'slow', '--priority', '-5', '--retries',
                                      '2', '--timeout', '5m', '--delay', '1h', '--key', 'disk', '--env', 'A=1,2', '--env',
                                      'B=', '--input', 'x', '--', 'true').stdout)
        self.assertEqual([job[name] for name in ('name', 'queue', 'priority', 'maxAttempts', 'timeout', 'detailedState')],
                         ['nightly', 'slow', -5, 3, 300000, 'scheduled'])
        self.assertEqual(job['args']['environment'], ['A=1,2', 'B='])
        self.assertEqual(job['args']['folder'], str(self.folder.resolve()))
        self.assertGreater(job['runAt'], time.time() * 1000 + 3_500_000)
        self.run_job('--delay', '1h', '--at', '03:00', '--', 'true', expect=2)
        self.run_job('--at', 'soon', '--', 'true', expect=2)
        self.run_job('--timeout', '0s', '--', 'true', expect=2)
        self.run_job('--env', 'nothing', '--', 'true', expect=2)
        self.run_job('--cwd', '/nowhere/at/all', '--', 'true', expect=2)
        self.run_job('true', expect=2)
        self.run_job('--', expect=2)
        refused = subprocess.run([SKERRY, 'jobs', 'run', '--', 'echo', b'\xff'], env=self.environment,
                                 capture_output=True)
        self.assertEqual(refused.returncode, 2)
        self.assertIn(b'UTF-8', refused.stderr)

    def test_a_dedupe_key_gives_the_job_that_is_there(self):
        first = self.run_job('-q', '--dedupe-key', 'k', '--delay', '1h', '--', 'true').stdout
        second = json.loads(self.run_job('--json', '--dedupe-key', 'k', '--', 'false').stdout)
        self.assertEqual((str(second['id']), second['deduplicated']), (first.strip(), True))
        self.assertEqual(self.rows('select count(*) from jobs'), [(1,)])

    def test_standard_input_is_passed_on(self):
        with subprocess.Popen(['printf', 'one\ntwo'], stdout=subprocess.PIPE) as source:
            self.assertEqual(self.run_job('--follow', '--input', '-', '--', 'cat', stdin=source.stdout).stdout, 'one\ntwo\n')

    def test_a_registered_type_performs_jobs_in_another_language(self):
        handler = self.folder / 'handler.py'
        handler.write_text('''
import json, os, sys
payload = json.load(sys.stdin)
tell = os.fdopen(int(os.environ['SKERRY_FD']), 'w', buffering=1)
print(json.dumps({'progress': 0.5, 'message': 'half'}), file=tell)
print('working on', payload['file'], 'attempt', os.environ['SKERRY_ATTEMPT'])
if payload.get('broken'):
    print(json.dumps({'discard': 'it is no picture'}), file=tell)
    sys.exit(1)
if not os.path.exists('ready'):
    open('ready', 'w').close()
    print(json.dumps({'reschedule': '1s'}), file=tell)
    sys.exit(75)
print(json.dumps({'result': {'size': len(payload['file'])}}), file=tell)
''')
        self.run_skerry('jobs', 'types', 'add', 'assets.process', '--retries', '2', '--timeout', '5m', '--',
                        sys.executable, 'handler.py', cwd=self.folder)
        (self.folder / 'payload.json').write_text('{"file": "cat.png"}')
        with open(self.folder / 'payload.json') as payload:
            job = json.loads(self.run_skerry('jobs', 'add', 'assets.process', '-', '--wait', '--json', stdin=payload).stdout)
        self.assertEqual((job['type'], job['state'], job['attempt'], job['maxAttempts']),
                         ('assets.process', 'succeeded', 1, 3))
        self.assertEqual(job['result'], {'exitCode': 0, 'result': {'size': 7}})
        broken = self.run_skerry('jobs', 'add', 'assets.process', '{"file": "x", "broken": true}', '--wait', expect=13)
        self.assertIn('it is no picture', broken.stderr)

        self.assertEqual([row['name'] for row in self.json_of('jobs', 'types', 'list')], ['assets.process'])
        self.assertEqual(self.json_of('jobs', 'types', 'show', 'assets.process')['command'], [sys.executable, 'handler.py'])
        self.run_skerry('jobs', 'types', 'add', 'exec', '--', 'true', expect=6)
        self.run_skerry('jobs', 'types', 'add', 'Not A Name', '--', 'true', expect=2)
        self.run_skerry('jobs', 'add', 'exec', expect=2)
        self.run_skerry('jobs', 'add', 'assets.process', '{nonsense', expect=2)
        waiting = self.run_skerry('jobs', 'add', 'assets.process', '-q').stdout.strip()
        self.run_skerry('jobs', 'types', 'delete', 'assets.process')
        self.run_skerry('jobs', 'types', 'show', 'assets.process', expect=3)
        self.run_skerry('jobs', 'add', 'assets.process', expect=3)
        unknown = self.run_skerry('jobs', 'wait', waiting, expect=13)
        self.assertIn("no kind of job 'assets.process'", unknown.stderr)


if __name__ == '__main__':
    unittest.main()
