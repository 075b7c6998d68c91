#!/usr/bin/env python3
"""Runs the tests from the outside: every tests/e2e/*_test.py, against the built program and the real OpenCode.

    tests/e2e/run.py                    all of them
    tests/e2e/run.py WORD...            those whose name has one of the words

SKERRY names the program (build/skerry when unset). The last line is "N passed, N failed, N skipped".
"""
import os
import pathlib
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


class Result(unittest.TextTestResult):
    """Says each test's name and how long it took, and counts what passed."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.passed = 0

    def startTest(self, test):
        self.begun = time.monotonic()
        super().startTest(test)

    def addSuccess(self, test):
        self.passed += 1
        super().addSuccess(test)

    def stopTest(self, test):
        super().stopTest(test)
        self.stream.writeln(f'    {time.monotonic() - self.begun:.1f} s')


def tests_in(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from tests_in(item)
        else:
            yield item


def main():
    os.environ.setdefault('SKERRY', str(ROOT / 'build' / 'skerry'))
    sys.dont_write_bytecode = True
    found = list(tests_in(unittest.defaultTestLoader.discover(str(HERE), pattern='*_test.py')))
    words = sys.argv[1:]
    # A file that cannot be loaded is a test that fails, whatever was asked for.
    wanted = [test for test in found
              if not words or any(word in test.id() for word in words) or test.id().startswith('unittest.loader')]
    runner = unittest.TextTestRunner(stream=sys.stdout, verbosity=2, resultclass=Result)
    result = runner.run(unittest.TestSuite(wanted))
    # A test counts once, however much of it went wrong.
    wrong = [test for test, _ in result.failures + result.errors] + result.unexpectedSuccesses
    failed = len({getattr(test, 'test_case', test).id() for test in wrong})
    skipped = len(result.skipped)
    passed = result.passed + len(result.expectedFailures)
    print(f'{passed} passed, {failed} failed, {skipped} skipped', flush=True)
    return failed > 0 or not result.wasSuccessful() or passed == 0


if __name__ == '__main__':
    sys.exit(main())
