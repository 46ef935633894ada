/** Understory: stems in three layers, as if looking down through a wood. */
import { random, f } from '../random.mjs';

const leafShapes = {
  /** A pointed oval with a midrib and veins. */
  oval(L, rnd, fill, vein) {
    const w = L * rnd.range(0.2, 0.27);
    let veins = `M0 0Q${f(L * 0.5)} ${f(-L * 0.02)} ${f(L * 0.94)} 0`;
    for (let k = 1; k < 7; k++) {
      const x = (L * k) / 7.5, reach = w * 0.95 * Math.sin(Math.PI * Math.min(1, k / 7.2)) ** 0.8;
      veins += `M${f(x)} 0q${f(L * 0.07)} ${f(-reach * 0.3)} ${f(L * 0.11)} ${f(-reach * 0.72)}M${f(x)} 0q${f(L * 0.07)} ${f(reach * 0.3)} ${f(L * 0.11)} ${f(reach * 0.72)}`;
    }
    return `<path d="M0 0C${f(L * 0.2)} ${f(-w * 1.25)} ${f(L * 0.7)} ${f(-w * 1.1)} ${f(L)} 0C${f(L * 0.7)} ${f(w * 1.1)} ${f(L * 0.2)} ${f(w * 1.25)} 0 0Z" fill="${fill}"/><path d="${veins}" fill="none" stroke="${vein}" stroke-width="${f(L * 0.014)}" stroke-linecap="round"/>`;
  },
  /** A long willow leaf, half of it in shade. */
  willow(L, rnd, fill, vein) {
    const w = L * rnd.range(0.1, 0.14), b = L * rnd.range(-0.1, 0.1);
    return `<path d="M0 0Q${f(L * 0.4)} ${f(b - w * 1.9)} ${f(L)} ${f(b)}Q${f(L * 0.45)} ${f(b + w * 1.5)} 0 0Z" fill="${fill}"/><path d="M0 0Q${f(L * 0.4)} ${f(b - w * 0.1)} ${f(L)} ${f(b)}Q${f(L * 0.45)} ${f(b + w * 1.5)} 0 0Z" fill="${vein}" opacity=".38"/>`;
  },
  /** A ginkgo fan, pleated. */
  fan(L, rnd, fill, vein) {
    const s = L * 0.42;
    let pleats = '';
    for (let k = -5; k <= 5; k++) {
      const t = (k / 5) * 0.95;
      pleats += `M${f(s * 0.75)} 0L${f(s * 0.75 + Math.cos(t) * s * 1.02)} ${f(Math.sin(t) * s * 1.1)}`;
    }
    return `<path d="M0 0H${f(s * 0.8)}" stroke="${fill}" stroke-width="${f(L * 0.03)}"/><path d="M${f(s * 0.6)} 0C${f(s * 0.9)} ${f(-s * 0.3)} ${f(s * 0.9)} ${f(-s)} ${f(s * 1.25)} ${f(-s * 1.12)}C${f(s * 1.6)} ${f(-s * 1.05)} ${f(s * 1.9)} ${f(-s * 0.5)} ${f(s * 1.92)} ${f(-s * 0.12)}L${f(s * 1.7)} 0L${f(s * 1.92)} ${f(s * 0.12)}C${f(s * 1.9)} ${f(s * 0.5)} ${f(s * 1.6)} ${f(s * 1.05)} ${f(s * 1.25)} ${f(s * 1.12)}C${f(s * 0.9)} ${f(s)} ${f(s * 0.9)} ${f(s * 0.3)} ${f(s * 0.6)} 0Z" fill="${fill}"/><path d="${pleats}" stroke="${vein}" stroke-width="${f(L * 0.012)}" fill="none"/>`;
  },
};

