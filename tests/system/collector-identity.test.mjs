// Meters that changed places (B-56): each answers every question rightly, and only its own number shows that it is
// another. What it says is stored with a mark, counts nowhere, and one alarm names the number that was read.
import { after, describe, test } from 'node:test';
import { assert, energyOf, Field, meterId, sleep, until } from './field.mjs';
import { commands, held, order, settled } from './order.mjs';

const plate = (bus) => (unit) => `20241122${bus}00${unit}`;
const box = (unit) => `241122000${unit <= 2 ? 1 : 2}`; // two loops each
const railed = (bus) => ({ units: 3, number: plate(bus), shown: plate(bus) });

const field = await Field.start([
  { kind: 'tcp', ...railed(1) },
  { kind: 'rtt', ...railed(2), model: 'dtsy1352' },
  { kind: 'pty', ...railed(3) },
  { kind: 'rtt', units: 4, model: 'adf300', number: (unit) => `${box(unit)}-0${unit}`, shown: (unit) => `20${box(unit)}` },
  // A box whose loops carry numbers of their own: nothing can be compared, and nothing is doubted.
  { kind: 'tcp', units: 2, model: 'adf300', number: (unit) => `99000000000${unit}`, shown: () => '202411220009' },
]);
const [tcp, rtt, pty, boxes, plain] = field.buses;
await field.collect();
await field.fresh(undefined, undefined, 30);
after(() => field.collector.stop());

const idsOf = (bus, units = Array.from({ length: bus.units }, (_, i) => i + 1)) => units.map((unit) => meterId(bus.id, unit));
const running = (ids) => field.sql(`SELECT meter_id, kind, detail FROM alarm WHERE ended_at IS NULL AND meter_id IN (${ids}) ORDER BY meter_id`)
  .map((row) => [Number(row.meter_id), row.kind, row.detail]);
const ever = (ids) => field.number(`SELECT COUNT(*) FROM alarm WHERE meter_id IN (${ids})`);
const doubted = (ids) => field.number(`SELECT COUNT(*) FROM meter_state WHERE quality & 128 AND meter_id IN (${ids})`);

// Puts the meter of one unit in the place of another.
async function become(bus, unit, other) {
  await field.control(`set ${bus.name} ${unit} number=${bus.shown(other)} energy_wh=${energyOf(bus.id, other)}`);
}

function assertNothingBooked(ids) {
  assert.equal(field.number(`SELECT COUNT(*) FROM reading WHERE energy_wh <> meter_id * 1000 AND quality & 128 = 0 AND meter_id IN (${ids})`), 0);
  assert.equal(field.number(`SELECT SUM(used_wh) FROM energy_day WHERE meter_id IN (${ids})`), 0);
}

