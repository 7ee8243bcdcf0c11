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

async function measureCollector(maria, conf, seconds, settle = 4) {
  const collector = await startCollector(conf);
  await until('all meters read once', () => Number(maria.one('SELECT COUNT(*) FROM meter_state')) >= BUSES * METERS * 0.95, 60);
  await sleep(settle * 1000);
  const from = { rows: count(maria), cpu: cpu(collector.pid), at: performance.now() };
  await sleep(seconds * 1000);
  const to = { rows: count(maria), cpu: cpu(collector.pid), at: performance.now() };
  const memory = rss(collector.pid);
  await collector.stop();
  const rows = to.rows - from.rows;
  return { rate: rows / ((to.at - from.at) / 1000), cpu: (to.cpu - from.cpu) / rows * 1000, rss: memory };
}

export async function benchMany(report, { rounds = 3, seconds = 8 } = {}) {
  const maria = await startMaria();
  const sim = await startSim(simConfig(BUSES, METERS, 'tcp=127.0.0.1:0 pace=0'));
  const lines = lineList(sim);
  defineBuses(maria, lines, METERS);
  const conf = await writeConf(maria, {});
  const ours = [];
  const theirs = [];
  for (let round = 0; round < rounds; round++) {
    maria.sql('TRUNCATE reading; TRUNCATE meter_state; TRUNCATE energy_day');
    theirs.push(await measureReference(maria, lines.map((line) => line.port), seconds));
    maria.sql('TRUNCATE reading; TRUNCATE meter_state; TRUNCATE energy_day');
    ours.push(await measureCollector(maria, conf, seconds));
  }
  const rate = (list) => median(list.map((one) => one.rate));
  const cost = (list) => median(list.map((one) => one.cpu));
  report(`${BUSES} buses × ${METERS} meters, stored: meters/s against bare libmodbus loop`, rate(ours) / rate(theirs), '≥ 0.95',
    `${rate(ours).toFixed(0)}/s, reference ${rate(theirs).toFixed(0)}/s`);
  report('collector CPU per 1,000 meters against the same', cost(ours) / cost(theirs), '≤ 1.0 (aim 0.5)',
    `${cost(ours).toFixed(4)} s, reference ${cost(theirs).toFixed(4)} s`);
  report('resident memory for 10,020 meters, MB', Math.max(...ours.map((one) => one.rss)) / 1024, '≤ 64', '');
  await sim.control('fault b0 7 dead').catch(() => {});
  for (let b = 0; b < BUSES; b++) await sim.control(`fault b${b} 7 dead`);
  maria.sql('TRUNCATE reading; TRUNCATE meter_state; TRUNCATE energy_day');
  // Long enough that the few questions to the dead spread evenly over it.
  const dead = await measureCollector(maria, conf, 2 * seconds, 15);
  report('one dead meter on every gateway: rate of the rest against healthy', dead.rate / (rate(ours) * (METERS - 1) / METERS), '≥ 0.9',
    `${dead.rate.toFixed(0)}/s`);
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

export async function benchDead(report) {
  const maria = await startMaria();
  const sim = await startSim(simConfig(1, 32, 'rtutcp=127.0.0.1:0 baud=9600 delay_ms=20 pace=1'));
  for (let unit = 3; unit <= 32; unit++) await sim.control(`fault b0 ${unit} dead`);
  defineBuses(maria, lineList(sim), 32, { transport: 'rtu_tcp', status: 10, timeout: 1000 });
  const conf = await writeConf(maria);
  const collector = await startCollector(conf);
  await until('both live meters', () => Number(maria.one('SELECT COUNT(*) FROM meter_state')) === 2, 60);
  let oldest = 0;
  for (const end = Date.now() + 90000; Date.now() < end; await sleep(200)) {
    oldest = Math.max(oldest, Number(maria.one('SELECT MAX(TIMESTAMPDIFF(MICROSECOND, read_at, UTC_TIMESTAMP(6))) / 1000000 FROM meter_state')));
  }
  report('30 of 32 dead at 9600 baud: oldest value of the two alive, s', oldest, '≤ 15', 'over 90 s from the start');
  await collector.stop();
  await sim.stop();
  await maria.stop();
}
