/** Things of paper and board. Lengths are in decimetres; y is up, z towards us. */
import { rgb, n } from '../engine/shader.mjs';


/** Textures for things standing (xy) and lying (xz). */
export const front = (w, h) => `q.xy/vec2(${n(w)},${n(h)})+.5`;
export const top = (w, d) => `vec2(q.x/${n(w)}+.5,.5-q.z/${n(d)})`;

const OAK = `wood(q,${rgb('#d9b78a')},${rgb('#a97c4c')})`;
const OAK_ACROSS = `wood(q.yxz,${rgb('#d9b78a')},${rgb('#a97c4c')})`;

/** A sheet on the wall whose lower edge lifts a little. */
export const sheet = ({ w = 5, h = 6.667, tex, curl = 0.25, at, rot, turn }) => ({
  at, rot, turn,
  parts: [{
    d: `float k=smoothstep(.1,-1.,q.y/${n(h / 2)}),c=smoothstep(.3,1.,q.x/${n(w / 2)})*smoothstep(.2,-1.,q.y/${n(h / 2)});float z=q.z-.03-${n(curl)}*k*k-${n(curl * 0.7)}*c*c-.012*sin(q.x*1.1+q.y*.6);
      return box(vec3(q.xy,z),vec3(${n(w / 2)},${n(h / 2)},.008))*.8;`,
    tex, uv: front(w, h), mask: 'step(-.2,nl.z)', col: '#f3ecdd',
  }],
});

/** A print held by two oak bars and hung by a cord. */
export const hung = ({ w = 5, h = 6.667, tex, at = [0, 0, 0] }) => [
  {
    at,
    parts: [
      { d: `return box(vec3(q.xy,q.z-.1-.06*sin(q.y*.7+.6)-.02*sin(q.x*.9)),vec3(${n(w / 2)},${n(h / 2)},.008))*.9;`, tex, uv: front(w, h), col: '#f3ecdd' },
      { d: `min(rbox(q-vec3(0,${n(h / 2)},.11),vec3(${n(w / 2 + 0.09)},.11,.075),.022),rbox(q-vec3(0,${n(-h / 2)},.11),vec3(${n(w / 2 + 0.09)},.11,.075),.022))`, col: OAK_ACROSS, gloss: 0.25, rough: 0.8 },
      { d: `vec3 a=vec3(abs(q.x),q.yz);return cap(a,vec3(${n(w * 0.36)},${n(h / 2 + 0.1)},.1),vec3(0,${n(h / 2 + 1.05)},.07),.014);`, col: '#8d7a5e' },
      { d: `cyl((q-vec3(0,${n(h / 2 + 1.06)},.09)).xzy,.055,.1,.02)`, col: '#b98f3e', gloss: 0.9, rough: 0.35 },
    ],
  },
];

/** A frame of oak with its print behind. `lean` lets it stand against the wall. */
export const framed = ({ w = 5, h = 6.667, tex, rail = 0.2, depth = 0.17, at, rot, col = 'oak' }) => {
  const side = `abs(q.x)/${n(w / 2 + rail / 2)}`;
  const colour = col === 'oak'
    ? `(abs(q.x)-${n(w / 2)}>abs(q.y)-${n(h / 2)}?${OAK}:wood(q.yxz+3.,${rgb('#d9b78a')},${rgb('#a97c4c')}))*(1.-.45*smoothstep(.012,.0,abs(abs(q.x)-${n(w / 2)}-abs(q.y)+${n(h / 2)})))`
    : col;
  void side;
  return {
    at, rot,
    parts: [
      { d: `float o=box2(q.xy,vec2(${n(w / 2 + rail)},${n(h / 2 + rail)})),i=box2(q.xy,vec2(${n(w / 2)},${n(h / 2)}));return extrude(max(o,-i),q.z-${n(depth)},${n(depth)},.018);`, col: colour, gloss: 0.22, rough: 0.75 },
      { d: `box(q-vec3(0,0,${n(depth * 0.9)}),vec3(${n(w / 2 + 0.02)},${n(h / 2 + 0.02)},.02))`, tex, uv: front(w, h), col: '#f6f0e3', gloss: 0.16, rough: 0.3 },
    ],
  };
};

