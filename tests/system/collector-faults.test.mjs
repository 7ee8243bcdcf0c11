// Every fault of reliability.md §4 that concerns reading, on all three transports. Each has buses of its own, so
// that they can all run at once: no wrong value is stored, the other meters of the bus are served, and the meter
// is read again when the fault is over.
import { after, describe, test } from 'node:test';
import { PATIENCE } from '../harness/harness.mjs';
import { assert, energyOf, Field, meterId, sleep, until } from './field.mjs';

const FAULTY = 2;
const ALL = ['tcp', 'rtt', 'pty'];

const SINGLE = [
  ['B-01 no answer once', 'drop_req 1'],
  ['B-02 answer lost', 'drop_rsp 2'],
  ['B-03 noise before', 'noise=5'],
  ['B-04 extra bytes after', 'extra=7'],
  ['B-05 wrong checksum', 'crc', ['rtt', 'pty']],
  ['B-06 truncated', 'trunc'],
  ['B-06 truncated to the head', 'trunc=90'],
  ['B-07 late answer of the request before', 'late=300'],
  ['B-07 slow answer', 'delay=700'],
  ['B-08 wrong unit', 'wrong_unit=1'],
  ['B-08 wrong function', 'wrong_fc=1'],
  ['B-08 wrong transaction', 'wrong_tid=1', ['tcp']],
  ['B-09 old data in a right frame', 'stale'],
  ['B-10 exception 4', 'exc=4'],
  ['B-10 exception 5', 'exc=5'],
  ['B-10 exception 6', 'exc=6'],
  ['B-10 exception 8', 'exc=8'],
  ['B-10 exception 10', 'exc=10'],
  ['B-10 exception 11', 'exc=11'],
  ['B-12 dribbling', 'dribble=450'],
  ['B-33 every answer twice', 'repeat'],
  ['B-32 connection reset in the middle', 'rst', ['tcp', 'rtt']],
];
const MISMATCH = [['B-10 exception 1', 'exc=1'], ['B-10 exception 2', 'exc=2'], ['B-10 exception 3', 'exc=3']];
const BUS_LOST = [
  ['B-30 half-open connection', 'half_open'],
  ['B-32 a gateway that stalls', 'stall'],
  ['B-32 a gateway that refuses', 'refuse'],
];

const buses = [];
function take(kinds = ALL, options = {}) {
  return kinds.map((kind) => buses[buses.push({ kind, ...options }) - 1]);
}
const single = SINGLE.map(([, , kinds]) => take(kinds));
const mismatch = MISMATCH.map(() => take());
const busLost = BUS_LOST.map(() => take(['tcp', 'rtt'], { units: 2 }));
const [dead, babble, oneClient, falling, jumping, empty] = [take(), take(['rtt', 'pty']), take(['tcp', 'rtt']), take(), take(), take()];
const [swapped, collided] = [take(), take(['rtt', 'pty'])];
// At 9600 baud and with the time-out that a bus has when nobody changed it.
const crowded = take(['rtt'], { units: 32, timeout: 1000, status: 5, line: 'rtutcp=127.0.0.1:0 baud=9600 delay_ms=20 pace=1' });
const [plain] = take(['tcp']);

const field = await Field.start(buses);
await field.collect();
await field.fresh(undefined, undefined, 30);
after(() => field.collector.stop());

const list = (ids) => `(${ids.join(',')})`;
const faultyOf = (group) => group.map((bus) => meterId(bus.id, FAULTY));
const idsOf = (group) => group.flatMap((bus) => Array.from({ length: bus.units }, (_, i) => meterId(bus.id, i + 1)));
const othersOf = (group) => idsOf(group).filter((id) => id % 1000 !== FAULTY);
const running = (kind, column, ids) => field.number(
  `SELECT COUNT(*) FROM alarm WHERE kind = '${kind}' AND ended_at IS NULL AND ${column} IN ${list(ids)}`);
const ever = (kind, column, ids) => field.number(`SELECT COUNT(*) FROM alarm WHERE kind = '${kind}' AND ${column} IN ${list(ids)}`);

async function each(group, command) {
  for (const bus of group) await field.control(command(field.buses[buses.indexOf(bus)]));
}
const fault = (group, units, words) => each(group, (bus) => `fault ${bus.name} ${units} ${words}`);
const clear = (group) => each(group, (bus) => `clear ${bus.name} *`);
const set = (group, words) => each(group, (bus) => `set ${bus.name} ${FAULTY} ${words(bus)}`);
buses.forEach((bus, i) => Object.assign(bus, field.buses[i]));

