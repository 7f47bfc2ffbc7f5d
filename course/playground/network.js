// The network: forward, loss and backward, for n samples at once, as in mlp_core.
//
// All parameters lie in one array: W of layer 0 row by row, its b, W of layer 1, ... The
// units come first, then the samples: A[k * n + s] is unit k at sample s.

export const ALPHA = -0.2; // of the leaky ReLU: that of mlp_core.ORIGINAL

// In one loop for each: passing a function in makes it several times slower.
export function activate(name, z, a) {
  const n = z.length;
  if (name === "tanh") for (let i = 0; i < n; i++) a[i] = Math.tanh(z[i]);
  else if (name === "sigmoid") for (let i = 0; i < n; i++) a[i] = 0.5 * (1 + Math.tanh(0.5 * z[i]));
  else if (name === "relu") for (let i = 0; i < n; i++) a[i] = Math.max(z[i], 0);
  else if (name === "leaky_relu") for (let i = 0; i < n; i++) a[i] = z[i] > 0 ? z[i] : ALPHA * z[i];
  else a.set(z);
}

// d, the slope of the loss with respect to a, becomes that with respect to z.
export function timesSlope(name, z, a, d) {
  const n = z.length;
  if (name === "tanh") for (let i = 0; i < n; i++) d[i] *= 1 - a[i] * a[i];
  else if (name === "sigmoid") for (let i = 0; i < n; i++) d[i] *= a[i] * (1 - a[i]);
  else if (name === "relu") for (let i = 0; i < n; i++) d[i] *= z[i] >= 0 ? 1 : 0;
  else if (name === "leaky_relu") for (let i = 0; i < n; i++) d[i] *= z[i] >= 0 ? 1 : ALPHA;
}

// Where W and b of each layer begin, and where they end.
export function layersOf(sizes) {
  let end = 0;
  return sizes.slice(1).map((nOut, i) => {
    const W = end;
    const b = W + sizes[i] * nOut;
    end = b + nOut;
    return { nIn: sizes[i], nOut, W, b, end };
  });
}

// As mlp_core.initialize, with the alpha of the first layer's activation.
export function initialize(sizes, rng, scheme, activation) {
  const alpha = activation === "leaky_relu" ? ALPHA : 0;
  const layers = layersOf(sizes);
  const p = new Float64Array(layers.at(-1).end);
  for (const { nIn, nOut, W, b } of layers) {
    const r = Math.sqrt(6 / (nIn + nOut));
    const spread = Math.sqrt(2 / ((1 + alpha * alpha) * nIn));
    const draw = {
      normal: () => rng.normal(),
      uniform: () => rng.uniform(-2, 2),
      he: () => rng.normal() * spread,
      glorot: () => rng.uniform(-r, r),
      zeros: () => 0,
    }[scheme];
    for (let i = W; i < b; i++) p[i] = draw();
  }
  return p;
}

export class Net {
  // For the inputs: those of n samples.
  constructor(sizes, activations, inputs) {
    this.layers = layersOf(sizes);
    this.activations = activations; // the name of each layer's
    this.n = inputs.length / sizes[0];
    this.Z = this.arrays();
    this.A = [inputs, ...this.arrays()];
    this.output = this.A.at(-1);
  }

  // A number for each unit and sample of each layer.
  arrays() {
    return this.layers.map(({ nOut }) => new Float64Array(nOut * this.n));
  }

  // All z and a, for the parameters p.
  forward(p) {
    const { n, A, Z } = this;
    for (let l = 0; l < this.layers.length; l++) {
      const { nIn, nOut, W, b } = this.layers[l];
      const [below, z] = [A[l], Z[l]];
      for (let k = 0; k < nOut; k++) {
        const row = k * n;
        z.fill(0, row, row + n);
        for (let j = 0; j < nIn; j++) {
          const [w, from] = [p[W + j * nOut + k], j * n];
          for (let s = 0; s < n; s++) z[row + s] += below[from + s] * w;
        }
        for (let s = 0; s < n; s++) z[row + s] += p[b + k];
      }
      activate(this.activations[l], z, A[l + 1]);
    }
    return this;
  }

  // For each unit of a layer: whether it is a ReLU that gives 0 for all samples. Then no
  // step changes it any more.
  deadUnits(l) {
    const { n } = this;
    const isDead = (_, k) => this.Z[l].subarray(k * n, (k + 1) * n).every((z) => z < 0);
    const length = n && this.activations[l] === "relu" ? this.layers[l].nOut : 0;
    return Array.from({ length }, isDead);
  }

  // Half the squared error, averaged over the samples.
  loss(Y) {
    const { output } = this;
    let sum = 0;
    for (let i = 0; i < output.length; i++) sum += (output[i] - Y[i]) ** 2;
    return (0.5 * sum) / this.n;
  }

  // Into `grads`: the slope of the loss with respect to each parameter. The original
  // notebook's bug: the first layer uses the target for each input.
  backward(p, Y, grads, hasBug = false) {
    const { n, A, Z, output } = this;
    const dZ = (this.dZ ??= this.arrays()); // most networks are only looked at
    const last = dZ.length - 1;
    for (let i = 0; i < output.length; i++) dZ[last][i] = (output[i] - Y[i]) / n; // dA, yet
    for (let l = last; l >= 0; l--) {
      const { nIn, nOut, W, b } = this.layers[l];
      const isWrong = hasBug && !l;
      const [d, below, dBelow] = [dZ[l], isWrong ? Y : A[l], dZ[l - 1]];
      timesSlope(this.activations[l], Z[l], A[l + 1], d);
      if (l) dBelow.fill(0);
      for (let k = 0; k < nOut; k++) {
        const row = k * n;
        let db = 0;
        for (let s = 0; s < n; s++) db += d[row + s];
        grads[b + k] = db;
        for (let j = 0; j < nIn; j++) {
          const [w, from] = [p[W + j * nOut + k], isWrong ? 0 : j * n];
          let dw = 0;
          for (let s = 0; s < n; s++) dw += below[from + s] * d[row + s];
          grads[W + j * nOut + k] = dw;
          if (l) for (let s = 0; s < n; s++) dBelow[from + s] += d[row + s] * w;
        }
      }
    }
  }
}
