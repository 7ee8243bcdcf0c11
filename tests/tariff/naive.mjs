// Prices an interval the slow way: minute by minute with the wall clock of JavaScript's own zone data,
// watt-hour by watt-hour through the steps, and all money as BigInt. It knows the rules of
// lib/model/tariff.h and nothing of the code.
//
// process.env.TZ is the site's zone while price() runs. A version here:
//   { seasons: [{ from: 'MM-DD', tables: [workday, weekend, holiday] }], tables: [[[minute, period]…]…],
//     components: [[five prices]…], cycle: 'none' | 'month' | 'year', own: bool, year: 'MM-DD',
//     tiers: [{ from, prices: [five] }] }

const pad = (n) => String(n).padStart(2, '0');

// What the clock on the wall shows. Neighbouring minutes are asked for again and again.
let seen = {};
export function forgetWall() { seen = {}; }
function wall(at) {
  const minute = Math.floor(at / 60000);
  if (seen.at !== minute) {
    const date = new Date(minute * 60000);
    const day = `${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
    seen = { at: minute, year: date.getFullYear(), day, date: `${date.getFullYear()}-${day}`, weekday: date.getDay(),
      minute: date.getHours() * 60 + date.getMinutes() };
  }
  return seen;
}

function kindOf(calendar, when) {
  const special = calendar.get(when.date);
  if (special) return special === 'workday' ? 0 : 2;
  return when.weekday === 0 || when.weekday === 6 ? 1 : 0;
}

function periodAt(version, calendar, when) {
  const started = version.seasons.filter((season) => season.from <= when.day);
  const season = started.length > 0 ? started[started.length - 1] : version.seasons[version.seasons.length - 1];
  const slots = version.tables[season.tables[kindOf(calendar, when)]];
  let period;
  for (const [minute, name] of slots) if (minute <= when.minute) period = name;
  return period;
}

function versionAt(spans, at) {
  let found = null;
  for (const span of spans) if (span.from <= at) found = span.version;
  return found;
}

const halfUp = (energy, part, whole) => (2n * BigInt(energy) * part + whole) / (2n * whole);

// The interval in pieces of at most a minute: [from, to, version, wall].
function minutes(spans, from, to) {
  const pieces = [];
  for (let at = from; at < to;) {
    let end = Math.min((Math.floor(at / 60000) + 1) * 60000, to);
    for (const span of spans) if (span.from > at && span.from < end) end = span.from;
    pieces.push({ from: at, to: end, version: versionAt(spans, at), when: wall(at) });
    at = end;
  }
  return pieces;
}

function use(meter, bill, version, when, period, energy) {
  const month = `${when.year}-${when.day.slice(0, 2)}`;
  const year = when.day >= version.year ? `${when.year}-${version.year}` : `${when.year - 1}-${version.year}`;
  if (meter.month !== month) Object.assign(meter, { month, monthWh: 0 });
  if (meter.year !== year) Object.assign(meter, { year, yearWh: 0 });
  const put = (tier, wh) => {
    const key = `${version.index}:${period}:${tier}`;
    bill.set(key, (bill.get(key) ?? 0) + wh);
  };
  const isStepped = version.cycle !== 'none' && version.tiers.length > 0;
  if (!isStepped && energy > 0) put(0, energy);
  let used = version.cycle === 'year' ? meter.yearWh : meter.monthWh;
  for (let wh = 0, run = 0, before; isStepped && wh <= energy; wh++, used++) {
    let tier = 0;
    for (const step of version.tiers) if (step.from <= used) tier++;
    if (wh > 0 && (tier !== before || wh === energy)) {
      put(before, run);
      run = 0;
    }
    run++;
    before = tier;
  }
  meter.monthWh += energy;
  meter.yearWh += energy;
}

function byTime(spans, calendar, meter, interval, bill) {
  const whole = BigInt(interval.to - interval.from);
  let done = 0n;
  for (const piece of minutes(spans, interval.from, interval.to)) {
    if (!piece.version) return false;
    const until = halfUp(interval.energy, BigInt(piece.to - interval.from), whole);
    use(meter, bill, piece.version, piece.when, periodAt(piece.version, calendar, piece.when), Number(until - done));
    done = until;
  }
  return true;
}

function byPeriods(spans, meter, interval, sum, bill) {
  const days = [];
  for (const piece of minutes(spans, interval.from, interval.to)) {
    if (!piece.version) return false;
    const last = days[days.length - 1];
    if (last && last.version === piece.version && last.when.date === piece.when.date && !spans.some((span) => span.from === piece.from)) last.to = piece.to;
    else days.push({ ...piece });
  }
  let weight = 0n, done = 0n;
  for (const day of days) {
    for (let period = 0; period < 5; period++) {
      weight += BigInt(interval.periods[period]) * BigInt(day.to - day.from);
      const until = halfUp(interval.energy, weight, BigInt(sum) * BigInt(interval.to - interval.from));
      use(meter, bill, day.version, day.when, period, Number(until - done));
      done = until;
    }
  }
  return true;
}

function lines(version, period, tier, energy) {
  const prices = version.components.map((component) => component[period]);
  if (tier > 0 && version.own) prices[0] = version.tiers[tier - 1].prices[period];
  if (tier > 0 && !version.own) prices.push(version.tiers[tier - 1].prices[period]);
  return prices.map((price) => [price, BigInt(price) * BigInt(energy)]);
}

// The answer in the words of price.c. meter carries over from call to call.
export function price(spans, calendar, meter, interval) {
  if (interval.to <= interval.from || interval.energy < 0 || interval.energy > 90e9) return '2';
  const bill = new Map();
  const helps = interval.periods && interval.periods.every((wh) => wh >= 0);
  const sum = helps ? interval.periods.reduce((a, b) => a + b, 0) : 0;
  const isPriced = sum > 0 ? byPeriods(spans, meter, interval, sum, bill) : byTime(spans, calendar, meter, interval, bill);
  if (!isPriced) return '1';
  let total = 0n, parts = '';
  for (const [key, energy] of bill) {
    const [index, period, tier] = key.split(':').map(Number);
    parts += ` ${key}:${energy}`;
    for (const [each, amount] of lines(spans.find((span) => span.version?.index === index).version, period, tier, energy)) {
      parts += `:${each}:${amount}`;
      total += amount;
    }
  }
  total += meter.carry;
  let fen = total / 10000000n;
  while (fen * 10000000n > total + 5000000n) fen--;
  while ((fen + 1n) * 10000000n <= total + 5000000n) fen++;
  meter.carry = total - fen * 10000000n;
  return `0 ${fen} ${meter.carry} ${meter.monthWh} ${meter.yearWh}${parts}`;
}
