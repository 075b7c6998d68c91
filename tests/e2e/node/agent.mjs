// Talks to an agent with the agent's own client, and prints what it saw as JSON:
//     node --input-type=module - ADDRESS TOKEN PROMPT < agent.mjs
import { createOpencodeClient } from '@opencode-ai/sdk';
import { createOpencodeClient as createSecondClient } from '@opencode-ai/sdk/v2';

const [baseUrl, token, prompt] = process.argv.slice(2);
const options = { baseUrl, headers: { Authorization: `Bearer ${token}` } };
const client = createOpencodeClient(options);
const seen = {};

const given = async (answer) => {
  const { data, error, response } = await answer;
  if (!data) throw { status: response.status, ...error };
  return data;
};

async function talk() {
  seen.before = (await given(client.session.list())).length;
  const { stream } = await client.event.subscribe();
  const events = stream[Symbol.asyncIterator]();
  seen.connected = (await events.next()).value.type;
  const session = await given(client.session.create({ body: { title: 'by the client' } }));
  seen.session = session.id;
  seen.directory = session.directory;
  const parts = [{ type: 'text', text: prompt }];
  const prompted = given(client.session.prompt({ path: { id: session.id }, body: { parts } }));
  seen.events = [];
  for (let event; event?.type !== 'session.idle' || event.properties.sessionID !== session.id; ) {
    event = (await events.next()).value;
    seen.events.push(event.type);
  }
  seen.answer = (await prompted).parts.filter((part) => part.type === 'text').map((part) => part.text);
  const messages = await given(client.session.messages({ path: { id: session.id } }));
  seen.messages = messages.map((message) => message.info.role);
  seen.sessions = (await given(client.session.list())).map((one) => one.id);
  seen.files = (await given(client.file.list({ query: { path: '.' } }))).map((file) => file.name);
  seen.providers = (await given(client.config.providers())).providers;
  const second = createSecondClient(options);
  seen.second = (await given(second.session.list())).map((one) => one.id);
  seen.deleted = await given(client.session.delete({ path: { id: session.id } }));
}

try {
  await talk();
} catch (fault) {
  seen.fault = fault instanceof Error ? `${fault}` : fault;
}
process.stdout.write(`${JSON.stringify(seen)}\n`, () => process.exit(0));
