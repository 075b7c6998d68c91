"""kill -9 in the middle of whatever a turn can be in: it ends in a true state, is done once and told once."""
import os
import signal
import unittest

from world import World, is_alive, wait_for


class Moment:
    """A point in a turn: the prompt that leads to it, how to see that it is there, how the turn can go on."""

    def __init__(self, name, prompt, words=(), event=None, file=None, says=None):
        self.name, self.prompt, self.words = name, prompt, words
        self.event, self.file, self.says = event, file, says


STREAMING = Moment('streaming', 'slow 8 for MARK', event='chat.message.part.added',
                   says=''.join(f'tick{number} ' for number in range(1, 9)))
IN_A_TOOL = Moment('tool', 'run: touch MARK.begun; until [ -e MARK.go ]; do sleep 0.1; done', file='MARK.begun',
                   says='The command has run.')
ASKING = Moment('permission', 'write file MARK.txt: yes', words=('--on-permission', 'ask'),
                event='chat.permission.requested', says='Wrote MARK.txt.')
RETRYING = Moment('retry', 'http 503 x1 for MARK', event='chat.diagnostic', says='Recovered after 1 failure.')
BETWEEN = Moment('between', 'say: MARK', event='chat.turn.ended', says='MARK')
MOMENTS = (STREAMING, IN_A_TOOL, ASKING, RETRYING, BETWEEN)
ONCE = {'chat.turn.started': 'turnId', 'chat.turn.ended': 'turnId', 'chat.message.final': 'messageId',
        'chat.tool.start': 'callId', 'chat.tool.finish': 'callId', 'chat.tool.error': 'callId',
        'chat.permission.requested': 'requestId', 'chat.permission.resolved': 'requestId'}


class Kill(World):
    def setUp(self):
        super().setUp()
        self.create('say: ready')
        self.folder = self.data / 'projects' / 'hello'
        self.worker = self.start('worker')

    # --- a turn, and another one that waits behind it ---------------------------------------------------------

    def begin(self, moment, mark):
        """Two prompts, and the first one is where it is to be."""
        self.mark = mark
        prompt = moment.prompt.replace('MARK', mark)
        self.first = self.json_of('sessions', 'prompt', 'hello', prompt, *moment.words)['turnId']
        self.second = self.json_of('sessions', 'prompt', 'hello', f'say: behind {mark}')['turnId']
        wait_for(lambda: self.is_at(moment), 60, moment.name)

    def is_at(self, moment):
        if moment.file:
            return (self.folder / moment.file.replace('MARK', self.mark)).exists()
        return self.rows('select 1 from events where turn_id = ? and type = ?', self.first, moment.event)

    def go_on(self, moment):
        """What the first turn waits for, if it is still there to wait."""
        (self.folder / f'{self.mark}.go').touch()
        if moment is ASKING:
            [request] = self.json_of('sessions', 'pending', 'hello')
            self.run_skerry('sessions', 'answer', 'hello', request['id'], 'once')

    def wait_for_the_ends(self):
        def ended():
            return self.rows('select 1 from turns where id = ? and ended_at is not null', self.second)
        wait_for(ended, 120, 'the end of the turns')
        by_id = {turn['id']: turn for turn in self.turns()}
        return by_id[self.first], by_id[self.second]

    # --- who is killed ----------------------------------------------------------------------------------------

    def kill_worker(self):
        self.worker.kill()
        self.worker.communicate()

    def kill_agent(self):
        self.kill_and_wait(self.agent)

    def kill_supervisor(self):
        self.kill_and_wait(self.supervisor)
        wait_for(lambda: not is_alive(self.agent), 10, 'the end of the agent')

    def kill_everything(self):
        self.kill_worker()
        self.kill_supervisor()

    def kill_and_wait(self, pid):
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not is_alive(pid), 10, 'the end of the process')

    # --- what must be true ------------------------------------------------------------------------------------

    def check_each_told_once(self):
        events = self.events()
        numbers = [event['seq'] for event in events]
        self.assertEqual(numbers, sorted(set(numbers)))
        told = [(event['turnId'], event['type'], event['payload'].get(ONCE[event['type']]))
                for event in events if event['type'] in ONCE]
        self.assertEqual(sorted(told, key=str), sorted(set(told), key=str))

    def said(self, turn):
        """The texts of the agent in the turn, from the pieces that were stored."""
        texts = {}
        for event in self.events('hello', '--types', 'chat.message.part.added'):
            if event['turnId'] == turn:
                part, payload = event['payload']['partId'], event['payload']
                texts[part] = payload['text'] if 'text' in payload else texts.get(part, '') + payload['delta']
        return ' '.join(texts.values())

    def check_first_is_done(self, moment):
        first, second = self.wait_for_the_ends()
        self.assertEqual((first['state'], second['state']), ('completed', 'completed'), first['error'])
        self.assertIn(moment.says.replace('MARK', self.mark).strip(), self.said(first['id']))
        self.assertEqual(self.times_sent(self.mark) - self.times_sent(f'behind {self.mark}'),
                         2 if moment is RETRYING else 1)
        self.assertEqual(self.times_sent(f'behind {self.mark}'), 1)

    def check_first_is_broken_off(self, sent):
        first, second = self.wait_for_the_ends()
        self.assertEqual((first['state'], second['state']), ('failed', 'completed'), (first['error'], second['error']))
        self.assertIn('agent', first['error'])
        self.assertEqual(self.times_sent(self.mark) - self.times_sent(f'behind {self.mark}'), sent)
        self.assertEqual(self.times_sent(f'behind {self.mark}'), 1)
        self.assertEqual(self.json_of('sessions', 'pending', 'hello'), [])
        self.assertFalse((self.folder / f'{self.mark}.txt').exists())

    def check_neither_is_done_twice(self):
        first, second = self.wait_for_the_ends()
        self.assertEqual(first['state'], 'completed')
        self.assertIn(second['state'], ('completed', 'failed'))
        sent = self.times_sent(f'behind {self.mark}')
        self.assertLessEqual(sent, 1)
        self.assertEqual(self.times_sent(self.mark), 1 + sent)
        self.assertTrue(second['state'] == 'failed' and 'agent' in second['error'] or sent == 1)

    # --- the table --------------------------------------------------------------------------------------------

    def strike(self, kill, moment):
        self.agent, self.supervisor = self.service_pid('agent'), self.supervisor_pid()
        self.begin(moment, f'{kill.__name__}-{moment.name}'.replace('_', '-'))
        kill()
        sent = self.times_sent(self.mark)
        if self.worker.poll() is not None:
            self.worker = self.start('worker')
        if kill == self.kill_worker:
            self.go_on(moment)
            self.check_first_is_done(moment)
        elif moment is BETWEEN:
            self.check_neither_is_done_twice()
        else:
            self.check_first_is_broken_off(sent)
        self.check_each_told_once()

    def test_whatever_is_killed_a_turn_ends_in_a_true_state_and_is_done_and_told_once(self):
        for moment in MOMENTS:
            for kill in (self.kill_worker, self.kill_agent, self.kill_everything):
                if kill == self.kill_everything and moment in (IN_A_TOOL, RETRYING):
                    continue  # takes its time, and is the same for the worker as that the agent has been killed
                with self.subTest(killed=kill.__name__, moment=moment.name):
                    self.strike(kill, moment)


if __name__ == '__main__':
    unittest.main()
