// Private instances of the real servers for one test file: MariaDB, nginx, the programs, the
// collector, the meter simulator. Everything listens on loopback or a unix socket in a folder of its
// own and is stopped by its process id when the test (or file) that started it is over.
import { spawn, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const BUILD = path.resolve(ROOT, process.env.VOLTILL_BUILD ?? 'build');
export const bin = (name) => path.join(BUILD, 'bin', name);
export { sleep };

// Slow builds (sanitizers) need more patience; the tests' own limits are scaled with it.
export const PATIENCE = Number(process.env.VOLTILL_PATIENCE ?? 1);

// What was begun last ends first: a server before the folder it lives in. One that fails to end does
// not keep the others alive.
const endings = new Map();
async function endAll(scope) {
  let failure;
  const stops = endings.get(scope);
  endings.delete(scope);
  for (const stop of stops.reverse()) {
    try {
      await stop();
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure) throw failure;
}

function onEnd(options, stop) {
  const scope = options?.t ?? 'file';
  if (!endings.has(scope)) {
    endings.set(scope, []);
    if (options?.t) options.t.after(() => endAll(scope));
    else after(() => endAll(scope));
  }
  endings.get(scope).push(stop);
}

// The name says whose it is, and is short: a unix socket path has at most 107 characters.
export const makeDir = () => fs.mkdtempSync(path.join(os.tmpdir(), `vt-${process.pid}-`));

export function tempDir(options) {
  const dir = makeDir();
  onEnd(options, () => fs.rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function processesOf(dir) {
  return fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((pid) => {
    try {
      return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dir);
    } catch {
      return false; // it has ended meanwhile
    }
  });
}

// A run that was killed leaves its folders, and servers that live in them. The servers are told to end; what
// nobody uses any more is removed.
for (const name of fs.readdirSync(os.tmpdir())) {
  const owner = /^vt-(\d+)-\w{6}$/.exec(name)?.[1];
  if (!owner || fs.existsSync(`/proc/${owner}`)) continue;
  const dir = path.join(os.tmpdir(), name), left = processesOf(dir);
  try {
    for (const pid of left) process.kill(Number(pid), 'SIGTERM');
    if (left.length === 0) fs.rmSync(dir, { recursive: true, force: true });
  } catch { // another test file does the same just now
  }
}

// For tests whose today must still be today when they end: waits out the last minutes of a day of the site.
export function waitOutMidnight(minutes = 4) {
  const left_ms = 86400_000 - (Date.now() + 8 * 3600_000) % 86400_000;
  if (left_ms < minutes * 60_000) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, left_ms + 1000);
}

export async function until(what, probe, seconds = 10) {
  const end = Date.now() + seconds * 1000 * PATIENCE;
  let last;
  for (;;) {
    try {
      const value = await probe();
      if (value) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s${last ? `: ${last.message}` : ''}`);
    await sleep(25);
  }
}

export async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

// A child whose output goes to a file; ends with the test whatever happens.
class Child {
  constructor(name, file, args, dir, options = {}) {
    this.name = name;
    this.logFile = path.join(dir, `${name}.log`);
    const out = fs.openSync(this.logFile, 'a');
    this.process = spawn(file, args, {
      stdio: ['ignore', options.pipe ? 'pipe' : out, out],
      env: { ...process.env, ASAN_OPTIONS: 'abort_on_error=0:exitcode=99', LSAN_OPTIONS: `suppressions=${ROOT}/tests/harness/lsan.supp:print_suppressions=0`, UBSAN_OPTIONS: 'print_stacktrace=1',
        TSAN_OPTIONS: 'exitcode=98', ...options.env },
      cwd: options.cwd,
    });
    fs.closeSync(out);
    this.exited = new Promise((resolve) => {
      this.process.once('exit', (code, signal) => {
        this.code = code;
        this.signal = signal;
        this.gone = true;
        resolve({ code, signal });
      });
      this.process.once('error', (error) => {
        this.gone = true;
        resolve({ error });
      });
    });
    onEnd(options, () => this.stop());
  }

  get pid() { return this.process.pid; }
  log() { return fs.readFileSync(this.logFile, 'utf8'); }
  signal_(signal) { if (!this.gone) process.kill(this.pid, signal); }

  async stop(signal = 'SIGTERM', seconds = 15) {
    if (this.gone) {
      this.assertClean();
      return this.exited;
    }
    this.signal_(signal);
    const timer = sleep(seconds * 1000 * PATIENCE, 'late', { ref: false });
    if (await Promise.race([this.exited, timer]) === 'late') {
      this.signal_('SIGKILL');
      await this.exited;
      throw new Error(`${this.name} did not stop within ${seconds} s`);
    }
    this.assertClean();
    return this.exited;
  }

  // What a sanitizer had to say is a failure of whichever test stops the program.
  assertClean() {
    if (this.isChecked) return;
    this.isChecked = true;
    const word = /.*(Sanitizer|runtime error:).*/.exec(this.log());
    if (word) throw new Error(`${this.name}: ${this.log().slice(word.index, word.index + 4000)}`);
  }

  async kill9() {
    this.signal_('SIGKILL');
    return this.exited;
  }
}

/* ---- MariaDB ---- */

const MARIADBD = ['/usr/sbin/mariadbd', '/usr/bin/mariadbd'].find((file) => fs.existsSync(file));
const asRoot = process.getuid() === 0 ? ['--user=root'] : [];

function mariadbArguments(dir) {
  return ['--no-defaults', ...asRoot, `--datadir=${dir}/data`, `--socket=${dir}/mariadb.sock`, `--pid-file=${dir}/mariadb.pid`,
    `--log-error=${dir}/mariadb.err`, '--skip-networking', '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_unicode_ci', '--transaction-isolation=READ-COMMITTED',
    '--sql-mode=STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
    '--innodb-rollback-on-timeout=1', '--innodb-snapshot-isolation=1', '--innodb-flush-log-at-trx-commit=1',
    '--local-infile=0', '--innodb-log-file-size=16M', '--innodb-buffer-pool-size=128M', '--max-connections=200'];
}

// A data folder with the migrated schema, made once per build and copied for each server.
async function seed() {
  const inputs = fs.readdirSync(path.join(ROOT, 'sql')).filter((name) => name.endsWith('.sql')).sort();
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256');
  for (const name of inputs) hash.update(name).update(fs.readFileSync(path.join(ROOT, 'sql', name)));
  const dir = path.join(BUILD, 'test', `seed-${hash.digest('hex').slice(0, 12)}`);
  if (fs.existsSync(path.join(dir, 'done'))) return dir;
  const work = makeDir();
  execFileSync('mariadb-install-db', ['--no-defaults', ...asRoot, `--datadir=${work}/data`, '--innodb-log-file-size=16M',
    '--auth-root-authentication-method=normal', '--skip-test-db'], { stdio: 'ignore' });
  const server = spawn(MARIADBD, mariadbArguments(work), { stdio: 'ignore' });
  const gone = new Promise((resolve) => server.once('exit', resolve));
  await until('MariaDB for the seed', () => query(`${work}/mariadb.sock`, 'SELECT 1', 'mysql').length === 1, 30);
  execFileSync('mariadb', ['--no-defaults', '-uroot', '-S', `${work}/mariadb.sock`],
    { input: fs.readFileSync(path.join(ROOT, 'sql/bootstrap.sql')) });
  writeConfFile(work, { socket: `${work}/mariadb.sock` }, {});
  try {
    execFileSync(bin('voltillctl'), ['--config', `${work}/voltill.conf`, 'migrate'], { stdio: 'pipe' });
  } finally {
    server.kill('SIGTERM');
    await gone;
  }
  fs.mkdirSync(path.dirname(dir), { recursive: true });
  const staged = `${dir}.${process.pid}`;
  fs.cpSync(`${work}/data`, `${staged}/data`, { recursive: true });
  fs.writeFileSync(`${staged}/done`, '');
  try {
    fs.renameSync(staged, dir);
  } catch { // another test file was first; its seed is as good
    fs.rmSync(staged, { recursive: true, force: true });
  }
  fs.rmSync(work, { recursive: true, force: true });
  return dir;
}

// Rows as objects; NULL is null. The mariadb client does the talking, so the tests need no driver.
function query(socket, sql, database = 'voltill') {
  const text = execFileSync('mariadb', ['--no-defaults', '-uroot', '-S', socket, '--batch', '--default-character-set=utf8mb4', '-X', database],
    { input: sql, maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'pipe'] }).toString();
  const decode = (value) => value.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&amp;/g, '&');
  const rows = [];
  for (const row of text.matchAll(/<row>([\s\S]*?)<\/row>/g)) {
    const values = {};
    for (const field of row[1].matchAll(/<field name="([^"]*)"(?: xsi:nil="true" \/>|>([\s\S]*?)<\/field>)/g)) {
      values[decode(field[1])] = field[2] === undefined ? null : decode(field[2]);
    }
    rows.push(values);
  }
  return rows;
}

class Maria {
  constructor(dir, options) {
    this.dir = dir;
    this.options = options;
    this.socket = `${dir}/mariadb.sock`;
  }

  async start() {
    this.child = new Child('mariadb', MARIADBD, [...mariadbArguments(this.dir), ...(this.options.args ?? [])], this.dir, this.options);
    await until('MariaDB', () => {
      if (this.child.gone) throw new Error(fs.readFileSync(`${this.dir}/mariadb.err`, 'utf8').slice(-2000));
      return query(this.socket, 'SELECT 1', 'mysql').length === 1;
    }, 60);
  }

  sql(text) { return query(this.socket, text); }
  one(text) { return Object.values(this.sql(text)[0])[0]; }
  async kill9() { return this.child.kill9(); }
  async stop() { return this.child.stop('SIGTERM', 60); }
  async restart() {
    await this.stop();
    await this.start();
  }
}

export async function startMaria(options = {}) {
  const from = await seed();
  const dir = tempDir(options);
  fs.cpSync(`${from}/data`, `${dir}/data`, { recursive: true });
  const maria = new Maria(dir, options);
  await maria.start();
  return maria;
}

/* ---- configuration ---- */

function writeConfFile(dir, database, overrides) {
  const conf = {
    'database.socket': database.socket,
    'database.name': 'voltill',
    'database.credentials': path.join(dir, 'credentials'),
    'log.level': 'info',
    'web.workers': '2',
    'web.templates': path.join(ROOT, 'templates'),
    'web.static': path.join(ROOT, 'static'),
    'web.spool': path.join(dir, 'exports'),
    'collector.name': 'test',
    'collector.spool': path.join(dir, 'spool'),
    'collector.doorbell': path.join(dir, 'doorbell.sock'),
    'ctl.sql': path.join(ROOT, 'sql'),
    ...overrides,
  };
  for (const folder of ['credentials', 'exports', 'spool']) fs.mkdirSync(path.join(dir, folder), { recursive: true });
  const sections = new Map();
  for (const [name, value] of Object.entries(conf)) {
    const [section, key] = name.split('.');
    if (!sections.has(section)) sections.set(section, []);
    sections.get(section).push(`${key} = ${value}`);
  }
  const text = [...sections].map(([section, lines]) => `[${section}]\n${lines.join('\n')}\n`).join('\n');
  fs.writeFileSync(path.join(dir, 'voltill.conf'), text);
  return path.join(dir, 'voltill.conf');
}

export const ACCOUNTS = ['voltill_login', 'voltill_accounts', 'voltill_sales', 'voltill_settings', 'voltill_collector', 'voltill_sealer', 'voltill_nightly'];

// Writes voltill.conf and gives every database account a password of its own.
export async function writeConf(maria, overrides = {}, options = {}) {
  const dir = tempDir(options);
  const file = writeConfFile(dir, maria, overrides);
  const conf = { dir, path: file };
  for (const account of ACCOUNTS) {
    const password = randomBytes(12).toString('hex');
    fs.writeFileSync(path.join(dir, 'credentials', account), `${password}\n`, { mode: 0o600 });
    ctl(conf, ['db-password', account], `${password}\n`);
  }
  fs.writeFileSync(path.join(dir, 'credentials', 'totp_key'), `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  return conf;
}

export function ctl(conf, args, input = '') {
  return execFileSync(bin('voltillctl'), ['--config', conf.path, ...args], { input, stdio: ['pipe', 'pipe', 'pipe'] }).toString();
}

/* ---- simulator and collector ---- */

class Sim {
  constructor(dir, child, lines) {
    Object.assign(this, { dir, child, lines, socket: path.join(dir, 'sim.sock') });
  }

  // One command, its whole answer. Throws on "error …".
  async control(command) {
    const socket = net.connect(this.socket);
    let text = '';
    await new Promise((resolve, reject) => {
      socket.setEncoding('utf8');
      socket.on('connect', () => socket.write(`${command}\n`));
      socket.on('data', (chunk) => {
        text += chunk;
        if (/(^|\n)(ok|error)\b[^\n]*\n$/.test(text)) socket.end();
      });
      socket.on('error', reject);
      socket.on('close', resolve);
    });
    if (/(^|\n)error\b/.test(text)) throw new Error(`metersim: ${command}: ${text.trim()}`);
    return text;
  }

  // `get LINE UNIT` as an object.
  async get(line, unit) {
    const text = await this.control(`get ${line} ${unit}`);
    return Object.fromEntries([...text.matchAll(/(\w+)=(\S*)/g)].map((match) => [match[1], match[2]]));
  }

  async stop() { return this.child.stop(); }
}

export async function startSim(config, options = {}) {
  const dir = tempDir(options);
  fs.writeFileSync(path.join(dir, 'sim.conf'), config.replaceAll('@DIR@', dir));
  // prefix: a command that runs it elsewhere, in a network of its own.
  const [file, ...args] = [...(options.prefix ?? []), bin('metersim'), '--config', path.join(dir, 'sim.conf'), '--control', path.join(dir, 'sim.sock'),
    ...(options.args ?? [])];
  const child = new Child('metersim', file, args, dir, { ...options, pipe: true });
  let text = '';
  child.process.stdout.setEncoding('utf8');
  child.process.stdout.on('data', (chunk) => { text += chunk; });
  await until('metersim', () => {
    if (child.gone) throw new Error(child.log());
    return /^ready$/m.test(text);
  });
  const lines = {};
  for (const match of text.matchAll(/^line (\S+) (\S+) (\S+)$/gm)) {
    const [host, port] = match[3].split(':');
    lines[match[1]] = match[2] === 'pty' ? { kind: 'pty', path: match[3] } : { kind: match[2], host, port: Number(port) };
  }
  return new Sim(dir, child, lines);
}

export async function startCollector(conf, options = {}) {
  const child = new Child(options.name ?? 'collector', bin('collector'), ['--config', conf.path, ...(options.args ?? [])], conf.dir, options);
  if (options.wait !== false) {
    await until('collector', () => {
      if (child.gone) throw new Error(child.log());
      return /collector/.test(child.log());
    });
  }
  return child;
}

// The background sealer of the audit.
export function startSealer(conf, options = {}) {
  return new Child('sealer', bin('voltillctl'), ['--config', conf.path, 'audit', 'seal', '--follow'], conf.dir, options);
}

// Prices days, and does the runs of the check that pages ask for.
export function startNightly(conf, options = {}) {
  return new Child('nightly', bin('voltillctl'), ['--config', conf.path, 'nightly', '--follow'], conf.dir, options);
}

/* ---- web ---- */

// Headers.getSetCookie is not in the fetch of Debian's node 18. No cookie here holds a comma (ends are Max-Age).
const setCookies = (headers) => (headers.get('set-cookie') ?? '').split(/,\s*(?=[^;,=\s]+=)/).filter(Boolean);

export class Client {
  constructor(url) {
    this.url = url;
    this.cookies = new Map();
  }

  async request(method, target, { fields, headers = {}, body } = {}) {
    // A connection for each request: a kept one may be closed by a reload of nginx just as it is used again.
    const init = { method, redirect: 'manual', headers: { connection: 'close', ...headers } };
    if (this.cookies.size && !init.headers.cookie) {
      init.headers.cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    }
    if (fields) {
      init.body = new URLSearchParams(fields).toString();
      init.headers['content-type'] ??= 'application/x-www-form-urlencoded';
    } else if (body !== undefined) {
      init.body = body;
    }
    const response = await fetch(new URL(target, this.url), init).catch((error) => {
      throw new Error(`${method} ${target}: ${error.cause?.message ?? error.message}`);
    });
    const set = setCookies(response.headers);
    for (const line of set) {
      const [pair] = line.split(';');
      const at = pair.indexOf('=');
      const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1)];
      if (/max-age=0/i.test(line) || value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, setCookies: set, bytes, text: bytes.toString('utf8'),
      location: response.headers.get('location') };
  }

  get(target, headers) { return this.request('GET', target, { headers }); }
  post(target, options) { return this.request('POST', target, options); }

  // Loads a page, takes the hidden fields of the form that posts to `action`, and submits it.
  async submit(target, fields, { action = target.split('?')[0], headers } = {}) {
    const shown = await this.get(target);
    const form = [...shown.text.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/g)].map((match) => match[0])
      .find((text) => new RegExp(`action="${action}"`).test(text) && /method="post"/i.test(text));
    if (!form) throw new Error(`no form posts to ${action} on ${target} (status ${shown.status})`);
    const hidden = {};
    for (const input of form.matchAll(/<input\b[^>]*type="hidden"[^>]*>/g)) {
      const name = /name="([^"]*)"/.exec(input[0])?.[1];
      if (name) hidden[name] = (/value="([^"]*)"/.exec(input[0])?.[1] ?? '').replace(/&amp;/g, '&');
    }
    return this.post(action, { fields: { ...hidden, ...fields }, headers });
  }

  async signIn(username, password) {
    const answer = await this.submit('/login', { username, password });
    if (answer.status !== 303) throw new Error(`sign-in as ${username}: status ${answer.status}`);
    return answer;
  }
}

