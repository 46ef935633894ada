/** A telephone, face up or standing; its glass is the texture. */
import { n } from '../engine/shader.mjs';

export const phone = ({ w = 0.72, h = 1.5, t = 0.08, tex, at, rot, body = '#22242a' }) => ({
  at, rot,
  parts: [{
    d: `extrude(rbox2(q.xy,vec2(${n(w / 2)},${n(h / 2)}),.105),q.z,${n(t / 2)},.018)`,
    tex, uv: `q.xy/vec2(${n(w - 0.044)},${n(h - 0.044)})+.5`, mask: `step(.7,nl.z)*smoothstep(.002,-.002,rbox2(q.xy,vec2(${n(w / 2 - 0.022)},${n(h / 2 - 0.022)}),.085))`,
    col: body, gloss: 0.55, rough: 0.12,
  }],
});
