/** Which picture is which file, and what stands in it. */
import { productScenes } from './scenes/products.mjs';
import { textileScenes } from './scenes/textiles.mjs';
import { playScenes } from './scenes/play.mjs';
import { pageScenes } from './scenes/pages.mjs';
import { patternPictures } from './scenes/patterns.mjs';

/** Every picture: { file, w, h, scene() } — a scene is { objects, ground, camera, … } or { flat: svg }. */
export const pictures = () => [
  ...[...productScenes, ...textileScenes, ...playScenes].map(([file, scene]) => ({ file: `products/${file}.jpg`, w: 1600, h: 2000, scene })),
  ...pageScenes,
  ...patternPictures,
];
