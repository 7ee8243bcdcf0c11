// The meters behind the wire: credit, relay, limits, clocks, and the past that leads up to now.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { METERSIM, Sim, block, command, hex, read, recharge, write } from './client.mjs';

const u16 = (...values) => values.flatMap((value) => [value >> 8 & 255, value & 255]);
const u32 = (...values) => values.flatMap((value) => [value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255]);

async function one(t, keys, more = '') {
  const sim = await Sim.start(t, `zone +8\nseed 3\nline a tcp=127.0.0.1:0\nmeter a unit=1 ${keys}\n${more}`);
  const pipe = await sim.open('a');
  await sim.control('speed 0'); // only step moves the meters' time
  return {
    sim, pipe, ask: (body) => pipe.ask(body),
    poll: async (unit = 1) => block(await pipe.ask(read(unit, 0x200, 48))),
    set: (text) => sim.control(`set a 1 ${text}`), get: (...names) => sim.get('a', 1, ...names),
    step: (seconds) => sim.control(`step ${seconds}`),
  };
}

test('credit runs out, the relay opens at zero, a purchase closes it', async (t) => {
  const m = await one(t, 'model=ddsy1352 tenant=server price_uyuan=1000000 credit_fen=3000 alarm1_fen=2500 alarm2_fen=1000 count=7');
  const start = await m.get('energy_wh');
  assert.equal((await m.poll()).flags, 0);
  let now = await m.poll();
  for (let i = 0; i < 200 && !(now.flags & 0x40); i++) { await m.step(600); now = await m.poll(); }
  assert.equal(now.flags, 0x40, 'alarm 1');
  for (let i = 0; i < 200 && !(now.flags & 0x80); i++) { await m.step(600); now = await m.poll(); }
  assert.equal(now.flags, 0xc0, 'alarm 2');
  await m.step(6 * 3600);
  now = await m.poll();
  assert.deepEqual([now.credit, now.relay, now.fee, now.power, now.flags], [0, 0, 8, 0, 0xe0]);
  assert.ok(Math.abs(await m.get('energy_wh') - start - 30000) <= 1, '30 kWh for 30 yuan at 1 yuan');
  await m.step(86400);
  assert.equal((await m.poll()).energy, now.energy, 'nothing flows through an open relay');
  assert.equal((await m.ask(recharge(1, 500, 8)))[1], 0x20);
  now = await m.poll();
  assert.deepEqual([now.count, now.relay, now.fee], [8, 1, 9]);
  assert.ok(now.credit === 500 || now.credit === 499);
  assert.ok(now.power > 0);
});

test('the four prices are those of the hour', async (t) => {
  const m = await one(t, 'model=dtsy1352 prepay=1 tenant=server credit_fen=1000000');
  const before = await m.get();
  await m.step(3 * 86400);
  const after = await m.get();
  const priced = ['sharp', 'peak', 'flat', 'valley'].reduce((sum, rate) =>
    sum + (after[`${rate}_wh`] - before[`${rate}_wh`]) / 1000 * after[`price_${rate}_uyuan`] / 1e6, 0);
  assert.ok(Math.abs((before.credit_fen - after.credit_fen) / 100 - priced) < 0.05);
  assert.ok(after.peak_wh > before.peak_wh && after.valley_wh > before.valley_wh);
  const parts = ['sharp', 'peak', 'flat', 'valley', 'deep'].reduce((sum, rate) => sum + after[`${rate}_wh`] - before[`${rate}_wh`], 0);
  assert.ok(Math.abs(parts - (after.energy_wh - before.energy_wh)) <= 5);
});

test('overdraft lets the credit go below zero; its sign has three forms', async (t) => {
  const m = await one(t, 'model=adf300 tenant=shop credit_fen=100 overdraft_fen=2000');
  await m.step(4 * 86400);
  let now = await m.poll();
  assert.deepEqual([now.credit, now.relay, now.flags & 0x20], [-2000, 0, 0x20]);
  await m.set('negative=flag');
  assert.equal((await m.poll()).credit, 2000);
  await m.set('negative=signbit');
  assert.equal((await m.poll()).creditRaw, 0x80000000 + 2000);
  await m.set('negative=signed');
  await m.ask(recharge(1, 1500, (await m.get('count')) + 1));
  now = await m.poll();
  assert.deepEqual([now.credit, now.relay], [-500, 0], 'a purchase repays first');
  await m.ask(recharge(1, 1500, (await m.get('count')) + 1));
  assert.equal((await m.poll()).relay, 1);
});

