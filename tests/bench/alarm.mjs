// What the alarms of ten thousand meters cost the store thread, as a part of storing their states.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { BUILD, ROOT, startMaria, writeConf } from '../harness/harness.mjs';

export async function benchAlarm(report) {
  const program = path.join(BUILD, 'bench/alarm');
  fs.mkdirSync(path.dirname(program), { recursive: true });
  execFileSync('gcc', ['-std=gnu2x', '-O2', '-D_GNU_SOURCE', `-I${ROOT}/lib`, '-o', program, path.join(ROOT, 'tests/bench/alarm.c'), path.join(BUILD, 'libvoltill.a'),
    ...execFileSync('mariadb_config', ['--libs']).toString().trim().split(/\s+/), '-lunistring', '-linih', '-lsodium', '-lpthread'], { stdio: 'inherit' });
  const maria = await startMaria();
  maria.sql(`INSERT INTO gateway (gateway_id, name) VALUES (1, 'g'); INSERT INTO collector (collector_id, name, started_at, seen_at) VALUES (1, 'c', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3));
    INSERT INTO bus (bus_id, gateway_id, name, transport, host, port) SELECT seq, 1, seq, 'tcp', '127.0.0.1', seq FROM seq_1_to_100;
    INSERT INTO bus_lease (bus_id, collector_id, epoch, expires_at) SELECT seq, 1, 1, UTC_TIMESTAMP(3) FROM seq_1_to_100;
    INSERT INTO meter (meter_id, number, meter_model_id, bus_id, unit) SELECT seq, seq, 2, 1 + seq % 100, 1 + seq DIV 100 FROM seq_1_to_10000;
    INSERT INTO account (account_id, number, name, opened_at) SELECT seq, seq, seq, UTC_TIMESTAMP(3) FROM seq_1_to_10000;
    INSERT INTO account_meter (meter_id, began_at, account_id) SELECT seq, UTC_TIMESTAMP(3), seq FROM seq_1_to_10000`);
  const conf = await writeConf(maria);
  const text = execFileSync(program, [conf.path, '21']).toString();
  const value = (name) => Number(new RegExp(`${name}=(\\d+)`).exec(text)[1]);
  const detail = `store ${(value('store_us') / 1000).toFixed(0)} ms, alarms ${(value('quiet_us') / 1000).toFixed(1)} ms; ${(value('rules_us') / 1000).toFixed(0)} ms more when a rule changed`;
  report('alarms of 10,000 meters, quiet: part of the store time of a round', value('quiet_us') / value('store_us'), '≤ 0.1', detail);
  report('the same when 1 % of the meters begin or end one', value('busy_us') / value('store_us'), '', `${(value('busy_us') / 1000).toFixed(0)} ms`);
  await maria.stop();
}
