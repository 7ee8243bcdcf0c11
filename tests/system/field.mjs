// A field of meters for the collector tests: one line per transport, meters whose energy is known and
// does not move unless a test wants it, and the rows that describe them.
import fs from 'node:fs';
import path from 'node:path';
import assert from 'node:assert/strict';
import { sleep, startCollector, startMaria, startSim, until, writeConf } from '../harness/harness.mjs';

export const TRANSPORTS = {
  tcp: { line: 'tcp=127.0.0.1:0 pace=0', transport: 'tcp' },
  rtt: { line: 'rtutcp=127.0.0.1:0 pace=0', transport: 'rtu_tcp' },
  pty: { line: 'pty=@DIR@/pty baud=115200 pace=0', transport: 'rtu' },
};

const MODELS = { adf300: 1, ddsy1352: 2, dtsy1352: 3, dtsy1946: 4 };

export const meterId = (bus, unit) => bus * 1000 + unit;
export const energyOf = (bus, unit) => meterId(bus, unit) * 1000;

export class Field {
  // buses: [{ kind, units, extra, bus columns… }], numbered from 1 in their order; line replaces the line of the kind,
  // number(unit) is the number on the plate and shown(unit) the one that the meter shows.
  static async start(buses, { t, overrides = {}, mariaArgs = [], simPrefix = [] } = {}) {
    const field = new Field();
    field.buses = buses.map((bus, i) => ({ id: i + 1, name: `${bus.kind}${i + 1}`, status: 1, reading: 2, timeout: 200, units: 3, ...bus }));
    const config = ['seed 7'];
    for (const bus of field.buses) {
      config.push(`line ${bus.name} ${bus.line ?? `${TRANSPORTS[bus.kind].line.replace('pty=@DIR@/pty', `pty=@DIR@/${bus.name}`)} delay_ms=1`}`);
      for (let unit = 1; unit <= bus.units; unit++) {
        config.push(`meter ${bus.name} unit=${unit} model=${bus.model ?? 'ddsy1352'} energy_wh=${energyOf(bus.id, unit)} tenant=empty ${bus.extra ?? 'scale=0'}${bus.shown ? ` number=${bus.shown(unit)}` : ''}`);
      }
    }
    [field.maria, field.sim] = await Promise.all([startMaria({ t, args: mariaArgs }), startSim(`${config.join('\n')}\n`, { t, prefix: simPrefix })]);
    field.conf = await writeConf(field.maria, overrides, { t });
    field.t = t;
    field.define();
    return field;
  }

  sql(text) { return this.maria.sql(text); }
  one(text) { return this.maria.one(text); }
  number(text) { return Number(this.one(text)); }

  busRow(bus) {
    const line = this.sim.lines[bus.name];
    return `(${bus.id}, 1, '${bus.name}', '${TRANSPORTS[bus.kind].transport}', '${line.host ?? ''}', ${line.port ?? 0}, '${line.path ?? ''}',`
      + ` ${bus.kind === 'pty' ? 115200 : 9600}, ${bus.timeout}, ${bus.status}, ${bus.reading})`;
  }

  meterRow(bus, unit, model = bus.model ?? 'ddsy1352') {
    return `(${meterId(bus.id, unit)}, '${bus.number?.(unit) ?? meterId(bus.id, unit)}', ${MODELS[model]}, ${bus.id}, ${unit})`;
  }

  define() {
    const meters = this.buses.flatMap((bus) => Array.from({ length: bus.units }, (_, i) => this.meterRow(bus, i + 1)));
    this.sql(`INSERT INTO gateway (gateway_id, name) VALUES (1, 'gateway');
      INSERT INTO bus (bus_id, gateway_id, name, transport, host, port, device, baud, response_timeout_ms, status_period_s, reading_period_s)
        VALUES ${this.buses.map((bus) => this.busRow(bus)).join(',')};
      INSERT INTO meter (meter_id, number, meter_model_id, bus_id, unit) VALUES ${meters.join(',')};`);
  }

  async collect(options = {}) {
    this.collector = await startCollector(options.conf ?? this.conf, { t: this.t, ...options });
    this.collectors = [...(this.collectors ?? []), this.collector];
    return this.collector;
  }

