// An account leaves its meters: emptied by the meter's own confirmation, settled, closed; and what hinders.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../harness/harness.mjs';
import { assertAccessible, assertFits, LOOKS, openPage } from './browser.mjs';
import { fieldsOf } from './form.mjs';
import { openAccount, tenancy } from './tenancy.mjs';

const { sim, maria, web, manager } = await tenancy();
const count = (table, where = '1') => Number(maria.one(`SELECT COUNT(*) FROM ${table} WHERE ${where}`));
const credit = async (unit) => Number(/credit_fen=(-?\d+)/.exec(String(await sim.control(`get A ${unit} credit_fen`)))[1]);
const close = async (client, path, fields) => {
  const page = await client.get(path);
  return client.post(path.split('?')[0], { fields: { ...fieldsOf(page.text, path.split('?')[0]), reason: '退租', ...fields } });
};
const idle = () => until('nothing is on its way', () => count('command', "state IN ('queued','taken')") === 0, 60);

await openAccount(manager, [1, 2]);
await openAccount(manager, [3], { name: '李四', phone: '13800000002' });
await idle();

test('a reason is asked for, and a purchase on its way hinders', async () => {
  assert.equal((await close(manager, '/accounts/1/close', { reason: '' })).status, 422);
  await sim.control('set A 1 silent=1');
  maria.sql(`UPDATE ledger_balance SET transit_fen=1 WHERE meter_id=1`);
  const page = await manager.get('/accounts/1/close');
  assert.match(page.text, /暂时不能办理/);
  assert.doesNotMatch(page.text, /开始销户<\/button>/);
  assert.equal((await close(manager, '/accounts/1/close', {}).catch(() => ({ status: 422 }))).status, 422);
  maria.sql(`UPDATE ledger_balance SET transit_fen=0 WHERE meter_id=1`);
  assert.equal(count('sale', "kind='closing'"), 0);
});

test('a closing is called off while nothing was sent', async () => {
  assert.equal((await close(manager, '/accounts/1/close', {})).status, 303);
  await until('the other is emptied or waits', () => count('sale', "kind='closing'") === 2, 10);
  // Meter 2 answers and is emptied: then it is too late.
  await until('meter 2 is emptied', () => count('sale', "kind='closing' AND state='due'") === 1, 60);
  const late = await manager.submit('/accounts/1/close', {}, { action: '/accounts/1/stay' }).catch(() => null);
  assert.equal(late, null, 'no button any more');
  const csrf = /name="csrf" value="([^"]+)"/.exec((await manager.get('/accounts/1')).text)[1];
  assert.equal((await manager.post('/accounts/1/stay', { fields: { csrf } })).status, 409);
  assert.equal(await credit(2), 0);
  assert.match((await manager.get('/accounts/1/close')).text, /清零中/);
});

test('emptied, handed over, closed: the meters are tripped, the books are even', async () => {
  await sim.control('set A 1 silent=0');
  await until('both are emptied', () => count('sale', "kind='closing' AND state='due'") === 2, 90);
  assert.equal(count('account_meter', 'account_id=1 AND ended_at IS NULL'), 0);
  assert.equal(count('meter_epoch', 'account_id=1 AND ended_at IS NULL'), 0);
  await until('tripped', () => count('command', "kind='trip' AND state='confirmed'") === 2, 60);
  const page = await manager.get('/accounts/1/close');
  assert.match(page.text, /已清零，待结算/);
  const sum = Number(maria.one("SELECT SUM(amount_fen) FROM sale WHERE kind='closing' AND account_id=1"));
  assert.ok(page.text.includes((sum / 100).toLocaleString('en', { minimumFractionDigits: 2 })));
  // The drawer must hold it.
  maria.sql(`UPDATE sale SET channel='transfer' WHERE kind='closing'`);
  const paid = await manager.submit('/accounts/1/close', {}, { action: '/accounts/1/settle' });
  assert.equal(paid.status, 303);
  await until('closed', () => count('account', 'account_id=1 AND closed_at IS NOT NULL') === 1, 20);
  assert.deepEqual(maria.sql('SELECT SUM(transit_fen) t, SUM(credit_fen) c, SUM(payable_fen) p FROM ledger_balance WHERE account_id=1'), [{ t: '0', c: '0', p: '0' }]);
  assert.equal(count('audit', "action='account.close' AND object_id=1"), 1);
  const sheet = await manager.get('/accounts/1/close/print');
  assert.match(sheet.text, /销户结算单/);
  assert.match(sheet.text, /用户签字/);
  assert.equal((await manager.submit('/accounts/1/close/print', {}, { action: '/accounts/1/settle' }).catch(() => ({ status: 0 }))).status, 0);
  // The meters are free for the next tenant.
  const { account } = await openAccount(manager, [1], { name: '王五', phone: '13800000003' });
  assert.equal(account, '3');
  await idle();
});

