// Operators, roles and the audit: what an administrator can do, what nobody can do, and that all of it is on record.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { building, table, unescape } from './building.mjs';
import { unlimit } from './fastcgi.mjs';

const maria = await startMaria();
building(maria);
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
beforeEach(() => maria.sql('DELETE FROM login_attempt'));

const admin = await web.signedIn('admin');
const auditor = await web.signedIn('auditor');
const roleId = (code) => maria.one(`SELECT role_id FROM role WHERE code='${code}'`);
const idOf = (username) => maria.sql(`SELECT operator_id FROM operator WHERE username='${username}'`)[0]?.operator_id;
const row = (username) => maria.sql(`SELECT * FROM operator WHERE username='${username}'`)[0];
const last = () => maria.sql('SELECT * FROM audit ORDER BY audit_id DESC LIMIT 1')[0];
const main = (text) => unescape(/<main[\s\S]*<\/main>/.exec(text)[0]);
const says = (answer, words) => assert.match(main(answer.text), words);
let count = 0;

async function added({ role = 'manager', scope = [], client = admin } = {}) {
  const username = `hand${++count}`;
  const shown = await client.get('/settings/operators/new');
  const csrf = /name="csrf" value="(\w+)"/.exec(shown.text)[1];
  const fields = [['csrf', csrf], ['revision', '0'], ['username', username], ['display_name', `人员${count}`], ['phone', '138 0000'], ['role', roleId(role)], ...scope.map((id) => ['building', String(id)])];
  const answer = await client.post('/settings/operators/new', { fields });
  return { username, answer, id: idOf(username), password: /class="one-time">([\w-]+)</.exec(answer.text)?.[1] };
}
// Presses a button of the page of that person.
const press = (id, verb, client = admin) => client.submit(`/settings/operators/${id}`, {}, { action: `/settings/operators/${id}/${verb}` });
// Saves the form of a page as it is, but for what is given.
async function save(target, changes, client = admin, action = target) {
  const shown = await client.get(target);
  const form = /<form method="post" action="[^"]*" class="form">[\s\S]*?<\/form>/.exec(main(shown.text).replace(/<form[^>]*\/(view|unlock)">[\s\S]*?<\/form>/g, ''))[0];
  const fields = [];
  for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(tag)?.[1];
    if (!name || name in changes || (/type="checkbox"/.test(tag) && !/ checked/.test(tag))) continue;
    fields.push([name, /value="([^"]*)"/.exec(tag)?.[1] ?? '']);
  }
  for (const [, name, options] of form.matchAll(/<select[^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g)) {
    if (!(name in changes)) fields.push([name, /value="([^"]*)" selected/.exec(options)?.[1] ?? '']);
  }
  for (const [name, value] of Object.entries(changes)) for (const one of [value].flat()) fields.push([name, String(one)]);
  return client.post(action, { fields });
}

test('a new operator gets a one-time password that is shown once and works once', async () => {
  const { username, answer, password } = await added({ role: 'cashier' });
  assert.equal(answer.status, 200);
  const client = web.client();
  assert.equal((await client.submit('/login', { username, password })).location, '/login/password');
  assert.equal(maria.sql("SELECT detail FROM audit WHERE action='operator.add' ORDER BY audit_id DESC LIMIT 1")[0].detail.includes(password), false);
  const { must_change, phone, password_hash } = row(username);
  assert.deepEqual([must_change, phone], ['1', '138 0000']);
  assert.match(password_hash, /^\$argon2id/);
  assert.doesNotMatch((await admin.get(`/settings/operators/${idOf(username)}`)).text, new RegExp(password));
  const twice = await admin.submit('/settings/operators/new', { username, display_name: 'x', role: roleId('cashier') });
  assert.equal(twice.status, 422);
  says(twice, /已被使用/);
  for (const bad of ['Big', 'a', 'a b', '张三', '']) {
    assert.equal((await admin.submit('/settings/operators/new', { username: bad, display_name: 'x', role: roleId('cashier') })).status, 422, bad);
  }
});

