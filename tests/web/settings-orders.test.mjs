// Orders from the page to the meter and back: what a person presses is what the simulated meter holds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCollector, startMaria, startSim, startWeb, until, writeConf } from '../harness/harness.mjs';
import { assertAccessible, assertFits, follow, LOOKS, openPage } from './browser.mjs';
import { unlimit } from './fastcgi.mjs';

const sim = await startSim(`seed 7
zone +8
line A rtutcp=127.0.0.1:0
line B tcp=127.0.0.1:0
meter A unit=1 model=adf300 phases=1 tenant=shop
meter A unit=2 model=adf300 phases=1 tenant=shop silent=1
meter A unit=3 model=dtsy1352 phases=3 tenant=main
meter A unit=4 model=ddsy1352 tenant=office
meter B unit=1 model=adf300 phases=1 tenant=shop
`);
const maria = await startMaria();
maria.sql(`INSERT INTO place(place_id,parent_id,kind,name,sort_order) VALUES (1,NULL,'site','云谷',1),(2,1,'building','1号楼',1),(3,1,'building','2号楼',2);
INSERT INTO place(place_id,parent_id,kind,name,sort_order) SELECT 100+seq,2,'room',CONCAT('10',seq),seq FROM seq_1_to_4;
INSERT INTO place(place_id,parent_id,kind,name) VALUES (201,3,'room','201');
INSERT INTO gateway(gateway_id,name,place_id) VALUES (1,'GW-01',2),(2,'GW-02',3);
INSERT INTO bus(bus_id,gateway_id,name,transport,host,port,status_period_s,response_timeout_ms) VALUES
 (1,1,'A','rtu_tcp','127.0.0.1',${sim.lines.A.port},2,300),(2,2,'B','tcp','127.0.0.1',${sim.lines.B.port},2,300);
INSERT INTO meter(meter_id,number,meter_model_id,bus_id,unit,place_id,phases,credit_mode)
 SELECT n.id,LPAD(n.id,12,'0'),m.meter_model_id,n.bus,n.unit,n.place,n.phases,n.mode FROM meter_model m JOIN (
 SELECT 1 id,'adf300' code,1 bus,1 unit,101 place,1 phases,'meter' mode UNION ALL SELECT 2,'adf300',1,2,102,1,'meter'
 UNION ALL SELECT 3,'dtsy1352',1,3,103,3,'monitor' UNION ALL SELECT 5,'adf300',2,1,201,1,'meter') n ON n.code = m.code;
INSERT INTO account(account_id,number,name,opened_at) VALUES (1,'1','张记小面馆',UTC_TIMESTAMP(3)),(5,'5','楼外楼',UTC_TIMESTAMP(3));
INSERT INTO account_meter(meter_id,began_at,account_id) VALUES (1,UTC_TIMESTAMP(3),1),(5,UTC_TIMESTAMP(3),5);
INSERT INTO meter_tariff(meter_id,valid_from,price_uyuan) VALUES (1,'2020-01-01',880000),(2,'2020-01-01',880000),(3,'2020-01-01',880000),(5,'2020-01-01',880000);`);
const conf = await writeConf(maria, { 'collector.gateway_delay_ms': '200' });
await startCollector(conf);
const web = await startWeb(maria, conf);
await unlimit(web);
const admin = await web.signedIn('admin');

// One who sees the second building only.
await web.operator({ username: 'narrow', password: 'narrow-pass-1', role: 'manager' });
maria.sql(`INSERT INTO operator_scope(operator_id,place_id) SELECT operator_id,3 FROM operator WHERE username='narrow'`);
const narrow = web.client();
await narrow.signIn('narrow', 'narrow-pass-1');

const open = () => Number(maria.one("SELECT COUNT(*) FROM command WHERE state IN ('queued','taken')"));
const get = async (unit, keys) => (await sim.control(`get A ${unit} ${keys}`));
await until('meters', () => maria.one('SELECT COUNT(*) FROM meter_state WHERE meter_id IN (1,3,5)') === '3', 30);
await until('a lost one', () => maria.one('SELECT COUNT(*) FROM meter_link WHERE lost_since IS NOT NULL AND meter_id = 2') === '1', 60);

