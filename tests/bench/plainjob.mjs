// Measures one case of plainjob once; called by run.py, which puts this file beside its node_modules.
//
//   node plainjob.mjs enqueue FOLDER n= batch= sync=normal|full     node plainjob.mjs drain FOLDER n=
//   node plainjob.mjs pickup FOLDER n= poll=MILLISECONDS            node plainjob.mjs idle FOLDER
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { better, defineQueue, defineWorker } from 'plainjob';

const [what, folder, ...rest] = process.argv.slice(2);
const options = Object.fromEntries(rest.map((word) => word.split('=')));
const count = Number(options.n ?? 1000);
const batch = Number(options.batch ?? 1);
const poll = Number(options.poll ?? 1000);
const logger = { error: console.error, warn() {}, info() {}, debug() {} };
const args = (tell = '0') => ({ tell, pad: 'x'.repeat(76) });
const now = () => process.hrtime.bigint();
const secondsSince = (begun) => Number(now() - begun) / 1e9;

function open() {
  const db = new Database(`${folder}/plainjob.db`);
  const queue = defineQueue({ connection: better(db), logger });
  db.pragma(`synchronous = ${options.sync ?? 'normal'}`);
  return queue;
}

function addMany(queue, size) {
  for (let done = 0; done < count; done += size)
    queue.addMany('nothing', Array.from({ length: Math.min(size, count - done) }, () => args()));
}

function percentiles(times) {
  times.sort((a, b) => a - b);
  const at = (percent) => times[Math.floor(((times.length - 1) * percent) / 100)];
  return { p50: at(50), p99: at(99), max: at(100) };
}

function enqueue() {
  const queue = open();
  for (let number = 0; number < 200; number++) queue.add('nothing', args());
  const begun = now();
  if (batch > 1) addMany(queue, batch);
  else for (let number = 0; number < count; number++) queue.add('nothing', args());
  return { rate: count / secondsSince(begun) };
}

async function drain() {
  const queue = open();
  addMany(queue, 1000);
  let left = count;
  const begun = now();
  let seconds;
  const worker = defineWorker('nothing', () => {}, {
    queue, logger, onCompleted() {
      if (--left > 0) return;
      seconds = secondsSince(begun);
      worker.stop();
    },
  });
  await worker.start();
  return { rate: count / seconds };
}

async function pickup() {
  const queue = open();
  const warmUp = 2;
  const worker = fork(process.argv[1], ['serve', folder, ...rest]);
  await once(worker, 'message');
  const times = [];
  for (let number = -warmUp; number < count; number++) {
    await sleep(5 + Math.random() * Math.max(35, poll)); // at no fixed distance from its timer
    const answer = once(worker, 'message');
    const asked = now();
    queue.add('nothing', args(String(asked)));
    const [time] = await answer;
    if (number >= 0) times.push(time);
  }
  worker.kill('SIGKILL');
  return percentiles(times);
}

// The worker of pickup: says how long each job had waited.
function serve() {
  const queue = open();
  const tell = (job) => { process.send(Number(now() - BigInt(JSON.parse(job.data).tell)) / 1e6); };
  defineWorker('nothing', tell, { queue, logger, pollIntervall: poll }).start();
  process.send('ready');
}

function idle() {
  defineWorker('nothing', () => {}, { queue: open(), logger, pollIntervall: poll }).start();
}

if (what === 'version') {
  console.log(new Database(':memory:').prepare('select sqlite_version() as version').get().version);
} else if (what === 'serve' || what === 'idle') {
  await { serve, idle }[what]();
} else {
  console.log(JSON.stringify(await { enqueue, drain, pickup }[what]()));
  process.exit(0); // the timers of the queue would keep the process here
}