class Web {
  constructor(conf, port) {
    Object.assign(this, { conf, port, url: `http://127.0.0.1:${port}/`, programs: {} });
  }

  client() { return new Client(this.url); }

  async operator({ username, password, role = 'admin', name = username }) {
    ctl(this.conf, ['operator', 'add', username, '--role', role, '--name', name, '--password-stdin', '--weak'], `${password}\n`);
    return { username, password, role };
  }

  async signedIn(role = 'admin') {
    const username = `${role}-${randomBytes(3).toString('hex')}`;
    const password = `pw-${randomBytes(8).toString('hex')}`;
    await this.operator({ username, password, role });
    const client = this.client();
    await client.signIn(username, password);
    return Object.assign(client, { username, password });
  }
}

export function writeNginx(dir, port, spool, extra = '') {
  const fill = (text) => text.replaceAll('@RUN@', dir).replaceAll('@LOG@', dir).replaceAll('@PORT@', port)
    .replaceAll('@STATIC@', ROOT).replaceAll('@NGINX@', path.join(ROOT, 'nginx')).replaceAll('@SPOOL@', spool);
  for (const folder of ['nginx', 'etc', 'sock']) fs.mkdirSync(path.join(dir, folder), { recursive: true });
  // Workers of an nginx that root started run as another user and must reach the sockets.
  const user = process.getuid() === 0 ? 'user root;\n' : '';
  fs.writeFileSync(path.join(dir, 'etc/nginx.conf'), user + fill(fs.readFileSync(path.join(ROOT, 'nginx/nginx.conf.in'), 'utf8')));
  fs.writeFileSync(path.join(dir, 'etc/voltill.nginx.conf'), fill(fs.readFileSync(path.join(ROOT, 'nginx/voltill.conf'), 'utf8') + extra));
  fs.copyFileSync(path.join(ROOT, 'nginx/voltill.http.conf'), path.join(dir, 'etc/voltill.http.conf'));
  return path.join(dir, 'etc/nginx.conf');
}

