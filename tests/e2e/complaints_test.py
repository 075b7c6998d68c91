"""What people complain of where agents are run unattended, each complaint as a test that would show it.

Two more are in requests_test.py: runs that hang on a question nobody sees, exit 0 with nothing done.
"""
import base64
import json
import os
import signal
import unittest
import urllib.request

from world import World, wait_for

RUNNING = 2


class Complaints(World):
    def setUp(self):
        super().setUp()
        self.environment['SKERRY_LEASE'] = '2s'
        self.create('say: ready')

    # --- what the agent itself knows --------------------------------------------------------------------------

    def messages_of_the_agent(self):
        """The agent's own list of messages in the project's session."""
        project = self.project()
        password = (self.data / 'state' / project['id'] / 'agent.password').read_text()
        [(session,)] = self.rows('select agent_session_id from sessions')
        login = base64.b64encode(f'opencode:{password}'.encode()).decode()
        request = urllib.request.Request(f'http://127.0.0.1:{project["agentPort"]}/session/{session}/message',
                                         headers={'Authorization': f'Basic {login}'})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def texts_of_the_agent(self):
        return {part['id']: part['text'] for message in self.messages_of_the_agent()
                if message['info']['role'] == 'assistant' for part in message['parts'] if part['type'] == 'text'}

    def stored_texts(self):
        """The same from the events, of which each is there once."""
        texts = {}
        events = self.events('hello')
        self.assertEqual(len(events), len({event['seq'] for event in events}))
        for event in events:
            payload = event['payload']
            if event['type'] == 'chat.message.part.added':
                part = payload['partId']
                texts[part] = payload['text'] if 'text' in payload else texts.get(part, '') + payload['delta']
        return texts

    def times_the_agent_was_asked(self, text):
        return sum(1 for message in self.messages_of_the_agent() if message['info']['role'] == 'user'
                   and any(text in part.get('text', '') for part in message['parts']))

    # --- steps ------------------------------------------------------------------------------------------------

    def prompt(self, text):
        return self.json_of('sessions', 'prompt', 'hello', text)['turnId']

    def wait_for_text(self, turn, beyond=0):
        """Until a piece of text is stored behind event `beyond`; returns the newest one's number."""
        def found():
            [(count, last)] = self.rows("select count(*), coalesce(max(seq), 0) from events where turn_id = ? and "
                                        "type = 'chat.message.part.added'", turn)
            return last if count and last > beyond else None
        return wait_for(found, 60, 'a piece of text')

    def wait_for_end(self, turn):
        wait_for(lambda: self.rows('select 1 from turns where id = ? and ended_at is not null', turn), 120,
                 'the end of the turn')
        [state] = [row['state'] for row in self.turns() if row['id'] == turn]
        return state

    def workers_of(self, turn):
        """How many workers have taken the turn up."""
        [(leases,)] = self.rows("select max(lease) from jobs where kind = 'agent.prompt' and args like ?", f'%{turn}%')
        return leases

    # --- the complaints ---------------------------------------------------------------------------------------

    def test_a_stream_that_goes_quiet_or_loses_events_loses_nothing_that_the_agent_said(self):
        first = self.start('worker')
        turn = self.prompt('slow 20')
        seen = self.wait_for_text(turn)

        agent = self.service_pid('agent')
        os.kill(agent, signal.SIGSTOP)  # the stream is there and says nothing, not even that it lives
        [state] = [row['state'] for row in self.turns() if row['id'] == turn]
        os.kill(agent, signal.SIGCONT)
        self.assertEqual(state, 'running')
        self.wait_for_text(turn, beyond=seen)

        taken = self.workers_of(turn)
        first.send_signal(signal.SIGSTOP)  # the stream goes on and nobody hears it
        second = self.start('worker')
        wait_for(lambda: self.workers_of(turn) > taken, 60, 'another worker takes the turn over')
        first.send_signal(signal.SIGCONT)  # what it had heard is not told once more
        second.kill()
        second.wait()
        self.assertEqual(self.wait_for_end(turn), 'completed')
        self.assertEqual(self.stored_texts(), self.texts_of_the_agent())
        self.assertIn(''.join(f'tick{number} ' for number in range(1, 21)).strip(),
                      ' '.join(self.stored_texts().values()))

    def test_a_prompt_that_was_accepted_is_run(self):
        prompts = {'nobody works': self.prompt('say: nobody works')}
        worker = self.start('worker')
        self.assertEqual(self.wait_for_end(prompts['nobody works']), 'completed')

        os.kill(self.service_pid('agent'), signal.SIGSTOP)
        prompts['it stands still'] = self.prompt('say: it stands still')
        wait_for(lambda: self.workers_of(prompts['it stands still']), 60, 'the prompt is taken up')
        os.kill(self.service_pid('agent'), signal.SIGCONT)
        self.assertEqual(self.wait_for_end(prompts['it stands still']), 'completed')

        killed = None
        for _ in range(4):  # each time it is started again later: 1 s, 2 s, 4 s, 8 s
            killed = wait_for(lambda: (pid := self.service_pid('agent')) != killed and pid, 60, 'the agent')
            os.kill(killed, signal.SIGKILL)
        prompts['it is gone'] = self.prompt('say: it is gone')
        wait_for(lambda: self.workers_of(prompts['it is gone']), 60, 'the prompt is taken up')
        worker.kill()
        worker.wait()
        self.start('worker')
        self.assertEqual(self.wait_for_end(prompts['it is gone']), 'completed')
        for text in prompts:
            self.assertEqual(self.times_sent(text), 1)

    def test_a_prompt_is_not_sent_twice_after_a_crash(self):
        """The worker dies at about the moment at which it sends the prompt, before it has written that it did."""
        for number in range(6):
            worker = self.start('worker')
            turn = self.prompt(f'say: crash number {number}')
            column = ('message_id', 'sent_at', 'started_at')[number % 3]
            wait_for(lambda: self.rows(f'select 1 from turns where id = ? and {column} is not null', turn), 60, column)
            worker.kill()
            worker.wait()
            self.run_skerry('worker', '--drain')
            self.assertEqual(self.wait_for_end(turn), 'completed')
            self.assertEqual(self.times_sent(f'crash number {number}'), 1)
            self.assertEqual(self.times_the_agent_was_asked(f'crash number {number}'), 1)


if __name__ == '__main__':
    unittest.main()
