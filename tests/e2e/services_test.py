"""The services of a project, and commands beside them, in the sandbox and on the host. In containers: docker_test.py."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import unittest

from world import SKERRY, World, wait_for


def is_free(file):
    """Whether nobody holds the lock on that file."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def screen_of(shown, rows, columns):
    """The lines that stand on a terminal in the end."""
    lines, row, wraps = [''], 0, True
    for piece in re.findall(r'\x1b\[[?\d]*[A-Za-z]|\n|[^\x1b\n]+', shown):
        if piece in ('\x1b[?7l', '\x1b[?7h'):
            wraps = piece.endswith('h')
        elif piece == '\n':
            row += 1
            lines.extend([''] * (row + 1 - len(lines)))
        elif piece.endswith('A') and piece[0] == '\x1b':
            # What has left it at its top cannot be reached any more.
            row = max(row - int(piece[2:-1]), len(lines) - rows, 0)
        elif piece == '\x1b[J':
            del lines[row:]
            lines.append('')
        elif piece[0] != '\x1b':
            assert not wraps or len(lines[row] + piece) <= columns, f'{piece} does not fit into {columns} columns'
            lines[row] = (lines[row] + piece)[:columns]
    assert wraps, 'the terminal is not as it was'
    return lines


class Services(World):
    def assert_nothing_is_left_of_a_command_ended_by(self, number):
        begun, held = (self.data / 'projects' / 'hello' / name for name in ('begun', 'held'))
        begun.unlink(missing_ok=True)
        process = self.start('projects', 'exec', 'hello', '--', 'sh', '-c',
                             'exec 9>held; flock 9; setsid sleep 1000 & touch begun; sleep 1000')
        wait_for(begun.exists, what='the command runs')
        process.send_signal(number)
        self.assertEqual(process.wait(30), 128 + number)
        with open(held) as file:
            wait_for(lambda: is_free(file), 30, 'all that it started is gone')

    def on_a_terminal(self, *words, keys=b'', after='', times=1, rows=33, columns=77):
        """Runs a command on a terminal of its own, types `keys` once it has shown `after` that often, and gives its
        exit code and all that it showed."""
        outer, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
        process = subprocess.Popen([SKERRY, *words], env=self.environment, stdin=inner, stdout=inner, stderr=inner,
                                   start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self.started.append(process)
        before = termios.tcgetattr(inner)
        shown = b''
        while process.poll() is None or select.select([outer], [], [], 0)[0]:
            if select.select([outer], [], [], 0.05)[0]:
                shown += os.read(outer, 4096)
            if keys and shown.count(after.encode()) >= times:
                os.write(outer, keys)
                keys = b''
        self.assertEqual(termios.tcgetattr(inner)[3], before[3], 'the terminal is not as it was')
        os.close(inner)
        os.close(outer)
        return process.returncode, shown.decode().replace('\r\n', '\n')

    def test_ps_lists_what_runs(self):
        self.create('say: hello')
        rows = {row['name']: row for row in self.json_of('projects', 'ps', 'hello')}
        self.assertEqual(set(rows), {'app', 'agent', 'model'})
        self.assertEqual({row['state'] for row in rows.values()}, {'running'})
        self.assertEqual({row['trouble'] for row in rows.values()}, {None})
        self.assertEqual(rows['app']['pid'], self.service_pid('app'))
        self.assertEqual(self.run_skerry('projects', 'ps', 'hello', '-q').stdout.split(), ['model', 'agent', 'app'])
        self.run_skerry('projects', 'stop', 'hello', '--wait')
        self.assertEqual(self.json_of('projects', 'ps', 'hello'), [])
        self.run_skerry('projects', 'ps', 'no-such', expect=3)

    def test_exec_hands_on_input_outputs_and_exit_code(self):
        self.create('say: hello')
        for runs in (True, False):
            answer = self.run_skerry('projects', 'exec', 'hello', '--', 'sh', '-c', 'pwd; cat; echo wrong >&2; exit 9',
                                     expect=9, stdin=None, input='typed\n')
            self.assertEqual(answer.stdout, f'{self.project()["path"]}\ntyped\n')
            self.assertEqual(answer.stderr, 'wrong\n')
            if runs:
                self.run_skerry('projects', 'stop', 'hello', '--wait')
        self.run_skerry('projects', 'exec', 'hello', '--', 'no-such-program', expect=3)
        self.run_skerry('projects', 'exec', 'hello', expect=2)
        self.run_skerry('projects', 'exec', 'hello', '--service', 'model', '--', 'true', expect=2)
        self.assertEqual(self.run_skerry('projects', 'exec', 'hello', '--', 'sh', '-c', 'kill -9 $$', expect=137).stdout, '')

    def test_exec_is_in_the_fence(self):
        self.create('say: hello')
        self.run_skerry('projects', 'exec', 'hello', '--', 'test', '!', '-e', str(self.data / 'skerry.db'))
        self.run_skerry('projects', 'exec', 'hello', '--', 'sh', '-c', 'echo $PORT >port')
        self.assertEqual((self.data / 'projects' / 'hello' / 'port').read_text(), f'{self.project()["appPort"]}\n')
        self.run_skerry('projects', 'exec', 'hello', '--service', 'agent', '--', 'sh', '-c',
                        'test -n "$OPENCODE_SERVER_PASSWORD"')

    def test_exec_gives_a_terminal_of_its_own_where_there_is_one(self):
        self.create('say: hello')
        code, shown = self.on_a_terminal('projects', 'exec', 'hello', '--', 'sh', '-c',
                                         'test -t 0 && echo on </dev/tty && stty size; exit 5')
        self.assertEqual((code, shown), (5, 'on\n33 77\n'))
        code, shown = self.on_a_terminal('projects', 'exec', 'hello', '--', 'sh', '-c', 'read line; echo "got $line"',
                                         keys=b'words\n')
        self.assertEqual(code, 0)
        self.assertIn('got words', shown)
        # Ctrl-C is for what runs inside.
        code, shown = self.on_a_terminal('projects', 'exec', 'hello', '--', 'sh', '-c',
                                         "trap 'echo caught; exit 4' INT; echo ready; while :; do sleep 0.1; done",
                                         keys=b'\x03', after='ready')
        self.assertEqual(code, 4)
        self.assertIn('caught', shown)

    def test_a_signal_ends_the_command_and_all_it_started(self):
        self.create('say: hello')
        for runs in (True, False):
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                with self.subTest(runs=runs, number=number):
                    self.assert_nothing_is_left_of_a_command_ended_by(number)
            if runs:
                self.run_skerry('projects', 'stop', 'hello', '--wait')

    def test_what_is_used_is_shown_in_its_place_until_ctrl_c(self):
        self.create('say: hello', 'a-name-that-is-rather-long')
        for rows, columns in ((33, 77), (33, 40), (4, 77)):
            with self.subTest(rows=rows, columns=columns):
                code, shown = self.on_a_terminal('projects', 'stats', '--follow', keys=b'\x03',
                                                 after='SERVICE', times=3, rows=rows, columns=columns)
                self.assertEqual(code, 130)
                lines = screen_of(shown, rows, columns)
                self.assertEqual(sum('SERVICE' in line for line in lines), 1, lines)
                if rows > 4:
                    self.assertEqual(sum(line.startswith('a-n') for line in lines), 3, lines)
                else:
                    self.assertIn('and 2 more', lines)

    def test_exec_runs_on_the_host_where_the_project_does(self):
        self.create('say: hello', 'hello', '--runtime', 'host')
        self.assertEqual(self.run_skerry('projects', 'exec', 'hello', '--', 'pwd').stdout, self.project()['path'] + '\n')
        self.assertEqual(self.on_a_terminal('projects', 'exec', 'hello', '--', 'test', '-t', '0')[0], 0)

    def test_a_runtime_that_was_asked_for_is_told(self):
        self.create('say: hello')
        self.assertEqual(self.project()['runtimeReason'], 'as the settings say')
        self.assertIn('sandbox (as the settings say)', self.run_skerry('projects', 'show', 'hello').stdout)

    def test_an_override_needs_a_person_and_a_file(self):
        self.create('say: hello')
        self.assertIn('no compose.override.yaml', self.run_skerry('projects', 'trust', 'hello', expect=3).stderr)
        file = self.data / 'projects' / 'hello' / 'compose.override.yaml'
        file.write_text('services: {}\n')
        self.assertEqual(self.json_of('projects', 'trust', 'hello')['path'], str(file))
        self.run_skerry('projects', 'exec', 'hello', '--', 'test', '-f', 'compose.override.yaml')


if __name__ == '__main__':
    unittest.main()
