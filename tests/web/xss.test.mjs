// W-40…W-46: every name a person can type, shown on every page, stays text. The names go straight into
// the database, so that no check of a form stands in the way.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { ROOT, startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { NOUNS, QUERIES, nounOf, omnipotent, routes as rowsOf } from './estate.mjs';
import { unlimit } from './fastcgi.mjs';

const PAYLOADS = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "'-alert(1)-'", '</title><b>x', '</textarea><i>x', 'javascript:alert(1)',
  '&#x6a;avascript:alert(1)', '{{7*7}}', '<svg/onload=alert(1)>', '\u2028alert(1)', '%3Cscript%3E', '<?cs var:Csrf ?>', '<?cs include:"/etc/passwd" ?>'];
const text = (value) => `CONVERT(0x${Buffer.from(value).toString('hex')} USING utf8mb4)`;

const maria = await startMaria();
omnipotent(maria);
PAYLOADS.forEach((payload, i) => {
  const [n, name] = [i + 1, text(payload)];
  maria.sql(`INSERT INTO place (place_id, parent_id, kind, name) VALUES (${n * 10}, NULL, 'site', ${name}), (${n * 10 + 1}, ${n * 10}, 'building', ${name}),
      (${n * 10 + 2}, ${n * 10 + 1}, 'floor', ${name}), (${n * 10 + 3}, ${n * 10 + 2}, 'room', ${name});
    INSERT INTO gateway (gateway_id, name, place_id, note) VALUES (${n}, ${name}, ${n * 10 + 1}, ${name});
    INSERT INTO bus (bus_id, gateway_id, name, transport, host, port) VALUES (${n}, ${n}, ${name}, 'tcp', '127.0.0.1', 502);
    INSERT INTO meter (meter_id, number, name, meter_model_id, bus_id, unit, place_id) SELECT ${n}, '${100 + n}', ${name}, meter_model_id, ${n}, 1, ${n * 10 + 3} FROM meter_model WHERE code = 'adf300';
    INSERT INTO account (account_id, number, name, opened_at) VALUES (${n}, 'A${n}', ${name}, '2026-01-01');
    INSERT INTO account_meter (meter_id, began_at, account_id) VALUES (${n}, '2026-01-01', ${n});
    INSERT INTO alarm (alarm_id, kind, meter_id, account_id, began_at, detail, note) VALUES (${n}, 'meter_lost', ${n}, ${n}, UTC_TIMESTAMP(3), ${name}, ${name});`);
});
maria.sql(`UPDATE setting SET value = ${text(PAYLOADS[0])} WHERE name = 'site.name'`);
maria.sql(`UPDATE meter_model SET name = ${text(PAYLOADS[0])}, maker = ${text(PAYLOADS[0])}`);
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
const client = await web.signedIn('omnipotent');
maria.sql(`UPDATE operator SET display_name = ${text(PAYLOADS[0])}`);
PAYLOADS.forEach((payload, i) => maria.sql(`SELECT MIN(operator_id) INTO @by FROM operator;
  INSERT INTO maintenance (maintenance_id, request_key, place_id, begins_at, ends_at, reason, created_at, created_by) VALUES (${i + 1}, UNHEX(LPAD('${i + 1}', 32, '0')), ${(i + 1) * 10}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL 1 DAY, ${text(payload)}, UTC_TIMESTAMP(3), @by);
  UPDATE alarm SET maintenance_id = ${i + 1} WHERE alarm_id = ${i + 1};
  INSERT INTO alarm_note (alarm_id, at, operator_id, deed, note) VALUES (${i + 1}, UTC_TIMESTAMP(3), @by, 'comment', ${text(payload)});
  INSERT INTO account_draft (account_draft_id, operator_id, request_key, created_at, changed_at, payload)
    SELECT ${i + 1}, operator_id, UNHEX(LPAD('${i + 1}', 32, 'd')), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), CONCAT('name=', ${text(payload)}, '\\nnote=', ${text(payload)}, '\\n')
    FROM operator WHERE username = '${client.username}';
  INSERT INTO meter_change (meter_change_id, kind, request_key, account_id, old_meter_id, new_number, state, reason, began_at, began_by, ended_at)
    VALUES (${i + 1}, 'replacement', UNHEX(LPAD('${i + 1}', 32, 'c')), ${i + 1}, ${i + 1}, '20269999000', 'cancelled', ${text(payload)}, UTC_TIMESTAMP(3), @by, UTC_TIMESTAMP(3))`));

