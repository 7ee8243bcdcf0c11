// From the register of a simulated meter to the page: collector and programs run, and what a person
// reads is what the simulator holds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCollector, startMaria, startSim, startWeb, until, writeConf } from '../harness/harness.mjs';
import { main, table, tiles } from './building.mjs';
import { unlimit } from './fastcgi.mjs';

const sim = await startSim(`seed 7
zone +8
line A rtutcp=127.0.0.1:0
line B tcp=127.0.0.1:0
meter A unit=1 model=adf300 phases=1 tenant=shop credit_fen=123456 count=4 energy_wh=12345670
meter A unit=2 model=adf300 phases=1 tenant=shop credit_fen=3000 count=2
meter A unit=3 model=adf300 phases=1 tenant=shop credit_fen=-1250 count=9
meter A unit=4 model=adf300 phases=3 tenant=restaurant credit_fen=50000 count=1
meter A unit=7 model=ddsy1352 tenant=office credit_fen=1500 count=1
meter A unit=8 model=ddsy1352 tenant=empty credit_fen=0 count=0
meter A unit=9 model=ddsy1352 tenant=office silent=1
meter B unit=1 model=dtsy1352 phases=3 tenant=main
`);
const maria = await startMaria();
maria.sql(`INSERT INTO place(place_id,parent_id,kind,name,sort_order) VALUES (1,NULL,'building','1号楼',1),(2,1,'floor','1层',1);
INSERT INTO place(place_id,parent_id,kind,name,sort_order) SELECT 100+seq,2,'room',CONCAT('10',seq),seq FROM seq_1_to_9;
INSERT INTO gateway(gateway_id,name) VALUES (1,'GW-01');
INSERT INTO bus(bus_id,gateway_id,name,transport,host,port,status_period_s,response_timeout_ms) VALUES
 (1,1,'A','rtu_tcp','127.0.0.1',${sim.lines.A.port},1,300),(2,1,'B','tcp','127.0.0.1',${sim.lines.B.port},1,300);
INSERT INTO meter(meter_id,number,meter_model_id,bus_id,unit,place_id,phases,credit_mode,rated_power_w)
 SELECT n.id,LPAD(n.id,12,'0'),m.meter_model_id,n.bus,n.unit,n.place,n.phases,n.mode,60000 FROM meter_model m JOIN (
 SELECT 1 id,'adf300' code,1 bus,1 unit,101 place,1 phases,'meter' mode UNION ALL SELECT 2,'adf300',1,2,102,1,'meter' UNION ALL SELECT 3,'adf300',1,3,103,1,'meter'
 UNION ALL SELECT 4,'adf300',1,4,104,3,'meter' UNION ALL SELECT 7,'ddsy1352',1,7,107,1,'meter' UNION ALL SELECT 8,'ddsy1352',1,8,108,1,'meter'
 UNION ALL SELECT 9,'ddsy1352',1,9,109,1,'meter' UNION ALL SELECT 20,'dtsy1352',2,1,2,3,'monitor') n ON n.code = m.code;
INSERT INTO account(account_id,number,name,opened_at) SELECT seq,seq,CONCAT('租户',seq),UTC_TIMESTAMP(3) FROM seq_1_to_9;
INSERT INTO account_meter(meter_id,began_at,account_id) SELECT seq,UTC_TIMESTAMP(3),seq FROM seq_1_to_9 WHERE seq IN (1,2,3,4,7,9);`);
const conf = await writeConf(maria);
await startCollector(conf);
const web = await startWeb(maria, conf);
await unlimit(web);
const client = await web.signedIn('manager');

const money = (fen) => `${fen < 0 ? '-' : ''}${(Math.abs(fen) / 100).toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ',')}`;
const kwh = (wh) => (Math.floor((Number(wh) + 5) / 10) / 100).toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ',');

// Waits until every live meter was read after the instant, so that the database holds what the
// (frozen) simulator says.
async function readAll() {
  const since = maria.one('SELECT UTC_TIMESTAMP(3)');
  await until('a round', () => maria.one(`SELECT COUNT(*) FROM meter_state WHERE read_at > '${since}' AND meter_id <> 9`) === '7', 30);
  await new Promise((resolve) => { setTimeout(resolve, 1100); }); // the snapshot of a worker lives a second
}

