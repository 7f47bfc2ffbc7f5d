// NumPy's random numbers, bit for bit: a seed is the same network here and in Python.
//
// default_rng(seed) is SeedSequence, PCG64, and the ziggurat for the normal distribution.
// Numbers of 64 and 128 bits are held in pieces, the lowest first. NumPy may change
// its streams; then these stay, and VERSION, which is part of each link, tells them apart.
// Sources: O'Neill (2014), PCG; Marsaglia, Tsang (2000), The ziggurat method; Lemire (2019),
// Fast random integer generation in an interval; and numpy/random/bit_generator.pyx.

export const VERSION = 1;

const BASE = 2 ** 32;
const pieces = (words) => new Uint16Array(Uint32Array.from(words).buffer);
const ONE = pieces([1, 0, 0, 0]);
const MULTIPLIER = pieces([0x9fccf645, 0x4385df64, 0x1fc65da4, 0x2360ed05]);
const OLD = new Uint16Array(8);

// SeedSequence(seed).generate_state(8)
function seedWords(seed) {
  const entropy = [];
  for (let rest = seed; rest > 0 || !entropy.length; rest = Math.floor(rest / BASE))
    entropy.push(rest % BASE);
  const hasher = (constant, factor) => (value) => {
    value ^= constant;
    constant = Math.imul(constant, factor);
    value = Math.imul(value, constant);
    return value ^ (value >>> 16);
  };
  const mix = (x, y) => {
    const mixed = (Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y)) | 0;
    return mixed ^ (mixed >>> 16);
  };
  const hash = hasher(0x43b0d7e5, 0x931e8875);
  const pool = [0, 1, 2, 3].map((i) => hash(entropy[i] ?? 0));
  for (let i = 0; i < 4; i++)
    for (let j = 0; j < 4; j++) if (i !== j) pool[j] = mix(pool[j], hash(pool[i]));
  const out = hasher(0x8b51f9dd, 0x58f38ded);
  return Array.from({ length: 8 }, (_, i) => out(pool[i % 4]) >>> 0);
}

