// A check that never fails proves nothing: each is shown a small tree with one mistake and must find it.
import assert from 'node:assert';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const DARK = '[data-bs-theme=dark] { --a: 1; } [data-bs-theme=auto] { --a: 1; }';
const GOOD = {
  'lib/base/db.h': '#define DB_SCHEMA 1\n',
  'lib/base/db.c': '#include <mariadb/mysql.h>\n#include "base/db.h"\n',
  'lib/model/sale.c': '#include "base/db.h"\nstatic const struct query Q[] = {\n\t[A] = { .sql = "SELECT a FROM b LIMIT ?" },\n};\n',
  'sql/0001_create_a.sql': 'CREATE TABLE a (b INT);\n',
  'static/css/app.css': DARK,
  'tools/icons.txt': 'bolt\n',
  'templates/a/page.cs': '<a href="<?cs var:Sale.Href ?>" title="<?cs var:T.A.Page.Word ?>">1</a>\n',
  'templates/lang/zh-CN.hdf': 'T {\n  A {\n    Page.Title = 页\n    Page.Word = {0} 字\n  }\n}\n',
  'templates/lang/en.hdf': 'T {\n  A {\n    Page.Title = Page\n    Page.Word = {0} words\n  }\n}\n',
  'package.json': '{ "dependencies": { "a": "1.2.3" } }',
  'package-lock.json': '{ "packages": { "": {}, "node_modules/a": { "integrity": "sha512-x" } } }',
};

// [check, file, its text, what must be said]
const BAD = [
  ['layers', 'lib/base/a.c', '#include "model/sale.h"\n', 'not found'],
  ['layers', 'lib/base/a.c', '#include "../model/sale.c"\n', 'leaves its folder'],
  ['layers', 'collector/a.c', '#include "web/route.h"\n', 'not found'],
  ['layers', 'tests/sim/a.c', '#include "base/db.h"\n', 'crosses a layer'],
  ['layers', 'lib/model/a.c', '#include <mariadb/mysql.h>\n', 'belongs to'],
  ['layers', 'cgi-bin/login/a.c', '#include <ClearSilver.h>\n', 'belongs to'],
  ['bans', 'lib/base/a.c', 'int a = system("ls");\n', 'no shell'],
  ['bans', 'lib/base/a.c', 'void a(void) { sprintf(b, "c"); }\n', 'not bounded'],
  ['bans', 'lib/model/a.c', 'static double amount;\n', 'integers'],
  ['bans', 'lib/base/a.c', '/* TODO */\n', 'unfinished'],
  ['bans', 'tools/a.sh', 'cd /home/me\n', 'absolute path'],
  ['bans', 'lib/base/a.c', 'void a(void) { goto again; }\n', 'only out or fail'],
  ['bans', 'package.json', '{ "dependencies": { "a": "^1.2.3" } }', 'not pinned'],
  ['bans', 'package-lock.json', '{ "packages": { "a": { "integrity": "x", "resolved": "y" } } }', 'fetched from'],
  ['size', 'lib/base/a.c', `int\na(void)\n{\n${'\tb();\n'.repeat(69)}}\n`, 'has 71 lines'],
  ['size', 'lib/base/a.c', '\n'.repeat(601), '601 lines'],
  ['sql', 'lib/model/a.c', 'Q[] = { { .sql = "SELECT a FROM b" } };\n', 'no LIMIT'],
  ['sql', 'lib/model/a.c', 'Q[] = { { .sql = "SELECT * FROM b LIMIT 1" } };\n', 'name the columns'],
  ['sql', 'lib/model/a.c', 'Q[] = { { .sql = "DELETE FROM b" } };\n', 'every row'],
  ['sql', 'lib/model/a.c', 'q.sql = part;\n', 'built from parts'],
  ['sql', 'sql/0003_create_c.sql', '', 'migration 2'],
  ['templates', 'templates/a/b.cs', '<p style="x">', 'policy refuses'],
  ['templates', 'templates/a/b.cs', '<p onclick="x">', 'policy refuses'],
  ['templates', 'templates/a/b.cs', '<p hx-on:click="x">', 'policy refuses'],
  ['templates', 'templates/a/b.cs', '<p hx-trigger="click[1]">', 'needs eval'],
  ['templates', 'templates/a/b.cs', '<script>1</script>', 'without a file'],
  ['templates', 'templates/a/b.cs', '<style>a{}</style>', 'policy refuses'],
  ['templates', 'templates/a/b.cs', '<?cs uvar:A ?>', 'raw output'],
  ['templates', 'templates/a/b.cs', '<?cs lvar:A ?>', 'raw output'],
  ['templates', 'templates/a/b.cs', '<?cs alt:A ?><?cs /alt ?>', 'raw output'],
  ['templates', 'templates/a/b.cs', '<?cs include:"c.cs" ?>', 'silent'],
  ['templates', 'templates/a/b.cs', '<p class=x>', 'not quoted'],
  ['templates', 'templates/a/b.cs', '<a href="<?cs var:Row.Link ?>">', 'no finished address'],
  ['templates', 'templates/a/b.cs', '<a href="javascript:1">', 'scheme'],
  ['templates', 'templates/a/b.cs', '<p>Total</p>', 'word outside'],
  ['templates', 'templates/a/b.cs', '<p>合计</p>', 'word outside'],
  ['templates', 'templates/a/b.cs', '<p title="合计">', 'word in title'],
  ['templates', 'templates/a/b.cs', '<?cs call:ui_icon("other") ?>', 'no icon'],
  ['templates', 'static/css/app.css', DARK.replace('1', '2'), 'differ'],
  ['langkeys', 'templates/lang/en.hdf', 'T {\n}\n', 'A.Page.Title is missing'],
  ['langkeys', 'templates/lang/en.hdf', 'T {\n  A {\n    Page.Title = Page\n    Page.Word = words\n  }\n}\n', 'other places'],
  ['langkeys', 'templates/a/b.cs', '<?cs var:T.A.Other ?>', 'not in the dictionary'],
  ['langkeys', 'cgi-bin/a/a.c', 'x = view_word(v, "A.Other");\n', 'not in the dictionary'],
  ['langkeys', 'templates/a/page.cs', '<a href="/"></a>', 'A.Page.Word is not used'],
];

function tree(changes) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'lint-'));
  for (const [name, text] of Object.entries({ ...GOOD, ...changes })) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), text);
  }
  return root;
}

function run(check, changes) {
  const root = tree(changes);
  return new Promise((resolve) => {
    execFile(process.execPath, [path.join(HERE, `${check}.mjs`)], { env: { ...process.env, LINT_ROOT: root } }, (error, out, errors) => {
      fs.rmSync(root, { recursive: true });
      resolve({ failed: error !== null, out: out + errors });
    });
  });
}

async function prove([check, file, text, said]) {
  const { failed, out } = await run(check, { [file]: text });
  assert.ok(failed && out.includes(said), `${check} did not say "${said}" of ${file}:\n${text}\n${out}`);
}

const checks = [...new Set(BAD.map(([check]) => check))];
for (const check of checks) {
  const { failed, out } = await run(check, {});
  assert.ok(!failed, `${check} complains of a tree without a mistake:\n${out}`);
}
for (let i = 0; i < BAD.length; i += 4) await Promise.all(BAD.slice(i, i + 4).map(prove));
