/** Every pattern by family, as a whole SVG document of a size and colourway. */
import { tiles } from './tiles.mjs';
import { waves, tidelines } from './waves.mjs';
import { leaves } from './leaves.mjs';
import { constellations } from './constellations.mjs';
import { terrazzo } from './terrazzo.mjs';
import { weave } from './weave.mjs';
import { tilesInk, wavesInk, leavesInk, skyInk, terrazzoInk, weaveInk } from '../palettes.mjs';

const draw = { tiles, waves, tidelines, leaves, constellations, terrazzo, weave };
const inks = { tiles: tilesInk, waves: wavesInk, tidelines: wavesInk, leaves: leavesInk, constellations: skyInk, terrazzo: terrazzoInk, weave: weaveInk };

/** The drawing without its document: for putting into another. */
export const motif = (family, ink, w, h, options = {}) => draw[family]({ w, h, c: inks[family][ink], ...options });

/** Wraps a drawing as a document. */
export const svg = (w, h, inner, width = w, height = h) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${w} ${h}">${inner}</svg>`;

/** A pattern by family and colourway, `w`×`h`. */
export const pattern = (family, ink, w, h, options) => svg(w, h, motif(family, ink, w, h, options));
