"""What goes wrong at a model's provider: its name, what is tried again, and that the next prompt works."""
import base64
import json
import re
import unittest
import urllib.request

from world import OneProject

SUMMARY = '## Goal\nWhat the user asked for.\n\n## Progress\nThe steps so far were done.'


class ProviderFaults(OneProject):
    def assert_fails(self, prompt, fault, hint, *more):
        """The turn fails with that reason; the event that says so has the class and a hint with that word."""
        result = self.result(prompt, *more, expect=10)
        self.assertEqual((result['outcome'], result['reason']), ('failed', fault))
        last = self.told('chat.diagnostic')[-1]
        self.assertEqual(last['class'], fault)
        self.assertIn(hint, last.get('hint', ''))
        self.assertNotIn('attempt', last)
        self.assertEqual(last['message'], result['turn']['error'])
        self.assertEqual(self.told('chat.turn.ended')[-1]['reason'], fault)
        self.assertEqual(self.told('chat.session.status')[-1], {'status': 'idle'})
        return result

    def retries(self):
        return [status for status in self.told('chat.session.status') if status['status'] == 'retry']

    def persons_words(self):
        return [said['text'] for said in self.told('chat.message.final') if said['role'] == 'user']

    def test_what_cannot_get_better_is_not_tried_again(self):
        for prompt, fault, hint in (('http 400', 'unknown', ''), ('http 401', 'auth', 'key'),
                                    ('malformed', 'unknown', '')):
            self.assert_fails(prompt, fault, hint)
            self.assertEqual(self.times_sent(prompt), 1)
        self.assertEqual(self.retries(), [])
        self.assert_goes_on()

    def test_a_model_that_is_not_there_is_named_and_the_next_turns_model_counts(self):
        result = self.assert_fails('say: to nobody', 'model', 'name of the model', '--model', 'demo/nosuch')
        self.assertEqual(result['turn']['error'], 'Model not found: demo/nosuch.')
        self.assertEqual(self.times_sent('to nobody'), 0)
        self.assertEqual(self.result('say: named', '--model', 'demo/scripted')['outcome'], 'completed')
        self.assert_goes_on()

    def test_too_many_requests_are_tried_again_with_a_countdown_and_then_given_up(self):
        self.assert_fails('http 429', 'rate_limit', 'wait')
        self.assertEqual([retry['attempt'] for retry in self.retries()], [1, 2, 3, 4, 5])
        tries = [told for told in self.told('chat.diagnostic') if 'attempt' in told]
        self.assertEqual({told['class'] for told in tries}, {'rate_limit'})
        self.assertEqual([told['retryAt'] for told in tries], [retry['retryAt'] for retry in self.retries()])
        self.assertEqual(self.persons_words(), ['http 429'])
        self.assert_goes_on()

    def test_a_provider_that_does_not_work_is_given_up_as_a_matter_of_the_network(self):
        self.assert_fails('http 503', 'network', 'can be reached')
        self.assertEqual(len(self.retries()), 5)

    def test_who_follows_sees_when_the_next_attempt_comes_and_that_it_succeeds(self):
        shown = self.run_skerry('sessions', 'prompt', 'hello', 'http 500 x1', '--follow').stdout
        self.assertRegex(shown, re.compile(r'scripted error 500: attempt 2 in [1-9] s\n  hint: check', re.M))
        self.assertIn('Recovered after 1 failure.', shown)
        statuses = [status['status'] for status in self.told('chat.session.status')]
        self.assertEqual(statuses, ['busy', 'retry', 'busy', 'idle'])
        self.assertEqual(self.turns()[-1]['state'], 'completed')
        self.assertEqual(self.persons_words(), ['http 500 x1'])

    def test_an_answer_that_breaks_off_is_begun_again_and_only_the_whole_one_stays(self):
        self.assertEqual(self.result('drop x1')['outcome'], 'completed')
        self.assertEqual([one['class'] for one in self.told('chat.diagnostic')], ['network'])
        self.assertEqual(self.told('chat.message.final')[-1]['text'], 'Recovered after 1 failure.')
        said = {}
        for piece in self.told('chat.message.part.added'):
            said[piece['partId']] = piece.get('text', said.get(piece['partId'], '') + piece.get('delta', ''))
        self.assertEqual(list(said.values()), ['', 'Recovered after 1 failure.'])
        self.assertEqual(self.persons_words(), ['drop x1'])

    def test_a_provider_that_never_answers_makes_the_turn_stuck_and_the_next_prompt_works(self):
        self.environment['SKERRY_SILENCE'] = '2s'
        result = self.result('please hang', expect=10)
        self.assertEqual((result['outcome'], result['reason']), ('stuck', 'stuck'))
        self.assertLessEqual(self.times_sent('please hang'), 1)  # 0 where two seconds are not enough to ask
        del self.environment['SKERRY_SILENCE']
        self.assert_goes_on()

    def test_an_answer_that_is_too_long_is_a_limit(self):
        result = self.result('overflow', expect=12)
        self.assertEqual((result['outcome'], result['reason']), ('limit', 'length'))
        self.assertEqual(self.told('chat.message.final')[-1]['text'], 'cut short by the limit')

    def assert_summarised(self):
        self.assertIn('the conversation was summarised to make room',
                      [told['message'] for told in self.told('chat.diagnostic')])
        self.assertIn(SUMMARY, [said['text'] for said in self.told('chat.message.final')])
        self.assertEqual(len(self.told('chat.turn.ended')), 1)
        self.assertEqual([status['status'] for status in self.told('chat.session.status')], ['busy', 'idle'])

    def test_a_conversation_that_fills_up_is_summarised_within_its_turn(self):
        self.assertEqual(self.result('full: a long story')['outcome'], 'completed')
        self.assert_summarised()
        self.assertEqual([said['text'] for said in self.told('chat.message.final')],
                         ['full: a long story', 'a long story', SUMMARY, 'There is nothing left to do.'])

    def test_a_prompt_that_did_not_fit_is_answered_after_a_summary_as_the_same_turn(self):
        result = self.result('http 413 x1')
        self.assertEqual(result['outcome'], 'completed')
        self.assert_summarised()
        self.assertEqual(self.persons_words(), ['http 413 x1'])
        overflow, summarised = self.told('chat.diagnostic')
        self.assertEqual((overflow['class'], summarised['class']), ('context', 'context'))
        self.assertIn('new session', overflow['hint'])
        steps = [said for said in self.told('chat.message.final') if said['role'] == 'assistant']
        self.assertEqual(steps[-1]['text'], 'Recovered after 1 failure.')
        self.assertEqual(result['tokens']['input'], sum(step['tokens']['input'] for step in steps))
        self.assert_goes_on()

    def test_a_summary_that_the_agents_own_client_asks_for_is_no_part_of_the_next_turn(self):
        project = self.project()
        password = (self.data / 'state' / project['id'] / 'agent.password').read_text()
        session = self.json_of('sessions', 'list', 'hello')[0]['agentSessionId']
        key = base64.b64encode(f'opencode:{password}'.encode()).decode()
        urllib.request.urlopen(urllib.request.Request(
            f'http://127.0.0.1:{project["agentPort"]}/session/{session}/summarize', method='POST',
            data=json.dumps({'providerID': 'demo', 'modelID': 'scripted'}).encode(),
            headers={'Authorization': 'Basic ' + key, 'Content-Type': 'application/json'}), timeout=60).read()
        result = self.result('say: after the summary')
        self.assertEqual((result['outcome'], result['turn']['state']), ('completed', 'completed'))
        self.assertEqual([said['text'] for said in self.told('chat.message.final')],
                         ['say: after the summary', 'after the summary'])
        self.assertEqual(self.told('chat.diagnostic'), [])


if __name__ == '__main__':
    unittest.main()
