"""What agents say, do and ask in their turns: as events, states and exit codes."""
import pathlib
import unittest

from world import OneProject, wait_for


def commands_with(words):
    """The processes of the machine whose command line has these words."""
    def line_of(file):
        try:
            return file.read_bytes().replace(b'\0', b' ').decode(errors='replace')
        except OSError:  # it has just ended
            return ''
    return [file for file in pathlib.Path('/proc').glob('[0-9]*/cmdline') if words in line_of(file)]


class Scenarios(OneProject):
    """A worker is at work, so that answers and aborts are heeded at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.world.start('worker')

    def ask(self, text, *more):
        """Prompts without waiting; the agent has to ask for all that changes something."""
        return self.json_of('sessions', 'prompt', 'hello', text, '--on-permission', 'ask', *more)['turnId']

    def ended(self, turn_id):
        wait_for(lambda: self.rows('select 1 from turns where id = ? and ended_at > 0', turn_id),
                 what='the end')
        return next(turn for turn in self.turns() if turn['id'] == turn_id)

    def open_requests(self, count=1):
        def requests():
            open_now = self.rows("select 1 from requests where state = 'open'")
            return len(open_now) == count and self.json_of('sessions', 'pending', 'hello')
        return wait_for(requests, what=f'{count} requests')

    def answer(self, request, *words):
        self.run_skerry('sessions', 'answer', 'hello', request['id'], *words)

    def ended_after(self, text, *answer):
        turn = self.ask(text)
        self.answer(self.open_requests()[0], *answer)
        return self.ended(turn)

    def replies(self):
        return [resolved['reply'] for resolved in self.told('chat.permission.resolved')]

    def assert_tools(self, *wanted):
        """The tools told of: (how it ended, tool, title), in the order in which they ended."""
        events = self.events('hello', '--after', str(self.begun), '--types', 'chat.tool.')
        ended = [(event['type'].rpartition('.')[2], event['payload']['tool'], event['payload']['title'])
                 for event in events if event['type'] != 'chat.tool.start']
        self.assertEqual(ended, list(wanted))
        starts = {event['payload']['callId'] for event in events if event['type'] == 'chat.tool.start'}
        self.assertEqual(starts, {event['payload']['callId'] for event in events})

    def test_a_plain_answer_is_told_from_the_turns_start_to_its_end(self):
        result = self.result('say: plain words')
        self.assertEqual((result['outcome'], result['reason'], result['filesChanged']),
                         ('completed', None, []))
        events = self.events('hello', '--after', str(self.begun))
        self.assertEqual((events[0]['type'], events[-1]['type']), ('chat.turn.started', 'chat.turn.ended'))
        self.assertEqual((events[0]['seq'], events[-1]['seq']), (result['seqFrom'], result['seqTo']))
        self.assertEqual([(said['role'], said['text']) for said in self.told('chat.message.final')],
                         [('user', 'say: plain words'), ('assistant', 'plain words')])
        self.assertEqual([status['status'] for status in self.told('chat.session.status')], ['busy', 'idle'])
        self.assertEqual(self.told('chat.turn.ended')[0]['tokens'], result['tokens'])
        self.assertEqual(self.times_sent('plain words'), 1)

    def test_a_tool_that_works_is_told_from_its_start_to_its_finish(self):
        self.assertEqual(self.result('write file made/works.txt: yes')['filesChanged'], ['made/works.txt'])
        self.assert_tools(('finish', 'write', 'made/works.txt'))
        [start] = self.told('chat.tool.start')
        self.assertEqual((start['kind'], start['input']['content']), ('edit', 'yes\n'))
        self.assertIn('success', self.told('chat.tool.finish')[0]['output'])
        self.assertEqual(self.told('chat.file.changed'), [{'path': 'made/works.txt'}])
        self.assertEqual(self.file('made/works.txt').read_text(), 'yes\n')

    def test_tools_that_fail_are_missing_or_called_badly_are_told_and_the_turn_goes_on(self):
        for prompt in ('read file nowhere.txt', 'bad tool', 'bad args', 'run: echo so; exit 4'):
            self.assertEqual(self.result(prompt)['outcome'], 'completed')
            self.assertEqual(self.times_sent(prompt), 1)
        self.assert_tools(('error', 'read', 'nowhere.txt'), ('error', 'invalid', 'no_such_tool'),
                          ('error', 'write', 'write'), ('finish', 'bash', 'echo so; exit 4'))
        missing, unknown, wrong = [failed['error'] for failed in self.told('chat.tool.error')]
        self.assertIn('not found', missing)
        self.assertIn('unavailable tool', unknown)
        self.assertIn('invalid arguments', wrong)
        [command] = self.told('chat.tool.finish')
        self.assertEqual((command['exitCode'], command['output']), (4, 'so\n'))
        said = [said['text'] for said in self.told('chat.message.final') if said.get('finish') == 'stop']
        self.assertEqual(said[1:], ['That tool does not exist.', 'Those arguments were wrong.',
                                    'The command has run.'])

    def test_two_tools_at_once_are_told_apart(self):
        self.file('a.txt').unlink(missing_ok=True)
        self.assertEqual(self.result('two tools')['filesChanged'], ['a.txt'])
        finished = {tool['tool']: tool for tool in self.told('chat.tool.finish')}
        self.assertEqual((finished['bash']['output'], finished['write']['title']), ('two\n', 'a.txt'))
        self.assertEqual(len({tool['messageId'] for tool in finished.values()}), 1)
        self.assertEqual(len({tool['callId'] for tool in self.told('chat.tool.start')}), 2)

    def test_a_sub_agents_events_name_its_session_and_its_end_is_not_the_turns(self):
        result = self.result('subtask: write file part.txt: done')
        self.assertEqual((result['outcome'], result['filesChanged']), ('completed', ['part.txt']))
        task, write = self.told('chat.tool.start')
        self.assertEqual((task['kind'], write['kind']), ('task', 'edit'))
        self.assertNotIn('agentSessionId', task)
        child, parent = write['agentSessionId'], write['parentSessionId']
        self.assertEqual(parent, self.json_of('sessions', 'list', 'hello')[0]['agentSessionId'])
        statuses = [(status['status'], status.get('agentSessionId'))
                    for status in self.told('chat.session.status')]
        self.assertEqual(statuses, [('busy', None), ('busy', child), ('idle', child), ('idle', None)])
        self.assertEqual(self.told('chat.file.changed'), [{'path': 'part.txt'}])
        self.assertIn('Wrote part.txt.', self.told('chat.tool.finish')[-1]['output'])
        self.assertEqual(len(self.told('chat.turn.ended')), 1)

    def test_thoughts_and_a_list_of_steps_are_told_apart_from_words(self):
        self.result('reason')
        thought = ''.join(piece.get('delta') or piece['text'] for piece in self.told('chat.reasoning.part'))
        self.assertEqual(thought, 'First I think about it. Then I decide.')
        self.assertEqual(self.told('chat.message.final')[-1]['text'], 'Reasoned answer.')
        self.result('todo')
        [steps] = self.told('chat.todo.updated')
        self.assertEqual([(step['content'], step['status'], step['priority']) for step in steps['todos']],
                         [('first thing', 'in_progress', 'high'), ('second thing', 'pending', 'low')])

    def test_three_prompts_to_a_busy_agent_wait_and_are_answered_one_by_one(self):
        prompts = ['run: until test -e go; do sleep 0.1; done', 'say: number 1', 'say: number 2',
                   'say: number 3']
        ids = [self.json_of('sessions', 'prompt', 'hello', prompt)['turnId'] for prompt in prompts]
        self.wait_for_event('chat.tool.start')
        states = {turn['id']: turn['state'] for turn in self.turns()}
        self.assertEqual([states[one] for one in ids], ['running', 'queued', 'queued', 'queued'])
        self.file('go').touch()
        self.wait_for_event('chat.turn.ended', 4)
        events = self.events('hello', '--after', str(self.begun))
        for kind in ('chat.turn.started', 'chat.turn.ended'):
            self.assertEqual([event['turnId'] for event in events if event['type'] == kind], ids)
        self.assertEqual([event['turnId'] for event in events if event['payload'].get('role') == 'user'], ids)
        self.assertEqual([self.times_sent(prompt) for prompt in prompts], [1, 1, 1, 1])

    def test_an_attached_file_reaches_the_model_and_is_not_among_the_persons_words(self):
        note = self.data / 'note.txt'
        note.write_text('the note says pelican\n')
        self.result('say: read it', '--attach', str(note))
        self.assertEqual(self.told('chat.message.final')[0]['text'], 'say: read it')
        self.assertEqual(self.times_sent('pelican'), 1)

    def test_what_was_taken_back_and_brought_back_is_what_the_agent_then_finds(self):
        self.result('write file undone.txt: one')
        self.run_skerry('sessions', 'undo', 'hello')
        self.result('read file undone.txt')
        self.assert_tools(('finish', 'write', 'undone.txt'), ('error', 'read', 'undone.txt'))
        self.run_skerry('sessions', 'redo', 'hello')
        self.result('read file undone.txt')
        self.assertIn('one', self.told('chat.tool.finish')[-1]['output'])

    def test_what_is_allowed_once_is_asked_for_again_and_what_is_allowed_always_is_not(self):
        first = self.ask('run: touch once.txt')
        [request] = self.open_requests()
        self.assertEqual((request['permission'], request['title'], request['always']),
                         ('bash', 'touch once.txt', ['touch *']))
        self.assertFalse(self.file('once.txt').exists())
        self.answer(request, 'once')
        self.assertEqual(self.ended(first)['filesChanged'], ['once.txt'])
        self.assertEqual(self.ended_after('run: touch again.txt', 'always')['filesChanged'], ['again.txt'])
        self.assertEqual(self.ended(self.ask('run: touch always.txt'))['filesChanged'], ['always.txt'])
        self.assertEqual(self.replies(), ['once', 'always'])

    def test_a_rejection_ends_the_turn_unless_it_says_what_to_do_instead(self):
        turn = self.ended_after('write file no.txt: no', 'reject')
        self.assertEqual((turn['state'], turn['reason']), ('failed', 'rejected'))
        waited = self.run_skerry('jobs', 'wait', str(self.json_of('jobs', 'list')[0]['id']), expect=10)
        self.assertIn('was rejected', waited.stderr)
        turn = self.ended_after('write file no.txt: no', 'reject', '--message', 'use another name')
        self.assertEqual((turn['state'], turn['filesChanged']), ('completed', []))
        rejected, corrected = [failed['error'] for failed in self.told('chat.tool.error')]
        self.assertIn('rejected permission', rejected)
        self.assertIn('use another name', corrected)
        self.assertFalse(self.file('no.txt').exists())
        self.assertEqual(self.replies(), ['reject', 'reject'])

    def test_two_requests_are_open_at_once_and_each_is_answered_for_itself(self):
        turn = self.ask('two tools')
        requests = {request['permission']: request for request in self.open_requests(2)}
        self.answer(requests['bash'], 'once')
        self.wait_for_event('chat.permission.resolved')
        self.assertEqual(self.open_requests()[0]['permission'], 'edit')
        self.assertEqual(self.turns()[-1]['state'], 'needs_input')
        self.answer(requests['edit'], 'once')
        self.assertEqual(self.ended(turn)['state'], 'completed')
        resolved = [one['requestId'] for one in self.told('chat.permission.resolved')]
        self.assertEqual(resolved, [requests['bash']['id'], requests['edit']['id']])

    def test_open_requests_end_with_an_abort_and_by_one_rejection(self):
        aborted = self.ask('two tools')
        self.open_requests(2)
        self.run_skerry('sessions', 'abort', 'hello')
        self.assertEqual(self.ended(aborted)['state'], 'cancelled')
        self.assertEqual(self.json_of('sessions', 'pending', 'hello'), [])
        rejected = self.ask('two tools')
        self.answer(self.open_requests(2)[0], 'reject')
        self.assertEqual(self.ended(rejected)['reason'], 'rejected')
        self.assertEqual(self.json_of('sessions', 'pending', 'hello'), [])
        self.assertEqual(self.replies(), ['dropped', 'dropped', 'reject', 'reject'])
        self.assertEqual(len(self.told('chat.permission.requested')), 4)
        self.assert_goes_on()

    def test_a_question_is_answered_or_dismissed(self):
        self.assertEqual(self.ended_after('ask question', '--choice', 'Blue')['state'], 'completed')
        dismissed = self.ended_after('ask question', 'reject')
        self.assertEqual((dismissed['state'], dismissed['reason']), ('failed', 'rejected'))
        [first, second] = self.told('chat.question.resolved')
        self.assertEqual((first['reply'], first['answers'], second['reply']),
                         ('answered', [['Blue']], 'reject'))
        self.assertEqual(self.told('chat.question.requested')[0]['questions'][0]['question'], 'Which colour?')

    def abort(self, prompt, when):
        """Aborts the turn of the prompt as soon as `when` is true, and returns it."""
        job = self.json_of('sessions', 'prompt', 'hello', prompt)['jobId']
        wait_for(when, what='the moment to abort')
        self.run_skerry('sessions', 'abort', 'hello')
        waited = self.run_skerry('jobs', 'wait', str(job), expect=14)
        self.assertIn('error: the turn was cancelled\n', waited.stderr)
        turn = self.turns()[-1]
        self.assertEqual((turn['state'], turn['reason']), ('cancelled', 'aborted'))
        self.assertEqual(self.told('chat.turn.ended')[-1]['outcome'], 'cancelled')
        self.assertEqual(self.told('chat.session.status')[-1], {'status': 'idle'})
        return turn

    def has_told(self, kind):
        return self.rows('select 1 from events where seq > ? and type = ?', self.begun, kind)

    def test_an_answer_that_is_broken_off_keeps_what_was_said(self):
        self.abort('slow 200', lambda: self.has_told('chat.message.part.added'))
        said = ''.join(piece.get('delta') or piece['text'] for piece in self.told('chat.message.part.added'))
        self.assertTrue(said.startswith('tick1 '), said)
        self.assertLessEqual({one['class'] for one in self.told('chat.diagnostic')}, {'aborted'})
        self.assert_goes_on()

    def test_a_command_that_is_broken_off_is_ended_and_what_was_changed_before_is_told(self):
        turn = self.abort('steps: [{"tool":"write","args":{"filePath":"kept.txt","content":"kept"}},'
                          '{"tool":"bash","args":{"command":"touch begun; sleep 98765",'
                          '"description":"wait"}}]',
                          lambda: self.file('begun').exists())
        self.assertIn('kept.txt', turn['filesChanged'])
        for command in self.told('chat.tool.finish')[1:]:  # when it ended soon enough to be heard
            self.assertTrue(command['aborted'])
        wait_for(lambda: not commands_with('sleep 98765'), what='the end of the command')
        self.assert_goes_on()

    def test_a_wait_for_another_attempt_is_broken_off(self):
        self.abort('http 500', lambda: self.has_told('chat.diagnostic'))
        statuses = [status['status'] for status in self.told('chat.session.status')]
        self.assertEqual((statuses[:2], statuses[-1]), (['busy', 'retry'], 'idle'))
        self.assert_goes_on()


if __name__ == '__main__':
    unittest.main()
