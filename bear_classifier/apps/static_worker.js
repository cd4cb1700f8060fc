// What computes: it opens pictures and asks the network, so that the page never waits.
import {jpegScale, orientationOf, planes, squished} from './pixels.js';

const THUMB = 480; // pixels of the longer side
const MIN_SIDE = 8; // pixels
let ready;
const engine = () =>
  (ready ??= load().catch(e => {
    ready = undefined; // the next picture tries again
    throw e;
  }));

async function get(url, integrity, what) {
  const answer = await fetch(url, {integrity, referrerPolicy: 'no-referrer'}).catch(() => null);
  if (answer?.ok) return answer.arrayBuffer();
  throw new Error(`${what} could not be loaded; check your connection, then reload this page`);
}

async function load() {
  const about = await (await fetch('classifier.json')).json();
  const {script, wasm} = about.runtime;
  const [code, binary, model] = await Promise.all([
    get(script.url, script.integrity, 'the engine (ONNX Runtime)'),
    get(wasm.url, wasm.integrity, 'the engine (ONNX Runtime)'),
    get('model.onnx', about.model.integrity, 'the model'),
  ]);
  const ort = await import(URL.createObjectURL(new Blob([code], {type: 'text/javascript'})));
  Object.assign(ort.env.wasm, {numThreads: 1, wasmBinary: binary});
  const session = await ort.InferenceSession.create(new Uint8Array(model), {executionProviders: ['wasm']});
  return {about, ort, session};
}

// What the first bytes tell.
function sniffed(head) {
  const text = String.fromCharCode(...new Uint8Array(head.slice(0, 12)));
  if (text.slice(4, 8) === 'ftyp' && /hei|hev|mif1|msf1/.test(text.slice(8))) return {format: 'HEIC'};
  if (text.startsWith('\xff\xd8\xff')) return {format: 'JPEG', orientation: orientationOf(head)};
  return {format: /^\x89PNG|^GIF8|^RIFF....WEBP|^BM/s.test(text) ? 'picture' : ''};
}

const WHY = {
  HEIC: "we can't read this file: it is HEIC, an iPhone's format, and this browser cannot open it; save it as JPEG, or use Safari",
  broken: "we can't read this file: it is damaged or cut off; try another copy",
  none: "we can't read this file: this browser finds no picture in it; try a JPEG, PNG, WebP or GIF",
  small: `the picture is smaller than ${MIN_SIDE} pixels; try a larger one`,
};

async function opened(blob) {
  const head = sniffed(await blob.slice(0, 200_000).arrayBuffer());
  const {format} = head;
  try {
    const how = {imageOrientation: 'from-image', premultiplyAlpha: 'default', colorSpaceConversion: 'default'};
    return {...head, bitmap: await createImageBitmap(blob, how)};
  } catch {
    throw new Error(WHY[format] || (format ? WHY.broken : WHY.none));
  }
}

function thumbnail(bitmap) {
  const scale = Math.min(1, THUMB / Math.max(bitmap.width, bitmap.height));
  const [w, h] = [bitmap.width, bitmap.height].map(v => Math.max(1, Math.round(v * scale)));
  const canvas = new OffscreenCanvas(w, h);
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, w, h);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, w, h);
  return canvas.convertToBlob({type: 'image/jpeg', quality: 0.85});
}

function probabilities(logits, single) {
  if (!single) return logits.map(z => 1 / (1 + Math.exp(-Math.min(60, Math.max(-60, z)))));
  const most = Math.max(...logits);
  const e = logits.map(z => Math.exp(z - most));
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map(v => v / sum);
}

async function answer({picture, live}) {
  const {about, ort, session} = await engine();
  const {bitmap, format, orientation} = picture instanceof ImageBitmap ? {bitmap: picture} : await opened(picture);
  try {
    const {width, height} = bitmap;
    if (Math.min(width, height) < MIN_SIDE) throw new Error(WHY.small);
    const {size, columns_first: columnsFirst} = about;
    const k = format === 'JPEG' ? jpegScale(width, height, size) : 1;
    const rgb = squished(bitmap, size, {k, orientation, columnsFirst});
    const out = await session.run({pixels: new ort.Tensor('float32', planes(rgb), [1, 3, size, size])});
    const probs = probabilities(Array.from(out.logits.data), about.kind === 'single_label');
    const grid = out[session.outputNames.find(n => n !== 'logits')]?.data; // what each position chooses, as logarithms
    return live ? {probs} : {probs, grid, thumb: await thumbnail(bitmap)};
  } finally {
    bitmap.close();
  }
}

let last = Promise.resolve(); // one after the other
onmessage = ({data}) => {
  last = last.then(async () => {
    try {
      if (data.load) await engine();
      postMessage({id: data.id, ...(data.load ? {} : await answer(data))});
    } catch (e) {
      postMessage({id: data.id, error: e.message});
    }
  });
};
