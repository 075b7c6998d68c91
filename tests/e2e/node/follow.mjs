// Follows a stream with the client that browsers' code is written for, and prints what comes as JSON lines:
//     node --input-type=module - ADDRESS TOKEN [STOP-AFTER-TYPE] < follow.mjs
// It comes back by itself when the stream ends, as browsers do.
import { EventSource } from 'eventsource';

const [address, token, last] = process.argv.slice(2);
const source = new EventSource(address, {
  fetch: (input, init) =>
    fetch(input, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } }),
});

const print = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
source.onopen = () => print({ event: 'open' });
source.onerror = (fault) => print({ event: 'error', code: fault.code ?? null });
const tell = (event) => {
  const data = JSON.parse(event.data);
  print({ event: event.type, id: Number(event.lastEventId), data });
  if (last && data.type === last) process.exit(0);
};
source.onmessage = tell;
for (const name of ['snapshot', 'resync', 'log.chunk', 'end']) source.addEventListener(name, tell);