test('changes are audited before -> after, nothing changed writes nothing, the second of two is told', async () => {
  const { username, id } = await added({ scope: [3] });
  const before = Number(last().audit_id);
  assert.equal((await save(`/settings/operators/${id}`, {})).status, 303);
  assert.equal(Number(last().audit_id), before);
  assert.equal((await save(`/settings/operators/${id}`, { display_name: '新名字', role: roleId('installer'), building: ['2'] })).status, 303);
  assert.equal(last().action, 'operator.edit');
  assert.equal(last().detail, `display_name: ${`人员${count}`} -> 新名字\nrole: manager -> installer\nbuilding: 2号楼 -> 1号楼`);
  const late = await admin.submit(`/settings/operators/${id}`, { revision: '0', display_name: '别的名字', role: roleId('manager') });
  assert.equal(late.status, 409);
  says(late, /人员\d+[\s\S]*新名字/);
  says(late, /value="别的名字"/);
  assert.equal(row(username).display_name, '新名字');
});

test('role and scope count at once, a disabled person is out at once', async () => {
  const { username, password, id } = await added({ scope: [3] });
  const client = web.client();
  await client.submit('/login', { username, password });
  await client.submit('/login/password', { old: password, new: 'kestrel-lamp-9-oven', repeat: 'kestrel-lamp-9-oven' });
  assert.equal((await client.get('/accounts/meters/1')).status, 404);
  await save(`/settings/operators/${id}`, { building: [] });
  assert.equal((await client.get('/accounts/meters/1')).status, 200);
  assert.equal((await client.get('/settings/places')).status, 200);
  await save(`/settings/operators/${id}`, { role: roleId('cashier') });
  assert.equal((await client.get('/settings/places')).status, 403);
  const confirm = `/settings/operators/${id}/disable`;
  assert.equal((await admin.submit(confirm, { reason: '' })).status, 422);
  assert.equal((await admin.submit(confirm, { reason: '离职' })).status, 303);
  assert.deepEqual([last().action, last().reason], ['operator.disable', '离职']);
  assert.match((await client.get('/accounts/meters/1')).location, /^\/login/);
  assert.equal((await client.submit('/login', { username, password: 'kestrel-lamp-9-oven' })).status, 422);
  assert.equal((await press(id, 'enable')).status, 303);
  assert.equal((await client.submit('/login', { username, password: 'kestrel-lamp-9-oven' })).status, 303);
  assert.equal((await press(id, 'sessions')).status, 303);
  assert.match((await client.get('/accounts/meters/1')).location, /^\/login/);
});

test('a reset ends the sessions, an unlock ends the wait', async () => {
  const { id, username, password } = await added();
  const client = web.client();
  await client.submit('/login', { username, password });
  const reset = await press(id, 'password');
  const fresh = /class="one-time">([\w-]+)</.exec(reset.text)[1];
  assert.notEqual(fresh, password);
  assert.match((await client.get('/accounts')).location, /^\/login/);
  for (let n = 0; n < 6; n++) await client.submit('/login', { username, password });
  assert.equal((await client.submit('/login', { username, password: fresh })).status, 429);
  says(await admin.get(`/settings/operators?q=${username}`), /登录受限/);
  assert.equal((await press(id, 'unlock')).status, 303);
  assert.equal((await client.submit('/login', { username, password: fresh })).status, 303);
});

