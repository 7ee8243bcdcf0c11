// The door in a real browser: both languages, with and without script, wide and narrow, light and dark.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, test } from 'node:test';
import { ROOT, startBrowser, startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { unlimit } from './fastcgi.mjs';

const PASSWORD = 'kestrel-lamp-9-oven';
const WORDS = {
  'zh-CN': { username: '用户名', password: '密码', submit: '登录', wrong: '用户名或密码错误', title: '登录', devices: '已登录设备',
    old: '当前密码', fresh: '新密码', repeat: '再次输入新密码', change: '修改密码', changed: '密码已修改', others: '结束其他全部',
    out: '退出登录', other: 'English', otherTitle: 'Sign in' },
  en: { username: 'User name', password: 'Password', submit: 'Sign in', wrong: 'User name or password is wrong', title: 'Sign in',
    devices: 'Signed-in devices', old: 'Present password', fresh: 'New password', repeat: 'New password again', change: 'Change password',
    changed: 'The password was changed', others: 'End all others', out: 'Sign out', other: '中文', otherTitle: '登录' },
};
const maria = await startMaria();
const conf = await writeConf(maria);
const web = await startWeb(maria, conf, { programs: ['login'] });
await unlimit(web);
const browser = await startBrowser();
const axe = fs.readFileSync(path.join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8');

beforeEach(() => maria.sql('DELETE FROM login_attempt'));

let count = 0;
async function person() {
  const username = `person${++count}`;
  await web.operator({ username, role: 'manager', password: PASSWORD });
  return username;
}

// A page that fails the test when the browser complains about more than an answer with an error status.
async function open(t, { language, script = true, width = 1280, scheme = 'light' }) {
  const context = await browser.newContext({ locale: language, javaScriptEnabled: script, colorScheme: scheme, viewport: { width, height: 800 } });
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !/Failed to load resource/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  t.after(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });
  return page;
}

async function signIn(page, words, username, password) {
  await page.getByLabel(words.username).fill(username);
  await page.getByLabel(words.password).fill(password);
  await page.getByRole('button', { name: words.submit, exact: true }).click();
}

const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

async function assertAccessible(page) {
  // Through the debugger, as the policy of the page forbids a script of ours.
  const found = await page.evaluate(`${axe}; axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.target).join(' ')))`);
  assert.deepEqual(found, []);
}

for (const language of ['zh-CN', 'en']) {
  for (const script of [true, false]) {
    const words = WORDS[language];
    test(`a working day at the door, ${language}, ${script ? 'with' : 'without'} script`, async (t) => {
      const username = await person();
      const page = await open(t, { language, script });
      await page.goto(`${web.url}login`);
      assert.equal(await page.locator('html').getAttribute('lang'), language);
      assert.equal(await page.locator('h1').innerText(), words.title);

      await signIn(page, words, username, 'this is wrong');
      await page.getByRole('alert').waitFor();
      assert.match(await page.getByRole('alert').innerText(), new RegExp(words.wrong));
      assert.equal(await page.getByLabel(words.username).inputValue(), username);
      assert.equal(await page.getByLabel(words.password).inputValue(), '');

      await signIn(page, words, username, PASSWORD);
      await page.goto(`${web.url}login/sessions`);
      assert.equal(await page.locator('h1').innerText(), words.devices);
      const phone = web.client();
      await phone.signIn(username, PASSWORD);
      await page.reload();
      await page.getByRole('button', { name: words.others }).click();
      await page.waitForURL('**/login/sessions');
      assert.equal((await phone.get('/login/sessions')).status, 303);

      await page.goto(`${web.url}login/password`);
      await page.getByLabel(words.old).fill(PASSWORD);
      await page.getByLabel(words.fresh).first().fill('another-lamp-7-door');
      await page.getByLabel(words.repeat).fill('another-lamp-7-door');
      await page.getByRole('button', { name: words.change }).click();
      await page.getByText(words.changed).waitFor();

      await page.getByRole('button', { name: words.other }).click();
      await page.waitForLoadState();
      assert.match(page.url(), /\/login\/password$/);
      await page.getByRole('button', { name: WORDS[language === 'en' ? 'zh-CN' : 'en'].other }).click();
      await page.waitForLoadState();

      await page.locator('details.menu summary').last().click();
      await page.getByRole('button', { name: words.out }).click();
      await page.waitForURL('**/login');
      assert.equal(await page.locator('h1').innerText(), words.title);
      await page.goBack();
      await page.reload();
      assert.match(page.url(), /\/login(\?|$)/);
    });
  }
}

test('the language button keeps where the person wanted to go', async (t) => {
  const page = await open(t, { language: 'zh-CN', script: false });
  await page.goto(`${web.url}login?next=%2Faccounts%2Fboard`);
  await page.getByRole('button', { name: 'English' }).click();
  await page.waitForLoadState();
  assert.equal(await page.locator('h1').innerText(), 'Sign in');
  assert.equal(await page.locator('input[name=next]').last().getAttribute('value'), '/accounts/board');
});

for (const width of [1280, 390]) {
  for (const scheme of ['light', 'dark']) {
    test(`every page fits and is accessible at ${width} pixels, ${scheme}`, async (t) => {
      const username = await person();
      for (const language of ['zh-CN', 'en']) {
        const page = await open(t, { language, width, scheme });
        const words = WORDS[language];
        await page.goto(`${web.url}login`);
        assert.ok(await fits(page), 'sign-in');
        await assertAccessible(page);
        await signIn(page, words, username.toUpperCase(), 'x');
        assert.equal(await page.getByLabel(words.username).getAttribute('aria-invalid'), 'true');
        assert.ok(await fits(page), 'sign-in with an error');
        await assertAccessible(page);
        await signIn(page, words, username, PASSWORD);
        for (const target of ['sessions', 'password']) {
          await page.goto(`${web.url}login/${target}`);
          assert.ok(await fits(page), target);
          await assertAccessible(page);
        }
      }
    });
  }
}
