"""What a new user sees: scripts/demo."""
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Demo(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.temporary = pathlib.Path(folder.name)

    def run_demo(self, *arguments):
        return subprocess.run([ROOT / 'scripts/demo', *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=300, env={**os.environ, 'TMPDIR': str(self.temporary)})

    def test_shows_the_job_and_its_result_and_leaves_nothing(self):
        demo = self.run_demo()
        self.assertEqual(demo.returncode, 0, demo.stdout + demo.stderr)
        self.assertNotIn('Going to', demo.stdout, 'everything is there already: nothing may be installed')
        for shown in ('running', 'chat.turn.started', 'chat.turn.ended', 'diff --git', 'http://127.0.0.1:',
                      'hello from skerry', 'Try next', 'From prompt to done'):
            self.assertIn(shown, demo.stdout)
        self.assertNotIn('\x1b', demo.stdout, 'no colours in a pipe')
        self.assertEqual(list(self.temporary.iterdir()), [], 'the temporary folder is empty again')

    def test_refuses_an_unknown_option(self):
        demo = self.run_demo('--no-such-option')
        self.assertEqual(demo.returncode, 1)
        self.assertIn('error: unknown option', demo.stderr)
        self.assertEqual(demo.stdout, '')