test('the page of a meter: both sides, write, read, and pressing twice is one batch', async () => {
  let page = await admin.get('/accounts/meters/1/config');
  assert.equal(page.status, 200);
  assert.match(page.text, /id="part-prices"[\s\S]*0\.8800/);
  assert.match(page.text, /未读过/);
  const form = /<form method="post" action="\/settings\/meters\/1\/write">[\s\S]*?<\/form>/.exec(page.text)[0];
  const fields = Object.fromEntries([...form.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]));
  const answers = await Promise.all(Array.from({ length: 6 }, () => admin.post('/settings/meters/1/write', { fields })));
  assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [303]);
  assert.equal(maria.one('SELECT COUNT(*) FROM command_batch WHERE created_by IS NOT NULL'), '1');
  assert.equal(maria.one("SELECT COUNT(*) FROM audit WHERE action='order.send'"), '1');
  await until('confirmed', () => maria.one("SELECT COUNT(*) FROM command WHERE meter_id=1 AND state='confirmed'") === '5', 30);
  page = await admin.get('/accounts/meters/1/config');
  assert.equal((page.text.match(/class="config-Same"/g) ?? []).length, 5);
  assert.match(await get(1, 'price_flat_uyuan alarm1_fen'), /price_flat_uyuan=880000[\s\S]*alarm1_fen=5000/);
  // Somebody changed it with a hand tool.
  await sim.control('set A 1 alarm1_fen=777');
  assert.equal((await admin.submit('/accounts/meters/1/config', {}, { action: '/settings/meters/1/read' })).status, 303);
  await until('read', () => open() === 0, 30);
  page = await admin.get('/accounts/meters/1/config');
  assert.match(page.text, /id="part-alarms" class="config-Differs"/);
  assert.match(page.text, /不一致/);
});

test('a form for many: what is left out, and why; what goes', async () => {
  let page = await admin.get('/settings/orders/new?preview=1&part=prices&part=tou&part=alarms');
  assert.match(page.text, /将向 3 块电表下发/);
  for (const why of ['电表失联', '电表内已一致', '非电表侧计费']) assert.ok(page.text.includes(why), why);
  page = await admin.get('/settings/orders/new?preview=1&part=read&meter=1&meter=5');
  assert.match(page.text, /将向 2 块电表下发 2 条命令/);
  page = await admin.get('/settings/orders/new?preview=1');
  assert.equal(page.status, 422);
  page = await admin.get('/settings/orders/new?preview=1&place=3&part=prices&lost=1');
  const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]);
  const post = page.text.slice(page.text.indexOf('action="/settings/orders/new" class="form card"><input type="hidden" name="csrf"'));
  const fields = [...post.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]);
  assert.ok(hidden.length >= fields.length);
  const answer = await admin.request('POST', '/settings/orders/new', { fields: [...fields, ['reason', '调价通知 12 号']] });
  assert.equal(answer.status, 303);
  const id = /orders\/(\d+)/.exec(answer.location)[1];
  await until('confirmed', () => open() === 0, 30);
  page = await admin.get(`/settings/orders/${id}`);
  assert.match(page.text, /调价通知 12 号/);
  assert.match(page.text, /000000000005/);
  assert.match(page.text, /order-confirmed/);
  assert.equal(maria.one(`SELECT reason FROM audit WHERE action='order.send' AND object_id=${id}`), '调价通知 12 号');
});

