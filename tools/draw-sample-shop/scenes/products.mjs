/** Paper and kitchen. */
import { n, vec } from '../engine/shader.mjs';
import { cloth, poster, cover, screen } from '../objects/art.mjs';
import { hung, framed, sheet, notebook, pencil, book, parcel, roll } from '../objects/paper.mjs';
import { mug, vase, sprig, ball, block } from '../objects/clay.mjs';
import { folded, overRail } from '../objects/cloth.mjs';
import { phone } from '../objects/phone.mjs';

const wall = (colour) => ({ type: 'wall', colour });
const cove = (colour, back = 6, bend = 3) => ({ type: 'cove', colour, back, bend });
const floor = (colour) => ({ type: 'floor', colour });
const table = (colour, wallColour, back = 5) => ({ type: 'table', colour, wall: wallColour, back });

/** A window's light on the wall: two rows of panes, softly edged, slanting. */
const panes = (x, y, s = 1, edge = 0.35, low = 0.5) => {
  const at = `(p.xy-${vec([x, y])}+vec2(.45,0)*(p.y-${n(y)}))/${n(s)}`;
  const pane = (side) => `smoothstep(${n(edge)},${n(-edge)},rbox2(${at}-vec2(${n(side)},0),vec2(.8,2.2),.05))`;
  return `(${n(low)}+${n((1 - low) * 1.25)}*max(${pane(-0.95)},${pane(0.95)}))`;
};

export const art = {
  tiles: () => poster('tiles', 'cobalt', 'Azulejo', { n: 4, seed: 4 }),
  waves: () => poster('waves', 'teal', 'Tideline', { n: 8, seed: 5 }),
  leaves: () => poster('leaves', 'forest', 'Understory', { seed: 9, size: 560 }),
  sky: () => poster('constellations', 'midnight', 'North Sky', { chart: true, seed: 12 }, { paper: '#131c3c', text: '#dcb05a', margin: 60, foot: 200 }),
  terrazzo: () => poster('terrazzo', 'cream', 'Palazzo', { seed: 6, size: 190 }),
  weave: () => poster('weave', 'rust', 'Twill', { n: 72, seed: 2, block: 24 }),
};

const posterDetail = (tex, ground, camera) => () => ({
  ground: wall(ground), camera: { target: [1.05, -2.25, 0.2], az: 24, el: 10, dist: 20, view: 3.4, ...camera },
  objects: [sheet({ tex: tex(), curl: 0.5 })], stride: 0.7,
});
const frameDetail = (tex, ground) => () => ({
  ground: wall(ground), camera: { target: [-1.35, 2.35, 0.2], az: -26, el: 14, dist: 20, view: 3.4 },
  objects: [framed({ tex: tex() })],
});

const mugScene = (family, ink, options, ground, extra, props = []) => () => ({
  ground: cove(ground, 3, 2.4), camera: { target: [0.08, 0.46, 0], az: 0, el: 17, dist: 12, view: 2.05 },
  objects: [mug({ tex: cloth(family, ink, 1600, 1600, options), turn: -28, ...extra }), ...props],
});
const mugDetail = (family, ink, options, ground, extra) => () => ({
  ground: cove(ground, 3, 2.4), camera: { target: [0.12, 0.6, 0.1], az: 8, el: 30, dist: 12, view: 0.98 },
  objects: [mug({ tex: cloth(family, ink, 1600, 1600, options), turn: -28, ...extra })],
});

const bookScene = (tex, ground, extra) => () => ({
  ground: floor(ground), camera: { target: [0.05, 0.1, 0.05], az: -9, el: 62, dist: 14, view: 3.5 },
  objects: [notebook({ tex: tex(), turn: -14, ...extra })],
});
const bookDetail = (tex, ground, extra) => () => ({
  ground: floor(ground), camera: { target: [0.28, 0.12, 0.62], az: 22, el: 33, dist: 14, view: 1.25 },
  objects: [notebook({ tex: tex(), turn: -14, ...extra })],
});
const nb = {
  tiles: () => cover('tiles', 'night', 'Notes', { n: 4, seed: 3 }),
  waves: () => cover('tidelines', 'teal', 'Notes', { n: 46, seed: 8 }),
  leaves: () => cover('leaves', 'blush', 'Notes', { seed: 21, size: 620 }),
  sky: () => cover('constellations', 'midnight', 'Notes', { seed: 5 }, { label: '#dcb05a', text: '#131c3c' }),
};
const nbLook = {
  tiles: { spine: '#d99a2b', band: '#d99a2b', ribbon: '#d99a2b' },
  waves: { spine: '#e07f5f', ribbon: '#e07f5f' },
  leaves: { spine: '#234636', band: '#234636', ribbon: '#b7543a' },
  sky: { spine: '#dcb05a', ribbon: '#dcb05a', band: '#dcb05a' },
};

