// The credit of a tenant goes from one meter to another: a new meter at the place, another meter, a dead one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../harness/harness.mjs';
import { assertAccessible, assertFits, LOOKS, openPage } from './browser.mjs';
import { fieldsOf } from './form.mjs';
import { openAccount, tenancy } from './tenancy.mjs';

const { sim, maria, web, manager } = await tenancy();
const count = (table, where = '1') => Number(maria.one(`SELECT COUNT(*) FROM ${table} WHERE ${where}`));
const number = async (unit, key) => Number(new RegExp(`${key}=(-?\\d+)`).exec(String(await sim.control(`get A ${unit} ${key}`)))[1]);
const begin = async (path, fields) => {
  const page = await manager.get(path);
  return manager.post(path, { fields: { ...fieldsOf(page.text, path), reason: '电表损坏', ...fields } });
};
const state = (id) => maria.one(`SELECT state FROM meter_change WHERE meter_change_id=${id}`);
const idle = () => until('nothing is on its way', () => count('command', "state IN ('queued','taken')") === 0, 60);

await openAccount(manager, [1]);
await openAccount(manager, [3], { name: '李四', phone: '13800000002' });
await idle();

test('what is wrong is named and nothing is begun', async () => {
  assert.equal((await begin('/accounts/meters/1/move', {})).status, 422);
  assert.equal((await begin('/accounts/meters/1/replace', { new_number: '' })).status, 422);
  const used = await begin('/accounts/meters/1/replace', { new_number: '202600000002' });
  assert.equal(used.status, 422);
  assert.match(used.text, /已被其他电表使用/);
  assert.equal((await begin('/accounts/meters/1/move', { new_meter: '3' })).status, 422, 'it serves another');
  assert.equal((await begin('/accounts/meters/1/replace', { new_number: '202700000001', reason: '' })).status, 422);
  assert.equal(count('meter_change'), 0);
  assert.match((await manager.get('/accounts/meters/2/replace')).text, /未开户/);
});

test('a tenant moves to another meter: credit, price and settings follow, to the fen', async () => {
  const owed = () => Number(maria.one("SELECT -SUM(amount_fen) FROM posting WHERE account_id=1 AND ledger IN ('transit','credit','payable','moving')"));
  const answer = await begin('/accounts/meters/1/move', { new_meter: '2' });
  assert.equal(answer.status, 303);
  const id = /changes\/(\d+)/.exec(answer.location)[1];
  assert.equal((await manager.get('/accounts/meters/1/move')).location, `/accounts/changes/${id}`);
  await until('done', () => state(id) === 'done', 90);
  await idle();
  const [row] = maria.sql(`SELECT old_fen, old_wh, new_wh FROM meter_change WHERE meter_change_id=${id}`);
  assert.equal(await number(1, 'credit_fen'), 0);
  assert.ok(row.old_fen > 0 && row.old_wh > 0 && row.new_wh > 0);
  assert.equal(count('account_meter', 'account_id=1 AND meter_id=2 AND ended_at IS NULL'), 1);
  assert.equal(count('account_meter', 'account_id=1 AND meter_id=1 AND ended_at IS NOT NULL'), 1);
  assert.equal(maria.one('SELECT alarm1_fen FROM meter WHERE meter_id=2'), '5000');
  assert.equal(count('meter_tariff', 'meter_id=2 AND tariff_id=1'), 1);
  assert.equal(Number(maria.one("SELECT COALESCE(SUM(amount_fen),0) FROM posting WHERE ledger='moving'")), 0);
  assert.ok(owed() > 0);
  assert.match((await manager.get(`/accounts/changes/${id}`)).text, /已完成/);
  assert.match((await manager.get('/accounts/1')).text, /曾用电表/);
});

