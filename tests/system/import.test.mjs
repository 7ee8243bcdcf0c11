// voltillctl import and template, as a script uses them: what is printed, what is written, how it ends.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import test from 'node:test';
import { bin, PATIENCE, startMaria, writeConf } from '../harness/harness.mjs';
import { building, fleet } from '../bench/import.mjs';

const maria = await startMaria();
const conf = await writeConf(maria);

function run(args, input) {
  const ended = spawnSync(bin('voltillctl'), ['--config', conf.path, ...args], { encoding: 'utf8', input, env: { ...process.env, LC_ALL: 'C', LANG: 'C' } });
  return { status: ended.status, out: ended.stdout, err: ended.stderr };
}

function file(name, text) {
  fs.writeFileSync(`${conf.dir}/${name}`, text);
  return `${conf.dir}/${name}`;
}

test('each template is an example that imports, and what is stored comes out the same', () => {
  for (const kind of ['places', 'gateways', 'buses', 'meters', 'accounts', 'tariffs']) {
    const example = file(`${kind}.csv`, run(['template', kind]).out);
    const dry = run(['import', kind, example, '--dry-run']);
    assert.equal(dry.status, 0, dry.err);
    assert.match(dry.out, /row 2 new /);
    assert.match(dry.out, /0 wrong/);
    assert.equal(Number(maria.one(`SELECT COUNT(*) FROM import WHERE kind = '${kind}'`)), 0, 'a dry run leaves nothing');
    assert.equal(run(['import', kind, example]).status, 0);
    assert.match(run(['import', kind, example]).out, / 0 new, 0 changed, \d+ unchanged, 0 wrong/);
    const data = run(['template', kind, '--data']);
    assert.match(run(['import', kind, '-', '--dry-run'], data.out).out, / 0 new, 0 changed, \d+ unchanged, 0 wrong/);
    assert.match(run(['template', kind, '--columns']).out, /, key/);
  }
  assert.equal(maria.one('SELECT COUNT(*) FROM meter'), '2');
  assert.match(maria.one("SELECT GROUP_CONCAT(DISTINCT actor) FROM audit WHERE action = 'import.apply'"), /^voltillctl /);
});

test('faults are listed, the status says so, and nothing is written', () => {
  const wrong = file('wrong.csv', ['number,note,unit,floor', '202303000367,changed,,', '202303000370,,248,3 层', 'x'.repeat(30) + ',,,', '202303000367,,,'].join('\n'));
  for (const args of [['--dry-run'], []]) {
    const ended = run(['import', 'meters', wrong, ...args]);
    assert.equal(ended.status, 1);
    assert.match(ended.err, /row 3, unit: /);
    assert.match(ended.err, /row 3, building: |row 3, floor: /);
    assert.match(ended.err, /row 4, number: This is too long; at most 16 characters/);
    assert.match(ended.err, /row 5, number: Row 2 is about the same/);
    assert.match(ended.out, /4 rows: 0 new, 1 changed, 0 unchanged, 3 wrong/);
  }
  assert.equal(maria.one("SELECT COUNT(*) FROM meter WHERE note = 'changed'"), '0');
  assert.match(run(['import', 'meters', wrong, '--dry-run', '--lang', 'zh-CN']).err, /第 2 行/);
  // The right lines alone, on demand; it still says that not all went in.
  assert.equal(run(['import', 'meters', wrong, '--valid-only']).status, 1);
  assert.equal(maria.one("SELECT COUNT(*) FROM meter WHERE note = 'changed'"), '1');
});

test('wrong calls and wrong files end with their reason', () => {
  assert.equal(run(['import']).status, 2);
  assert.equal(run(['import', 'nothing', '/dev/null']).status, 2);
  assert.equal(run(['template', 'nothing']).status, 2);
  assert.equal(run(['import', 'meters', '/nowhere.csv']).status, 1);
  for (const [text, words] of [['', /holds nothing/], ['number\n', /header only/], ['a,b\n1,2\n', /no column number/], ['number,note\n1,"x\n', /row 2, column 2: .*quotation/],
    ['\x89PNG\0\0\0\0\0', /neither a CSV/]]) {
    const ended = run(['import', 'meters', file('bad', text)]);
    assert.equal(ended.status, 1);
    assert.match(ended.err, words);
  }
});

// Builds with checks are slow: a quarter of it is enough to find what they look for.
const METERS = PATIENCE > 1 ? 5000 : 20000;

test('a whole fleet comes in one go', { timeout: 300000 * PATIENCE }, () => {
  maria.sql('SET FOREIGN_KEY_CHECKS=0; DELETE FROM account_meter; DELETE FROM meter; DELETE FROM bus; DELETE FROM gateway; DELETE FROM place');
  building(maria);
  const from = Date.now();
  const ended = run(['import', 'meters', file('fleet.csv', fleet(METERS))]);
  assert.equal(ended.status, 0, ended.err);
  assert.match(ended.out, new RegExp(`${METERS} rows: ${METERS} new, 0 changed, 0 unchanged, 0 wrong`));
  assert.equal(maria.one('SELECT COUNT(*) FROM meter'), String(METERS));
  assert.equal(maria.one("SELECT COUNT(*) FROM audit WHERE action = 'meter.add'"), String(METERS + 2));
  // A machine that is busy with other tests: make bench says what it takes alone.
  assert.ok(Date.now() - from < 60000 * PATIENCE, `${Date.now() - from} ms`);
});