const wrapScene = (family, ink, options, ground, { string, wide = 0, band, other, mate }) => () => {
  const second = cloth(family, mate, 2000, 2000, options);
  const tex = cloth(family, ink, 2000, 2000, options);
  return {
    ground: cove(ground, 4.6, 3), camera: { target: [0.05, 0.62, -0.1], az: -10, el: 32, dist: 20, view: 5.6 },
    objects: [
      parcel({ tex, at: [0.1, 0, 0.6], turn: 22, string, wide, w: 2.3, h: 0.85, d: 1.7, s: 2.4 }),
      roll({ tex: other ?? tex, at: [-0.15, 0.27, -1.05], rot: [90, 66, 0], h: 3.3, r: 0.27, s: 2.4, band }),
      roll({ tex: second, at: [0.35, 0.24, -1.75], rot: [90, 82, 0], h: 3.3, r: 0.24, s: 2.4 }),
    ],
  };
};
const wrapDetail = (family, ink, options, ground, { string, wide = 0 }) => () => ({
  ground: floor(ground), camera: { target: [0.3, 0.85, 0.3], az: 14, el: 40, dist: 16, view: 1.9 },
  objects: [parcel({ tex: cloth(family, ink, 2000, 2000, options), turn: 22, string, wide, w: 2.3, h: 0.85, d: 1.7, s: 2.4 })],
});

const towelScene = (family, ink, options, ground, { rail = '#c99f6b', edge, ...extra }) => () => ({
  ground: wall(ground), camera: { target: [0, -2.25, 0], dist: 24, view: 7.4, el: 3, az: 6 },
  objects: [
    overRail({ tex: cloth(family, ink, 1500, 2100, options), s: [3.7, 5.2], at: [0, 0, 0.6], w: 3.6, h: 4.75, back: 4.3, edge, ...extra }),
    { at: [0, 0, 0.6], parts: [{ d: 'cyl(q.yxz,.075,2.75,.03)', col: `wood(q.yxz,vec3(.66,.44,.24),vec3(.4,.23,.11))`, gloss: 0.3, rough: 0.5 }, { d: 'vec3 a=vec3(abs(q.x)-2.35,q.yz);return min(cap(a,vec3(0,0,0),vec3(0,0,-.6),.05),cyl((a-vec3(0,0,-.56)).xzy,.14,.05,.02));', col: '#b98f3e', gloss: 0.9, rough: 0.35 }] },
  ],
});
const towelFolded = (family, ink, options, ground, extra = {}) => () => ({
  ground: floor(ground), camera: { target: [0, 0.25, 0], az: -10, el: 56, dist: 18, view: 5.4 },
  objects: [folded({ tex: cloth(family, ink, 2000, 2000, options), w: 2.5, d: 3.3, turn: 12, layers: 3, s: 4.2, loop: '#e7d9bd', ...extra })],
});
const towelDetail = (family, ink, options, ground, extra = {}) => () => ({
  ground: floor(ground), camera: { target: [0.55, 0.3, 1.0], az: 24, el: 34, dist: 18, view: 1.9 },
  objects: [folded({ tex: cloth(family, ink, 2000, 2000, options), w: 2.5, d: 3.3, turn: 12, layers: 3, s: 4.2, ...extra })],
});

