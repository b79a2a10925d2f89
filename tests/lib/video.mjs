// video.mjs: a film for a camera that is none: the code that `tutti-server enrol` prints on a terminal, held before it.
import { writeFileSync } from 'node:fs';

const width = 640;
const height = 480;
const frames = 4;
const [black, white, grey] = [16, 235, 128];

/** The printed code: two modules a character, light ones drawn. Rows of true for dark, with their light margin. */
export function printedModules(text) {
  const rows = [];
  for (const line of text.split('\n').filter((one) => /^[█▀▄ ]{20,}$/u.test(one))) {
    const cells = [...line];
    rows.push(cells.map((cell) => cell === ' ' || cell === '▄'), cells.map((cell) => cell === ' ' || cell === '▀'));
  }
  return rows;
}

/** Writes a raw film (YUV4MPEG2) in which the modules stand in the middle, as large as they fit. */
export function filmOf(path, modules) {
  const luma = Buffer.alloc(width * height, white);
  const scale = Math.floor(height / modules.length);
  const left = Math.floor((width - modules[0].length * scale) / 2);
  const top = Math.floor((height - modules.length * scale) / 2);
  for (const [y, row] of modules.entries()) {
    for (const [x, dark] of row.entries()) {
      if (!dark) continue;
      for (let line = 0; line < scale; line += 1) luma.fill(black, (top + y * scale + line) * width + left + x * scale, (top + y * scale + line) * width + left + (x + 1) * scale);
    }
  }
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc((width * height) / 2, grey)]);
  writeFileSync(path, Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420mpeg2\n`), ...Array(frames).fill(frame)]));
}
