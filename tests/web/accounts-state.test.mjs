// The state of a meter has one rule in C (what a tile shows) and one in SQL (what a list filters by):
// both must say the same for every combination of what a meter, its account and its link can be.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { tiles } from './building.mjs';

const NAMES = ['lost', 'tripped', 'arrears', 'alarm2', 'alarm1', 'protected', 'unopened', 'open'];
const CASES = 3600, FLOOR = 900;

const maria = await startMaria();
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);

// Each digit of a mixed-radix number chooses one property; a step prime to the product visits all.
const DIGITS = { account: 2, mode: 3, phases: 2, relay: 4, arrears: 2, credit: 8, guarded: 2, force: 4, link: 4, amounts: 3 };
const TOTAL = Object.values(DIGITS).reduce((a, b) => a * b);
const CREDIT = ['NULL', -1, 0, 2000, 2001, 5000, 5001, 999999];

function properties(n) {
  let rest = (n * 7919) % TOTAL;
  return Object.fromEntries(Object.entries(DIGITS).map(([name, radix]) => {
    const digit = rest % radix;
    rest = Math.floor(rest / radix);
    return [name, digit];
  }));
}

function insertCases() {
  const meters = [], accounts = [], states = [], links = [];
  for (let n = 1; n <= CASES; n++) {
    const p = properties(n), phases = p.phases ? 3 : 1, mask = p.phases ? 7 : 1;
    const amounts = [['NULL', 'NULL'], [3000, 100], [0, 0]][p.amounts];
    meters.push(`(${n},'${n}',1,1,${n},${100 + Math.floor((n - 1) / FLOOR)},${phases},'${['meter', 'server', 'monitor'][p.mode]}',${p.guarded},${amounts})`);
    if (p.account) accounts.push(`(${n},UTC_TIMESTAMP(3),1)`);
    if (p.link === 3) continue; // never read
    states.push(`(${n},UTC_TIMESTAMP(3),0,${CREDIT[p.credit]},${['NULL', 0, mask & 5 & ~1, mask][p.relay]},9,${['NULL', 0, 8, 8 | mask][p.force]},${p.arrears ? 4 : 0})`);
    if (p.link) links.push(`(${n},${p.link === 1 ? 'UTC_TIMESTAMP(3)' : 'NULL'})`);
  }
  maria.sql(`INSERT INTO place(place_id,parent_id,kind,name) VALUES (1,NULL,'building','楼');
    INSERT INTO place(place_id,parent_id,kind,name) SELECT 100+seq,1,'floor',seq FROM seq_0_to_${CASES / FLOOR - 1};
    INSERT INTO gateway(gateway_id,name) VALUES (1,'g'); INSERT INTO bus(bus_id,gateway_id,name,transport) VALUES (1,1,'b','tcp');
    INSERT INTO account(account_id,number,name,opened_at) VALUES (1,'1','户',UTC_TIMESTAMP(3));
    INSERT INTO meter(meter_id,number,meter_model_id,bus_id,unit,place_id,phases,credit_mode,is_protected,alarm1_fen,alarm2_fen) VALUES ${meters.join(',')};
    INSERT INTO account_meter(meter_id,began_at,account_id) VALUES ${accounts.join(',')};
    INSERT INTO meter_state(meter_id,read_at,energy_wh,credit_fen,relay_closed,fee_state,force_state,flags) VALUES ${states.join(',')};
    INSERT INTO meter_link VALUES ${links.join(',')};`);
}

// The same rule a third time, from the words of the brief.
function expected(n) {
  const p = properties(n), credit = CREDIT[p.credit], owes = p.account && p.mode !== 2;
  const [alarm1, alarm2] = [[5000, 2000], [3000, 100], [0, 0]][p.amounts];
  if (p.link === 3 || p.link === 1) return 'lost';
  if ((p.account || p.mode === 2) && (p.relay === 1 || p.relay === 2)) return 'tripped';
  if (owes && (p.arrears || credit < 0)) return 'arrears';
  if (owes && credit !== 'NULL' && credit <= alarm2) return 'alarm2';
  if (owes && credit !== 'NULL' && credit <= alarm1) return 'alarm1';
  if (p.guarded || p.force === 3) return 'protected';
  return !p.account && p.mode !== 2 ? 'unopened' : 'open';
}

test('C, SQL and the rule in words agree on 3600 combinations', async () => {
  insertCases();
  const sql = new Map(maria.sql('SELECT meter_id, status FROM v_meter_now').map((row) => [Number(row.meter_id), NAMES[row.status]]));
  const client = await web.signedIn();
  const seen = new Set();
  for (let floor = 0; floor < CASES / FLOOR; floor++) {
    const page = await client.get(`/accounts/board?b=1&f=${100 + floor}`);
    assert.equal(page.status, 200);
    const shown = tiles(page.text);
    assert.equal(shown.length, FLOOR);
    for (const tile of shown) {
      assert.equal(tile.status, expected(tile.id), `tile ${tile.id} ${JSON.stringify(properties(tile.id))}`);
      assert.equal(sql.get(tile.id), tile.status, `SQL of ${tile.id} ${JSON.stringify(properties(tile.id))}`);
      seen.add(tile.status);
    }
  }
  assert.deepEqual([...seen].sort(), [...NAMES].sort(), 'every state occurs');
});

test('a board of more than a thousand meters says that it is cut', async () => {
  const client = await web.signedIn();
  const page = await client.get('/accounts/board');
  assert.equal(tiles(page.text).length, 1000);
  assert.match(page.text, /3600/);
});

test('a filter by state finds in SQL what the tiles show', async () => {
  const client = await web.signedIn();
  for (const name of NAMES) {
    const count = Array.from({ length: CASES }, (_, n) => expected(n + 1)).filter((state) => state === name).length;
    const page = await client.get(`/accounts/meters?st=${name}`);
    assert.match(page.text, new RegExp(`>1–${Math.min(50, count)} of ${count}<|第 1–${Math.min(50, count)} 条，共 ${count} 条`), name);
  }
});
