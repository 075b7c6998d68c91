"""What turns change: commits, differences, taking back and bringing back; checks and repairs."""
import json
import os
import subprocess
import unittest

from world import World, wait_for

ONCE_BROKEN = 'test -e .checked || { touch .checked; echo the test said no; exit 3; }'


class History(World):
    def setUp(self):
        super().setUp()
        self.create('write file a.txt: one')

    def prompt(self, text, *more, expect=0):
        lines = self.run_skerry('sessions', 'prompt', 'hello', text, '--wait', '--json', *more, expect=expect).stdout
        return json.loads(lines)

    def git(self, *words):
        return subprocess.run(['git', *words], cwd=self.data / 'projects' / 'hello', check=True, capture_output=True,
                              text=True).stdout

    def file(self, name):
        file = self.data / 'projects' / 'hello' / name
        return file.read_text() if file.exists() else None

    def test_every_turn_is_a_commit_that_can_be_seen_taken_back_and_brought_back(self):
        self.prompt('edit file a.txt: one => two')
        (self.data / 'projects' / 'hello' / 'mine.txt').write_text('mine\n')
        last = self.prompt('write file b.txt: new')
        self.assertEqual(last['filesChanged'], ['b.txt'])
        self.assertEqual(self.git('log', '--format=%an: %s', '-4').splitlines(),
                         ['skerry: write file b.txt: new', 'skerry: Changes between turns',
                          'skerry: edit file a.txt: one => two', 'skerry: write file a.txt: one'])
        self.assertEqual(last['turn']['commitAfter'], self.git('rev-parse', 'HEAD').strip())
        self.run_skerry('projects', 'stop', 'hello', '--wait')  # none of what follows needs the agent

        self.assertIn('+new', self.run_skerry('sessions', 'diff', 'hello').stdout)
        [file] = self.json_of('sessions', 'diff', 'hello', '--stat')['files']
        self.assertEqual(file, {'path': 'b.txt', 'status': 'added', 'additions': 1, 'deletions': 0})
        first, second, third = self.turns()
        self.assertIn('-one', self.run_skerry('sessions', 'diff', 'hello', second['id']).stdout)

        self.run_skerry('sessions', 'undo', 'hello')
        self.assertIsNone(self.file('b.txt'))
        self.run_skerry('sessions', 'undo', 'hello')
        self.assertEqual((self.file('a.txt'), self.file('mine.txt')), ('one\n', 'mine\n'))
        self.run_skerry('sessions', 'redo', 'hello')
        self.assertEqual(self.file('a.txt'), 'two\n')
        refused = self.run_skerry('sessions', 'undo', 'hello', first['id'], expect=6)
        self.assertIn('a.txt', refused.stderr)
        self.run_skerry('sessions', 'redo', 'hello')
        self.assertEqual(self.file('b.txt'), 'new\n')
        self.run_skerry('sessions', 'redo', 'hello', expect=3)
        self.assertEqual(self.git('status', '--short'), '')
        self.assertEqual([turn['undoneBy'] for turn in self.turns()], [None, None, None])

    def test_history_says_why_it_has_no_commit(self):
        lock = self.data / 'projects' / 'hello' / '.git' / 'index.lock'
        lock.touch()
        blocked = self.prompt('write file locked.txt: yes')
        self.assertIsNone(blocked['turn']['commitAfter'])
        [told] = [row['payload'] for row in self.events() if row['type'] == 'chat.diagnostic']
        self.assertEqual(told['class'], 'history')
        self.assertIn('index.lock', told['message'])
        os.utime(lock, (0, 0))
        self.assertIsNotNone(self.prompt('write file free.txt: yes')['turn']['commitAfter'])

        self.prompt('run: git init -q in && cd in && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x')
        *_, told = [row['payload']['message'] for row in self.events() if row['type'] == 'chat.diagnostic']
        self.assertIn("'in' is a git repository of its own", told)

        self.prompt('run: rm -rf .git')
        first = self.turns()[0]['id']
        for verb in ('diff', 'undo'):
            self.assertIn('no longer in', self.run_skerry('sessions', verb, 'hello', first, expect=6).stderr)

        session = self.json_of('sessions', 'list', 'hello')[0]['id']
        self.run_skerry('projects', 'delete', 'hello', '--yes', '--wait')
        for words in (('fork',), ('diff',), ('undo',)):
            self.assertIn('deleted', self.run_skerry('sessions', *words, session, expect=6).stderr)

    def test_an_aborted_turn_has_its_commit_and_what_it_used(self):
        steps = [{'tool': 'write', 'args': {'filePath': 'half.txt', 'content': 'half'}},
                 {'tool': 'bash', 'args': {'command': 'touch .reached; sleep 60', 'description': 'a nap'}}]
        self.start('worker')
        self.run_skerry('sessions', 'prompt', 'hello', f'steps: {json.dumps(steps)}')
        wait_for(lambda: self.file('.reached') is not None, what='the second step')
        self.run_skerry('sessions', 'abort', 'hello')
        turn = wait_for(lambda: [one for one in self.turns() if one['state'] == 'cancelled'], what='the end')[0]
        self.assertEqual((turn['reason'], turn['filesChanged']), ('aborted', ['.reached', 'half.txt']))
        self.assertGreater(turn['tokens']['input'], 0)
        self.assertIn('+half', self.run_skerry('sessions', 'diff', 'hello').stdout)
        self.run_skerry('sessions', 'undo', 'hello')
        self.assertIsNone(self.file('half.txt'))

        check = 'touch .checking; sleep 60'
        self.run_skerry('sessions', 'prompt', 'hello', 'write file whole.txt: yes', '--check', check)
        wait_for(lambda: self.file('.checking') is not None, what='the check')
        self.run_skerry('sessions', 'abort', 'hello')
        wait_for(lambda: self.turns()[-1]['state'] == 'cancelled', what='the end')
        self.assertEqual(self.turns()[-1]['filesChanged'], ['whole.txt'])

    def test_a_check_decides_and_its_failure_can_be_fed_back(self):
        good = self.prompt('write file c.txt: yes', '--check', 'test -e c.txt && test -n "$PORT" && echo fine')
        self.assertEqual(good['turn']['check']['exitCode'], 0)
        self.assertIn('check: fine', self.run_skerry('jobs', 'logs', str(good['jobId'])).stdout)

        bad = self.prompt('write file d.txt: yes', '--check', 'echo the test said no; exit 3', expect=10)
        self.assertEqual((bad['outcome'], bad['reason'], bad['turn']['check']['exitCode']),
                         ('failed', 'check_failed', 3))
        self.assertIn('the check failed: exit code 3: the test said no', bad['error'])
        self.assertNotIn('the agent ended', bad['error'])
        self.assertEqual(bad['check'], bad['turn']['check'])

        repaired = self.prompt('write file e.txt: yes', '--check', ONCE_BROKEN, '--fix', '2')
        self.assertEqual((repaired['outcome'], repaired['turn']['origin']), ('completed', 'fix'))
        *_, failed, repair = self.turns()
        self.assertEqual(repaired['filesChanged'], ['e.txt', 'index.html'])
        self.assertEqual((repaired['turnId'], repaired['turnIds']), (failed['id'], [failed['id'], repair['id']]))
        self.assertEqual((repaired['seqFrom'], repaired['seqTo']), (failed['seqFrom'], repair['seqTo']))
        for what in ('input', 'output'):
            self.assertEqual(repaired['tokens'][what], failed['tokens'][what] + repair['tokens'][what])
        self.assertEqual(repaired['check']['exitCode'], 0)
        self.assertEqual((failed['state'], repair['followsTurnId']), ('failed', failed['id']))
        self.assertIn('the test said no', repair['prompt'])
        hopeless = self.prompt('write file f.txt: yes', '--check', 'exit 1', '--fix', '1', expect=10)
        self.assertEqual(hopeless['reason'], 'check_failed')
        self.assertEqual([turn['origin'] for turn in self.turns()][-2:], ['person', 'fix'])
        self.assertIn('--check', self.run_skerry('sessions', 'prompt', 'hello', 'x', '--fix', '1', expect=2).stderr)

    def test_without_changes_there_is_nothing_to_show_or_take_back(self):
        self.run_skerry('projects', 'create', '--name', 'empty', '--model', 'demo/scripted', '--wait')
        self.run_skerry('sessions', 'prompt', 'empty', 'say: hello', '--wait')
        for verb in ('diff', 'undo', 'redo'):
            self.run_skerry('sessions', verb, 'empty', expect=3)


if __name__ == '__main__':
    unittest.main()
