// One request straight to a program's socket, without nginx: for what nginx would limit (many sign-ins)
// or decide (the address of the client).
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { until } from '../harness/harness.mjs';

const BEGIN = 1, PARAMS = 4, STDIN = 5, STDOUT = 6;

function record(type, content) {
  const head = Buffer.from([1, type, 0, 1, content.length >> 8, content.length & 255, 0, 0]);
  return Buffer.concat([head, content]);
}

function pair(name, value) {
  const size = (n) => (n < 128 ? Buffer.from([n]) : Buffer.from([(n >> 24) | 128, (n >> 16) & 255, (n >> 8) & 255, n & 255]));
  const [a, b] = [Buffer.from(name), Buffer.from(value)];
  return Buffer.concat([size(a.length), size(b.length), a, b]);
}

function unpack(bytes) {
  const parts = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = bytes.readUInt16BE(at + 4);
    if (bytes[at + 1] === STDOUT) parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length + bytes[at + 6];
  }
  const text = Buffer.concat(parts).toString('utf8');
  const [head, ...body] = text.split('\r\n\r\n');
  return { status: Number(/^Status: (\d+)/mi.exec(head)?.[1] ?? 200), head, text: body.join('\r\n\r\n') };
}

export async function fastcgi(socket, { method = 'GET', path, address = '127.0.0.1', fields, cookies = {}, headers = {} }) {
  const body = fields ? new URLSearchParams(fields).toString() : '';
  const params = { REQUEST_METHOD: method, REQUEST_URI: path, DOCUMENT_URI: path, QUERY_STRING: '', REMOTE_ADDR: address,
    REQUEST_SCHEME: 'http', HTTP_HOST: '127.0.0.1', CONTENT_TYPE: fields ? 'application/x-www-form-urlencoded' : '',
    CONTENT_LENGTH: fields ? String(body.length) : '',
    HTTP_COOKIE: Object.entries(cookies).map(([name, value]) => `${name}=${value}`).join('; '), ...headers };
  const connection = net.connect(socket);
  const chunks = [];
  connection.on('data', (chunk) => chunks.push(chunk));
  connection.write(Buffer.concat([record(BEGIN, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0])),
    record(PARAMS, Buffer.concat(Object.entries(params).map(([name, value]) => pair(name, value)))), record(PARAMS, Buffer.alloc(0)),
    ...(body ? [record(STDIN, Buffer.from(body))] : []), record(STDIN, Buffer.alloc(0))]));
  await new Promise((resolve, reject) => {
    connection.on('end', resolve);
    connection.on('error', reject);
  });
  return unpack(Buffer.concat(chunks));
}

// A signed-out visitor's form: cookie and hidden field that belong together.
export async function visitor(socket, address) {
  const page = await fastcgi(socket, { path: '/login', address });
  const cookie = /Set-Cookie: csrf=([0-9a-f]+)/.exec(page.head)[1];
  const csrf = /name="csrf" value="([0-9a-f]+)"/.exec(page.text)[1];
  return (username, password) => fastcgi(socket, { method: 'POST', path: '/login', address, cookies: { csrf: cookie },
    fields: { csrf, next: '', username, password } });
}

// Lets one test client sign in as often as a whole office. Workers that still hold the old limit are gone
// when it returns.
export async function unlimit(web) {
  const file = path.join(web.conf.dir, 'etc/voltill.http.conf'), { pid } = web.nginx;
  const workers = () => fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/rate=\d+r\/[ms]/g, 'rate=1000r/s'));
  const old = workers();
  process.kill(pid, 'SIGHUP');
  await until('workers with the new limit', () => workers().length > 0 && workers().every((worker) => !old.includes(worker)), 20);
}