test('nobody disables, demotes, limits or resets himself', async () => {
  const id = idOf(admin.username), here = `/settings/operators/${id}`;
  const refused = await save(here, { role: roleId('cashier') });
  assert.equal(refused.status, 422);
  says(refused, /不能修改自己的角色/);
  assert.equal((await save(here, { building: ['3'] })).status, 422);
  const shown = await admin.get(`${here}/disable`);
  says(shown, /不能停用自己/);
  const csrf = /name="csrf" value="(\w+)"/.exec(shown.text)[1], revision = row(admin.username).revision;
  assert.equal((await admin.post(`${here}/disable`, { fields: { csrf, revision, reason: 'x' } })).status, 422);
  for (const verb of ['password', 'sessions', 'totp', 'enable', 'unlock']) assert.equal((await admin.post(`${here}/${verb}`, { fields: { csrf } })).location, here, verb);
  assert.equal((await admin.get('/settings/operators')).status, 200, 'nothing of it happened');
});

test('the last who may edit operators cannot be lost', async () => {
  const second = await web.signedIn('admin');
  const [one, two] = [idOf(admin.username), idOf(second.username)];
  assert.equal((await save(`/settings/operators/${two}`, { role: roleId('cashier') })).status, 303, 'there is another one');
  maria.sql(`UPDATE operator SET role_id = ${roleId('admin')} WHERE operator_id = ${two}; UPDATE operator SET disabled_at = UTC_TIMESTAMP(3) WHERE operator_id = ${one}`);
  maria.sql(`INSERT INTO role (code, name) VALUES ('own-x', '人事'); INSERT INTO role_permission SELECT role_id, 'operator.edit' FROM role WHERE code='own-x'`);
  const other = await web.signedIn('manager');
  maria.sql(`UPDATE operator SET role_id = ${roleId('own-x')}, password_changed_at = NULL WHERE username = '${other.username}'`);
  const refused = await save(`/settings/operators/${two}`, { role: roleId('cashier') }, other);
  assert.equal(refused.status, 422, 'he never had a password, so he does not count');
  says(refused, /没有人能管理操作员/);
  assert.equal((await other.submit(`/settings/operators/${two}/disable`, { reason: 'x' })).status, 422);
  const role = await save(`/settings/roles/${roleId('admin')}`, { permission: ['meter.view'] }, other);
  assert.equal(role.status, 422);
  says(role, /没有人能管理操作员/);
  maria.sql(`UPDATE operator SET disabled_at = NULL WHERE operator_id = ${one}; UPDATE operator SET role_id = ${roleId('cashier')} WHERE username = '${other.username}'`);
});

test('a limited administrator sees and gives only what he has', async () => {
  const limited = await web.signedIn('admin');
  maria.sql(`INSERT INTO operator_scope SELECT operator_id, 3 FROM operator WHERE username='${limited.username}'`);
  const inside = await added({ scope: [3], client: limited });
  assert.equal(inside.answer.status, 200);
  for (const scope of [[], [2], [2, 3], [1]]) {
    const { answer, username } = await added({ scope, client: limited });
    assert.equal(answer.status, 422, scope.join());
    assert.equal(row(username), undefined);
  }
  const [everyone, both] = [await added(), await added({ scope: [2, 3] })];
  for (const { id } of [everyone, both]) {
    assert.equal((await limited.get(`/settings/operators/${id}`)).status, 404);
    assert.equal((await limited.post(`/settings/operators/${id}/password`, { fields: { csrf: /name="csrf" value="(\w+)"/.exec((await limited.get('/settings/operators')).text)[1] } })).status, 404);
  }
  const names = table((await limited.get('/settings/operators?n=200')).text).map((cells) => cells[0]);
  assert.ok(names.includes(inside.username) && names.includes(limited.username) && !names.includes(both.username) && !names.includes(admin.username));
});

test('list: search, role, state, order and file agree', async () => {
  const rows = table((await admin.get('/settings/operators?q=hand&sort=-username')).text).map((cells) => cells[0]);
  assert.deepEqual(rows, [...rows].sort().reverse());
  assert.ok(rows.length > 3 && rows.every((name) => name.startsWith('hand')));
  const cashiers = (await admin.get(`/settings/operators?role=${roleId('cashier')}&format=csv`)).text.trim().split('\r\n').slice(1);
  assert.equal(cashiers.length, Number(maria.one(`SELECT COUNT(*) FROM operator WHERE role_id=${roleId('cashier')}`)));
  assert.ok(cashiers.every((line) => /收费员|出纳|收银/.test(line)), cashiers[0]);
  says(await admin.get('/settings/operators?state=disabled'), /没有符合/);
});

