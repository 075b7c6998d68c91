const find = (id) => document.getElementById(id);
const projects = new Map(); // by id: {project, last}

function show(...ids) {
  for (const id of ['setup', 'login', 'work', 'who']) find(id).hidden = !ids.includes(id);
}

function tell(fault) {
  find('fault').textContent = fault;
  find('fault').hidden = !fault;
}

async function ask(path, options = {}) {
  const answer = await fetch(path, options);
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error.message);
  return body.data;
}

const act = (name, input = {}) => ask(`/api/actions/${name}`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(input),
});

function on(form, action) {
  find(form).addEventListener('submit', async (event) => {
    event.preventDefault();
    tell('');
    const given = Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value !== ''));
    try {
      await action(given);
      event.target.reset();
    } catch (fault) {
      tell(fault.message);
    }
  });
}

/** The last thing that is worth a line. */
function lineOf(event) {
  const { payload } = event;
  switch (event.type) {
    case 'chat.turn.started': return 'the agent begins';
    case 'chat.turn.ended': return `the agent has ended: ${payload.outcome}${payload.error ? `: ${payload.error}` : ''}`;
    case 'chat.tool.start': return payload.title ?? payload.tool;
    case 'chat.message.final': return payload.role === 'assistant' ? payload.text : undefined;
    case 'chat.permission.requested': return `the agent asks: ${payload.title ?? payload.permission}`;
    case 'chat.question.requested': return 'the agent has a question';
    case 'project.status': return payload.error;
    default: return undefined;
  }
}

function draw() {
  const newest = [...projects.values()].sort((a, b) => b.project.createdAt - a.project.createdAt);
  const items = newest.map(({ project, last }) => {
    const item = find('project').content.cloneNode(true);
    item.querySelector('.slug').textContent = project.slug;
    const status = item.querySelector('.status');
    status.textContent = project.status;
    status.dataset.status = project.status;
    const app = item.querySelector('.app');
    app.hidden = project.status !== 'running' || !project.appUrl;
    if (!app.hidden) app.href = project.appUrl;
    item.querySelector('.last').textContent = last ?? project.lastError ?? '';
    return item;
  });
  find('projects').replaceChildren(...items);
  find('none').hidden = items.length > 0;
}

async function refresh(id) {
  try {
    const project = await ask(`/api/projects/${id}`);
    projects.set(id, { ...projects.get(id), project });
  } catch {
    projects.delete(id);
  }
  draw();
}

function follow() {
  const stream = new EventSource('/api/events?snapshot=1');
  stream.addEventListener('snapshot', ({ data }) => {
    projects.clear();
    for (const project of JSON.parse(data).projects) projects.set(project.id, { project });
    draw();
  });
  stream.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    const known = projects.get(event.projectId);
    if (event.type.startsWith('project.') || !known) refresh(event.projectId);
    const line = lineOf(event);
    if (!known || line === undefined) return;
    known.last = line;
    draw();
  };
}

async function begin() {
  const { user } = await ask('/api/me');
  const token = new URLSearchParams(location.hash.slice(1)).get('setup');
  if (!user) return show(token ? 'setup' : 'login');
  find('name').textContent = user.name;
  show('work', 'who');
  return follow();
}

on('login', async (given) => { await act('auth.login', given); await begin(); });
on('setup', async (given) => {
  const token = new URLSearchParams(location.hash.slice(1)).get('setup');
  await act('setup.create_admin', { ...given, token });
  history.replaceState(null, '', '/');
  await begin();
});
on('create', (given) => act('projects.create', given));
find('leave').addEventListener('click', async () => { await act('auth.logout'); location.reload(); });
begin().catch((fault) => tell(fault.message));
