"""The measuring programs work; what they measure is no test's business."""
import json
import math
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEYS = ['bench', 'case', 'system', 'unit', 'median', 'min', 'max', 'n']
CASES = {'enqueue-normal', 'enqueue-full', 'enqueue-batch', 'drain', 'pickup-p50', 'pickup-p99', 'pickup-full-p50',
         'growth-nothing', 'growth-pending', 'growth-finished', 'growth-scheduled', 'growth-blocked', 'idle-cpu',
         'idle-wakeups', 'idle-pss', 'cancel-p50', 'cancel-p99', 'death-p50', 'death-max'}


class Bench(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='skerry-bench-'))
        self.addCleanup(shutil.rmtree, self.folder)

    def bench(self, *words):
        return subprocess.run([ROOT / 'scripts' / 'bench', *words], capture_output=True, text=True, timeout=600,
                              stdin=subprocess.DEVNULL, env=dict(os.environ, NO_COLOR='1'))

    def test_every_case_of_the_queue_is_measured_and_written(self):
        file = self.folder / 'figures.json'
        result = self.bench('queue', '--quick', '--json', str(file))
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        rows = json.loads(file.read_text())
        for row in rows:
            self.assertEqual(list(row), KEYS)
            self.assertEqual((row['bench'], row['n']), ('queue', 1))
            self.assertIn(row['system'], ('skerry', 'skerry-64', 'limit', 'limit-one', 'limit-two'))
            self.assertTrue(all(math.isfinite(row[key]) for key in ('median', 'min', 'max')), row)
        self.assertLessEqual(CASES, {row['case'] for row in rows if row['system'] == 'skerry'})
        self.assertIn('enqueue-normal', result.stdout)

    def test_the_log_is_measured_and_no_delta_is_lost(self):
        file = self.folder / 'figures.json'
        result = self.bench('log', '--quick', '--json', str(file))
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertLessEqual({'all-cpu-of-machine', 'late-p99'}, {row['case'] for row in json.loads(file.read_text())})

    def test_the_life_of_projects_is_measured(self):
        file = self.folder / 'figures.json'
        result = self.bench('projects', '--quick', '--runtime', 'sandbox', '--json', str(file))
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        rows = json.loads(file.read_text())
        for row in rows:
            self.assertEqual(list(row), KEYS)
            self.assertEqual((row['bench'], row['system'], row['n']), ('projects', 'sandbox', 1))
        self.assertLessEqual({f'{group}-{what}' for group in ('one', 'many')
                              for what in ('create', 'ps-p50', 'show-p99', 'stop', 'start', 'delete')},
                             {row['case'] for row in rows if row['median'] > 0})

    def measure_server(self, *cases):
        file = self.folder / 'figures.json'
        words = [word for case in cases for word in ('--case', case)]
        result = self.bench('http', '--quick', *words, '--json', str(file))
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        rows = json.loads(file.read_text())
        for row in rows:
            self.assertEqual(list(row), KEYS)
            self.assertEqual((row['bench'], row['system'], row['n']), ('http', 'skerry', 1))
        return {row['case'] for row in rows if row['median'] > 0}

    @unittest.skipUnless(shutil.which('wrk'), 'there is no wrk here')
    def test_the_server_is_measured_under_load(self):
        self.assertLessEqual({'get', 'get-p99', 'list', 'list-p99', 'write', 'write-p99'},
                             self.measure_server('get', 'list', 'write'))

    def test_the_server_is_measured_with_streams(self):
        self.assertLessEqual({'streams-20-p50', 'streams-20-p99', 'streams-20-rss', 'streams-20-threads'},
                             self.measure_server('streams'))

    def test_one_case_is_measured_alone(self):
        file = self.folder / 'figures.json'
        result = self.bench('queue', '--quick', '--case', 'drain', '--rounds', '2', '--json', str(file))
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        rows = json.loads(file.read_text())
        self.assertEqual({row['case'] for row in rows}, {'drain'})
        self.assertEqual({row['n'] for row in rows}, {2})

    def test_an_unknown_case_is_told(self):
        result = self.bench('queue', '--case', 'dreams')
        self.assertEqual(result.returncode, 2)
        self.assertIn('no such case: dreams', result.stderr)


if __name__ == '__main__':
    unittest.main()