test('roles: own ones are made, copied, limited, renamed and deleted when unused', async () => {
  const made = await save('/settings/roles/new', { name: '夜班', permission: ['meter.view', 'tariff.view'], sale_max_fen: '500.00', second_max_fen: '0', cash_max_fen: '3000', batch_max_meters: '20', needs_totp: '1' });
  assert.equal(made.status, 303);
  const id = made.location.split('/').pop();
  const stored = maria.sql(`SELECT * FROM role WHERE role_id=${id}`)[0];
  assert.deepEqual([stored.second_max_fen, stored.cash_max_fen], ['0', '300000']);
  assert.deepEqual([stored.name, stored.sale_max_fen, stored.refund_day_max_fen, stored.batch_max_meters, stored.needs_totp], ['夜班', '50000', null, '20', '1']);
  assert.match(last().detail, /name:  -> 夜班[\s\S]*may meter\.view: no -> yes/);
  assert.equal((await save('/settings/roles/new', { name: '夜班' })).status, 422, 'the name is taken');
  assert.equal((await save(`/settings/roles/${id}`, { name: '夜班', second_max_fen: '-1', permission: ['meter.view', 'tariff.view'] })).status, 422);
  assert.equal((await save(`/settings/roles/${id}`, { name: '晚班', sale_max_fen: '', permission: ['meter.view'] })).status, 303);
  assert.match(last().detail, /^name: 夜班 -> 晚班\nsale_max_fen: 500\.00 -> -\nmay tariff\.view: yes -> no$/);
  const stale = await admin.submit(`/settings/roles/${id}`, { revision: '0', name: '早班' }, { action: `/settings/roles/${id}` });
  assert.equal(stale.status, 409);
  const copy = await save(`/settings/roles/new?from=${id}`, { name: '晚班二' }, admin, '/settings/roles/new');
  assert.equal(copy.status, 303);
  const { username } = await added();
  maria.sql(`UPDATE operator SET role_id=${id} WHERE username='${username}'`);
  const gone = `/settings/roles/${id}/delete`;
  says(await admin.get(gone), /仍有操作员/);
  const csrf = /name="csrf" value="(\w+)"/.exec((await admin.get('/settings/roles')).text)[1];
  assert.equal((await admin.post(gone, { fields: { csrf, revision: '1' } })).status, 422);
  maria.sql(`UPDATE operator SET role_id=${roleId('manager')} WHERE username='${username}'`);
  assert.equal((await admin.submit(gone, {})).status, 303);
  assert.equal(maria.one(`SELECT COUNT(*) FROM role WHERE role_id=${id}`), '0');
  assert.equal((await admin.post(`/settings/roles/${roleId('cashier')}/delete`, { fields: { csrf, revision: '0' } })).status, 422, 'every installation has it');
});

test('no role both manages operators and reads the audit, and nobody widens his own', async () => {
  const both = await save('/settings/roles/new', { name: '全能', permission: ['operator.edit', 'audit.view'] });
  assert.equal(both.status, 422);
  says(both, /不能监督自己/);
  assert.equal((await save(`/settings/roles/${roleId('auditor')}`, { permission: ['audit.view', 'operator.edit'] })).status, 422);
  maria.sql(`DELETE FROM role_permission WHERE role_id=${roleId('admin')} AND permission='import'`);
  const own = `/settings/roles/${roleId('admin')}`;
  const held = maria.sql(`SELECT permission FROM role_permission WHERE role_id=${roleId('admin')}`).map((entry) => entry.permission);
  const wider = await save(own, { permission: [...held, 'import'] });
  assert.equal(wider.status, 422);
  says(wider, /不能放宽自己的角色/);
  assert.equal((await save(own, { permission: held.filter((name) => name !== 'operator.edit') })).status, 422);
  assert.equal((await save(own, { permission: held.filter((name) => name !== 'bus.view') })).status, 303, 'narrower is fine');
  assert.equal((await admin.get('/accounts/gateways')).status, 403, 'at once');
  maria.sql(`INSERT INTO role_permission VALUES (${roleId('admin')}, 'import'), (${roleId('admin')}, 'bus.view')`);
});

