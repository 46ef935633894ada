/** Azulejo: square tiles whose centres and corners each grow into a flower when they meet. */
import { random, f } from '../random.mjs';

const at = (r, deg) => {
  const t = (deg * Math.PI) / 180;
  return `${f(r * Math.cos(t))} ${f(r * Math.sin(t))}`;
};

/** A pointed petal along the +x axis, from radius `a` to `b`, at its widest `w`. */
const petal = (a, b, w, bend = 0.45) => {
  const m = a + (b - a) * bend;
  return `M${f(a)} 0C${f(m - (m - a) * 0.2)} ${f(-w)} ${f(m + (b - m) * 0.35)} ${f(-w)} ${f(b)} 0C${f(m + (b - m) * 0.35)} ${f(w)} ${f(m - (m - a) * 0.2)} ${f(w)} ${f(a)} 0Z`;
};

const ring = (n, offset, draw) =>
  Array.from({ length: n }, (_, i) => `<g transform="rotate(${f(offset + (i * 360) / n)})">${draw(i)}</g>`).join('');

const star = (n, R, r, offset = 0) =>
  'M' + Array.from({ length: n * 2 }, (_, i) => at(i % 2 ? r : R, offset + (i * 180) / n)).join('L') + 'Z';

/** What sits where four tiles meet; each tile shows a quarter of it. */
const corner = (c) => `
  <circle r="31" fill="${c.a}"/><circle r="27" fill="${c.bg}"/>
  ${ring(8, 22.5, () => `<path d="${petal(6, 26, 6)}" fill="${c.a}"/>`)}
  ${ring(8, 0, () => `<path d="${petal(8, 24, 3.2)}" fill="${c.c}"/>`)}
  <circle r="8" fill="${c.b}"/><circle r="4.6" fill="${c.bg}"/><circle r="2.2" fill="${c.a}"/>
  ${ring(16, 11.25, () => `<circle cx="29" r="1.15" fill="${c.bg}"/>`)}`;

/** What sits where two tiles share an edge; each tile shows a half. */
const edge = (c) => `
  <path d="M0 -13L13 0L0 13L-13 0Z" fill="${c.b}"/><path d="M0 -9L9 0L0 9L-9 0Z" fill="${c.bg}"/>
  <path d="${star(4, 7.4, 2.2)}" fill="${c.a}"/>`;

const frame = (c) => `${ring(4, 45, () => `<g transform="translate(70.7 0)">${corner(c)}</g>`)}
  ${ring(4, 0, () => `<g transform="translate(50 0)">${edge(c)}</g>`)}`;

