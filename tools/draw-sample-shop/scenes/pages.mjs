/** The home page's statement, the journal and the page about the studio. */
import { cloth } from '../objects/art.mjs';
import { framed, notebook, pencil, parcel, roll } from '../objects/paper.mjs';
import { mug, ball, block } from '../objects/clay.mjs';
import { art, nb, nbLook, T } from './products.mjs';

const tex = ([family, ink, options]) => cloth(family, ink, 2000, 2000, options);
const cove = (colour, back = 5, bend = 3) => ({ type: 'cove', colour, back, bend });
const floor = (colour) => ({ type: 'floor', colour });
const wall = (colour) => ({ type: 'wall', colour });

const post = (stem, scene) => ({ file: `content/journal/${stem}.jpg`, w: 1600, h: 1000, scene });

export const pageScenes = [
  { file: 'content/home.jpg', w: 2000, h: 1250, scene: () => ({
    ground: cove('#e9c8a0', 4.2, 3.2), camera: { target: [0.45, 1.6, 0], az: 3, el: 9, dist: 34, view: 5.5 }, ambient: 0.42,
    gobo: '(.86+.2*smoothstep(.7,-.6,rbox2((p.xy-vec2(-.6,2.2))*rot(.42),vec2(2.6,12.),.1)))',
    objects: [
      framed({ tex: art.leaves(), w: 2.55, h: 3.4, at: [0.95, 1.9, -1.9], rot: [-7, -4, 0], rail: 0.15 }),
      roll({ tex: tex(T.wrapTerrazzo), at: [3.0, 1.62, -1.75], rot: [-8, 20, -5], h: 3.2, r: 0.24, s: 2.4, band: '#f4e8d8' }),
      parcel({ tex: tex(T.wrapTiles), at: [2.75, 0, 0.15], turn: 22, string: '#1d3f91', wide: 0.08, w: 1.9, h: 0.78, d: 1.4, s: 2.2 }),
      notebook({ tex: nb.sky(), at: [0.55, 0, 1.15], turn: 24, ...nbLook.sky }),
      mug({ tex: tex(T.mugWaves), at: [-0.75, 0, 0.1], turn: -30, rim: '#125660' }),
      ball({ at: [1.5, 0.27, 0.55], r: [0.28, 0.27, 0.28], col: '#e29a2c', pores: 0.006 }),
      pencil({ at: [-0.55, 0, 1.35], rot: [0, 12, 0], col: '#c4603f' }),
    ],
  }) },
  { file: 'content/about.jpg', w: 1600, h: 1000, scene: () => ({
    ground: { ...floor('#d5b48a'), paint: 'wood(p.zxy*vec3(.3)+vec3(floor(p.z/2.6)*3.1,0,0),vec3(.66,.47,.28),vec3(.46,.29,.15))' }, camera: { target: [0, 0, 0], az: -10, el: 60, dist: 24, view: 5.2 },
    gobo: '(.62+.45*smoothstep(.5,-.3,rbox2(p.xz*rot(.55)-vec2(-.6,0),vec2(2.1,12.),.1)))',
    objects: [
      ...[['waves', 'teal', { n: 6 }], ['terrazzo', 'cream', { size: 240 }], ['leaves', 'blush', { size: 700 }], ['tiles', 'cobalt', { n: 3 }], ['constellations', 'midnight', { unit: 2.4 }]].map(([f, i, o], k) => block3(cloth(f, i, 1000, 1400, o, 1024), [-2.9 + k * 1.32, 0.012 + 0.004 * k, -0.5 + [0.1, -0.2, 0.15, -0.1, 0.2][k]], [4, -6, 3, 8, -5][k])),
      pencil({ at: [-0.3, 0, 1.45], rot: [0, 8, 0], col: '#1d3f91' }), pencil({ at: [0.25, 0, 1.62], rot: [0, -12, 0], col: '#c4603f' }),
      mug({ tex: tex(T.mugTerrazzo), at: [2.75, 0, 1.15], turn: -40, rim: '#7a333b', drink: '#2b1a10' }),
      notebook({ tex: nb.waves(), at: [-2.5, 0, 1.35], turn: 70, ...nbLook.waves }),
    ],
  }) },
  post('how-a-tile-repeats', () => ({
    ground: floor('#dfb25f'), camera: { target: [0.25, 0, 0.1], az: 10, el: 52, dist: 20, view: 3.9 },
    objects: tilesOnTable(),
  })),
  post('a-visit-to-the-printer', () => ({
    ground: cove('#c9d2c4', 4, 3), camera: { target: [0.2, 0.75, 0], az: -16, el: 24, dist: 22, view: 3.6 },
    objects: [['waves', 'deep', { n: 8 }], ['terrazzo', 'terracotta', { size: 220 }], ['tiles', 'night', { n: 6 }], ['leaves', 'olive', { size: 600 }], ['weave', 'rust', { n: 60 }]].map(([f, i, o], k) =>
      roll({ tex: cloth(f, i, 2000, 2000, o), at: k < 3 ? [0, 0.36, -0.9 + k * 0.74] : [0.1, 0.36 + 0.635, -0.53 + (k - 3) * 0.74], rot: [90, 84 + k * 2, 0], r: 0.36, h: 4.6, s: 2.6 })),
  })),
  post('caring-for-enamel', () => ({
    ground: cove('#a9c6c0', 4, 3), camera: { target: [0.1, 0.72, 0], az: 0, el: 14, dist: 18, view: 2.5 },
    objects: [
      mug({ tex: tex(T.mugTiles), at: [-1.05, 0, 0.1], turn: -150, rim: '#1d3f91' }), mug({ tex: tex(T.mugTerrazzo), at: [0.05, 0, -0.2], turn: -30, rim: '#7a333b' }), mug({ tex: tex(T.mugSky), at: [1.2, 0, 0.25], turn: -60, rim: '#c2943c', brass: true }),
      mug({ tex: tex(T.mugWaves), at: [0.0, 0.82, -0.2], turn: 160, rim: '#125660' }),
    ],
  })),
  post('drawing-water', () => ({
    ground: floor('#e7d3a9'), camera: { target: [0.2, 0, 0], az: -14, el: 54, dist: 20, view: 3.8 },
    objects: [block3(cloth('tidelines', 'foam', 1500, 1000, { n: 40, seed: 4 }), [-0.3, 0.012, 0], 6, [3, 2]), block3(cloth('waves', 'teal', 1000, 1400, { n: 6, seed: 2 }), [1.9, 0.02, 0.2], -12), pencil({ at: [0.2, 0.03, 1.0], rot: [0, 30, 0], col: '#125660' }), ball({ at: [-2.2, 0.16, 0.7], r: [0.3, 0.16, 0.24], col: '#8f9a96', gloss: 0.1 }), ball({ at: [-2.45, 0.1, 0.2], r: [0.18, 0.1, 0.15], col: '#cfc7b4', gloss: 0.1 })],
  })),
  post('why-terrazzo', () => ({
    ground: { ...cove('#eec3b0', 3.4, 2.4) }, camera: { target: [0, 0.75, 0], az: 14, el: 18, dist: 20, view: 3.2 },
    objects: [
      slab(cloth('terrazzo', 'cream', 2000, 2000, { size: 200, seed: 4 }), [-0.9, 0.5, 0], [1.5, 1, 1.3], 20), slab(cloth('terrazzo', 'ink', 2000, 2000, { size: 200, seed: 5 }), [0.8, 0.3, 0.35], [1.2, 0.6, 1.2], -16),
      slab(cloth('terrazzo', 'terracotta', 2000, 2000, { size: 200, seed: 6 }), [0.75, 1.0, 0.2], [0.8, 0.8, 0.8], 30), ball({ at: [-0.9, 1.4, 0], r: [0.4, 0.4, 0.4], col: '#8b9a86' }),
    ],
  })),
  post('folding-paper', () => ({
    ground: floor('#9fb6dd'), camera: { target: [0, 0.3, 0], az: -20, el: 46, dist: 20, view: 4.0 },
    objects: [parcel({ tex: tex(T.wrapTiles), at: [-0.9, 0, 0], turn: 26, string: '#1d3f91', wide: 0.09, w: 2.2, h: 0.7, d: 1.6 }), parcel({ tex: tex(T.wrapTerrazzo), at: [1.35, 0, 0.3], turn: -18, string: '#f4e8d8', w: 1.3, h: 0.6, d: 1.2 }), roll({ tex: tex(T.wrapTiles), at: [0.6, 0.22, -1.45], rot: [90, 70, 0], r: 0.22, h: 3.6, s: 2.4, band: '#1d3f91' })],
  })),
  post('a-year-of-stars', () => ({
    ground: floor('#2a3563'), camera: { target: [0.2, 0, 0.1], az: 12, el: 56, dist: 20, view: 3.6 }, ambient: 0.34,
    objects: [notebook({ tex: nb.sky(), at: [-1.0, 0, 0.05], turn: 18, ...nbLook.sky }), block3(cloth('constellations', 'gold', 1400, 1400, { chart: true, seed: 3, unit: 1.8 }), [1.1, 0.012, -0.15], -10, [1.9, 1.9]), pencil({ at: [0.5, 0.02, 1.15], rot: [0, 10, 0], col: '#dcb05a' })],
  })),
  post('the-loom-in-the-corner', () => ({
    ground: wall('#d9c7a0'), camera: { target: [0, -1.5, 0], az: 12, el: 6, dist: 22, view: 4.4 }, stride: 0.75,
    objects: loom(),
  })),
];

