"""What containers cost and leave behind, from the outside: stats, gc, images, and the log over restarts."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from world import World, wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = 'skerry-test/tools:1'


def docker(*words):
    return subprocess.run(['docker', *words], capture_output=True, text=True, check=True, timeout=120).stdout.strip()


def reason_to_skip():
    """Why there are no containers here, or nothing."""
    try:
        answer = subprocess.run(['docker', 'version'], capture_output=True, text=True, timeout=30)
    except FileNotFoundError:
        return 'docker is not installed'
    return None if answer.returncode == 0 else (answer.stderr.strip() or 'docker version failed').splitlines()[-1]


WHY_NOT = reason_to_skip()


class Folders(World):
    def test_folders_of_no_project_are_shown_and_removed_when_that_is_confirmed(self):
        # Of a project that nobody has begun to make there is only the row.
        self.run_skerry('projects', 'create', '--name', 'hello', '--model', 'demo/scripted')
        kept = pathlib.Path(self.data, 'projects', 'hello')
        kept.mkdir(parents=True)
        lost = pathlib.Path(self.data, 'projects', 'lost')
        lost.mkdir()
        lost.joinpath('file').write_bytes(b'x' * 1000)
        pathlib.Path(self.data, 'state', 'nobody').mkdir(parents=True, exist_ok=True)
        self.environment['DOCKER_HOST'] = 'unix:///nothing/docker.sock'

        found = self.json_of('gc', '--dry-run')
        self.assertEqual([(one['kind'], one['name'].rsplit('/', 1)[1], one['bytes']) for one in found['orphans']],
                         [('folder', 'nobody', 0), ('folder', 'lost', 1000)])
        self.assertFalse(found['removed'])
        self.assertIn('the Docker engine does not run', found['engineFault'])
        self.run_skerry('gc', expect=5)
        self.assertTrue(lost.exists())
        self.assertTrue(self.json_of('gc', '--yes')['removed'])
        self.assertFalse(lost.exists())
        self.assertEqual(self.json_of('gc', '--yes')['orphans'], [])
        self.assertTrue(kept.exists())

    def test_what_services_use_is_measured_in_the_sandbox(self):
        self.create()
        rows = {row['service']: row for row in self.json_of('projects', 'stats', 'hello')}
        self.assertLessEqual({'app', 'agent'}, rows.keys())
        self.assertGreater(rows['agent']['memoryBytes'], 10_000_000)
        self.assertGreater(rows['agent']['processes'], 0)
        self.assertIsNone(rows['agent']['receivedBytes'])
        self.run_skerry('projects', 'stop', 'hello', '--wait')
        self.assertEqual(self.json_of('projects', 'stats'), [])


@unittest.skipIf(WHY_NOT, WHY_NOT)
class Leftovers(World):
    def setUp(self):
        super().setUp()
        subprocess.run([ROOT / 'tests/support/engine_image', TOOLS], check=True)
        self.json_of('projects', 'list')
        self.label = f'skerry.test={os.path.basename(self.data)}-{os.getpid()}'

    def tearDown(self):
        for kind, remove in (('container', ['rm', '--force']), ('network', ['rm']), ('volume', ['rm'])):
            left = docker(kind, 'ls', '--quiet', '--filter', f'label={self.label}',
                          *(['--all'] if kind == 'container' else [])).split()
            if left:
                docker(kind, *remove, *left)
        super().tearDown()

    def instance(self):
        import hashlib
        return hashlib.sha256(str(self.data).encode()).hexdigest()[:12]

    def test_what_a_project_that_is_gone_has_left_in_the_engine_is_removed_and_nothing_else(self):
        ours = [f'--label=skerry.instance={self.instance()}', '--label=skerry.project=gone', f'--label={self.label}']
        others = ['--label=skerry.instance=another', '--label=skerry.project=gone', f'--label={self.label}']
        names = {}
        for whose, labels in (('ours', ours), ('others', others)):
            name = f'skerry-test-{whose}-{os.getpid()}'
            names[whose] = name
            docker('network', 'create', *labels, name)
            docker('volume', 'create', *labels, name)
            docker('run', '--detach', '--name', name, '--network', name, '--volume', f'{name}:/data', *labels, TOOLS,
                   'sh', '-c', 'head -c 5000 /dev/zero > /data/file; head -c 7000 /dev/zero > /file; sleep 1000')
        found = wait_for(lambda: self.found_whole(names['ours']), what='the sizes')
        self.assertEqual([one['kind'] for one in found], ['container', 'network', 'volume'])
        self.run_skerry('gc', '--yes')
        self.assertEqual(docker('container', 'ls', '-aq', '--filter', f'name={names["ours"]}'), '')
        self.assertEqual(docker('network', 'ls', '-q', '--filter', f'name={names["ours"]}'), '')
        self.assertEqual(docker('volume', 'ls', '-q', '--filter', f'name={names["ours"]}'), '')
        for kind in ('container', 'network', 'volume'):
            self.assertNotEqual(docker(kind, 'ls', '-q', '--filter', f'name={names["others"]}'), '')

    def found_whole(self, name):
        """What gc finds of that name, once the engine counts all that was written."""
        found = [one for one in self.json_of('gc', '--dry-run')['orphans'] if one['name'] == name]
        sizes = {one['kind']: one['bytes'] for one in found}
        return found if (sizes.get('container') or 0) >= 7000 and (sizes.get('volume') or 0) >= 5000 else None


@unittest.skipIf(WHY_NOT, WHY_NOT)
class Images(World):
    def test_images_that_are_there_are_left_as_they_are(self):
        first = self.json_of('images', 'build', timeout=600)
        self.assertEqual([one['name'] for one in first], ['skerry/app', 'skerry/agent'])
        again = self.json_of('images', 'build', timeout=600)
        self.assertEqual([(one['id'], one['built']) for one in again], [(one['id'], False) for one in first])
        listed = {row['usedBy']: row for row in self.json_of('images', 'list')}
        self.assertEqual((listed['agent']['name'], listed['agent']['present']), ('skerry/agent', True))
        self.assertEqual(listed['agent']['id'], first[1]['id'])
        for program in ('opencode --version', 'git --version', 'rg --version', 'node --version', 'npm --version'):
            docker('run', '--rm', '--network=none', '--user=12345:12345', '--env=HOME=/tmp', 'skerry/agent',
                   *program.split())

    def test_what_is_missing_is_said(self):
        self.environment['DOCKER_HOST'] = 'unix:///nothing/docker.sock'
        answer = self.run_skerry('images', 'build', '--json', expect=7)
        self.assertIn('the Docker engine does not run', json.loads(answer.stderr)['error']['message'])
        self.environment['DOCKER_HOST'] = 'tcp://127.0.0.1:1'
        self.assertIn('DOCKER_HOST', self.run_skerry('images', 'list', expect=2).stderr)
        del self.environment['DOCKER_HOST']
        self.run_skerry('images', 'build', '--app', '--base', 'node:20-slim', expect=2)
        with tempfile.TemporaryDirectory() as empty:
            self.environment['SKERRY_OPENCODE'] = f'{empty}/opencode'
            self.assertIn('no opencode at', self.run_skerry('images', 'build', '--agent', expect=7).stderr)


if __name__ == '__main__':
    unittest.main()
