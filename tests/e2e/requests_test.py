"""What agents ask, and how far a turn may go: policies, answers, limits, the result that scripts see."""
import json
import unittest

from world import World, wait_for


class Requests(World):
    """One project that asks, for all that leaves it as it was."""

    def setUp(self):
        super().setUp()
        self.run_skerry('projects', 'create', '--name', 'hello', '--model', 'demo/scripted', '--on-permission', 'ask',
                        '--wait')

    def prompt(self, text, *more, expect=0):
        return self.run_skerry('sessions', 'prompt', 'hello', text, '--wait', *more, expect=expect)

    def result(self, text, *more, expect=0):
        """The result as scripts see it: one line of JSON, and nothing else."""
        lines = self.prompt(text, *more, '--json', expect=expect).stdout.splitlines()
        self.assertEqual(len(lines), 1)
        result = json.loads(lines[0])
        self.assertEqual(result['type'], 'result')
        return result

    def pending(self, *words):
        return self.json_of('sessions', 'pending', *words)

    def file(self, name):
        return self.data / 'projects' / 'hello' / name

    def test_no_run_hangs_on_a_question_nobody_sees(self):
        waiting = self.prompt('write file asked.txt: yes', expect=11)
        self.assertFalse(self.file('asked.txt').exists())
        [request] = self.pending('hello')
        self.assertEqual((request['kind'], request['state'], request['title']), ('permission', 'open', 'asked.txt'))
        self.assertEqual(self.turns()[0]['state'], 'needs_input')
        behind = self.prompt('say: later', expect=11)
        self.assertIn('an earlier prompt is in the way', behind.stderr)
        self.assertIn(request['id'], behind.stderr)
        [_, command] = waiting.stderr.split("'skerry ")
        self.run_skerry(*command.split("'")[0].split())  # the very command that the message names
        self.assertEqual(self.pending(), [])
        self.run_skerry('jobs', 'wait', str(self.json_of('jobs', 'list')[0]['id']))
        self.assertEqual(self.turns()[0]['state'], 'completed')
        self.assertEqual(self.file('asked.txt').read_text(), 'yes\n')
        self.assertEqual(self.times_sent('asked.txt'), 1)
        told = [row['type'] for row in self.events() if row['type'].startswith('chat.permission.')]
        self.assertEqual(told, ['chat.permission.requested', 'chat.permission.resolved'])
        again = self.run_skerry('sessions', 'answer', 'hello', request['id'], 'once', expect=6)
        self.assertIn('was answered before', again.stderr)

    def test_a_question_is_answered_by_number_or_words_and_a_wrong_answer_names_the_right_ones(self):
        result = self.result('ask question', expect=11)
        self.assertEqual(result['outcome'], 'needs_input')
        [request] = self.pending()
        self.assertEqual(request['kind'], 'question')
        labels = [option['label'] for option in request['questions'][0]['options']]
        answer = ('sessions', 'answer', 'hello', request['id'])
        for words, what in ((('--choice', '9'), labels[0]), (('--choice', '1', '--choice', '2'), 'once for each'),
                            (('once',), 'by a choice'), ((), 'no answer')):
            self.assertIn(what, self.run_skerry(*answer, *words, expect=2).stderr)
        self.assertEqual(self.pending()[0]['state'], 'open')
        self.run_skerry('sessions', 'answer', 'hello', 'que_nothing', '--choice', '1', expect=3)
        self.run_skerry(*answer, '--choice', '2')
        self.run_skerry('jobs', 'wait', str(self.json_of('jobs', 'list')[0]['id']))
        [resolved] = [row for row in self.events() if row['type'] == 'chat.question.resolved']
        self.assertEqual(resolved['payload']['answers'], [[labels[1]]])

    def test_a_worker_killed_while_the_agent_waits_loses_neither_the_question_nor_the_answer(self):
        worker = self.start('worker')
        self.run_skerry('sessions', 'prompt', 'hello', 'write file kept.txt: yes')
        wait_for(self.pending, what='the request')
        worker.kill()
        worker.wait()
        self.run_skerry('sessions', 'answer', 'hello', self.pending()[0]['id'], 'once')
        self.start('worker')
        wait_for(lambda: self.turns()[0]['state'] == 'completed', what='the end of the turn')
        self.assertEqual(self.file('kept.txt').read_text(), 'yes\n')
        self.assertEqual(self.times_sent('kept.txt'), 1)
        seqs = [row['seq'] for row in self.events()]
        self.assertEqual(seqs, sorted(set(seqs)))
        self.assertEqual(sum(1 for row in self.events() if row['type'] == 'chat.permission.requested'), 1)

    def test_an_aborted_turn_leaves_nothing_to_answer(self):
        self.start('worker')
        self.run_skerry('sessions', 'prompt', 'hello', 'write file never.txt: no')
        wait_for(self.pending, what='the request')
        [request] = self.pending()
        self.run_skerry('sessions', 'abort', 'hello')
        wait_for(lambda: self.turns()[0]['state'] == 'cancelled', what='the end of the turn')
        self.assertEqual(self.pending(), [])
        late = self.run_skerry('sessions', 'answer', 'hello', request['id'], 'once', expect=6)
        self.assertIn('no longer asked for', late.stderr)

    def test_what_an_aborted_turn_asked_for_is_never_done_and_holds_up_no_later_one(self):
        self.prompt('run: touch stale.txt', expect=11)
        self.run_skerry('sessions', 'abort', 'hello')
        wait_for(lambda: self.turns()[0]['state'] == 'cancelled', what='the end of the turn')
        later = self.result('slow 3', '--on-permission', 'allow')
        self.assertEqual((later['outcome'], later['filesChanged']), ('completed', []))
        self.assertFalse(self.file('stale.txt').exists())
        self.assertEqual(self.result('say: fine', '--on-permission', 'fail')['outcome'], 'completed')
        self.assertEqual(self.pending(), [])

    def test_what_sub_agents_do_counts(self):
        allow = ('--on-permission', 'allow')
        self.run_skerry('projects', 'set', 'hello', '--on-permission', 'allow')
        alone = self.result('say: hello', *allow)
        shared = self.result('subtask: loop 3', *allow)
        self.assertGreater(shared['tokens']['input'], 4 * alone['tokens']['input'])
        over = self.result('subtask: loop 50', *allow, '--max-turns', '3', expect=12)
        self.assertEqual(over['reason'], 'max_turns')

    def test_a_picture_that_is_none_fails_at_once_and_says_why(self):
        picture = self.data / 'bad.png'
        picture.write_bytes(b'\x89PNG\r\n\x1a\nand nothing more')
        failed = self.result('say: hello', '--attach', str(picture), expect=10)
        self.assertNotEqual(failed['reason'], 'turn_not_started')
        self.assertIn('image', failed['error'].lower())

    def test_exit_0_means_something_was_done(self):
        """Policies, limits and requirements of single turns, in a project that would ask."""
        allow = ('--on-permission', 'allow')
        done = self.result('write file done.txt: yes', *allow, '--require-change')
        self.assertEqual((done['outcome'], done['filesChanged']), ('completed', ['done.txt']))
        self.assertGreater(done['durationMs'], 0)
        self.assertLess(done['seqFrom'], done['seqTo'])
        self.assertEqual(done['turnId'], done['turn']['id'])

        idle = self.result('say: I did it all', *allow, '--require-change', expect=10)
        self.assertEqual((idle['outcome'], idle['reason']), ('failed', 'no_change'))
        refused = self.result('write file no.txt: no', '--on-permission', 'fail', expect=10)
        self.assertEqual((refused['outcome'], refused['reason']), ('failed', 'needs_permission'))
        self.result('write file no.txt: no', '--on-permission', 'deny')
        self.assertFalse(self.file('no.txt').exists())
        endless = self.result('loop 50', *allow, '--max-turns', '3', expect=12)
        self.assertEqual((endless['outcome'], endless['reason']), ('limit', 'max_turns'))
        slow = self.result('slow 60', *allow, '--time-limit', '2s', expect=12)
        self.assertEqual((slow['outcome'], slow['reason']), ('timeout', 'timeout'))
        checked = self.result('write file slow.txt: yes', *allow, '--time-limit', '15s', '--check', 'sleep 300',
                              expect=12)
        self.assertEqual((checked['outcome'], checked['check']['exitCode']), ('timeout', 124))
        self.assertIn('the check was ended', checked['error'])
        broken = self.result('http 401', *allow, expect=10)
        self.assertEqual((broken['outcome'], broken['reason']), ('failed', 'auth'))
        self.assertTrue(broken['hint'].startswith(broken['turn']['hint']))

        for words, what in ((('--max-cost', 'much'), 'max-cost'), (('--max-turns', '0'), 'max-turns'),
                            (('--time-limit', 'soon'), 'soon'),
                            (('--time-limit', '0s'), 'time-limit'), (('--on-permission', 'maybe'), 'allow, ask')):
            self.assertIn(what, self.prompt('say: hello', *words, expect=2).stderr)

    def test_a_key_makes_a_second_prompt_the_first_one_again(self):
        key = ('--idempotency-key', 'ci-17', '--on-permission', 'allow')
        first = self.result('write file first.txt: yes', *key)
        self.assertNotIn('deduplicated', first)
        second = self.result('write file first.txt: yes', *key)
        self.assertEqual((second['turnId'], second['deduplicated']), (first['turnId'], True))
        self.assertEqual(second['outcome'], 'completed')
        self.assertIn('ci-17', self.prompt('write file second.txt: no', *key, expect=6).stderr)
        self.assertEqual([turn['prompt'] for turn in self.turns()], ['write file first.txt: yes'])

        failing = ('http 401', '--idempotency-key', 'ci-18')
        self.result(*failing, expect=10)
        self.prompt('say: newer')  # the newest job is never pruned
        self.run_skerry('jobs', 'prune', '--older-than', '1ms')
        pruned = self.result(*failing, expect=10)
        self.assertEqual((pruned['outcome'], pruned['jobId']), ('failed', None))

    def test_a_projects_policy_can_be_changed(self):
        self.assertEqual(self.json_of('projects', 'set', 'hello', '--on-permission', 'allow')['onPermission'], 'allow')
        self.prompt('write file free.txt: yes')
        self.assertTrue(self.file('free.txt').exists())
        self.run_skerry('projects', 'set', 'hello', expect=2)


if __name__ == '__main__':
    unittest.main()