/** A hard-covered notebook lying on its back cover, spine at the left. */
export const notebook = ({ w = 1.48, d = 2.1, t = 0.2, tex, spine = '#8a3f2a', band, ribbon, at, rot, turn, edge = '#efe6d2' }) => {
  const hw = w / 2, hd = d / 2;
  const parts = [
    { d: `min(rbox(q-vec3(0,${n(t)},0),vec3(${n(hw)},.02,${n(hd)}),.014),rbox(q-vec3(0,.02,0),vec3(${n(hw)},.02,${n(hd)}),.014))`, tex, uv: top(w, d), mask: `step(.5,nl.y)*smoothstep(${n(-hw + 0.255)},${n(-hw + 0.258)},q.x)`, col: spine, gloss: 0.1, rough: 0.7, bump: '.0006*sin(q.x*210.)*sin(q.z*210.)' },
    { d: `box(q-vec3(-.02,${n(t / 2 + 0.01)},0),vec3(${n(hw - 0.035)},${n(t / 2 - 0.02)},${n(hd - 0.04)}))`, col: `${rgb(edge)}*(.86+.14*noise(vec2(q.y*260.,q.x*2.+q.z*2.)))` },
    { d: `max(extrude(length(q.xy-vec2(${n(-hw + 0.06)},${n(t / 2 + 0.01)}))-${n(t / 2 + 0.02)},q.z,${n(hd)},.015),q.x+${n(hw - 0.07)})`, col: spine, gloss: 0.1, rough: 0.7 },
  ];
  if (band) parts.push({ d: `rbox(q-vec3(${n(hw - 0.16)},${n(t / 2 + 0.012)},0),vec3(.035,${n(t / 2 + 0.022)},${n(hd + 0.012)}),.012)`, col: band, gloss: 0.1 });
  if (ribbon) parts.push({ d: `float b=.06*sin(q.z*5.)*.5;return box(q-vec3(-.3+b,.012+.05*smoothstep(${n(hd + 0.3)},${n(hd)},q.z),${n(hd + 0.12)}),vec3(.035,.006,.19))*.8;`, col: ribbon });
  return { at, rot, turn, parts, bound: [0, t / 2, 0, Math.hypot(w, d) / 2 + 0.25] };
};

/** A pencil lying along x. */
export const pencil = ({ at, rot, turn, col = '#d99a2b', len = 1.75, r = 0.036 }) => ({
  at: [at[0], at[1] + r, at[2]], rot, turn, bound: [0, 0, 0, len / 2 + 0.05],
  parts: [{
    d: `vec2 a=abs(q.yz);float hex=max(a.x*.866+a.y*.5,a.y)-${n(r)};float tip=(q.x-${n(len / 2)});float cone=(length(q.yz)-max(0.,-tip*.2))*.95;
      float body=max(max(hex,cone),-q.x-${n(len / 2)});return max(body,tip)*.8;`,
    col: `(q.x>${n(len / 2 - 0.07)}?${rgb('#2b2622')}:q.x>${n(len / 2 - 0.185)}-.015*sin(atan(q.y,q.z)*6.)?${rgb('#e6c79a')}:q.x<${n(-len / 2 + 0.09)}?${rgb('#f1e7d2')}:${rgb(col)})`, gloss: 0.3, rough: 0.5,
  }],
});

