// From the press of the button to the meter: programs, collector and simulator run, and the page says what the
// meter did, live with script and by refresh without.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCollector, startMaria, startSim, startWeb, until, waitOutMidnight, writeConf } from '../harness/harness.mjs';
import { main } from './building.mjs';
import { follow, openPage } from './browser.mjs';
import { unlimit } from './fastcgi.mjs';
import { cashier, money, sell } from './shop.mjs';

waitOutMidnight();
const NUMBERS = { 1: '202412000001', 2: '202412000002' };
const sim = await startSim(`seed 7
zone +8
line A rtutcp=127.0.0.1:0 pace=0
meter A unit=1 model=ddsy1352 tenant=empty scale=0 energy_wh=1000000 credit_fen=3094 count=12 price_uyuan=1000000 guard=checks number=${NUMBERS[1]}
meter A unit=2 model=ddsy1352 tenant=empty scale=0 energy_wh=1000000 credit_fen=-1240 count=3 price_uyuan=1000000 guard=checks number=${NUMBERS[2]}
`);
const maria = await startMaria();
maria.sql(`SET @now=UTC_TIMESTAMP(3);
INSERT INTO place(place_id,parent_id,kind,name,sort_order) VALUES(1,NULL,'building','1号楼',1),(101,1,'room','301',1),(102,1,'room','302',2);
INSERT INTO gateway(gateway_id,name) VALUES(1,'GW-01');
INSERT INTO bus(bus_id,gateway_id,name,transport,host,port,status_period_s,response_timeout_ms) VALUES(1,1,'A','rtu_tcp','127.0.0.1',${sim.lines.A.port},1,300);
INSERT INTO meter(meter_id,number,meter_model_id,bus_id,unit,place_id,phases) SELECT n.id,n.number,m.meter_model_id,1,n.id,n.place,1 FROM meter_model m JOIN (SELECT 1 id,'${NUMBERS[1]}' number,101 place UNION ALL SELECT 2,'${NUMBERS[2]}',102) n WHERE m.code='ddsy1352';
INSERT INTO account(account_id,number,name,initials,opened_at) VALUES(1,'A1','京东西北','jdxb',@now),(2,'A2','东坡酒楼','dpjl',@now);
INSERT INTO account_meter(meter_id,began_at,account_id) SELECT account_id,@now,account_id FROM account;
INSERT INTO model_guard(meter_model_id,guard,tested_at,meter_id,command_id) SELECT meter_model_id,'checks',@now,1,1 FROM meter_model WHERE code='ddsy1352'`);
const conf = await writeConf(maria);
await startCollector(conf);
const web = await startWeb(maria, conf);
await unlimit(web);
const anna = await cashier(web, maria);
await until('both meters are read', () => maria.one('SELECT COUNT(*) FROM meter_state') === '2', 30);

const text = (html) => main(html).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
const meterOf = async (unit) => {
  const { credit_fen, count, recharges } = await sim.get('A', unit);
  return { credit_fen: Number(credit_fen), count: Number(count), recharges: Number(recharges) };
};

test('sold in the browser, confirmed by the meter on the same page', async (t) => {
  const page = await openPage(t, { url: web.url, cookies: anna.cookies });
  await page.goto(`${web.url}sales/sell/1`);
  await page.fill('#amount', '500');
  await follow(page, /sell\/1$/, () => page.keyboard.press('Enter'));
  await page.locator('.btn-deed:focus').waitFor();
  await follow(page, /\/sales\/\d+$/, () => page.keyboard.press('Enter'));
  await page.locator('.money-step.is-done', { hasText: '表计已确认' }).waitFor();
  assert.match(await page.locator('.money-steps').innerText(), /12 → 13/);
  await page.locator('.money-step.is-done', { hasText: '已合闸' }).waitFor();
  assert.match(await page.locator('#sale').innerText(), /¥30\.94 → ¥530\.94/);
  assert.deepEqual(await meterOf(1), { credit_fen: 53094, count: 13, recharges: 1 });
});

test('without script the page asks by itself until it is over', async (t) => {
  const sold = await sell(anna, 2, '100');
  const page = await openPage(t, { url: web.url, cookies: anna.cookies, script: false });
  await page.goto(web.url + sold.location.slice(1));
  await page.locator('.money-step.is-done', { hasText: '已合闸' }).waitFor();
  assert.deepEqual(await meterOf(2), { credit_fen: 8760, count: 4, recharges: 1 });
  assert.equal(await page.locator('meta[http-equiv="refresh"]').count(), 0, 'it does not ask any more');
  const receipt = text((await anna.get(`${sold.location}/receipt`)).text);
  for (const word of ['第 4 次', '-¥12.40 → ¥87.60', '表计已确认']) assert.ok(receipt.includes(word), `${word}: ${receipt}`);
});

test('a silent meter: it waits in words, and is delivered when the meter is back', async () => {
  await sim.control('set A 1 silent=1');
  await until('the meter counts as lost', () => maria.one('SELECT COUNT(*) FROM meter_link WHERE meter_id = 1 AND lost_since IS NOT NULL') === '1', 60);
  const first = await sell(anna, 1, '20'), second = await sell(anna, 1, '30');
  assert.match(text((await anna.get(first.location)).text), /电表失联，恢复后自动下发/);
  assert.match(text((await anna.get('/sales/sell/1?amount=1')).text), /前面还有 2 笔/);
  await sim.control('set A 1 silent=0');
  const over = (sold) => until(`${sold.location} is over`, () => maria.one(`SELECT state FROM sale WHERE sale_id = ${/\d+$/.exec(sold.location)[0]}`) === 'delivered', 90);
  await over(first);
  await over(second);
  assert.match(text((await anna.get(first.location)).text), /13 → 14/);
  assert.match(text((await anna.get(second.location)).text), /14 → 15/);
  assert.deepEqual(await meterOf(1), { credit_fen: 58094, count: 15, recharges: 3 });
});

test('what is sold is what the meters and the books hold, to the fen', async () => {
  for (const id of [1, 2]) {
    const { credit_fen: held } = await meterOf(id);
    const [balance] = maria.sql(`SELECT transit_fen, credit_fen FROM ledger_balance WHERE meter_id = ${id}`);
    assert.deepEqual(balance, { transit_fen: '0', credit_fen: String(held) });
    await until('the page', async () => text((await anna.get(`/sales/sell/${id}`)).text).includes(money(held)), 10);
  }
  assert.equal(maria.one('SELECT COUNT(*) FROM (SELECT journal_id FROM posting GROUP BY journal_id HAVING SUM(amount_fen) <> 0) wrong'), '0');
});
