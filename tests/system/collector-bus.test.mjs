// What befalls a whole bus: one of many is blocked (B-21), the gateway queues (B-33), the cable is out and in (B-31).
import { describe, test } from 'node:test';
import { execFileSync } from 'node:child_process';
import { assert, Field, meterId, sleep, until } from './field.mjs';

const idsOf = (bus) => Array.from({ length: bus.units }, (_, i) => meterId(bus.id, i + 1));

// Two ends of a cable: the simulator has a network of its own.
function cable(t) {
  const name = `vt${process.pid}`;
  const ip = (...args) => execFileSync('ip', args, { stdio: 'pipe' });
  try {
    ip('netns', 'add', name);
  } catch {
    t.skip('a network of its own can be made by root with iproute2 only');
    return null;
  }
  t.after(() => ip('netns', 'del', name));
  ip('link', 'add', `${name}a`, 'type', 'veth', 'peer', 'name', `${name}b`, 'netns', name);
  const net = `10.213.${process.pid >> 8 & 255}`;
  ip('addr', 'add', `${net}.1/30`, 'dev', `${name}a`);
  ip('link', 'set', `${name}a`, 'up');
  ip('-n', name, 'addr', 'add', `${net}.2/30`, 'dev', `${name}b`);
  ip('-n', name, 'link', 'set', `${name}b`, 'up');
  // The far end stays up: the pulled cable is seen by neither side's applications.
  return { prefix: ['ip', 'netns', 'exec', name], host: `${net}.2`, pull: () => ip('-n', name, 'link', 'set', `${name}b`, 'down'), plug: () => ip('-n', name, 'link', 'set', `${name}b`, 'up') };
}

describe('buses', { concurrency: true }, () => {
  test('B-21 a bus that is blocked is noticed by nobody else', async (t) => {
    const kinds = ['tcp', 'rtt', 'pty'];
    const field = await Field.start(Array.from({ length: 40 }, (_, i) => ({ kind: kinds[i % 3], units: 2, timeout: 1000 })), { t });
    await field.collect();
    await field.fresh(undefined, undefined, 30);
    const blocked = field.buses.slice(0, 2); // Modbus TCP and a serial server: they accept and are silent
    const others = field.buses.slice(2).flatMap(idsOf);
    const [since, before] = [field.now(), await field.requests(field.buses[2])];
    for (const bus of blocked) await field.control(`fault ${bus.name} * stall`);
    let oldest = 0;
    for (const end = Date.now() + 12000; Date.now() < end; await sleep(300)) {
      oldest = Math.max(oldest, field.number(`SELECT MAX(TIMESTAMPDIFF(MICROSECOND, read_at, UTC_TIMESTAMP(6))) / 1000 FROM meter_state WHERE meter_id IN (${others})`));
    }
    // Read once a second, stored in batches: a blocked neighbour would cost a time-out of a second each time.
    assert.ok(oldest < 3000 * Number(process.env.VOLTILL_PATIENCE ?? 1), `${oldest} ms`);
    assert.ok(await field.requests(field.buses[2]) - before >= 12, 'asked as often as before');
    await until('the blocked are lost', () => field.number(
      `SELECT COUNT(*) FROM alarm WHERE kind = 'bus_lost' AND ended_at IS NULL AND bus_id IN (${blocked.map((bus) => bus.id)})`) === 2, 30);
    assert.equal(field.number(`SELECT COUNT(*) FROM alarm WHERE bus_id > 2 OR meter_id IN (${others})`), 0);
    assert.deepEqual(field.gaps().filter((row) => others.includes(Number(row.meter_id))), []);
    for (const bus of blocked) await field.control(`clear ${bus.name} *`);
    await field.fresh(undefined, undefined, 60);
    assert.ok(since);
    field.assertTruth();
    assert.equal((await field.collector.stop()).code, 0);
    field.assertClean();
  });

  // Every answer comes when the next question is out already: none may be taken for another's.
  test('B-33 a gateway that queues: late answers are taken for nobody\'s', async (t) => {
    const field = await Field.start([{ kind: 'tcp' }, { kind: 'rtt' }, { kind: 'pty' }], { t });
    await field.collect();
    await field.fresh();
    for (const bus of field.buses) await field.control(`fault ${bus.name} * late=230`);
    await sleep(6000);
    field.assertTruth();
    for (const bus of field.buses) await field.control(`clear ${bus.name} *`);
    await field.fresh(undefined, undefined, 60);
    field.assertTruth();
    assert.equal((await field.collector.stop()).code, 0);
    field.assertClean();
  });

  test('B-31 cable out and in: what was asked meanwhile is never delivered', async (t) => {
    const wire = cable(t);
    if (wire === null) return;
    const field = await Field.start([
      { kind: 'tcp', line: `tcp=${wire.host}:0 pace=0` },
      { kind: 'rtt', line: `rtutcp=${wire.host}:0 pace=0` },
    ], { t, simPrefix: wire.prefix });
    await field.collect();
    await field.fresh();
    const total = async () => await field.requests(field.buses[0]) + await field.requests(field.buses[1]);
    wire.pull();
    await until('both buses lost', () => field.number("SELECT COUNT(*) FROM bus_state WHERE lost_since IS NOT NULL") === 2, 45);
    // The kernel gives a connection up when nothing was confirmed for five seconds (TCP_USER_TIMEOUT).
    await sleep(6000);
    // Nobody asks anything now: what arrives when the cable is in again was asked before.
    process.kill(field.collector.pid, 'SIGSTOP');
    const before = await total();
    wire.plug();
    await sleep(4000);
    assert.equal(await total(), before, 'stale questions');
    process.kill(field.collector.pid, 'SIGCONT');
    await field.fresh(undefined, undefined, 60);
    await until('the alarms are over', () => field.number('SELECT COUNT(*) FROM alarm WHERE ended_at IS NULL') === 0, 20);
    field.assertTruth();
    assert.equal((await field.collector.stop()).code, 0);
    field.assertClean();
  });
});
