// Every role × every route × every method of every program, generated from the route tables and the
// rights in the database: who may not enter is refused, told so, and on record (reliability.md W-03,
// W-20); what belongs to a building is not there for an operator of another one (W-21).
import assert from 'node:assert/strict';
import test from 'node:test';
import { startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { B, NOUNS, QUERIES, estate, nounOf, omnipotent, permissionNames, routes as rowsOf } from './estate.mjs';
import { unlimit } from './fastcgi.mjs';

const UNKNOWN = '999999';
// What everybody who is signed in may open outside the sign-in program; everything else names a right.
const FOR_ALL = ['/accounts', '/sales', '/settings'];
// Rights to look at something change nothing.
const LOOKING = /\.view$|^export$/;
// Posts of the sign-in program end sessions and change passwords: they have tests of their own.
const WITH_TOKEN = ['accounts', 'sales', 'settings'];

const maria = await startMaria();
estate(maria);
omnipotent(maria);
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);

const names = permissionNames(), rows = rowsOf();
const routes = new Map();
for (const row of rows) {
  if (!routes.has(row.path)) routes.set(row.path, {});
  routes.get(row.path)[row.method] = row;
}
const rights = {};
for (const row of maria.sql('SELECT code, permission FROM role LEFT JOIN role_permission USING (role_id)')) (rights[row.code] ??= new Set()).add(row.permission);
// A role that may do nothing: what an administrator could make by mistake.
maria.sql("INSERT INTO role (code) VALUES ('nobody')");
rights.nobody = new Set();

const mayUse = (role, row) => may(role, row.permission) || (row.also && may(role, row.also));
const may = (role, permission) => permission === 'PERM_PUBLIC' || (role && (permission === 'PERM_SIGNED_IN' || rights[role].has(names[permission])));
const refusals = () => Number(maria.one("SELECT COUNT(*) FROM audit WHERE action = 'route.enter' AND outcome = 'refused'"));

test('the tables are read whole', () => {
  assert.ok(routes.size >= 20, `${routes.size} routes`);
  for (const row of rows) {
    assert.ok(['PERM_PUBLIC', 'PERM_SIGNED_IN'].includes(row.permission) || names[row.permission], `${row.path}: ${row.permission}`);
    if (row.permission === 'PERM_PUBLIC') assert.equal(row.program, 'login', `${row.path} is open to everybody`);
    if (row.permission === 'PERM_SIGNED_IN' && row.program !== 'login') assert.ok(FOR_ALL.includes(row.path) && row.method === 'GET', `${row.method} ${row.path} asks for no right`);
    if (row.method === 'POST' && names[row.permission]) assert.doesNotMatch(names[row.permission], LOOKING, `POST ${row.path}`);
    if (row.path.includes('{id}')) assert.ok(NOUNS[nounOf(row.path)], `${row.path}: tests/web/estate.mjs does not say what the number is`);
  }
  const granted = new Set(Object.values(rights).flatMap((set) => [...set]).filter(Boolean));
  for (const name of granted) assert.ok(Object.values(names).includes(name), `${name} is granted and unknown`);
});

// What one request must be answered; no POST of this carries a token.
function expected(role, row, method, target) {
  if (!row) return [405];
  if (!role && row.permission !== 'PERM_PUBLIC') return ['sign-in'];
  if (!mayUse(role, row) || method === 'POST') return [403];
  return target.includes(UNKNOWN) ? [404] : [200, 303];
}

async function check(client, role, route, method) {
  const row = routes.get(route)[method === 'HEAD' ? 'GET' : method];
  const target = route.replace('{id}', UNKNOWN) + (QUERIES[route] ?? '');
  const answer = await client.request(method, target, method === 'POST' ? { fields: { a: '1' } } : {});
  const where = `${role ?? 'signed out'}: ${method} ${target} answered ${answer.status}`;
  const wanted = expected(role, row, method, target);
  if (wanted[0] === 'sign-in') assert.ok(answer.status === 303 ? /^\/login/.test(answer.location) : answer.status === 403, where);
  else assert.ok(wanted.includes(answer.status), `${where}, expected ${wanted}`);
  return wanted[0] === 403 && role ? 1 : 0;
}

for (const role of [undefined, ...Object.keys(rights)]) {
  test(`${role ?? 'signed out'}: every route by every method`, async () => {
    const client = role ? await web.signedIn(role) : web.client();
    // PUT and DELETE are refused before anybody is asked who it is: two visitors show it.
    const methods = !role || role === 'omnipotent' ? ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'] : ['GET', 'POST'];
    let refused = 0;
    const before = refusals();
    for (const route of routes.keys()) for (const method of methods) refused += await check(client, role, route, method);
    assert.equal(refusals(), before + refused, 'every refusal is on record');
  });
}

// The token of the reader's session stands in every page.
const tokenOf = async (client) => /name="csrf" value="([0-9a-f]{64})"/.exec((await client.get('/settings')).text)[1];

async function assertAbsent(client, csrf, row, id) {
  const target = row.path.replace('{id}', id);
  const answer = row.method === 'GET' ? await client.get(target) : await client.post(target, { fields: { csrf, revision: '0' } });
  assert.equal(answer.status, 404, `${row.method} ${target}`);
}

test('what is not there is not there, with the right token too', async () => {
  const client = await web.signedIn('omnipotent');
  const csrf = await tokenOf(client);
  for (const row of rows) if (row.path.includes('{id}')) await assertAbsent(client, csrf, row, UNKNOWN);
});

test('an operator of one building meets 404 for all that is in the other, and sees the own', async () => {
  const client = await web.signedIn('omnipotent');
  maria.sql(`INSERT INTO operator_scope SELECT operator_id, 2 FROM operator WHERE username='${client.username}'`);
  const csrf = await tokenOf(client);
  const everybody = await web.signedIn('omnipotent');
  for (const row of rows) {
    const noun = row.path.includes('{id}') ? NOUNS[nounOf(row.path)] : null;
    if (!noun?.scoped) continue;
    await assertAbsent(client, csrf, row, noun.id[1]);
    if (row.method !== 'GET') continue;
    for (const [reader, id] of [[client, noun.id[0]], [everybody, noun.id[1]]]) {
      const answer = await reader.get(row.path.replace('{id}', id));
      assert.ok([200, 303].includes(answer.status), `${row.path} ${id}: ${answer.status}`);
    }
  }
  assert.equal(Number(maria.one(`SELECT COUNT(*) FROM meter WHERE meter_id = ${B}`)), 1);
});

test('every form is taken with its token and refused without a word of the server breaking', async () => {
  const client = await web.signedIn('omnipotent');
  const csrf = await tokenOf(client);
  for (const row of rows) {
    if (row.method !== 'POST' || row.path.includes('{id}') || !WITH_TOKEN.includes(row.program)) continue;
    const answer = await client.post(row.path, { fields: { csrf } });
    assert.ok([303, 400, 409, 415, 422].includes(answer.status), `${row.path}: ${answer.status}`);
  }
});
