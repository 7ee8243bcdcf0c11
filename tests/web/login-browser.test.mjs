// The door in a real browser: both languages, with and without script, wide and narrow, light and dark.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { startMaria, startWeb, writeConf } from '../harness/harness.mjs';
import { LOOKS, assertAccessible, assertFits, follow, openPage } from './browser.mjs';
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

beforeEach(() => maria.sql('DELETE FROM login_attempt'));

let count = 0;
async function person() {
  const username = `person${++count}`;
  await web.operator({ username, role: 'manager', password: PASSWORD });
  return username;
}

// The overview, where a sign-in leads, belongs to a program that does not run here.
const OVERVIEW = /\/accounts/, DOOR = /\/login(\?|$)/;

const press = (page, address, name) => follow(page, address, () => page.getByRole('button', { name, exact: true }).click());

async function signIn(page, words, username, password, address) {
  await page.getByLabel(words.username).fill(username);
  await page.getByLabel(words.password).fill(password);
  await press(page, address, words.submit);
}

for (const language of ['zh-CN', 'en']) {
  for (const script of [true, false]) {
    const words = WORDS[language];
    test(`a working day at the door, ${language}, ${script ? 'with' : 'without'} script`, async (t) => {
      const username = await person();
      const page = await openPage(t, { language, script });
      await page.goto(`${web.url}login`);
      assert.equal(await page.locator('html').getAttribute('lang'), language);
      assert.equal(await page.locator('h1').innerText(), words.title);

      await signIn(page, words, username, 'this is wrong', DOOR);
      assert.match(await page.getByRole('alert').innerText(), new RegExp(words.wrong));
      assert.equal(await page.getByLabel(words.username).inputValue(), username);
      assert.equal(await page.getByLabel(words.password).inputValue(), '');

      await signIn(page, words, username, PASSWORD, OVERVIEW);
      await page.goto(`${web.url}login/sessions`);
      assert.equal(await page.locator('h1').innerText(), words.devices);
      const phone = web.client();
      await phone.signIn(username, PASSWORD);
      await page.reload();
      await press(page, /\/login\/sessions$/, words.others);
      assert.equal((await phone.get('/login/sessions')).status, 303);

      await page.goto(`${web.url}login/password`);
      await page.getByLabel(words.old).fill(PASSWORD);
      await page.getByLabel(words.fresh).first().fill('another-lamp-7-door');
      await page.getByLabel(words.repeat).fill('another-lamp-7-door');
      await press(page, /\/login/, words.change);
      assert.ok(await page.getByText(words.changed).isVisible());

      await press(page, /\/login\/password$/, words.other);
      await press(page, /\/login\/password$/, WORDS[language === 'en' ? 'zh-CN' : 'en'].other);

      await page.locator('details.menu summary').last().click();
      await press(page, /\/login$/, words.out);
      assert.equal(await page.locator('h1').innerText(), words.title);
      await page.goBack();
      await page.reload();
      assert.match(page.url(), DOOR);
    });
  }
}

test('the language button keeps where the person wanted to go', async (t) => {
  const page = await openPage(t, { language: 'zh-CN', script: false });
  await page.goto(`${web.url}login?next=%2Faccounts%2Fboard`);
  await press(page, DOOR, 'English');
  assert.equal(await page.locator('h1').innerText(), 'Sign in');
  assert.equal(await page.locator('input[name=next]').last().getAttribute('value'), '/accounts/board');
});

for (const { language, scheme, width } of LOOKS) {
  test(`every page fits and is accessible: ${language} ${scheme} ${width}`, async (t) => {
    const username = await person();
    const page = await openPage(t, { language, width, scheme });
    const words = WORDS[language];
    const assertGood = async (what) => {
      await assertFits(page, what);
      await assertAccessible(page, what);
    };
    await page.goto(`${web.url}login`);
    await assertGood('sign-in');
    await signIn(page, words, username.toUpperCase(), 'x', DOOR);
    assert.equal(await page.getByLabel(words.username).getAttribute('aria-invalid'), 'true');
    await assertGood('sign-in with an error');
    await signIn(page, words, username, PASSWORD, OVERVIEW);
    for (const target of ['sessions', 'password']) {
      await page.goto(`${web.url}login/${target}`);
      await assertGood(target);
    }
  });
}
