"""Every call that the server answers, once: who may make it, and with what. The tests go by these tables, and
one of them compares the tables with what the server says of itself.

"{project}", "{session}", "{turn}" and "{job}" stand for ids of the caller's own; a call that has one must say
404 when there is no such thing and 403 when it is another's."""
import re

from service import PASSWORD

PLACE = re.compile(r'\{(project|session|turn|job)\}')

BY_ANYONE = {
    'auth.login': {'name': 'ann', 'password': PASSWORD},
    'setup.create_admin': {'token': 'from the link', 'name': 'boss', 'password': PASSWORD},
}
BY_USERS = {
    'assets.delete': {'project': '{project}', 'asset': 'a.txt'},
    'assets.rename': {'project': '{project}', 'asset': 'a.txt', 'name': 'b.txt'},
    'assets.upload': {'project': '{project}', 'name': 'a.txt', 'content': 'aGVsbG8K'},
    'auth.change_password': {'oldPassword': PASSWORD, 'newPassword': PASSWORD + ' staple'},
    'auth.logout': {},
    'jobs.cancel': {'id': '{job}'},
    'jobs.retry': {'id': '{job}'},
    'jobs.run_now': {'id': '{job}'},
    'logins.revoke': {'logins': ['an id']},
    'projects.abort': {'project': '{project}'},
    'projects.answer': {'project': '{project}', 'request': 'an id', 'reply': 'once'},
    'projects.create': {'prompt': 'say: hello', 'name': 'one more', 'model': 'demo/scripted'},
    'projects.delete': {'project': '{project}'},
    'projects.prompt': {'project': '{project}', 'text': 'say: more'},
    'projects.rename': {'project': '{project}', 'name': 'renamed'},
    'projects.restart': {'project': '{project}'},
    'projects.set': {'project': '{project}', 'onPermission': 'ask'},
    'projects.start': {'project': '{project}'},
    'projects.stop': {'project': '{project}'},
    'sessions.abort': {'session': '{session}'},
    'sessions.answer': {'session': '{session}', 'request': 'an id', 'reply': 'once'},
    'sessions.create': {'project': '{project}', 'title': 'another'},
    'sessions.delete': {'session': '{session}'},
    'sessions.drop': {'turn': '{turn}'},
    'sessions.fork': {'session': '{session}'},
    'sessions.move': {'turn': '{turn}'},
    'sessions.prompt': {'session': '{session}', 'text': 'say: more'},
    'sessions.redo': {'session': '{session}'},
    'sessions.undo': {'session': '{session}'},
    'tokens.create': {'name': 'ci'},
    'tokens.delete': {'token': 'an id'},
}
BY_ADMINS = {
    'jobs.pause': {},
    'jobs.resume': {},
    'schedules.add': {'name': 'yearly', 'cron': '0 0 1 1 *', 'command': ['true']},
    'schedules.delete': {'name': 'yearly'},
    'schedules.pause': {'name': 'yearly'},
    'schedules.resume': {'name': 'yearly'},
    'schedules.run_now': {'name': 'yearly'},
    'secrets.delete': {'name': 'DEMO_KEY'},
    'secrets.import_auth': {'auth': '{"openai": {"type": "api", "key": "sesame"}}'},
    'secrets.set': {'name': 'DEMO_KEY', 'value': 'sesame'},
    'users.add': {'name': 'eve', 'password': PASSWORD},
    'users.delete': {'user': 'eve'},
    'users.set-password': {'user': 'eve'},
    'users.set-role': {'user': 'eve', 'role': 'admin'},
}
ACTIONS = BY_ANYONE | BY_USERS | BY_ADMINS
# What makes sense only with an agent that has done something.
WITH_AN_AGENT = {'projects.answer', 'sessions.answer', 'sessions.undo', 'sessions.redo'}

READS_BY_ANYONE = ['/', '/page.css', '/page.js', '/api/me', '/api/openapi.json', '/healthz', '/readyz']
READS_BY_USERS = ['/api/projects', '/api/projects/{project}', '/api/projects/{project}/assets',
                  '/api/sessions', '/api/sessions/{session}', '/api/sessions/{session}/turns',
                  '/api/sessions/{session}/messages', '/api/sessions/{session}/pending',
                  '/api/turns/{turn}', '/api/turns/{turn}/diff', '/api/jobs', '/api/jobs/{job}',
                  '/api/events/stored?project={project}', '/api/logins', '/api/tokens']
STREAMS = ['/api/events', '/api/projects/{project}/logs', '/api/jobs/{job}/log']
READS_BY_ADMINS = ['/api/users', '/metrics']
READS = READS_BY_ANYONE + READS_BY_USERS + READS_BY_ADMINS
READS_WITH_AN_AGENT = {'/api/turns/{turn}/diff'}

# What is said to the agent behind it, by each of the methods.
PASSAGE = '/api/projects/{project}/agent/{rest}'
PASSAGE_METHODS = ['get', 'post', 'put', 'patch', 'delete']

# Nothing has these ids.
UNKNOWN = {'project': 'nothing', 'slug': 'nothing', 'session': 'nothing', 'turn': 'nothing', 'job': 999999}


def fields_for(fields, ids):
    """The fields of an action with the ids in them."""
    found = {name: PLACE.fullmatch(str(value)) for name, value in fields.items()}
    return {name: ids[found[name][1]] if found[name] else value for name, value in fields.items()}


def path_for(path, ids):
    return PLACE.sub(lambda place: str(ids[place[1]]), path)


def is_owned(call):
    """Whether a path, or the fields of an action, name something that is somebody's."""
    return PLACE.search(str(call)) is not None


def documented(path):
    """The path as the description writes it."""
    path = path.partition('?')[0]
    return PLACE.sub('{id}', path)