/** A book standing or lying; like the notebook, with a printed cover over all of it. */
export const book = ({ w = 2, d = 2.6, t = 0.3, tex, spine = '#1d3f91', at, rot, turn }) => ({
  at, rot, turn,
  parts: [
    { d: `min(rbox(q-vec3(0,${n(t)},0),vec3(${n(w / 2)},.026,${n(d / 2)}),.014),rbox(q-vec3(0,.026,0),vec3(${n(w / 2)},.026,${n(d / 2)}),.014))`, tex, uv: top(w, d), mask: 'step(.5,nl.y)', col: spine },
    { d: `box(q-vec3(-.02,${n(t / 2 + 0.01)},0),vec3(${n(w / 2 - 0.05)},${n(t / 2 - 0.02)},${n(d / 2 - 0.06)}))`, col: `${rgb('#efe6d2')}*(.84+.16*noise(vec2(q.y*240.,q.x*2.+q.z*2.)))` },
    { d: `rbox(q-vec3(${n(-w / 2 + 0.012)},${n(t / 2 + 0.013)},0),vec3(.022,${n(t / 2 + 0.035)},${n(d / 2)}),.016)`, col: spine },
  ],
});

/** A wrapped box with twine and a bow. Faces share one pattern, folded over the edges. */
export const parcel = ({ w = 2.4, h = 0.9, d = 1.8, tex, s = 2.6, string = '#efe3c9', at, turn, bow = true, wide = 0 }) => {
  const hw = w / 2, hh = h / 2, hd = d / 2;
  const tie = wide
    ? `min(rbox(q-vec3(0,${n(hh)},0),vec3(${n(wide)},${n(hh + 0.012)},${n(hd + 0.012)}),.01),rbox(q-vec3(.0,${n(hh)},${n(hd * 0.0)}),vec3(${n(hw + 0.012)},${n(hh + 0.012)},${n(wide)}),.01))`
    : `float a=length(vec2(box2(q.zy-vec2(0,${n(hh)}),vec2(${n(hd)},${n(hh)})),q.x-.22))-.02;float b=length(vec2(box2(q.xy-vec2(0,${n(hh)}),vec2(${n(hw)},${n(hh)})),q.z-.02))-.02;return min(a,b);`;
  const cx = wide ? 0 : 0.22, cz = wide ? 0 : 0.02;
  const parts = [
    { d: `rbox(q-vec3(0,${n(hh)},0),vec3(${n(hw)},${n(hh)},${n(hd)}),.022)`, tex,
      uv: `vec3 a=abs(nl);vec2 u=a.y>.6?vec2(q.x,-q.z):a.z>.6?vec2(q.x,q.y-${n(h)}-${n(hd)}):vec2(${n(hw)}+(${n(h)}-q.y),-q.z);return u/${n(s)}+.5;`,
      after: `if(abs(nl.x)>.6){float f=abs(q.z)-(${n(hd)}-(${n(h)}-q.y)*.0-abs(q.y-${n(hh)})*.9);a*=1.-.25*smoothstep(.02,.0,abs(f))-.06*step(0.,f);}`,
      gloss: 0.12, rough: 0.5, bump: '.004*noise(q.xz*2.+q.y*3.)' , grain: 0.02 },
    { d: tie, col: wide ? string : `${rgb(string)}*(.72+.28*sin((q.x+q.y+q.z)*110.))`, gloss: wide ? 0.25 : 0, rough: 0.5 },
  ];
  if (bow) {
    const r = wide ? 0.03 : 0.018;
    parts.push({
      d: `q-=vec3(${n(cx)},${n(h + 0.03)},${n(cz)});float k=${n(wide || 0.018)};q.xz=rot(.5)*q.xz;vec3 a=vec3(abs(q.x),q.y,q.z);
        vec3 l=a-vec3(.27,.1,.0);l.xy=rot(.35)*l.xy;float e=length(l.xz*vec2(1.,1.9)+vec2(0.,0.))-.24;${wide ? `l=a-vec3(.3,.15,0);l.xy=rot(-.42)*l.xy;float loop=extrude(abs(length(l.xy*vec2(1.,1.7))-.27)*.6-.008,l.z,k*.9,.006);` : 'l=a-vec3(.27,.06,.02);l.xy=rot(-.2)*l.xy;float loop=length(vec2((length(l.xz*vec2(1.,2.1))-.25)*.6,l.y))-.018;'}
        vec3 m=a;float tail=${wide ? `box(vec3(m.x-.3,m.y+.0-.03*sin(m.x*9.),m.z-.22-m.x*.2+.06),vec3(.3,.006,k*.8))*.8` : 'cap(vec3(m.x,m.y,m.z),vec3(0,0,0),vec3(.3,-.0,.26),.018)'};
        float knot=ell(q-vec3(0,.03,0),vec3(${wide ? '.09,.07,.09' : '.05,.045,.05'}));return min(min(loop,tail),knot)*.75;`,
      col: wide ? string : `${rgb(string)}*(.72+.28*sin((q.x+q.y+q.z)*110.))`, gloss: wide ? 0.25 : 0, rough: 0.5,
    });
    void r;
  }
  return { at, turn, parts, bound: [0, h / 2, 0, Math.hypot(w, d, h) / 2 + 0.3] };
};

