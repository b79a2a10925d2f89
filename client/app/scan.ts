// scan.ts: reads an enrolment code from a camera. It is loaded when somebody asks for it: the first screen does without, and so does a device
// that is enrolled already.

type Reader = (picture: HTMLCanvasElement) => Promise<string | null>;

interface Detector {
  detect(picture: HTMLCanvasElement): Promise<{ rawValue: string }[]>;
}
interface DetectorKind {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

const pauseMs = 120;
// A code of enrolment has some sixty modules: this is enough for them, and an old phone reads it in good time.
const sidePxMax = 640;
const ourCode = /^tutti:/i;

const refusals: Readonly<Record<string, string>> = {
  NotAllowedError: 'Tutti may not use the camera. Allow it for this page in the browser’s settings, or type the code.',
  NotFoundError: 'No camera was found. Type the code instead.',
  OverconstrainedError: 'No camera was found. Type the code instead.',
  NotReadableError: 'The camera does not answer: something else may be using it. Type the code instead.',
};
const otherwise = 'The camera cannot be used here. Type the code instead.';

/** The browser's own reader where it has one; else jsQR, which is loaded then. */
async function makeReader(): Promise<Reader> {
  const Kind = (globalThis as { BarcodeDetector?: DetectorKind }).BarcodeDetector;
  if (Kind && (await Kind.getSupportedFormats()).includes('qr_code')) {
    const detector = new Kind({ formats: ['qr_code'] });
    return async (picture) => (await detector.detect(picture))[0]?.rawValue ?? null;
  }
  const late: string = './jsqr.js';
  const { default: jsQR } = (await import(late)) as typeof import('./jsqr.ts');
  return async (picture) => {
    const pixels = picture.getContext('2d', { willReadFrequently: true })?.getImageData(0, 0, picture.width, picture.height);
    return pixels ? (jsQR(pixels.data, pixels.width, pixels.height, { inversionAttempts: 'dontInvert' })?.data ?? null) : null;
  };
}

function take(video: HTMLVideoElement, picture: HTMLCanvasElement): boolean {
  const scale = Math.min(1, sidePxMax / Math.max(video.videoWidth, video.videoHeight));
  if (video.videoWidth === 0) return false;
  picture.width = Math.round(video.videoWidth * scale);
  picture.height = Math.round(video.videoHeight * scale);
  picture.getContext('2d', { willReadFrequently: true })?.drawImage(video, 0, 0, picture.width, picture.height);
  return true;
}

/** The code, when one of ours is seen; null when `signal` ended it. `say` hears of a code of another sort. Throws an Error in words. */
export async function scan(video: HTMLVideoElement, signal: AbortSignal, say: (words: string) => void): Promise<string | null> {
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 } }, audio: false });
  } catch (error) {
    throw new Error((error instanceof DOMException && refusals[error.name]) || otherwise);
  }
  try {
    video.srcObject = stream;
    await video.play();
    const read = await makeReader();
    const picture = document.createElement('canvas');
    while (!signal.aborted) {
      const text = take(video, picture) ? await read(picture) : null;
      if (text && ourCode.test(text)) return text;
      if (text) say('That is another sort of code. The office’s page shows the one for this device.');
      await new Promise((rest) => setTimeout(rest, pauseMs));
    }
    return null;
  } catch {
    if (signal.aborted) return null;
    throw new Error(otherwise);
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}