const T = {
  mugWaves: ['waves', 'foam', { n: 9, seed: 4 }], mugTerrazzo: ['terrazzo', 'pink', { seed: 8, size: 250 }],
  mugSky: ['constellations', 'midnight', { seed: 7, unit: 2.1 }], mugTiles: ['tiles', 'cobalt', { n: 6, seed: 2 }],
  wrapTerrazzo: ['terrazzo', 'terracotta', { seed: 14, size: 230 }], wrapLeaves: ['leaves', 'cream', { seed: 31, size: 620 }], wrapTiles: ['tiles', 'ochre', { n: 6, seed: 9 }],
  towelWeave: ['weave', 'oat', { n: 84, seed: 4, block: 28 }], towelLeaves: ['leaves', 'olive', { seed: 41, size: 560 }], towelTiles: ['tiles', 'sage', { n: 5, seed: 6 }], towelWaves: ['waves', 'sand', { n: 9, seed: 7 }],
};

export const productScenes = [
  ['paper/posters/azulejo-poster', () => ({ ground: wall('#dfb25f'), camera: { target: [0, -0.1, 0], dist: 30, view: 9.9 }, gobo: panes(-0.2, 0.4, 2.1, 0.3, 0.78), objects: [framed({ tex: art.tiles() })] })],
  ['paper/posters/azulejo-poster-detail', frameDetail(art.tiles, '#dfb25f')],
  ['paper/posters/tideline-poster', () => ({ ground: wall('#e9d8b4'), camera: { target: [0, 0.35, 0], dist: 30, view: 10.2 }, objects: [hung({ tex: art.waves() })] })],
  ['paper/posters/tideline-poster-detail', posterDetail(art.waves, '#e9d8b4')],
  ['paper/posters/understory-poster', () => ({ ground: wall('#e6bda8'), camera: { target: [0, -0.1, 0], dist: 30, view: 9.9 }, objects: [framed({ tex: art.leaves() })] })],
  ['paper/posters/understory-poster-detail', frameDetail(art.leaves, '#e6bda8')],
  ['paper/posters/north-sky-poster', () => ({ ground: wall('#a9b1d3'), camera: { target: [0, 0.35, 0], dist: 30, view: 10.2 }, objects: [hung({ tex: art.sky() })] })],
  ['paper/posters/north-sky-poster-detail', posterDetail(art.sky, '#a9b1d3', { target: [0.75, -1.45, 0.2], view: 4.2 })],
  ['paper/posters/palazzo-poster', () => ({ ground: wall('#a9b3a2'), camera: { target: [0, 0.35, 0], dist: 30, view: 10.2 }, objects: [hung({ tex: art.terrazzo() })] })],
  ['paper/posters/palazzo-poster-detail', posterDetail(art.terrazzo, '#a9b3a2')],
  ['paper/posters/twill-poster', () => ({ ground: wall('#e3d5b8'), camera: { target: [0, -0.1, 0], dist: 30, view: 9.9 }, objects: [framed({ tex: art.weave() })] })],
  ['paper/posters/twill-poster-detail', frameDetail(art.weave, '#e3d5b8')],
  ['paper/posters/azulejo-poster-use', () => ({
    ground: table('#b98d5e', '#e9dcc3', 1.2), camera: { target: [0.2, 3.2, 0], dist: 40, view: 11.6, el: 3 }, light: [-0.62, 0.8, 0.95], gobo: panes(-1.4, 4.6, 2.6, 0.3, 0.72),
    objects: [
      framed({ tex: art.tiles(), w: 4, h: 5.333, at: [-0.35, 4.62, -1.2] }),
      block({ size: [9.4, 1.9, 2.2], at: [0.6, 0.15, -0.1], col: '#c89a64', wood: true, r: 0.05 }),
      block({ size: [9.6, 0.14, 2.4], at: [0.6, 1.15, -0.1], col: '#d3a873', wood: true, r: 0.03 }),
      ...[-2.5, 0.6, 3.7].map((x) => block({ size: [2.95, 1.62, 0.06], at: [x, 0.12, 1.0], col: '#c39258', wood: true, r: 0.02 })),
      vase({ at: [2.95, 1.22, -0.2], h: 1.5, r: 0.55, col: '#f0e6d2' }), sprig({ at: [2.95, 2.5, -0.2], h: 2.5, col: '#7c8440' }),
      book({ tex: cover('waves', 'deep', '', { n: 6 }), at: [-2.6, 1.22, 0.1], turn: 12, w: 1.7, d: 1.3, t: 0.2, spine: '#125660' }),
      ball({ at: [-2.6, 1.72, 0.1], r: [0.25, 0.23, 0.25], col: '#e0a02e', pores: 0.006 }),
    ],
  })],

  ['paper/notebooks/azulejo-notebook', bookScene(nb.tiles, '#e7c384', nbLook.tiles)],
  ['paper/notebooks/azulejo-notebook-detail', bookDetail(nb.tiles, '#e7c384', nbLook.tiles)],
  ['paper/notebooks/tideline-notebook', bookScene(nb.waves, '#f0c7b2', nbLook.waves)],
  ['paper/notebooks/tideline-notebook-detail', bookDetail(nb.waves, '#f0c7b2', nbLook.waves)],
  ['paper/notebooks/understory-notebook', bookScene(nb.leaves, '#8e9a6d', nbLook.leaves)],
  ['paper/notebooks/understory-notebook-detail', bookDetail(nb.leaves, '#8e9a6d', nbLook.leaves)],
  ['paper/notebooks/understory-notebook-use', () => ({
    ground: { ...floor('#c9a06d'), paint: "wood(p.zxy*vec3(.32,.32,.32)+vec3(floor(p.z/2.3)*3.1,0,0),vec3(.66,.45,.25),vec3(.44,.27,.13))*(1.-.35*smoothstep(.02,.0,abs(fract(p.z/2.3+.31)-.5)-.49+.012))" },
    camera: { target: [0.25, 0.1, 0.1], az: 16, el: 58, dist: 16, view: 4.3 },
    gobo: '(.62+.45*smoothstep(.5,-.3,rbox2(p.xz*rot(.5)-vec2(-.3,0),vec2(1.6,9.),.1)))',
    objects: [
      notebook({ tex: nb.leaves(), turn: 18, at: [0, 0.23, 0], ...nbLook.leaves }),
      notebook({ tex: nb.tiles(), turn: 9, at: [0.03, 0, 0.02], spine: '#234636', t: 0.2 }),
      pencil({ at: [1.32, 0, 0.35], rot: [0, 66, 0], col: '#b7543a' }),
      mug({ tex: cloth(...T.mugTiles.slice(0, 2), 1600, 1600, T.mugTiles[2]), at: [1.35, 0, -1.25], turn: -50, drink: '#2b1a10', rim: '#1d3f91' }),
    ],
  })],
  ['paper/notebooks/north-sky-notebook', bookScene(nb.sky, '#b7bcd8', nbLook.sky)],
  ['paper/notebooks/north-sky-notebook-detail', bookDetail(nb.sky, '#b7bcd8', nbLook.sky)],

  ['paper/gift-wrap/palazzo-gift-wrap', wrapScene(...T.wrapTerrazzo, '#eebfa9', { string: '#f4e8d8', wide: 0.09, band: '#f4e8d8', mate: 'cream' })],
  ['paper/gift-wrap/palazzo-gift-wrap-detail', wrapDetail(...T.wrapTerrazzo, '#eebfa9', { string: '#f4e8d8', wide: 0.09 })],
  ['paper/gift-wrap/palazzo-gift-wrap-use', () => {
    const a = cloth(...T.wrapTerrazzo.slice(0, 2), 2000, 2000, T.wrapTerrazzo[2]), b = cloth('terrazzo', 'cream', 2000, 2000, { seed: 3, size: 230 }), c = cloth('terrazzo', 'ink', 2000, 2000, { seed: 4, size: 230 });
    return {
      ground: table('#d9b48c', '#efe3cf', 3), camera: { target: [0, 1.35, 0], az: 0, el: 11, dist: 22, view: 5.3 }, gobo: '(.72+.34*smoothstep(.6,-.5,rbox2((p.xy-vec2(-.2,1.8))*rot(.35),vec2(1.1,6.),.1)))',
      objects: [
        parcel({ tex: a, at: [0, 0, 0], turn: 8, string: '#f4e8d8', wide: 0.1, w: 3, h: 1.05, d: 2, s: 2.6, bow: false }),
        parcel({ tex: b, at: [0.1, 1.05, 0], turn: -14, string: '#6f2e35', wide: 0.08, w: 2.2, h: 0.8, d: 1.6, s: 2.6, bow: false }),
        parcel({ tex: c, at: [-0.05, 1.85, 0], turn: 18, string: '#eab5a3', wide: 0.07, w: 1.4, h: 0.6, d: 1.1, s: 2.6 }),
      ],
    };
  }],
  ['paper/gift-wrap/understory-gift-wrap', wrapScene(...T.wrapLeaves, '#c9cfab', { string: '#d0704e', band: '#2f5a42', mate: 'forest' })],
  ['paper/gift-wrap/understory-gift-wrap-detail', wrapDetail(...T.wrapLeaves, '#c9cfab', { string: '#d0704e' })],
  ['paper/gift-wrap/azulejo-gift-wrap', wrapScene(...T.wrapTiles, '#9fb6dd', { string: '#1d3f91', wide: 0.09, band: '#1d3f91', mate: 'night' })],
  ['paper/gift-wrap/azulejo-gift-wrap-detail', wrapDetail(...T.wrapTiles, '#9fb6dd', { string: '#1d3f91', wide: 0.09 })],

  ['paper/pattern-book', () => ({
    ground: cove('#c9623f', 4, 3), camera: { target: [0, 1.35, 0], az: -24, el: 16, dist: 20, view: 5.2 },
    objects: [book({ tex: cover('terrazzo', 'cream', 'Six patterns', { size: 200, seed: 2 }, { w: 1575, h: 2048, lw: 660, lh: 250, size: 66 }), at: [0, 1.31, 0], rot: [84, -8, 0], spine: '#6f2e35', t: 0.34 }),],
  })],
  ['paper/pattern-book-detail', () => ({
    ground: floor('#c9623f'), camera: { target: [0.2, 0.3, 0.75], az: 28, el: 34, dist: 18, view: 2.1 },
    objects: [book({ tex: cover('terrazzo', 'cream', 'Six patterns', { size: 200, seed: 2 }, { w: 1575, h: 2048, lw: 660, lh: 250, size: 66 }), turn: -16, spine: '#6f2e35', t: 0.34 })],
  })],
  ['paper/desk-set', () => ({
    ground: cove('#d7dccb', 4.4, 3), camera: { target: [0.1, 0.72, 0], az: -6, el: 26, dist: 20, view: 4.9 },
    objects: [
      notebook({ tex: nb.tiles(), at: [-0.55, 0, 0.45], turn: 16, ...nbLook.tiles }),
      mug({ tex: cloth(...T.mugWaves.slice(0, 2), 1600, 1600, T.mugWaves[2]), at: [0.95, 0, 0.15], turn: -36, rim: '#125660' }),
      roll({ tex: cloth(...T.wrapLeaves.slice(0, 2), 2000, 2000, T.wrapLeaves[2]), at: [-0.1, 0.24, -1.35], rot: [90, 76, 0], r: 0.24, h: 3.4, s: 2.4, band: '#d0704e' }),
      pencil({ at: [0.95, 0, 1.15], rot: [0, 20, 0], col: '#d99a2b' }),
    ],
  })],
  ['paper/desk-set-detail', () => ({
    ground: cove('#d7dccb', 4.4, 3), camera: { target: [0.25, 0.3, 0.5], az: 14, el: 34, dist: 20, view: 2.3 },
    objects: [
      notebook({ tex: nb.tiles(), at: [-0.55, 0, 0.45], turn: 16, ...nbLook.tiles }),
      mug({ tex: cloth(...T.mugWaves.slice(0, 2), 1600, 1600, T.mugWaves[2]), at: [0.95, 0, 0.15], turn: -36, rim: '#125660' }),
      pencil({ at: [0.95, 0, 1.15], rot: [0, 20, 0], col: '#d99a2b' }),
    ],
  })],

  ['kitchen/mugs/tideline-mug', mugScene(...T.mugWaves, '#e9a184', { rim: '#125660' })],
  ['kitchen/mugs/tideline-mug-detail', mugDetail(...T.mugWaves, '#e9a184', { rim: '#125660' })],
  ['kitchen/mugs/tideline-mug-use', () => ({
    ground: { type: 'table', colour: '#efe4d0', wall: '#a9cbc6', back: 1.15, paint: "(n.y>.5?vec3(.86,.78,.66):mix(vec3(.42,.62,.64),vec3(.80,.84,.78),smoothstep(.2,2.4,p.y)))" },
    camera: { target: [0.05, 0.66, 0], az: 0, el: 9, dist: 14, view: 2.6 },
    gobo: '(.72+.42*smoothstep(.25,-.2,rbox2((p.xz-vec2(.0,.1))*rot(-.6),vec2(.85,6.),.05)))',
    objects: [
      mug({ tex: cloth(...T.mugWaves.slice(0, 2), 1600, 1600, T.mugWaves[2]), at: [-0.18, 0.0, 0], turn: -24, rim: '#125660', drink: '#3a2213' }),
      block({ size: [0.11, 6, 0.16], at: [-1.02, 1, -1.05], col: '#f4eee0' }), block({ size: [8, 0.11, 0.16], at: [0, 1.62, -1.05], col: '#f4eee0' }), block({ size: [8, 0.14, 0.2], at: [0, 0.07, -1.05], col: '#f4eee0' }),
      ball({ at: [0.74, 0.13, 0.28], r: [0.2, 0.13, 0.16], col: '#b9b3a4', rot: [0, 30, 0], gloss: 0.1 }), ball({ at: [0.71, 0.33, 0.28], r: [0.13, 0.075, 0.11], col: '#8f9a96', gloss: 0.1 }),
    ],
  })],
  ['kitchen/mugs/palazzo-mug', mugScene(...T.mugTerrazzo, '#96a793', { rim: '#7a333b' })],
  ['kitchen/mugs/palazzo-mug-detail', mugDetail(...T.mugTerrazzo, '#96a793', { rim: '#7a333b' })],
  ['kitchen/mugs/north-sky-mug', mugScene(...T.mugSky, '#e2b868', { rim: '#c2943c', brass: true, band: 0.05 })],
  ['kitchen/mugs/north-sky-mug-detail', mugDetail(...T.mugSky, '#e2b868', { rim: '#c2943c', brass: true, band: 0.05 })],
  ['kitchen/mugs/azulejo-mug', mugScene(...T.mugTiles, '#c5d4ea', { rim: '#1d3f91' })],
  ['kitchen/mugs/azulejo-mug-detail', mugDetail(...T.mugTiles, '#c5d4ea', { rim: '#1d3f91' })],

  ['kitchen/tea-towels/twill-tea-towel', towelScene(...T.towelWeave, '#b9633d', { seed: 2 })],
  ['kitchen/tea-towels/twill-tea-towel-detail', towelDetail(...T.towelWeave, '#b9633d')],
  ['kitchen/tea-towels/understory-tea-towel', towelFolded(...T.towelLeaves, '#ecc6b2', { hem: '#f0e4c6' })],
  ['kitchen/tea-towels/understory-tea-towel-detail', towelDetail(...T.towelLeaves, '#ecc6b2')],
  ['kitchen/tea-towels/azulejo-tea-towel', towelScene(...T.towelTiles, '#d9c7a0', { seed: 5, waves: 2.6 })],
  ['kitchen/tea-towels/azulejo-tea-towel-detail', towelDetail(...T.towelTiles, '#d9c7a0')],
  ['kitchen/tea-towels/tideline-tea-towel', towelFolded(...T.towelWaves, '#2b7f82', {})],
  ['kitchen/tea-towels/tideline-tea-towel-detail', towelDetail(...T.towelWaves, '#2b7f82')],
  ['kitchen/tea-towels/tideline-tea-towel-use', () => ({
    ground: { type: 'wall', colour: '#e8ddc6', paint: "mix(vec3(.80,.72,.58),vec3(.72,.63,.49),smoothstep(.03,.0,min(abs(fract(p.x/1.6+.5)-.5),abs(fract(p.y/1.6+.2)-.5))*1.6-.0)*.55)" },
    camera: { target: [0.3, -1.7, 0], dist: 24, view: 8.2, el: 4, az: -10 }, gobo: panes(0.2, -1.8, 1.7, 0.3, 0.7),
    objects: [
      overRail({ tex: cloth(...T.towelWaves.slice(0, 2), 1500, 2100, T.towelWaves[2]), s: [3.2, 4.5], at: [-0.3, 0, 0.6], w: 2.9, h: 4.1, back: 3.6, fold: 0.13, waves: 2.4, seed: 3 }),
      { at: [0.3, 0, 0.6], parts: [{ d: 'cyl(q.yxz,.07,2.9,.03)', col: '#b98f3e', gloss: 0.9, rough: 0.3 }, { d: 'vec3 a=vec3(abs(q.x)-2.6,q.yz);return min(cap(a,vec3(0,0,0),vec3(0,0,-.6),.05),cyl((a-vec3(0,0,-.56)).xzy,.14,.05,.02));', col: '#b98f3e', gloss: 0.9, rough: 0.35 }] },
      { at: [2.15, -0.16, 0.62], parts: [{ d: 'float s=abs(length(q.xy-vec2(0,.14))-.1)-.018;s=extrude(q.y<.14&&q.x<0.?1e1:s,q.z,.018,.01);float st=cap(q,vec3(.1,.1,0),vec3(.05,-1.75,0),.05);vec3 b=q-vec3(.03,-2.3,0);float bowl=max(abs(ell(b,vec3(.34,.5,.2)))-.02,-b.z-.02);return min(min(s,st),bowl)*.7;', col: 'wood(q.xyz,vec3(.58,.36,.18),vec3(.34,.19,.08))', gloss: 0.2 }] },
    ],
  })],

  ['digital/wallpaper-pack', () => ({
    ground: cove('#e4a98d', 4, 3), camera: { target: [0, 0.85, 0], az: 0, el: 9, dist: 18, view: 3.0 },
    objects: [
      phone({ tex: screen('constellations', 'midnight', { seed: 4, unit: 1.9 }), at: [0, 0.752, 0.1], rot: [-7, 0, 0] }),
      phone({ tex: screen('waves', 'teal', { n: 7, seed: 5 }), at: [-0.78, 0.752, -0.35], rot: [-7, 16, 0] }),
      phone({ tex: screen('leaves', 'forest', { seed: 5, size: 560 }), at: [0.78, 0.752, -0.35], rot: [-7, -16, 0] }),
    ],
  })],
  ['digital/wallpaper-pack-detail', () => ({
    ground: floor('#e4a98d'), camera: { target: [0, 0, 0], az: -20, el: 64, dist: 18, view: 2.1 },
    objects: [
      phone({ tex: screen('terrazzo', 'ink', { seed: 4, size: 190 }), at: [-0.5, 0.05, 0.1], rot: [-90, 0, 0] }),
      phone({ tex: screen('tiles', 'night', { n: 4, seed: 5 }), at: [0.34, 0.05, -0.16], rot: [-90, 0, 0] }),
      phone({ tex: screen('weave', 'rust', { n: 40, block: 20 }), at: [1.18, 0.05, -0.42], rot: [-90, 0, 0] }),
    ],
  })],
  ['services/framing-service', () => ({
    ground: wall('#b7bfae'), camera: { target: [0.1, -0.35, 0], dist: 28, view: 8.8, az: -7, el: 5 },
    objects: [
      framed({ tex: poster('leaves', 'blush', 'Understory', { seed: 21, size: 520 }), w: 3.3, h: 4.4, at: [0, 0.75, 0], rail: 0.2 }),
      // Four corners to choose from: oak, black, white, walnut.
      ...['oak', 'vec3(.045,.04,.038)', 'vec3(.86,.82,.74)', 'walnut'].map((col, k) => ({
        at: [-1.68 + 1.12 * k, -2.75, 0.0],
        parts: [{
          d: 'float o=box2(q.xy-vec2(.64,-.64),vec2(1.)),i=box2(q.xy-vec2(.64,-.64),vec2(.8));float e=max(max(o,-i),max(q.x-.42,-q.y-.42));return extrude(e,q.z-.15,.15,.018);',
          col: col === 'oak' || col === 'walnut'
            ? `(q.x<-q.y?wood(q+3.,A,B):wood(q.yxz,A,B))*(1.-.45*smoothstep(.012,.0,abs(q.x+q.y)))`.replaceAll('A', col === 'oak' ? 'vec3(.69,.48,.26)' : 'vec3(.24,.115,.05)').replaceAll('B', col === 'oak' ? 'vec3(.40,.2,.08)' : 'vec3(.1,.045,.02)')
            : `${col}*(1.-.3*smoothstep(.012,.0,abs(q.x+q.y)))`, gloss: 0.25, rough: 0.6,
        }],
      })),
    ],
  })],
  ['services/framing-service-detail', frameDetail(() => poster('tiles', 'ochre', 'Azulejo', { n: 5 }), '#b7bfae')],
];
export { nb, nbLook, T };
