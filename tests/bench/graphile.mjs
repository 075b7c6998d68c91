// Measures one case of graphile-worker once, with its local queue; called by run.py, which puts this file beside its
// node_modules and names a PostgreSQL of its own in PGURL.
//
//   node graphile.mjs enqueue FOLDER n= batch=     node graphile.mjs drain FOLDER n=
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';

const [what, , ...rest] = process.argv.slice(2);
const options = Object.fromEntries(rest.map((word) => word.split('=')));
const count = Number(options.n ?? 1000);
const batch = Number(options.batch ?? 1);
const connectionString = process.env.PGURL;
const logger = new Logger(() => (level, message) => { if (level === 'error') console.error(message); });
const args = () => ({ tell: '0', pad: 'x'.repeat(76) });
const secondsSince = (begun) => Number(process.hrtime.bigint() - begun) / 1e9;

async function open() {
  const client = new pg.Client(connectionString);
  await client.connect();
  await client.query('drop schema if exists graphile_worker cascade');
  await client.end();
  const utils = await makeWorkerUtils({ connectionString, logger });
  await utils.migrate();
  return utils;
}

async function addMany(utils, size) {
  for (let done = 0; done < count; done += size)
    await utils.addJobs(Array.from({ length: Math.min(size, count - done) },
      () => ({ identifier: 'nothing', payload: args() })));
}

async function enqueue() {
  const utils = await open();
  for (let number = 0; number < 50; number++) await utils.addJob('nothing', args());
  const begun = process.hrtime.bigint();
  if (batch > 1) await addMany(utils, batch);
  else for (let number = 0; number < count; number++) await utils.addJob('nothing', args());
  return { rate: count / secondsSince(begun) };
}

async function drain() {
  const utils = await open();
  await addMany(utils, 5000);
  const pool = new pg.Pool({ connectionString, max: 1 });
  await pool.query('vacuum analyze graphile_worker._private_jobs');
  let left = count;
  const preset = { worker: { connectionString, concurrentJobs: 24, maxPoolSize: 10, localQueue: { size: 500 },
    completeJobBatchDelay: 0, failJobBatchDelay: 0 } };
  const begun = process.hrtime.bigint();
  await run({ preset, logger, noHandleSignals: true, crontab: '', taskList: { nothing: async () => { left--; } } });
  while (left > 0) await sleep(2);
  const rest = async () => Number((await pool.query('select count(*) from graphile_worker._private_jobs')).rows[0].count);
  while ((await rest()) > 0) await sleep(2);
  return { rate: count / secondsSince(begun) };
}

console.log(JSON.stringify(await { enqueue, drain }[what]()));
process.exit(0);