test('keep-power holds without credit until it is taken back', async (t) => {
  const m = await one(t, 'model=adf300 tenant=server credit_fen=100');
  await m.ask(write(1, 0x57, [1, 0]));
  await m.step(86400);
  let now = await m.poll();
  assert.deepEqual([now.relay, now.fee, now.force], [1, 8, 9]);
  assert.ok(now.credit < -1000 && now.power > 0);
  await m.ask(write(1, 0x57, [0, 0]));
  now = await m.poll();
  assert.deepEqual([now.relay, now.power], [0, 0]);
});

test('the purchase count: checked, stored or added up', async (t) => {
  const m = await one(t, 'model=ddsy1352 scale=0 credit_fen=0 count=4 hoard_fen=50000');
  const buy = async (fen, count) => (await m.ask(recharge(1, fen, count)))[1];
  for (const count of [4, 6, 0]) assert.equal(await buy(100, count), 0xa0);
  assert.equal(await buy(60000, 5), 0xa0, 'over the hoarding limit');
  assert.equal(await buy(0, 5), 0xa0);
  assert.deepEqual(await m.get('credit_fen', 'count', 'refusals'), { credit_fen: 0, count: 4, refusals: 5 });
  assert.equal(await buy(100, 5), 0x20);
  await m.set('refuse=ack');
  assert.equal(await buy(100, 5), 0x20);
  assert.deepEqual(await m.get('credit_fen', 'count'), { credit_fen: 100, count: 5 });
  await m.set('guard=stores');
  await buy(100, 9);
  await buy(100, 9);
  assert.deepEqual(await m.get('credit_fen', 'count'), { credit_fen: 300, count: 9 });
  await m.set('guard=adds');
  await buy(100, 9);
  assert.deepEqual(await m.get('credit_fen', 'count'), { credit_fen: 400, count: 10 });
  await m.set('guard=checks count=65535');
  assert.equal(await buy(100, 0), 0x20, 'the counter goes through its end');
  for (const [form, length, start] of [['zero', 13, '01200a00000000'], ['echo', 13, '01200a01000004'], ['short', 6, '012001000004']]) {
    await m.set(`reply20=${form} guard=adds`);
    const answer = await m.ask(recharge(1, 100, 1));
    assert.deepEqual([answer.length, answer.toString('hex').slice(0, start.length)], [length, start]);
  }
});

test('prepay set: every group by its own enable byte', async (t) => {
  const m = await one(t, 'model=ddsy1352 scale=0 credit_fen=100 count=4 energy_wh=5000 price_uyuan=1000000');
  const groups = (enabled) => [enabled & 1, 1, enabled >> 1 & 1, ...u32(777), enabled >> 2 & 1, ...u16(30),
    enabled >> 3 & 1, ...u32(4444), enabled >> 4 & 1, ...u32(100), enabled >> 5 & 1, ...u32(6000, 1200),
    enabled >> 6 & 1, ...u32(12000, 10000, 8000, 4000), enabled >> 7 & 1, ...u32(5000), 0, 0,
    enabled >> 8 & 1, ...hex('20 24 12 34 56 78')];
  await m.ask(command(1, 0x200, groups(0)));
  assert.deepEqual(await m.get('credit_fen', 'count', 'alarm1_fen'), { credit_fen: 100, count: 4, alarm1_fen: 5000 });
  await m.ask(command(1, 0x200, groups(0x1ff)));
  assert.deepEqual(await m.get('credit_fen', 'count', 'energy_wh', 'base_wh', 'alarm1_fen', 'alarm2_fen', 'price_sharp_uyuan',
    'price_valley_uyuan', 'overdraft_fen', 'number'), { credit_fen: 777, count: 30, energy_wh: 44440, base_wh: 1000,
    alarm1_fen: 6000, alarm2_fen: 1200, price_sharp_uyuan: 1200000, price_valley_uyuan: 400000, overdraft_fen: 5000, number: 202412345678 });
  await m.set('price_scale_uyuan=10000');
  assert.equal((await m.ask(read(1, 0x402, 2))).readUInt32BE(3), 120, 'the other scale');
});