/** One stem growing along +x from the origin. */
function stem(rnd, length, kind, ink) {
  const bend = rnd.range(-0.35, 0.35);
  const point = (t) => [t * length, bend * length * t * t];
  const slope = (t) => (Math.atan2(2 * bend * t, 1) * 180) / Math.PI;
  let out = '';
  const place = (t, turn, inner, size = 1) => {
    const [x, y] = point(t);
    out += `<g transform="translate(${f(x)} ${f(y)}) rotate(${f(slope(t) + turn)}) scale(${f(size)})">${inner}</g>`;
  };
  out += `<path d="M0 0Q${f(length * 0.5)} 0 ${f(length)} ${f(bend * length)}" fill="none" stroke="${ink.stem}" stroke-width="${f(length * 0.014)}" stroke-linecap="round"/>`;
  if (kind === 'fern') {
    for (let t = 0.08; t < 1; t += 0.042) {
      const L = length * 0.3 * Math.sin(Math.PI * (0.12 + 0.85 * t)) ** 0.9 * (1.1 - 0.35 * t);
      for (const side of [-1, 1]) place(t, side * rnd.range(56, 64), `<path d="M0 0C${f(L * 0.2)} ${f(-L * 0.16)} ${f(L * 0.7)} ${f(-L * 0.14)} ${f(L)} 0C${f(L * 0.7)} ${f(L * 0.14)} ${f(L * 0.2)} ${f(L * 0.16)} 0 0Z" fill="${ink.leaf}"/><path d="M0 0H${f(L * 0.85)}" stroke="${ink.vein}" stroke-width="${f(L * 0.025)}"/>`);
    }
  } else if (kind === 'berry') {
    for (let t = 0.15; t < 1; t += 0.12) {
      const side = Math.round(t * 100) % 2 ? 1 : -1;
      const L = length * rnd.range(0.13, 0.24), R = length * rnd.range(0.022, 0.034);
      place(t, side * rnd.range(30, 60), `<path d="M0 0H${f(L)}" stroke="${ink.stem}" stroke-width="${f(length * 0.008)}"/><circle cx="${f(L)}" r="${f(R)}" fill="${ink.spark}"/><circle cx="${f(L + R * 0.3)}" cy="${f(-R * 0.3)}" r="${f(R * 0.3)}" fill="${ink.vein}" opacity=".7"/>`);
      place(t + 0.03, -side * rnd.range(35, 55), leafShapes.willow(length * rnd.range(0.2, 0.28), rnd, ink.leaf, ink.vein));
    }
  } else {
    const draw = leafShapes[kind];
    const gap = kind === 'fan' ? 0.2 : kind === 'willow' ? 0.085 : 0.145;
    for (let t = 0.14; t < 0.97; t += gap)
      for (const side of [-1, 1])
        place(t + (side > 0 ? gap * 0.4 : 0), side * rnd.range(36, 54), draw(length * rnd.range(0.27, 0.33) * (1.15 - 0.45 * t), rnd, ink.leaf, ink.vein));
    place(1, rnd.range(-8, 8), draw(length * 0.26, rnd, ink.leaf, ink.vein));
  }
  return out;
}

/** Draws `w`×`h`; `size` is a stem's length. `c`: bg and `layers`, each {leaf, vein, stem, spark} lists from far to near. */
export function leaves({ w, h, seed = 1, size = w / 2.6, c }) {
  const rnd = random(seed);
  let out = `<rect width="${w}" height="${h}" fill="${c.bg}"/>`;
  c.layers.forEach((layer, depth) => {
    const s = size * (0.92 - depth * 0.09);
    const gap = s * (0.5 + depth * 0.13);
    const stems = [];
    for (let y = -s * 0.4; y < h + s * 1.1; y += gap * 0.86)
      for (let x = -s * 0.5; x < w + s * 0.5; x += gap)
        stems.push([x + rnd.range(-0.36, 0.36) * gap + (depth % 2 ? gap / 2 : 0), y + rnd.range(-0.36, 0.36) * gap]);
    for (const [x, y] of stems) {
      if (rnd.chance(layer.skip ?? 0)) continue;
      const ink = rnd.pick(layer.inks);
      const kind = rnd.weighted(layer.kinds ?? [['oval', 3], ['willow', 2.4], ['fern', 2], ['fan', 1.5], ['berry', 1.6]]);
      out += `<g transform="translate(${f(x)} ${f(y)}) rotate(${f(-90 + rnd.range(-52, 52))})">${stem(rnd, s * rnd.range(0.8, 1.1), kind, ink)}</g>`;
    }
  });
  return out;
}
