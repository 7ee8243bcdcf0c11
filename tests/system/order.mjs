// Orders as the web writes them, and what came of them.
import { randomBytes } from 'node:crypto';
import { assert, Field, meterId, sleep, until } from './field.mjs';

export const KINDS = { prices: 'write_prices', tou: 'write_tou', alarms: 'write_alarms', overload: 'write_overload', clock: 'write_clock' };

// A table of a building that has a bit of everything, and another.
export const TOU = '1=0000v,0600f,0800p,1100f,1800s,2100f,2200v 2=0000f,0900p,1700f zones=0115:1,0701:2,0915:1,1201:2';

// Fourteen slots of rate, minute, hour; what is not used repeats the last one.
export function tableBytes(text) {
  const slots = text.split(',').map((slot) => [{ s: 1, p: 2, f: 3, v: 4, d: 5 }[slot[4]], Number(slot.slice(2, 4)), Number(slot.slice(0, 2))]);
  while (slots.length < 14) slots.push(slots.at(-1));
  return Buffer.from(slots.flat()).toString('hex');
}

export function zoneBytes(text, order) {
  const zones = text.split(',').map((zone) => [Number(zone[5]), Number(zone.slice(2, 4)), Number(zone.slice(0, 2))]);
  while (zones.length < 4) zones.push(zones.at(-1));
  return Buffer.from(zones.flatMap((zone) => (order === 'mdt' ? zone.reverse() : zone))).toString('hex');
}

export const touParts = (text) => /^1=(\S+) 2=(\S+) zones=(\S+)$/.exec(text).slice(1);

// orders: [[kind, bus, meter or null, payload, steps]]; gives the ids of the commands.
export function order(field, orders, { minutes = 60 } = {}) {
  const key = randomBytes(16).toString('hex');
  field.sql(`INSERT INTO command_batch (kind, request_key, created_at) VALUES ('${orders[0][0]}', X'${key}', UTC_TIMESTAMP(3))`);
  const batch = field.number(`SELECT command_batch_id FROM command_batch WHERE request_key = X'${key}'`);
  field.sql(`INSERT INTO command (command_batch_id, kind, bus_id, meter_id, payload, created_at, expires_at, steps) VALUES ${orders.map(
    ([kind, bus, meter, payload = '', steps = 3]) => `(${batch}, '${kind}', ${bus}, ${meter ?? 'NULL'}, '${payload}', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ${minutes} MINUTE, ${steps})`)}`);
  return field.sql(`SELECT command_id FROM command WHERE command_batch_id = ${batch} ORDER BY command_id`).map((row) => Number(Object.values(row)[0]));
}

export const commands = (field, ids) => field.sql(`SELECT command_id, kind, state, step, attempts, result, ended_at FROM command WHERE command_id IN (${ids}) ORDER BY command_id`);

export async function settled(field, ids, seconds = 15) {
  await until(`orders ${ids} settled`, () => field.number(`SELECT COUNT(*) FROM command WHERE command_id IN (${ids}) AND state IN ('queued', 'taken')`) === 0, seconds)
    .catch((error) => { throw new Error(`${error.message}: ${JSON.stringify(commands(field, ids))}`); });
  return commands(field, ids);
}

export async function confirmed(field, ids, seconds) {
  const rows = await settled(field, ids, seconds);
  assert.deepEqual(rows.filter((row) => row.state !== 'confirmed'), []);
  return rows;
}

export const config = (field, meter, part) => field.one(`SELECT value FROM meter_config WHERE meter_id = ${meter} AND part = '${part}'`);

// What the simulator says that a meter holds: an object of the keys asked for.
export async function held(field, bus, unit, keys) {
  const answer = await field.control(`get ${bus.name} ${unit} ${keys.join(' ')}`);
  return Object.fromEntries(keys.map((key) => [key, new RegExp(`(?:^|\\s)${key}=(\\S*)`).exec(answer)?.[1]]));
}

export { assert, Field, meterId, sleep, until };
