/** North Sky: star charts with fine lines, invented constellations and a drift of small stars. */
import { random, noise, f } from '../random.mjs';

const rays = (n, R, r) => {
  let d = '';
  for (let i = 0; i < n * 2; i++) {
    const t = (i * Math.PI) / n - Math.PI / 2, q = i % 2 ? r : R * (n > 4 && i % 4 ? 0.55 : 1);
    d += `${i ? 'L' : 'M'}${f(q * Math.cos(t))} ${f(q * Math.sin(t))}`;
  }
  return d + 'Z';
};

/** One chart: rings, hour lines, a tilted ecliptic. */
function graticule(x, y, R, unit, rnd, c, full) {
  let out = '';
  const line = (r, width, dash = '', op = 1, colour = c.line) =>
    `<circle r="${f(r)}" fill="none" stroke="${colour}" stroke-width="${f(unit * width)}" opacity="${op}"${dash ? ` stroke-dasharray="${dash}" stroke-linecap="round"` : ''}/>`;
  for (let k = 1; k <= 5; k++) out += line((R * k) / 5.6, k === 3 ? 1.3 : 0.7, k === 3 ? '' : `${f(unit * 0.1)} ${f(unit * 5)}`, 0.8);
  for (let k = 0; k < 24; k++) {
    const t = (k * Math.PI) / 12, from = k % 6 ? (k % 2 ? 0.54 : 0.18) : 0.03;
    out += `<path d="M${f(Math.cos(t) * R * from)} ${f(Math.sin(t) * R * from)}L${f(Math.cos(t) * R * 0.955)} ${f(Math.sin(t) * R * 0.955)}" stroke="${c.line}" stroke-width="${f(unit * (k % 6 ? 0.5 : 0.9))}" opacity=".75"/>`;
  }
  out += line(R * 0.955, 1.2) + line(R, 2.2, '', 1, c.gold) + line(R * 1.022, 0.8, '', 1, c.gold);
  for (let k = 0; k < 180; k++) {
    const t = (k * Math.PI) / 90, long = k % 15 === 0 ? 0.045 : k % 5 === 0 ? 0.03 : 0.016;
    out += `<path d="M${f(Math.cos(t) * R * 0.998)} ${f(Math.sin(t) * R * 0.998)}L${f(Math.cos(t) * R * (0.998 - long))} ${f(Math.sin(t) * R * (0.998 - long))}" stroke="${c.gold}" stroke-width="${f(unit * 0.9)}"/>`;
  }
  const off = rnd.range(0.1, 0.2) * R, turn = rnd.range(0, 6.28);
  out += `<circle cx="${f(Math.cos(turn) * off)}" cy="${f(Math.sin(turn) * off)}" r="${f(R * 0.66)}" fill="none" stroke="${c.gold}" stroke-width="${f(unit * 1.5)}" stroke-dasharray="${f(unit * 9)} ${f(unit * 5)}"/>`;
  if (full) for (let k = 0; k < 12; k++) {
    // The moon's phases, round the rim.
    const t = (k * Math.PI) / 6 + 0.13, q = R * 1.075, m = R * 0.026, bulge = Math.cos((k / 12) * Math.PI * 2);
    const X = Math.cos(t) * q, Y = Math.sin(t) * q;
    out += `<g transform="translate(${f(X)} ${f(Y)})"><circle r="${f(m)}" fill="${c.bg}" stroke="${c.gold}" stroke-width="${f(unit)}"/><path d="M0 ${f(-m)}A${f(m)} ${f(m)} 0 0 1 0 ${f(m)}A${f(Math.abs(bulge) * m + 0.01)} ${f(m)} 0 0 ${bulge > 0 ? 0 : 1} 0 ${f(-m)}Z" fill="${c.gold}"/></g>`;
  }
  return `<g transform="translate(${f(x)} ${f(y)})">${out}</g>`;
}

