// Polling: how fast, at what cost, and what dead meters do to the living. Every figure is a ratio
// against a reference measured in the same run on the same simulator and server.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { BUILD, ROOT, sleep, startCollector, startMaria, startSim, tempDir, until, writeConf } from '../harness/harness.mjs';

export const BUSES = 334;
export const METERS = 30;

const ticks = Number(execFileSync('getconf', ['CLK_TCK']));

// CPU seconds of a process so far.
function cpu(pid) {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}

const rss = (pid) => Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

export function buildReference(name, flags) {
  const out = path.join(BUILD, 'bench', name);
  fs.mkdirSync(path.dirname(out), { recursive: true });
  execFileSync('gcc', ['-std=gnu2x', '-O2', '-o', out, path.join(ROOT, 'tests/bench', `${name}.c`), ...flags]);
  return out;
}

// Gateways with meters in the database, one bus each, at the simulator's addresses.
function defineBuses(maria, lines, meters, { status = 0, reading = 0, timeout = 500, transport = 'tcp', baud = 9600 } = {}) {
  const values = lines.map((line, i) => `(${i + 1}, 'g${i + 1}')`).join(',');
  const buses = lines.map((line, i) => `(${i + 1}, ${i + 1}, 'b${i + 1}', '${transport}', '${line.host ?? ''}', ${line.port ?? 0}, `
    + `'${line.path ?? ''}', ${timeout}, ${status}, ${reading}, ${baud})`).join(',');
  maria.sql(`INSERT INTO gateway (gateway_id, name) VALUES ${values};
    INSERT INTO bus (bus_id, gateway_id, name, transport, host, port, device, response_timeout_ms, status_period_s, reading_period_s, baud) VALUES ${buses};
    INSERT INTO meter (meter_id, number, meter_model_id, bus_id, unit)
      SELECT (b.seq - 1) * ${meters} + u.seq, (b.seq - 1) * ${meters} + u.seq, (SELECT meter_model_id FROM meter_model WHERE code = 'ddsy1352'), b.seq, u.seq
      FROM seq_1_to_${lines.length} b, seq_1_to_${meters} u;`);
}

function simConfig(buses, meters, line) {
  const text = ['seed 1'];
  for (let b = 0; b < buses; b++) {
    text.push(`line b${b} ${line}`);
    for (let u = 1; u <= meters; u++) text.push(`meter b${b} unit=${u} model=ddsy1352 tenant=office energy_wh=100000`);
  }
  return text.join('\n');
}

const lineList = (sim) => Object.entries(sim.lines).sort((a, b) => Number(a[0].slice(1)) - Number(b[0].slice(1))).map(([, line]) => line);
const count = (maria) => Number(maria.one('SELECT COUNT(*) FROM reading'));

async function measureReference(maria, ports, seconds) {
  const dir = tempDir();
  fs.writeFileSync(path.join(dir, 'ports'), ports.join('\n'));
  const file = buildReference('ref_poll', [...execFileSync('mariadb_config', ['--cflags', '--libs']).toString().trim().split(/\s+/), '-lmodbus', '-lpthread']);
  const child = spawn(file, [path.join(dir, 'ports'), String(METERS), String(seconds), maria.socket, 'voltill'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk) => { text += chunk; });
  await new Promise((resolve) => child.once('exit', resolve));
  const value = (name) => Number(new RegExp(`${name}=([0-9.]+)`).exec(text)[1]);
  return { rate: value('rows') / value('seconds'), cpu: value('cpu_s') / value('rows') * 1000, rss: value('rss_kb') };
}

// Each measurement begins with empty tables: the server stores more slowly the more is there.
const empty = (maria) => maria.sql('TRUNCATE reading; TRUNCATE energy_day');

async function measure(maria, collector, seconds) {
  empty(maria);
  await sleep(1000);
  const from = { rows: count(maria), cpu: cpu(collector.pid), at: performance.now() };
  await sleep(seconds * 1000);
  const to = { rows: count(maria), cpu: cpu(collector.pid), at: performance.now() };
  const rows = to.rows - from.rows;
  return { rate: rows / ((to.at - from.at) / 1000), cpu: (to.cpu - from.cpu) / rows * 1000 };
}

// Healthy, with one dead meter on every gateway, healthy again: what a busy machine does to the first does it to the
// last as well.
async function measureCollector(maria, sim, conf, seconds) {
  const collector = await startCollector(conf);
  const everywhere = async (command) => { for (let b = 0; b < BUSES; b++) await sim.control(command(`b${b}`)); };
  await until('all meters read once', () => Number(maria.one('SELECT COUNT(*) FROM meter_state')) >= BUSES * METERS * 0.95, 60);
  await sleep(4000);
  const before = await measure(maria, collector, seconds);
  await everywhere((line) => `fault ${line} 7 dead`);
  // Long enough that the few questions to the dead spread evenly over it.
  await sleep(15000);
  const dead = [await measure(maria, collector, seconds), await measure(maria, collector, seconds)];
  await everywhere((line) => `clear ${line} 7`);
  await sleep(4000);
  const after = await measure(maria, collector, seconds);
  const memory = rss(collector.pid);
  await collector.stop();
  return { rate: (before.rate + after.rate) / 2, cpu: (before.cpu + after.cpu) / 2, rss: memory, dead: (dead[0].rate + dead[1].rate) / 2 };
}