// The normal distribution in 256 strips: a number is 52 random bits times the width of its
// strip. The widths, as doubles, are what NumPy's draws divided by their bits come to.
const TABLE =
  "edkVeDtJzzzG9v3jC42LPLRbLDyvUJI8YTtEOLl8lTwMpy/o/AGYPLzQTC4MI5o892E4L00AnDx0cnRaL6ydPMPVTC1IMp88rbuOJzJNoDxDXQI7BfWgPHc2QZemkqE89Rp6j6InojyA2GM4LrWiPPWRV8A/PKM8L7GiwZ69ozxVm/+N7zmkPKf+PTa7saQ8dNMaYnUlpTyWzgengJWlPOp+2c8xAqY8PXyjYdJrpjxwBQCSotKmPKb4RtPaNqc8dyqzEK2YpzxD9UatRfinPHcKQ1PMVag8mnZ7nmSxqDyYz06pLgupPOoeLIJHY6k8RsU4jsm5qTwsp6TczA6qPFnNd21nYqo8MBYQbq20qjycbBNtsQWrPCl6QoeEVas8Op9Sjjakqzwygr8q1vGrPPNOWflwPqw8YTsypROKrDyLJnL+ydSsPEi3gA6fHq08EB/kKZ1nrTzDuCMAzq+tPFN28ak69608/u3Stes9rjwAb3oz6YOuPM6C+b06ya48JmLwhOcNrzyI9thU9lGvPK7Xh55tla88rC76fVPYrzzsNELgVg2wPJqPOfVALrA8/KUWnupOsDwQoHJbVm+wPAv0cZCGj7A8E2G8hH2vsDx/zEtmPc+wPGsIFkvI7rA87hWVMiAOsTy+DzEHRy2xPEGRjp8+TLE8HiDEvwhrsTw02ngap4mxPIht7lEbqLE8yyr4+GbGsTwu1OCTi+SxPJ+gQJmKArI86cbEcmUgsjwfw+l9HT6yPPtrqQy0W7I8f9MdZip5sjwb1xnHgZayPNouuGK7s7I8U7jhYtjQsjyOqcvo2e2yPNdIbg3BCrM8MLn04Y4nszyhXiZwRESzPNVSyrriYLM8algFvmp9szxksrJv3ZmzPAM9uL87trM84B1WmIbSszyDWnLevu6zPHSe4HHlCrQ8XXSmLfsmtDykMDzoAEO0PF3HynP3XrQ8NsNmnt96tDwvj0gyupa0PF1BAvaHsrQ83BGzrEnOtDwFpjgWAOq0PGJVXu+rBbU8WosK8k0htTxPZmrV5jy1PMiyG053WLU8eF9VDgB0tTwUhQ7GgY+1PFkbJCP9qrU8PXN90XLGtTzTjC974+G1PDhen8hP/bU8wx+jYLgYtjyisKLoHTS2PAsmtwSBT7Y8cpbJV+Jqtjw3MbGDQoa2PLGyUCmiobY8u0Oz6AG9tjxS0yhhYti2PFT4YTHE87Y862iL9ycPtzzGFGlRjiq3PNzucNz3Rbc8H3PlNWVhtzxJ9O/61ny3PJO9ushNmLc8CRSLPMqztzz7ItvzTM+3POfec4zW6rc8H+qGpGcGuDx2hsjaACK4PBWfic6iPbg8vfXRH05ZuDzFfnpvA3W4PC33R1/DkLg8Q8AFko6suDycDKGrZci4PCdqRFFJ5Lg8j7VzKToAuTxHgyjcOBy5PPwK7xJGOLk8iqIDeWJUuTzu1XC7jnC5PDEqLonLjLk8v5k/kxmpuTws2dWMecW5PBF0byvs4bk8StL6JnL+uTySNvk5DBu6PFvIoiG7N7o8iLsLnn9UujykqUpyWnG6PD0xoGRMjro8CPGfPlarujzO9VrNeMi6PDazi+G05bo8GqHDTwsDuzxbmJrwfCC7PAAM4KAKPrs8Az3OQbVbuzwniT+5fXm7PDz35fFkl7s8biWF22u1uzyiwC5rk9O7PIOugZvc8bs8oBbsbEgQvDwtevDl1y68PBwNbhOMTbw8BYfsCGZsvDwXpuvgZou8PKuiNr2Pqrw8kNY7x+HJvDw34GgwXum8PG6PizIGCb08IO83ENsovTxHxjMV3ki9PCPx55YQab08pfvX9HOJvTxwbiCZCaq9PA5J/PjSyr08Ny5SldHrvTwc0kn7Bg2+PPZG6sR0Lr48iNHBmRxQvjwl/pcvAHK+PAq/KkshlL48CG/3wIG2vjw6pxB2I9m+PKnsAWEI/L48IVPCijIfvzxtTbcPpEK/PGgBySBfZr88gpeJBGaKvzy/InEYu66/PIXnL9Jg0788C/YYwVn4vzx1oNNH1A7APEfJjwKoIcA8qwKpg6k0wDzH9T5O2kfAPH6zrfY7W8A8aCanI9BuwDwXLmOPmILAPFSi6AiXlsA8xMBxdc2qwDxI1O7RPb/APDA9qjTq08A8k2URz9TowDy2n6bv//3APEFwIARuE8E8NV27myEpwTxtCcRpHT/BPDsuYEhkVcE88+6dO/lrwTxhEtJ034LBPKzrTlYamsE8ji9/d62xwTyUpnGpnMnBPDmu5Pvr4cE8Adniwp/6wTyBzASdvBPCPO7Tb3pHLcI8JJyspEVHwjzgWHbHvGHCPC5ZqPqyfMI8eA53zS6YwjxSCipTN7TCPJfbljHU0MI89XipsQ3uwjzurlbS7AvDPKOkaF57KsM8oxKuBcRJwzxAqDN60mnDPApBVpKzisM8+oiucHWswzymBBezJ8/DPHX0YKrb8sM82uW5nKQXxDyUXlQVmD3EPBU6p0TOZMQ8vEOcdWKNxDwnWmudc7fEPAKJzQ0l48Q8QazpU58QxTxCfjpSEUDFPBvkSqmxccU82Y1xi8ClxTz+0DokitzFPEwehs9pFsY86moAe85TxjzD5Z++QJXGPDLiCY1r28Y8NHpf8CgnxzxzBglWlXnHPIzO1vQt1Mc8NPIpBQM5yDwUfKq/D6vIPJZEb5TgLsk8q1dAAe7LyTxad5R43I/KPLH9eDgfmMs8M60JgrQ7zTw=";