/** Draws `w`×`h`; `chart` makes one great planisphere, else several meet. `c`: bg, deep, line, gold, pale. */
export function constellations({ w, h, seed = 1, chart = false, unit = w / 900, c }) {
  const rnd = random(seed);
  const cloud = noise(seed + 11), fine = noise(seed + 5);
  const s = Math.min(w, h);
  let out = `<rect width="${w}" height="${h}" fill="${c.bg}"/>`;
  const charts = chart
    ? [[w / 2, h * 0.47, s * 0.425]]
    : [[w * 0.18, h * 0.2, s * 0.3], [w * 0.86, h * 0.44, s * 0.36], [w * 0.3, h * 0.86, s * 0.33]];
  for (const [x, y, R] of charts) out += `<circle cx="${f(x)}" cy="${f(y)}" r="${f(R)}" fill="${c.deep}"/>`;
  // The milky way: a diagonal drift, dense in its middle.
  let dust = '', dust2 = '';
  const many = Math.round((w * h) / (unit * unit) / 62);
  for (let k = 0; k < many; k++) {
    const x = rnd.range(0, w), y = rnd.range(0, h);
    const band = Math.abs((x - w / 2) * 0.55 + (y - h / 2) * 0.83 + (cloud((x / w) * 3, (y / h) * 3) - 0.5) * s * 0.42) / (s * 0.24);
    const p = 0.05 + 0.95 * Math.exp(-band * band) * (0.25 + fine((x / w) * 14, (y / h) * 14));
    if (!rnd.chance(p)) continue;
    const r = unit * (0.45 + 1.1 * rnd.next() ** 5);
    const dot = `M${f(x - r)} ${f(y)}a${f(r)} ${f(r)} 0 1 0 ${f(2 * r)} 0a${f(r)} ${f(r)} 0 1 0 ${f(-2 * r)} 0`;
    if (rnd.chance(0.8)) dust += dot; else dust2 += dot;
  }
  out += `<path d="${dust}" fill="${c.pale}" opacity=".62"/><path d="${dust2}" fill="${c.gold}"/>`;
  for (const [x, y, R] of charts) out += graticule(x, y, R, unit, rnd, c, chart);
  // Bright stars, never too close, joined into figures.
  const stars = [];
  const min = unit * 30;
  for (let tries = 0; tries < 9000; tries++) {
    const x = rnd.range(0, w), y = rnd.range(0, h);
    if (chart && Math.hypot(x - charts[0][0], y - charts[0][1]) > charts[0][2] * 0.9) continue;
    if (stars.every((o) => Math.hypot(o.x - x, o.y - y) > min + (o.mag > 3.4 ? unit * 14 : 0))) stars.push({ x, y, mag: 1.4 + 3.4 * rnd.next() ** 2.4, used: 0 });
  }
  let lines = '';
  for (const start of [...stars].sort((p, q) => q.mag - p.mag).slice(0, Math.round(stars.length / 6))) {
    if (start.used) continue;
    let here = start, angle = rnd.range(0, 6.28);
    const steps = 3 + rnd.int(5);
    for (let k = 0; k < steps; k++) {
      const near = stars
        .filter((o) => o !== here && o.used < 1 && Math.hypot(o.x - here.x, o.y - here.y) < unit * 92)
        .map((o) => ({ o, score: Math.hypot(o.x - here.x, o.y - here.y) * (1.4 - Math.cos(Math.atan2(o.y - here.y, o.x - here.x) - angle)) - o.mag * unit * 6 }))
        .sort((p, q) => p.score - q.score)[0];
      if (!near) break;
      const o = near.o, len = Math.hypot(o.x - here.x, o.y - here.y), pad = unit * 7.5;
      angle = Math.atan2(o.y - here.y, o.x - here.x);
      if (len > pad * 2.4) lines += `M${f(here.x + ((o.x - here.x) * pad) / len)} ${f(here.y + ((o.y - here.y) * pad) / len)}L${f(o.x - ((o.x - here.x) * pad) / len)} ${f(o.y - ((o.y - here.y) * pad) / len)}`;
      here.used++; o.used++; o.mag = Math.max(o.mag, 2.2);
      here = rnd.chance(0.22) && k > 1 ? start : o;
    }
    start.mag = Math.max(start.mag, 3.6);
  }
  out += `<path d="${lines}" fill="none" stroke="${c.pale}" stroke-width="${f(unit * 1.25)}"/>`;
  for (const o of stars) {
    const fill = o.mag > 3.3 || rnd.chance(0.25) ? c.gold : c.pale;
    out += `<g transform="translate(${f(o.x)} ${f(o.y)})">`;
    if (o.mag > 3.5) out += `<path d="${rays(8, o.mag * unit * 3, unit * 1.8)}" fill="${fill}"/><circle r="${f(unit * 8.4)}" fill="none" stroke="${fill}" stroke-width="${f(unit * 0.7)}"/>`;
    else if (o.mag > 2.4) out += `<path d="${rays(4, o.mag * unit * 3, unit * 1.3)}" fill="${fill}"/>`;
    else out += `<circle r="${f(o.mag * unit)}" fill="${fill}"/>`;
    out += '</g>';
  }
  return out;
}
