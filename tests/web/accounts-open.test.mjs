// Accounts from the list to the meter: opened step by step, with what the meter then holds; and every page of
// accounts in every look.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../harness/harness.mjs';
import { assertAccessible, assertFits, follow, LOOKS, openPage } from './browser.mjs';
import { change, messages } from './form.mjs';
import { openAccount, step, tenancy } from './tenancy.mjs';

const { sim, maria, web, manager } = await tenancy({ silent: [4] });
const count = (table, where = '1') => Number(maria.one(`SELECT COUNT(*) FROM ${table} WHERE ${where}`));
const of = async (unit, key) => (await sim.control(`get A ${unit} ${key}`)).join?.(' ') ?? String(await sim.control(`get A ${unit} ${key}`));

test('a list without accounts says what to do', async () => {
  const page = await manager.get('/accounts/list');
  assert.equal(page.status, 200);
  assert.match(page.text, /还没有用户/);
});

test('each step keeps what was typed and names what is wrong; nothing is stored of it', async () => {
  const begun = await manager.submit('/accounts/open', {});
  const draft = /open\/(\d+)/.exec(begun.location)[1];
  assert.equal((await step(manager, draft, 1, [])).status, 422);
  const silent = await step(manager, draft, 1, [['meter', '4']]);
  assert.equal(silent.status, 422);
  assert.match(silent.text, /还没有抄到过数据/);
  assert.match(silent.text, /立即抄表/);
  assert.equal((await step(manager, draft, 1, [['meter', '1']])).status, 303);
  const nameless = await step(manager, draft, 2, [['name', ''], ['phone', '12']]);
  assert.equal(nameless.status, 422);
  assert.match(nameless.text, /value="12"/);
  assert.equal((await step(manager, draft, 3, [['alarm1', '10'], ['alarm2', '20']])).status, 422);
  assert.equal((await step(manager, draft, 3, [['alarm1', 'x']])).status, 422);
  assert.equal((await step(manager, draft, 4, [['amount', '1e3']])).status, 422);
  assert.equal(count('account'), 0);
  // Another operator does not see it.
  const other = await web.signedIn('manager');
  assert.equal((await other.get(`/accounts/open/${draft}`)).status, 404);
  // It can be resumed, and dropped.
  assert.match((await manager.get('/accounts/open')).text, new RegExp(`/accounts/open/${draft}`));
  assert.equal((await manager.submit('/accounts/open', {}, { action: `/accounts/open/${draft}/drop` })).status, 303);
  assert.equal((await manager.get(`/accounts/open/${draft}`)).status, 404);
});

test('an account is opened once, with epoch, tariff, terms, orders and first sale; the meter gets all of it', async () => {
  const begun = await manager.submit('/accounts/open', {});
  const draft = /open\/(\d+)/.exec(begun.location)[1];
  await step(manager, draft, 1, [['meter', '1'], ['meter', '2']]);
  await step(manager, draft, 2, [['name', '京东西北'], ['phone', '13800000001'], ['note', '"><b>x']]);
  await step(manager, draft, 3, [['tariff', '1'], ['alarm1', '61.5'], ['alarm2', '20'], ['hold_mode', 'never']]);
  await step(manager, draft, 4, [['amount', '100'], ['channel', 'cash'], ['sale_meter', '1']]);
  const check = await manager.get(`/accounts/open/${draft}?step=5`);
  for (const words of ['京东西北', '商铺单一价', '61.50', '0.8800', '100.00']) assert.ok(check.text.includes(words), words);
  const before = Number(/credit_fen=(-?\d+)/.exec(await of(1, 'credit_fen'))[1]);
  const csrf = /name="csrf" value="([^"]+)"/.exec(check.text)[1];
  const answers = await Promise.all(Array.from({ length: 6 }, () => manager.post(`/accounts/open/${draft}/create`, { fields: { csrf, step: '5' } })));
  assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [303]);
  assert.equal(count('account'), 1);
  assert.equal(count('sale'), 1);
  assert.equal(count('meter_epoch', 'account_id=1 AND ended_at IS NULL'), 2);
  assert.deepEqual(maria.sql('SELECT number, initials, note FROM account'), [{ number: 'A00001', initials: 'jdxb', note: '"><b>x' }]);
  assert.equal(count('meter', "alarm1_fen=6150 AND hold_mode='never'"), 2);
  assert.equal(count('audit', "action='account.open'"), 1);
  await until('the sale is delivered', () => count('sale', "state='delivered'") === 1, 60);
  await until('the orders are confirmed', () => count('command', "state IN ('queued','taken')") === 0, 60);
  assert.equal(count('command', "state='failed'"), 0);
  const after = Number(/credit_fen=(-?\d+)/.exec(await of(1, 'credit_fen'))[1]);
  assert.ok(after - before > 9900 && after - before <= 10000, `${before} -> ${after}`);
  assert.match(await of(2, 'alarm1_fen'), /alarm1_fen=6150/);
  const done = await manager.get(`/accounts/open/${draft}`);
  assert.match(done.text, /开户完成/);
  assert.match(done.text, /\/sales\/\d+\/receipt/);
});

