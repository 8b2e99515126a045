// Cuts Inter to the weights, features and letters that Russian, Uzbek and English pages use.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import subsetFont from "subset-font";

const require = createRequire(import.meta.url);
const WEIGHTS = { wght: { min: 400, max: 600, default: 400 } };
const FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "calt", "tnum"];

// Name of ours, file of the package, first and last code points to keep.
const CUTS = [
  ["inter-latin", "latin", [[0x20, 0x7e], [0xa0, 0xff], [0x2bb, 0x2bc], [0x2010, 0x2026], [0x2030, 0x203a], [0x20ac, 0x20ac], [0x2190, 0x2193], [0x2212, 0x2212]]],
  ["inter-cyrillic", "cyrillic", [[0x301, 0x301], [0x400, 0x45f], [0x490, 0x491], [0x4b0, 0x4b1], [0x2116, 0x2116]]],
  ["inter-cyrillic-ext", "cyrillic-ext", [[0x492, 0x493], [0x49a, 0x49b], [0x4b2, 0x4b3], [0x4ae, 0x4af]]],
  ["inter-signs", "latin-ext", [[0x20bd, 0x20bd]]],
];

const letters = (ranges) =>
  ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i))).join("");

export async function buildFonts(folder, keep) {
  mkdirSync(folder, { recursive: true });
  for (const [name, source, ranges] of CUTS) {
    const target = join(folder, `${name}.woff2`);
    if (keep && existsSync(target)) continue;
    const file = require.resolve(`@fontsource-variable/inter/files/inter-${source}-wght-normal.woff2`);
    const options = { targetFormat: "woff2", variationAxes: WEIGHTS, keepFeatures: FEATURES };
    writeFileSync(target, await subsetFont(readFileSync(file), letters(ranges), options));
  }
}
