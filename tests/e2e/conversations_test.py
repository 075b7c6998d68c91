"""Conversations as such: begun, forked, deleted, read; the ways to give a prompt; the line of those that wait."""
import json
import os
import pathlib
import pty
import select
import subprocess
import time
import unittest

from world import SKERRY, World, wait_for


class Conversations(World):
    def setUp(self):
        super().setUp()
        self.create('say: the first answer')

    def prompt(self, *words, expect=0, **more):
        return self.run_skerry('sessions', 'prompt', *words, '--wait', expect=expect, **more)

    def requests(self, text):
        """What the model was asked in conversations whose last prompt holds `text`."""
        log = self.data / 'state' / self.project()['id'] / 'model' / 'requests.jsonl'
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        return [line for line in lines if not line.get('title') and text in line.get('prompt', '')]

    def test_a_fork_remembers_what_was_said_up_to_a_turn_and_goes_its_own_way(self):
        first = self.turns()[0]
        self.prompt('hello', 'say: the second answer')
        origin = self.json_of('sessions', 'list', 'hello')[0]
        early = self.json_of('sessions', 'fork', origin['id'], '--at', first['id'])
        late = self.json_of('sessions', 'fork', origin['id'], '--title', 'another way')
        self.assertEqual((early['forkedFrom'], early['forkedAt'], late['title']),
                         (origin['id'], first['id'], 'another way'))
        refused = self.run_skerry('sessions', 'delete', origin['id'], '--yes', expect=6)
        self.assertIn('has not begun', refused.stderr)
        self.prompt(origin['id'], 'say: the third answer')  # not part of what was forked
        self.prompt(early['id'], 'say: early')
        self.prompt(late['id'], 'say: late')
        self.assertEqual([self.requests('say: ' + words)[0]['prompts'] for words in ('early', 'late')], [2, 3])
        again = self.json_of('sessions', 'fork', late['id'])  # of a fork that has a turn of its own
        self.prompt(again['id'], 'say: again')
        self.assertEqual(self.requests('say: again')[0]['prompts'], 4)
        other = self.run_skerry('sessions', 'fork', late['id'], '--at', first['id'], expect=3)
        self.assertIn('of another session', other.stderr)

    def test_a_deleted_session_is_gone_here_and_at_the_agent_and_leaves_what_it_changed(self):
        made = self.json_of('sessions', 'create', 'hello', '--title', 'short lived')
        self.prompt(made['id'], 'write file kept.txt: yes')
        [agent_session] = [row[0] for row in self.rows('select agent_session_id from sessions where id = ?', made['id'])]
        self.run_skerry('sessions', 'delete', made['id'], expect=5)  # nobody was asked
        self.run_skerry('sessions', 'delete', made['id'], '--yes')
        self.run_skerry('sessions', 'show', made['id'], expect=3)
        self.assertEqual(self.rows('select count(*) from events where session_id = ?', made['id']), [(0,)])
        self.run_skerry('worker', '--drain')
        self.assertTrue((self.data / 'projects' / 'hello' / 'kept.txt').exists())
        store = self.data / 'state' / self.project()['id'] / 'agent'
        known = subprocess.run(['grep', '-rlaF', f'"{agent_session}"', str(store)], capture_output=True, text=True)
        self.assertEqual(self.json_of('jobs', 'list', '--type', 'agent.session_delete')[0]['state'], 'succeeded', known)

    def test_a_planning_session_changes_nothing(self):
        made = self.json_of('sessions', 'create', 'hello', '--agent', 'plan')
        for words in ('write file planned.txt: no', 'run: echo no > planned.txt', 'subtask: write file planned.txt: no'):
            self.prompt(made['id'], words, expect=None)
        self.assertFalse((self.data / 'projects' / 'hello' / 'planned.txt').exists())

    def test_what_was_said_is_shown_from_what_is_stored(self):
        self.prompt('hello', 'run: exit 3')
        self.run_skerry('projects', 'stop', 'hello', '--wait')
        lines = [json.loads(line) for line in
                 self.run_skerry('sessions', 'messages', 'hello', '--json').stdout.splitlines()]
        self.assertEqual([(line['role'], line['text']) for line in lines[:2]],
                         [('user', 'say: the first answer'), ('assistant', 'the first answer')])
        self.assertEqual([tool['exitCode'] for line in lines for tool in line['tools']], [3])
        shown = self.run_skerry('sessions', 'messages', 'hello').stdout
        self.assertIn('> say: the first answer\n\nthe first answer\n', shown)
        self.assertIn('exit code 3', shown)

    def test_a_prompt_comes_from_a_file_an_editor_or_standard_input_and_brings_files(self):
        task = self.data / 'task.md'
        task.write_text('say: from a file\n')
        self.prompt('hello', '--file', str(task))
        editor = self.data / 'editor'
        editor.write_text('#!/bin/sh\necho "say: from an editor" > "$1"\n')
        editor.chmod(0o755)
        self.environment['EDITOR'] = str(editor)
        self.prompt('hello', '--editor')
        note = self.data / 'a note, with; odd name.txt'
        note.write_text('the note says walrus\n')
        self.prompt('hello', 'say: with a note', '--attach', str(note))
        self.assertEqual([turn['prompt'] for turn in self.turns()][1:],
                         ['say: from a file', 'say: from an editor', 'say: with a note'])
        self.assertEqual(self.turns()[-1]['attachments'], [{'name': 'a note_ with_ odd name.txt', 'mime': 'text/plain'}])
        self.assertEqual(len(self.requests('walrus')), 1)

        for words, what in (((), 'no prompt'), (('x', '--file', str(task)), 'twice'), (('x', '--attach', SKERRY), 'larger than'),
                            (('x', '--attach', '/nowhere'), '/nowhere')):
            self.assertIn(what, self.prompt('hello', *words, expect=None).stderr)
        binary = self.data / 'data.bin'
        binary.write_bytes(b'\0\1\2')
        self.assertIn("'data.bin' is neither", self.prompt('hello', 'x', '--attach', str(binary), expect=2).stderr)
        self.environment['EDITOR'] = 'false'
        self.assertIn('did not end well', self.prompt('hello', '--editor', expect=2).stderr)
        self.assertEqual(len(self.turns()), 4)

    def test_waiting_prompts_are_moved_and_dropped(self):
        ids = [self.json_of('sessions', 'prompt', 'hello', f'say: number {n}')['turnId'] for n in range(4)]
        self.run_skerry('sessions', 'move', ids[3])
        self.run_skerry('sessions', 'move', ids[2], '--before', ids[1])
        self.run_skerry('sessions', 'drop', ids[0])
        self.assertEqual([turn['id'] for turn in self.turns()][1:], [ids[3], ids[0], ids[2], ids[1]])
        self.run_skerry('worker', '--drain')
        turns = {turn['id']: turn for turn in self.turns()}
        self.assertEqual([turns[one]['state'] for one in ids], ['cancelled', 'completed', 'completed', 'completed'])
        self.assertEqual(sorted(ids[1:], key=lambda one: turns[one]['sentAt']), [ids[3], ids[2], ids[1]])
        self.assertEqual(self.times_sent('number 0'), 0)
        for verb in ('drop', 'move'):
            self.assertIn('has ended', self.run_skerry('sessions', verb, ids[1], expect=6).stderr)
        self.run_skerry('sessions', 'drop', 'nothing', expect=3)

    def test_usage_is_added_up_by_project_model_and_day(self):
        self.prompt('hello', 'say: once more')
        for by, name in (('project', 'hello'), ('model', 'demo/scripted'), ('day', time.strftime('%Y-%m-%d'))):
            [row] = self.json_of('sessions', 'usage', '--by', by)
            self.assertEqual((row['of'], row['turns']), (name, 2))
            self.assertGreater(row['tokens']['input'], 0)

    def test_events_of_a_project_are_those_of_all_its_sessions_and_its_own(self):
        made = self.json_of('sessions', 'create', 'hello')
        self.prompt(made['id'], 'say: elsewhere')
        events = self.events('hello')
        self.assertEqual(len({event['sessionId'] for event in events if event['sessionId']}), 2)
        self.assertIn('project.status', {event['type'] for event in events})
        self.assertEqual({event['sessionId'] for event in self.events(made['id'])}, {made['id']})

    def test_the_agents_own_client_opens_the_session(self):
        self.assertIn('needs a terminal', self.run_skerry('sessions', 'attach', 'hello', expect=2).stderr)
        master, slave = pty.openpty()
        environment = dict(self.environment, TERM='xterm-256color', HOME=str(self.data / 'home'))
        pathlib.Path(environment['HOME']).mkdir()
        client = subprocess.Popen([SKERRY, 'sessions', 'attach', 'hello'], stdin=slave, stdout=slave, stderr=slave,
                                  env=environment, start_new_session=True)
        os.close(slave)
        self.started.append(client)
        shown = b''

        def answer_is_shown():
            nonlocal shown
            if select.select([master], [], [], 0.1)[0]:
                shown += os.read(master, 65536)
            return b'the first answer' in shown
        wait_for(answer_is_shown, what='the conversation in the client')
        client.kill()
        client.wait()
        os.close(master)


if __name__ == '__main__':
    unittest.main()
