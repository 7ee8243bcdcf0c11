// A connection to the test's MariaDB that stays open: for questions that are asked many times a second, where
// a client program for each would be most of the load.
import { spawn } from 'node:child_process';

export class Session {
  constructor(socket) {
    this.socket = socket;
    this.waiting = [];
    this.count = 0;
  }

  connect() {
    const child = spawn('mariadb', ['--no-defaults', '-uroot', '-S', this.socket, '-N', '-B', '-n', '-q', '--default-character-set=utf8mb4', 'voltill'], { stdio: ['pipe', 'pipe', 'ignore'] });
    let text = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (chunk) => {
      text += chunk;
      let end;
      while (this.waiting.length && (end = text.indexOf(this.waiting[0].mark)) >= 0) {
        const { mark, resolve } = this.waiting.shift();
        resolve(text.slice(0, end).split('\n').filter(Boolean).map((line) => line.split('\t').map((value) => (value === 'NULL' ? null : value))));
        text = text.slice(end + mark.length);
      }
    });
    child.stdin.on('error', () => {});
    child.on('exit', () => {
      if (this.child === child) this.child = undefined;
      for (const { reject } of this.waiting.splice(0)) reject(new Error('the server went away'));
    });
    child.unref();
    this.child = child;
  }

  // Rows as arrays of texts. A wrong statement, or a server that dies, is an error and the end of the connection.
  rows(sql) {
    if (!this.child) this.connect();
    const mark = `end of ${++this.count}\n`;
    return new Promise((resolve, reject) => {
      this.waiting.push({ mark, resolve, reject });
      this.child.stdin.write(`${sql};\nSELECT '${mark.trim()}';\n`);
    });
  }

  async one(sql) { return (await this.rows(sql))[0]?.[0]; }

  end() { this.child?.kill(); }
}
