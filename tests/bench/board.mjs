// The board of 252 tiles: our program with session and database, against nginx serving the same
// bytes as a file, and against a bare FastCGI program that renders the same template from memory.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { BUILD, ROOT, bin, ctl, startMaria, startWeb, tempDir, until, writeConf } from '../harness/harness.mjs';
import { median } from './poll.mjs';

const objects = (folder) => fs.readdirSync(path.join(BUILD, folder)).filter((name) => name.endsWith('.o')).map((name) => path.join(BUILD, folder, name));
const LIBS = () => ['-lfcgi', '-lneo_cs', '-lneo_utl', '-lxlsxwriter', '-lzip',
  ...execFileSync('mariadb_config', ['--libs']).toString().trim().split(/\s+/), '-linih', '-lsodium', '-lunistring', '-licui18n', '-licuuc', '-lpthread'];
const INCLUDE = ['-Ilib', '-Icgi-bin/web', '-I/usr/include/ClearSilver'].map((flag) => flag.replace(/^-I(?=[lc])/, `-I${ROOT}/`));

function compile(out, source, files, extra = []) {
  fs.mkdirSync(path.dirname(out), { recursive: true });
  execFileSync('gcc', ['-std=gnu2x', '-O2', ...INCLUDE, '-o', out, path.join(ROOT, 'tests/bench', source), ...files, path.join(BUILD, 'libvoltill.a'), ...LIBS(), ...extra],
    { stdio: 'inherit' });
  return out;
}

async function wrk(url, { clients = 16, seconds = 4, cookie } = {}) {
  const { stdout: text } = await promisify(execFile)('wrk', ['-t1', `-c${clients}`, `-d${seconds}s`, '--latency', ...(cookie ? ['-H', `Cookie: ${cookie}`] : []), url]);
  const unit = { us: 0.001, ms: 1, s: 1000 };
  const p99 = /99%\s+([0-9.]+)(us|ms|s)/.exec(text);
  if (/Non-2xx/.test(text)) throw new Error(text);
  return { rate: Number(/Requests\/sec:\s+([0-9.]+)/.exec(text)[1]), p99: Number(p99[1]) * unit[p99[2]] };
}

// The demonstration building with a week of history, as it is at this moment.
async function demoData(conf) {
  const dir = tempDir();
  ctl(conf, ['demo', 'load', dir, '40000']);
  const history = execFileSync(bin('metersim'), ['--config', path.join(dir, 'sim.conf'), '--state', path.join(dir, 'state'), '--history', '7'], { maxBuffer: 1 << 28 });
  ctl(conf, ['demo', 'history'], history);
}

export async function benchBoard(report) {
  const maria = await startMaria();
  const conf = await writeConf(maria);
  await demoData(conf);
  const shared = path.join(conf.dir, 'bench');
  fs.mkdirSync(shared);
  const nginx = `location = /bench/ref { fastcgi_pass unix:${shared}/ref.sock; }\nlocation = /bench/dump { fastcgi_param DOCUMENT_URI /accounts/board; include @NGINX@/fastcgi.conf; fastcgi_pass unix:@RUN@/sock/dump.sock; }\n`
    + `location = /bench/file { default_type text/html; alias ${shared}/board.html; }\n`;
  const web = await startWeb(maria, conf, { nginx });
  const admin = await web.signedIn('admin');
  const cookie = [...admin.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const page = await admin.get('/accounts/board');
  fs.writeFileSync(path.join(shared, 'board.html'), page.bytes);
  const tiles = (page.text.match(/name="meter"/g) ?? []).length;

  // The same data for the reference: a copy of the program that writes down what it renders.
  const dumper = compile(path.join(BUILD, 'bench/accounts.fcgi'), 'ref_dump.c',
    [...objects('cgi-bin/accounts'), ...objects('cgi-bin/web')], ['-Wl,--wrap=template_render']);
  const dumping = spawn(dumper, ['--socket', path.join(conf.dir, 'sock/dump.sock'), '--config', conf.path],
    { env: { ...process.env, DUMP: path.join(shared, 'board.hdf') }, stdio: 'ignore' });
  await until('the dump', async () => (await admin.get('/accounts/board').then(() => fetch(new URL('/bench/dump', web.url), { headers: { cookie } }))).status === 200
    && fs.existsSync(path.join(shared, 'board.hdf')));
  dumping.kill();
  const bare = compile(path.join(BUILD, 'bench/ref_board'), 'ref_board.c',
    ['template', 'lang'].map((name) => path.join(BUILD, `cgi-bin/web/${name}.o`)));
  const reference = spawn(bare, [path.join(shared, 'ref.sock'), path.join(ROOT, 'templates'), path.join(shared, 'board.hdf'), '2'], { stdio: 'inherit', detached: true });
  await until('the reference', async () => (await fetch(new URL('/bench/ref', web.url))).status === 200);

  const runs = { ours: [], bare: [], file: [] };
  for (let round = 0; round < 3; round++) {
    runs.ours.push(await wrk(new URL('/accounts/board', web.url).href, { cookie }));
    runs.bare.push(await wrk(new URL('/bench/ref', web.url).href));
    runs.file.push(await wrk(new URL('/bench/file', web.url).href));
  }
  const rate = (name) => median(runs[name].map((run) => run.rate));
  process.kill(-reference.pid);
  report(`board of ${tiles} tiles: requests/s against the bare program`, rate('ours') / rate('bare'), '',
    `${rate('ours').toFixed(0)}/s, bare ${rate('bare').toFixed(0)}/s`);
  report('board: requests/s against nginx serving the same bytes', rate('ours') / rate('file'), '', `file ${rate('file').toFixed(0)}/s`);
  report('board: p99 at 16 clients, ms', median(runs.ours.map((run) => run.p99)), '', `bare ${median(runs.bare.map((run) => run.p99)).toFixed(1)} ms`);

  let weight = gzipSync(page.bytes).length;
  for (const match of new Set([...page.text.matchAll(/(?:src|href)="(\/static\/[^"#]+)/g)].map((found) => found[1]))) {
    const answer = await fetch(new URL(match.replace(/&amp;/g, '&'), web.url));
    weight += gzipSync(Buffer.from(await answer.arrayBuffer()), { level: 9 }).length;
  }
  report('board: first view, KB gzipped', weight / 1024, '≤ 130', `page itself ${(gzipSync(page.bytes).length / 1024).toFixed(1)} KB of ${(page.bytes.length / 1024).toFixed(0)} KB`);
  for (const child of [web.nginx, ...Object.values(web.programs)]) await child.stop();
  await maria.stop();
}
