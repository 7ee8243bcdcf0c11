// How long a fleet takes to come in: 20,000 meters of 100 buses from one CSV file, checked, shown,
// checked again and applied in one transaction, with the memory it takes. The reference is what the
// server needs to take as many rows, each with its audit row, from its own client.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import { bin, ctl, sleep, startMaria, writeConf } from '../harness/harness.mjs';

const BUSES = 100, EACH = 200, METERS = BUSES * EACH;

export function fleet(meters = METERS) {
  const rows = ['number,model,gateway,bus,unit,site,building,floor,room,alarm1,note'];
  for (let i = 0; i < meters; i++) {
    const bus = Math.floor(i / EACH);
    rows.push(`31${String(i).padStart(10, '0')},ddsy1352,GW-${bus},总线1,${i % EACH + 1},S,${bus % 20}号楼,${bus % 7}层,R${i},50,第 ${i} 户`);
  }
  return `${rows.join('\n')}\n`;
}

export function building(maria) {
  maria.sql(`INSERT INTO place(place_id,kind,name) VALUES(1,'site','S');
INSERT INTO place(place_id,parent_id,kind,name) SELECT 10+seq,1,'building',CONCAT(seq,'号楼') FROM seq_0_to_19;
INSERT INTO place(place_id,parent_id,kind,name) SELECT 100+b.seq*10+f.seq,10+b.seq,'floor',CONCAT(f.seq,'层') FROM seq_0_to_19 b JOIN seq_0_to_6 f;
INSERT INTO place(place_id,parent_id,kind,name) SELECT 1000+seq,100+((seq DIV ${EACH})%20)*10+(seq DIV ${EACH})%7,'room',CONCAT('R',seq) FROM seq_0_to_${METERS - 1};
INSERT INTO gateway(gateway_id,name) SELECT seq+1,CONCAT('GW-',seq) FROM seq_0_to_${BUSES - 1};
INSERT INTO bus(bus_id,gateway_id,name,transport,host,port) SELECT seq+1,seq+1,'总线1','tcp','127.0.0.1',1000+seq FROM seq_0_to_${BUSES - 1};`);
}

// Seconds and the greatest resident size in MB.
async function measure(args) {
  const from = process.hrtime.bigint();
  const child = spawn(bin('voltillctl'), args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let peak = 0, out = '';
  child.stdout.on('data', (text) => { out += text; });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let code;
  ended.then((status) => { code = status; });
  while (code === undefined) {
    try {
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0));
    } catch { /* it has ended */ }
    await sleep(20);
  }
  assert.equal(code, 0, out);
  return { seconds: Number(process.hrtime.bigint() - from) / 1e9, megabytes: peak / 1024 };
}

function reference(maria) {
  const rows = ['BEGIN;'];
  for (let i = 0; i < METERS; i++) {
    rows.push(`INSERT INTO bench_row(number,unit,note) VALUES('31${i}',${i % EACH},'${i}');`,
      `INSERT INTO bench_log(at,detail) VALUES(NOW(3),'number: -> 31${i}');`);
  }
  rows.push('COMMIT;');
  maria.sql('CREATE TABLE bench_row(id INT AUTO_INCREMENT PRIMARY KEY,number VARCHAR(16) UNIQUE,unit INT,note VARCHAR(200)) ENGINE=InnoDB;CREATE TABLE bench_log(id INT AUTO_INCREMENT PRIMARY KEY,at DATETIME(3),detail VARCHAR(4000)) ENGINE=InnoDB');
  const from = process.hrtime.bigint();
  execFileSync('mariadb', ['--no-defaults', '-uroot', '-S', maria.socket, 'voltill'], { input: rows.join('\n') });
  return Number(process.hrtime.bigint() - from) / 1e9;
}

export async function benchImport(report) {
  const maria = await startMaria();
  const conf = await writeConf(maria);
  building(maria);
  fs.writeFileSync(`${conf.dir}/meters.csv`, fleet());
  const expected = reference(maria);
  const dry = await measure(['--config', conf.path, 'import', 'meters', `${conf.dir}/meters.csv`, '--dry-run']);
  const all = await measure(['--config', conf.path, 'import', 'meters', `${conf.dir}/meters.csv`]);
  assert.equal(maria.one('SELECT COUNT(*) FROM meter'), String(METERS));
  const again = await measure(['--config', conf.path, 'import', 'meters', `${conf.dir}/meters.csv`]);
  report(`import: ${METERS} meters, check and apply, over ${METERS} inserts with audit by the client`, all.seconds / expected, '(<= 10 s)',
    `${all.seconds.toFixed(1)} s, reference ${expected.toFixed(1)} s, ${all.megabytes.toFixed(0)} MB (<= 64)`);
  report('import: dry run alone, over the same', dry.seconds / expected, '', `${dry.seconds.toFixed(1)} s, ${dry.megabytes.toFixed(0)} MB`);
  report('import: the same file again, all unchanged', again.seconds / expected, '', `${again.seconds.toFixed(1)} s, ${again.megabytes.toFixed(0)} MB`);
  ctl(conf, ['status']);
}
