// Raw bytes to the simulator and back: no Modbus library, so that nothing is hidden.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, openSync, constants } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tty from 'node:tty';

const BUILD = process.env.VOLTILL_BUILD ?? 'build';
export const METERSIM = path.resolve(BUILD, 'bin/metersim');

export const hex = (text) => Buffer.from(text.replace(/\s/g, ''), 'hex');
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export function crc(bytes) {
  let value = 0xffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >> 1) ^ 0xa001 : value >> 1;
  }
  return Buffer.from([value & 0xff, value >> 8]);
}

export const seal = (bytes) => Buffer.concat([bytes, crc(bytes)]);

// The meters' own commands, as unit, function, data.
export const read = (unit, address, count, fc = 3) =>
  Buffer.from([unit, fc, address >> 8, address & 255, count >> 8, count & 255]);

export function write(unit, address, values) {
  const body = Buffer.alloc(7 + values.length * 2);
  body.set([unit, 0x10]);
  body.writeUInt16BE(address, 2);
  body.writeUInt16BE(values.length, 4);
  body[6] = values.length * 2;
  values.forEach((value, i) => body.writeUInt16BE(value, 7 + i * 2));
  return body;
}

export function command(unit, address, data) {
  const body = Buffer.alloc(7 + data.length);
  body.set([unit, 0x20]);
  body.writeUInt16BE(address, 2);
  body.writeUInt16BE(data.length / 2, 4);
  body[6] = data.length;
  Buffer.from(data).copy(body, 7);
  return body;
}

export function recharge(unit, fen, count) {
  const data = Buffer.alloc(8);
  data.writeUInt32BE(fen, 0);
  data.writeUInt16BE(count, 4);
  return command(unit, 0x0100, data);
}

// The poll block by name.
export function block(answer) {
  const b = answer.subarray(3);
  return {
    type: b.readUInt16BE(0), volts: b.readUInt16BE(2) / 10, power: b.readInt16BE(20),
    pt: b.readUInt16BE(38), ct: b.readUInt16BE(40),
    energy: b.readUInt32BE(42), rates: [46, 50, 54, 58].map((at) => b.readUInt32BE(at)),
    credit: b.readInt32BE(62), creditRaw: b.readUInt32BE(62), count: b.readUInt16BE(66),
    trips: b.readUInt16BE(68), allowed: b.readUInt16BE(70),
    relay: b[72] >> 5, fee: b[73] & 15, flags: b[73] & 0xf0, load: b[74] & 15, force: b[75] & 15,
    time: b[75] >> 4, clock: [...b.subarray(80, 87)], box: b[94], single: b[95],
  };
}

// Collects what arrives; next() waits for the next quiet moment, or for `length` bytes.
class Pipe {
  constructor(input, output, framing) {
    Object.assign(this, { input, output, framing, buffer: Buffer.alloc(0), closed: false, error: null, tid: 0 });
    input.on('data', (bytes) => { this.buffer = Buffer.concat([this.buffer, bytes]); this.at = performance.now(); });
    input.on('close', () => { this.closed = true; });
    input.on('error', (error) => { this.error = error.code; this.closed = true; });
  }

  send(body, tid = ++this.tid & 0xffff) {
    const head = Buffer.alloc(6);
    head.writeUInt16BE(tid, 0);
    head.writeUInt16BE(body.length, 4);
    this.output.write(this.framing === 'tcp' ? Buffer.concat([head, body]) : seal(body));
  }

  raw(bytes) { this.output.write(bytes); }

  take() {
    const bytes = this.buffer;
    this.buffer = Buffer.alloc(0);
    return bytes;
  }

  async bytes(length, ms = 3000) {
    const until = performance.now() + ms;
    while (this.buffer.length < length && performance.now() < until && !this.closed) await sleep(1);
    return this.take();
  }

  // The answer without its frame; null when nothing (right) came in time.
  async ask(body, ms = 3000) {
    this.take();
    this.send(body);
    const until = performance.now() + ms;
    while (performance.now() < until && !this.closed) {
      const answer = this.unframe();
      if (answer) { this.take(); return answer; }
      await sleep(1);
    }
    return null;
  }

