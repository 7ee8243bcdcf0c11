// Files are for those who may export, and the buttons too. Routes and methods are in matrix.test.mjs.
import assert from 'node:assert/strict';
import test from 'node:test';
import { startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { unlimit } from './fastcgi.mjs';

const maria = await startMaria();
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);

for (const [role, allowed] of [['admin', true], ['cashier', false]]) {
  test(`${role} ${allowed ? 'takes' : 'takes no'} files`, async () => {
    const client = await web.signedIn(role);
    for (const format of ['csv', 'xlsx']) {
      assert.equal((await client.get(`/accounts/meters?format=${format}`)).status, allowed ? 200 : 403, format);
    }
    assert.equal(/format=xlsx/.test((await client.get('/accounts/meters')).text), allowed);
  });
}
