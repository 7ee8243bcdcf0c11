// A meter that shows another's number (B-56): its page says why nothing is counted, and which number was read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { building, main } from './building.mjs';

const maria = await startMaria();
building(maria);
const conf = await writeConf(maria);
const web = await startWeb(maria, conf, { programs: ['login', 'accounts'] });

const OTHER = 128;
maria.sql(`UPDATE meter_state SET quality = ${OTHER} WHERE meter_id = 1;
  INSERT INTO alarm (kind, meter_id, began_at, detail) VALUES ('identity_mismatch', 1, UTC_TIMESTAMP(3), 'other_meter 202411220002')`);
const last = maria.one('SELECT MAX(taken_at) FROM reading WHERE meter_id = 1');
const day = maria.one(`SELECT DATE(CONVERT_TZ('${last}', '+00:00', '+08:00') - INTERVAL 1 SECOND)`);
maria.sql(`UPDATE reading SET quality = ${OTHER} WHERE meter_id = 1 AND taken_at = '${last}'`);

for (const [language, kind, number, doubt] of [
  ['zh-CN', '表号不符', '电表回读的表号是 202411220002', '表号不符'],
  ['en', 'Wrong meter number', 'the meter shows number 202411220002', 'Another meter answers'],
]) {
  test(`it is said everywhere: ${language}`, async () => {
    const client = await web.signedIn('manager');
    maria.sql(`UPDATE operator SET language = '${language}' WHERE username = '${client.username}'`);
    const page = main((await client.get('/accounts/meters/1')).text);
    assert.match(page, new RegExp(`notice-danger[^]*?${doubt}`));
    for (const address of ['/accounts/meters/1?tab=link', '/accounts/overview']) {
      const text = main((await client.get(address)).text);
      assert.ok(text.includes(kind) && text.includes(number), address);
    }
    const readings = main((await client.get(`/accounts/meters/1?tab=readings&d=${day}`)).text);
    assert.match(readings, new RegExp(`mark-doubt[^]*?${doubt}`));
    const csv = (await client.get(`/accounts/meters/1?tab=readings&d=${day}&format=csv`)).text;
    assert.ok(!csv.includes('<') && csv.includes(doubt), csv.slice(0, 300));
  });
}
