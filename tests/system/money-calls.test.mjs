// Killed at every system call. While a sale, a refund, a reversal, a payout or an approval runs, the program
// dies at its Nth call on the database or on the web server's socket; while money travels to a meter, the
// collector dies at its Nth call on the line or on the database. Then it starts again, and the same form
// is sent again: one document, one write to the meter, books and meters agree.
import { test } from 'node:test';
import { assert, complaint, meterId, sleep, Till, until } from './till.mjs';
import { children, mayTrace, threads, Trace } from './trace.mjs';

const DATABASE = ['sendto', 'recvfrom'];
const CALLS_MAX = 50; // of one order: a thread that also looks after other things goes on for ever
const STEP = Number(process.env.STEP ?? 1);

const skip = mayTrace() ? false : 'this machine does not let us trace processes';
let points = 0;

const numbers = (most) => Array.from({ length: most }, (_, i) => i + 1).filter((n) => n % STEP === 0);

test('the sales program is killed at its system calls', { skip }, async (t) => {
  const till = await Till.start([{ kind: 'tcp', units: 64 }, { kind: 'tcp', units: 64, model: 'adf300' }, { kind: 'rtt', units: 64 }], { t,
    guards: { adf300: 'checks', ddsy1352: 'checks' }, overrides: { 'web.workers': '1', 'collector.gateway_delay_ms': '50' } });
  const cashiers = [];
  for (let i = 0; i < 4; i++) cashiers.push(await till.operator());
  const carl = await till.operator('manager');
  let next = 0;
  const anyone = () => cashiers[next % cashiers.length]; // one alone may not make a hundred documents in ten seconds
  const meter = () => till.ids[next++ % till.ids.length];

  // One point: the only worker is killed at its Nth call while it answers. False: it was done before.
  async function killedAt(asked, call, n) {
    const [worker] = children(till.web.programs.sales.pid);
    const trace = await Trace.attach([worker], call, { at: n });
    const { outcome } = await till.send(asked);
    await Promise.race([trace.ended, sleep(30)]); // some calls come after the answer
    if (!(await trace.end())) return false;
    assert.notEqual(outcome, 'fail', 'a program that dies refuses nothing');
    points++;
    await till.web.programs.sales.kill9();
    await till.again();
    return true;
  }

  async function callsOf(make) {
    // A worker that has sold before, as those of the points have: its statements are prepared.
    await till.send(await make());
    const asked = await make();
    const trace = await Trace.attach(children(till.web.programs.sales.pid).slice(0, 1), [...DATABASE, 'read', 'write']);
    await till.send(asked);
    await trace.end();
    return trace.counts();
  }

  // make gives a form that was not sent yet; once says what must be true when it was sent again.
  async function storm(deed, make, once) {
    const found = await callsOf(make);
    let here = 0;
    for (const call of [...DATABASE, 'write', 'read']) {
      for (const n of numbers(found[call] ?? 0)) {
        const asked = await make();
        if (!(await killedAt(asked, call, n))) continue;
        here++;
        const again = await till.send(asked);
        await once(asked, again, `${deed} at ${call} ${n}`);
      }
    }
    t.diagnostic(`${deed}: ${here} points in ${JSON.stringify(found)}`);
    return here;
  }

  const isOne = async (where, what) => assert.equal(await till.session.one(`SELECT COUNT(*) FROM ${where}`), '1', what);

  await t.test('a sale', async () => {
    const here = await storm('sale', () => till.askSale(anyone(), meter(), 1000 + next), async (asked, again, what) => {
      assert.equal(again.outcome, 'ok', `${what}: ${complaint(again.answer)}`);
      await isOne(`sale WHERE meter_id = ${asked.meter} AND amount_fen = ${asked.amountFen}`, what);
    });
    assert.ok(here * STEP >= 40, `${here} points`);
  });

  await t.test('a sale whose connection to the database breaks (M-05)', async () => {
    const found = await callsOf(() => till.askSale(anyone(), meter(), 1000 + next));
    let here = 0;
    for (const call of DATABASE) {
      for (const n of numbers(found[call])) {
        const asked = await till.askSale(anyone(), meter(), 1000 + next);
        const trace = await Trace.attach(children(till.web.programs.sales.pid).slice(0, 1), [call], { at: n, how: 'error=ECONNRESET' });
        const { outcome, answer, sale } = await till.send(asked);
        await trace.end();
        // Whether it was committed is found out, or said to be unknown; never "refused".
        assert.notEqual(outcome, 'fail', `${call} ${n}: ${answer?.status}`);
        const again = await till.send(asked);
        assert.equal(again.outcome, 'ok', `${call} ${n}: ${complaint(again.answer)}`);
        if (outcome === 'ok') assert.equal(again.sale, sale);
        await isOne(`sale WHERE meter_id = ${asked.meter} AND amount_fen = ${asked.amountFen}`, `${call} ${n}`);
        here++;
        points++;
      }
    }
    t.diagnostic(`broken connection: ${here} points`);
  });

  await till.quiet();

  await t.test('a refund', async () => {
    const here = await storm('refund', () => till.askRefund(anyone(), meter(), 10 + next), async (asked, again, what) => {
      assert.equal(again.outcome, 'ok', `${what}: ${complaint(again.answer)}`);
      await isOne(`sale WHERE kind = 'refund' AND meter_id = ${asked.meter} AND credit_fen = ${asked.amountFen}`, what);
    });
    assert.ok(here * STEP >= 30, `${here} points`);
  });

  await till.quiet();

  await t.test('a reversal of what waits, and of what was delivered', async () => {
    const once = async (asked, again, what) => {
      assert.equal(again.outcome, 'ok', `${what}: ${complaint(again.answer)}`);
      await isOne(`sale WHERE kind = 'reversal' AND reverses_sale_id = ${asked.sale}`, what);
    };
    await till.field.collector.stop();
    const waits = () => meterId(1, 1 + next++ % 64);
    const queued = await storm('reversal of what waits', async () => till.askReversal(anyone(), await till.sold(anyone(), waits(), 400 + next)), once);
    await till.field.collect({ name: 'collector-2' });
    await till.quiet();
    const sales = [];
    for (let i = 0; i < 64; i++) sales.push(await till.sold(anyone(), meterId(2, 1 + i), 600 + i));
    await till.quiet();
    const delivered = await storm('reversal of what was delivered', async () => till.askReversal(anyone(), sales.pop() ?? await lateSale()), once);
    assert.ok(queued * STEP >= 30 && delivered * STEP >= 30, `${queued}, ${delivered} points`);
  });

  async function lateSale() {
    const sale = await till.sold(anyone(), meterId(3, 1 + next++ % 64), 700 + next);
    await till.reaches(sale, 'delivered');
    return sale;
  }

  await till.quiet();

  await t.test('a payout', async () => {
    const due = till.sql("SELECT sale_id FROM sale WHERE state = 'due'").map((row) => Number(row.sale_id));
    const here = await storm('payout', () => till.askPay(anyone(), due.pop()), async (asked, again, what) => {
      assert.equal(await till.state(asked.sale), 'paid', `${what}: ${complaint(again.answer)}`);
      await isOne(`journal WHERE kind = 'payout' AND sale_id = ${asked.sale}`, what);
    });
    assert.ok(here * STEP >= 20, `${here} points`);
  });

  await t.test('an approval', async () => {
    till.sql("UPDATE role SET second_max_fen = 0 WHERE code = 'cashier'");
    const here = await storm('approval', async () => {
      const { sale } = await till.refund(anyone(), meter(), 10 + next);
      return { ...await till.askApproval(carl, await till.session.one(`SELECT approval_id FROM approval WHERE sale_id = ${sale}`)), sale };
    }, async (asked, again, what) => {
      await isOne(`approval WHERE sale_id = ${asked.sale} AND outcome = 'approved'`, what);
      await isOne(`delivery WHERE sale_id = ${asked.sale}`, what);
    });
    assert.ok(here * STEP >= 20, `${here} points`);
  });

  await t.test('books and meters agree', async () => {
    await till.quiet(90);
    await till.assertEqual();
    till.assertSound();
    assert.deepEqual(till.sql('SELECT operator_id, series FROM sale GROUP BY operator_id, biz_day, series HAVING MAX(receipt_seq) <> COUNT(*)'), []);
    till.field.assertClean();
  });
});

