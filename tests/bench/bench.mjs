// make bench: prints figures as ratios against references measured in the same run. Not a test: it
// fails only when something does not run. `make bench ONLY=poll` runs one part.
import { after, test } from 'node:test';
import { benchDead, benchMany, benchWire } from './poll.mjs';
import { benchAlarm } from './alarm.mjs';
import { benchBoard } from './board.mjs';
import { benchImport } from './import.mjs';
import { benchInvariants } from './invariants.mjs';
import { benchCharge } from './charge.mjs';
import { benchConfirm, benchSales } from './sales.mjs';
import { benchTariff } from './tariff.mjs';

const lines = [];
const report = (what, figure, target, detail) => {
  lines.push(`${what.padEnd(76)} ${figure.toFixed(3).padStart(9)}   ${target.padEnd(16)} ${detail}`);
};
const parts = { poll: benchMany, wire: benchWire, dead: benchDead, board: benchBoard, import: benchImport, tariff: benchTariff, alarm: benchAlarm, invariants: benchInvariants, sales: benchSales, confirm: benchConfirm, charge: benchCharge };

for (const [name, part] of Object.entries(parts)) {
  if (process.env.ONLY && process.env.ONLY !== name) continue;
  test(name, { timeout: 900000 }, () => part(report));
}

after(() => process.stderr.write(`\n${lines.join('\n')}\n\n`));
