/** Twill: a drawn cloth. Warp and weft pass over and under by rule; the rule changes from block to block. */
import { random, f } from '../random.mjs';

const mod = (a, n) => ((a % n) + n) % n;

/** Is the warp (the upright thread) on top at thread `i`, pick `j`? */
const rules = {
  twill: (i, j) => mod(i + j, 4) < 2,
  back: (i, j) => mod(i - j, 4) < 2,
  herringbone: (i, j) => mod((mod(i, 16) < 8 ? i : -i - 1) + j, 4) < 2,
  point: (i, j) => mod((mod(j, 16) < 8 ? j : -j - 1) + (mod(i, 16) < 8 ? i : -i - 1), 4) < 2,
  basket: (i, j) => mod(Math.floor(i / 2) + Math.floor(j / 2), 2) === 0,
  basket4: (i, j) => mod(Math.floor(i / 4) + Math.floor(j / 4), 2) === 0,
  plain: (i, j) => mod(i + j, 2) === 0,
  satin: (i, j) => mod(i * 2 + j, 5) !== 0,
  weft: (i, j) => mod(i * 3 + j, 8) === 0,
  diamond: (i, j) => mod(Math.abs(mod(i, 24) - 12) + Math.abs(mod(j, 24) - 12), 6) < 3,
};

/**
 * Draws `w`×`h`; `n` threads across. `c`: bg (the shadow between threads), warp and weft: colour sequences
 * as [[colour, count]…]; `blocks`: rows of rule names, spread over the cloth in blocks of `block` threads.
 */
export function weave({ w, h, seed = 1, n = 96, c, blocks = [['herringbone', 'basket', 'point'], ['diamond', 'twill', 'basket4'], ['satin', 'point', 'herringbone']], block = 32 }) {
  const rnd = random(seed);
  const s = w / n, m = Math.ceil(h / s);
  const expand = (seq) => seq.flatMap(([colour, count]) => Array(count).fill(colour));
  const warp = expand(c.warp), weft = expand(c.weft);
  const over = (i, j) => rules[blocks[mod(Math.floor(j / block), blocks.length)][mod(Math.floor(i / block), blocks[0].length)]](i, j);
  const groups = new Map();
  const put = (key, d) => groups.set(key, (groups.get(key) ?? '') + d);
  const t = s * 0.86, g = (s - t) / 2;
  // Each run of one thread on top becomes one rounded bar, cut slightly short where it dives.
  const bar = (x, y, bw, bh, colour, upright) => {
    const r = t * 0.34;
    put(colour, `M${f(x + r)} ${f(y)}h${f(bw - 2 * r)}q${f(r)} 0 ${f(r)} ${f(r)}v${f(bh - 2 * r)}q0 ${f(r)} ${f(-r)} ${f(r)}h${f(-(bw - 2 * r))}q${f(-r)} 0 ${f(-r)} ${f(-r)}v${f(-(bh - 2 * r))}q0 ${f(-r)} ${f(r)} ${f(-r)}Z`);
    // Light along the thread's crown, shade at its foot, two plies.
    if (upright) {
      put('light', `M${f(x + bw * 0.3)} ${f(y + bh * 0.12)}V${f(y + bh * 0.84)}`);
      put('dark', `M${f(x + bw * 0.86)} ${f(y + bh * 0.06)}V${f(y + bh * 0.94)}`);
    } else {
      put('light', `M${f(x + bw * 0.08)} ${f(y + bh * 0.28)}H${f(x + bw * 0.9)}`);
      put('dark', `M${f(x + bw * 0.06)} ${f(y + bh * 0.86)}H${f(x + bw * 0.94)}`);
    }
  };
  const tone = (colour) => `${colour}|${rnd.int(3)}`;
  for (let i = 0; i < n; i++)
    for (let j = 0, run = 0; j <= m; j++) {
      if (j < m && over(i, j)) run++;
      else if (run) { bar(i * s + g, (j - run) * s + g * 0.4, t, run * s - g * 0.8, tone(warp[i % warp.length]), true); run = 0; }
    }
  for (let j = 0; j < m; j++)
    for (let i = 0, run = 0; i <= n; i++) {
      if (i < n && !over(i, j)) run++;
      else if (run) { bar((i - run) * s + g * 0.4, j * s + g, run * s - g * 0.8, t, tone(weft[j % weft.length]), false); run = 0; }
    }
  let out = `<rect width="${w}" height="${h}" fill="${c.bg}"/>`;
  for (const [key, d] of groups) {
    if (key === 'light' || key === 'dark') continue;
    const [colour, shade] = key.split('|');
    out += `<path d="${d}" fill="${colour}"/>`;
    if (shade !== '0') out += `<path d="${d}" fill="${shade === '1' ? '#000' : '#fff'}" opacity=".045"/>`;
  }
  out += `<path d="${groups.get('dark')}" fill="none" stroke="#1a0f0a" stroke-width="${f(s * 0.16)}" opacity=".2"/><path d="${groups.get('light')}" fill="none" stroke="#fff" stroke-width="${f(s * 0.12)}" opacity=".22" stroke-linecap="round"/>`;
  return out;
}
