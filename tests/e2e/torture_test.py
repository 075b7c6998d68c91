"""A short torture of real workers and commands: see tests/torture/torture.py, which can go on for hours."""
import os
import pathlib
import subprocess
import sys
import unittest

from world import SKERRY

TORTURE = pathlib.Path(__file__).resolve().parents[1] / 'torture' / 'torture.py'


class Torture(unittest.TestCase):
    def test_workers_and_commands_that_are_killed_and_stopped_at_random_do_nothing_wrong(self):
        result = subprocess.run([sys.executable, TORTURE, '--seconds', '25'], env=dict(os.environ, SKERRY=SKERRY),
                                capture_output=True, text=True, timeout=400, stdin=subprocess.DEVNULL)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        print(', '.join(line.strip() for line in result.stdout.splitlines()[1:-1]))


if __name__ == '__main__':
    unittest.main()
