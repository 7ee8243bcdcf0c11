// strace around threads of a running program: to see its system calls, and to kill the program at the
// Nth of them, before the kernel carries it out.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

// Threads of a process by name: [{ tid, name }].
export function threads(pid) {
  return fs.readdirSync(`/proc/${pid}/task`).map((tid) => ({ tid: Number(tid), name: fs.readFileSync(`/proc/${pid}/task/${tid}/comm`, 'utf8').trim() }));
}
export const children = (pid) => fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

// Whether we may trace what is not our child. Some machines allow it to root alone, some to nobody.
export function mayTrace() {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  try {
    execFileSync('timeout', ['-s', 'INT', '0.3', 'strace', '-p', String(child.pid), '-o', '/dev/null'], { stdio: 'pipe' });
    return true;
  } catch (error) {
    return / attached/.test(error.stderr ?? '');
  } finally {
    child.kill('SIGKILL');
  }
}

let traces = 0;

export class Trace {
  // calls: names of system calls; at: the Nth of each of them meets `how`. Each thread counts for itself.
  static async attach(tids, calls, { at, how = 'signal=KILL' } = {}) {
    const trace = new Trace();
    trace.file = path.join(os.tmpdir(), `vt-${process.pid}-trace-${++traces}`);
    const args = ['-o', trace.file, '-e', `trace=${calls}`, '-e', 'signal=none'];
    if (at) args.push('-e', `inject=${calls}:${how}:when=${at}`);
    trace.process = spawn('strace', [...args, ...tids.flatMap((tid) => ['-p', String(tid)])], { stdio: ['ignore', 'ignore', 'pipe'] });
    trace.ended = new Promise((resolve) => { trace.process.once('exit', () => { trace.isOver = true; resolve(); }); });
    let text = '';
    await new Promise((resolve, reject) => {
      trace.process.stderr.on('data', (chunk) => {
        text += chunk;
        if ((text.match(/ attached/g) ?? []).length >= tids.length) resolve();
      });
      trace.process.once('error', reject);
      trace.ended.then(() => reject(new Error(`strace: ${text}`)));
    });
    return trace;
  }

  // Lets go of what still lives; true when something was killed.
  async end() {
    if (!this.isOver) this.process.kill('SIGINT');
    await this.ended;
    this.text = fs.readFileSync(this.file, 'utf8');
    fs.rmSync(this.file);
    return /\+\+\+ killed by SIGKILL|= \?$/m.test(this.text); // of one thread among many only its call is seen to end
  }

  // How often each system call was made: { sendto: 12, … }. After the end.
  counts() {
    const found = {};
    for (const [, call] of this.text.matchAll(/^(?:\d+ +)?(\w+)\(/gm)) found[call] = (found[call] ?? 0) + 1;
    return found;
  }
}
