/** The six families' colourways. Each family has several, so that its products differ. */

export const tilesInk = {
  cobalt: { bg: '#f4ead6', a: '#1d3f91', b: '#d99a2b', c: '#6f93cf', d: '#c9d8ec', grout: '#d9ccb2' },
  night: { bg: '#1c3a85', a: '#f4ead6', b: '#e0a63a', c: '#8fb0e0', d: '#2a4fa5', grout: '#142c68' },
  ochre: { bg: '#f6ecd8', a: '#b9741a', b: '#1d3f91', c: '#e2b25a', d: '#f0d9a6', grout: '#dccbaa' },
  sage: { bg: '#f3eddc', a: '#2c6a66', b: '#d98a3a', c: '#86b1a4', d: '#cfe0d4', grout: '#d8d2bd' },
};

export const wavesInk = {
  teal: { bands: [['#0f4a54', '#dcebe4', '#e2c48d'], ['#1b6b72', '#e6f0ea', '#e2c48d'], ['#3f9592', '#eef4ec', '#f0dcb4'], ['#a9d1c6', '#1b6b72', '#e98f6c'], ['#eadbb8', '#1b6b72', '#e98f6c'], ['#f1e7cf', '#3f9592', '#d9b777']] },
  foam: { bands: [['#e9f1ea', '#1b6b72', '#e98f6c'], ['#f3eede', '#3f9592', '#1b6b72'], ['#cfe3da', '#0f4a54', '#e2c48d'], ['#e9f1ea', '#2b7f82', '#0f4a54'], ['#f1e4c4', '#2b7f82', '#e98f6c']] },
  sand: { bands: [['#ecd9b0', '#125660', '#e07f5f'], ['#f3e8cf', '#1f7a80', '#125660'], ['#e07f5f', '#f6ecd8', '#125660'], ['#f3e8cf', '#e07f5f', '#1f7a80'], ['#1f7a80', '#f3e8cf', '#ecd9b0']] },
  deep: { bands: [['#0b323b', '#7fb7b0', '#e2c48d'], ['#0f4650', '#a8d0c6', '#e98f6c'], ['#145b63', '#cfe3da', '#e2c48d'], ['#1f7378', '#e6f0ea', '#e2c48d']] },
};

const ink = (leaf, vein, stem = vein, spark = '#d98a6a') => ({ leaf, vein, stem, spark });
export const leavesInk = {
  forest: { bg: '#17332a', layers: [
    { inks: [ink('#234a39', '#17332a', '#1d3f31', '#2f5a45'), ink('#2a5240', '#1b3b2e', '#1d3f31', '#2f5a45')] },
    { inks: [ink('#4d6b3f', '#2a4a33', '#2a4a33', '#e3a58c'), ink('#6f7c3d', '#3d522d', '#3d522d', '#e9b8a4')], skip: 0.12 },
    { inks: [ink('#a9b077', '#5e7044', '#5e7044', '#e9b8a4'), ink('#e9b8a4', '#b9705a', '#a5604c', '#f3d9c4'), ink('#8f9d5c', '#4f6236', '#4f6236', '#f0c9b4')], skip: 0.42 },
  ] },
  blush: { bg: '#f2d3c2', layers: [
    { inks: [ink('#ecc2ae', '#f2d3c2', '#e4b19a', '#e2a78e'), ink('#e6b7a1', '#f0cdbb', '#e4b19a', '#e2a78e')] },
    { inks: [ink('#8d9660', '#cdbd92', '#6f7a48', '#b7543a'), ink('#a6a873', '#d9c7a0', '#7c8450', '#b7543a')], skip: 0.2 },
    { inks: [ink('#234636', '#7b9069', '#234636', '#b7543a'), ink('#3a5f3f', '#9db07c', '#2c4c35', '#c76a4a')], skip: 0.4 },
  ] },
  cream: { bg: '#f4ecdc', layers: [
    { inks: [ink('#e4dfc4', '#f4ecdc', '#d8d4b4', '#ecc9b4'), ink('#dde0c8', '#f0eadb', '#d0d3b4', '#ecc9b4')] },
    { inks: [ink('#a9b58a', '#e2e2c8', '#8a986a', '#e0a488'), ink('#c6b98a', '#ece2c4', '#a8985e', '#d98a6a')], skip: 0.2 },
    { inks: [ink('#2f5a42', '#a9c09a', '#2f5a42', '#d0704e'), ink('#7c8440', '#d3d3a0', '#5e6630', '#d0704e')], skip: 0.42 },
  ] },
  olive: { bg: '#6f7638', layers: [
    { inks: [ink('#646b32', '#6f7638', '#5b622c', '#858c4a'), ink('#7d8444', '#6f7638', '#626930', '#858c4a')] },
    { inks: [ink('#2c4a30', '#5f7244', '#2c4a30', '#f0c9b4'), ink('#3d5a36', '#72844e', '#2c4a30', '#f0c9b4')], skip: 0.2 },
    { inks: [ink('#f0e4c6', '#b3ab6c', '#e6d9b4', '#e9a98e'), ink('#ebbba4', '#c7826a', '#d9987e', '#f4dcc8')], skip: 0.5 },
  ] },
};

