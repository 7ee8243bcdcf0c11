// Every role × every route × every method, generated from the route tables and the rights in the
// database: who may not enter is refused, told so, and on record (reliability.md W-03, W-20).
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { ROOT, startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { unlimit } from './fastcgi.mjs';

const maria = await startMaria();
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);

// "PERM_METER_VIEW" -> "meter.view", as lib/model/permission.h writes beside each.
const names = Object.fromEntries([...fs.readFileSync(path.join(ROOT, 'lib/model/permission.h'), 'utf8')
  .matchAll(/\b(PERM_\w+),\s*\/\* "([\w.]+)"/g)].map((match) => [match[1], match[2]]));

// Rows of routes[] by path and method.
const routes = new Map();
for (const program of ['login', 'accounts']) {
  const text = fs.readFileSync(path.join(ROOT, `cgi-bin/${program}/${program}.c`), 'utf8');
  for (const [, method, route, permission] of text.matchAll(/\{ (GET|POST), "([^"]+)", (PERM_\w+)/g)) {
    if (route === '/' && program !== 'login') continue; // nginx gives it to login
    if (!routes.has(route)) routes.set(route, {});
    routes.get(route)[method] = permission;
  }
}
assert.ok(routes.size >= 12 && Object.keys(names).length >= 3);

const rights = {};
for (const row of maria.sql('SELECT code, permission FROM role LEFT JOIN role_permission USING (role_id)')) {
  (rights[row.code] ??= new Set()).add(row.permission);
}
// A role that may do nothing: what an administrator could make by mistake.
maria.sql("INSERT INTO role (code) VALUES ('nobody')");
rights.nobody = new Set();

const may = (role, permission) => permission === 'PERM_PUBLIC' || (role && (permission === 'PERM_SIGNED_IN' || rights[role].has(names[permission])));
const refusals = () => Number(maria.one("SELECT COUNT(*) FROM audit WHERE action = 'route.enter' AND outcome = 'refused'"));

async function check(client, role, route, method) {
  const permission = routes.get(route)[method === 'HEAD' ? 'GET' : method];
  const target = route.replace('{id}', '999999');
  const before = refusals();
  const answer = await client.request(method, target, method === 'POST' ? { fields: { a: '1' } } : {});
  const where = `${role ?? 'signed out'}: ${method} ${route} answered ${answer.status}`;
  if (!permission) assert.equal(answer.status, 405, where);
  else if (!role && permission !== 'PERM_PUBLIC') assert.ok(answer.status === 303 ? /^\/login/.test(answer.location) : answer.status === 403, where);
  else if (!may(role, permission) || method === 'POST') { // no POST of this test carries a token
    assert.equal(answer.status, 403, where);
    if (role) assert.equal(refusals(), before + 1, `${where}, not on record`);
  } else if (route.includes('{id}')) assert.equal(answer.status, 404, where);
  else assert.ok([200, 303].includes(answer.status), where);
}

for (const role of [undefined, ...Object.keys(rights)]) {
  test(`${role ?? 'signed out'}: every route by every method`, async () => {
    const client = role ? await web.signedIn(role) : web.client();
    for (const route of routes.keys()) {
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE']) await check(client, role, route, method);
    }
  });
}

test('files are for those who may export, and the buttons too', async () => {
  for (const role of ['admin', 'cashier']) {
    const client = await web.signedIn(role);
    const allowed = rights[role].has('export');
    for (const format of ['csv', 'xlsx']) {
      assert.equal((await client.get(`/accounts/meters?format=${format}`)).status, allowed ? 200 : 403, `${role} ${format}`);
    }
    assert.equal(/format=xlsx/.test((await client.get('/accounts/meters')).text), allowed, role);
  }
});