const kinds = [
  // The star: two squares turned over each other, with a flower inside.
  (c) => `
    ${ring(4, 0, () => `<path d="${petal(22, 37, 6.4)}" fill="${c.c}"/><path d="M25 0H34" stroke="${c.a}" stroke-width=".9"/>`)}
    <path d="${star(8, 33, 24.5, 22.5)}" fill="${c.a}"/>
    <path d="${star(8, 28.6, 21.2, 22.5)}" fill="${c.bg}"/>
    <path d="${star(8, 26.2, 19.4, 22.5)}" fill="none" stroke="${c.a}" stroke-width=".8"/>
    ${ring(8, 0, () => `<path d="${petal(5, 19.6, 4.6)}" fill="${c.a}"/><path d="${petal(8, 16, 1.3)}" fill="${c.bg}"/>`)}
    ${ring(8, 22.5, () => `<path d="${petal(8, 20.5, 2.2)}" fill="${c.b}"/><circle cx="22.6" r="1.2" fill="${c.b}"/>`)}
    <circle r="6" fill="${c.b}"/><path d="${star(8, 5, 2.4)}" fill="${c.bg}"/><circle r="1.6" fill="${c.a}"/>`,
  // The quatrefoil: four lobes between the corners, leaves on the diagonals.
  (c) => `
    ${ring(4, 0, () => `<circle cx="19" r="16.4" fill="${c.a}"/>`)}
    ${ring(4, 0, () => `<circle cx="19" r="13.6" fill="${c.d}"/>`)}
    ${ring(4, 0, () => `<circle cx="19" r="11.2" fill="${c.bg}"/>${[-48, -24, 0, 24, 48].map((d) => `<g transform="translate(10 0) rotate(${d})"><path d="${petal(3, d ? 14 : 17, 2.5)}" fill="${c.a}"/></g>`).join('')}<circle cx="11.5" r="3" fill="${c.b}"/>`)}
    ${ring(4, 45, () => `<path d="${petal(5, 36, 7)}" fill="${c.bg}"/><path d="${petal(7, 34.5, 5.2)}" fill="${c.a}"/><path d="${petal(11, 30, 1.6)}" fill="${c.c}"/>`)}
    <circle r="7.6" fill="${c.bg}"/><circle r="6.2" fill="${c.b}"/><path d="${star(4, 5.4, 1.9)}" fill="${c.a}"/>`,
  // The wheel: rings of petals, one inside the other.
  (c) => `
    <circle r="34" fill="${c.d}"/><circle r="34" fill="none" stroke="${c.a}" stroke-width="2.2"/>
    ${ring(16, 0, () => `<path d="${petal(17, 32.4, 4.2, 0.6)}" fill="${c.bg}"/><path d="${petal(20, 29.5, 1.7, 0.6)}" fill="${c.a}"/>`)}
    <circle r="18" fill="${c.a}"/><circle r="15.6" fill="${c.bg}"/>
    <path d="${star(12, 15, 8)}" fill="${c.b}"/>
    ${ring(6, 0, () => `<path d="${petal(2, 11, 3)}" fill="${c.a}"/>`)}
    ${ring(6, 30, () => `<circle cx="9.4" r="1.3" fill="${c.bg}"/>`)}
    <circle r="3.2" fill="${c.bg}"/><circle r="1.6" fill="${c.b}"/>`,
];

/**
 * Draws `w`×`h` of the pattern; `n` tiles across. `c`: bg, a (line), b (spark), c (leaf), d (wash), grout.
 */
export function tiles({ w, h, seed = 1, n = 6, c }) {
  const rnd = random(seed);
  const s = w / n;
  const defs = [];
  kinds.forEach((draw, i) => defs.push(`<g id="k${i}"><rect x="-50.5" y="-50.5" width="101" height="101" fill="${c.bg}"/>${draw(c)}${frame(c)}</g>`));
  let out = `<defs><filter id="brush" x="0" y="0" width="1" height="1"><feTurbulence type="fractalNoise" baseFrequency="${(7 / s).toFixed(4)}" numOctaves="2" seed="${seed}"/><feDisplacementMap in="SourceGraphic" scale="${f(s / 50)}" xChannelSelector="R" yChannelSelector="G"/></filter><clipPath id="tile"><rect x="-50" y="-50" width="100" height="100"/></clipPath>${defs.join('')}</defs><rect width="${w}" height="${h}" fill="${c.bg}"/><g filter="url(#brush)">`;
  for (let j = -1; j <= Math.ceil(h / s); j++)
    for (let i = -1; i <= n; i++) {
      const k = (i + j) % 2 === 0 ? 0 : (i - j + 400) % 4 === 1 ? 1 : 2;
      const tone = rnd.range(0, 0.07);
      out += `<g transform="translate(${f((i + 0.5) * s)} ${f((j + 0.5) * s)}) scale(${f((s / 100) * 100) / 100})" clip-path="url(#tile)"><use href="#k${k}" transform="rotate(${rnd.int(4) * 90})"/><rect x="-50" y="-50" width="100" height="100" fill="${rnd.pick([c.a, c.b, c.bg])}" opacity="${f(tone)}"/></g>`;
    }
  out += '</g>';
  for (let i = 0; i <= n; i++) out += `<path d="M${f(i * s)} 0V${h}" stroke="${c.grout}" stroke-width="${f(s / 90)}"/>`;
  for (let j = 0; j <= h / s; j++) out += `<path d="M0 ${f(j * s)}H${w}" stroke="${c.grout}" stroke-width="${f(s / 90)}"/>`;
  return out;
}