test('looking as another role: its pages, nothing changes, nothing more than own rights', async () => {
  const look = (code) => admin.submit(`/settings/roles/${roleId(code)}`, {}, { action: `/settings/roles/${roleId(code)}/view` });
  assert.equal((await look('cashier')).status, 303);
  assert.equal(last().action, 'role.view_begin');
  const overview = await admin.get('/accounts/overview');
  assert.match(overview.text, /class="notice notice-warning viewing"/);
  assert.doesNotMatch(overview.text, /href="\/accounts\/gateways"/);
  assert.equal((await admin.get('/accounts/gateways')).status, 403);
  assert.equal((await admin.get('/settings/operators')).status, 403);
  assert.equal((await admin.get('/accounts/meters?format=csv')).status, 403);
  const csrf = /name="csrf" value="(\w+)"/.exec(overview.text)[1];
  const refused = await admin.post('/login/preferences', { fields: { csrf, language: 'en' } });
  assert.equal(refused.status, 403);
  assert.match(refused.text, /预览时不能修改/);
  assert.equal((await admin.post('/login/view/end', { fields: { csrf } })).status, 303);
  assert.equal(last().action, 'role.view_end');
  assert.equal((await admin.get('/settings/operators')).status, 200);
  await look('auditor');
  assert.equal((await admin.get('/settings/audit')).status, 403, 'the own role may not, so neither may the look');
  maria.sql("UPDATE session SET view_until = UTC_TIMESTAMP(3) WHERE view_until IS NOT NULL");
  assert.equal((await admin.get('/settings/operators')).status, 200, 'it ends by itself');
});

test('dangerous things ask for the password again, and what was typed survives', async () => {
  maria.sql(`UPDATE session JOIN operator USING (operator_id) SET confirmed_at = confirmed_at - INTERVAL 1 HOUR WHERE username='${admin.username}'`);
  const { id } = { id: idOf(auditor.username) };
  const held = await save(`/settings/operators/${id}`, { display_name: '审计 一号' });
  assert.equal(held.status, 403);
  assert.match(held.text, /name="keep\.display_name" value="审计 一号"/);
  assert.notEqual(row(auditor.username).display_name, '审计 一号');
  assert.equal((await admin.get(`/settings/operators/${id}`)).status, 200, 'looking is not dangerous');
  await admin.submit('/login/confirm?next=/settings/operators', { password: admin.password });
  assert.equal((await save(`/settings/operators/${id}`, { display_name: '审计 一号' })).status, 303);
});

