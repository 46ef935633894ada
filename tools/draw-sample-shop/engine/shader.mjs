/**
 * Turns a scene into a fragment shader. Objects are signed distance fields; the shader walks along each
 * pixel's ray to the nearest surface, asks the material there and lights it with one soft key light.
 */

/** A number as GLSL wants it: always with a point, and safe after an operator. */
export const n = (x) => (x < 0 ? `(${num(x)})` : num(x));

const num = (x) => {
  const s = String(+(+x).toFixed(5));
  return /[.e]/.test(s) ? s : `${s}.`;
};
export const vec = (v) => `vec${v.length}(${v.map(num).join(',')})`;

/** '#rrggbb' as a linear GLSL vec3. */
export const rgb = (hex) => vec([1, 3, 5].map((i) => (parseInt(hex.slice(i, i + 2), 16) / 255) ** 2.2));

/** Rotation by degrees about x, then y, then z; column-major for GLSL. */
function rotation([ax = 0, ay = 0, az = 0]) {
  const [a, b, c] = [ax, ay, az].map((d) => (d * Math.PI) / 180);
  const mul = (A, B) => A.map((row) => B[0].map((_, j) => row.reduce((s, v, k) => s + v * B[k][j], 0)));
  const X = [[1, 0, 0], [0, Math.cos(a), -Math.sin(a)], [0, Math.sin(a), Math.cos(a)]];
  const Y = [[Math.cos(b), 0, Math.sin(b)], [0, 1, 0], [-Math.sin(b), 0, Math.cos(b)]];
  const Z = [[Math.cos(c), -Math.sin(c), 0], [Math.sin(c), Math.cos(c), 0], [0, 0, 1]];
  return mul(Z, mul(Y, X));
}
/** A rotation's inverse is its transpose; GLSL's columns are our rows of the matrix itself. */
const inverseOf = (R) => `mat3(${[0, 1, 2].map((i) => [0, 1, 2].map((j) => num(R[i][j])).join(',')).join(',')})`;

const LIBRARY = `#version 300 es
precision highp float; precision highp int; precision highp sampler2D;
out vec4 outColour;
uniform vec2 size,jitter; uniform int again; uniform sampler2D FIRST;
float sat(float x){return clamp(x,0.,1.);}
float hash(vec2 p){vec3 a=fract(vec3(p.xyx)*.1031);a+=dot(a,a.yzx+33.33);return fract((a.x+a.y)*a.z);}
float noise(vec2 p){vec2 i=floor(p),u=fract(p);u=u*u*u*(u*(u*6.-15.)+10.);
 return mix(mix(hash(i),hash(i+vec2(1,0)),u.x),mix(hash(i+vec2(0,1)),hash(i+vec2(1,1)),u.x),u.y);}
float fbm(vec2 p){float s=0.,a=.5;for(int i=0;i<4;i++){s+=a*noise(p);p=mat2(1.6,1.2,-1.2,1.6)*p;a*=.5;}return s;}
float box2(vec2 p,vec2 b){vec2 d=abs(p)-b;return length(max(d,0.))+min(max(d.x,d.y),0.);}
float rbox2(vec2 p,vec2 b,float r){return box2(p,b-r)-r;}
float box(vec3 p,vec3 b){vec3 d=abs(p)-b;return length(max(d,0.))+min(max(d.x,max(d.y,d.z)),0.);}
float rbox(vec3 p,vec3 b,float r){return box(p,b-r)-r;}
/* a 2-d shape given depth and a soft edge */
float extrude(float d,float z,float h,float r){vec2 w=vec2(d+r,abs(z)-h+r);return min(max(w.x,w.y),0.)+length(max(w,0.))-r;}
float cyl(vec3 p,float R,float h,float r){return extrude(length(p.xz)-R,p.y,h,r);}
float tor(vec3 p,float R,float r){return length(vec2(length(p.xz)-R,p.y))-r;}
float cap(vec3 p,vec3 a,vec3 b,float r){vec3 pa=p-a,ba=b-a;return length(pa-ba*sat(dot(pa,ba)/dot(ba,ba)))-r;}
float seg(vec2 p,vec2 a,vec2 b){vec2 pa=p-a,ba=b-a;return length(pa-ba*sat(dot(pa,ba)/dot(ba,ba)));}
float ell(vec3 p,vec3 r){float k=length(p/r);return k*(k-1.)/length(p/(r*r));}
float smin(float a,float b,float k){float h=max(k-abs(a-b),0.)/k;return min(a,b)-h*h*k*.25;}
mat2 rot(float a){float c=cos(a),s=sin(a);return mat2(c,-s,s,c);}
/* wood with its grain along y */
vec3 wood(vec3 q,vec3 pale,vec3 dark){float x=q.x+.35*q.z;float g=noise(vec2(x*9.,q.y*.55))*.6+noise(vec2(x*34.,q.y*1.3))*.4;
 float pores=smoothstep(.62,.9,noise(vec2(x*120.,q.y*5.)));return mix(pale,dark,sat(g*.75+pores*.35-.1));}
`;

