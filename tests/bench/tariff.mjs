// The pricing engine on one core, beside a loop that only multiplies and adds.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { BUILD, ROOT } from '../harness/harness.mjs';
import { median } from './poll.mjs';

export function benchTariff(report) {
  const program = path.join(BUILD, 'bench/tariff');
  fs.mkdirSync(path.dirname(program), { recursive: true });
  execFileSync('gcc', ['-std=gnu2x', '-O2', '-fno-tree-vectorize', `-I${ROOT}/lib`, '-o', program, path.join(ROOT, 'tests/bench/tariff.c'),
    path.join(BUILD, 'libvoltill.a'), '-lunistring', '-lpthread'], { stdio: 'inherit' });
  const runs = [0, 1, 2].map(() => Object.fromEntries(execFileSync(program, ['1']).toString().trim().split(' ').map((pair) => pair.split('='))));
  const rate = (name) => median(runs.map((run) => Number(run[name])));
  report('pricing engine: million intervals/s on one core', rate('engine') / 1e6, '≥ 5', `multiply-add loop ${(rate('reference') / 1e6).toFixed(0)} M/s`);
  report('pricing engine against the multiply-add loop', rate('engine') / rate('reference'), '', 'periods, seasons, holidays, three steps against none of them');
}