test('cancel the rest, retry, and the list with its export', async () => {
  const page = await admin.get('/settings/orders/new?preview=1&meter=2&part=prices&part=alarms&lost=1');
  const post = page.text.slice(page.text.indexOf('action="/settings/orders/new" class="form card"><input type="hidden" name="csrf"'));
  const fields = [...post.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]);
  const answer = await admin.request('POST', '/settings/orders/new', { fields });
  const id = /orders\/(\d+)/.exec(answer.location)[1];
  await until('tried in vain', () => maria.one(`SELECT COUNT(*) FROM command WHERE command_batch_id=${id} AND state='queued' AND attempts>0`) === '1', 30);
  assert.match((await admin.get(`/settings/orders/${id}`)).text, /电表失联，恢复后自动下发/);
  assert.equal((await admin.submit(`/settings/orders/${id}`, {}, { action: `/settings/orders/${id}/cancel` })).status, 303);
  assert.equal(maria.one(`SELECT COUNT(*) FROM command WHERE command_batch_id=${id} AND state='cancelled'`), '2');
  const again = await admin.submit(`/settings/orders/${id}`, {}, { action: `/settings/orders/${id}/retry` });
  const retried = /orders\/(\d+)/.exec(again.location)[1];
  assert.notEqual(retried, id);
  assert.equal(maria.one(`SELECT COUNT(*) FROM command WHERE command_batch_id=${retried}`), '2');
  await sim.control('set A 2 silent=0');
  await until('delivered when it was back', () => maria.one(`SELECT COUNT(*) FROM command WHERE command_batch_id=${retried} AND state='confirmed'`) === '2', 60);
  const list = await admin.get('/settings/orders?q=' + encodeURIComponent('调价通知'));
  assert.equal((list.text.match(/id="batch-/g) ?? []).length, 1);
  const csv = await admin.get('/settings/orders?format=csv');
  assert.equal(csv.status, 200);
  assert.ok(csv.text.trim().split('\n').length >= 5);
  assert.equal((await admin.get(`/settings/orders/${retried}?format=xlsx`)).status, 200);
});

test('the audit says in words what was ordered', async () => {
  const auditor = await web.signedIn('auditor');
  const page = await auditor.get('/settings/audit?action=order.send');
  assert.match(page.text, /命令批次 #1/);
  assert.match(page.text, /命令数/);
  assert.doesNotMatch(page.text, /-&gt; \d/);
});

test('another building: its meters and orders answer 404, and are left out', async () => {
  for (const path of ['/accounts/meters/1/config', '/settings/orders/1', '/settings/buses/1/scan', '/settings/buses/1/test']) {
    const role = path.includes('buses') ? [403, 404] : [404];
    assert.ok(role.includes((await narrow.get(path)).status), path);
  }
  const before = maria.one('SELECT COUNT(*) FROM command');
  const key = '00'.repeat(16);
  const csrf = /name="csrf" value="([^"]+)"/.exec((await narrow.get('/settings/orders/new')).text)[1];
  assert.equal((await narrow.post('/settings/meters/1/write', { fields: { csrf, key } })).status, 404);
  assert.equal((await narrow.post('/settings/orders/1/cancel', { fields: { csrf } })).status, 404);
  const preview = await narrow.get('/settings/orders/new?preview=1&part=read');
  assert.match(preview.text, /将向 1 块电表/);
  assert.equal(maria.one('SELECT COUNT(*) FROM command'), before);
});

test('scan and test of a bus, with the unknown meter to be adopted', async (t) => {
  const page = await openPage(t, { url: web.url, cookies: admin.cookies });
  await page.goto(`${web.url}settings/buses/1/scan`);
  await page.fill('#from', '1');
  await page.fill('#to', '5');
  await follow(page, /scan$/, () => page.locator('form[action="/settings/buses/1/scan"] button').click());
  await page.locator('#unit-4 a.btn').waitFor();
  assert.equal(await page.locator('#unit-4 a.btn').getAttribute('href'),
    `/settings/meters/new?bus=1&unit=4&model=ddsy1352&number=${maria.one('SELECT number FROM bus_scan WHERE unit = 4')}`);
  await page.locator('.scan-known').first().waitFor();
  await page.goto(`${web.url}settings/buses/1/test`);
  await follow(page, /test$/, () => page.locator('form[action="/settings/buses/1/test"] button').click());
  await page.locator('.notice-success').waitFor();
  assert.match(await page.locator('.notice-success').innerText(), /3/);
});

test('the purchase count of a model is tested on a meter without an account, and found out', async () => {
  const { number } = await sim.get('A', 4);
  maria.sql(`INSERT INTO meter(meter_id,number,meter_model_id,bus_id,unit,place_id) SELECT 4,'${number}',meter_model_id,1,4,104 FROM meter_model WHERE code='ddsy1352'`);
  const model = (code) => maria.one(`SELECT meter_model_id FROM meter_model WHERE code='${code}'`);
  const target = `/settings/models/${model('ddsy1352')}`;
  await until('the new meter is read', () => maria.one('SELECT COUNT(*) FROM meter_state WHERE meter_id = 4') === '1', 30);
  const before = await sim.get('A', 4);
  const page = await admin.get(target);
  assert.match(page.text, /id="guard"[\s\S]*未测试/);
  const other = (await admin.get(`/settings/models/${model('adf300')}`)).text;
  assert.doesNotMatch(other, /<option value="1"/, 'the meter of a tenant is not offered');
  const key = /name="key" value="([0-9a-f]{32})"/.exec(page.text)[1], csrf = /name="csrf" value="([0-9a-f]{64})"/.exec(page.text)[1];
  const refused = await admin.post(`/settings/models/${model('adf300')}/guard`, { fields: { csrf, key, meter: '1' } });
  assert.equal(refused.location, `/settings/models/${model('adf300')}`);
  assert.equal(maria.one("SELECT COUNT(*) FROM command WHERE kind='guard_test'"), '0');
  const sent = await admin.post(`${target}/guard`, { fields: { csrf, key, meter: '4' } });
  assert.match(sent.location, /^\/settings\/orders\/\d+$/);
  await until('the test ended', () => maria.one("SELECT COUNT(*) FROM command WHERE kind = 'guard_test' AND ended_at IS NOT NULL") === '1', 60);
  assert.equal(maria.one("SELECT CONCAT(state, ' ', result) FROM command WHERE kind = 'guard_test'"), 'confirmed guard checks');
  assert.match((await admin.get(target)).text, new RegExp(`校验购电次数[\\s\\S]*${number}`));
  // Credit and count are put back; what was used meanwhile is gone.
  const after = await sim.get('A', 4);
  assert.equal(after.count, before.count);
  const used = Number(before.credit_fen) - Number(after.credit_fen);
  assert.ok(used >= 0 && used <= 100, `${used} fen`);
});

test('every page in every look', async (t) => {
  for (const look of LOOKS) {
    const page = await openPage(t, { ...look, url: web.url, cookies: admin.cookies });
    for (const path of ['accounts/meters/1/config', 'settings/orders', 'settings/orders/2', 'settings/orders/new?preview=1&part=prices&part=alarms',
      'settings/buses/1/scan', 'settings/buses/1/test']) {
      await page.goto(`${web.url}${path}`);
      await assertFits(page, `${path} ${look.language} ${look.width}`);
      await assertAccessible(page, `${path} ${look.language} ${look.scheme}`);
    }
  }
});