/** Builds { source, textures } from a scene; see scenes.mjs for what one holds. */
export function shaderFor(scene) {
  const textures = [];
  const textureIndex = (t) => {
    const known = textures.findIndex((k) => k.svg === t.svg);
    return known >= 0 ? known : textures.push(t) - 1;
  };
  let locals = '', parts = '', mapBody = '', materials = '';
  const prelude = new Set();
  let id = 1;
  scene.objects.flat(9).forEach((o, k) => {
    const R = rotation(o.rot ?? [0, o.turn ?? 0, 0]);
    const s = o.scale ?? 1;
    if (o.glsl) prelude.add(o.glsl);
    if (o.own) prelude.add(o.own);
    locals += `const mat3 R${k}=${inverseOf(R)};vec3 L${k}(vec3 p){return (R${k}*(p-${vec(o.at ?? [0, 0, 0])}))/${num(s)};}\n`;
    const b = o.bound;
    // Far from an object its enclosing sphere will do.
    mapBody += b ? `{vec3 q=L${k}(p);h=(length(q-${vec(b.slice(0, 3))})-${num(b[3])})*${num(s)};if(h>1.){if(h<r.x)r=vec2(h,${num(id)});}else{` : `{vec3 q=L${k}(p);`;
    o.parts.forEach((part, j) => {
      parts += `float D${k}_${j}(vec3 q){${part.d.includes('return') ? part.d : `return ${part.d};`}}\n`;
      mapBody += `h=D${k}_${j}(q)*${num(s)};if(h<r.x)r=vec2(h,${num(id)});`;
      const m = part;
      const col = m.col?.startsWith('#') ? rgb(m.col) : m.col ?? 'vec3(.8)';
      let body = `vec3 q=L${k}(p),nl=R${k}*n;a=${col};`;
      if (m.tex) {
        const t = textureIndex(m.tex);
        parts += `vec2 U${k}_${j}(vec3 q,vec3 nl){${m.uv.includes('return') ? m.uv : `return ${m.uv};`}}\n`;
        body += `vec2 u=U${k}_${j}(q,nl),ux=U${k}_${j}(L${k}(px),nl)-u,uy=U${k}_${j}(L${k}(py),nl)-u;
          vec4 t=textureGrad(T${t},vec2(u.x,1.-u.y),vec2(ux.x,-ux.y),vec2(uy.x,-uy.y));a=mix(a,t.rgb,t.a*(${m.mask ?? '1.'}));`;
      }
      if (m.after) body += m.after;
      if (m.bump) {
        parts += `float B${k}_${j}(vec3 q){return ${m.bump};}\n`;
        const e = num(m.grain ?? 0.004);
        body += `{vec2 e=vec2(${e},0);float b=B${k}_${j}(q);vec3 g=vec3(B${k}_${j}(q+e.xyy)-b,B${k}_${j}(q+e.yxy)-b,B${k}_${j}(q+e.yyx)-b)/e.x;
          g-=nl*dot(g,nl);n=normalize(transpose(R${k})*(nl-g));}`;
      }
      materials += `if(id==${id}){${body}gloss=${num(m.gloss ?? 0)};rough=${num(m.rough ?? 0.6)};sheen=${num(m.sheen ?? 0)};return;}\n`;
      id++;
    });
    mapBody += b ? '}}\n' : '}\n';
  });

  const g = scene.ground;
  const wall = g.wall ?? g.colour;
  const wz = num(g.back ?? 6);
  const groundMap = {
    floor: 'p.y',
    cove: `smin(p.y,p.z+${wz},${num(g.bend ?? 3)})`,
    table: `min(p.y,p.z+${wz})`,
    wall: 'p.z',
  }[g.type];
  const groundColour = g.paint
    ? g.paint
    : g.type === 'table' ? `(n.y>.5?${rgb(g.colour)}:${rgb(wall)})` : g.type === 'wall' ? rgb(g.colour) : rgb(g.colour);
  const up = g.type === 'wall' ? [0, 0, 1] : [0, 1, 0];
  const L = scene.light ?? (g.type === 'wall' ? [-0.62, 0.75, 0.95] : [-0.72, 0.92, 0.55]);
  const len = Math.hypot(...L);
  const l = L.map((v) => v / len);
  const facing = l[0] * up[0] + l[1] * up[1] + l[2] * up[2];
  const ambient = scene.ambient ?? 0.4;
  const c = scene.camera;
  const el = ((c.el ?? (g.type === 'wall' ? 0 : 20)) * Math.PI) / 180, az = ((c.az ?? 0) * Math.PI) / 180;
  const target = c.target ?? [0, 0, 0];
  const dist = c.dist ?? 20;
  const eye = [target[0] + dist * Math.sin(az) * Math.cos(el), target[1] + dist * Math.sin(el), target[2] + dist * Math.cos(az) * Math.cos(el)];
  const fwd = target.map((v, i) => (v - eye[i]) / dist);
  const right = [Math.cos(az), 0, -Math.sin(az)];
  const upv = [right[1] * fwd[2] - right[2] * fwd[1], right[2] * fwd[0] - right[0] * fwd[2], right[0] * fwd[1] - right[1] * fwd[0]];
  // `view` is how many units the picture's height spans at the target.
  const zoom = dist / ((c.view ?? 10) / 2);
  const gobo = scene.gobo ?? '1.';

  const source = `${LIBRARY}
${textures.map((_, i) => `uniform sampler2D T${i};`).join('')}
${[...prelude].join('\n')}
${locals}${parts}
vec2 map(vec3 p){vec2 r=vec2(${groundMap},0.);float h;
${mapBody}return r;}
const vec3 KEY=${vec(l)};
void material(int id,vec3 p,vec3 px,vec3 py,inout vec3 n,out vec3 a,out float gloss,out float rough,out float sheen){
 gloss=0.;rough=.7;sheen=0.;
 ${materials}
 a=${groundColour};
}
float gobo(vec3 p){return ${gobo};}
/* the room that glossy things see: a large soft window at the upper left, paper all round */
vec3 room(vec3 d,vec3 ground){vec3 c=mix(ground*.62,vec3(.86,.85,.83),smoothstep(-.25,.75,d.y));
 vec3 k=normalize(vec3(-.66,.58,.5)),x=normalize(cross(vec3(0,1,0),k)),y=cross(k,x);float z=dot(d,k);vec2 w=vec2(dot(d,x),dot(d,y))/max(z,.001);
 float f=z>0.?smoothstep(.06,-.06,rbox2(w,vec2(.3,.5),.05)):0.;return c+f*vec3(3.,2.95,2.85);}
void main(){
 if(again==1){
  // Only where surfaces meet is there anything to smooth.
  ivec2 g=ivec2(gl_FragCoord.xy);float a=texelFetch(FIRST,g,0).a,d=0.;
  for(int i=0;i<4;i++)d=max(d,abs(a-texelFetch(FIRST,clamp(g+ivec2(i==0?1:i==1?-1:0,i==2?1:i==3?-1:0),ivec2(0),ivec2(size)-1),0).a));
  if(d<.4)discard;
 }
 vec2 uv=(2.*(gl_FragCoord.xy+jitter)-size)/size.y;
 vec3 ro=${vec(eye)},F=${vec(fwd)},X=${vec(right)},Y=${vec(upv)};
 vec3 rd=normalize(X*uv.x+Y*uv.y+F*${num(zoom)});
 float step1=2./size.y;
 vec3 rx=normalize(X*(uv.x+step1)+Y*uv.y+F*${num(zoom)}),ry=normalize(X*uv.x+Y*(uv.y+step1)+F*${num(zoom)});
 float t=${num(Math.max(0.1, c.near ?? dist * 0.45))},far=${num(dist * 3 + 30)};
 vec2 h=vec2(0);
 for(int i=0;i<${scene.steps ?? 150};i++){h=map(ro+rd*t);if(h.x<.00008*t*${num((c.view ?? 10) / 10)}||t>far)break;t+=h.x*${num(scene.stride ?? 0.9)};}
 vec3 p=ro+rd*t,n=vec3(0);
 const float e=${num(scene.eps ?? 0.0012)};
 // One loop for all that is asked of the surface, as the scene's code is long and each mention of it is
 // compiled again: four steps for the normal, six for how enclosed it is, the rest towards the light.
 vec3 po=p,q=p+e*vec3(1,-1,-1);
 float oc=0.,w=1.,sh=1.,st=.015,l=0.;
 for(int k=0;k<66;k++){
  float m=map(q).x;
  if(k<4){
   n+=(k==0?vec3(1,-1,-1):k==1?vec3(-1,-1,1):k==2?vec3(-1,1,-1):vec3(1))*m;
   if(k==3){n=normalize(n);po=p+n*.004;l=.02;q=po+n*l;}
   else q=p+e*(k==0?vec3(-1,-1,1):k==1?vec3(-1,1,-1):vec3(1));
  }else if(k<10){
   oc+=(l-m)*w/(l+.06);w*=.8;float j=float(k-3);l=.02+.016*j*j*${num(scene.reach ?? 1.3)};q=po+n*l;
   if(k==9){if(dot(n,KEY)<=0.){sh=0.;break;}q=po+KEY*st;}
  }else{
   sh=min(sh,${num(scene.soft ?? 7)}*m/st);if(sh<.002||st>14.)break;st+=clamp(m*.75,.012,2.);q=po+KEY*st;
  }
 }
 sh=sat(sh);sh=sh*sh*(3.-2.*sh);oc=sat(1.-.42*oc);
 vec3 ng=n,a;float gloss,rough,sheen;
 vec3 px=ro+rx*(dot(p-ro,n)/min(dot(rx,n),-.05)),py=ro+ry*(dot(p-ro,n)/min(dot(ry,n),-.05));
 material(int(h.y+.5),p,px,py,n,a,gloss,rough,sheen);
 float ndl=dot(n,KEY),lit=max(ndl,0.);
 vec3 ground=${rgb(g.colour)};
 float pool=1.06-.16*smoothstep(0.,1.9,length(uv-vec2(-.45,.55)));
 vec3 key=vec3(1.02,1.,.965)*${num((1 - ambient) / facing)}*sh*lit*gobo(p);
 vec3 sky=vec3(.97,.99,1.04)*${num(ambient)}*oc*(.82+.18*n.y+.06*n.z-.06*n.x);
 vec3 bounce=ground*.16*oc*sat(.5-.5*n.y+.25*float(h.y>.5))*float(h.y>.5);
 vec3 colour=a*(key+sky*mix(vec3(1),mix(ground,vec3(1),.72)*1.08,1.-oc)+bounce)*pool;
 float fr=pow(1.-sat(dot(-rd,n)),5.);
 if(gloss>0.){vec3 rr=reflect(rd,n);vec3 env=room(normalize(mix(rr,n,rough*.35)),ground);
  float g=gloss*(.045+.75*fr);colour=mix(colour,env*mix(.35,1.,oc),g*mix(1.,.35,rough));
  vec3 hv=normalize(KEY-rd);colour+=gloss*sh*pow(max(dot(n,hv),0.),mix(260.,16.,rough))*mix(.5,.08,rough)*vec3(1.,.98,.94);}
 colour+=sheen*(a*.6+.1)*pow(1.-abs(dot(rd,n)),3.)*(.3+.7*sh*oc);
 colour=mix(colour,.85+.15*(1.-exp(-(colour-.85)/.15)),step(.85,colour));
 colour=min(colour,vec3(1.));
 outColour=vec4(colour,again==1?1.:h.y*6.+dot(ng,vec3(2.,1.3,.7)));
}`;
  return { source, textures };
}