// Every page there is, from the route tables.
const routes = ['login', 'accounts'].flatMap((program) => fs.readdirSync(path.join(ROOT, 'cgi-bin', program)).filter((name) => name.endsWith('.c'))
  .flatMap((name) => [...fs.readFileSync(path.join(ROOT, 'cgi-bin', program, name), 'utf8').matchAll(/\{ GET, "([^"]+)"/g)].map((match) => match[1])));
const pages = routes.filter((route) => route !== '/login/logo').flatMap((route) => (route.includes('{id}') ? PAYLOADS.map((_, i) => route.replace('{id}', i + 1)) : [route]));

// Pages of the settings: of places the building, of gateways, buses and meters each one has a hostile name.
const HOSTILE = { places: (n) => n * 10 + 1, gateways: (n) => n, buses: (n) => n, meters: (n) => n };
for (const { path: route } of rowsOf(['settings']).filter((row) => row.method === 'GET')) {
  if (!route.includes('{id}')) pages.push(route + (QUERIES[route] ?? ''));
  else if (HOSTILE[nounOf(route)]) PAYLOADS.forEach((_, i) => pages.push(route.replace('{id}', HOSTILE[nounOf(route)](i + 1))));
  else if (['operators', 'roles', 'audit', 'models', 'sms'].includes(nounOf(route))) pages.push(route.replace('{id}', nounOf(route) === 'operators' ? maria.one('SELECT MIN(operator_id) FROM operator') : NOUNS[nounOf(route)].id[0]));
}

function assertHarmless(html, what) {
  for (const payload of PAYLOADS) if (/[<>]/.test(payload)) assert.ok(!html.includes(payload), `${what}: ${payload}`);
  assert.ok(!/root:x:0/.test(html), what);
  assert.ok(!/(href|src|action)="\s*javascript:/i.test(html), what);
  // Quotes inside values are escaped, so what is left between tags' names and ends are attribute names.
  assert.ok(!/<[a-z][^>]*\son\w+=/i.test(html.replace(/"[^"]*"/g, '""')), what);
  assert.ok(!/<script(?![^>]*\ssrc="\/static\/)/.test(html), what);
}

for (const language of ['zh-CN', 'en']) {
  test(`names from the database are text on every page, ${language}`, async () => {
    let shown = 0;
    for (const page of pages) {
      for (const headers of [{}, { 'hx-request': 'true' }]) {
        const answer = await client.get(page, { 'accept-language': language, ...headers });
        assert.ok([200, 303].includes(answer.status), `${page}: ${answer.status}`);
        assertHarmless(answer.text, page);
        if (answer.text.includes('&lt;script&gt;alert(1)')) shown++;
      }
    }
    assert.ok(shown > 8, `only ${shown} pages show a name`);
  });
}

test('what stands in the address is text on every page', async () => {
  for (const payload of PAYLOADS) {
    const value = encodeURIComponent(payload);
    for (const page of ['/accounts/board', '/accounts/meters', '/accounts/gateways', '/accounts/overview', '/accounts/meters/1', '/accounts/gateways/1', '/login']) {
      const query = ['q', 'st', 'floor', 'building', 'sort', 'p', 'n', 'c', 'tab', 'day', 'bus', 'next', 'place', payload].map((name) => `${encodeURIComponent(name)}=${value}`).join('&');
      const answer = await client.get(`${page}?${query}`);
      assert.ok([200, 303, 400, 404, 422].includes(answer.status), `${page}: ${answer.status}`);
      assertHarmless(answer.text, `${page}?${payload}`);
    }
  }
});

test('W-38 what looks like SQL is looked for as text', async () => {
  for (const search of ["' OR 1=1-- ", '1;DROP TABLE meter', "\\' ", '%', '_', '\\', '\xbf\x27', '")) UNION SELECT 1']) {
    const answer = await client.get(`/accounts/meters?q=${encodeURIComponent(search)}&sort=${encodeURIComponent('id desc,(select 1)')}`);
    assert.equal(answer.status, 200, search);
    if (search === '_' || search.includes('OR 1')) assert.ok(!/\/accounts\/meters\/\d+"/.test(answer.text), `${search} finds nothing`);
  }
  assert.ok(Number(maria.one('SELECT COUNT(*) FROM meter')) === PAYLOADS.length);
});