describe('faults', { concurrency: true }, () => {
  SINGLE.forEach(([name, words], i) => test(name, async () => {
    const group = single[i];
    const since = field.now();
    await fault(group, FAULTY, words);
    await sleep(2500);
    await field.fresh(othersOf(group), since);
    for (const bus of group) await field.control(`clear ${bus.name} ${FAULTY}`);
    await field.fresh(idsOf(group), undefined, 30);
    field.assertTruth(idsOf(group));
  }));

  // 1 to 3 are errors of configuration: one alarm, and no more questions until a person changed something.
  MISMATCH.forEach(([name, words], i) => test(`${name}: one alarm, asked again after a change`, async () => {
    const group = mismatch[i];
    await fault(group, FAULTY, words);
    await until('alarms', () => running('model_mismatch', 'meter_id', faultyOf(group)) === group.length);
    await field.fresh(othersOf(group));
    await clear(group);
    for (const bus of group) await field.control(`clear ${bus.name} ${FAULTY}`);
    field.sql(`UPDATE meter SET rated_power_w = rated_power_w + 1 WHERE meter_id IN ${list(faultyOf(group))}`);
    await field.fresh(idsOf(group), undefined, 30);
    await until('alarms end', () => running('model_mismatch', 'meter_id', faultyOf(group)) === 0);
    assert.equal(ever('model_mismatch', 'meter_id', faultyOf(group)), group.length);
    field.assertTruth(idsOf(group));
  }));

  test('B-01 a dead meter is lost with one alarm and back with its first answer', async () => {
    await fault(dead, FAULTY, 'dead');
    const lost = () => field.number(`SELECT COUNT(*) FROM meter_link WHERE lost_since IS NOT NULL AND meter_id IN ${list(idsOf(dead))}`);
    await until('lost', () => lost() === dead.length, 20);
    await sleep(3000);
    assert.equal(running('meter_lost', 'meter_id', faultyOf(dead)), dead.length);
    assert.equal(field.number(`SELECT COUNT(*) FROM alarm WHERE parent_id IS NOT NULL AND meter_id IN ${list(idsOf(dead))}`), 0);
    await field.fresh(othersOf(dead));
    await each(dead, (bus) => `clear ${bus.name} ${FAULTY}`);
    await until('back', () => lost() === 0, 45);
    await field.fresh(idsOf(dead));
    assert.equal(ever('meter_lost', 'meter_id', idsOf(dead)), dead.length);
    assert.equal(running('meter_lost', 'meter_id', idsOf(dead)), 0);
    field.assertTruth(idsOf(dead));
  });

  test('B-11 B-13 a babbling device is one alarm of its bus and heals alone', async () => {
    const ids = babble.map((bus) => bus.id);
    await fault(babble, '*', 'babble=8');
    await until('noise', () => running('bus_noise', 'bus_id', ids) === babble.length, 15);
    await until('quiet', () => running('bus_noise', 'bus_id', ids) === 0, 60);
    await clear(babble);
    await field.fresh(idsOf(babble), undefined, 30);
    field.assertTruth(idsOf(babble));
  });

  BUS_LOST.forEach(([name, words], i) => test(`${name}: one alarm, its meters folded under it`, async () => {
    const group = busLost[i];
    const ids = group.map((bus) => bus.id);
    await fault(group, '*', words);
    await until('buses lost', () => running('bus_lost', 'bus_id', ids) === group.length, 45);
    await until('meters folded', () => field.number(`SELECT COUNT(*) FROM alarm m JOIN alarm b ON b.alarm_id = m.parent_id
      WHERE m.kind = 'meter_lost' AND m.ended_at IS NULL AND b.kind = 'bus_lost' AND b.ended_at IS NULL AND b.bus_id IN ${list(ids)}`) === idsOf(group).length, 30);
    assert.equal(field.number(`SELECT COUNT(*) FROM bus_state WHERE lost_since IS NOT NULL AND trouble <> '' AND bus_id IN ${list(ids)}`), group.length);
    await clear(group);
    await field.fresh(idsOf(group), undefined, 60);
    await until('over', () => running('bus_lost', 'bus_id', ids) + running('meter_lost', 'meter_id', idsOf(group)) === 0);
    assert.equal(ever('bus_lost', 'bus_id', ids), group.length);
    assert.equal(field.number(`SELECT COUNT(*) FROM bus_state WHERE lost_since IS NULL AND bus_id IN ${list(ids)}`), group.length);
    field.assertTruth(idsOf(group));
  }));

  test('B-32 a gateway that takes one client is enough', async () => {
    await fault(oneClient, '*', 'max_clients=1');
    await field.fresh(idsOf(oneClient));
    await each(oneClient, (bus) => `fault ${bus.name} ${FAULTY} rst 1`);
    await sleep(1000);
    await field.fresh(idsOf(oneClient), undefined, 30);
  });

  // The values are wrong at the meter itself: stored with a mark, counted in no day, and one alarm runs.
  for (const [name, group, wrong, bit] of [
    ['B-51 energy decreases', falling, (bus) => energyOf(bus.id, FAULTY) - 1000, 2],
    ['B-52 energy jumps beyond what the rating explains', jumping, (bus) => energyOf(bus.id, FAULTY) + 100000000, 4],
  ]) {
    test(`${name}: marked, not used, one alarm`, async () => {
      const ids = faultyOf(group);
      await set(group, (bus) => `energy_wh=${wrong(bus)}`);
      await until('alarms', () => running('implausible', 'meter_id', ids) === group.length);
      await until('marked half hours', () => field.number(
        `SELECT COUNT(DISTINCT meter_id) FROM reading WHERE quality & ${bit} AND meter_id IN ${list(ids)}`) === group.length);
      const since = field.now();
      await set(group, (bus) => `energy_wh=${energyOf(bus.id, FAULTY)}`);
      await until('alarms end', () => running('implausible', 'meter_id', ids) === 0);
      await until('good half hours', () => field.number(
        `SELECT COUNT(DISTINCT meter_id) FROM reading WHERE quality & ${bit} = 0 AND taken_at > '${since}' AND meter_id IN ${list(ids)}`) === group.length);
      assert.equal(ever('implausible', 'meter_id', ids), group.length);
      assert.equal(field.number(`SELECT SUM(used_wh) FROM energy_day WHERE meter_id IN ${list(ids)}`), 0);
      assert.equal(field.number(`SELECT COUNT(*) FROM reading WHERE (energy_wh <> meter_id * 1000) <> (quality & ${bit} <> 0) AND meter_id IN ${list(ids)}`), 0);
    });
  }

  // The frames are right, the values are not the meter's: nothing of it may pass as good.
  for (const [name, group, wrong, right] of [
    ['B-54 words in the other order', swapped, (bus) => `set ${bus.name} ${FAULTY} words=swap`, (bus) => `set ${bus.name} ${FAULTY} words=normal`],
    ['B-55 two meters at one address', collided, (bus) => `fault ${bus.name} ${FAULTY} collide=3`, (bus) => `clear ${bus.name} ${FAULTY}`],
  ]) {
    test(`${name}: marked, not used, the others are served`, async () => {
      const ids = faultyOf(group);
      await each(group, wrong);
      await until('marked', () => field.number(`SELECT COUNT(DISTINCT meter_id) FROM alarm WHERE kind = 'implausible' AND meter_id IN ${list(ids)}`) === group.length, 30);
      await field.fresh(othersOf(group));
      await each(group, right);
      await field.fresh(ids, undefined, 30);
      await until('alarms end', () => running('implausible', 'meter_id', ids) === 0);
      assert.equal(field.number(`SELECT COUNT(*) FROM reading WHERE energy_wh <> meter_id * 1000 AND quality & 14 = 0 AND meter_id IN ${list(ids)}`), 0);
      assert.equal(field.number(`SELECT SUM(used_wh) FROM energy_day WHERE meter_id IN ${list(ids)}`), 0);
      field.assertTruth(othersOf(group));
    });
  }

  test('B-20 thirty dead of 32: the two alive are never older than 15 s', async () => {
    const alive = idsOf(crowded).slice(0, 2);
    await fault(crowded, '3-32', 'dead');
    for (const end = Date.now() + 25000; Date.now() < end; await sleep(500)) {
      const age = field.number(`SELECT MAX(TIMESTAMPDIFF(SECOND, read_at, UTC_TIMESTAMP(3))) FROM meter_state WHERE meter_id IN ${list(alive)}`);
      assert.ok(age <= Math.min(15 * PATIENCE, 25), `${age} s`); // without the plan's care it is 30 s
    }
    assert.equal(running('bus_lost', 'bus_id', crowded.map((bus) => bus.id)), 0);
    assert.equal(running('meter_lost', 'meter_id', alive), 0);
  });

  test('B-53 registers all zero or all ones are no values', async () => {
    for (const registers of ['zero', 'ffff']) {
      await set(empty, () => `registers=${registers}`);
      await until('alarms', () => running('model_mismatch', 'meter_id', faultyOf(empty)) + running('implausible', 'meter_id', faultyOf(empty)) >= empty.length);
      await field.fresh(othersOf(empty));
      await set(empty, () => 'registers=normal');
      field.sql(`UPDATE meter SET rated_power_w = rated_power_w + 1 WHERE meter_id IN ${list(faultyOf(empty))}`);
      await field.fresh(idsOf(empty), undefined, 30);
    }
    assert.equal(field.number(`SELECT COUNT(*) FROM meter_state WHERE energy_wh <> meter_id * 1000 AND meter_id IN ${list(idsOf(empty))}`), 0);
    assert.equal(field.number(`SELECT COUNT(*) FROM reading WHERE energy_wh <> meter_id * 1000 AND quality & 8 = 0 AND meter_id IN ${list(idsOf(empty))}`), 0);
  });

  test('B-57 B-58 a negative balance and a wrong clock are shown and marked', async () => {
    const id = meterId(plain.id, 1);
    await field.control(`set ${plain.name} 1 credit_fen=-500 clock_offset_s=600`);
    await until('overdraft and mark', () => field.number(
      `SELECT COUNT(*) FROM meter_state WHERE meter_id = ${id} AND credit_fen = -500 AND quality = 16`) === 1);
    await until('a half hour', () => field.number(`SELECT COUNT(*) FROM reading WHERE meter_id = ${id} AND quality & 16`) > 0);
    await field.control(`set ${plain.name} 1 clock_offset_s=0`);
    await until('no mark', () => field.number(`SELECT quality FROM meter_state WHERE meter_id = ${id}`) === 0);
  });
});