  // A sanitizer's word counts also when the process was killed afterwards. To be called before the test ends.
  assertClean() {
    for (const collector of this.collectors) assert.doesNotMatch(collector.log(), /Sanitizer|runtime error|\bbug\b|Assertion/);
  }

  ids() { return this.buses.flatMap((bus) => Array.from({ length: bus.units }, (_, i) => meterId(bus.id, i + 1))); }
  count() { return this.buses.reduce((sum, bus) => sum + bus.units, 0); }

  // The server's clock, as the database writes it.
  now() { return this.one('SELECT UTC_TIMESTAMP(3)'); }

  // Waits until each of these meters was read after `since` (now, if it is left out).
  async fresh(ids = this.ids(), since = this.now(), seconds = 15) {
    await until(`meters ${ids.slice(0, 8)} read after ${since}`, () => this.number(
      `SELECT COUNT(*) FROM meter_state WHERE read_at > '${since}' AND meter_id IN (${ids})`) === ids.length, seconds);
  }

  // No value but the true one was ever stored, and none was doubted (64: it came after a gap).
  assertTruth(ids = this.ids()) {
    const wrong = (table) => this.sql(`SELECT '${table}' AS place, meter_id, read_at, energy_wh, quality FROM ${table}
      WHERE meter_id IN (${ids}) AND (energy_wh <> meter_id * 1000 OR quality & ~64) LIMIT 5`);
    assert.deepEqual([...wrong('reading'), ...wrong('meter_state')], []);
  }

  // Half hours of a meter that are missing between its first and its last.
  gaps(periodS = 2) {
    return this.sql(`SELECT meter_id, COUNT(*) AS stored,
        TIMESTAMPDIFF(SECOND, MIN(taken_at), MAX(taken_at)) DIV ${periodS} + 1 AS wanted
      FROM reading GROUP BY meter_id HAVING stored <> wanted`);
  }

  assertNoGap(periodS = 2) {
    assert.deepEqual(this.gaps(periodS), []);
    assert.equal(this.number('SELECT COUNT(DISTINCT meter_id) FROM reading'), this.count());
  }

  // The days add up to what the registers climbed, however often something was stored.
  assertDays() {
    assert.deepEqual(this.sql(`SELECT e.meter_id, SUM(e.used_wh) AS used, MAX(e.last_wh) - MIN(e.first_wh) AS climbed,
        SUM(e.readings) AS readings, (SELECT COUNT(*) FROM reading r WHERE r.meter_id = e.meter_id) AS stored
      FROM energy_day e GROUP BY e.meter_id HAVING used <> climbed OR readings <> stored`), []);
    assert.ok(this.number('SELECT SUM(used_wh) FROM energy_day') > 0);
  }

  // One command at a time: the simulator's door is narrow.
  control(command) {
    this.queue = (this.queue ?? Promise.resolve()).catch(() => {}).then(() => this.sim.control(command));
    return this.queue;
  }

  // The middle of a half hour of two seconds: every meter of it is read and stored by then.
  midSlot() { return sleep(2000 - ((Date.now() + 900) % 2000)); }

  async requests(bus) {
    const text = await this.control(`stats ${bus.name}`);
    return Number(/requests=(\d+)/.exec(text)[1]);
  }

  setConf(name, overrides) {
    const file = path.join(this.conf.dir, name);
    let text = fs.readFileSync(this.conf.path, 'utf8');
    for (const [key, value] of Object.entries(overrides)) {
      const [section, word] = key.split('.');
      const line = new RegExp(`^${word} = .*$`, 'm');
      const at = text.indexOf(`[${section}]`);
      const end = text.indexOf('\n[', at + 1) < 0 ? text.length : text.indexOf('\n[', at + 1);
      let part = text.slice(at, end);
      part = line.test(part) ? part.replace(line, `${word} = ${value}`) : `${part.trimEnd()}\n${word} = ${value}\n`;
      text = text.slice(0, at) + part + text.slice(end);
    }
    fs.writeFileSync(file, text);
    return { ...this.conf, path: file };
  }
}

export { assert, sleep, until };