export const skyInk = {
  midnight: { bg: '#131c3c', deep: '#18244b', line: '#51619c', gold: '#dcb05a', pale: '#f1e8d0' },
  gold: { bg: '#e3b65f', deep: '#e8c06e', line: '#a97a2c', gold: '#1b2650', pale: '#2a2a48' },
  dusk: { bg: '#4a5590', deep: '#53609d', line: '#8b97cf', gold: '#f2c879', pale: '#fbf3df' },
  paper: { bg: '#f3ead6', deep: '#efe3c8', line: '#b9b4a6', gold: '#b07d24', pale: '#1e2a55' },
};

export const terrazzoInk = {
  cream: { bg: '#f4e8d8', vein: '#fbf4ea', dust: '#b9826a', chips: [['#c4603f', 3], ['#e9b09c', 3], ['#6f2e35', 1.5], ['#8f9d88', 1.6], ['#d99a54', 1.2], ['#3b3130', 0.7], ['#f9d9c6', 1.4]] },
  terracotta: { bg: '#c4603f', vein: '#f6e2d2', dust: '#7d3423', chips: [['#f4e2d0', 3], ['#eab09a', 2.4], ['#6f2e35', 1.6], ['#d98a5e', 2], ['#3b2a2a', 0.8], ['#9aa690', 1]] },
  pink: { bg: '#efc0ae', vein: '#fdf2ea', dust: '#a5543f', chips: [['#f9ede0', 3], ['#c4603f', 2.4], ['#7a333b', 1.6], ['#e28f72', 2], ['#7f917e', 1.4], ['#e0ab62', 0.9]] },
  ink: { bg: '#352b2d', vein: '#f2d6c6', dust: '#84635a', chips: [['#c4603f', 2.6], ['#eab5a3', 2.4], ['#f5e9da', 2], ['#8b9a86', 1.6], ['#7a333b', 1.6], ['#d9a05a', 1]] },
};

export const weaveInk = {
  rust: { bg: '#3a1c12', warp: [['#b34b24', 12], ['#e7d9bd', 4], ['#b34b24', 4], ['#2c3768', 12]], weft: [['#e7d9bd', 10], ['#b34b24', 6], ['#2c3768', 12], ['#d69c42', 4]] },
  indigo: { bg: '#151a36', warp: [['#2c3768', 16], ['#4c5a95', 8], ['#e7d9bd', 2], ['#2c3768', 6]], weft: [['#e7d9bd', 14], ['#b34b24', 2], ['#e7d9bd', 14], ['#d69c42', 2]] },
  oat: { bg: '#9c8a68', warp: [['#eadfc8', 20], ['#c9623a', 4], ['#eadfc8', 8]], weft: [['#e2d3b4', 12], ['#2c3768', 4], ['#e2d3b4', 8], ['#d69c42', 4], ['#e2d3b4', 4]] },
};
