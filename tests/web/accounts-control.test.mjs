// Remote control of many meters: what goes, what is left out and why, counts, limits, keys, rights, scope; and the
// pages in a browser. What becomes of the orders is in tests/system/control-batch.test.mjs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { LOOKS, assertAccessible, assertFits, follow, openPage } from './browser.mjs';
import { building, unescape } from './building.mjs';
import { unlimit } from './fastcgi.mjs';

const PAGE = '/accounts/control';
const maria = await startMaria();
building(maria);
// Nothing more than the rows say happens to the meters: their states are as fresh as the page wants them.
maria.sql(`INSERT INTO command_batch(command_batch_id,kind,request_key,created_by,created_at,reason) VALUES(900,'credit',UNHEX(REPEAT('9',32)),NULL,UTC_TIMESTAMP(3),''),(901,'trip',UNHEX(REPEAT('8',32)),NULL,UTC_TIMESTAMP(3),'');
INSERT INTO command(command_id,command_batch_id,kind,bus_id,meter_id,created_at,state) VALUES(900,900,'credit',1,5,UTC_TIMESTAMP(3),'queued'),(901,901,'trip',1,6,UTC_TIMESTAMP(3),'queued');
UPDATE meter SET is_protected=1 WHERE meter_id=4;
UPDATE account SET closing_at=UTC_TIMESTAMP(3), closing_relay='trip' WHERE account_id=7;
UPDATE meter_state SET force_state=8, relay_closed=0 WHERE meter_id=8;`);
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
const admin = await web.signedIn('admin');

