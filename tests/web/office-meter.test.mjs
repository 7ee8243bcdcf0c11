// From a page to a meter and back: what two persons decide and what a cashier presses is what the simulated
// meter holds, and the books agree at the end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ctl, startCollector, startMaria, startSim, startWeb, until, waitOutMidnight, writeConf } from '../harness/harness.mjs';
import { unlimit } from './fastcgi.mjs';
import { change, fieldsOf } from './form.mjs';
import { sell } from './shop.mjs';

await waitOutMidnight();
const sim = await startSim(`seed 11
zone +8
line A tcp=127.0.0.1:0
meter A unit=1 number=202600000001 model=adf300 phases=1 tenant=shop scale=0 credit_fen=5000 count=7 price_uyuan=1000000 guard=checks
`);
const maria = await startMaria();
maria.sql(`SET time_zone='+00:00'; INSERT INTO place(place_id,parent_id,kind,name) VALUES (1,NULL,'site','云谷'),(2,1,'building','1号楼'),(3,2,'room','101');
INSERT INTO gateway(gateway_id,name,place_id) VALUES (1,'GW-01',2);
INSERT INTO bus(bus_id,gateway_id,name,transport,host,port,status_period_s,response_timeout_ms) VALUES (1,1,'A','tcp','127.0.0.1',${sim.lines.A.port},2,300);
INSERT INTO meter(meter_id,number,meter_model_id,bus_id,unit,place_id,phases) SELECT 1,'202600000001',meter_model_id,1,1,3,1 FROM meter_model WHERE code='adf300';
INSERT INTO model_guard(meter_model_id,guard,tested_at,meter_id,command_id) SELECT meter_model_id,'checks',UTC_TIMESTAMP(3),1,1 FROM meter_model WHERE code='adf300';
INSERT INTO account(account_id,number,name,opened_at) VALUES (1,'1','张记小面馆',UTC_TIMESTAMP(3));
INSERT INTO account_meter(meter_id,began_at,account_id) VALUES (1,UTC_TIMESTAMP(3),1);
INSERT INTO meter_tariff(meter_id,valid_from,price_uyuan) VALUES (1,'2020-01-01',1000000);`);
const conf = await writeConf(maria);
await startCollector(conf);
const web = await startWeb(maria, conf);
await unlimit(web);
const cashier = await web.signedIn('cashier'), manager = await web.signedIn('manager'), finance = await web.signedIn('finance');
const docOf = (answer) => Number(/^\/sales\/(\d+)$/.exec(answer.location ?? '')?.[1]);
const one = (text) => maria.one(text);
const stateOf = (sale) => one(`SELECT state FROM sale WHERE sale_id=${sale}`);
const become = (sale, state) => until(`document ${sale} ${state}`, () => stateOf(sale) === state, 40);
async function meter() {
  const shown = await sim.control('get A 1 credit_fen count');
  return { credit: Number(/credit_fen=(-?\d+)/.exec(shown)[1]), count: Number(/\bcount=(\d+)/.exec(shown)[1]) };
}
async function approve(where) {
  const id = one(`SELECT approval_id FROM approval WHERE outcome IS NULL AND ${where}`);
  const answer = await finance.submit(`/sales/approvals/${id}`, { note: '' }, { action: `/sales/approvals/${id}/approve` });
  assert.equal(answer.status, 303);
  assert.equal(one(`SELECT outcome FROM approval WHERE approval_id=${id}`), 'approved');
}
async function pay(sale) {
  assert.equal((await cashier.post(`/sales/${sale}/pay`, { fields: fieldsOf((await cashier.get(`/sales/${sale}/pay`)).text, `/sales/${sale}/pay`) })).status, 303);
  assert.equal(stateOf(sale), 'paid');
}
const buy = async (amount) => docOf(await sell(cashier, 1, amount, { more: { fee: '' } }));

await until('the meter', () => one('SELECT COUNT(*) FROM meter_state WHERE credit_fen=5000') === '1', 30);
assert.equal((await change(cashier, '/sales/shift', { drawer: '500' })).status, 303);