/** A card or a sheet lying on the table. */
function block3(texture, at, turn, [w, d] = [1, 1.4]) {
  return { at, turn, parts: [{ d: `box(q-vec3(0,.03*smoothstep(${(w * 0.3).toFixed(2)},${(w * 0.6).toFixed(2)},q.x)*smoothstep(0.,${(d * 0.5).toFixed(2)},q.z),0),vec3(${(w / 2).toFixed(3)},.008,${(d / 2).toFixed(3)}))*.9`, tex: texture, uv: `vec2(q.x/${w.toFixed(3)}+.5,.5-q.z/${d.toFixed(3)})*1.+0.`, mask: `step(.3,nl.y)*step(max(abs(q.x)-${(w / 2 - 0.05).toFixed(3)},abs(q.z)-${(d / 2 - 0.05).toFixed(3)}),0.)`, col: '#f8f2e5' }] };
}
/** A block cut from terrazzo. */
function slab(texture, at, [w, h, d], turn) {
  return { at, turn, parts: [{ d: `rbox(q,vec3(${[w, h, d].map((v) => (v / 2).toFixed(3)).join(',')}),.02)`, tex: texture, uv: 'vec3 a=abs(nl);vec2 u=a.y>.6?vec2(q.x,-q.z):a.z>.6?vec2(q.x,q.y+3.3):vec2(q.z+5.1,q.y);return u/1.8+.5;', col: '#ffffff', gloss: 0.6, rough: 0.25 }] };
}
function tilesOnTable() {
  const t = cloth('tiles', 'cobalt', 2000, 2000, { n: 6, seed: 3 });
  // Columns, rows and a gap laid as a grid; three more loose, one of them on another.
  const glaze = { tex: t, mask: 'step(.5,nl.y)', col: '#e6d6b8', gloss: 0.75, rough: 0.12 };
  const loose = (i, j, x, z, turn, y = 0) => ({ at: [x, y + 0.06, z], turn, bound: [0, 0, 0, 0.6], parts: [{ d: 'rbox(q,vec3(.39,.06,.39),.02)', uv: `(vec2(q.x,-q.z)/.8+vec2(${i}.5,${j}.5))/6.`, ...glaze }] });
  return [
    { at: [-0.72, 0.06, 0.1], parts: [{
      // Two blocks beside each other: a hole cut out of one would leave its outline on the table.
      d: 'vec2 c=floor(q.xz/.81+.5),a=clamp(c,vec2(-1),vec2(1,0)),b=vec2(clamp(c.x,-1.,0.),1.);return min(rbox(q-vec3(a.x*.81,0,a.y*.81),vec3(.39,.06,.39),.02),rbox(q-vec3(b.x*.81,0,b.y*.81),vec3(.39,.06,.39),.02));',
      uv: 'vec2 c=clamp(floor(q.xz/.81+.5),-1.,1.);vec2 l=q.xz-c*.81;return (vec2(l.x,-l.y)/.8+vec2(c.x,-c.y)+vec2(2.5))/6.;', ...glaze }] },
    loose(2, 0, 1.25, 0.95, 24), loose(3, 2, 1.75, -0.55, -14), loose(4, 1, 1.68, -0.48, 31, 0.12),
  ];
}
function loom() {
  const t = cloth('weave', 'rust', 2000, 1000, { n: 84, block: 28, seed: 8 });
  return [
    block({ size: [5.6, 0.3, 0.3], at: [0, 0.35, 0.4], col: '#c89a64', wood: true, r: 0.04 }), block({ size: [0.3, 7, 0.34], at: [-2.6, -2.5, 0.4], col: '#c89a64', wood: 'xyz', r: 0.04 }), block({ size: [0.3, 7, 0.34], at: [2.6, -2.5, 0.4], col: '#c89a64', wood: 'xyz', r: 0.04 }),
    { parts: [{ d: 'float x=q.x-clamp(floor(q.x/.055+.5)*.055,-2.09,2.09);return max(length(vec2(x,q.z-.4))-.014,max(q.y-.3,-q.y-6.))*.9;', col: '#eadfc8' },
      { d: 'float e=-1.75+.09*sin(q.x*1.3+.6);return max(box(q-vec3(0,-4,.42),vec3(2.1,4.,.035)),q.y-e)*.7;', tex: t, uv: 'vec2(q.x/4.2+.5,q.y/2.1+.5)', col: '#eadfc8', bump: '.003*sin(q.x*150.)*sin(q.y*150.)' },
      { d: 'vec3 a=q-vec3(.5,-1.05,.55);a.xy=rot(.06)*a.xy;float s=extrude(rbox2(a.xy,vec2(1.0,.17-.12*smoothstep(.5,1.,abs(a.x))),.05),a.z,.06,.03);return max(s,-rbox2(a.xy,vec2(.5,.075),.06));', col: 'wood(q.yxz,vec3(.52,.31,.15),vec3(.3,.16,.07))', gloss: 0.3 },
      { d: 'vec3 a=q-vec3(.5,-1.05,.55);a.xy=rot(.06)*a.xy;return ell(a,vec3(.46,.085,.085))*.8;', col: 'vec3(.45,.09,.03)*(.75+.3*sin(q.x*120.+q.y*40.))' }] },
  ];
}
