/** Enamelled and thrown things. */
import { rgb, n } from '../engine/shader.mjs';


/** An enamel mug: pattern round it, a coloured rim, a plain inside. */
export const mug = ({ r = 0.42, h = 0.82, tex, s = 1.6, rim = '#1f2430', inside = '#f8f2e4', at, turn = 0, drink, band = 0.075, brass = false, scale = 1 }) => {
  const parts = [
    { d: `q.y-=${n(h / 2)};float R=${n(r)}-.0*q.y;float o=cyl(q,R,${n(h / 2)},.05);float i=length(q.xz)-R+.022;return max(o,-max(i,-(q.y+${n(h / 2 - 0.04)})))*.95;`,
      tex, uv: `vec2(atan(q.x,q.z)*${n(r)}/${n(s)}+.5,(q.y-${n(h / 2)})/${n(s)}+.5)`,
      mask: `step(0.,dot(nl.xz,q.xz))*step(abs(nl.y),.5)*smoothstep(${n(band - 0.003)},${n(band + 0.003)},q.y)*smoothstep(${n(h - band + 0.003)},${n(h - band - 0.003)},q.y)`,
      col: inside, gloss: 1, rough: 0.08, bump: '.0022*noise(q.xy*9.+q.z*7.)', grain: 0.01 },
    { d: `tor(q-vec3(0,${n(h)},0),${n(r - 0.01)},.02)`, col: rim, gloss: brass ? 1 : 0.9, rough: brass ? 0.3 : 0.12 },
    { d: `vec2 a=q.xy-vec2(${n(r + 0.04)},${n(h * 0.52)});float e=abs(rbox2(a,vec2(.27,${n(h * 0.33)}),.2))-.026;return max(extrude(e,q.z,.062,.024),-(length(q.xz)-${n(r - 0.012)}))*.9;`, col: inside, gloss: 1, rough: 0.1 },
  ];
  if (drink) parts.push({ d: `max(length(q.xz)-${n(r - 0.024)},abs(q.y-${n(h * 0.8)})-.01)`, col: drink, gloss: 1, rough: 0.05 });
  return { at, turn, parts, scale, bound: [0.1, h / 2, 0, 0.85] };
};

/** A bottle-necked vase, turned. */
export const vase = ({ h = 2, r = 0.7, col = '#c9b79a', at, neck = 0.22, gloss = 0.25 }) => ({
  at, bound: [0, h / 2, 0, Math.hypot(h / 2, r) + 0.05],
  parts: [{
    d: `float y=sat(q.y/${n(h)});float R=mix(${n(r * 0.62)},${n(r)},smoothstep(0.,.38,y));R=mix(R,${n(neck)},smoothstep(.42,.82,y));R+=.05*smoothstep(.93,1.,y);
      float d=(length(q.xz)-R)*.6;d=max(d,max(-q.y,q.y-${n(h)}));return max(d,-max(length(q.xz)-${n(neck - 0.05)},${n(h * 0.7)}-q.y))-.012;`,
    col: `${rgb(col)}*(.95+.07*noise(vec2(q.y*14.,atan(q.x,q.z)*2.)))`, gloss, rough: 0.6, bump: '.002*sin(q.y*60.)', grain: 0.01,
  }],
});

/** A bare branch with round leaves, for the vase: a few stems on a fan. */
export const sprig = ({ at, h = 2.4, col = '#7c8440', stem = '#5b4a35', spread = 1, rot, seed = 3 }) => ({
  at, rot, bound: [0, h * 0.55, 0, h * 0.75],
  glsl: `float twig${seed}(vec3 q,float s,float lean,float len,out float leaf){float y=sat(q.y/len);vec3 c=vec3(lean*y*y,0.,.25*s*y*y);float d=length(vec3(q.x-c.x,min(q.y,0.)+max(q.y-len,0.),q.z-c.z))-.018;
    leaf=1e3;float st=len/9.;float k=floor(q.y/st+.5);for(int i=-1;i<2;i++){float j=k+float(i);if(j<3.||j>9.)continue;float yy=j*st/len;float sd=mod(j,2.)*2.-1.;
    vec3 b=vec3(lean*yy*yy+sd*.2*(1.25-yy*.5),j*st+.1,.25*s*yy*yy+.08*sin(j*2.+s));vec3 l=q-b;l.xy=rot(sd*.75+lean*.2)*l.xy;leaf=min(leaf,ell(l,vec3(.11,.2*(1.2-.4*yy),.022)));}
    return d*.7;}`,
  parts: [
    { d: `float a,b,c;float d=min(min(twig${seed}(q,1.,${n(0.55 * spread)},${n(h)},a),twig${seed}(q,-1.,${n(-0.75 * spread)},${n(h * 0.84)},b)),twig${seed}(q,.4,${n(-0.1 * spread)},${n(h * 1.13)},c));return d;`, col: stem },
    { d: `float a,b,c;float d=twig${seed}(q,1.,${n(0.55 * spread)},${n(h)},a)+twig${seed}(q,-1.,${n(-0.75 * spread)},${n(h * 0.84)},b)+twig${seed}(q,.4,${n(-0.1 * spread)},${n(h * 1.13)},c);return min(a,min(b,c))*.6;`, col },
  ],
});

/** A pebble or a piece of fruit. */
export const ball = ({ at, r = [0.4, 0.4, 0.4], col = '#e0a63a', rot, gloss = 0.3, pores = 0 }) => ({
  at, rot, parts: [{ d: `ell(q,vec3(${r.map(n).join(',')}))`, col, gloss, rough: 0.6, ...(pores ? { bump: `${n(pores)}*noise(q.xy*40.+q.z*33.)`, grain: 0.01 } : {}) }],
});

/** Any rounded block, of one colour or wood. */
export const block = ({ size, r = 0.02, col = '#d8c3a0', at, rot, turn, wood = false, gloss = 0.12 }) => ({
  at, rot, turn,
  parts: [{ d: `rbox(q,vec3(${size.map((v) => n(v / 2)).join(',')}),${n(r)})`, col: wood ? `wood(q.${wood === true ? 'yxz' : wood},${rgb(col)},${rgb(col)}*.62)` : col, gloss, rough: 0.75 }],
});

/** A rod between two points. */
export const rod = ({ a, b, r = 0.06, col = '#d8b58a', gloss = 0.3, wood = false }) => ({
  parts: [{ d: `cap(q,vec3(${a.map(n).join(',')}),vec3(${b.map(n).join(',')}),${n(r)})`, col: wood ? `wood(q.yxz,${rgb(col)},${rgb(col)}*.62)` : col, gloss, rough: 0.5 }],
});
