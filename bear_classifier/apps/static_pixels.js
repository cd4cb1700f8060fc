// A picture as the square that the network looks at, byte for byte as Pillow's `resize` makes it.

const BITS = 22; // of a weight's fraction, as in Pillow

// Pillow's bilinear filter from `n` pixels to `out`: where each sum starts, how many pixels it has, their weights.
export function filter(n, out) {
  const scale = n / out;
  const support = Math.max(scale, 1);
  const taps = Math.ceil(support) * 2 + 1;
  const start = new Int32Array(out);
  const count = new Int32Array(out);
  const weights = new Int32Array(out * taps);
  for (let i = 0; i < out; i++) {
    const center = (i + 0.5) * scale;
    const low = Math.max(0, Math.trunc(center - support + 0.5));
    const many = Math.min(n, Math.trunc(center + support + 0.5)) - low;
    const raw = Array.from({length: many}, (_, x) =>
      Math.max(0, 1 - Math.abs((x + low - center + 0.5) / support))
    );
    const sum = raw.reduce((a, b) => a + b, 0);
    raw.forEach((v, x) => (weights[i * taps + x] = Math.trunc(0.5 + (v / sum) * (1 << BITS))));
    start[i] = low;
    count[i] = many;
  }
  return {start, count, weights, taps};
}

// By how much Python decodes a JPEG smaller, with both sides still at least `size`.
export function jpegScale(width, height, size) {
  let k = 1;
  while (k < 8 && (width * height > 1e8 * k * k || Math.floor(Math.min(width, height) / (2 * k)) >= size)) k *= 2;
  return k;
}

// Which of the upright picture's sides, right and bottom, a JPEG's tiles are counted from: by its EXIF orientation.
export function countedFromEnd(orientation) {
  return {right: [2, 3, 6, 7].includes(orientation), bottom: [3, 4, 7, 8].includes(orientation)};
}

// The EXIF orientation in a JPEG's first bytes, 1 to 8.
export function orientationOf(bytes) {
  const view = new DataView(bytes);
  let at = 2;
  try {
    while (view.getUint16(at) !== 0xffe1 || view.getUint32(at + 4) !== 0x45786966) {
      if (view.getUint8(at) !== 0xff || view.getUint8(at + 1) === 0xda) return 1;
      at += 2 + view.getUint16(at + 2);
    }
    const tiff = at + 10;
    const little = view.getUint16(tiff) === 0x4949;
    const list = tiff + view.getUint32(tiff + 4, little);
    for (let i = 0; i < view.getUint16(list, little); i++) {
      const tag = list + 2 + 12 * i;
      if (view.getUint16(tag, little) === 0x112) return view.getUint16(tag + 8, little);
    }
  } catch {} // it ends before
  return 1;
}

// Means of `k` by `k` pixels of RGBA, as RGB; tiles begin `left` and `top` before the first pixel, and its edges go on.
function reduced(rgba, width, height, k, left, top) {
  const w = Math.ceil(width / k);
  const h = Math.ceil((top + height) / k);
  const res = new Uint8ClampedArray(w * h * 3);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      let [r, g, b] = [0, 0, 0];
      for (let v = y * k - top; v < (y + 1) * k - top; v++) {
        const row = Math.min(height - 1, Math.max(0, v)) * width;
        for (let u = x * k - left; u < (x + 1) * k - left; u++) {
          const at = (row + Math.min(width - 1, Math.max(0, u))) * 4;
          r += rgba[at];
          g += rgba[at + 1];
          b += rgba[at + 2];
        }
      }
      res.set([r / (k * k), g / (k * k), b / (k * k)], (y * w + x) * 3);
    }
  }
  return res;
}

// Each row of RGB becomes `size` pixels.
function narrowed(rgb, width, height, {start, count, weights, taps}, res, offset) {
  const size = start.length;
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < size; i++) {
      let [r, g, b] = [1 << (BITS - 1), 1 << (BITS - 1), 1 << (BITS - 1)];
      let at = (y * width + start[i]) * 3;
      for (let x = 0; x < count[i]; x++) {
        const w = weights[i * taps + x];
        r += rgb[at++] * w;
        g += rgb[at++] * w;
        b += rgb[at++] * w;
      }
      const to = offset + (y * size + i) * 3;
      res[to] = r >> BITS;
      res[to + 1] = g >> BITS;
      res[to + 2] = b >> BITS;
    }
  }
}

// Columns become `size` pixels.
function shortened(rgb, {start, count, weights, taps}) {
  const size = start.length;
  const row = size * 3;
  const res = new Uint8ClampedArray(size * row);
  for (let i = 0; i < size; i++) {
    for (let x = 0; x < row; x++) {
      let sum = 1 << (BITS - 1);
      for (let y = 0; y < count[i]; y++) sum += rgb[(start[i] + y) * row + x] * weights[i * taps + y];
      res[i * row + x] = sum >> BITS;
    }
  }
  return res;
}

function transposed(rgb, size) {
  const res = new Uint8ClampedArray(rgb.length);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) res.set(rgb.subarray((y * size + x) * 3, (y * size + x) * 3 + 3), (x * size + y) * 3);
  }
  return res;
}

// RGB of a bitmap as a square, on white where it is transparent; a JPEG is first made `k` times smaller, as Python does.
// It goes in strips, since phones have little memory. Pillow 13 scales the columns of high pictures before the rows.
export function squished(bitmap, size, {k = 1, orientation = 1, columnsFirst = false} = {}) {
  let {width, height} = bitmap;
  let [w, h] = [Math.ceil(width / k), Math.ceil(height / k)];
  const {right, bottom} = countedFromEnd(orientation);
  let [left, top] = [right ? w * k - width : 0, bottom ? h * k - height : 0];
  const turned = columnsFirst && h > size && h - size > 2 * (w - size);
  if (turned) [width, height, w, h, left, top] = [height, width, h, w, top, left];
  const strip = Math.max(k, Math.floor(2e6 / width / k) * k);
  const context = new OffscreenCanvas(width, Math.min(strip, height)).getContext('2d', {willReadFrequently: true});
  context.imageSmoothingEnabled = false;
  context.fillStyle = '#fff';
  const across = filter(w, size);
  const mid = new Uint8ClampedArray(size * h * 3);
  for (let y = 0; y < h * k; y += strip) {
    const first = Math.max(0, y - top);
    const rows = Math.min(height, y + strip - top) - first;
    context.resetTransform();
    context.fillRect(0, 0, width, rows);
    context.setTransform(...(turned ? [0, 1, 1, 0] : [1, 0, 0, 1]), 0, -first);
    context.drawImage(bitmap, 0, 0);
    const rgb = reduced(context.getImageData(0, 0, width, rows).data, width, rows, k, left, y ? 0 : top);
    narrowed(rgb, w, rgb.length / w / 3, across, mid, (y / k) * size * 3);
  }
  const square = shortened(mid, filter(h, size));
  return turned ? transposed(square, size) : square;
}

// The same square as the network takes it: channels first, from 0 to 1.
export function planes(rgb) {
  const n = rgb.length / 3;
  const res = new Float32Array(rgb.length);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < n; i++) res[c * n + i] = rgb[3 * i + c] / 255;
  }
  return res;
}