test('overload trips, closes again, and stays off after the allowed number', async (t) => {
  const m = await one(t, 'model=ddsy1352 tenant=server max_power_w=20000 credit_fen=10000000');
  await m.ask(command(1, 0x400, [0xff, 1, 1, ...u16(7000, 3000, 900), 1, 5, 1, ...u16(2), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
  assert.deepEqual(await m.get('load_max_w', 'load_step_w', 'load_recover_s', 'over_allowed'),
    { load_max_w: 7000, load_step_w: 3000, load_recover_s: 300, over_allowed: 2 });
  const registers = await m.ask(read(1, 0x480, 7));
  assert.deepEqual([0, 1, 2, 3, 5, 6].map((i) => registers.readUInt16BE(3 + i * 2)), [1, 7000, 3000, 900, 2, 5]);
  await m.set('extra_w=2900');
  await m.step(5);
  assert.deepEqual([(await m.poll()).relay, (await m.poll()).flags & 0x10], [1, 0x10]);
  await m.step(10);
  let now = await m.poll();
  assert.deepEqual([now.relay, now.load, now.trips, now.allowed, now.flags & 0x10], [0, 8, 1, 2, 0x10]);
  await m.step(297);
  now = await m.poll();
  assert.deepEqual([now.relay, now.trips], [1, 1]);
  await m.step(320);
  await m.step(320);
  await m.step(86400);
  now = await m.poll();
  assert.deepEqual([now.relay, now.trips], [0, 3]);
  await m.set('extra_w=0');
  await m.ask(command(1, 0x410, [0, 0, 0, 0, 0, 0, 1, 0]));
  now = await m.poll();
  assert.deepEqual([now.relay, now.trips], [1, 0]);
  await m.set('extra_w=3500');
  assert.equal((await m.poll()).relay, 0, 'a forbidden heater trips at once');
});

test('force per relay, in both polarities; the time switch', async (t) => {
  const m = await one(t, 'model=dtsy1352 prepay=1 tenant=server credit_fen=1000000');
  await m.ask(command(1, 0x500, [1, 1, 1, 0, 0, 0, 1, 1, 0, 0]));
  assert.equal((await m.poll()).relay, 6);
  await m.set('polarity=close1');
  await m.ask(command(1, 0x500, [1, 1, 1, 1, 1, 0, 1, 0, 0, 0]));
  assert.equal((await m.poll()).relay, 5);
  await m.ask(write(1, 0x57, [0, 0]));
  assert.equal((await m.poll()).relay, 7);

  const clock = (hour, minute, day) => command(1, 0x354, [0, minute, hour, 0, day, 11, 26, 0, 0, 0]);
  const slots = [[1, 0, 8], [0, 30, 18]].flat();
  const pad = (list) => list.concat(Array(24 - list.length).fill(0xff));
  await m.ask(command(1, 0x300, [0xff, 1, 1, ...u16(0x3e), 0, 0, 1, ...pad([0, 0, 0]), ...pad(slots)]));
  await m.ask(clock(7, 59, 23)); // a Monday
  assert.deepEqual([(await m.poll()).relay, (await m.poll()).time], [0, 8]);
  await m.step(70);
  assert.deepEqual([(await m.poll()).relay, (await m.poll()).time], [7, 15]);
  await m.ask(clock(18, 31, 23));
  assert.equal((await m.poll()).relay, 0);
  await m.ask(clock(12, 0, 22)); // a Sunday
  assert.equal((await m.poll()).relay, 0);
});

test('the clock drifts, is set, and decides the tariff; season zones in both orders', async (t) => {
  const m = await one(t, 'model=ddsy1352 tenant=server drift_ppm=100000 clock_offset_s=-7200');
  const off = async () => (await m.get('clock_ms')) - 8 * 3600000 - Number((await m.sim.control('now')).split('=')[1]);
  assert.ok(Math.abs(await off() + 7200000) < 2000);
  await m.step(3600);
  assert.ok(Math.abs(await off() + 7200000 - 360000) < 2000);
  await m.set('drift_ppm=0');
  const table = (rate) => write(1, 0x2006, [rate << 8, ...Array(20).fill(0)]);
  await m.ask(table(1));
  const zone = async (bytes) => m.ask(write(1, 0x2000, bytes));
  await zone([0x0101, 0x0100, 0, 0, 0, 0]);
  assert.equal(await m.get('rate'), 1);
  await m.ask(write(1, 0x201b, [0x0500, ...Array(20).fill(0)]));
  await zone([0x0201, 0x0100, 0, 0, 0, 0]); // table, day, month
  assert.equal(await m.get('rate'), 5);
  await m.set('season=mdt');
  await zone([0x0101, 0x0100, 0, 0, 0, 0]); // month, day, table
  assert.equal(await m.get('rate'), 1);
  const before = await m.get('deep_wh');
  await zone([0x0101, 0x0200, 0, 0, 0, 0]);
  await m.step(7200);
  assert.ok(await m.get('deep_wh') > before + 5000);
  assert.ok((await m.ask(read(1, 0x5030, 2))).readUInt32BE(3) > 0);
});

test('a box: three-phase users with their phases, and broadcasts inside', async (t) => {
  const sim = await Sim.start(t, `line a tcp=127.0.0.1:0
box a base=37 size=36 three=2 tenant=server credit_fen=50000
meter a unit=50 tenant=empty number=202400000050 silent=1`);
  const pipe = await sim.open('a');
  const poll = async (unit) => block(await pipe.ask(read(unit, 0x200, 48)));
  const user = await poll(37), b = await poll(38), c = await poll(39), single = await poll(43);
  assert.deepEqual([user.type, user.box, user.single, user.relay, user.credit > 0], [10, 0, 0, 7, true]);
  assert.deepEqual([b.relay, b.credit, single.single, single.relay], [1, 0, 1, 1]);
  assert.ok(b.power > 0 && c.power > 0 && b.power + c.power < user.power && b.energy < user.energy);
  assert.equal((await pipe.ask(recharge(38, 100, 1)))[1], 0xa0, 'a phase has no credit');
  const box = (await pipe.ask(read(37, 0x903, 2)));
  assert.deepEqual([box.readUInt16BE(3), box.readUInt16BE(5)], [2, 30]);
  assert.equal(await pipe.ask(read(50, 0x200, 48), 60), null);

  const answer = await pipe.ask(command(37, 0x5ff, [1, 1, 1, 1, 1, 1, 1, 1, 1, 0]));
  assert.deepEqual(answer, hex('25 20 0C 00 00 00 00 02 00 00 00 00 00 00 00'));
  for (const unit of [37, 43, 72]) assert.equal((await poll(unit)).relay, 0);
  // To all of the line, without an answer.
  assert.equal(await pipe.ask(write(0, 0x57, [0, 0]), 60), null);
  assert.equal((await poll(72)).relay, 1);
});

test('odd values: rollover, swapped words, empty registers, another type, a stuck relay', async (t) => {
  const m = await one(t, 'model=ddsy1352 tenant=server energy_wh=999999990 credit_fen=10000000');
  await m.step(3600);
  assert.ok((await m.poll()).energy < 1000);
  await m.set('words=swap scale=0 credit_fen=65536');
  assert.equal((await m.poll()).creditRaw, 1);
  await m.set('words=normal registers=zero');
  assert.ok((await m.ask(read(1, 0x200, 48))).subarray(3).every((byte) => byte === 0));
  await m.set('registers=ffff');
  assert.ok((await m.ask(read(1, 0x200, 48))).subarray(3).every((byte) => byte === 255));
  await m.set('registers=normal type=99 relay_stuck=open clock_offset_s=86400');
  assert.deepEqual([(await m.poll()).type, (await m.poll()).relay, (await m.poll()).fee], [99, 0, 9]);
  await assert.rejects(m.set('colour=red'), /unknown key/);
  await assert.rejects(m.set('count=many'), /no number/);
});

const FLOOR = `seed 11
line a tcp=127.0.0.1:0
box a base=1 size=12 three=1 tenant=shop
line b tcp=127.0.0.1:0
meter b unit=1 model=dtsy1352 tenant=main sum=a:1-12 ct=40 loss_permille=30
`;

test('a main meter is the sum of what is below it, and the loss', async (t) => {
  const sim = await Sim.start(t, FLOOR);
  const parts = async () => {
    let sum = 0;
    for (let unit = 1; unit <= 12; unit++) if (unit !== 2 && unit !== 3) sum += (await sim.get('a', unit, 'consumed_wh'));
    return sum;
  };
  const before = await sim.get('b', 1, 'energy_wh');
  for (let i = 0; i < 5; i++) { await sim.control('step 20000'); await sim.get('b', 1, 'energy_wh'); }
  const used = await sim.get('b', 1, 'energy_wh') - before;
  assert.ok(Math.abs(used - 1.03 * await parts()) < 20, `${used} of ${await parts()}`);
  const pipe = await sim.open('b');
  const now = block(await pipe.ask(read(1, 0x200, 48)));
  assert.ok(Math.abs(now.power * 40 - await sim.get('b', 1, 'power_w')) < 60);
  assert.equal(now.energy, Math.floor((await sim.get('b', 1, 'energy_wh')) / 400));
});

function past(t, config, days) {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'metersim-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(path.join(dir, 'meters.conf'), config);
  const begin = performance.now();
  const text = execFileSync(METERSIM, ['--config', path.join(dir, 'meters.conf'), '--state', path.join(dir, 'state'),
    '--history', String(days)], { maxBuffer: 1 << 28, encoding: 'latin1' });
  const seconds = (performance.now() - begin) / 1000;
  const rows = text.trimEnd().split('\n').map((line) => {
    const [name, ...numbers] = line.split('\t');
    const [unit, at, energy, sharp, peak, flat, valley, credit, count, power] = numbers.map(Number);
    return { name, unit, at, energy, sharp, peak, flat, valley, credit, count, power };
  });
  return { dir, rows, seconds, of: (name, unit) => rows.filter((row) => row.name === name && row.unit === unit) };
}

const LIVES = `seed 5
line a tcp=127.0.0.1:0
meter a unit=1 model=ddsy1352 tenant=restaurant energy_wh=90000000 count=100
meter a unit=2 model=ddsy1352 tenant=office topup=low
meter a unit=3 model=ddsy1352 tenant=shop topup=arrears
meter a unit=4 model=ddsy1352 tenant=shop topup=never credit_fen=100000
meter a unit=5 model=ddsy1352 tenant=office credit_fen=12345 topup=20000
`;

test('the past: half hours, purchases by day, and an end as asked for', async (t) => {
  const days = 40, p = past(t, LIVES, days);
  assert.equal(p.rows.length, 5 * 48 * days);
  assert.ok(p.rows.every((row) => row.at % 1800000 === 0));
  const last = (unit) => p.of('a', unit).at(-1);
  for (let unit = 1; unit <= 5; unit++) {
    const rows = p.of('a', unit);
    for (let i = 1; i < rows.length; i++) {
      assert.equal(rows[i].at - rows[i - 1].at, 1800000);
      assert.ok(rows[i].energy >= rows[i - 1].energy);
      const bought = rows[i].count - rows[i - 1].count;
      assert.equal(bought > 0, rows[i].credit > rows[i - 1].credit, 'credit grows by purchases only');
      const hour = new Date(rows[i].at - 1000 + 8 * 3600000).getUTCHours();
      if (bought) assert.ok(hour >= 9 && hour < 20, `bought at ${hour}`);
    }
  }
  const first = p.of('a', 1)[0];
  assert.ok(last(1).count > first.count && last(1).count === 100);
  assert.ok(Math.abs(last(1).energy - 90000000) <= 10, 'the configured energy is today\'s');
  assert.ok(last(2).credit > 2000 && last(2).credit < 5000, `low: ${last(2).credit}`);
  assert.ok(last(3).credit < 0 && last(3).power === 0, `arrears: ${last(3).credit}`);
  assert.equal(last(4).credit, 0);
  assert.equal(last(4).power, 0);
  assert.ok(Math.abs(last(5).credit - 12345) <= 1);

  // Weekends and nights differ as people expect.
  const mean = (unit, filter) => {
    const some = p.of('a', unit).filter((row) => filter(new Date(row.at + 8 * 3600000)));
    return some.reduce((sum, row) => sum + row.power, 0) / some.length;
  };
  const isWeekend = (day) => day.getUTCDay() % 6 === 0, at = (hour) => (day) => day.getUTCHours() === hour;
  assert.ok(mean(2, (day) => !isWeekend(day) && at(10)(day)) > 2.5 * mean(2, (day) => isWeekend(day) && at(10)(day)));
  assert.ok(mean(1, at(12)) > 1.5 * mean(1, at(15)) && mean(1, at(18)) > 1.5 * mean(1, at(15)));
});

test('a live start continues the past without a step', async (t) => {
  const p = past(t, LIVES + FLOOR.split('\n').slice(1).join('\n').replaceAll('line a ', 'line f ').replace('box a', 'box f')
    .replace('sum=a', 'sum=f'), 5);
  const state = readFileSync(path.join(p.dir, 'state'), 'utf8');
  const sim = await Sim.start(t, readFileSync(path.join(p.dir, 'meters.conf'), 'utf8'), { args: ['--state', '@DIR@/state'], dir: p.dir });
  assert.match(state, /^metersim-state 1\n/);
  const now = Number((await sim.control('now')).split('=')[1]);
  for (const [name, unit] of [['a', 1], ['a', 2], ['a', 3], ['a', 5], ['b', 1], ['f', 5]]) {
    const last = p.of(name, unit).at(-1), live = await sim.get(name, unit);
    const passed = (now - last.at) / 3600000, most = Math.max(last.power, live.power_w) * passed * 1.2 + 400;
    assert.ok(passed >= 0 && passed < 0.6, `the last half hour is ${passed} h old`);
    assert.ok(live.energy_wh >= last.energy && live.energy_wh - last.energy <= most, `${name} ${unit}: ${live.energy_wh} after ${last.energy}`);
    assert.equal(live.count, last.count);
    if (name !== 'b') assert.ok(live.credit_fen <= last.credit);
  }
  // The same half hours, lived in one second steps and at once, measure the same.
  await sim.control('step 1800');
  const at = await sim.get('a', 1);
  await sim.stop();
  assert.ok(existsSync(path.join(p.dir, 'state')));
  const again = await Sim.start(t, readFileSync(path.join(p.dir, 'meters.conf'), 'utf8'), { args: ['--state', '@DIR@/state'], dir: p.dir });
  const restored = await again.get('a', 1);
  assert.ok(restored.energy_wh - at.energy_wh >= 0 && restored.energy_wh - at.energy_wh < 100);
  assert.equal(restored.count, at.count);
  assert.equal(await again.stop(), 0);
});

test('many small steps measure what one large step measures', async (t) => {
  const a = await one(t, 'model=ddsy1352 tenant=restaurant energy_wh=0 credit_fen=10000000');
  const begin = await a.get('at_ms', 'energy_wh');
  await a.sim.control('speed 20000');
  while ((await a.get('at_ms')) < begin.at_ms + 2 * 86400000) await a.poll();
  await a.sim.control('speed 0');
  const small = await a.get('at_ms', 'energy_wh', 'credit_fen', 'peak_wh');
  const b = await one(t, 'model=ddsy1352 tenant=restaurant energy_wh=0 credit_fen=10000000');
  await b.sim.control('speed 0');
  await b.step((small.at_ms - (await b.get('at_ms'))) / 1000);
  const large = await b.get('at_ms', 'energy_wh', 'credit_fen', 'peak_wh');
  // Both began within a second or so of each other.
  const apart = 9000 * 2 * Math.abs(begin.at_ms - small.at_ms + (large.at_ms - begin.at_ms)) / 3600000 + 30;
  assert.ok(Math.abs(small.energy_wh - large.energy_wh) < apart, `${small.energy_wh} ${large.energy_wh}`);
  assert.ok(Math.abs(small.credit_fen - large.credit_fen) < 30);
});

test('250 meters and 90 days are printed quickly', async (t) => {
  const boxes = [0, 1, 2, 3, 4, 5, 6].map((i) => `line l${i} tcp=127.0.0.1:0\nbox l${i} base=1 size=36 three=0 tenant=shop\n`).join('');
  const p = past(t, boxes, 90);
  assert.equal(p.rows.length, 252 * 48 * 90);
  t.diagnostic(`${p.seconds.toFixed(2)} s`);
});
