// The storm: 256 meters on eight lines that lose, bend, delay and double what is said, five cashiers who sell,
// and a collector, a sales program and a database that are killed meanwhile. Then the weather clears, and
// every meter holds what the ledger says.
import { test } from 'node:test';
import { startCollector, startProgram } from '../harness/harness.mjs';
import { assert, meterId, sleep, Till } from './till.mjs';

const SALES = process.env.LONG === '1' ? 3000 : 500;
const KILL_EACH_MS = 3000;
const CHANCE = 0.02;

// What a meter that checks the purchase count stands. defer: carried out long after it was given up.
const EVERY_KIND = ['drop_req', 'drop_rsp', 'apply_no_ack', 'dup_apply', 'defer=1500', 'noise=4', 'extra=3', 'repeat', 'crc', 'trunc', 'late=700',
  'delay=300', 'dribble=20', 'wrong_unit', 'wrong_fc', 'wrong_tid', 'stale', 'exc=4', 'exc=6', 'rst'];
// One that takes the count it is told stands what loses, not what doubles.
const LOSSES = ['drop_req', 'drop_rsp', 'apply_no_ack', 'crc', 'trunc'];
// Of a whole line, for a moment.
const LINE_KINDS = [['stall', 1200], ['refuse', 1500], ['half_open', 1500], ['babble=1', 0], ['max_clients=1', 1000]];

const pick = (list) => list[Math.floor(Math.random() * list.length)];

test('the storm', async (t) => {
  const till = await Till.start(Array.from({ length: 8 }, (_, i) => ({ kind: i % 2 ? 'tcp' : 'rtt', units: 32, ...(i < 6 ? { model: i % 3 ? 'ddsy1352' : 'adf300' }
    : { model: 'dtsy1352', extra: 'phases=3 guard=stores' }) })), { t, guards: { adf300: 'checks', ddsy1352: 'checks', dtsy1352: 'stores' },
  overrides: { 'web.workers': '3', 'collector.lease_s': '5', 'collector.gateway_delay_ms': '1700' } });
  const { field, web } = till;
  const cashiers = [];
  for (let i = 0; i < 5; i++) cashiers.push(await till.operator());
  const supervisors = [await till.operator('manager'), await till.operator('manager')];

  // ---- the weather ----
  for (const [i, bus] of field.buses.entries()) {
    for (const kind of i < 6 ? EVERY_KIND : LOSSES) {
      if (bus.kind === 'rtt' && kind === 'wrong_tid') continue; // there is none
      await field.control(`fault ${bus.name} * ${kind} chance=${CHANCE}`);
    }
  }
  let isStorm = true;
  const gusts = (async () => {
    while (isStorm) {
      const bus = pick(field.buses.slice(0, 6)), [kind, ms] = pick(LINE_KINDS);
      await field.control(`fault ${bus.name} * ${kind}`);
      await sleep(ms);
      await field.control(`clear ${bus.name} * ${kind.split('=')[0]}`);
      await sleep(1000);
    }
  })();

  // ---- the counter ----
  let left = SALES;
  const anyMeter = () => meterId(1 + Math.floor(Math.random() * field.buses.length), 1 + Math.floor(Math.random() * 32));
  const counter = async (client) => {
    while (left > 0) {
      left--;
      try {
        await till.sell(client, anyMeter(), 100 + Math.floor(Math.random() * 9900), { tries: 40 });
      } catch {
        left++; // the form did not come: nothing was asked
        await sleep(100);
      }
      // Now and then somebody gets money back. It is refused while money for that meter is on its way.
      if (left % 8 === 0) await till.refund(client, anyMeter(), 10 + Math.floor(Math.random() * 500)).catch(() => {});
      await sleep(200);
    }
  };
  const counters = cashiers.map(counter);

  // ---- what dies ----
  const deaths = { collector: 0, sales: 0, mariadbd: 0 };
  const kill = {
    async collector() {
      await field.collector.kill9();
      await sleep(Math.random() * 500);
      field.collector = await startCollector(field.conf, { t, name: `collector-${deaths.collector}`, wait: false });
      field.collectors.push(field.collector);
    },
    async sales() {
      await web.programs.sales.kill9();
      await sleep(Math.random() * 300);
      startProgram(web, 'sales', { t });
    },
    async mariadbd() {
      await field.maria.kill9();
      await sleep(Math.random() * 1000);
      await field.maria.start();
    },
  };
  const killer = (async () => {
    for (let i = 0; left > 0; i++) {
      await sleep(KILL_EACH_MS * (0.5 + Math.random()));
      const name = ['collector', 'sales', 'mariadbd'][i % 3];
      deaths[name]++;
      await kill[name]();
    }
  })();
  await Promise.all(counters);
  await killer;
  isStorm = false;
  await gusts;

  // ---- the calm ----
  await field.control('clear');
  const notHeld = "meter_id NOT IN (SELECT meter_id FROM delivery WHERE state = 'held')"; // what follows a held one waits for people
  await till.quiet(120, notHeld);
  const held = till.deliveries("state = 'held'");
  const refunds = till.sql("SELECT state, COUNT(*) AS n FROM sale WHERE kind = 'refund' GROUP BY state").map((row) => `${row.n} ${row.state}`);
  t.diagnostic(`${till.history.length} sales, refunds: ${refunds}, deaths ${JSON.stringify(deaths)}, held: ${JSON.stringify(held)}`);
  assert.ok(held.length <= 5, `${held.length} are held: ${JSON.stringify(held)}`);
  await till.closeHeld(supervisors, held);
  await till.quiet(30);

  const acknowledged = till.assertHistory();
  assert.equal(acknowledged, SALES, 'every sale was acknowledged in the end');
  assert.equal(till.number("SELECT COUNT(*) FROM sale WHERE kind = 'purchase'"), SALES, 'none is there twice');
  assert.deepEqual(till.sql("SELECT sale_id, kind, state FROM sale WHERE state NOT IN ('delivered', 'due', 'failed') OR (kind = 'purchase' AND state <> 'delivered')"), []);
  await till.assertEqual();
  till.assertSound();
  await field.collector.stop();
  field.assertClean();
});