// One station: a collector with a line of its own, one kind of order.
class Station {
  // One after the other: two that look for a port at once may find the same.
  static start(...wish) {
    Station.starting = (Station.starting ?? Promise.resolve()).catch(() => {}).then(() => Station.begin(...wish));
    return Station.starting;
  }

  static async begin(t, kind, model, deed) {
    const station = new Station();
    station.till = await Till.start([{ kind, units: 24, model }], { t, guards: { [model]: 'checks' }, overrides: { 'collector.gateway_delay_ms': '50' } });
    station.deed = deed;
    station.starts = 0;
    station.next = 0;
    station.anna = await station.till.operator();
    return station;
  }

  get collector() { return this.till.field.collector; }
  meter() { return this.till.ids[this.next++ % this.till.ids.length]; }
  tid(name) { return threads(this.collector.pid).find((thread) => thread.name === name)?.tid; }

  // The line is silent and nothing is on its way: what comes next is the order's.
  async idle() {
    await this.till.quiet(60);
    let before = -1;
    await until('a silent line', async () => {
      const now = await this.till.field.requests(this.till.field.buses[0]);
      const isSilent = now === before;
      before = now;
      await sleep(30);
      return isSilent && this.tid('bus 1');
    });
  }

  // The order is made while the thread is traced; at 0: only to count. False: it was over before.
  async point(thread, calls, at) {
    const { till } = this;
    const asked = await this.deed(till, this.anna, this.meter());
    await this.idle();
    const trace = await Trace.attach([this.tid(thread)], calls, { at });
    const { sale } = await till.surely(asked);
    await Promise.race([trace.ended, till.reaches(sale, ['delivered', 'due', 'held', 'failed'], 20).catch(() => {})]);
    await sleep(30); // what comes after the end was stored
    const wasKilled = await trace.end();
    if (!at) return trace.counts();
    if (!wasKilled) return false;
    await this.collector.exited;
    points++;
    await till.field.collect({ name: `collector-${++this.starts}`, wait: false });
    return true;
  }

