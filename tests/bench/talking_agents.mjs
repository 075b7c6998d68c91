// Stands in for many agents that stream at once, for as many real ones would leave nothing of the machine to measure:
//
//     node talking_agents.mjs COUNT SECONDS DELTAS
//
// Each listens on a port of its own (the ports are printed as one JSON array). Once it has been given its prompt it says
// DELTAS pieces of text a second, each "<number>@<nanoseconds of the monotonic clock> ", and then ends its turn.
import http from 'node:http';

const [count, seconds, deltas] = process.argv.slice(2).map(Number);
const frame = (type, properties) => `data: ${JSON.stringify({ id: 'evt', type, properties })}\n\n`;

class Agent {
    constructor() {
        this.streams = new Set();
        this.busy = false;
        this.text = '';
        this.said = 0;
        this.server = http.createServer((request, response) => this.answer(request, response));
    }

    say(type, properties) {
        for (const stream of this.streams) stream.write(frame(type, properties));
    }

    info(done) {
        return { id: 'msg_z', parentID: this.prompt, sessionID: 'ses_1', role: 'assistant', modelID: 'talk', providerID: 'demo',
                 time: done ? { created: 1, completed: 2 } : { created: 1 }, ...(done ? { finish: 'stop' } : {}), cost: 0,
                 tokens: { input: 1, output: 1, reasoning: 0, cache: { read: 0, write: 0 } } };
    }

    part(done) {
        return { id: 'prt_z', messageID: 'msg_z', sessionID: 'ses_1', type: 'text', text: done ? this.text : '',
                 time: done ? { start: 1, end: 2 } : { start: 1 } };
    }

    messages() {
        if (!this.prompt) return [];
        const asked = { info: { id: this.prompt, sessionID: 'ses_1', role: 'user', time: { created: 1 } },
                        parts: [{ id: 'prt_a', messageID: this.prompt, sessionID: 'ses_1', type: 'text', text: 'talk' }] };
        return [asked, { info: this.info(!this.busy), parts: [this.part(!this.busy)] }];
    }

    begin(prompt) {
        this.prompt = prompt.messageID;
        this.busy = true;
        this.say('message.updated', { sessionID: 'ses_1', info: this.messages()[0].info });
        this.say('session.status', { sessionID: 'ses_1', status: { type: 'busy' } });
        this.say('message.updated', { sessionID: 'ses_1', info: this.info(false) });
        this.say('message.part.updated', { sessionID: 'ses_1', part: this.part(false) });
        this.next = process.hrtime.bigint();
        this.talk();
    }

    // As many pieces as are due: a late timer makes none fewer.
    talk() {
        for (const pause = BigInt(Math.round(1e9 / deltas)); this.next <= process.hrtime.bigint(); this.next += pause) {
            if (this.said === seconds * deltas) return this.end();
            const delta = `${this.said++}@${process.hrtime.bigint()} `;
            this.text += delta;
            this.say('message.part.delta', { sessionID: 'ses_1', messageID: 'msg_z', partID: 'prt_z', field: 'text', delta });
        }
        setTimeout(() => this.talk(), Number(this.next - process.hrtime.bigint()) / 1e6);
    }

    end() {
        this.busy = false;
        this.say('message.part.updated', { sessionID: 'ses_1', part: this.part(true) });
        this.say('message.updated', { sessionID: 'ses_1', info: this.info(true) });
        this.say('session.status', { sessionID: 'ses_1', status: { type: 'idle' } });
    }

    answer(request, response) {
        const path = request.url.split('?')[0];
        const json = (value, status = 200) => {
            response.writeHead(status, { 'content-type': 'application/json' });
            response.end(status === 204 ? '' : JSON.stringify(value));
        };
        if (path === '/event') {
            response.writeHead(200, { 'content-type': 'text/event-stream' });
            response.write(frame('server.connected', {}));
            this.streams.add(response);
            response.on('close', () => this.streams.delete(response));
        } else if (path === '/session/ses_1/prompt_async') {
            let body = '';
            request.on('data', (piece) => { body += piece; });
            request.on('end', () => { json(null, 204); this.begin(JSON.parse(body)); });
        } else if (path === '/session/status') {
            json(this.busy ? { ses_1: { type: 'busy' } } : {});
        } else if (path === '/session/ses_1/message') {
            json(this.messages());
        } else if (path.startsWith('/session/ses_1/message/')) {
            const found = this.messages()[0];
            json(found ?? { name: 'NotFoundError', data: { message: 'not here' } }, found ? 200 : 404);
        } else if (path === '/session/ses_1') {
            json({ id: 'ses_1' });
        } else {
            json([]);
        }
    }
}

const agents = Array.from({ length: count }, () => new Agent());
await Promise.all(agents.map((agent) => new Promise((done) => agent.server.listen(0, '127.0.0.1', done))));
console.log(JSON.stringify(agents.map((agent) => agent.server.address().port)));
