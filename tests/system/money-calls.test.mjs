// Killed at every system call. While a sale, a refund, a reversal, a payout or an approval runs, the program
// dies at its Nth call on the database or on the web server's socket; while money travels to a meter, the
// collector dies at its Nth call on the line or on the database. Then it starts again, and the same form
// is sent again: one document, one write to the meter, books and meters agree.
import fs from 'node:fs';
import { test } from 'node:test';
import { assert, complaint, meterId, sleep, Till, until } from './till.mjs';
import { children, mayTrace, threads, Trace } from './trace.mjs';

const DATABASE = ['sendto', 'recvfrom'];
const CALLS_MAX = 80; // of one order: a thread that also looks after other things goes on for ever
const IS_LONG = process.env.LONG === '1';

const skip = mayTrace() ? false : 'this machine does not let us trace processes';
let points = 0;

// Before what is received there is a look whether it is there already: every other one is the same moment.
const numbers = (most, call) => Array.from({ length: Math.min(most ?? 0, CALLS_MAX) }, (_, i) => i + 1).filter((n) => IS_LONG || call !== 'recvfrom' || n % 2 === 0);

async function salesProgram(t) {
  const till = await Till.start([{ kind: 'tcp', units: 64 }, { kind: 'tcp', units: 64, model: 'adf300' }, { kind: 'rtt', units: 64 }], { t,
    guards: { adf300: 'checks', ddsy1352: 'checks' }, overrides: { 'web.workers': '1', 'collector.gateway_delay_ms': '50' } });
  const cashiers = [];
  for (let i = 0; i < 6; i++) cashiers.push(await till.operator());
  const carl = await till.operator('manager');
  let next = 0, turn = 0;
  const anyone = () => cashiers[turn++ % cashiers.length]; // one alone may not make a hundred documents in ten seconds
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
      for (const n of numbers(found[call], call)) {
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
    assert.ok(here >= 30, `${here} points`);
  });

  await t.test('a sale whose connection to the database breaks (M-05)', async () => {
    const found = await callsOf(() => till.askSale(anyone(), meter(), 1000 + next));
    let here = 0;
    for (const call of DATABASE) {
      for (const n of numbers(found[call], call)) {
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
    assert.ok(here >= 30, `${here} points`);
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
    assert.ok(queued >= 25 && delivered >= 25, `${queued}, ${delivered} points`);
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
    assert.ok(here >= 20, `${here} points`);
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
    assert.ok(here >= 20, `${here} points`);
  });

  await t.test('books and meters agree', async () => {
    await till.quiet(90);
    await till.assertEqual();
    till.assertSound();
    assert.deepEqual(till.sql('SELECT operator_id, series FROM sale GROUP BY operator_id, biz_day, series HAVING MAX(receipt_seq) <> COUNT(*)'), []);
    till.field.assertClean();
  });
}

// One station: a collector with a line of its own, one kind of order.
class Station {
  static async start(t, kind, model, deed) {
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
    for (const call of calls) for (const n of numbers(found[call], call)) here += await this.point(thread, call, n);
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

// A collector at an order of one kind, over one kind of line.
const collector = (deed, kind, model, isClaimed = false) => async (t) => {
  const station = await Station.start(t, kind, model, bring[deed]);
  const line = await station.storm('bus 1', kind === 'tcp' ? ['sendto', 'recvfrom'] : ['write', 'read']);
  const desk = await station.storm('money', DATABASE);
  // An order is claimed in the same way, whatever it is.
  const claims = isClaimed ? await station.storm('dispatcher', DATABASE) : [0, ''];
  t.diagnostic(`points on the line ${line}, of intents and ends ${desk}, of claims ${claims}`);
  assert.ok((line[0] + desk[0] + claims[0]) >= 25);
  await station.till.quiet(90);
  await station.till.assertEqual();
  station.till.assertSound();
  station.till.field.assertClean();
};

async function meterChange(t) {
  const till = await Till.start([{ kind: 'tcp', units: 90, reading: 1800, status: 1 }, { kind: 'tcp', units: 90, status: 1 }], { t, guards: { ddsy1352: 'checks' }, programs: ['login', 'sales', 'accounts'],
    vacant: (id) => id > 2000, overrides: { 'web.workers': '1', 'collector.gateway_delay_ms': '50' } });
  const carl = await till.operator('manager');
  const program = () => till.web.programs.accounts;
  const background = () => children(program().pid).find((pid) => /--background/.test(fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8')));
  const worker = () => children(program().pid).find((pid) => pid !== background());
  const changes = [];
  let pair = 0, starts = 0;
  const ask = () => {
    pair++;
    assert.ok(pair <= 90, 'meters enough');
    return till.askMove(carl, meterId(1, pair), meterId(2, pair));
  };
  const state = (id) => till.session.one(`SELECT state FROM meter_change WHERE meter_change_id = ${id}`);
  const isDone = (id) => until(`change ${id}`, async () => await state(id) === 'done', 60);

  // tid: who is traced while one move runs. Gives the number of kills.
  async function kills(tid, call, at, again) {
    const asked = await ask();
    const trace = await Trace.attach([await tid()], call, { at });
    const { sale } = await till.send(asked);
    await Promise.race([trace.ended, sale ? isDone(sale).catch(() => {}) : sleep(50)]);
    const wasKilled = await trace.end();
    if (wasKilled) {
      points++;
      await again();
    }
    const sent = await till.surely(asked);
    assert.equal(sent.outcome, 'ok', `${call} ${at}: ${complaint(sent.answer)}`);
    changes.push(sent.sale);
    return [wasKilled ? 1 : 0, trace.counts()];
  }

  const restart = async () => {
    await program().kill9();
    await till.again('accounts', '/accounts/overview');
  };
  const collect = async () => {
    await till.field.collector.exited;
    await till.field.collect({ name: `collector-${++starts}`, wait: false });
  };
  const thread = (name) => async () => {
    await isDone(changes.at(-1));
    return until(name, () => threads(till.field.collector.pid).find((one) => one.name === name)?.tid);
  };

  async function each(what, tid, again, step) {
    const [, found] = await kills(tid, DATABASE.join(','), 0, again);
    let here = 0;
    for (const call of DATABASE) {
      for (let n = step; n <= (found[call] ?? 0) && n <= CALLS_MAX; n += step) here += (await kills(tid, call, n, again))[0];
    }
    t.diagnostic(`${what}: ${here} points in ${JSON.stringify(found)}`);
    return here;
  }

  await t.test('while it is asked for', async () => assert.ok(await each('asking', async () => worker(), restart, IS_LONG ? 3 : 6) >= 8));
  await t.test('while the background goes on with it', async () => assert.ok(await each('going on', async () => {
    await isDone(changes.at(-1));
    return until('the background', background);
  }, () => {}, IS_LONG ? 8 : 16) >= 4));
  await t.test('while the collector empties the one and fills the other', async () => assert.ok(await each('the legs', thread('money'), collect, IS_LONG ? 8 : 16) >= 4));

  await t.test('books and meters agree', async () => {
    await until('all changes to be done', async () => await till.session.one("SELECT COUNT(*) FROM meter_change WHERE state <> 'done'") === '0', 60);
    await till.quiet(60);
    assert.equal(Number(await till.session.one('SELECT COUNT(*) FROM meter_change')), changes.length);
    assert.equal(await till.session.one("SELECT COALESCE(SUM(amount_fen), 0) FROM posting WHERE ledger = 'moving'"), '0');
    await till.assertEqual();
    till.assertSound();
    till.field.assertClean();
  });
}

test('killed at every system call', { skip, concurrency: 6 }, async (t) => {
  await Promise.all([
    t.test('the sales program', salesProgram),
    t.test('a meter change', meterChange),
    ...[['credit', 'tcp', 'ddsy1352', true], ['credit', 'pty', 'ddsy1352'], ['deduct', 'rtt', 'adf300'], ['clear', 'tcp', 'adf300']]
      .map((wish) => t.test(`the collector: ${wish[0]} over ${wish[1]}`, collector(...wish))),
  ]);
  t.diagnostic(`${points} points`);
  assert.ok(points >= 300, `${points} points`);
});
