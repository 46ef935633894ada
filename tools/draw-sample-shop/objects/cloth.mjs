/** Things of cloth: sheets whose surface is displaced by folds. */
import { rgb, n } from '../engine/shader.mjs';

const THREADS = '.0011*sin(q.x*230.)*sin((q.y+q.z)*230.)';

/** A tea towel folded to a flat packet, lying; `layers` folds high. */
export const folded = ({ w = 2.6, d = 3.2, layers = 4, tex, s = 5, at, turn, hem = '#f2e8d4', loop, lay = 0.075, silk = false, offset = [0, 0] }) => {
  const parts = [];
  for (let k = layers - 1; k >= 0; k--) {
    const jx = [0, 0.03, -0.025, 0.02, -0.03][k % 5], jz = [0, -0.02, 0.03, -0.015, 0.02][k % 5], y = (k + 0.5) * lay * 2;
    const isTop = k === layers - 1;
    parts.push({
      d: `vec3 a=q-vec3(${n(jx)},${n(y)}+.022*sin(q.x*2.1+${n(k)})*sin(q.z*1.7+${n(k * 2)}),${n(jz)});a.xz+=.02*vec2(sin(q.z*2.3+${n(k * 1.3)}),sin(q.x*2.7+${n(k)}));
        return rbox(a,vec3(${n(w / 2)},${n(lay * 0.97)},${n(d / 2)}),${n(lay * 0.93)})*.8;`,
      tex, uv: `vec2(q.x,-q.z${isTop ? '' : `+(q.y-${n(y)})*1.5+${n(k * 1.37)}`})/${n(s)}+.5+vec2(${n(offset[0])},${n(offset[1])})`, col: hem,
      gloss: silk ? 0.3 : 0, rough: 0.75, sheen: silk ? 0.5 : 0.25, bump: silk ? undefined : THREADS,
    });
  }
  if (loop) parts.push({ d: `float a=length(vec2(abs(rbox2(q.xz-vec2(${n(w * 0.3)},${n(-d / 2 - 0.16)}),vec2(.09,.28),.09)),q.y-${n(layers * lay)}))-.02;return max(a,q.z+${n(d / 2 - 0.05)});`, col: loop });
  return { at, turn, parts };
};

/** A cloth over a rail: the front fall, the turn over the rail and the back fall. The rail lies along x at the origin. */
export const overRail = ({ w = 4, h = 5, back = 4.2, tex, s = [4, 5], at, fold = 0.16, waves = 3.2, seed = 1, silk = false, plain = '#f2e8d4', edge }) => ({
  at,
  glsl: `float fall${seed}(float x,float y){float a=smoothstep(0.,${n(h)},y);float u=x/${n(w)};return ${n(fold)}*a*(sin(u*${n(waves * 6.283)}+${n(seed)}+.6*sin(y*.6+u*3.))+.45*sin(u*${n(waves * 11.3)}+${n(seed * 2.1)}+y*.35))+${n(fold * 0.3)}*a;}`,
  parts: [{
    d: `float f=fall${seed}(q.x,-q.y);float x=q.x*(1.+.035*smoothstep(0.,${n(h)},-q.y));float ax=abs(x)-${n(w / 2)};
      float fr=max(abs(q.z-.13-f)-.02,max(q.y,-q.y-${n(h)}-.04*sin(q.x*1.7+${n(seed)})));float bk=max(abs(q.z+.13-f*.35)-.02,max(q.y,-q.y-${n(back)}));
      float tp=max(abs(length(q.yz)-.13)-.02,-q.y);return max(min(min(fr,bk),tp),ax)*.55;`,
    tex, uv: `vec2(q.x/${n(s[0])}+.5+.02*fall${seed}(q.x,-q.y),(q.z>-.02?q.y:-q.y-1.)/${n(s[1])}+1.)`, col: plain, sheen: silk ? 0.5 : 0.25, gloss: silk ? 0.28 : 0, rough: 0.7, bump: silk ? undefined : THREADS,
    ...(edge ? { after: `a=mix(a,${rgb(edge)},step(${n(w / 2 - 0.09)},abs(q.x)));` } : {}),
  }],
});