describe('swapped', { concurrency: true }, () => {
  test('while they were off the line, and put right at the line', async () => {
    const ids = idsOf(pty, [1, 2]);
    await field.control(`fault ${pty.name} 1-2 dead`);
    await until('lost', () => field.number(`SELECT COUNT(*) FROM meter_link WHERE lost_since IS NOT NULL AND meter_id IN (${ids})`) === 2, 30);
    await become(pty, 1, 2);
    await become(pty, 2, 1);
    await field.control(`clear ${pty.name} 1-2`);
    await until('alarms', () => running(ids).length === 2 && doubted(ids) === 2, 45);
    assert.deepEqual(running(ids), [[ids[0], 'identity_mismatch', `other_meter ${pty.shown(2)}`], [ids[1], 'identity_mismatch', `other_meter ${pty.shown(1)}`]]);
    await field.fresh(idsOf(pty));
    await until('half hours with a mark', () => field.number(`SELECT COUNT(DISTINCT meter_id) FROM reading WHERE quality & 128 AND meter_id IN (${ids})`) === 2);
    assertNothingBooked(ids);

    const waiting = order(field, [['write_prices', pty.id, ids[0], 'sharp=1320000 peak=1050000 flat=720000 valley=380000 deep=-']]);
    await until('the order is held', () => commands(field, waiting)[0].result === 'other_meter', 20);
    assert.equal(commands(field, waiting)[0].state, 'queued');
    assert.equal((await held(field, pty, 1, ['writes'])).writes, '0');

    await field.control(`fault ${pty.name} 1-2 dead`);
    await until('lost', () => field.number(`SELECT COUNT(*) FROM meter_link WHERE lost_since IS NOT NULL AND meter_id IN (${ids})`) === 2, 30);
    await become(pty, 1, 1);
    await become(pty, 2, 2);
    await field.control(`clear ${pty.name} 1-2`);
    await until('alarms end', () => running(ids).length === 0, 45);
    await field.fresh(ids);
    assert.equal(doubted(ids), 0);
    assertNothingBooked(ids);
    await settled(field, waiting, 60);
    assert.equal(commands(field, waiting)[0].state, 'confirmed');
    assert.equal((await held(field, pty, 1, ['price_sharp_uyuan'])).price_sharp_uyuan, '1320000');
  });

  // Nobody missed an answer: the energy of one fell, and then all of the bus are asked.
  for (const bus of [tcp, rtt]) {
    test(`within a second on ${bus.name}, and put right in the definition`, async () => {
      const ids = idsOf(bus, [1, 2]);
      await become(bus, 1, 2);
      await become(bus, 2, 1);
      await until('alarms', () => running(ids).length === 2 && doubted(ids) === 2, 20);
      assert.deepEqual(running(ids).map(([, kind]) => kind), ['identity_mismatch', 'identity_mismatch']);
      assert.equal(ever(ids), 2, 'no alarm beside it: the number explains the energy');
      assertNothingBooked(ids);
      field.sql(`UPDATE meter SET unit = 200 WHERE meter_id = ${ids[0]}; UPDATE meter SET unit = 1 WHERE meter_id = ${ids[1]};
        UPDATE meter SET unit = 2 WHERE meter_id = ${ids[0]}`);
      await until('alarms end', () => running(ids).length === 0, 20);
      const since = field.now();
      await field.fresh(idsOf(bus), since);
      await until('good half hours', () => field.number(
        `SELECT COUNT(DISTINCT meter_id) FROM reading WHERE taken_at > '${since}' AND quality & 142 = 0 AND meter_id IN (${ids})`) === 2);
      assertNothingBooked(ids);
    });
  }

  test('whole boxes: each loop shows the other box', async () => {
    const ids = idsOf(boxes);
    await Promise.all([1, 2, 3, 4].map((unit) => become(boxes, unit, unit <= 2 ? unit + 2 : unit - 2)));
    await until('alarms', () => running(ids).length === 4 && doubted(ids) === 4, 20);
    assert.deepEqual(running(ids).map(([, , detail]) => detail), [2, 2, 1, 1].map((n) => `other_meter 241122000${n}`));
    assertNothingBooked(ids);
  });
});

// It may have been swapped meanwhile, or not: what was known is believed until the meter was asked.
test('after a restart the first reading is marked already', async () => {
  const ids = idsOf(boxes);
  assert.equal((await field.collector.stop()).code, 0);
  const since = field.now();
  await field.control(`fault ${boxes.name} 1-4 exc=6 on=read chance=0.5`);
  await field.collect();
  await field.fresh(ids, undefined, 30);
  await field.control(`clear ${boxes.name} 1-4`);
  assert.equal(field.number(`SELECT COUNT(*) FROM reading WHERE taken_at > '${since}' AND quality & 128 = 0 AND meter_id IN (${ids})`), 0);
  await Promise.all([1, 2, 3, 4].map((unit) => become(boxes, unit, unit)));
  field.sql(`UPDATE meter SET rated_power_w = rated_power_w + 1 WHERE meter_id IN (${ids})`);
  await until('alarms end', () => running(ids).length === 0, 20);
  assertNothingBooked(ids);
});

test('nobody else was doubted, and asking cost next to nothing', async () => {
  const ids = [...idsOf(plain), ...idsOf(pty, [3]), ...idsOf(tcp, [3]), ...idsOf(rtt, [3])];
  assert.equal(ever(ids), 0);
  field.assertTruth(ids);
  await sleep(1000);
  const { code } = await field.collector.stop();
  assert.equal(code, 0);
  field.assertClean();
});
