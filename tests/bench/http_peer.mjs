// A small server of Node and better-sqlite3 that does for three addresses what skerry does: looks the token up, reads or
// writes the same rows of the same tables, and answers with the same headers and JSON. Called by server.py, which puts this
// file beside its node_modules.
//
//   node http_peer.mjs DATABASE
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import Database from 'better-sqlite3';

if (process.argv[2] === 'version') {
  console.log(new Database(':memory:').prepare('select sqlite_version() as version').get().version);
  process.exit(0);
}

const db = new Database(process.argv[2]);
db.pragma('synchronous = full'); // the file is in WAL mode already
db.pragma('foreign_keys = on');

const columns = `select id, slug, name, status, runtime, model, template, path, owner_user_id, last_error, created_at,
  updated_at, (select port from ports where project_id = projects.id and service = 'app') as app,
  (select port from ports where project_id = projects.id and service = 'agent') as agent, on_permission, keep_events
  from projects `;
const byToken = db.prepare(`select api_tokens.id, user_id, users.name, role = 'admin' as admin, read_only,
  coalesce(project_id, '') as only_project, coalesce(last_used_at, 0) as used_at
  from api_tokens join users on users.id = user_id where digest = ? and (expires_at is null or expires_at > ?)`);
const bySlug = db.prepare(`${columns} where slug = ? and deleted_at is null`);
const byId = db.prepare(`${columns} where id = ? and deleted_at is null`);
const listed = db.prepare(`${columns} where deleted_at is null and owner_user_id = ? order by created_at desc, id limit ?`);
const setUsed = db.prepare('update api_tokens set last_used_at = ? where id = ?');
const setName = db.prepare('update projects set name = ?, updated_at = ? where id = ?');
const find = (reference) => bySlug.get(reference) ?? byId.get(reference);
const rename = db.transaction((caller, { project: reference, name }) => {
  const project = seen(caller, find(reference));
  setName.run(name, Date.now(), project.id);
  return byId.get(project.id);
});

const headers = {
  'Content-Type': 'application/json; charset=utf-8',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Content-Security-Policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    + " connect-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  'Cache-Control': 'no-store',
};
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

class Failure extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

function callerOf(request) {
  const now = Date.now();
  const caller = byToken.get(sha256((request.headers.authorization ?? '').slice('Bearer '.length)), now);
  if (!caller) throw new Failure(401, 'the token is not good');
  if (now - caller.used_at >= 60_000) setUsed.run(now, caller.id);
  return caller;
}

function seen(caller, project) {
  if (!project) throw new Failure(404, 'there is no such project');
  if (!caller.admin && project.owner_user_id !== caller.user_id) throw new Failure(403, 'it is of another');
  return project;
}

const json = (row) => ({
  id: row.id, slug: row.slug, name: row.name, status: row.status, runtime: row.runtime, model: row.model,
  onPermission: row.on_permission, keepEvents: row.keep_events, template: row.template, appPort: row.app,
  agentPort: row.agent, appUrl: row.app ? `http://127.0.0.1:${row.app}/` : null, path: row.path,
  ownerUserId: row.owner_user_id, createdAt: row.created_at, updatedAt: row.updated_at, lastError: row.last_error,
});

function send(response, status, body, more = {}) {
  const text = `${JSON.stringify(body)}\n`;
  const tag = more.tagged ? { ETag: `"${sha256(text).slice(0, 32)}"` } : {};
  response.writeHead(status, {
    ...headers, ...tag, 'X-Request-Id': randomBytes(8).toString('hex'), 'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

function read(request, response) {
  const caller = callerOf(request);
  const url = new URL(request.url, 'http://localhost');
  const [, , , id] = url.pathname.split('/');
  if (id) return send(response, 200, { data: { ...json(seen(caller, find(id))), services: [] } }, { tagged: true });
  const limit = Number(url.searchParams.get('limit') ?? 50);
  const rows = listed.all(caller.user_id, limit);
  const last = rows.length === limit ? rows.at(-1) : null;
  send(response, 200, { data: rows.map(json), nextCursor: last && `${last.created_at}.${last.id}` });
}

function act(request, response, body) {
  send(response, 200, { data: json(rename.immediate(callerOf(request), JSON.parse(body))) });
}

function guarded(response, work) {
  try {
    work();
  } catch (fault) {
    send(response, fault.status ?? 500, { error: { message: fault.message } });
  }
}

const server = createServer((request, response) => {
  if (request.method === 'GET') return guarded(response, () => read(request, response));
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => guarded(response, () => act(request, response, Buffer.concat(parts).toString())));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
