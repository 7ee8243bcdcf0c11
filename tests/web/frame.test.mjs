// What every program does before a handler runs: methods, limits, paths, languages, headers, status
// pages. Tried through nginx as a browser would, and straight to the socket where nginx decides first.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import { ROOT, startMaria, startWeb, until, writeConf } from '../harness/harness.mjs';
import { fastcgi, unlimit } from './fastcgi.mjs';

const maria = await startMaria();
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
const socket = path.join(conf.dir, 'sock', 'login.sock');

// Values of one branch of a dictionary, read without the product's reader.
function words(language, ...branch) {
  const stack = [], found = {};
  for (const line of fs.readFileSync(path.join(ROOT, `templates/lang/${language}.hdf`), 'utf8').split('\n')) {
    const open = /^\s*(\w+)\s*\{/.exec(line), value = /^\s*([\w.]+)\s*=\s*(.*)$/.exec(line);
    if (open) stack.push(open[1]);
    else if (/^\s*\}/.test(line)) stack.pop();
    else if (value && stack.join('.') === ['T', ...branch].join('.')) found[value[1]] = value[2].trim();
  }
  return found;
}

const HEADERS = {
  'content-security-policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    + "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(self)',
};

function assertHeaders(answer, what) {
  for (const [name, value] of Object.entries(HEADERS)) assert.equal(answer.headers.get(name), value, `${what}: ${name}`);
  assert.match(answer.headers.get('cache-control'), /no-store/, what);
}

// One request as raw bytes, for what fetch would tidy up; the whole answer as text.
async function raw(text, { wait = 8000 } = {}) {
  const connection = net.connect(web.port, '127.0.0.1');
  let answer = '';
  connection.setEncoding('utf8').on('data', (chunk) => { answer += chunk; });
  connection.write(text);
  await new Promise((resolve) => {
    const timer = setTimeout(resolve, wait);
    for (const event of ['end', 'close', 'error']) connection.on(event, () => { clearTimeout(timer); resolve(); });
  });
  connection.destroy();
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0), text: answer };
}
const rawGet = (target) => raw(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);

async function refusal(client, status, headers) {
  switch (status) {
    case 400: return client.get('/login?a=%zz', headers);
    case 403: return client.post('/login', { fields: { username: 'a', password: 'b' }, headers });
    case 404: return client.get('/nothing', headers);
    case 405: return client.request('PUT', '/login', { body: 'x', headers });
    case 413: return client.post('/login', { body: 'a'.repeat(70000), headers });
    case 414: return client.get(`/login/${'x'.repeat(3000)}`, headers);
    case 415: return client.post('/login', { body: '{}', headers: { ...headers, 'content-type': 'application/json' } });
  }
  throw new Error(`no way to get ${status}`);
}

for (const status of [400, 403, 404, 405, 413, 414, 415]) {
  test(`status ${status} is a page in the reader's language with all headers`, async () => {
    for (const language of ['zh-CN', 'en']) {
      const answer = await refusal(web.client(), status, { 'accept-language': language });
      assert.equal(answer.status, status);
      const own = words(language, 'Error', 'Page', status === 403 ? 'Token' : `S${status}`);
      const title = own.Title ?? words(language, 'Error', 'Page', 'S400').Title;
      assert.ok(title && answer.text.includes(title), `${language}: ${title} in ${answer.text.slice(0, 300)}`);
      assert.match(answer.text, new RegExp(`<html lang="${language}"`));
      assert.match(answer.headers.get('content-type'), /^text\/html; charset=utf-8$/);
      assertHeaders(answer, `${status} ${language}`);
      if (status === 405) assert.match(answer.headers.get('allow'), /GET, HEAD/);
    }
  });
}

test('W-62 pages, redirects and files carry the headers', async () => {
  const client = web.client();
  for (const [target, status] of [['/login', 200], ['/', 303], ['/login/sessions', 303]]) {
    const answer = await client.get(target);
    assert.equal(answer.status, status);
    assertHeaders(answer, target);
    assert.match(answer.headers.get('vary'), /HX-Request, Cookie, Accept-Language/);
  }
  for (const target of ['/static/css/app.css', '/static/none.css']) {
    const answer = await client.get(target);
    for (const [name, value] of Object.entries(HEADERS)) assert.equal(answer.headers.get(name), value, `${target}: ${name}`);
  }
});