const ticks = (ids) => ids.map((id) => `meter=${id}`).join('&');
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const minute = (hours) => new Date(Date.now() + hours * 3600e3 + 8 * 3600e3).toISOString().slice(0, 16);
// Every value of the form, in order: a tick comes once for each meter.
function pairs(html) {
  const form = new RegExp(`<form method="post" action="${PAGE}"[\\s\\S]*?</form>`).exec(html)?.[0];
  assert.ok(form, 'there is a form');
  return [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name, unescape(value)]);
}
const fill = (html, typed) => [...pairs(html), ...Object.entries({ when: 'now', ...typed })];
async function send(client, query, typed) {
  const shown = await client.get(`${PAGE}?${query}`);
  assert.equal(shown.status, 200);
  return client.request('POST', PAGE, { fields: fill(shown.text, typed) });
}
const batchOf = (answer) => {
  assert.equal(answer.status, 303, answer.text);
  return Number(/\/settings\/orders\/(\d+)$/.exec(answer.location)[1]);
};
const meters = (batch) => maria.sql(`SELECT meter_id FROM command WHERE command_batch_id=${batch} ORDER BY meter_id`).map((row) => Number(row.meter_id));
const batches = () => Number(maria.one('SELECT COUNT(*) FROM command_batch'));
// What the lists of a preview hold: place -> reason.
const leftOut = (html) => Object.fromEntries([...(html.split('id="left"')[1] ?? '').matchAll(/<a href="\/accounts\/meters\/(\d+)">[\s\S]*?不执行的原因">([^<]*)</g)].map(([, id, why]) => [id, why]));
const going = (html) => [...html.split('id="left"')[0].matchAll(/<td data-label="位置"><span><a href="\/accounts\/meters\/(\d+)"/g)].map(([, id]) => Number(id));

test('a trip: what is left out, each with its reason', async () => {
  const page = await admin.get(`${PAGE}?op=trip&${ticks([1, 2, 4, 5, 6, 7, 8, 40, 63, 250, 301])}`);
  assert.deepEqual(leftOut(page.text), { 4: '保护回路，不允许拉闸', 5: '有未完成的充值或扣减命令', 7: '正在销户，供电由销户流程决定', 8: '已是此状态', 40: '正在保电，请先恢复预付费',
    63: '电表失联：看不到负荷，也不知何时执行', 250: '未开户', 301: '仅计量，不控制' });
  assert.deepEqual(going(page.text), [1, 2, 6]);
  // Another batch acts on the same meter first.
  assert.match(page.text, /批次 #901（拉闸）未完成，本批随后执行/);
  assert.match(page.text, /当前合计负荷 0\.\d{3} kW，其中 3 块正在用电/);
});

test('keep on and back to prepaid take lost meters, and say so', async () => {
  let page = await admin.get(`${PAGE}?op=keep_on&${ticks([1, 63, 250, 301])}`);
  assert.deepEqual(going(page.text), [1, 63]);
  assert.match(page.text, /1 块失联，恢复通讯后自动执行/);
  page = await admin.get(`${PAGE}?op=prepaid&${ticks([1, 8, 40])}`);
  assert.deepEqual(going(page.text), [8, 40]);
  assert.deepEqual(leftOut(page.text), { 1: '已是此状态' });
  // Credit decides, nothing is switched on: 8 has its credit control closed.
  assert.match(page.text, /闭合（由余额控制）/);
  page = await admin.get(`${PAGE}?op=clock&${ticks([1, 301])}`);
  assert.equal(page.status, 200);
});

test('a reason, an end and a time are asked for, and what was typed is kept', async () => {
  const before = batches();
  let answer = await send(admin, `op=trip&${ticks([9])}`, { cause: 'none', reason: '第三次催缴' });
  assert.equal(answer.status, 422);
  assert.match(answer.text, /请选择原因/);
  assert.match(answer.text, /value="第三次催缴"/);
  assert.equal((await send(admin, `op=trip&${ticks([9])}`, { cause: 'other' })).status, 422);
  for (const until of ['', '2020-01-01T00:00', minute(24 * 31 + 1), '2026-02-30T10:00', '99:99']) {
    answer = await send(admin, `op=keep_on&${ticks([9])}`, { cause: 'tenant', until });
    assert.equal(answer.status, 422, until);
  }
  for (const at of ['', minute(-1), minute(24 * 40)]) assert.equal((await send(admin, `op=read&${ticks([9])}`, { when: 'later', at })).status, 422, at);
  assert.equal(batches(), before);
  answer = await send(admin, `op=keep_on&${ticks([9])}`, { cause: 'tenant', reason: '高考', until: minute(5) });
  const batch = batchOf(answer);
  assert.deepEqual(maria.sql(`SELECT kind, reason FROM command_batch WHERE command_batch_id=${batch}`), [{ kind: 'keep_on', reason: '租户申请: 高考' }]);
  const [row] = maria.sql(`SELECT TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(), k.ends_at) AS minutes, c.expires_at = k.ends_at AS expires, c.force_before FROM meter_keep k JOIN command c USING (command_id) WHERE c.command_batch_id=${batch}`);
  assert.ok(Number(row.minutes) >= 297 && Number(row.minutes) <= 300, row.minutes);
  assert.deepEqual([row.expires, row.force_before], ['1', '0']);
  assert.equal(maria.one(`SELECT COUNT(*) FROM audit WHERE action='order.send' AND object_id=${batch} AND reason='租户申请: 高考'`), '1');
});

test('more than five: their number is typed; a time to come is kept with the order', async () => {
  const ids = range(10, 16).filter((id) => id !== 11);
  let answer = await send(admin, `op=read&${ticks(ids)}`, { count: '5' });
  assert.equal(answer.status, 422);
  assert.match(answer.text, /电表数与将执行的不一致/);
  answer = await send(admin, `op=read&${ticks(ids)}`, { count: '6', when: 'later', at: minute(2) });
  const batch = batchOf(answer);
  assert.deepEqual(meters(batch), ids);
  assert.equal(maria.one(`SELECT COUNT(*) FROM command WHERE command_batch_id=${batch} AND kind='read_now' AND not_before > UTC_TIMESTAMP() + INTERVAL 1 HOUR AND expires_at > not_before`), '6');
  const page = await admin.get(`/settings/orders/${batch}`);
  assert.match(page.text, /定时等待/);
});

test('pressing many times is one batch, also when it changed what would go', async () => {
  const shown = await admin.get(`${PAGE}?op=prepaid&${ticks([40])}`);
  const fields = fill(shown.text, {}), before = batches();
  const answers = await Promise.all(range(1, 6).map(() => admin.request('POST', PAGE, { fields })));
  assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [303]);
  assert.equal(new Set(answers.map((answer) => answer.location)).size, 1);
  maria.sql('UPDATE meter_state SET force_state=0 WHERE meter_id=40');
  assert.equal((await admin.request('POST', PAGE, { fields })).location, answers[0].location);
  assert.equal(batches(), before + 1);
});

test('all of a filter: counted, and asked again when the number or what goes has changed', async () => {
  const of = encodeURIComponent('f=13');
  let page = await admin.get(`${PAGE}?op=read&all=1&of=${of}&expect=37`);
  assert.doesNotMatch(page.text, /当前筛选的电表数已变化/);
  assert.equal(going(page.text).length, 37);
  page = await admin.get(`${PAGE}?op=read&all=1&of=${of}&expect=30`);
  assert.match(page.text, /勾选时 30 块，现在 37 块/);
  const fields = fill(page.text, { count: '37' });
  maria.sql('UPDATE meter SET removed_at=UTC_TIMESTAMP(3) WHERE meter_id=105');
  let answer = await admin.request('POST', PAGE, { fields });
  assert.equal(answer.status, 422);
  assert.match(answer.text, /由 37 变为 36/);
  // The page that came back is right again.
  answer = await admin.request('POST', PAGE, { fields: fill(answer.text, { count: '36' }) });
  assert.equal(meters(batchOf(answer)).length, 36);
  maria.sql('UPDATE meter SET removed_at=NULL WHERE meter_id=105');

  page = await admin.get(`${PAGE}?op=trip&${ticks([17, 18])}`);
  const agreed = fill(page.text, { cause: 'arrears' });
  maria.sql('UPDATE meter_link SET lost_since=UTC_TIMESTAMP(3) WHERE meter_id=18');
  answer = await admin.request('POST', PAGE, { fields: agreed });
  assert.equal(answer.status, 422);
  assert.match(answer.text, /将执行的电表或其状态已变化/);
  maria.sql('UPDATE meter_link SET lost_since=NULL WHERE meter_id=18');
});

test('the limit of the role, the right, and the password', async () => {
  maria.sql("UPDATE role SET batch_max_meters=3 WHERE code='manager'");
  const manager = await web.signedIn('manager');
  let answer = await send(manager, `op=read&${ticks([20, 21, 22, 23])}`, {});
  assert.equal(answer.status, 422);
  assert.match(answer.text, /3 块/);
  batchOf(await send(manager, `op=read&${ticks([20, 21, 22])}`, {}));
  maria.sql("UPDATE role SET batch_max_meters=NULL WHERE code='manager'");

  const cashier = await web.signedIn('cashier');
  assert.equal((await cashier.get(`${PAGE}?op=trip&meter=1`)).status, 403);
  assert.doesNotMatch((await cashier.get('/accounts/board')).text, /value="trip"/);
  assert.doesNotMatch((await cashier.get('/accounts/meters/1')).text, /op=trip/);

  const shown = await admin.get(`${PAGE}?op=trip&meter=24`), before = batches();
  maria.sql(`UPDATE session s JOIN operator o USING (operator_id) SET s.confirmed_at = s.confirmed_at - INTERVAL 1 DAY WHERE o.username='${admin.username}'`);
  answer = await admin.request('POST', PAGE, { fields: fill(shown.text, { cause: 'safety' }) });
  assert.equal(answer.status, 403);
  assert.match(answer.text, /name="keep\.meter" value="24"/);
  assert.equal(batches(), before);
  maria.sql('UPDATE session SET confirmed_at = UTC_TIMESTAMP(3)');
});

test('who may only control sees and stops those batches, and writes no prices', async () => {
  maria.sql(`INSERT INTO role(code,name) VALUES('switcher','值班');
INSERT INTO role_permission SELECT (SELECT role_id FROM role WHERE code='switcher'), p.p FROM (SELECT 'meter.view' p UNION SELECT 'meter.control') p;
INSERT INTO command_batch(command_batch_id,kind,request_key,created_by,created_at,reason) VALUES(5910,'write_prices',UNHEX(REPEAT('7',32)),NULL,UTC_TIMESTAMP(3),'');
INSERT INTO command(command_id,command_batch_id,kind,bus_id,meter_id,created_at,state) VALUES(5910,5910,'write_prices',1,26,UTC_TIMESTAMP(3),'queued')`);
  const client = await web.signedIn('switcher');
  const batch = batchOf(await send(client, `op=trip&${ticks([25])}`, { cause: 'works' }));
  assert.equal((await client.get('/settings/orders')).status, 200);
  assert.equal((await client.submit(`/settings/orders/${batch}`, {}, { action: `/settings/orders/${batch}/cancel` })).status, 303);
  assert.equal(maria.one(`SELECT state FROM command WHERE command_batch_id=${batch}`), 'cancelled');
  const prices = await client.get('/settings/orders/5910');
  assert.equal(prices.status, 200);
  assert.doesNotMatch(prices.text, /\/cancel"/);
  const csrf = /name="csrf" value="([^"]+)"/.exec(prices.text)[1];
  assert.equal((await client.post('/settings/orders/5910/cancel', { fields: { csrf } })).status, 403);
  assert.equal((await client.get('/settings/orders/new')).status, 403);
  assert.equal((await client.get(`${PAGE}?op=prices&meter=1`)).status, 403);
  assert.equal((await admin.get(`${PAGE}?op=prices&meter=1&meter=2`)).location, '/settings/orders/new?meter=1&meter=2&part=prices&part=tou');
  assert.match((await admin.get('/settings/orders/new?meter=1&part=settings')).text, /id="part-alarms"[^>]*checked[\s\S]*id="part-overload"[^>]*checked/);
});

test('another building: its meters and batches are not there', async () => {
  const narrow = await web.signedIn('manager');
  maria.sql(`INSERT INTO operator_scope(operator_id,place_id) SELECT operator_id,3 FROM operator WHERE username='${narrow.username}'`);
  assert.equal((await narrow.get(`${PAGE}?op=read&meter=1`)).status, 404);
  const page = await narrow.get(`${PAGE}?op=read&${ticks([1, 200])}`);
  assert.deepEqual(going(page.text), [200]);
  // What a form was made to name does not go either.
  const fields = [...fill(page.text, {}), ['meter', '2']];
  assert.deepEqual(meters(batchOf(await narrow.request('POST', PAGE, { fields }))), [200]);
  const batch = batchOf(await send(admin, `op=trip&${ticks([27])}`, { cause: 'works' }));
  assert.equal((await narrow.get(`${PAGE}?op=restore&restore=${batch}`)).status, 404);
  assert.equal((await narrow.get(`${PAGE}?op=read&all=1&of=f%3D11`)).status, 303);
});

test('restore: each meter back to what it was when the batch was made', async () => {
  maria.sql('UPDATE meter_state SET force_state=8, relay_closed=0 WHERE meter_id=31; UPDATE meter_state SET force_state=9 WHERE meter_id=32');
  const kept = batchOf(await send(admin, `op=keep_on&${ticks([32])}`, { cause: 'tenant', until: minute(48) }));
  maria.sql(`UPDATE command SET state='confirmed', attempts=1 WHERE command_batch_id=${kept}`);
  const batch = batchOf(await send(admin, `op=prepaid&${ticks([31, 32])}`, {}));
  assert.deepEqual(maria.sql(`SELECT force_before, until_before IS NULL AS open_end FROM command WHERE command_batch_id=${batch} ORDER BY meter_id`),
    [{ force_before: '8', open_end: '1' }, { force_before: '9', open_end: '0' }]);
  maria.sql(`UPDATE command SET state='confirmed', attempts=1 WHERE command_batch_id=${batch}; UPDATE meter_state SET force_state=0, relay_closed=1 WHERE meter_id IN (31,32)`);
  const job = await admin.get(`/settings/orders/${batch}`);
  assert.match(job.text, new RegExp(`/accounts/control\\?op=restore&amp;restore=${batch}`));
  assert.match(job.text, /表计已确认：由余额控制/);
  const restored = batchOf(await send(admin, `op=restore&restore=${batch}`, { cause: 'other', reason: '误操作' }));
  assert.deepEqual(maria.sql(`SELECT meter_id, kind FROM command WHERE command_batch_id=${restored} ORDER BY meter_id`), [{ meter_id: '31', kind: 'trip' }, { meter_id: '32', kind: 'keep_on' }]);
  assert.equal(maria.one(`SELECT kind FROM command_batch WHERE command_batch_id=${restored}`), 'restore');
  assert.equal(maria.one(`SELECT a.until_at = b.until_at FROM command a, command b WHERE a.command_batch_id=${kept} AND b.command_batch_id=${restored} AND b.meter_id=32`), '1');
  // A keep-on whose time is over cannot come back.
  maria.sql(`UPDATE command SET until_before=UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE WHERE command_batch_id=${batch} AND meter_id=32; UPDATE command SET state='cancelled' WHERE command_batch_id=${restored}`);
  assert.deepEqual(leftOut((await admin.get(`${PAGE}?op=restore&restore=${batch}`)).text), { 32: '原状态未知，或原保电已到期' });
});

test('tile and page of a meter say until when it is kept on', async () => {
  const batch = batchOf(await send(admin, `op=keep_on&${ticks([33])}`, { cause: 'tenant', until: minute(72) }));
  maria.sql(`UPDATE command SET state='confirmed' WHERE command_batch_id=${batch}`);
  await new Promise((resolve) => { setTimeout(resolve, 1300); });
  const word = `保电至 ${minute(72).slice(5).replace('T', ' ')}`;
  assert.ok((await admin.get('/accounts/board?f=11')).text.includes(word));
  const page = await admin.get('/accounts/meters/33');
  assert.ok(page.text.includes(word));
  assert.match(page.text, /\/accounts\/control\?op=keep_on&amp;meter=33/);
  assert.doesNotMatch((await admin.get('/accounts/meters/301')).text, /op=trip/);
});

test('the export of exactly what was chosen', async () => {
  const some = await admin.get(`/accounts/meters?${ticks([1, 2, 3])}&format=csv`);
  assert.equal(some.text.trim().split('\n').length, 4);
  const all = await admin.get(`/accounts/meters?all=1&of=${encodeURIComponent('f=11')}&expect=37&format=csv&meter=250`);
  assert.equal(all.text.trim().split('\n').length, 38);
  assert.equal((await admin.get(`/accounts/meters?all=1&of=${encodeURIComponent('b=2&f=11')}`)).location, '/accounts/meters?b=2&f=11');
});

test('nonsense is refused without a word of the server breaking', async () => {
  assert.equal((await admin.get(`${PAGE}?op=trip`)).status, 303);
  assert.equal((await admin.get(`${PAGE}?op=explode&meter=1`)).status, 303);
  assert.equal((await admin.get(`${PAGE}?op=trip&meter=999999`)).status, 404);
  assert.equal((await admin.get(`${PAGE}?op=restore&restore=999999`)).status, 404);
  for (const of of ['%ff', 'b=1&b=2&st=none', '='.repeat(500)]) assert.ok([200, 303].includes((await admin.get(`${PAGE}?op=read&all=1&of=${encodeURIComponent(of)}&expect=-1`)).status), of);
  const csrf = pairs((await admin.get(`${PAGE}?op=read&meter=1`)).text).find(([name]) => name === 'csrf')[1];
  for (const fields of [{ csrf, op: 'trip' }, { csrf, op: 'no', key: '00'.repeat(16) }, { csrf, op: 'trip', key: 'zz' }]) assert.equal((await admin.post(PAGE, { fields })).status, 400);
});

const PAGES = [`${PAGE}?op=trip&${ticks([1, 2, 3, 4, 6, 9, 10, 12, 63, 250, 301])}`, `${PAGE}?op=keep_on&${ticks([1, 63])}`, `${PAGE}?op=prepaid&meter=8`, `${PAGE}?op=read&all=1&of=f%3D12&expect=3`, `${PAGE}?op=trip&meter=301`,
  '/accounts/meters/33', '/accounts/meters?n=25', '/settings/orders/901'];
for (const { language, scheme, width } of LOOKS) {
  test(`every page fits and is accessible: ${language} ${scheme} ${width}`, async (t) => {
    maria.sql(`UPDATE operator SET language='${language}', theme='auto'`);
    const page = await openPage(t, { language, scheme, width, url: web.url, cookies: admin.cookies });
    for (const target of PAGES) {
      assert.equal((await page.goto(web.url + target.slice(1))).status(), 200, target);
      await assertFits(page, target);
      await assertAccessible(page, target);
    }
  });
}

test('by mouse: a range, a floor, all of the filter; the menu leads to the preview', async (t) => {
  maria.sql("UPDATE operator SET language='zh-CN'");
  const page = await openPage(t, { url: web.url, cookies: admin.cookies });
  for (const target of ['accounts/board?b=2&f=12', 'accounts/meters?b=2&f=12']) {
    await page.goto(web.url + target);
    assert.equal(await page.locator('.bulk').isVisible(), false);
    await page.locator('input.tick').nth(1).click();
    await page.locator('input.tick').nth(4).click({ modifiers: ['Shift'] });
    assert.match(await page.locator('[data-tick-count]').innerText(), /4/);
    await page.locator('[data-tick-every]').check();
    assert.match(await page.locator('[data-tick-count]').innerText(), /37/);
    assert.equal(await page.locator('input.tick:checked').count(), 0);
    await page.locator('[data-tick-all]').first().check();
    assert.equal(await page.locator('[data-tick-every]').isChecked(), false);
    assert.equal(await page.locator('input.tick:checked').count(), 37);
    await page.locator('[data-tick-clear]').click();
    assert.equal(await page.locator('.bulk').isVisible(), false);
    await page.locator('input.tick').nth(2).click();
    await page.locator('.bulk summary').click();
    await follow(page, /control\?/, () => page.locator('.bulk button[value=read]').click());
    assert.match(await page.locator('#sum').innerText(), /1 块/);
  }
  await follow(page, /orders\/\d+$/, () => page.locator('main form[method=post] button[type=submit]').click());
  assert.match(await page.locator('h1').innerText(), /立即抄表/);
});

test('without script: tick, choose, confirm', async (t) => {
  const page = await openPage(t, { script: false, url: web.url, cookies: admin.cookies });
  await page.goto(`${web.url}accounts/board?b=2&f=13`);
  await page.locator('[data-tick-every]').check();
  await page.locator('.bulk summary').click();
  await page.locator('.bulk button[value=clock]').click();
  assert.match(await page.locator('#sum').innerText(), /3[67] 块/);
  await page.locator('#count').fill(/(\d+)/.exec(await page.locator('#sum').innerText())[1]);
  await page.locator('main form[method=post] button[type=submit]').click();
  assert.match(page.url(), /\/settings\/orders\/\d+$/);
});
