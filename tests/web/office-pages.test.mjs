// Every page behind the counter in a real browser, from the route table: fits its window, accessible, in both
// languages, light and dark, wide and narrow.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { assertAccessible, assertFits, openPage } from './browser.mjs';
import { A, estate, NOUNS, nounOf, omnipotent, routes } from './estate.mjs';
import { unlimit } from './fastcgi.mjs';

const OFFICE = /^\/sales\/(refund|adjust|approvals|held|explain|check|shift|shifts|days)\b|\/(reverse|pay|resend)$/;
// What an address alone does not show: a question, a refund that waits, documents in other states.
const MORE = [`/sales/refund/${A}/confirm?account=${A}&how=amount&amount=100&channel=cash&cause=leaving&reason=x&note=`, '/sales/approvals?state=all',
  `/sales/${A + 1}/reverse`, `/sales/${A + 20}/reverse`, `/sales/${A + 2}/pay`];

const maria = await startMaria();
estate(maria);
omnipotent(maria);
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
const doors = {};
for (const language of ['zh-CN', 'en']) {
  doors[language] = await web.signedIn('omnipotent');
  maria.sql(`UPDATE operator SET language='${language}', theme='auto' WHERE username='${doors[language].username}'`);
}
maria.sql("UPDATE role SET second_max_fen=5000 WHERE code='omnipotent'");

const PAGES = [...new Set(routes(['sales']).filter((row) => row.method === 'GET' && OFFICE.test(row.path))
  .map((row) => row.path.replace('{id}', NOUNS[nounOf(row.path)]?.id[0] ?? '1')))].concat(MORE);
const shown = [];
for (const target of PAGES) {
  const answer = await doors.en.get(target);
  // The shift of the estate is that of another person.
  if (/^\/sales\/shift\/1$/.test(target)) assert.equal(answer.status, 404);
  else assert.ok([200, 303].includes(answer.status), `${target}: ${answer.status}`);
  if (answer.status === 200) shown.push(target);
}
assert.ok(shown.length >= 20, `${shown.length} pages`);

// Names of the estate are Chinese whatever the language is.
const ours = (text) => text.replaceAll(/云谷|[12]号楼|张记小面馆|物业费|李收银|少找|退租或搬迁|中文/g, '');
const COLOURS = ['color-contrast', 'target-size'];

describe('office', { concurrency: 2 }, () => {
  for (const [language, scheme, width, rules] of [['zh-CN', 'light', 1280], ['zh-CN', 'dark', 390, COLOURS], ['en', 'light', 390, COLOURS], ['en', 'dark', 1280]]) {
    test(`every page fits and is accessible: ${language} ${scheme} ${width}`, async (t) => {
      const page = await openPage(t, { language, scheme, width, url: web.url, cookies: doors[language].cookies });
      for (const target of shown) {
        await page.goto(web.url + target.slice(1));
        assert.equal(await page.locator('h1').count(), 1, `${target} has one heading`);
        await assertFits(page, target);
        await assertAccessible(page, target, rules);
        if (language === 'en') assert.doesNotMatch(ours(await page.locator('main').innerText()), /\p{Script=Han}{2,}/u, `${target}: Chinese words on an English page`);
      }
    });
  }
});

test('refund and reversal cannot be confused: title, colour, icon, and each names the other', async (t) => {
  const page = await openPage(t, { url: web.url, cookies: doors['zh-CN'].cookies });
  const look = async (target) => {
    await page.goto(web.url + target);
    const head = page.locator('header.deed');
    return { title: await head.locator('h1').innerText(), colour: await head.evaluate((e) => getComputedStyle(e).backgroundColor),
      icon: await head.locator('use').getAttribute('href'), other: await page.locator('.deed-other a').getAttribute('href') };
  };
  const refund = await look(`sales/refund/${A}`), reversal = await look(`sales/${A}/reverse`);
  for (const key of ['title', 'colour', 'icon']) assert.notEqual(refund[key], reversal[key], key);
  assert.match(refund.other, /\/reverse$/);
  assert.equal(reversal.other, `/sales/refund/${A}`);
});

test('what people typed is text on every page, from the database and from the address', async () => {
  const payloads = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '<?cs var:Csrf ?>'];
  for (const payload of payloads) {
    const typed = `CONVERT(0x${Buffer.from(payload).toString('hex')} USING utf8mb4)`;
    maria.sql(`UPDATE account SET name=${typed}; UPDATE place SET name=LEFT(CONCAT(${typed},place_id),64) WHERE kind='room'; UPDATE sale SET reason=${typed}, note=${typed}; UPDATE approval SET reason=${typed}, note=${typed};
UPDATE shift SET note=${typed}; UPDATE operator SET display_name=${typed}; UPDATE check_result SET sample=${typed}; UPDATE delivery SET outcome=${typed}`);
    const value = encodeURIComponent(payload);
    const asked = ['/sales/approvals?state=all', '/sales/shifts?from=2024-10-01&to=2024-10-31', `/sales/approvals?q=${value}&state=${value}`, `/sales/shifts?who=${value}&from=${value}`, `/sales/days?to=${value}`,
      `/sales/refund/${A}?how=amount&amount=${value}&reason=${value}&note=${value}&channel=${value}&cause=${value}&account=${value}`, `/sales/shift/close?counted=1&pieces_100=${value}`, `/sales/held?what=${value}&sort=${value}`];
    let seen = 0;
    for (const target of [...shown, ...asked]) {
      const answer = await doors.en.get(target);
      assert.ok([200, 303, 422].includes(answer.status), `${target}: ${answer.status}`);
      assert.ok(!answer.text.includes(payload), `${target}: ${payload}`);
      if (answer.text.includes(payload.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'))) seen++;
    }
    assert.ok(seen > 12, `only ${seen} pages show it`);
  }
});
