/** Palazzo: broken stone in cement. Cells of a Voronoi diagram, each cut back, chipped and some veined. */
import { random, f } from '../random.mjs';

/** The part of a convex polygon nearer to the origin of the half-plane: dot(p, n) <= k. */
function clip(poly, nx, ny, k) {
  const out = [];
  for (let i = 0; i < poly.length; i++) {
    const [ax, ay] = poly[i], [bx, by] = poly[(i + 1) % poly.length];
    const da = ax * nx + ay * ny - k, db = bx * nx + by * ny - k;
    if (da <= 0) out.push([ax, ay]);
    if (da < 0 !== db < 0) {
      const t = da / (da - db);
      out.push([ax + (bx - ax) * t, ay + (by - ay) * t]);
    }
  }
  return out;
}

/** Draws `w`×`h`; `size` is a large chip's width. `c`: bg, chips [[colour, weight]…], vein, dust. */
export function terrazzo({ w, h, seed = 1, size = w / 9, c }) {
  const rnd = random(seed);
  const sites = [];
  const grid = new Map();
  const cell = size * 0.6;
  const near = (x, y, reach, visit) => {
    const span = Math.ceil(reach / cell);
    const i = Math.floor(x / cell), j = Math.floor(y / cell);
    for (let a = -span; a <= span; a++) for (let b = -span; b <= span; b++) for (const s of grid.get(`${i + a},${j + b}`) ?? []) if (visit(s) === false) return false;
    return true;
  };
  // Large stones first, then smaller ones into the gaps.
  for (const [r, tries, share] of [[0.5, 700, 0.62], [0.34, 2600, 0.8], [0.2, 9000, 1], [0.12, 22000, 1]]) {
    const R = r * size;
    const budget = tries * ((w * h) / (size * size * 100));
    for (let k = 0; k < budget; k++) {
      const x = rnd.range(-size, w + size), y = rnd.range(-size, h + size);
      if (!near(x, y, R + size * 0.6, (s) => Math.hypot(s.x - x, s.y - y) > (s.r + R) * share)) continue;
      const site = { x, y, r: R };
      sites.push(site);
      const key = `${Math.floor(x / cell)},${Math.floor(y / cell)}`;
      grid.set(key, [...(grid.get(key) ?? []), site]);
    }
  }
  let out = `<rect width="${w}" height="${h}" fill="${c.bg}"/>`;
  let dust = '';
  for (let k = 0; k < ((w * h) / (size * size)) * 60; k++) {
    const x = rnd.range(0, w), y = rnd.range(0, h), r = size * rnd.range(0.004, 0.012);
    dust += `M${f(x)} ${f(y)}l${f(r * 2)} ${f(r)}l${f(-r)} ${f(r * 1.5)}l${f(-r * 1.6)} ${f(-r)}Z`;
  }
  out += `<path d="${dust}" fill="${c.dust}" opacity=".7"/>`;
  sites.forEach((s, index) => {
    const R = s.r * 1.35;
    let poly = [];
    const n = 9;
    const turn = rnd.range(0, 6.28), squash = rnd.range(0.72, 1), tilt = rnd.range(0, 3.14);
    for (let i = 0; i < n; i++) {
      const t = turn + (i / n) * Math.PI * 2, q = R * rnd.range(0.8, 1.06);
      const x = Math.cos(t) * q, y = Math.sin(t) * q * squash;
      poly.push([x * Math.cos(tilt) - y * Math.sin(tilt), x * Math.sin(tilt) + y * Math.cos(tilt)]);
    }
    const gap = size * rnd.range(0.012, 0.03);
    near(s.x, s.y, s.r * 3.2 + size * 0.5, (o) => {
      if (o === s) return;
      const dx = o.x - s.x, dy = o.y - s.y, d = Math.hypot(dx, dy);
      // The border lies between the two in proportion to their sizes.
      const k = (d * d + s.r * s.r - o.r * o.r) / (2 * d) - gap;
      if (k < R * 1.1) poly = clip(poly, dx / d, dy / d, Math.max(k, s.r * 0.2));
    });
    // A few straight breaks.
    for (let b = 0; b < 3; b++) {
      const t = rnd.range(0, 6.28);
      poly = clip(poly, Math.cos(t), Math.sin(t), s.r * rnd.range(0.62, 1.1));
    }
    if (poly.length < 3) return;
    const fill = rnd.weighted(c.chips);
    const path = 'M' + poly.map(([x, y]) => `${f(x + s.x)} ${f(y + s.y)}`).join('L') + 'Z';
    out += `<path d="${path}" fill="${fill}"/>`;
    if (s.r > size * 0.3) {
      // Stone is never one colour: specks, a vein, one paler side.
      out += `<clipPath id="s${index}"><path d="${path}"/></clipPath><g clip-path="url(#s${index})">`;
      const t = rnd.range(0, 6.28);
      if (rnd.chance(0.45)) {
        for (let v = 0; v < 2 + rnd.int(3); v++) {
          const o = rnd.range(-0.7, 0.7) * s.r, e = () => rnd.range(-0.3, 0.3) * s.r;
          out += `<path transform="translate(${f(s.x)} ${f(s.y)}) rotate(${f((t * 180) / Math.PI + rnd.range(-14, 14))})" d="M${f(-s.r * 1.5)} ${f(o + e())}C${f(-s.r * 0.5)} ${f(o + e() * 1.6)} ${f(s.r * 0.4)} ${f(o + e() * 1.6)} ${f(s.r * 1.5)} ${f(o + e())}" fill="none" stroke="${c.vein}" stroke-width="${f(size * rnd.range(0.006, 0.024))}" opacity="${f(rnd.range(0.35, 0.8))}"/>`;
        }
      } else {
        let specks = '';
        for (let v = 0; v < 46; v++) {
          const x = s.x + rnd.range(-1, 1) * s.r * 1.2, y = s.y + rnd.range(-1, 1) * s.r * 1.2, q = size * rnd.range(0.004, 0.014);
          specks += `M${f(x)} ${f(y)}l${f(q)} ${f(q * 0.4)}l${f(-q * 0.3)} ${f(q)}l${f(-q)} ${f(-q * 0.5)}Z`;
        }
        out += `<path d="${specks}" fill="${rnd.chance(0.5) ? c.vein : c.dust}" opacity=".55"/>`;
      }
      out += '</g>';
    }
  });
  return out;
}