test('audit: filters, words, one row, links and files', async () => {
  assert.equal((await admin.get('/settings/audit')).status, 403);
  const cells = (text) => table(text);
  const all = await auditor.get('/settings/audit');
  assert.equal(all.status, 200);
  assert.equal(cells(all.text).length, 50, 'a page');
  const older = unescape(/rel="next" href="([^"]*)"/.exec(all.text)[1]);
  const ids = (html) => [...html.matchAll(/href="\/settings\/audit\/(\d+)"/g)].map((match) => Number(match[1]));
  const first = new Set(ids(all.text)), second = ids((await auditor.get(older)).text);
  assert.ok(second.length > 0 && second.every((id) => !first.has(id)));
  const edits = await auditor.get('/settings/audit?action=operator.edit');
  assert.ok(cells(edits.text).every((row) => row[2] === '修改操作员'));
  assert.equal((await auditor.get('/settings/audit?action=operator.edit&format=csv')).text.trim().split('\r\n').length - 1, Number(maria.one("SELECT COUNT(*) FROM audit WHERE action='operator.edit'")));
  const refused = await auditor.get('/settings/audit?outcome=refused&n=200');
  assert.ok(cells(refused.text).length > 0 && cells(refused.text).every((row) => row[3] === '被拒绝'));
  const mine = await auditor.get(`/settings/audit?who=${auditor.username}`);
  assert.ok(cells(mine.text).every((row) => row[1].includes(auditor.username)));
  says(await auditor.get('/settings/audit?q=夜班'), /夜班/);
  says(await auditor.get('/settings/audit?to=2020-01-01'), /没有符合条件/);
  assert.equal((await auditor.get('/settings/audit?from=2020-02-30')).status, 422);
  for (const typed of ['who=张三', 'q=张三', 'who=%27']) assert.equal((await auditor.get(`/settings/audit?${typed}`)).status, 200, typed);
  assert.equal((await auditor.get('/settings/audit?action=张三')).status, 400);
  const id = maria.one("SELECT audit_id FROM audit WHERE action='role.edit' AND detail LIKE '%tariff.view%' LIMIT 1");
  const one = await auditor.get(`/settings/audit/${id}`);
  says(one, /查看电价<\/td><td[^>]*>是<\/td><td[^>]*>否/);
  says(one, /尚未封存/);
  assert.equal((await auditor.get('/settings/audit/99999999')).status, 404);
  const person = idOf(auditor.username);
  const history = await auditor.get(`/settings/audit?kind=operator&object=${person}`);
  assert.equal(cells(history.text).length, Number(maria.one(`SELECT COUNT(*) FROM audit WHERE object_kind='operator' AND object_id=${person}`)));
  maria.sql("INSERT INTO audit (at, actor, address, action, outcome, detail) VALUES (UTC_TIMESTAMP(3), 'x', '', 'new.deed', 'done', 'a <b>: 1 -> <i>2')");
  const unknown = (await auditor.get('/settings/audit?action=new.deed')).text;
  assert.equal(cells(unknown)[0][2], 'new.deed', 'an unknown code is shown as it is');
  assert.match(unknown, /&lt;i&gt;2/);
});

test('when the audit cannot be written, nothing happens', async () => {
  const { id, username } = await added();
  const before = JSON.stringify([row(username), maria.sql('SELECT * FROM role'), maria.sql('SELECT * FROM role_permission'), maria.sql('SELECT * FROM operator_scope')]);
  maria.sql('REVOKE INSERT ON audit FROM voltill_settings@localhost');
  try {
    assert.equal((await save(`/settings/operators/${id}`, { display_name: 'anders', role: roleId('cashier'), building: ['3'] })).status, 503);
    assert.equal((await press(id, 'password')).status, 503);
    assert.equal((await admin.submit(`/settings/operators/${id}/disable`, { reason: 'x' })).status, 503);
    assert.equal((await save('/settings/roles/new', { name: '无记录' })).status, 503);
    assert.equal((await save(`/settings/roles/${roleId('cashier')}`, { permission: ['export'] })).status, 503);
    const { answer, username: none } = await added();
    assert.equal(answer.status, 503);
    assert.equal(row(none), undefined);
    assert.equal((await admin.submit(`/settings/roles/${roleId('cashier')}`, {}, { action: `/settings/roles/${roleId('cashier')}/view` })).status, 503);
  } finally {
    maria.sql('GRANT INSERT ON audit TO voltill_settings@localhost');
  }
  assert.equal(JSON.stringify([row(username), maria.sql('SELECT * FROM role'), maria.sql('SELECT * FROM role_permission'), maria.sql('SELECT * FROM operator_scope')]), before);
  assert.equal((await admin.get('/settings/operators')).status, 200, 'nobody looks as a cashier');
});
