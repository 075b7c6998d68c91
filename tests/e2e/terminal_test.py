"""What a person sees who sits at a terminal."""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
import unittest

from world import SKERRY, World


class AtTerminal(World):
    def at_terminal(self, *words, answer='', columns=80, **environment):
        """Runs a command on a terminal of its own, types `answer` when it asks; exit code and what was shown."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
        settings = dict(self.environment, TERM='xterm', LC_ALL='C.UTF-8', **environment)
        process = subprocess.Popen([SKERRY, *words], stdin=slave, stdout=slave, stderr=slave, env=settings,
                                   start_new_session=True)
        os.close(slave)
        shown, deadline = b'', time.monotonic() + 60
        while time.monotonic() < deadline:
            ready, _, _ = select.select([master], [], [], 1)
            if not ready:
                continue
            try:
                part = os.read(master, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
            if answer and shown.endswith(b'[y/N] '):
                os.write(master, answer.encode())
                answer = ''
        os.close(master)
        return process.wait(10), shown.decode().replace('\r\n', '\n')

    def setUp(self):
        super().setUp()
        self.json_of('projects', 'create', '--name', 'a rather long name for a project', '--model', 'demo/scripted')

    def test_a_list_is_a_table_with_a_header_that_fits_the_terminal(self):
        code, shown = self.at_terminal('projects', 'list', columns=90)
        lines = shown.splitlines()
        self.assertEqual(code, 0)
        self.assertTrue(lines[0].startswith('PROJECT'), lines)
        self.assertIn(' ago', lines[1])
        self.assertLessEqual(max(len(line) for line in lines), 90)

    def test_colours_are_shown_unless_they_are_unwanted(self):
        colours = re.compile('\x1b\\[[0-9]+m')
        environment = dict(self.environment)
        self.environment.pop('NO_COLOR')
        self.assertRegex(self.at_terminal('projects', 'list')[1], colours)
        self.assertNotRegex(self.at_terminal('projects', 'list', '--color', 'never')[1], colours)
        self.assertRegex(self.at_terminal('projects', 'show', 'nope')[1], colours)
        self.assertNotRegex(self.at_terminal('projects', 'show', 'nope', '--color=never')[1], colours)
        self.environment = environment
        self.assertNotRegex(self.at_terminal('projects', 'list')[1], colours)

    def test_deleting_asks_and_takes_no_for_an_answer(self):
        slug = self.json_of('projects', 'list')[0]['slug']
        code, shown = self.at_terminal('projects', 'delete', slug, answer='n\n')
        self.assertEqual(code, 5)
        self.assertIn('nothing was done', shown)
        self.assertEqual(self.project(slug)['status'], 'created')
        code, _ = self.at_terminal('projects', 'delete', slug, '--wait', answer='y\n')
        self.assertEqual(code, 0)
        self.assertEqual(self.json_of('projects', 'list'), [])


class Streams(World):
    def test_a_closed_output_is_an_error_and_nothing_is_written_elsewhere(self):
        for closed in ('>&-', '2>&-', '<&- >&- 2>&-'):
            with self.subTest(closed):
                subprocess.run(f'{SKERRY} projects create --name x --model demo/scripted {closed}', shell=True,
                               env=self.environment, timeout=60)
                self.assertEqual(self.rows('pragma integrity_check'), [('ok',)])

    def test_a_completion_names_what_is_there(self):
        self.json_of('projects', 'create', '--name', 'hello', '--model', 'demo/scripted')
        offered = self.run_skerry('__complete', '--', 'projects', 'show', 'he').stdout
        self.assertEqual(offered, 'hello\tcreated\n')
        script = self.run_skerry('completion', 'bash').stdout
        program = os.path.dirname(SKERRY)
        answer = subprocess.run(
            ['bash', '-c', script + '\nCOMP_WORDS=(skerry projects show he); COMP_CWORD=3; _skerry; echo "${COMPREPLY[*]}"'],
            env=dict(self.environment, PATH=program + ':' + self.environment['PATH']), capture_output=True, text=True)
        self.assertEqual(answer.stdout, 'hello\n', answer.stderr)


if __name__ == '__main__':
    unittest.main()