test('W-05 W-62 under https cookies are bound to the host and HSTS is set', async () => {
  const answer = await fastcgi(socket, { path: '/login', headers: { REQUEST_SCHEME: 'https' } });
  assert.equal(answer.status, 200);
  assert.match(answer.head, /^Set-Cookie: __Host-csrf=[0-9a-f]{64}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure\r?$/m);
  assert.match(answer.head, /^Strict-Transport-Security: max-age=31536000\r?$/m);
  // The name without the prefix, which another host of the domain could have set, counts for nothing.
  const other = await fastcgi(socket, { path: '/login', headers: { REQUEST_SCHEME: 'https' }, cookies: { csrf: 'a'.repeat(64) } });
  assert.match(other.head, /Set-Cookie: __Host-csrf=/);
  assert.ok(!(await fastcgi(socket, { path: '/login' })).head.includes('Strict-Transport'));
});

// Every POST route of every program, from their tables.
function postRoutes() {
  const routes = [];
  for (const program of ['login', 'accounts']) {
    for (const file of fs.readdirSync(path.join(ROOT, 'cgi-bin', program)).filter((name) => name.endsWith('.c'))) {
      const text = fs.readFileSync(path.join(ROOT, 'cgi-bin', program, file), 'utf8');
      for (const match of text.matchAll(/\{ POST, "([^"]+)"/g)) routes.push(match[1].replace('{id}', '1'));
    }
  }
  return routes;
}

test('W-03 what changes something refuses GET and HEAD', async () => {
  const client = await web.signedIn('admin');
  const table = ['login', 'accounts'].map((program) => fs.readFileSync(path.join(ROOT, `cgi-bin/${program}/${program}.c`), 'utf8')).join('').replaceAll('{id}', '1');
  const onlyPost = postRoutes().filter((route) => !table.includes(`{ GET, "${route}"`));
  assert.ok(onlyPost.length >= 4);
  const before = maria.one('SELECT COUNT(*) FROM audit');
  for (const route of onlyPost) {
    for (const method of ['GET', 'HEAD']) {
      const answer = await client.request(method, route);
      assert.equal(answer.status, 405, `${method} ${route}`);
      assert.equal(answer.headers.get('allow'), 'POST');
    }
  }
  assert.equal(maria.one('SELECT COUNT(*) FROM audit'), before);
});

test('W-60 other methods are refused', async () => {
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'get', 'PROPFIND']) {
    const answer = await raw(`${method} /login HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
    assert.ok([400, 405].includes(answer.status), `${method}: ${answer.status}`);
    // And by the program itself, should nginx ever let one through.
    assert.equal((await fastcgi(socket, { method, path: '/login' })).status, 405, method);
  }
});

test('HEAD is GET without the body', async () => {
  const got = await fastcgi(socket, { path: '/login' });
  const head = await fastcgi(socket, { method: 'HEAD', path: '/login' });
  assert.equal(head.status, 200);
  assert.equal(head.text, '');
  assert.equal(/Content-Length: (\d+)/.exec(head.head)[1], /Content-Length: (\d+)/.exec(got.head)[1]);
});

test('W-26 only a plain number names a thing', async () => {
  const client = await web.signedIn('admin');
  const ids = ['0', '-1', '2147483648', '9223372036854775808', '1%20', '01', '1e0', '0x1', '9'.repeat(400), '', '%EF%BC%91', '1;', "1'"];
  for (const id of ids) {
    for (const branch of ['meters', 'gateways']) {
      if (id === '') continue;
      const answer = await client.get(`/accounts/${branch}/${id}`);
      assert.ok([400, 404].includes(answer.status), `${branch}/${id}: ${answer.status}`);
    }
  }
});

test('W-37 W-46 no name of a visitor reaches the page', async () => {
  const plain = (await web.client().get('/login')).text;
  const query = 'Page.Title=HACKED&Config.VarEscapeMode=none&T.Site.Product=HACKED&User.IsSignedIn=1&Form.username.Value=HACKED'
    + '&Csrf=HACKED&Nav.0.Key=HACKED&Error.Title=HACKED&[x%3Dy]=HACKED&a%20%3C%3C%20EOF=HACKED';
  const answer = await web.client().get(`/login?${query}`);
  assert.equal(answer.status, 200);
  assert.ok(!answer.text.replace(/value="[^"]*"/g, '').includes('HACKED'));
  assert.equal(answer.text.length > plain.length / 2, true);
});

const PAYLOADS = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "'-alert(1)-'", '</title><b>', '</textarea><i>',
  'javascript:alert(1)', '&#x6a;avascript:', '{{7*7}}', '<svg/onload=alert(1)>', '\u2028x', '%3Cscript%3E', '<?cs var:Csrf ?>',
  '<?cs include:"/etc/passwd" ?>'];

test('W-40..46 a name from the database is text wherever it is shown', async () => {
  const client = await web.signedIn('admin');
  for (const payload of PAYLOADS) {
    const literal = `0x${Buffer.from(payload).toString('hex')}`;
    maria.sql(`UPDATE operator SET display_name = CONVERT(${literal} USING utf8mb4) WHERE username = '${client.username}'`);
    const answer = await client.get('/login/sessions');
    assert.equal(answer.status, 200);
    if (/[<>"]/.test(payload)) assert.ok(!answer.text.includes(payload), payload);
    const shown = payload.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
    assert.ok(answer.text.includes(shown), `${payload} is shown as ${shown}`);
    assert.ok(!/root:x:0/.test(answer.text));
  }
});

test('W-40..46 what is typed comes back as text', async () => {
  for (const payload of PAYLOADS) {
    const answer = await web.client().submit('/login', { username: payload, password: 'x' });
    assert.ok([422, 401, 403, 200].includes(answer.status), String(answer.status));
    if (/[<>"]/.test(payload)) assert.ok(!answer.text.includes(payload), payload);
    const next = await web.client().get(`/login?next=${encodeURIComponent(payload)}&q=${encodeURIComponent(payload)}`);
    if (/[<>"]/.test(payload)) assert.ok(!next.text.includes(payload), payload);
  }
});

test('W-65 W-66 a redirect leads to a page of ours and holds one line', async () => {
  const bad = ['//evil.example', 'https:evil', '/\\evil', '/%2f%2fevil', '/login?next=//x', 'javascript:alert(1)', '/x\r\nSet-Cookie: a=b',
    '/a b', '/ä', '/a#b'];
  for (const next of bad) {
    const client = web.client();
    const { username, password } = await web.signedIn('admin');
    const answer = await client.submit(`/login?next=${encodeURIComponent(next)}`, { username, password });
    assert.equal(answer.status, 303, next);
    assert.ok(['/', '/accounts', '/accounts/overview'].includes(answer.location), `${next} -> ${answer.location}`);
    assert.ok(!answer.headers.get('a'));
  }
  const door = await web.client().get('/accounts/meters?st=low&p=2');
  assert.equal(door.status, 303);
  assert.equal(door.location, '/login?next=%2Faccounts%2Fmeters%3Fst%3Dlow%26p%3D2');
  assert.equal((await web.client().get('/accounts/meters?q=%0d%0aSet-Cookie:x')).location, '/login?next=%2Faccounts%2Fmeters');
});

test('a fragment is the page without its frame, and a signed-out one is sent to the door', async () => {
  const client = await web.signedIn('admin');
  const whole = await client.get('/login/sessions');
  const part = await client.get('/login/sessions', { 'hx-request': 'true' });
  assert.equal(part.status, 200);
  assert.ok(whole.text.includes('<html') && !part.text.includes('<html') && part.text.includes('<h1>'));
  for (const header of [{ 'hx-boosted': 'true' }, { 'hx-history-restore-request': 'true' }, { 'hx-request-type': 'full' }]) {
    assert.ok((await client.get('/login/sessions', { 'hx-request': 'true', ...header })).text.includes('<html'));
  }
  const door = await web.client().get('/login/sessions', { 'hx-request': 'true' });
  assert.equal(door.status, 401);
  assert.equal(door.headers.get('hx-redirect'), '/login');
});

test('W-63 headers that pretend to come from a proxy are not believed', async () => {
  const { username, password } = await web.signedIn('admin');
  const headers = { 'x-forwarded-for': '203.0.113.9', 'remote-user': 'admin', 'x-real-ip': '203.0.113.9', 'x-real-user': 'admin',
    proxy: 'http://203.0.113.9/', 'x-forwarded-proto': 'https' };
  const client = web.client();
  const answer = await client.submit('/login', { username, password }, { headers });
  assert.equal(answer.status, 303);
  assert.equal(maria.one(`SELECT address FROM session JOIN operator USING (operator_id) WHERE username = '${username}' ORDER BY session.created_at DESC LIMIT 1`),
    '127.0.0.1');
  assert.ok(client.cookies.has('sid'));
  assert.equal((await web.client().get('/login/sessions', headers)).status, 303);
});

test('W-67 strange paths are refused', async () => {
  const table = [['/../etc/passwd', [400]], ['/%2e%2e/%2e%2e/etc/passwd', [400]], ['/login/..%2f..%2fx', [400, 404]], ['/login%00', [400]],
    ['/login/%0aforged', [400, 404]], ['/login/%ff', [400]], ['/login/%zz', [400]], [`/${'x'.repeat(9000)}`, [414]], ['/login//sessions/..//', [200]],
    ['/.git/config', [404]], ['/static/../nginx/voltill.conf', [404, 400]], ['/_spool/x', [404]], ['/_down.html', [404]]];
  for (const [target, statuses] of table) {
    const answer = await rawGet(target);
    assert.ok(statuses.includes(answer.status), `${target.slice(0, 60)}: ${answer.status}`);
    assert.ok(!/root:x:0|fastcgi_pass/.test(answer.text));
  }
});

test('W-15 W-68 bodies beyond every limit are refused at once', async () => {
  const began = performance.now();
  for (const body of ['a&'.repeat(32000), 'a=1&'.repeat(2001), 'a=%', 'a=%ff', 'a=%00']) {
    const answer = await web.client().post('/login', { body, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    assert.equal(answer.status, 400, body.slice(0, 20));
  }
  for (const type of ['multipart/form-data', 'multipart/form-data; boundary=', `multipart/form-data; boundary=${'x'.repeat(200)}`]) {
    assert.equal((await web.client().post('/login', { body: '--x\r\n\r\n', headers: { 'content-type': type } })).status, 400, type);
  }
  assert.ok(performance.now() - began < 1500, `${performance.now() - began} ms`);
});

test('a program looks after its own limits where nginx is not in front', async () => {
  const over = await fastcgi(socket, { method: 'POST', path: '/login', headers: { CONTENT_LENGTH: '70000', CONTENT_TYPE: 'application/x-www-form-urlencoded' } });
  assert.equal(over.status, 413);
  for (const length of ['-1', '0x5', '1e3', '99999999999999999999', '5 ']) {
    const answer = await fastcgi(socket, { method: 'POST', path: '/login', headers: { CONTENT_LENGTH: length } });
    assert.ok([400, 413].includes(answer.status), `${length}: ${answer.status}`);
  }
  const short = await fastcgi(socket, { method: 'POST', path: '/login', fields: { a: '1' }, headers: { CONTENT_LENGTH: '50' } });
  assert.equal(short.status, 400);
  assert.equal((await fastcgi(socket, { path: `/${'x'.repeat(2100)}` })).status, 414);
  assert.equal((await fastcgi(socket, { path: '/login', headers: { QUERY_STRING: `q=${'x'.repeat(9000)}` } })).status, 414);
  assert.equal((await fastcgi(socket, { path: 'login' })).status, 400);
  assert.equal((await fastcgi(socket, { path: '' })).status, 400);
});

test('a cookie of any shape does no harm', async () => {
  for (const cookie of ['sid=', 'sid=zz', `sid=${'a'.repeat(64)}`, `sid=${'a'.repeat(6000)}`, '=;;;=', 'lang=xx; theme=neon', 'lang=../../x',
    'flash=NoSuchKey', 'flash=SignedOut|%zz', 'flash=Config.VarEscapeMode', `flash=${'|'.repeat(300)}`, 'csrf=short']) {
    const answer = await web.client().get('/login', { cookie });
    assert.equal(answer.status, 200, cookie);
    assert.match(answer.text, /<html lang="(zh-CN|en)"[^>]*data-bs-theme="auto"/);
  }
});

test('a flash note is shown once', async () => {
  const client = await web.signedIn('admin');
  const answer = await client.submit('/login/sessions', {}, { action: '/login/out' });
  assert.equal(answer.status, 303);
  const word = words('zh-CN', 'Flash').SignedOut;
  assert.ok((await client.get('/login')).text.includes(word));
  assert.ok(!(await client.get('/login')).text.includes(word));
});

test('what nginx refuses has a page of ours too', async () => {
  const big = await raw(`POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: en\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 70000\r\nConnection: close\r\n\r\n${'a'.repeat(1000)}`);
  assert.equal(big.status, 413);
  assert.ok(big.text.includes('Content-Security-Policy'));
});

test('no program complained of itself', () => {
  for (const program of Object.values(web.programs)) assert.ok(!/Sanitizer|runtime error|Assertion failed/.test(program.log()), program.log());
});

// Last: libfcgi itself ends the process for one of these (reference/reliability.md D-01).
test('D-01 a request that is no FastCGI costs one connection', async () => {
  for (const bytes of [Buffer.alloc(1), Buffer.alloc(64, 255), Buffer.from('GET / HTTP/1.0\r\n\r\n'),
    Buffer.from([1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 4, 0, 1, 0, 8, 0, 0, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xfe])]) {
    const connection = net.connect(socket);
    connection.on('error', () => {});
    connection.end(bytes);
    await new Promise((resolve) => connection.on('close', resolve));
  }
  await until('the program to be whole again', async () => (await web.client().get('/login')).status === 200, 2);
});