/** A roll of paper standing on its end (or, turned, lying down). */
export const roll = ({ r = 0.3, h = 5, tex, s = 2.6, at, rot, band, inside = '#f4ecdc' }) => {
  const parts = [
    { d: `float a=atan(q.x,q.z);float R=${n(r)}+.012*a/3.1416;float o=cyl(q,R,${n(h / 2)},.006);return max(o,-(length(q.xz)-${n(r * 0.82)}))*.85;`, tex, uv: `vec2(atan(q.x,q.z)*${n(r)},q.y)/${n(s)}+.5`, mask: 'step(abs(nl.y),.6)*step(0.,dot(nl.xz,q.xz))', col: `${rgb(inside)}*(.75+.25*sin(length(q.xz)*260.))`, gloss: 0.16, rough: 0.45 },
    { d: `float o=cyl(q,${n(r * 0.78)},${n(h / 2 - 0.05)},.01);return max(o,-(length(q.xz)-${n(r * 0.62)}));`, col: '#b99a6b' },
  ];
  if (band) parts.push({ d: `max(cyl(q-vec3(0,${n(-h * 0.08)},0),${n(r + 0.025)},.42,.004),-(length(q.xz)-${n(r)}))`, col: band });
  return { at, rot, parts };
};

const PIECES = `
float knob(vec2 p,float s){ p.y*=s; return smin(length(p-vec2(0,.155))-.105,rbox2(p-vec2(0,.04),vec2(.052,.08),.01),.06); }
float side(vec2 c,float axis){ return hash(c*1.7+axis*31.3)>.5?1.:-1.; }
/* one jigsaw piece of the unit grid cell c; p from its centre */
float piece(vec2 p,vec2 c,vec2 lo,vec2 hi){
 float d=rbox2(p,vec2(.5),.02);float k;vec2 o;
 for(int i=0;i<4;i++){
  vec2 dir=i==0?vec2(1,0):i==1?vec2(-1,0):i==2?vec2(0,1):vec2(0,-1);
  vec2 nb=c+dir; if(nb.x<lo.x||nb.y<lo.y||nb.x>hi.x||nb.y>hi.y) continue;
  float ax=i<2?0.:1.; vec2 key=i==1||i==3?nb:c; float s=side(key,ax)*(i==1||i==3?-1.:1.);
  vec2 l=vec2(dot(p,vec2(-dir.y,dir.x))+ (hash(key+ax*7.)-.5)*.16*(i==1||i==3?-1.:1.)*1.,dot(p,dir)-.5);
  if(s>0.) d=smin(d,knob(l,1.),.02); else d=max(d,-knob(l,-1.));
 }
 return d; }
`;