const WIDTH = new Float64Array(Uint8Array.from(atob(TABLE), (c) => c.charCodeAt(0)).buffer);
const EDGE = Array.from(WIDTH, (width) => width * 2 ** 52);
const HEIGHT = EDGE.map((x, i) => (i ? Math.exp(-0.5 * x * x) : 1));
// So many of the 52 bits need no second look.
const INSIDE = EDGE.map((x, i) => (i === 1 ? 0 : EDGE.at(i - 1) / x) * 2 ** 52);

export class Rng {
  constructor(seed) {
    const words = seedWords(seed); // halves of 64 bits: those of the state, then of `inc`
    const [start, odd] = [0, 4].map((i) => [2, 3, 0, 1].map((j) => words[i + j]));
    this.inc = pieces(odd.map((x, i) => (x << 1) | (i ? odd[i - 1] >>> 31 : 1)));
    this.state = pieces(start);
    this.half = -1; // the other half of 64 bits, kept for the next 32
    this.advance(ONE);
    this.next();
  }

  copy() {
    return Object.assign(Object.create(Rng.prototype), this, { state: this.state.slice() });
  }

  // state * factor + inc, in pieces of 16 bits: the sums of their products are exact.
  advance(factor) {
    const { state, inc } = this;
    OLD.set(state);
    for (let i = 0, sum = 0; i < 8; i++) {
      sum = Math.floor(sum / 65536) + inc[i];
      for (let j = 0; j <= i; j++) sum += OLD[j] * factor[i - j];
      state[i] = sum;
    }
  }

  // 64 bits more: `low` and `high`.
  next() {
    this.advance(MULTIPLIER);
    const s = this.state;
    const turn = (s[7] >>> 10) & 31;
    const even = (s[0] ^ s[4]) | ((s[1] ^ s[5]) << 16);
    const odd = (s[2] ^ s[6]) | ((s[3] ^ s[7]) << 16);
    const [low, high] = s[7] >>> 15 ? [odd, even] : [even, odd];
    this.low = ((low >>> turn) | ((high << 1) << (31 - turn))) >>> 0;
    this.high = ((high >>> turn) | ((low << 1) << (31 - turn))) >>> 0;
  }

  random() {
    this.next();
    return (this.high * 2 ** 21 + (this.low >>> 11)) * 2 ** -53;
  }

  uniform(low, high) {
    return low + (high - low) * this.random();
  }

  // 0 to n - 1, by Lemire's method; exact up to n = 2 ** 21.
  integer(n) {
    if (n === 1) return 0;
    for (;;) {
      let bits = this.half;
      if (bits < 0) {
        this.next();
        [bits, this.half] = [this.low, this.high];
      } else this.half = -1;
      const scaled = bits * n;
      const result = Math.floor(scaled / BASE);
      if (scaled - result * BASE >= (BASE - n) % n) return result;
    }
  }

  normal() {
    for (;;) {
      this.next();
      const strip = this.low & 255;
      const sign = this.low & 256 ? -1 : 1;
      const bits = (this.high & 0x1fffffff) * 2 ** 23 + (this.low >>> 9);
      const x = sign * bits * WIDTH[strip];
      if (bits < INSIDE[strip]) return x;
      if (!strip) return this.tail(bits);
      const [low, high] = [HEIGHT[strip], HEIGHT[strip - 1]];
      if ((high - low) * this.random() + low < Math.exp(-0.5 * x * x)) return x;
    }
  }

  tail(bits) {
    for (;;) {
      const more = -Math.log1p(-this.random()) / EDGE[255];
      const y = -Math.log1p(-this.random());
      if (y + y > more * more) return ((bits >> 8) & 1 ? -1 : 1) * (EDGE[255] + more);
    }
  }
}