test('a refund: the meter first, then cash', async () => {
  await become(await buy('100.00'), 'delivered');
  assert.deepEqual(await meter(), { credit: 15000, count: 8 });
  await until('the board', () => one('SELECT credit_fen FROM meter_state') === '15000', 10);
  const shown = await cashier.get('/sales/refund/1/confirm?account=1&how=amount&amount=30&channel=cash&cause=overpaid&reason=&note=');
  const sale = docOf(await cashier.post('/sales/refund/1/confirm', { fields: fieldsOf(shown.text, '/sales/refund/1/confirm') }));
  await become(sale, 'due');
  assert.deepEqual(await meter(), { credit: 12000, count: 9 });
  await pay(sale);
});

test('a reversal of what was delivered: a counted deduction, and the page says so before', async () => {
  const wrong = await buy('20.00');
  await become(wrong, 'delivered');
  assert.deepEqual(await meter(), { credit: 14000, count: 10 });
  const shown = await cashier.get(`/sales/${wrong}/reverse`);
  for (const words of [/从电表扣回/, /9 → 10/, /10 → 11/]) assert.match(shown.text, words);
  const sale = docOf(await change(cashier, `/sales/${wrong}/reverse`, { cause: 'wrong_amount' }));
  await become(sale, 'due');
  assert.deepEqual(await meter(), { credit: 12000, count: 11 });
  await pay(sale);
});

test('an adjustment goes out when a second person said yes, not before', async () => {
  const sale = docOf(await change(manager, '/sales/adjust/1', { way: 'down', amount: '5', cause: 'meter' }));
  assert.deepEqual(await meter(), { credit: 12000, count: 11 });
  await approve(`sale_id=${sale}`);
  await become(sale, 'delivered');
  assert.deepEqual(await meter(), { credit: 11500, count: 12 });
});

test('somebody loaded credit by hand: held, looked at by two, taken over, sent again', async () => {
  await sim.control('set A 1 count=13 credit_fen=21500');
  const sale = await buy('40.00');
  await become(sale, 'held').catch((error) => { throw new Error(`${error.message} (${stateOf(sale)})`); });
  const command = one(`SELECT command_id FROM delivery WHERE sale_id=${sale}`), path = `/sales/held/${command}`;
  assert.match((await manager.get(`/sales/${sale}`)).text, new RegExp(`href="${path}"`));
  assert.equal((await change(manager, path, { verdict: 'not_delivered', count: '13', credit: '215', energy: '1', reason: '手持机充值' }, path)).status, 303);
  await approve(`command_id=${command}`);
  assert.equal(stateOf(sale), 'held', 'and may be sent again');
  await until('its sales are stopped', () => one(`SELECT COUNT(*) FROM alarm WHERE meter_id=1 AND kind='count_mismatch' AND ended_at IS NULL`) === '1', 30);
  assert.equal((await manager.get('/sales/explain/1')).status, 200);
  const refused = await sell(cashier, 1, '1.00', { more: { fee: '' } });
  assert.equal(refused.status, 422, 'nothing is sold to a meter that differs');
  const stopped = await manager.post(`/sales/${sale}/resend`, { fields: fieldsOf((await manager.get(`/sales/${sale}/resend`)).text, `/sales/${sale}/resend`) });
  assert.equal(stopped.status, 422, 'nor sent again');
  assert.equal((await change(manager, '/sales/explain/1', { reason: '手持机充值 100 元' })).status, 303);
  await approve('meter_id=1 AND kind=\'explain\'');
  assert.equal((await cashier.get(`/sales/${sale}/resend`)).status, 403);
  const again = await manager.post(`/sales/${sale}/resend`, { fields: fieldsOf((await manager.get(`/sales/${sale}/resend`)).text, `/sales/${sale}/resend`) });
  assert.equal(again.status, 303);
  await become(sale, 'delivered');
  assert.deepEqual(await meter(), { credit: 25500, count: 14 });
});

test('the shift is counted, the day is closed, the books agree', async () => {
  // 500 to begin with, 100 - 30 + 20 - 20 + 40.
  const path = '/sales/shift/close';
  const counted = await cashier.get(`${path}?counted=1&pieces_10000=6&pieces_1000=1`);
  assert.match(counted.text, /账实相符/);
  assert.equal((await cashier.post(path, { fields: fieldsOf(counted.text, path) })).status, 303);
  const day = one("SELECT DATEDIFF(biz_day,'1970-01-01') FROM shift");
  assert.equal((await finance.submit(`/sales/days/${day}`, {}, { action: `/sales/days/${day}/close` })).status, 303);
  ctl(conf, ['nightly']);
  assert.equal(one('SELECT violations FROM check_run ORDER BY check_run_id DESC LIMIT 1'), '0');
});
