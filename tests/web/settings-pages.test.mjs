// Every page of the settings in a real browser, from the route table: fits its window, accessible, in
// both languages, light and dark, wide and narrow. Pages of single things are those of building A.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { assertAccessible, assertFits, openPage } from './browser.mjs';
import { NOUNS, QUERIES, estate, nounOf, omnipotent, routes } from './estate.mjs';
import { unlimit } from './fastcgi.mjs';

const PASSWORD = 'kestrel-lamp-9-oven';
// What an address alone does not show.
const MORE = ['/settings/system/password?fill=mlps', '/settings/system/sms/8'];

const maria = await startMaria();
estate(maria);
omnipotent(maria);
const conf = await writeConf(maria);
const web = await startWeb(maria, conf);
await unlimit(web);
const doors = {};
for (const language of ['zh-CN', 'en']) {
  const username = `looker-${language.toLowerCase()}`;
  await web.operator({ username, role: 'omnipotent', password: PASSWORD });
  maria.sql(`UPDATE operator SET language='${language}', theme='auto' WHERE username='${username}'`);
  doors[language] = web.client();
  await doors[language].signIn(username, PASSWORD);
}

const PAGES = [...new Set(routes(['settings']).filter((row) => row.method === 'GET')
  .map((row) => row.path.replace('{id}', NOUNS[nounOf(row.path)]?.id[0] ?? '1') + (QUERIES[row.path] ?? '')))].concat(MORE);

// Words of ours that stand on the page; names of the fixture are in cells and values.
const words = () => [...document.querySelectorAll('main :is(label, th, legend, button, .form-text, .tabs, .btn)')].map((e) => e.textContent).join(' ')
  .replaceAll(/云谷|[12]号楼|管理机|总表|商铺分时|居民阶梯|国庆节|调休|电网电价|张记小面馆|弱电井|一般工商业|调价|等保|中文/g, '');

// A page that redirects or hands out a file is not looked at here; every other must be there.
const shown = [];
for (const target of PAGES) {
  const answer = await doors.en.get(target);
  assert.ok([200, 303].includes(answer.status), `${target}: ${answer.status}`);
  if (answer.status === 200 && /^text\/html/.test(answer.headers.get('content-type'))) shown.push(target);
}

// Whether a page fits depends on width and words, whether it is accessible on colours and width.
const COLOURS = ['color-contrast', 'target-size'];
// Two windows at a time: one waits for the server while the other is looked at.
describe('settings', { concurrency: 2 }, () => {
  for (const [language, scheme, width, rules] of [['zh-CN', 'light', 1280], ['zh-CN', 'dark', 390, COLOURS], ['en', 'light', 390, []], ['en', 'dark', 1280, []]]) {
    test(`every page fits${rules?.length === 0 ? '' : ' and is accessible'}: ${language} ${scheme} ${width}`, async (t) => {
      const page = await openPage(t, { language, scheme, width, url: web.url, cookies: doors[language].cookies });
      for (const target of shown) {
        await page.goto(web.url + target.slice(1));
        assert.equal(await page.locator('html').getAttribute('lang'), language, target);
        assert.equal(await page.locator('h1').count(), 1, `${target} has one heading`);
        await assertFits(page, target);
        if (rules?.length !== 0) await assertAccessible(page, target, rules);
        if (language === 'en') assert.doesNotMatch(await page.evaluate(words), /\p{Script=Han}{2,}/u, `${target}: Chinese words on an English page`);
      }
    });
  }
});