  unframe() {
    const b = this.buffer;
    if (this.framing === 'tcp') {
      if (b.length < 8 || b.length < 6 + b.readUInt16BE(4)) return null;
      return b.readUInt16BE(0) === (this.tid & 0xffff) ? b.subarray(6, 6 + b.readUInt16BE(4)) : null;
    }
    if (b.length < 5 || !crc(b.subarray(0, -2)).equals(b.subarray(-2))) return null;
    return b.subarray(0, -2);
  }

  close() { this.input.destroy(); this.output.destroy(); }
}

export class Sim {
  static async start(t, config, { args = [], dir = null } = {}) {
    const sim = new Sim();
    sim.dir = dir ?? mkdtempSync(path.join(os.tmpdir(), 'metersim-'));
    sim.socket = path.join(sim.dir, 'control');
    const file = path.join(sim.dir, 'meters.conf');
    writeFileSync(file, config.replaceAll('@DIR@', sim.dir));
    sim.process = spawn(METERSIM, ['--config', file, '--control', sim.socket, ...args.map((a) => a.replace('@DIR@', sim.dir))],
      { stdio: ['ignore', 'pipe', 'pipe'] });
    sim.output = '';
    sim.errors = '';
    sim.pipes = [];
    sim.process.stderr.on('data', (text) => { sim.errors += text; });
    sim.ended = new Promise((done) => sim.process.on('exit', (code, signal) => done(code ?? signal)));
    t.after(async () => {
      assert.equal(await sim.stop(), 0);
      if (!dir) rmSync(sim.dir, { recursive: true, force: true });
      assert.equal(sim.errors, '');
    });
    await new Promise((done, fail) => {
      sim.process.stdout.on('data', (text) => { sim.output += text; if (sim.output.includes('ready\n')) done(); });
      sim.process.on('exit', () => fail(new Error(`metersim: ${sim.errors}`)));
    });
    sim.lines = {};
    for (const [, name, kind, where] of sim.output.matchAll(/^line (\S+) (\S+) (\S+)$/gm))
      sim.lines[name] = kind === 'pty' ? { kind, path: where } : { kind, port: Number(where.split(':')[1]) };
    return sim;
  }

  async open(name) {
    const line = this.lines[name];
    let pipe;
    if (line.kind === 'pty') {
      const flags = constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK;
      const input = new tty.ReadStream(openSync(line.path, flags));
      input.setRawMode(true);
      pipe = new Pipe(input, new tty.WriteStream(openSync(line.path, flags)), 'rtu');
    } else {
      const socket = net.connect(line.port, '127.0.0.1');
      socket.setNoDelay(true);
      pipe = new Pipe(socket, socket, line.kind === 'tcp' ? 'tcp' : 'rtu');
      await new Promise((done, fail) => { socket.once('connect', done); socket.once('error', fail); });
    }
    this.pipes.push(pipe);
    return pipe;
  }

  // One command; the text before "ok". An "error" is thrown.
  control(text) {
    return new Promise((done, fail) => {
      const socket = net.connect(this.socket);
      let answer = '';
      socket.on('error', fail);
      socket.on('data', (bytes) => {
        answer += bytes;
        const end = answer.match(/(?:^|\n)(ok|error[^\n]*)\n$/);
        if (!end) return;
        socket.destroy();
        if (end[1] === 'ok') done(answer.slice(0, -3).trim());
        else fail(new Error(end[1]));
      });
      socket.write(`${text}\n`);
    });
  }

  async get(line, unit, ...keys) {
    const text = await this.control(`get ${line} ${unit} ${keys.join(' ')}`);
    const values = Object.fromEntries(text.split('\n').map((row) => row.split('=')));
    for (const key in values) if (/^-?\d+(\.\d+)?$/.test(values[key])) values[key] = Number(values[key]);
    return keys.length === 1 ? values[keys[0]] : values;
  }

  async stop(signal = 'SIGTERM') {
    for (const pipe of this.pipes.splice(0)) pipe.close();
    if (this.process.exitCode === null) this.process.kill(signal);
    return this.ended;
  }
}
