// jsqr.ts: jsQR as a file of its own, for browsers that read no codes themselves (Safari, Firefox, Chromium on Linux).
export { default } from 'jsqr';