/** A square of silk let fall on a table, in soft waves. */
export const drape = ({ w = 5, tex, at, turn, seed = 1, fold = 0.62, freq = 1.15, edge = '#f2e8d4', swirl = 0.6 }) => {
  const H = `silk${seed}`;
  return {
    at, turn,
    glsl: `float ${H}(vec2 p){vec2 s=p+vec2(${n(seed * 3.7)},${n(seed * 1.9)});float r=length(p)/${n(w / 2)};vec2 o=vec2(noise(s*.34),noise(s*.34+9.))*2.6*${n(swirl)};
      float a=dot(p+o,vec2(.86,.5))*${n(1.9 * freq)};float fan=dot(p,vec2(-.5,.86));float ridge=.5+.5*sin(a+1.3*sin(fan*.6+${n(seed)}));ridge=pow(ridge,3.);
      float b=.5+.5*sin(dot(p+o*1.4,vec2(-.62,.78))*${n(1.5 * freq)}+${n(seed * 2.3)});b=b*b*b*b;
      float c=.5+.5*sin(a*2.3+2.*noise(s*.7)*3.);c=c*c*c;
      float soft=max(ridge*(.25+.9*noise(s*.55+4.)),max(b*(.2+.8*noise(s*.5+20.)),.42*c*noise(s*.6+31.)));
      return ${n(fold)}*(soft+.08*noise(s*2.4))*smoothstep(1.7,.7,r*.8)+.03;}
      vec2 silkShift${seed}(vec2 p){float e=.04;return vec2(${H}(p+vec2(e,0))-${H}(p-vec2(e,0)),${H}(p+vec2(0,e))-${H}(p-vec2(0,e)))/(2.*e);}`,
    parts: [{
      d: `if(q.y>${n(fold * 1.4 + 0.35)})return q.y-${n(fold * 1.4)};float h=${H}(q.xz);vec2 m=q.xz+.22*vec2(sin(q.z*.9+${n(seed)}),sin(q.x*.8+${n(seed * 2)}))+.14*vec2(sin(q.z*2.3),sin(q.x*2.1+1.));
        float o=rbox2(m,vec2(${n(w / 2)}),.06);return max(abs(q.y-h)-.016,o)*.42;`,
      tex, uv: `vec2 m=q.xz+.22*vec2(sin(q.z*.9+${n(seed)}),sin(q.x*.8+${n(seed * 2)}))+.14*vec2(sin(q.z*2.3),sin(q.x*2.1+1.));m+=.1*silkShift${seed}(q.xz);return vec2(m.x,-m.y)/${n(w)}+.5;`, col: edge,
      after: `{vec2 m=q.xz+.22*vec2(sin(q.z*.9+${n(seed)}),sin(q.x*.8+${n(seed * 2)}))+.14*vec2(sin(q.z*2.3),sin(q.x*2.1+1.));float o=rbox2(m,vec2(${n(w / 2)}),.06);a=mix(a,${rgb(edge)},smoothstep(-.1,-.09,o));}`,
      gloss: 0.5, rough: 0.62, sheen: 0.55,
    }],
  };
};

/** A scarf hung by its middle from a peg at the origin; it widens as it falls. */
export const hanging = ({ h = 6, w = 2.6, tex, at, seed = 1, edge = '#f2e8d4', fold = 0.3, s = 5 }) => ({
  at,
  glsl: `float wide${seed}(float y){return mix(.2,${n(w / 2)},smoothstep(-.2,${n(h * 0.9)},y)*.72+.28*sat(y/${n(h)}));}
    float cone${seed}(float u,float y){float a=.05+${n(fold)}*smoothstep(0.,${n(h * 0.7)},y);return a*(sin(u*9.5+${n(seed)}+.25*sin(y*.8))+.5*sin(u*17.+${n(seed * 1.7)}+.15*y)+.3*sin(u*4.+1.));}`,
  parts: [{
    d: `float y=-q.y;float W=wide${seed}(y);float u=q.x/W;float f=cone${seed}(u,y);float len=${n(h)}-.9*abs(fract(u*.95+.32)*2.-1.)-.35*u*u;
      return max(max(abs(q.z-f-.3)-.022,abs(q.x)-W-.05*sin(y*2.)),max(y-len,-y-.02))*.38;`,
    tex, uv: `float y=-q.y;float u=q.x/wide${seed}(y);return vec2(u*.62+.1*cone${seed}(u,y)+.5,-y/${n(s)}+.98);`, col: edge, gloss: 0.4, rough: 0.62, sheen: 0.5,
    after: `{float y=-q.y;float u=q.x/wide${seed}(y);float len=${n(h)}-.9*abs(fract(u*.95+.32)*2.-1.)-.35*u*u;a=mix(a,${rgb(edge)},smoothstep(.11,.1,len-y));}`,
  }],
});

