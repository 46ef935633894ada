/**
 * What runs inside the browser: rasterises the SVG textures, runs the shader a few times with the pixel
 * grid shifted, adds grain and encodes. Everything is self-contained, as it is sent there as text.
 */
export async function paint({ w, h, enlarge, source, textures, samples, budget, quality, preview }) {
  const load = async (svg) => {
    const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
    const image = new Image();
    image.src = url;
    await image.decode();
    URL.revokeObjectURL(url);
    return image;
  };
  const canvas = document.createElement('canvas');
  canvas.width = w;
  canvas.height = h;
  const encode = async (small) => {
    let c = small;
    if (enlarge > 1) {
      c = document.createElement('canvas');
      c.width = small.width * enlarge;
      c.height = small.height * enlarge;
      const ctx = c.getContext('2d');
      ctx.imageSmoothingQuality = 'high';
      ctx.drawImage(small, 0, 0, c.width, c.height);
    }
    const at = (q) => new Promise((done) => c.toBlob(done, preview ? 'image/png' : 'image/jpeg', q));
    let q = quality ?? 0.88, blob = await at(q);
    if (!preview && blob.size > budget) {
      // The best quality that fits, within two hundredths.
      let low = 0.3, high = q;
      while (high - low > 0.025) {
        q = (low + high) / 2;
        const tried = await at(q);
        if (tried.size > budget) high = q;
        else [low, blob] = [q, tried];
      }
      q = low;
      if (blob.size > budget) blob = await at(q);
    }
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let text = '';
    for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
    return { data: btoa(text), quality: q };
  };

  if (!source) {
    // A flat drawing.
    const ctx = canvas.getContext('2d');
    ctx.drawImage(await load(textures[0].svg), 0, 0, w, h);
    return encode(canvas);
  }

  const gl = canvas.getContext('webgl2', { antialias: false, preserveDrawingBuffer: true });
  if (!gl) throw new Error('WebGL 2 is not available');
  gl.getExtension('EXT_color_buffer_float');
  const aniso = gl.getExtension('EXT_texture_filter_anisotropic');
  const compile = (type, text) => {
    const s = gl.createShader(type);
    gl.shaderSource(s, text);
    gl.compileShader(s);
    if (!gl.getShaderParameter(s, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(s));
    return s;
  };
  const program = (fragment) => {
    const p = gl.createProgram();
    gl.attachShader(p, compile(gl.VERTEX_SHADER, '#version 300 es\nvoid main(){vec2 p=vec2((gl_VertexID<<1)&2,gl_VertexID&2);gl_Position=vec4(p*2.-1.,0,1);}'));
    gl.attachShader(p, compile(gl.FRAGMENT_SHADER, fragment));
    gl.linkProgram(p);
    if (!gl.getProgramParameter(p, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(p));
    return p;
  };
  const draw = program(source);
  gl.useProgram(draw);
  for (const [i, t] of textures.entries()) {
    const image = await load(t.svg);
    gl.activeTexture(gl.TEXTURE0 + i);
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    const flat = document.createElement('canvas');
    flat.width = t.w;
    flat.height = t.h;
    flat.getContext('2d').drawImage(image, 0, 0, t.w, t.h);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.SRGB8_ALPHA8, gl.RGBA, gl.UNSIGNED_BYTE, flat);
    gl.generateMipmap(gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.MIRRORED_REPEAT);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.MIRRORED_REPEAT);
    if (aniso) gl.texParameterf(gl.TEXTURE_2D, aniso.TEXTURE_MAX_ANISOTROPY_EXT, 8);
    gl.uniform1i(gl.getUniformLocation(draw, `T${i}`), i);
  }
  // First one sample everywhere; then more, summed, where edges are.
  const layer = (unit) => {
    const texture = gl.createTexture();
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA16F, w, h);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    const target = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    return target;
  };
  const first = layer(14), more = layer(15);
  layer(13); // Something to bind while the first picture is still being drawn.
  gl.viewport(0, 0, w, h);
  gl.uniform2f(gl.getUniformLocation(draw, 'size'), w, h);
  gl.enable(gl.SCISSOR_TEST);
  const shifts = [[0, 0], [0.3, 0.4], [-0.4, 0.3], [-0.3, -0.4], [0.4, -0.3]];
  const px = new Uint8Array(4);
  const sweep = ([x, y], again) => {
    gl.uniform1i(gl.getUniformLocation(draw, 'FIRST'), again ? 14 : 13);
    gl.uniform1i(gl.getUniformLocation(draw, 'again'), again);
    gl.uniform2f(gl.getUniformLocation(draw, 'jitter'), x, y);
    // In strips, so that no single call takes long.
    for (let top = 0; top < h; top += 125) {
      gl.scissor(0, top, w, 125);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
      gl.flush();
    }
  };
  gl.bindFramebuffer(gl.FRAMEBUFFER, first);
  sweep(shifts[0], 0);
  gl.bindFramebuffer(gl.FRAMEBUFFER, more);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE);
  for (let s = 1; s < samples; s++) sweep(shifts[1 + ((s - 1) % 4)], 1);
  gl.disable(gl.SCISSOR_TEST);
  gl.disable(gl.BLEND);
  const finish = program(`#version 300 es
    precision highp float; uniform sampler2D A,B; out vec4 o;
    float hash(vec2 p){vec3 a=fract(vec3(p.xyx)*.1031);a+=dot(a,a.yzx+33.33);return fract((a.x+a.y)*a.z);}
    void main(){vec4 b=texelFetch(B,ivec2(gl_FragCoord.xy),0);vec3 c=(texelFetch(A,ivec2(gl_FragCoord.xy),0).rgb+b.rgb)/(1.+b.a);c=max(c,0.);
      c=mix(12.92*c,1.055*pow(c,vec3(1./2.4))-.055,step(.0031308,c));
      float g=hash(gl_FragCoord.xy)+hash(gl_FragCoord.xy+77.)-1.;o=vec4(c+g*.0035,1.);}`);
  gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  gl.useProgram(finish);
  gl.uniform1i(gl.getUniformLocation(finish, 'A'), 14);
  gl.uniform1i(gl.getUniformLocation(finish, 'B'), 15);
  gl.drawArrays(gl.TRIANGLES, 0, 3);
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, px);
  const result = await encode(canvas);
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return result;
}