test('the faults were counted where they were', async () => {
  await field.collector.stop(); // tells the counters of the last minute
  const group = single.flat();
  const bad = (ids) => field.sql(`SELECT meter_id FROM poll_hour WHERE meter_id IN ${list(ids)} GROUP BY 1 HAVING SUM(timeouts + damaged + refused) > 0`)
    .map((row) => Number(row.meter_id));
  // Not always a failed poll: bytes around a frame, old values in a right frame, what is healed by waiting or dialling.
  const harmless = new Set(SINGLE.flatMap(([name], i) => (/B-03|B-04|B-09|late answer|twice|reset/.test(name) ? faultyOf(single[i]) : [])));
  assert.deepEqual(faultyOf(group).filter((id) => !harmless.has(id) && !bad(faultyOf(group)).includes(id)), []);
});

// The gate begins with what the database knows, so the jump to the end of the range is made while nobody looks.
test('B-50 roll-over: the day counts what was used', async () => {
  const id = meterId(plain.id, 3);
  await field.control(`set ${plain.name} 3 energy_wh=999999900`);
  field.sql(`DELETE FROM reading WHERE meter_id = ${id}; DELETE FROM energy_day WHERE meter_id = ${id}; DELETE FROM meter_state WHERE meter_id = ${id}`);
  await field.collect({ name: 'collector-2' });
  await until('a half hour before', () => field.number(`SELECT COUNT(*) FROM energy_day WHERE meter_id = ${id} AND last_wh = 999999900`) === 1);
  await field.control(`set ${plain.name} 3 energy_wh=100`);
  await until('a half hour after', () => field.number(`SELECT COUNT(*) FROM energy_day WHERE meter_id = ${id} AND last_wh = 100`) === 1);
  assert.equal(field.number(`SELECT used_wh FROM energy_day WHERE meter_id = ${id}`), 200);
  assert.equal(field.number(`SELECT COUNT(*) FROM reading WHERE meter_id = ${id} AND quality & 6`), 0);
});

test('the collector ends at once and said nothing of a bug', async () => {
  const { code } = await field.collector.stop();
  assert.equal(code, 0);
  field.assertClean();
});
