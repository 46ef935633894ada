/** Jigsaws. */
import { cloth, lid } from '../objects/art.mjs';
import { puzzle, pieces, carton } from '../objects/paper.mjs';
import { mug } from '../objects/clay.mjs';
import { T } from './products.mjs';

const floor = (colour) => ({ type: 'floor', colour });

const J = {
  sky: { art: ['constellations', 'midnight', { chart: false, seed: 19, unit: 2.3 }], title: 'North Sky', side: '#dcb05a', ground: '#aab2d6', band: '#131c3c', text: '#dcb05a' },
  tiles: { art: ['tiles', 'cobalt', { n: 8, seed: 12 }], title: 'Azulejo', side: '#1d3f91', ground: '#e8b98e', band: '#f4ead6', text: '#1d3f91' },
  leaves: { art: ['leaves', 'forest', { seed: 17, size: 640 }], title: 'Understory', side: '#e3a58c', ground: '#d9d6b6', band: '#17332a', text: '#f0d9c6' },
};
const lidOf = (j) => lid(j.art[0], j.art[1], j.title, j.art[2], { band: j.band, text: j.text });
const sheetOf = (j) => cloth(j.art[0], j.art[1], 2048, 1536, j.art[2]);

const box = (j) => () => {
  const tex = sheetOf(j);
  const loose = [[2, 1, -1.55, 1.75, 24], [5, 3, -0.85, 2.15, -38], [1, 4, 0.1, 1.95, 70], [6, 2, 0.95, 2.3, 12], [3, 3, 1.6, 1.85, -60], [4, 1, -1.75, 2.6, 110], [2, 4, -0.25, 2.85, 40], [6, 4, 0.75, 3.0, -20]];
  return {
    ground: floor(j.ground), camera: { target: [0, 0.2, 0.85], az: 0, el: 55, dist: 20, view: 6.2 },
    objects: [carton({ tex: lidOf(j), side: j.side, turn: 9, at: [0, 0, -0.25], w: 3.4, d: 2.55, h: 0.62 }), pieces({ list: loose, tex, cell: 0.4 })],
  };
};
const detail = (j) => () => ({
  ground: floor(j.ground), camera: { target: [0.35, 0.05, 0.25], az: 18, el: 50, dist: 20, view: 2.5 },
  objects: [puzzle({ tex: sheetOf(j), has: '(c.x*1.+c.y*.8<7.4+2.*hash(c))&&!(c.x==3.&&c.y==2.)' }), pieces({ list: [[3, 2, 1.45, 1.2, 32], [6, 4, 2.0, 0.5, -50]], tex: sheetOf(j) })],
});

export const playScenes = [
  ['play/north-sky-jigsaw', box(J.sky)],
  ['play/north-sky-jigsaw-detail', detail(J.sky)],
  ['play/azulejo-jigsaw', box(J.tiles)],
  ['play/azulejo-jigsaw-detail', detail(J.tiles)],
  ['play/azulejo-jigsaw-use', () => {
    const tex = sheetOf(J.tiles);
    const loose = [[6, 1, 1.35, -1.15, 34], [7, 3, 1.75, -0.35, -48], [5, 4, 1.3, 0.55, 80], [7, 5, 1.85, 0.75, 14], [6, 3, 1.2, 1.6, -30], [4, 5, 0.45, 1.85, 120], [7, 1, 1.85, 1.75, 200], [5, 5, -0.4, 2.2, 60], [6, 5, -1.35, 2.05, -75], [7, 4, 0.9, 2.45, 20]];
    return {
      ground: { ...floor('#b98a5c'), paint: 'wood(p.xzy*vec3(.3,.3,.3)+vec3(floor(p.x/2.6)*3.1,0,0),vec3(.60,.40,.22),vec3(.38,.22,.11))*(1.-.35*smoothstep(.02,.0,abs(fract(p.x/2.6+.2)-.5)-.49+.012))' },
      camera: { target: [0.1, 0, 0.25], az: -8, el: 68, dist: 22, view: 6.4 }, gobo: '(.66+.42*smoothstep(.5,-.3,rbox2(p.xz*rot(.6)-vec2(-.6,0),vec2(1.9,12.),.1)))',
      objects: [puzzle({ tex, at: [-0.35, 0, -0.15], has: '(c.x+c.y*.55<6.2+1.6*hash(c+3.))' }), pieces({ list: loose.map((l, i) => [...l, i === 4 || i === 7]), tex }),
        mug({ tex: cloth(T.mugWaves[0], T.mugWaves[1], 1600, 1600, T.mugWaves[2]), at: [1.55, 0, -2.35], turn: 40, rim: '#125660', drink: '#2b1a10' })],
    };
  }],
  ['play/understory-jigsaw', box(J.leaves)],
  ['play/understory-jigsaw-detail', detail(J.leaves)],
];
export { J, sheetOf };