export function startProgram(web, name, options = {}) {
  const child = new Child(name, bin(`${name}.fcgi`), ['--socket', path.join(web.conf.dir, 'sock', `${name}.sock`), '--config', web.conf.path],
    web.conf.dir, options);
  web.programs[name] = child;
  return child;
}

export async function startWeb(maria, conf, options = {}) {
  const web = new Web(conf, await freePort());
  const file = writeNginx(conf.dir, web.port, path.join(conf.dir, 'exports'), options.nginx);
  for (const name of options.programs ?? ['login', 'accounts', 'sales', 'settings']) startProgram(web, name, options);
  web.nginx = new Child('nginx', '/usr/sbin/nginx', ['-e', path.join(conf.dir, 'nginx.log'), '-c', file], conf.dir, options);
  await until('web', async () => {
    for (const child of [web.nginx, ...Object.values(web.programs)]) {
      if (child.gone) throw new Error(`${child.name}: ${child.log()}`);
    }
    for (const name of Object.keys(web.programs)) {
      const answer = await fetch(new URL(`/${name}${name === 'login' ? '' : '/'}`, web.url), { redirect: 'manual' });
      if (answer.status >= 500) return false;
    }
    return true;
  }, 20);
  return web;
}

export async function startBrowser(options = {}) {
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
  onEnd(options, () => browser.close());
  return browser;
}