// The machine may be busy with something else for a while, so each round measures everything, one after the other.
export async function benchMany(report, { rounds = 3, seconds = 8 } = {}) {
  const maria = await startMaria();
  const sim = await startSim(simConfig(BUSES, METERS, 'tcp=127.0.0.1:0 pace=0'));
  const lines = lineList(sim);
  defineBuses(maria, lines, METERS);
  const conf = await writeConf(maria, {});
  const measured = [];
  for (let round = 0; round < rounds; round++) {
    empty(maria);
    const theirs = await measureReference(maria, lines.map((line) => line.port), seconds);
    maria.sql('TRUNCATE meter_state');
    measured.push({ theirs, ours: await measureCollector(maria, sim, conf, seconds) });
  }
  const middle = (value) => median(measured.map(value));
  const each = (value) => `rounds ${measured.map((one) => value(one).toFixed(3)).join(' ')}`;
  const speed = ({ ours, theirs }) => ours.rate / theirs.rate;
  const cost = ({ ours, theirs }) => ours.cpu / theirs.cpu;
  const living = ({ ours }) => ours.dead / (ours.rate * (METERS - 1) / METERS);
  report(`${BUSES} buses × ${METERS} meters, stored: meters/s against bare libmodbus loop`, middle(speed), '≥ 0.95',
    `${middle(({ ours }) => ours.rate).toFixed(0)}/s, reference ${middle(({ theirs }) => theirs.rate).toFixed(0)}/s; ${each(speed)}`);
  report('collector CPU per 1,000 meters against the same', middle(cost), '≤ 1.0 (aim 0.5)',
    `${middle(({ ours }) => ours.cpu).toFixed(4)} s, reference ${middle(({ theirs }) => theirs.cpu).toFixed(4)} s; ${each(cost)}`);
  report('resident memory for 10,020 meters, MB', Math.max(...measured.map(({ ours }) => ours.rss)) / 1024, '≤ 64', '');
  report('one dead meter on every gateway: rate of the rest against healthy', middle(living), '≥ 0.9',
    `${middle(({ ours }) => ours.dead).toFixed(0)}/s; ${each(living)}`);
  await sim.stop();
  await maria.stop();
}

// Frames, silences and answer delay of one poll at 9600 baud 8N1: what no master can beat.
const WIRE_MS = (8 + 5 + 2 * 48) * 10 / 9.6 + 2 * 3.5 * 10 / 9.6 + 20;

export async function benchWire(report) {
  const maria = await startMaria();
  const sim = await startSim(simConfig(1, 36, 'pty=@DIR@/line baud=9600 delay_ms=20 pace=1'));
  defineBuses(maria, lineList(sim), 36, { transport: 'rtu', timeout: 1000 });
  const conf = await writeConf(maria);
  const collector = await startCollector(conf);
  const rounds = [];
  let seen = '';
  await until('five rounds', () => {
    const [row] = maria.sql('SELECT round_ms, round_at FROM bus_state WHERE round_ms IS NOT NULL');
    if (row && row.round_at !== seen) {
      seen = row.round_at;
      rounds.push(Number(row.round_ms));
    }
    return rounds.length >= 6;
  }, 60);
  report('round of 36 loops at 9600 baud against the wire limit', median(rounds.slice(1)) / (36 * WIRE_MS), '≤ 1.05',
    `${median(rounds.slice(1))} ms, limit ${(36 * WIRE_MS).toFixed(0)} ms`);
  await collector.stop();
  await sim.stop();
  await maria.stop();
}

async function oldestOfTwo(maria, seconds) {
  let oldest = 0;
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(200)) {
    oldest = Math.max(oldest, Number(maria.one('SELECT MAX(TIMESTAMPDIFF(MICROSECOND, read_at, UTC_TIMESTAMP(6))) / 1000000 FROM meter_state WHERE meter_id <= 2')));
  }
  return oldest;
}

export async function benchDead(report, { rounds = 3 } = {}) {
  const maria = await startMaria();
  const sim = await startSim(simConfig(1, 32, 'rtutcp=127.0.0.1:0 baud=9600 delay_ms=20 pace=1'));
  defineBuses(maria, lineList(sim), 32, { transport: 'rtu_tcp', status: 10, timeout: 1000 });
  const conf = await writeConf(maria);
  const known = [];
  const sudden = [];
  for (let round = 0; round < rounds; round++) {
    maria.sql('TRUNCATE reading; TRUNCATE meter_state; TRUNCATE energy_day');
    const collector = await startCollector(conf);
    await until('all meters', () => Number(maria.one('SELECT COUNT(*) FROM meter_state')) === 32, 60);
    // Somewhere in the round of ten seconds.
    await sleep(3000 + round * 3000);
    await sim.control('fault b0 3-32 dead');
    sudden.push(await oldestOfTwo(maria, 45));
    await collector.stop();
    maria.sql('DELETE FROM meter_state');
    const again = await startCollector(conf);
    await until('both live meters', () => Number(maria.one('SELECT COUNT(*) FROM meter_state')) === 2, 60);
    known.push(await oldestOfTwo(maria, 45));
    await again.stop();
    await sim.control('clear b0 3-32');
  }
  const all = (list) => `over 45 s; rounds ${list.map((one) => one.toFixed(1)).join(' ')}`;
  report('30 of 32 die at 9600 baud: oldest value of the two alive, s', Math.max(...sudden), '≤ 15', all(sudden));
  report('30 of 32 dead at the start: the same', Math.max(...known), '≤ 15', all(known));
  await sim.stop();
  await maria.stop();
}
