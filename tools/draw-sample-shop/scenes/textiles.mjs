/** Scarves and bags. */
import { cloth } from '../objects/art.mjs';
import { drape, hanging, tote, peg } from '../objects/cloth.mjs';
import { block, rod } from '../objects/clay.mjs';

const wall = (colour) => ({ type: 'wall', colour });
const floor = (colour) => ({ type: 'floor', colour });

export const S = {
  waves: ['tidelines', 'sand', { n: 52, seed: 6 }], sky: ['constellations', 'dusk', { seed: 15, unit: 2 }], terrazzo: ['terrazzo', 'pink', { seed: 5, size: 300 }],
  toteWeave: ['weave', 'indigo', { n: 64, seed: 3, block: 32 }], toteLeaves: ['leaves', 'cream', { seed: 13, size: 620 }], toteTiles: ['tiles', 'cobalt', { n: 4, seed: 8 }],
};
const tex = ([family, ink, options], w = 2000, h = 2000) => cloth(family, ink, w, h, options);

const scarf = (key, ground, extra, camera = {}) => () => ({
  ground: floor(ground), camera: { target: [0, 0, 0.05], az: 0, el: 66, dist: 22, view: 8, ...camera }, stride: 0.75, steps: 220, reach: 1.6,
  objects: [drape({ tex: tex(S[key]), w: 4.6, ...extra })],
});
const bag = (key, ground, extra = {}) => () => ({
  ground: wall(ground), camera: { target: [0.05, -2.95, 0], dist: 28, view: 8.4, az: 5, el: 3 }, stride: 0.75,
  objects: [peg({ at: [0, -0.12, 0] }), tote({ tex: tex(S[key], 1800, 2000), ...extra })],
});
const bagDetail = (key, ground, extra = {}) => () => ({
  ground: wall(ground), camera: { target: [-0.75, -2.55, 0.3], dist: 24, view: 3.3, az: 22, el: 8 }, stride: 0.75,
  objects: [peg({ at: [0, -0.12, 0] }), tote({ tex: tex(S[key], 1800, 2000), ...extra })],
});

export const textileScenes = [
  ['textiles/scarves/tideline-scarf', scarf('waves', '#9cc4bb', { seed: 2, turn: 20, edge: '#125660' })],
  ['textiles/scarves/tideline-scarf-detail', scarf('waves', '#9cc4bb', { seed: 2, turn: 20, edge: '#125660' }, { target: [0.9, 0, 0.9], view: 2.9, el: 48 })],
  ['textiles/scarves/north-sky-scarf', scarf('sky', '#ecd3a0', { seed: 5, turn: -24, edge: '#f2c879' })],
  ['textiles/scarves/north-sky-scarf-detail', scarf('sky', '#ecd3a0', { seed: 5, turn: -24, edge: '#f2c879' }, { target: [-0.8, 0, 0.9], view: 2.9, el: 48 })],
  ['textiles/scarves/north-sky-scarf-use', () => ({
    ground: wall('#d8cdb8'), camera: { target: [0.2, -2.6, 0], dist: 28, view: 8.6, az: -7, el: 3 }, stride: 0.7, steps: 220,
    gobo: '(.62+.48*smoothstep(.4,-.3,rbox2((p.xy-vec2(-.1,-2.6))*rot(-.42),vec2(1.5,9.),.05)))',
    objects: [
      block({ size: [6.4, 0.5, 0.14], at: [0.6, 0.02, 0.07], col: '#b98a58', wood: true }),
      peg({ at: [-0.6, 0, 0.12] }), peg({ at: [1.2, 0, 0.12] }), peg({ at: [3, 0, 0.12] }),
      hanging({ tex: tex(S.sky), at: [-0.6, 0.06, 0.2], seed: 2, h: 5.6, w: 2.5, edge: '#f2c879' }),
    ],
  })],
  ['textiles/scarves/palazzo-scarf', scarf('terrazzo', '#c9694a', { seed: 8, turn: 12, edge: '#7a333b' })],
  ['textiles/scarves/palazzo-scarf-detail', scarf('terrazzo', '#c9694a', { seed: 8, turn: 10, edge: '#7a333b' }, { target: [0.5, 0, 0.9], view: 3.2, el: 50 })],

  ['textiles/tote-bags/twill-tote', bag('toteWeave', '#dcc59a', { strap: '#b34b24', canvas: '#2c3768' })],
  ['textiles/tote-bags/twill-tote-detail', bagDetail('toteWeave', '#dcc59a', { strap: '#b34b24', canvas: '#2c3768' })],
  ['textiles/tote-bags/twill-tote-use', () => ({
    ground: { type: 'table', colour: '#b99a72', wall: '#e0bfa8', back: 3 }, camera: { target: [0, 4.1, 0], dist: 40, view: 12, az: -16, el: 9 }, stride: 0.75,
    objects: [
      tote({ tex: tex(S.toteWeave, 1800, 2000), at: [0, 7.75, 0.12], strap: '#b34b24', canvas: '#2c3768', w: 3, h: 3.3, drop: 2, seed: 3 }),
      rod({ a: [-1.75, 0, 0.1], b: [-1.6, 8.0, -0.15], r: 0.14, col: '#c79659' }), rod({ a: [1.75, 0, 0.1], b: [1.6, 8.0, -0.15], r: 0.14, col: '#c79659' }),
      block({ size: [3.4, 0.62, 0.16], at: [0, 7.45, -0.08], col: '#cd9f66', wood: true, r: 0.07 }), block({ size: [3.3, 0.3, 0.12], at: [0, 5.9, -0.05], col: '#c79659', wood: true, r: 0.05 }),
      block({ size: [3.9, 0.24, 3.4], at: [0, 4.0, -1.7], col: '#cd9f66', wood: true, r: 0.1 }),
      rod({ a: [-1.5, 0, -3.1], b: [-1.4, 3.9, -2.9], r: 0.13, col: '#c79659' }), rod({ a: [1.5, 0, -3.1], b: [1.4, 3.9, -2.9], r: 0.13, col: '#c79659' }),
      rod({ a: [-1.7, 1.9, 0.05], b: [1.7, 1.9, 0.05], r: 0.08, col: '#c79659' }),
    ],
  })],
  ['textiles/tote-bags/understory-tote', bag('toteLeaves', '#7d8a5c', { seed: 4 })],
  ['textiles/tote-bags/understory-tote-detail', bagDetail('toteLeaves', '#7d8a5c', { seed: 4 })],
  ['textiles/tote-bags/azulejo-tote', bag('toteTiles', '#e6a586', { seed: 6, inset: 0.42, strap: '#1d3f91' })],
  ['textiles/tote-bags/azulejo-tote-detail', bagDetail('toteTiles', '#e6a586', { seed: 6, inset: 0.42, strap: '#1d3f91' })],
];