test('a new meter takes the place of the old one: asked for by hand, then by itself', async () => {
  const answer = await begin('/accounts/meters/2/replace', { new_number: '202700000002' });
  assert.equal(answer.status, 303);
  const id = /changes\/(\d+)/.exec(answer.location)[1];
  await until('cleared', () => state(id) === 'cleared', 60);
  assert.match((await manager.get(`/accounts/changes/${id}`)).text, /请安装新表/);
  // Still in the list, though no meter serves it just now.
  assert.match((await manager.get('/accounts/list')).text, /张记小面馆/);
  await sim.control('set A 2 number=202700000002 credit_fen=0 count=0 energy_wh=300');
  const hung = await manager.submit(`/accounts/changes/${id}`, { new_number: '202700000002', model: maria.one('SELECT meter_model_id FROM meter WHERE meter_id=2') }, { action: `/accounts/changes/${id}/install` });
  assert.equal(hung.status, 303);
  await until('done', () => state(id) === 'done', 120);
  const [row] = maria.sql(`SELECT c.new_meter_id, c.old_fen, c.new_wh, m.number, m.unit, m.place_id, o.removed_at FROM meter_change c JOIN meter m ON m.meter_id=c.new_meter_id JOIN meter o ON o.meter_id=c.old_meter_id WHERE c.meter_change_id=${id}`);
  assert.equal(row.number, '202700000002');
  assert.equal(row.unit, '2');
  assert.ok(row.removed_at);
  const now = await number(2, 'credit_fen');
  assert.ok(Math.abs(now - Number(row.old_fen)) <= 200, `${row.old_fen} carried, ${now} in the meter`);
  assert.equal(count('meter_epoch', `meter_id=${row.new_meter_id} AND cause='replacement' AND ended_at IS NULL`), 1);
  // The use of the old meter stands on the new one's page, with a mark where it changed.
  maria.sql(`DELETE FROM energy_day; INSERT INTO energy_day(day,meter_id,first_at,first_wh,last_at,last_wh,used_wh,readings) SELECT DATE(UTC_TIMESTAMP() + INTERVAL 8 HOUR),m,UTC_TIMESTAMP(),0,UTC_TIMESTAMP(),w,w,10 FROM (SELECT 2 m, 7000 w UNION SELECT ${row.new_meter_id}, 500) x`);
  for (const view of ['week', 'month', 'year']) {
    const page = await manager.get(`/accounts/meters/${row.new_meter_id}?view=${view}`);
    assert.match(page.text, /换表：202600000002 → 202700000002/, view);
    assert.match(page.text, /7\.50/, view);
    assert.match((await manager.get(`/accounts/meters/${row.new_meter_id}?view=${view}&format=csv`)).text, /7\.5/, view);
  }
  assert.equal((await manager.get(`/accounts/meters/${row.new_meter_id}`)).status, 200);
  assert.equal((await manager.get(`/accounts/meters/${row.new_meter_id}?format=csv`)).status, 200);
});

test('a dead meter: typed figures, a second person, the credit goes on', async () => {
  await sim.control('set A 3 silent=1');
  const answer = await begin('/accounts/meters/3/move', { new_meter: '4', manual: '1', credit: '20.00', energy: '100' });
  assert.equal(answer.status, 303);
  const id = /changes\/(\d+)/.exec(answer.location)[1];
  assert.equal(state(id), 'asked');
  const approval = maria.one(`SELECT approval_id FROM approval WHERE meter_change_id=${id}`);
  const before = await number(4, 'credit_fen');
  const second = await web.signedIn('manager');
  assert.equal((await second.submit(`/sales/approvals/${approval}`, { note: '' }, { action: `/sales/approvals/${approval}/approve` })).status, 303);
  await until('done', () => state(id) === 'done', 90);
  const after = await number(4, 'credit_fen');
  assert.ok(Math.abs(after - before - 2000) <= 50, `${before} -> ${after}`);
  assert.equal(count('meter_change', `meter_change_id=${id} AND second_by IS NOT NULL AND is_manual=1`), 1);
});

test('called off while the old meter does not answer', async () => {
  await sim.control('set A 4 silent=1');
  const answer = await begin('/accounts/meters/4/replace', { new_number: '202700000004' });
  const id = /changes\/(\d+)/.exec(answer.location)[1];
  assert.equal((await manager.submit(`/accounts/changes/${id}`, {}, { action: `/accounts/changes/${id}/cancel` })).status, 303);
  assert.equal(state(id), 'cancelled');
  assert.equal(count('sale', "kind='transfer' AND state='cancelled'"), 1);
  assert.equal(count('account_meter', 'meter_id=4 AND ended_at IS NULL'), 1);
});

test('the books agree after all of it, and the pages in every look', async (t) => {
  const wrong = maria.sql(`SELECT journal_id FROM posting GROUP BY journal_id HAVING SUM(amount_fen)<>0`);
  assert.deepEqual(wrong, []);
  for (const look of LOOKS) {
    const page = await openPage(t, { ...look, url: web.url, cookies: manager.cookies });
    for (const path of ['accounts/changes/1', 'accounts/changes/2', 'accounts/changes/4', 'accounts/meters/4/replace', 'accounts/1']) {
      await page.goto(`${web.url}${path}`);
      await assertFits(page, `${path} ${look.language} ${look.width}`);
      await assertAccessible(page, `${path} ${look.language} ${look.scheme}`);
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/x_${path.replaceAll(/[/?=]/g, '_')}-${look.language}-${look.scheme}-${look.width}.png`, fullPage: true });
    }
  }
});
