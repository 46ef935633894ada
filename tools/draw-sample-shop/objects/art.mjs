/** Textures: patterns made up as prints, covers, lids and screens. */
import { motif, svg } from '../patterns/index.mjs';

const FONT = "font-family='Liberation Sans, Helvetica, Arial, sans-serif'";

/** A plain pattern as a texture of about `res` pixels on its longer side. */
export function cloth(family, ink, w, h, options = {}, res = 2048) {
  const k = res / Math.max(w, h);
  return { svg: svg(w, h, motif(family, ink, w, h, options), Math.round(w * k), Math.round(h * k)), w: Math.round(w * k), h: Math.round(h * k) };
}

const inset = (x, y, w, h, inner) => `<svg x="${x}" y="${y}" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}">${inner}</svg>`;

/** A poster: the drawing within a margin, its name small below. */
export function poster(family, ink, name, options = {}, { paper = '#faf5ea', text = '#2b2622', margin = 110, foot = 215 } = {}) {
  const w = 1500, h = 2000, iw = w - 2 * margin, ih = h - margin - foot;
  const inner = `<rect width="${w}" height="${h}" fill="${paper}"/>${inset(margin, margin, iw, ih, motif(family, ink, iw, ih, options))}
    <text x="${margin}" y="${h - foot / 2 + 10}" ${FONT} font-size="33" font-weight="700" letter-spacing="1" fill="${text}">${name}</text>
    <text x="${w - margin}" y="${h - foot / 2 + 10}" ${FONT} font-size="25" letter-spacing="1.5" text-anchor="end" fill="${text}">Tessel</text>`;
  return { svg: svg(w, h, inner), w, h };
}

/** A cover: pattern to the edges and a small label. */
export function cover(family, ink, title, options = {}, { w = 1440, h = 2048, label = '#f7f0e2', text = '#2b2622', ly = 0.2, sub = 'Tessel', lw = 420, lh = 210, size = 46 } = {}) {
  const x = (w - lw) / 2, y = h * ly;
  const inner = `${motif(family, ink, w, h, options)}${title ? `<rect x="${x}" y="${y}" width="${lw}" height="${lh}" rx="5" fill="${label}"/><rect x="${x + 13}" y="${y + 13}" width="${lw - 26}" height="${lh - 26}" fill="none" stroke="${text}" stroke-width="1.8" opacity=".7"/>
    <text x="${w / 2}" y="${y + lh * 0.51}" ${FONT} font-size="${size}" letter-spacing="1" text-anchor="middle" font-weight="700" fill="${text}">${title}</text>
    <text x="${w / 2}" y="${y + lh * 0.73}" ${FONT} font-size="${size * 0.5}" letter-spacing="3" text-anchor="middle" fill="${text}">${sub}</text>` : ''}`;
  return { svg: svg(w, h, inner), w, h };
}

/** A box lid: the drawing, and a plain band below that says what is inside. */
export function lid(family, ink, title, options = {}, { band = '#f7f0e2', text = '#2b2622', w = 2048, h = 1536 } = {}) {
  const foot = 250;
  const inner = `<rect width="${w}" height="${h}" fill="${band}"/>${inset(0, 0, w, h - foot, motif(family, ink, w, h - foot, options))}
    <text x="90" y="${h - foot / 2 + 20}" ${FONT} font-size="66" font-weight="700" fill="${text}">${title}</text>
    <text x="${w - 90}" y="${h - foot / 2 + 20}" ${FONT} font-size="50" text-anchor="end" fill="${text}">1000 pieces</text>
    <text x="${w / 2}" y="${h - foot / 2 + 20}" ${FONT} font-size="50" text-anchor="middle" fill="${text}">Tessel</text>`;
  return { svg: svg(w, h, inner), w, h };
}

/** A telephone's screen with its clock. */
export function screen(family, ink, options = {}, text = '#ffffff') {
  const w = 946, h = 2048;
  const inner = `${motif(family, ink, w, h, options)}<linearGradient id="fade" x2="0" y2="1"><stop offset="0" stop-opacity=".34"/><stop offset=".38" stop-opacity="0"/></linearGradient>
    ${text === '#ffffff' ? `<rect width="${w}" height="${h}" fill="url(#fade)"/>` : ''}
    <text x="${w / 2}" y="392" ${FONT} font-size="214" letter-spacing="-6" text-anchor="middle" fill="${text}">10:08</text>
    <rect x="${w / 2 - 128}" y="52" width="256" height="64" rx="32" fill="#0b0b0d"/><rect x="${w / 2 - 160}" y="1984" width="320" height="11" rx="5" fill="${text}" opacity=".85"/>`;
  return { svg: svg(w, h, inner), w, h };
}