test('values on the page are those of the meter', async () => {
  await sim.control('speed 0');
  await readAll();
  for (const [id, line, unit] of [[1, 'A', 1], [2, 'A', 2], [3, 'A', 3], [4, 'A', 4], [7, 'A', 7]]) {
    const meter = await sim.get(line, unit), html = main((await client.get(`/accounts/meters/${id}`)).text);
    assert.ok(html.includes(`<b>${money(Number(meter.credit_fen))}</b>`), `credit of ${id}: ${meter.credit_fen}`);
    assert.ok(html.includes(`<b>${kwh(Math.floor(meter.energy_wh / 10) * 10)}</b>`), `energy of ${id}: ${meter.energy_wh}`);
    assert.ok(html.includes(`<b>${meter.count}</b>`), `count of ${id}`);
    const power = [Math.floor, Math.ceil].map((whole) => (whole(Number(meter.power_w)) / 1000).toFixed(3));
    assert.ok(power.some((text) => html.includes(text)), `power of ${id}: ${meter.power_w}`);
  }
  const board = new Map(tiles((await client.get('/accounts/board')).text).map((tile) => [tile.id, tile.status]));
  assert.equal(board.get(1), 'open');
  assert.equal(board.get(2), 'alarm1');
  assert.ok(['tripped', 'arrears'].includes(board.get(3)), board.get(3));
  assert.equal(board.get(7), 'alarm2');
  assert.equal(board.get(8), 'unopened');
  assert.equal(board.get(9), 'lost');
  assert.equal(board.get(20), 'open');
});

test('a switch says why: arrears, forced off, kept on, and back', async () => {
  const why = async (id) => {
    await readAll();
    return /<p class="why[^>]*>([^<]*)/.exec((await client.get(`/accounts/meters/${id}`)).text)[1];
  };
  assert.match(await why(1), /正常供电|Power is on: no control/);
  assert.match(await why(3), /欠费|credit is used up/);
  await sim.control('set A 1 force_trip_a=1 force_on_a=1').catch(() => sim.control('set A 1 force_trip_a=1'));
  assert.match(await why(1), /强制拉闸|an operator switched it off/);
  assert.equal(tiles((await client.get('/accounts/board')).text).find((tile) => tile.id === 1).status, 'tripped');
  await sim.control('set A 1 force_trip_a=0 force_on_a=1');
  assert.match(await why(1), /保电|held on/);
  assert.equal(tiles((await client.get('/accounts/board?st=protected')).text)[0].id, 1);
  await sim.control('set A 1 force_on_a=0');
  assert.match(await why(1), /正常供电|Power is on: no control/);
});

test('a meter that falls silent is lost with its last state, and comes back', async () => {
  await sim.control('set A 2 silent=1');
  // Each worker keeps its snapshot for a second, so one page is looked at as a whole.
  const lost = await until('meter 2 lost', async () => tiles((await client.get('/accounts/board?st=lost')).text).find((tile) => tile.id === 2), 60);
  assert.match(lost.before, /报警1|Alarm 1/);
  await new Promise((resolve) => { setTimeout(resolve, 1100); });
  assert.match(main((await client.get('/accounts/overview')).text), /租户2/);
  await sim.control('set A 2 silent=0');
  await until('meter 2 back', async () => tiles((await client.get('/accounts/board')).text).find((t) => t.id === 2).status === 'alarm1', 90);
});

test('gateways: who reads the bus, and how well its meters answer', async () => {
  const rows = table((await client.get('/accounts/gateways')).text);
  assert.equal(rows.length, 2);
  assert.ok(rows.every((row) => row.some((cell) => cell.startsWith('test'))), 'collector');
  await until('polls are counted', async () => [...(await client.get('/accounts/gateways/1')).text.matchAll(/heat-[0-4]"/g)].length > 6, 90);
  const detail = table((await client.get('/accounts/gateways/1')).text);
  const silent = detail.find((row) => row[0] === '9');
  assert.equal(silent[4], '0.0');
});