test('a dead meter is settled by typed figures and a second person', async () => {
  await sim.control('set A 3 silent=1');
  const asked = await close(manager, '/accounts/2/close', { manual_3: '1', credit_3: '12.30', energy_3: '45.6' });
  assert.equal(asked.status, 303);
  assert.equal(count('approval', "kind='closing' AND outcome IS NULL"), 1);
  assert.equal(count('sale', "kind='closing' AND account_id=2"), 0);
  assert.match((await manager.get('/accounts/2/close')).text, /待复核/);
  const id = maria.one("SELECT approval_id FROM approval WHERE kind='closing'");
  const own = await manager.submit(`/sales/approvals/${id}`, { note: '' }, { action: `/sales/approvals/${id}/approve` }).catch(() => ({ status: 403 }));
  assert.notEqual(own.status, 303, 'nobody approves what he asked for');
  const second = await web.signedIn('manager');
  const said = await second.submit(`/sales/approvals/${id}`, { note: '已现场核实' }, { action: `/sales/approvals/${id}/approve` });
  assert.equal(said.status, 303);
  assert.deepEqual(maria.sql("SELECT state, amount_fen, credit_fen FROM sale WHERE kind='closing' AND account_id=2"), [{ state: 'due', amount_fen: '1230', credit_fen: '1230' }]);
  assert.equal((await manager.submit('/accounts/2/close', {}, { action: '/accounts/2/settle' })).status, 303);
  await until('closed', () => count('account', 'account_id=2 AND closed_at IS NOT NULL') === 1, 20);
});

test('one of several meters is given up, the supply stays on; the last one is not', async () => {
  const { account } = await openAccount(manager, [2, 4], { name: '赵六', phone: '13800000004' });
  await idle();
  assert.equal((await close(manager, `/accounts/${account}/close?meter=2`, { relay: 'keep' })).status, 303);
  await until('emptied', () => count('sale', `kind='closing' AND account_id=${account} AND state='due'`) === 1, 60);
  assert.equal(count('account_meter', `account_id=${account} AND ended_at IS NULL`), 1);
  await idle();
  assert.equal(count('command', "kind='keep_on' AND meter_id=2 AND state='confirmed'"), 1);
  assert.equal((await close(manager, `/accounts/${account}/close?meter=4`, {})).status, 422);
  assert.equal(count('account', `account_id=${account} AND closed_at IS NULL`), 1);
});

test('progress and sheet in every look', async (t) => {
  for (const look of LOOKS) {
    const page = await openPage(t, { ...look, url: web.url, cookies: manager.cookies });
    for (const path of ['accounts/4/close', 'accounts/1/close/print', 'accounts/1']) {
      await page.goto(`${web.url}${path}`);
      await assertFits(page, `${path} ${look.language} ${look.width}`);
      await assertAccessible(page, `${path} ${look.language} ${look.scheme}`);
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/c_${path.replaceAll(/[/?=]/g, '_')}-${look.language}-${look.scheme}-${look.width}.png`, fullPage: true });
    }
  }
});