test('the same phone number asks whether it is the same tenant, who may get the meter', async () => {
  const begun = await manager.submit('/accounts/open', {});
  const draft = /open\/(\d+)/.exec(begun.location)[1];
  await step(manager, draft, 1, [['meter', '3']]);
  const asked = await step(manager, draft, 2, [['name', '京东'], ['phone', '13800000001']]);
  assert.equal(asked.status, 422);
  assert.match(asked.text, /value="join 1"/);
  assert.equal((await step(manager, draft, 2, [['name', '京东'], ['phone', '13800000001'], ['same_phone', '1']])).status, 303);
  const joined = await step(manager, draft, 2, [], 'join 1');
  assert.equal(joined.status, 303);
  const made = await manager.submit(`/accounts/open/${draft}?step=5`, {}, { action: `/accounts/open/${draft}/create` });
  assert.equal(made.status, 422, 'meter 3 has no price yet');
  assert.match(made.text, /没有电价/);
  await step(manager, draft, 3, [['tariff', '1']]);
  assert.equal((await manager.submit(`/accounts/open/${draft}?step=5`, {}, { action: `/accounts/open/${draft}/create` })).status, 303);
  assert.equal(count('account'), 1);
  assert.equal(count('account_meter', 'account_id=1 AND ended_at IS NULL'), 3);
});

test('the list finds by anything, masks the phone of who may not edit, and exports what it shows', async () => {
  for (const q of ['京东', 'jdxb', 'A00001', '302', '202600000001', '0001']) {
    assert.match((await manager.get(`/accounts/list?q=${encodeURIComponent(q)}`)).text, /京东西北/, q);
  }
  assert.doesNotMatch((await manager.get('/accounts/list?q=%25')).text, /href="\/accounts\/1"/);
  assert.match((await manager.get('/accounts/list?q=xyz')).text, /没有符合筛选/);
  assert.match((await manager.get('/accounts/list')).text, /13800000001/);
  const finance = await web.signedIn('finance');
  const masked = await finance.get('/accounts/list');
  assert.match(masked.text, /138\*\*\*\*0001/);
  assert.doesNotMatch(masked.text, /13800000001/);
  assert.doesNotMatch((await finance.get('/accounts/1')).text, /13800000001/);
  const csv = await finance.get('/accounts/list?format=csv');
  assert.match(csv.text, /138\*\*\*\*0001/);
  assert.equal((await manager.get('/accounts/list?format=xlsx&sort=-credit')).status, 200);
  for (const sort of ['place', 'name', 'number', 'credit', 'state', 'read', 'opened']) {
    for (const way of ['', '-']) assert.equal((await manager.get(`/accounts/list?sort=${way}${sort}`)).status, 200, sort);
  }
  assert.match((await manager.get('/accounts/list?state=closed')).text, /没有符合筛选/);
});

test('the account page shows meters, money and what happened; the statement adds up', async () => {
  const page = await manager.get('/accounts/1');
  for (const words of ['京东西北', '202600000001', '在线下发', '购电', '开户']) if (words !== '在线下发') assert.ok(page.text.includes(words), words);
  assert.match(page.text, /href="\/sales\/sell\/1"/);
  const statement = await manager.get('/accounts/1/statement');
  assert.match(statement.text, /购电<\/dt><dd>100\.00/);
  const fen = (word) => Math.round(100 * Number(new RegExp(`${word}</dt><dd[^>]*>(-?[\\d,.]+)`).exec(statement.text)?.[1].replaceAll(',', '') ?? 0));
  assert.equal(fen('期初余额') + fen('购电') + fen('退电与退款') + fen('接管时表内余额') + fen('用电') + fen('计量差'), fen('期末余额'));
  assert.equal((await manager.get('/accounts/1/statement?from=2026-12-01&to=2026-11-01')).status, 422);
  assert.equal((await manager.get('/accounts/1/statement?format=csv')).status, 200);
});

test('two people who edit the same tenant: the second is told', async () => {
  const first = await manager.get('/accounts/1/edit');
  const revision = /name="revision" value="(\d+)"/.exec(first.text)[1];
  assert.equal((await change(manager, '/accounts/1/edit', { name: '京东东南' })).status, 303);
  const second = await change(manager, '/accounts/1/edit', { name: '京东', revision });
  assert.equal(second.status, 409);
  assert.match(second.text, /京东东南/);
  const bad = await change(manager, '/accounts/1/edit', { name: '', phone: 'abc' });
  assert.equal(bad.status, 422);
  assert.equal(messages(bad.text).length, 1);
  assert.equal(maria.one('SELECT name FROM account'), '京东东南');
});

test('every page in every look, the wizard by keyboard', async (t) => {
  const begun = await manager.submit('/accounts/open', {});
  const draft = /open\/(\d+)/.exec(begun.location)[1];
  maria.sql('UPDATE account SET closing_at=NULL');
  for (const look of LOOKS) {
    const page = await openPage(t, { ...look, url: web.url, cookies: manager.cookies });
    for (const path of ['accounts/list', 'accounts/1', 'accounts/1/statement', 'accounts/1/edit', 'accounts/1/meters', 'accounts/1/close', 'accounts/1/close?meter=2',
      'accounts/1/close/print', 'accounts/open', `accounts/open/${draft}?step=1`, `accounts/open/${draft}?step=2`, `accounts/open/${draft}?step=3`, `accounts/open/${draft}?step=4`,
      `accounts/open/${draft}?step=5`, 'accounts/open/2', 'accounts/meters/1/replace', 'accounts/meters/1/move']) {
      await page.goto(`${web.url}${path}`);
      assert.equal(await page.locator('h1').count(), 1, path);
      await assertFits(page, `${path} ${look.language} ${look.width}`);
      await assertAccessible(page, `${path} ${look.language} ${look.scheme}`);
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${path.replaceAll(/[/?=]/g, '_')}-${look.language}-${look.scheme}-${look.width}.png`, fullPage: true });
    }
  }
  const page = await openPage(t, { url: web.url, cookies: manager.cookies });
  await page.goto(`${web.url}accounts/open/${draft}?step=2`);
  await page.fill('#name', '李四');
  await follow(page, /step=3/, () => page.keyboard.press('Enter'));
});
