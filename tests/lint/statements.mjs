// Every statement of every program must prepare on a real server, under that program's own account.
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { BUILD, startMaria, writeConf } from '../harness/harness.mjs';

const maria = await startMaria();
const conf = await writeConf(maria);

for (const program of fs.readdirSync(path.join(BUILD, 'bin')).filter((name) => /\.fcgi$|^collector$|^voltillctl$/.test(name))) {
  test(`statements of ${program} prepare`, () => {
    const how = program === 'voltillctl' ? ['check-sql'] : ['--check-sql'];
    execFileSync(path.join(BUILD, 'bin', program), ['--config', conf.path, ...how], { stdio: 'pipe' });
  });
}
