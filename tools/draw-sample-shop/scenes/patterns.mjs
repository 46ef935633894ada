/** The families' own pictures and the wallpapers: the pattern and nothing else. */
import { pattern } from '../patterns/index.mjs';

const family = (name, drawn, ink, options) => ({ file: `collections/${name}.jpg`, w: 1600, h: 1600, budget: 330_000, scene: () => ({ flat: pattern(drawn, ink, 1600, 1600, options) }) });
const wallpaper = (name, drawn, ink, options) => ({ file: `tessel-${name}.jpg`, w: 1170, h: 2532, archive: true, budget: 470_000, quality: 0.86, scene: () => ({ flat: pattern(drawn, ink, 1170, 2532, options) }) });

export const patternPictures = [
  family('tiles', 'tiles', 'cobalt', { n: 3, seed: 2 }),
  family('waves', 'waves', 'teal', { n: 6, seed: 3 }),
  family('leaves', 'leaves', 'forest', { seed: 9, size: 820 }),
  family('constellations', 'constellations', 'midnight', { seed: 21, unit: 1.9 }),
  family('terrazzo', 'terrazzo', 'cream', { seed: 9, size: 230 }),
  family('weave', 'weave', 'rust', { n: 48, seed: 1, block: 24 }),
  wallpaper('azulejo', 'tiles', 'night', { n: 3, seed: 21 }),
  wallpaper('tideline', 'tidelines', 'teal', { n: 60, seed: 22 }),
  wallpaper('understory', 'leaves', 'forest', { seed: 23, size: 640 }),
  wallpaper('north-sky', 'constellations', 'midnight', { seed: 24, unit: 2 }),
  wallpaper('palazzo', 'terrazzo', 'pink', { seed: 25, size: 230 }),
  wallpaper('twill', 'weave', 'indigo', { n: 44, seed: 26, block: 22 }),
];
