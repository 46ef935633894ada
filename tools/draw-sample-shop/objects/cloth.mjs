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
    // Heavier below: the canvas bellies out, hangs in soft upright folds and sags between its handles.
    glsl: `float bag${seed}(vec2 p){float u=p.x/${n(hw)},v=p.y/${n(hh)};float b=max((1.-u*u*u*u)*(1.-v*v*v*v),0.);
      float low=smoothstep(1.,-.75,v);float fold=sin(p.x*3.1+p.y*.25+${n(seed)}+.9*noise(p*.7+${n(seed)}))*.6+sin(p.x*5.3-p.y*.5+${n(seed * 2)})*.3;
      float pull=smoothstep(.5,.0,abs(abs(u)-.42)*2.2)*smoothstep(-.6,1.,v);
      return .07+(.16+.3*low)*sqrt(b)+.055*fold*smoothstep(1.05,.2,abs(v))*(.4+.6*low)+.05*pull+.07*smoothstep(.25,.0,abs(v+.72+.1*sin(p.x*1.3+${n(seed)})))*sin(p.x*2.1+${n(seed)});}
      vec2 hang${seed}(vec2 q){vec2 p=q-vec2(0,${n(mid)});float v=p.y/${n(hh)},u=p.x/${n(hw)};
      p.x*=1.+.05*smoothstep(-.4,1.,v)-.035*smoothstep(.0,-1.,v)+.02*sin(p.y*1.1+${n(seed)});
      float sag=abs(abs(u)-.42)/.58;p.y+=.13*sag*sag*smoothstep(-.2,1.,v)*(abs(u)<.42?1.4:.6)-.09*(1.-u*u)*smoothstep(-.3,-1.,v)*-1.;return p;}`,
    parts: [
      { d: `vec2 p=hang${seed}(q.xy);float o=rbox2(p,vec2(${n(hw)},${n(hh)}),mix(.16,.03,smoothstep(-.5,.5,p.y)));float b=bag${seed}(p);return extrude(o,q.z-.3,max(b*smoothstep(.01,-.3,o),.035),.03)*.5;`,
        tex, uv: s ? `return hang${seed}(q.xy)/${n(s)}+.5;` : `return hang${seed}(q.xy)/vec2(${n(w)},${n(h)})+.5;`, mask: `step(-.3,nl.z)${inset ? `*smoothstep(.004,-.004,rbox2(hang${seed}(q.xy)+vec2(0,.1),vec2(${n(hw - inset)},${n(hh - inset)}),.02))` : ''}`, col: canvas, sheen: 0.2, bump: THREADS.replaceAll('230.', '150.'),
        after: `{float y=hang${seed}(q.xy).y-${n(hh - 0.3)};a*=1.-.2*smoothstep(.02,.0,abs(y));a*=1.+.1*smoothstep(.014,.0,abs(y+.04))*step(.5,fract(q.x*9.));}` },
      // Two webbing handles, sewn on in a square with a cross.
      { d: `float d=1e3;for(int i=0;i<2;i++){vec3 a=vec3(abs(q.x),q.yz);float back=float(i);float top=.15+.02*back;
          vec2 A=vec2(${n(w * 0.21)},${n(topY - 0.44)}),B=vec2(${n(w * 0.2)},${n(topY + 0.25)}),C=vec2(top,-.1);
          vec2 ab=normalize(B-A),r=a.xy-A;float along=dot(r,ab);float t=max(abs(dot(r,vec2(ab.y,-ab.x)))-.135,max(-along,along-length(B-A)));
          t=min(t,seg(a.xy,B,C)-.135);if(q.y>-.1)t=min(t,abs(length(q.xy-vec2(0,-.1))-top)-.135);
          float zz=mix(back>.5?.12:.56,.34,smoothstep(${n(topY)},-.4,q.y));d=min(d,extrude(t,q.z-zz-.03*sin(q.y*1.8),.02,.014));}return d*.6;`,
        col: `${rgb(strap)}*(.93+.07*sin((q.x+q.y)*110.)*sin((q.x-q.y)*110.))`, sheen: 0.2,
after: `{vec2 l=vec2(abs(q.x)-${n(w * 0.21)},q.y-${n(topY - 0.3)});float b=abs(box2(l,vec2(.1,.1)));float x=min(abs(l.x-l.y),abs(l.x+l.y))*.7+step(.1,max(abs(l.x),abs(l.y)));a=mix(a,a*1.5+.08,smoothstep(.011,.004,min(b,x))*.8);}` },
    ],
  };
};

/** A wooden peg in the wall. */
export const peg = ({ at, col = '#c99f6b', r = 0.13, len = 0.7 }) => ({
  at,
  parts: [{ d: `float a=cyl((q-vec3(0,0,${n(len / 2)})).xzy,${n(r)},${n(len / 2)},.04);return min(a,cyl((q-vec3(0,0,${n(len)})).xzy,${n(r * 1.35)},.06,.045));`, col: `wood(q.xzy,${rgb(col)},${rgb(col)}*.6)`, gloss: 0.25, rough: 0.6 }],
});