/** Part of a jigsaw, laid: cells `cols`×`rows`, those present by `has` (a GLSL bool of vec2 c). */
export const puzzle = ({ cols = 8, rows = 6, cell = 0.5, tex, has = 'true', at, turn, whole, thick = 0.05 }) => {
  const lo = 'vec2(0)', hi = `vec2(${n(cols - 1)},${n(rows - 1)})`;
  const W = cols * cell, H = rows * cell;
  void whole;
  return {
    at, turn, glsl: PIECES,
    parts: [{
      d: `vec2 g=vec2(q.x,q.z)/${n(cell)}+vec2(${n(cols / 2)},${n(rows / 2)});vec2 b=floor(g);float d=1e3;
        if(q.y>.2)return q.y-.12;
        for(int i=-1;i<2;i++)for(int j=-1;j<2;j++){vec2 c=b+vec2(i,j);if(c.x<0.||c.y<0.||c.x>${n(cols - 1)}||c.y>${n(rows - 1)})continue;if(!(${has}))continue;
        float b=box2(g-c-.5,vec2(.5));if(b>.29)d=min(d,b-.27);else d=min(d,piece(g-c-.5,c,${lo},${hi}));}
        return extrude(d*${n(cell)}+.0035,q.y-${n(thick)},${n(thick)},.008)*.75;`,
      tex, uv: top(W, H), mask: 'step(.2,nl.y)', col: '#cdbb9a', gloss: 0.1, rough: 0.6,
    }],
  };
};

/** Loose pieces, each showing the part of the picture where it belongs: `list` of [column, row, x, z, degrees, back?]. */
export const pieces = ({ list, cols = 8, rows = 6, cell = 0.5, tex, thick = 0.05, id = 1 }) => {
  const count = list.length;
  const places = list.map(([, , x, z, turn]) => `vec3(${n(x)},${n(z)},${n((turn * Math.PI) / 180)})`).join(',');
  const cells = list.map(([a, b, , , , back]) => `vec3(${n(a)},${n(b)},${back ? '-1.' : '1.'})`).join(',');
  const local = `vec2 l=q.xz-PLACE${id}[i].xy;l=rot(PLACE${id}[i].z)*l;l.x*=CELL${id}[i].z;`;
  return {
    glsl: PIECES,
    own: `const vec3 PLACE${id}[${count}]=vec3[${count}](${places});const vec3 CELL${id}[${count}]=vec3[${count}](${cells});
      int nearest${id}(vec2 p){int k=0;float m=1e3;for(int i=0;i<${count};i++){float d=length(p-PLACE${id}[i].xy);if(d<m){m=d;k=i;}}return k;}`,
    parts: [{
      d: `if(q.y>.2)return q.y-.12;int i=nearest${id}(q.xz);${local}float far=length(l)-${n(cell * 0.85)};if(far>.3)return far*.9;
        float d=piece(l/${n(cell)},CELL${id}[i].xy,vec2(0),vec2(${n(cols - 1)},${n(rows - 1)}))*${n(cell)}+.0035;return extrude(d,q.y-${n(thick)},${n(thick)},.01)*.7;`,
      tex, uv: `int i=nearest${id}(q.xz);${local}vec2 c=CELL${id}[i].xy;return vec2((l.x/${n(cell)}+c.x+.5)/${n(cols)},1.-(l.y/${n(cell)}+c.y+.5)/${n(rows)});`,
      mask: `step(.2,nl.y)*step(0.,CELL${id}[nearest${id}(q.xz)].z)`, col: '#cdbb9a', gloss: 0.1, rough: 0.6,
    }],
  };
};

/** A box with a printed lid, lying. */
export const carton = ({ w = 4, d = 3, h = 0.7, tex, side = '#1d3f91', at, turn, rot, base = '#f3ecdd' }) => ({
  at, turn, rot,
  parts: [
    { d: `rbox(q-vec3(0,${n(h * 0.58)},0),vec3(${n(w / 2)},${n(h * 0.42)},${n(d / 2)}),.02)`, tex, uv: top(w, d), mask: 'step(.5,nl.y)', col: side, gloss: 0.12, rough: 0.6 },
    { d: `rbox(q-vec3(0,${n(h * 0.3)},0),vec3(${n(w / 2 - 0.035)},${n(h * 0.3)},${n(d / 2 - 0.035)}),.02)`, col: base },
  ],
});