/** A tote bag hung by its handles from a peg at [0, 0, 0]. */
export const tote = ({ w = 3.6, h = 4, drop = 2.2, tex, at, turn, strap = '#e7d9bd', canvas = '#efe4cd', seed = 1, inset = 0, s }) => {
  const topY = -drop, mid = -drop - h / 2;
  const hw = w / 2, hh = h / 2;
  return {
    at, turn,
    glsl: `float bag${seed}(vec2 p){float u=p.x/${n(hw)},v=p.y/${n(hh)};float b=(1.-u*u)*(1.-v*v*v*v);
      return .06+.24*sqrt(max(b,0.))*smoothstep(1.15,-.7,v)+.035*sin(p.x*2.2+p.y*.9+${n(seed)})*smoothstep(1.,-.2,abs(v))+.05*sin(p.x*3.4-p.y*1.6+${n(seed * 2)}+noise(p*.8)*3.)*smoothstep(.9,.1,abs(u)*.8)*smoothstep(-1.,.6,-v)*.5;}`,
    parts: [
      { d: `vec2 p=q.xy-vec2(0,${n(mid)});p.x*=1.+.028*p.y/${n(hh)};p.y+=.05*(p.x*p.x)/${n(hw * hw)}*smoothstep(0.,${n(hh)},p.y)-.05*smoothstep(0.,-${n(hh)},p.y)*(1.-p.x*p.x/${n(hw * hw)});
          float o=rbox2(p,vec2(${n(hw)},${n(hh)}),.1);float b=bag${seed}(p);return extrude(o,q.z-.3,max(b*smoothstep(0.02,-.22,o),.035),.03)*.6;`,
        tex, uv: s ? `vec2(q.x,q.y-${n(mid)})/${n(s)}+.5` : `vec2(q.x/${n(w)},(q.y-${n(mid)})/${n(h)})+.5`, mask: `step(-.3,nl.z)${inset ? `*smoothstep(.004,-.004,rbox2(q.xy-vec2(0,${n(mid - 0.1)}),vec2(${n(hw - inset)},${n(hh - inset)}),.02))` : ''}`, col: canvas, sheen: 0.2, bump: THREADS.replaceAll('230.', '150.'),
        after: `{float y=q.y-${n(mid + hh - 0.32)};a*=1.-.16*smoothstep(.02,.0,abs(y));a*=1.-.1*smoothstep(.012,.0,abs(abs(y-.02)-.03))*step(.5,fract(q.x*9.));}` },
      { d: `float d=1e3;for(int i=0;i<2;i++){float z=i==0?.5:.12;vec3 a=vec3(abs(q.x),q.yz);
          float top=.16+float(i)*.03;vec2 A=vec2(${n(w * 0.21)},${n(topY - 0.42)}),B=vec2(${n(w * 0.21)},${n(topY + 0.1)}),C=vec2(top,-.1);
          float t=min(seg(a.xy,A,B),seg(a.xy,B,C));float arc=abs(length(q.xy-vec2(0,-.1))-top);if(q.y>-.1)t=min(t,arc);
          float zz=mix(.06+.1*float(1-i),z,smoothstep(0.,${n(-topY)},-q.y));t=extrude(t-.14,q.z-zz-(q.y<${n(topY)}?.02:0.),.022,.015);d=min(d,t);}return d*.7;`, col: `${rgb(strap)}*(.94+.06*sin((q.x+q.y)*120.)*sin((q.x-q.y)*120.))`, sheen: 0.2 },
    ],
  };
};

/** A wooden peg in the wall. */
export const peg = ({ at, col = '#c99f6b', r = 0.13, len = 0.7 }) => ({
  at,
  parts: [{ d: `float a=cyl((q-vec3(0,0,${n(len / 2)})).xzy,${n(r)},${n(len / 2)},.04);return min(a,cyl((q-vec3(0,0,${n(len)})).xzy,${n(r * 1.35)},.06,.045));`, col: `wood(q.xzy,${rgb(col)},${rgb(col)}*.6)`, gloss: 0.25, rough: 0.6 }],
});
