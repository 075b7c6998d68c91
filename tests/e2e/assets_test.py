"""Assets: files that are brought into a project's folder public, by form, JSON and command line."""
import base64
import hashlib
import json
import os
import socket
import struct
import unittest
import urllib.error
import urllib.parse
import urllib.request
import zlib

from service import RunningProject
from world import wait_for

UPLOAD = '/api/actions/assets.upload'
USAGE, NOT_FOUND, NOT_CONFIRMED, CONFLICT = 2, 3, 5, 6
BOUNDARY = 'a-boundary-of-ours'


def form_of(*parts, end='--'):
    """A body of multipart/form-data; a part is (name, content) or (name, content, file name)."""
    body = b''
    for name, content, *file_name in parts:
        what = f'name="{name}"' + (f'; filename="{file_name[0]}"' if file_name else '')
        body += f'--{BOUNDARY}\r\nContent-Disposition: form-data; {what}\r\n\r\n'.encode() + content + b'\r\n'
    return body + f'--{BOUNDARY}{end}\r\n'.encode()


def picture(width, height):
    """A whole PNG, black."""
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 0, 0, 0, 0)) +
            chunk(b'IDAT', zlib.compress((b'\0' * (width + 1)) * height)) + chunk(b'IEND', b''))


class Assets(RunningProject):
    @property
    def public(self):
        return self.data / 'projects' / 'hello' / 'public'

    def setUp(self):
        super().setUp()
        for asset in self.listed():
            self.ann.done('assets.delete', project='hello', asset=asset['name'])

    def tearDown(self):
        self.assertEqual(list(self.public.glob('.*')), [], 'uploads were left behind')

    def listed(self):
        return self.ann.get('/api/projects/hello/assets').data

    def names(self):
        return sorted(file.name for file in self.public.iterdir())

    def send(self, body, client=None, boundary=BOUNDARY, **headers):
        kind = {'Content-Type': f'multipart/form-data; boundary={boundary}'}
        return (client or self.ann).ask('POST', UPLOAD, body, kind | headers)

    def bring(self, name, content, *more, client=None, project='hello'):
        """Uploads by a form; the answer."""
        return self.send(form_of(('project', project.encode()), *more, ('file', content, name)), client)

    def brought(self, answer):
        """The asset when it has been looked at."""
        self.assertEqual(answer.status, 200, answer.text)
        name = answer.data['name']

        def looked_at():
            [asset] = [one for one in self.listed() if one['name'] == name]
            return asset['state'] != 'processing' and asset
        return wait_for(looked_at, what=f'what {name} is')

    def assert_refused(self, answer, status, code, says=''):
        self.assertEqual((answer.status, answer.error['code']), (status, code), answer.text)
        self.assertIn(says, answer.error['message'])
        self.assertNotIn(str(self.data), answer.text)

    # --- By form ------------------------------------------------------------------------------------------

    def test_a_text_is_brought_by_a_form_and_looked_at(self):
        content = 'příliš žluťoučký\n'.encode() * 3
        answer = self.bring('notes.txt', content)
        self.assertEqual((answer.data['state'], answer.data['size']), ('processing', len(content)))
        asset = self.brought(answer)
        self.assertEqual((asset['state'], asset['type'], asset['size'], asset['width'], asset['error']),
                         ('ready', 'text/plain', len(content), None, None))
        self.assertEqual(asset['sha256'], hashlib.sha256(content).hexdigest())
        self.assertEqual((self.public / 'notes.txt').read_bytes(), content)
        job = self.ann.get(f'/api/jobs/{answer.data["jobId"]}').data
        self.assertEqual((job['type'], job['projectId']), ('asset.process', asset['projectId']))

    def test_a_picture_is_told_by_its_content_with_its_size(self):
        content = picture(321, 77)
        asset = self.brought(self.bring('logo.txt', content))
        self.assertEqual((asset['type'], asset['width'], asset['height']), ('image/png', 321, 77))
        self.assertEqual(asset['sha256'], hashlib.sha256(content).hexdigest())

    def test_what_looks_like_a_boundary_belongs_to_the_file(self):
        content = (f'\r\n--{BOUNDARY[:-1]}\r\n--\r\n\r\n-\r--{BOUNDARY}\n--{BOUNDARY}'.encode() * 2000 +
                   b'\r\n' + bytes(range(256)) * 500 + b'\r')
        self.assertEqual(self.brought(self.bring('odd.bin', content))['type'], 'application/octet-stream')
        self.assertEqual((self.public / 'odd.bin').read_bytes(), content)

    def test_an_empty_file_is_a_file(self):
        asset = self.brought(self.bring('empty', b''))
        self.assertEqual((asset['size'], asset['sha256']), (0, hashlib.sha256(b'').hexdigest()))

    def test_the_app_serves_what_was_brought(self):
        content = picture(4, 4)
        self.brought(self.bring('logo.png', content))
        address = self.ann.get('/api/projects/hello').data['appUrl']
        with urllib.request.urlopen(f'{address}/public/logo.png', timeout=10) as answer:
            self.assertEqual((answer.headers['Content-Type'], answer.read()), ('image/png', content))
        self.ann.done('assets.delete', project='hello', asset='logo.png')
        with self.assertRaises(urllib.error.HTTPError) as gone:
            urllib.request.urlopen(f'{address}/public/logo.png', timeout=10)
        self.assertEqual(gone.exception.code, 404)
        gone.exception.close()

    def test_a_file_is_replaced_only_when_one_asks_for_it(self):
        first = self.brought(self.bring('a.txt', b'one'))
        self.assert_refused(self.bring('a.txt', b'two'), 409, 'CONFLICT', 'a.txt already')
        self.assert_refused(self.bring('a.txt', b'two', ('overwrite', b'false')), 409, 'CONFLICT')
        self.assertEqual((self.public / 'a.txt').read_bytes(), b'one')
        self.assertEqual(self.listed(), [first], 'what was refused left no trace')
        second = self.brought(self.bring('a.txt', b'three', ('overwrite', b'true')))
        self.assertEqual((second['size'], (self.public / 'a.txt').read_bytes()), (5, b'three'))
        self.assertEqual(len(self.listed()), 1)

    def test_a_file_of_the_agents_is_not_replaced_either(self):
        (self.public / 'own.txt').write_text('by the agent')
        self.assert_refused(self.bring('own.txt', b'other'), 409, 'CONFLICT')
        self.assertEqual(((self.public / 'own.txt').read_text(), self.listed()), ('by the agent', []))
        (self.public / 'own.txt').unlink()

    def test_the_name_in_the_form_goes_before_the_name_of_the_file(self):
        self.assertEqual(self.bring('a.txt', b'x', ('name', b'other.txt')).data['name'], 'other.txt')
        self.assertEqual(self.names(), ['other.txt'])

    # --- Too large, broken off, broken --------------------------------------------------------------------

    def test_what_is_too_large_is_refused_and_leaves_nothing(self):
        largest = 10_000_000
        self.assert_refused(self.bring('large', b'x' * (largest + 1)), 413, 'PAYLOAD_TOO_LARGE')
        self.assertEqual((self.names(), self.listed()), ([], []))
        self.assertEqual(self.brought(self.bring('large', b'x' * largest))['size'], largest)

    def open_upload(self, length, content):
        """A connection on which a form has begun whose body has `length` bytes."""
        connection = socket.create_connection(('127.0.0.1', urllib.parse.urlsplit(self.address).port))
        head = (f'POST {UPLOAD} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.ann.token}\r\n'
                f'Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n')
        connection.sendall((head + length + '\r\n').encode() + content)
        return connection

    def growing(self):
        """How much of an upload is on the disk."""
        return sum(file.stat().st_size for file in self.public.glob('.upload-*'))

    def test_a_file_is_on_the_disk_while_it_comes_and_seen_when_it_is_whole(self):
        content = os.urandom(1 << 20)
        body = form_of(('project', b'hello'), ('file', content, 'slow.bin'))
        with self.open_upload(f'Content-Length: {len(body)}\r\n', body[:-1000]) as connection:
            wait_for(lambda: self.growing() > len(content) - 100_000, what='most of the file')
            self.assertEqual(([name for name in self.names() if name[0] != '.'], self.listed()), ([], []))
            connection.sendall(body[-1000:])
            self.assertIn(b'HTTP/1.1 200', connection.recv(1000))
        self.assertEqual((self.public / 'slow.bin').read_bytes(), content)

    def test_a_form_may_come_in_chunks_of_any_size(self):
        body = form_of(('project', b'hello'), ('file', b'some content', 'chunked.txt'))
        chunks = b''.join(b'1\r\n%c\r\n' % byte for byte in body) + b'0\r\n\r\n'
        with self.open_upload('Transfer-Encoding: chunked\r\n', chunks) as connection:
            self.assertIn(b'HTTP/1.1 200', connection.recv(1000))
        self.assertEqual((self.public / 'chunked.txt').read_bytes(), b'some content')

    def test_of_an_upload_that_breaks_off_nothing_is_left(self):
        body = form_of(('project', b'hello'), ('file', os.urandom(1 << 20), 'lost.bin'))
        with self.open_upload(f'Content-Length: {len(body)}\r\n', body[:-1000]):
            wait_for(self.growing, what='the beginning of the file')
        wait_for(lambda: self.names() == [], what='an empty folder')
        self.assertEqual(self.listed(), [])

    def test_what_is_no_form_or_a_broken_one_is_refused(self):
        good = form_of(('project', b'hello'), ('file', b'x', 'x'))
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="project"\r\n\r\nhello\r\n'.encode()
        file = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n'.encode()
        for what, body in {
            'nothing': b'',
            'no boundary': b'hello',
            'another boundary': good.replace(BOUNDARY.encode(), b'other'),
            'no end': good[:-6],
            'an end that is cut': good[:-3],
            'a head without end': head + file + b'X: ' + b'y' * 10_000,
            'a head that is cut': head + file,
            'a part without a name': head + f'--{BOUNDARY}\r\n\r\n\r\nx\r\n--{BOUNDARY}--'.encode(),
            'a boundary that goes on': good.replace(f'{BOUNDARY}--'.encode(), f'{BOUNDARY}x\r\n'.encode()),
            'no project': form_of(('file', b'x', 'x')),
            'no file': form_of(('project', b'hello')),
            'an unknown field': form_of(('project', b'hello'), ('odd', b'1'), ('file', b'x', 'x')),
            'the project behind': form_of(('file', b'x', 'x'), ('project', b'hello')),
        }.items():
            with self.subTest(what):
                self.assert_refused(self.send(body), 400, 'BAD_REQUEST')
        for boundary in ('', 'b' * 71, '"'):
            self.assert_refused(self.send(good, boundary=boundary), 400, 'BAD_REQUEST')
        self.assert_refused(self.bring('x', b'x', ('name', b'n' * 2000)), 413, 'PAYLOAD_TOO_LARGE')
        self.assertEqual((self.names(), self.listed()), ([], []))

    def test_what_comes_behind_the_file_is_refused_and_not_overheard(self):
        for late in (('overwrite', b'true'), ('name', b'b.txt'), ('file', b'second', 'b.txt')):
            body = form_of(('project', b'hello'), ('file', b'first', 'a.txt'), late)
            self.assert_refused(self.send(body), 400, 'BAD_REQUEST', 'behind')
        self.assertEqual((self.names(), self.listed()), ([], []))

    def test_a_form_is_not_kept_for_a_key(self):
        body = form_of(('project', b'hello'), ('file', b'x', 'x'))
        refused = self.send(body, **{'Idempotency-Key': 'k'})
        self.assert_refused(refused, 400, 'BAD_REQUEST', 'Idempotency-Key')
        asked = {'project': 'hello', 'name': 'x', 'content': 'eA=='}
        first, again = (self.ann.act('assets.upload', {'Idempotency-Key': 'x'}, **asked) for _ in range(2))
        self.assertEqual((first.status, again.status, first.text), (200, 200, again.text))

    # --- Names and places ---------------------------------------------------------------------------------

    def test_names_are_made_safe_and_stay_in_the_folder(self):
        for given, name in {
            '../../escape.txt': 'escape.txt', '/etc/passwd': 'passwd', 'C:\\temp\\logo.png': 'logo.png',
            '..': 'file', '.': 'file', '/': 'file', '...hidden': 'hidden', '.upload-x': 'upload-x',
            'a b;c.txt': 'a-b-c.txt', 'x%2f..%2fy': 'x-2f..-2fy', 'ž.txt': 'ž.txt', '<script>': '-script-',
            'n' * 300 + '.png': 'n' * 196 + '.png',
        }.items():
            with self.subTest(given):
                made = self.ann.act('assets.upload', project='hello', name=given, content='', overwrite=True)
                self.assertEqual(made.data['name'], name)
                self.assertTrue((self.public / name).is_file())
                by_form = self.bring('x', b'', ('name', given.encode()), ('overwrite', b'1'))
                self.assertEqual(by_form.data['name'], name)
        made = self.ann.act('assets.upload', project='hello', name='a\r\nc\x1b[1m', content='')
        self.assertEqual(made.data['name'], 'a--c--1m')
        nul = self.ann.act('assets.upload', project='hello', name='a\0b', content='')
        self.assertEqual(nul.wrong_fields, {'name': 'holds a NUL character'})
        self.assertEqual(self.bring('a\0b', b'').data['name'], 'a-b')
        self.assertFalse((self.data / 'projects' / 'escape.txt').exists())

    def test_a_link_in_place_of_the_folder_is_not_followed(self):
        outside = self.data / 'outside'
        outside.mkdir()
        (outside / 'a.txt').write_text('not ours')
        aside = self.public.with_name('aside')
        self.brought(self.bring('a.txt', b'ours'))
        self.public.rename(aside)
        try:
            for make in (lambda: self.public.symlink_to(outside), lambda: self.public.write_text('')):
                make()
                self.assert_refused(self.bring('b.txt', b'x'), 409, 'CONFLICT', "'public'")
                for action, fields in (('upload', {'name': 'c.txt', 'content': ''}),
                                       ('rename', {'asset': 'a.txt', 'name': 'c.txt'}),
                                       ('delete', {'asset': 'a.txt'})):
                    self.assert_refused(self.ann.act(f'assets.{action}', project='hello', **fields), 409,
                                        'CONFLICT')
                self.public.unlink()
        finally:
            self.public.unlink(missing_ok=True)
            aside.rename(self.public)
        self.assertEqual([file.name for file in outside.iterdir()], ['a.txt'])
        self.assertEqual((outside / 'a.txt').read_text(), 'not ours')
        self.assertEqual([asset['name'] for asset in self.listed()], ['a.txt'])

    def test_a_link_in_place_of_a_file_is_replaced_or_removed_itself(self):
        secret = self.data / 'secret'
        secret.write_text('not ours')
        (self.public / 'link').symlink_to(secret)
        self.assert_refused(self.bring('link', b'x'), 409, 'CONFLICT')
        self.bring('link', b'ours', ('overwrite', b'true'))
        self.assertFalse((self.public / 'link').is_symlink())
        (self.public / 'link').unlink()
        (self.public / 'link').symlink_to(secret)
        self.ann.done('assets.delete', project='hello', asset='link')
        self.assertEqual((self.names(), secret.read_text()), ([], 'not ours'))

    def test_a_file_that_the_agent_removed_says_so(self):
        self.brought(self.bring('a.txt', b'x'))
        (self.public / 'a.txt').unlink()
        self.assert_refused(self.ann.act('assets.rename', project='hello', asset='a.txt', name='b'), 404,
                            'NOT_FOUND', 'any more')
        self.ann.done('assets.delete', project='hello', asset='a.txt')
        self.assertEqual(self.listed(), [])

    # --- In JSON ------------------------------------------------------------------------------------------

    def test_a_file_is_brought_in_json_by_base64(self):
        content = picture(5, 6)
        made = self.ann.act('assets.upload', project='hello', name='p.png',
                            content=base64.b64encode(content).decode())
        asset = self.brought(made)
        self.assertEqual((asset['width'], asset['height']), (5, 6))
        for wrong in ('%%%', 'eA', 'eA=', 'e A=='):
            answer = self.ann.act('assets.upload', project='hello', name='w', content=wrong)
            self.assertEqual(answer.wrong_fields, {'content': 'is not base64'}, wrong)
        missing = self.ann.act('assets.upload', project='hello')
        self.assertEqual(missing.wrong_fields, {'name': 'is missing', 'content': 'is missing'})
        empty = self.brought(self.ann.act('assets.upload', project='hello', name='empty.txt', content=''))
        self.assertEqual(empty['size'], 0)
        large = base64.b64encode(b'x' * 10_000_001).decode()
        self.assert_refused(self.ann.act('assets.upload', project='hello', name='l', content=large), 413,
                            'PAYLOAD_TOO_LARGE')
        self.assertEqual(self.names(), ['empty.txt', 'p.png'])

    def test_assets_are_renamed_and_deleted_by_name_or_id(self):
        one = self.brought(self.bring('one', b'1'))
        self.brought(self.bring('two', b'2'))
        taken = self.ann.act('assets.rename', project='hello', asset='one', name='two')
        self.assert_refused(taken, 409, 'CONFLICT')
        self.assertEqual(taken.wrong_fields, {'name': 'is taken'})
        renamed = self.ann.done('assets.rename', project='hello', asset=one['id'], name='../three')
        self.assertEqual((renamed['name'], renamed['id']), ('three', one['id']))
        self.assertEqual(self.names(), ['three', 'two'])
        self.ann.done('assets.delete', project='hello', asset=one['id'])
        self.assertEqual(self.names(), ['two'])
        for action, more in (('rename', {'name': 'x'}), ('delete', {})):
            gone = self.ann.act(f'assets.{action}', project='hello', asset=one['id'], **more)
            self.assert_refused(gone, 404, 'NOT_FOUND')

    # --- Whose --------------------------------------------------------------------------------------------

    def test_they_are_listed_in_parts_the_newest_first(self):
        for number in range(5):
            self.bring(f'{number}.txt', b'x')
        parts, cursor = [], {}
        while not parts or cursor['cursor']:
            answer = self.ann.get('/api/projects/hello/assets', limit=2, **cursor).json
            parts.append([asset['name'] for asset in answer['data']])
            cursor = {'cursor': answer['nextCursor']}
        self.assertEqual(parts, [['4.txt', '3.txt'], ['2.txt', '1.txt'], ['0.txt']])

    def test_only_who_owns_the_project_brings_sees_and_changes_its_assets(self):
        self.bring('a.txt', b'x')
        reading = self.boss.done('tokens.create', name='looks at assets', user='ann', readOnly=True)['token']
        reader = type(self.ann)(self.address, token=reading)
        for client, status, code in ((self.nobody, 401, 'UNAUTHORIZED'), (self.ben, 403, 'FORBIDDEN'),
                                     (reader, 403, 'FORBIDDEN')):
            self.assert_refused(self.bring('b.txt', b'x', client=client), status, code)
            for action, fields in (('upload', {'name': 'b.txt', 'content': ''}), ('delete', {}),
                                   ('rename', {'name': 'b.txt'})):
                asset = {} if action == 'upload' else {'asset': 'a.txt'}
                answer = client.act(f'assets.{action}', project='hello', **asset, **fields)
                self.assert_refused(answer, status, code)
        self.assertEqual(reader.get('/api/projects/hello/assets').status, 200)
        self.assert_refused(self.ben.get('/api/projects/hello/assets'), 403, 'FORBIDDEN')
        self.assert_refused(self.bring('b', b'x', project='nothing'), 404, 'NOT_FOUND')
        self.assertEqual(self.boss.get('/api/projects/hello/assets').data[0]['name'], 'a.txt')
        self.assertEqual(self.names(), ['a.txt'])

    def test_a_form_that_a_page_of_another_site_sends_is_refused(self):
        boss = self.log_in(self.address, 'boss')
        body = form_of(('project', b'hello'), ('file', b'x', 'x'))
        self.assert_refused(self.send(body, boss, Origin='https://evil.example'), 403, 'FORBIDDEN')
        self.assert_refused(self.send(body, boss, Origin=None), 403, 'FORBIDDEN')
        self.assertEqual(self.send(body, boss).status, 200)

    # --- On the command line ------------------------------------------------------------------------------

    def test_the_command_line_brings_lists_renames_and_deletes(self):
        file = self.data / 'logo of ours.png'
        file.write_bytes(picture(8, 9))
        made = self.json_of('assets', 'upload', 'hello', str(file))
        self.assertEqual((made['name'], made['state']), ('logo-of-ours.png', 'processing'))
        self.run_skerry('assets', 'upload', 'hello', str(file), expect=CONFLICT)
        again = self.run_skerry('assets', 'upload', 'hello', str(file), '--overwrite', '-q')
        self.assertEqual(again.stdout, 'logo-of-ours.png\n')
        self.run_skerry('assets', 'upload', 'hello', str(file), '--name', 'b.png')
        wait_for(lambda: {one['state'] for one in self.listed()} == {'ready'}, what='what they are')

        self.assertEqual(self.json_of('assets', 'list', 'hello'), self.listed())
        self.assertEqual(self.run_skerry('assets', 'list', 'hello', '-q').stdout, 'b.png\nlogo-of-ours.png\n')
        self.assertIn('image/png 8x9', self.run_skerry('assets', 'list', 'hello').stdout)

        self.assertEqual(self.json_of('assets', 'rename', 'hello', 'b.png', 'c.png')['name'], 'c.png')
        self.run_skerry('assets', 'rename', 'hello', 'c.png', 'logo-of-ours.png', expect=CONFLICT)
        self.run_skerry('assets', 'delete', 'hello', 'c.png', expect=NOT_CONFIRMED)
        self.assertEqual(self.json_of('assets', 'delete', 'hello', 'c.png', '--yes')['name'], 'c.png')
        self.assertEqual(self.names(), ['logo-of-ours.png'])

    def test_the_command_line_says_what_is_wrong_by_its_exit_code(self):
        file = self.data / 'large'
        file.write_bytes(b'x' * 10_000_001)
        for words, code in ((('upload', 'hello', str(file)), USAGE),
                            (('upload', 'nothing', __file__), NOT_FOUND),
                            (('upload', 'hello', '/nowhere/at/all'), NOT_FOUND),
                            (('upload', 'hello'), USAGE),
                            (('list', 'nothing'), NOT_FOUND),
                            (('rename', 'hello', 'nothing', 'x'), NOT_FOUND),
                            (('delete', 'hello', 'nothing', '--yes'), NOT_FOUND)):
            with self.subTest(words):
                result = self.run_skerry('assets', *words, '--json', expect=code)
                self.assertEqual(set(json.loads(result.stderr)), {'error'})
        self.assertEqual((self.names(), self.run_skerry('assets', 'list', 'hello', '-q').stdout), ([], ''))


if __name__ == '__main__':
    unittest.main()
