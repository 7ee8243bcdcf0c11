// The pricing engine (C) and naive.mjs (JavaScript, slow and plain) price the same random cases: other
// language, other zone data, other way of working. They must agree to the nano-yuan and the last watt-hour.
//
//   TARIFF_SEED=…  repeats a run;  TARIFF_CASES=…  100000 if not given
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import path from 'node:path';
import { BUILD } from '../harness/harness.mjs';
import { forgetWall, price } from './naive.mjs';

const SEED = Number(process.env.TARIFF_SEED ?? 20260501);
const CASES = Number(process.env.TARIFF_CASES ?? 100000);
const PER_METER = 50;
// Without summer time; with; half an hour of it; changes at midnight; falls back into the first hour of a day.
const ZONES = ['Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago', 'America/Havana', 'Asia/Kathmandu'];
const DAY = 86400000;

let state;
function random() { // mulberry32
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const int = (from, to) => from + Math.floor(random() * (to - from + 1));
const chance = (p) => random() < p;
const pick = (list) => list[int(0, list.length - 1)];
const distinct = (n, make) => [...new Set(Array.from({ length: n }, make))];
const pad = (n) => String(n).padStart(2, '0');
const dayOfYear = () => pick([...Array(12)].flatMap((_, m) => [`${pad(m + 1)}-01`, `${pad(m + 1)}-${pad(int(2, m === 1 ? 29 : 30))}`]));
const prices = () => Array.from({ length: 5 }, () => pick([0, int(1, 2000000), int(1, 99), int(0, 5000000), 100000000 / 8]));

function makeTable() {
  const minute = () => pick([int(0, 47) * 30, int(0, 1439), int(0, 23) * 60]);
  const starts = distinct(int(0, 13), minute).filter((at) => at > 0).sort((a, b) => a - b);
  return [0, ...starts].map((at) => [at, int(0, 4)]);
}

function makeVersion(index) {
  const tables = Array.from({ length: int(1, 6) }, makeTable);
  const cycle = pick(['none', 'month', 'year', 'month']);
  const seasons = distinct(int(1, 6), dayOfYear).sort()
    .map((from) => ({ from, tables: [0, 1, 2].map(() => int(0, tables.length - 1)) }));
  const from = distinct(int(0, chance(0.1) ? 20 : 4), () => pick([int(1, 3000), int(1, 50) * 1000, 1, int(1, 400000)])).sort((a, b) => a - b);
  return { index, tables, seasons, cycle, own: chance(0.4), year: pick(['01-01', '01-01', dayOfYear()]),
    components: Array.from({ length: int(1, 5) }, prices), tiers: from.map((wh) => ({ from: wh, prices: prices() })) };
}

// Moments where something changes: clocks, years, months.
function edges() {
  const found = [];
  for (let at = Date.UTC(2016, 0, 1); at < Date.UTC(2025, 0, 1); at += DAY) {
    if (new Date(at).getTimezoneOffset() !== new Date(at + DAY).getTimezoneOffset()) found.push(at, at, at);
    if (new Date(at).getDate() === 1) found.push(at);
  }
  return found;
}

const localMidnight = (at) => { const date = new Date(at); return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime(); };
const dateOf = (at) => { const date = new Date(at); return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`; };

function makeSpans(versions, start) {
  const spans = [{ from: chance(0.05) ? start + int(0, 20) * 1800000 : start - 400 * DAY, version: versions[0] }];
  for (const version of versions.slice(1)) {
    const from = localMidnight(start + int(0, 60 * 24) * 3600000 / 24) + (chance(0.2) ? int(0, DAY) : 0);
    if (from > spans[spans.length - 1].from) spans.push({ from, version: chance(0.02) ? null : version });
  }
  return spans;
}

function makeInterval(from, isSmall) {
  const length = chance(0.7) ? 30 : pick([15, 15, int(1, 90), int(1, 90) + random(), chance(0.04) ? int(60, 4320) : 60]);
  const to = from + Math.floor(length * 60000);
  let energy = pick([0, int(0, 50), int(0, 2000), int(0, 3000), chance(0.1) ? int(0, 60000) : 500]);
  if (!isSmall && chance(0.1)) energy = pick([90e9, int(0, 90e9), int(0, 1e7)]);
  if (chance(0.001)) energy = pick([-1, 90e9 + 1]);
  let periods = null;
  if (chance(0.15)) {
    periods = Array.from({ length: 5 }, () => chance(0.5) ? 0 : int(0, 3000));
    if (chance(0.7)) energy = periods.reduce((a, b) => a + b, 0);
    if (chance(0.05)) periods[int(0, 4)] = -1;
  }
  return { from, to, energy, periods };
}

function words(calendar, versions, spans) {
  const md = (text) => text.split('-').map(Number).join(' ');
  const days = [...calendar].map(([date, kind]) => `${Date.parse(date) / DAY} ${kind === 'workday' ? 1 : 0}`);
  const lines = [`calendar ${days.length} ${days.join(' ')}`];
  for (const v of versions) {
    lines.push(`version ${v.seasons.length} ${v.seasons.map((s) => `${md(s.from)} ${s.tables.join(' ')}`).join(' ')}`,
      `${v.tables.length} ${v.tables.map((table) => `${table.length} ${table.flat().join(' ')}`).join(' ')}`,
      `${v.components.length} ${v.components.flat().join(' ')} ${['none', 'month', 'year'].indexOf(v.cycle)} ${v.own ? 1 : 0} ${md(v.year)}`,
      `${v.tiers.length} ${v.tiers.map((tier) => `${tier.from} ${tier.prices.join(' ')}`).join(' ')}`);
  }
  lines.push(`spans ${spans.length} ${spans.map((span) => `${span.from} ${span.version ? span.version.index : -1}`).join(' ')}`);
  return lines;
}

// One meter: its tariff, its calendar, and half hours one after another.
function runMeter(around, input, expected) {
  const start = Math.floor((chance(0.6) ? pick(around) - int(0, DAY) : Date.UTC(2016, 0, 1) + int(0, 9 * 365) * DAY) / 60000) * 60000;
  const versions = Array.from({ length: int(1, 3) }, (_, i) => makeVersion(i));
  const spans = makeSpans(versions, start);
  const calendar = new Map(Array.from({ length: int(0, 4) }, () => [dateOf(start + int(-1, 5) * DAY), pick(['workday', 'holiday'])])
    .sort(([a], [b]) => (a < b ? -1 : 1)));
  const isSmall = versions.some((version) => version.cycle !== 'none' && version.tiers.length > 0);
  input.push('end', ...words(calendar, versions, spans), 'meter');
  let meter = { carry: 0n };
  for (let n = 0, at = start; n < PER_METER; n++) {
    const interval = makeInterval(at, isSmall);
    input.push(`use ${interval.from} ${interval.to} ${interval.energy} ${interval.periods ? `1 ${interval.periods.join(' ')}` : '0 0 0 0 0 0'}`);
    const answer = price(spans, calendar, meter, interval);
    expected.push(answer);
    if (answer[0] !== '0') {
      input.push('meter');
      meter = { carry: 0n };
    }
    at = interval.to + (chance(0.05) ? int(1, 2000) * 60000 : 0);
  }
}

test(`${CASES} random intervals cost the same in both implementations (TARIFF_SEED=${SEED})`, (t) => {
  const input = [], expected = [], home = process.env.TZ;
  state = SEED >>> 0;
  for (const zone of ZONES) {
    process.env.TZ = zone;
    forgetWall();
    input.push(`zone ${zone}`);
    const around = edges();
    for (let n = 0; n < CASES / PER_METER / ZONES.length; n++) runMeter(around, input, expected);
  }
  process.env.TZ = home ?? '';
  if (home === undefined) delete process.env.TZ;
  const run = spawnSync(path.join(BUILD, 'tests/tariff/price'), { input: `${input.join('\n')}\n`, maxBuffer: 1 << 29, encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  const answers = run.stdout.trimEnd().split('\n');
  const orders = input.filter((line) => line.startsWith('use'));
  assert.equal(answers.length, expected.length);
  for (let i = 0; i < answers.length; i++) {
    if (answers[i] !== expected[i]) assert.fail(`case ${i}, seed ${SEED}: ${orders[i]}\n  engine ${answers[i]}\n  naive  ${expected[i]}`);
  }
  assert.ok(answers.length >= CASES);
  const refused = answers.filter((answer) => answer[0] !== '0').length;
  const split = answers.filter((answer) => answer.split(' ').length > 6).length;
  t.diagnostic(`${answers.length} intervals, ${split} of them in several parts, ${refused} refused; seed ${SEED}`);
  assert.ok(split > CASES / 20 && refused > 0, 'the cases reach the splits');
});