  async storm(thread, calls) {
    const found = await this.point(thread, calls, 0);
    let here = 0;
    for (const call of calls) for (const n of numbers(Math.min(found[call] ?? 0, CALLS_MAX))) here += await this.point(thread, call, n);
    return [here, JSON.stringify(found)];
  }
}

const bring = {
  credit: (till, client, meter) => till.askSale(client, meter, 1500),
  deduct: (till, client, meter) => till.askRefund(client, meter, 70),
  async clear(till, client, meter) {
    await till.reaches(await till.sold(client, meter, 200), 'delivered');
    return till.askRefund(client, meter, 0);
  },
};

test('the collector is killed at its system calls', { skip, concurrency: 3 }, async (t) => {
  const stations = [['credit', 'tcp', 'ddsy1352'], ['credit', 'pty', 'ddsy1352'], ['deduct', 'rtt', 'adf300'], ['clear', 'tcp', 'adf300']];
  await Promise.all(stations.map(([deed, kind, model]) => t.test(`${deed} over ${kind}`, async (here) => {
    const station = await Station.start(here, kind, model, bring[deed]);
    const began = Date.now();
    const line = await station.storm('bus 1', kind === 'pty' ? ['write', 'read'] : ['sendto', 'recvfrom']);
    const desk = await station.storm('money', DATABASE);
    const claims = kind === 'pty' ? [0, ''] : await station.storm('dispatcher', DATABASE);
    here.diagnostic(`points on the line ${line}, of intents and ends ${desk}, of claims ${claims}; ${Date.now() - began} ms`);
    assert.ok((line[0] + desk[0] + claims[0]) * STEP >= 25);
    await station.till.quiet(90);
    await station.till.assertEqual();
    station.till.assertSound();
    station.till.field.assertClean();
  })));
});

test('there were enough of them', { skip }, (t) => {
  t.diagnostic(`${points} points`);
  assert.ok(points * STEP >= 300, `${points} points`);
});
