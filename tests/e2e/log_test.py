"""The event log as it is read: live, again, and after a time."""
import json
import unittest

from world import World, wait_for


def text_of(events):
    """What the pieces of the answers add up to, for each text in its own."""
    texts = {}
    for event in events:
        payload = event['payload']
        if event['type'] == 'chat.message.part.added':
            part = payload['partId']
            texts[part] = payload['text'] if 'text' in payload else texts.get(part, '') + payload['delta']
    return [text for text in texts.values() if text]


class Log(World):
    def pieces(self, *more):
        return self.events('hello', '--types', 'chat.message.part.added', *more)

    def is_folded(self):
        """Every text is one event."""
        parts = [event['payload']['partId'] for event in self.pieces()]
        return len(parts) == len(set(parts))

    def test_who_follows_sees_a_text_grow_and_who_reads_again_reads_it_whole(self):
        self.create('say: hello')
        self.start('worker')
        follower = self.start('sessions', 'events', 'hello', '--follow', '--json')
        self.run_skerry('sessions', 'prompt', 'hello', 'slow 20')
        live = []
        while [event['type'] for event in live].count('chat.turn.ended') < 2:
            live.append(json.loads(follower.stdout.readline()))
        deltas = [event for event in live if 'delta' in event['payload']]
        self.assertGreater(len(deltas), 5)
        wait_for(self.is_folded, what='the texts are folded')
        again = self.events()
        self.assertEqual(text_of(again), text_of(live))
        self.assertLess(len(again), len(live) - 5)
        numbers = [event['seq'] for event in live]
        self.assertLessEqual({event['seq'] for event in again}, set(numbers))
        middle = deltas[len(deltas) // 2]['seq']  # who comes back in the middle of a text gets all of it
        self.assertEqual(text_of(self.pieces('--after', str(middle))), text_of(live)[-1:])

    def test_a_key_that_comes_in_pieces_or_in_an_error_is_stored_nowhere(self):
        key = 'correct horse battery staple 99'
        self.run_skerry('secrets', 'set', 'SOME_API_KEY', input=key, stdin=None)
        self.create(f'say: my key is {key}, as you know')
        model = ('--model', f'demo/{key}')
        failed = self.run_skerry('sessions', 'prompt', 'hello', 'say: hello', *model, '--wait', '--json', expect=10)
        self.assertIn('***', json.loads(failed.stdout)['error'])
        said = [event for event in self.events() if event['type'].startswith('chat.message.')]
        self.assertIn('my key is ***, as you know', text_of(said))
        ended = [event['payload'] for event in self.events() if event['type'] == 'chat.turn.ended']
        self.assertNotIn(key, json.dumps([said, ended]))
        self.assertEqual(self.rows('select count(*) from turns where instr(error, ?)', key), [(0,)])

    def test_how_long_events_are_kept_is_a_project_s_own(self):
        self.create('say: hello')
        self.assertIsNone(self.project()['keepEvents'])
        refused = self.run_skerry('projects', 'set', 'hello', '--keep-events', 'soon', expect=2)
        self.assertIn('forever', refused.stderr)
        kept = self.json_of('projects', 'set', 'hello', '--keep-events', '0s')
        self.assertEqual((kept['keepEvents'], kept['onPermission']), ('0s', 'allow'))
        self.assertEqual(self.json_of('projects', 'set', 'hello', '--keep-events', 'default')['keepEvents'], None)


if __name__ == '__main__':
    unittest.main()
