/** Tideline: overlapping wave scales, coloured by where the tide has got to. */
import { random, noise, f } from '../random.mjs';

/**
 * Draws `w`×`h`; `n` scales across. `c`: bg, and `bands`, a list of [ground, line, accent] from deep to dry.
 */
export function waves({ w, h, seed = 1, n = 9, c }) {
  const rnd = random(seed);
  const tide = noise(seed + 7);
  const d = w / n, r = d / 2;
  const step = r * 0.5;
  let out = `<rect width="${w}" height="${h}" fill="${c.bands[0][0]}"/>`;
  const rows = Math.ceil(h / step) + 3;
  for (let j = -1; j < rows; j++) {
    for (let i = -1; i <= n; i++) {
      const x = (i + (j & 1 ? 1 : 0.5)) * d;
      const y = j * step;
      // The shore wanders: three slow swells, and a little chance at the border between two bands.
      const swell = 0.09 * Math.sin((x / w) * 5.3 + seed) + 0.07 * Math.sin((x / w) * 2.1 - (y / h) * 4 + seed * 2);
      let level = (y / h) * 0.5 + tide((x / w) * 3.2, (y / h) * 3.6) * 0.85 + swell - 0.16 + rnd.range(-0.02, 0.02);
      level = Math.max(0, Math.min(0.999, level));
      const [ground, line, accent] = c.bands[Math.floor((1 - level) * c.bands.length) % c.bands.length];
      const kind = rnd.weighted([['rings', 7], ['fan', 1.6], ['beads', 1.3], ['solid', 1]]);
      const ringAt = (q, width, colour) => `<circle r="${f(r * q)}" fill="none" stroke="${colour}" stroke-width="${f(r * width)}"/>`;
      let scale = `<circle r="${f(r)}" fill="${ground}"/>${ringAt(0.955, 0.05, line)}`;
      if (kind === 'rings') {
        scale += ringAt(0.8, 0.1, line) + ringAt(0.63, 0.07, line) + ringAt(0.48, 0.055, line) + ringAt(0.35, 0.04, line) + `<circle r="${f(r * 0.22)}" fill="${accent}"/>`;
      } else if (kind === 'fan') {
        scale += ringAt(0.84, 0.03, line);
        for (let a = 0; a <= 20; a++) {
          const t = Math.PI + (a * Math.PI) / 20;
          scale += `<path d="M${f(Math.cos(t) * r * 0.3)} ${f(Math.sin(t) * r * 0.3)}L${f(Math.cos(t) * r * 0.8)} ${f(Math.sin(t) * r * 0.8)}" stroke="${line}" stroke-width="${f(r * 0.035)}" stroke-linecap="round"/>`;
        }
        scale += `<circle r="${f(r * 0.24)}" fill="${accent}"/>`;
      } else if (kind === 'beads') {
        for (const [q, count, size] of [[0.8, 19, 0.055], [0.62, 15, 0.048], [0.46, 11, 0.042], [0.31, 7, 0.036]])
          for (let a = 0; a < count; a++) {
            const t = Math.PI + ((a + 0.5) * Math.PI) / count;
            scale += `<circle cx="${f(Math.cos(t) * r * q)}" cy="${f(Math.sin(t) * r * q)}" r="${f(r * size)}" fill="${line}"/>`;
          }
        scale += `<circle r="${f(r * 0.17)}" fill="${accent}"/>`;
      } else {
        scale += `<circle r="${f(r * 0.8)}" fill="${line}"/>` + ringAt(0.62, 0.035, ground) + ringAt(0.45, 0.035, ground) + `<circle r="${f(r * 0.24)}" fill="${accent}"/>`;
      }
      out += `<g transform="translate(${f(x)} ${f(y)})">${scale}</g>`;
    }
  }
  return out;
}

/** The same water seen from a cliff: contour lines of swell, thick and thin. `c` as above. */
export function tidelines({ w, h, seed = 1, n = 64, c }) {
  const rnd = random(seed);
  const a = noise(seed), b = noise(seed + 3);
  const gap = h / n;
  let out = `<rect width="${w}" height="${h}" fill="${c.bands[0][0]}"/>`;
  const lift = (x, k) => {
    const u = x / w, v = k / n;
    return gap * (9 * (a(u * 2.4 + v * 0.8, v * 3.1) - 0.5) + 4.5 * (b(u * 5.2, v * 6) - 0.5)) + gap * 1.6 * Math.sin(u * 9 + v * 7 + seed);
  };
  for (let k = -8; k < n + 8; k++) {
    const band = c.bands[Math.max(0, Math.min(c.bands.length - 1, Math.floor((1 - (k + 4 * Math.sin(k * 0.35)) / n) * c.bands.length)))];
    let d = '';
    for (let i = 0; i <= 80; i++) d += `${i ? 'L' : 'M'}${f((i / 80) * w)} ${f(k * gap + lift((i / 80) * w, k))}`;
    const fill = k % 7 === 0 ? band[1] : k % 7 === 4 && rnd.chance(0.5) ? band[2] : band[0];
    out += `<path d="${d}V${h + 9}H0Z" fill="${fill}"/><path d="${d}" fill="none" stroke="${band[1]}" stroke-width="${f(gap * (k % 3 ? 0.14 : 0.3))}"${rnd.chance(0.2) ? ` stroke-dasharray="${f(gap * 0.02)} ${f(gap * 0.5)}" stroke-linecap="round"` : ''}/>`;
  }
  return out;
}
