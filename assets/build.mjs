// Builds assets/dist: styles, scripts, fonts, icons. Does nothing when no source has changed.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, watch, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import esbuild from "esbuild";
import { buildFonts } from "./fonts.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const dist = join(here, "dist");
const stamp = join(dist, ".stamp");
const watching = process.argv.includes("--watch");
const SCRIPTS = ["app.js", "board.js", "week.js"];
const LIMITS = { "app.css": 40, "app.js": 45, "board.js": 16, "week.js": 18 };

// What the output depends on: our sources, the lock, and every template that may name a class.
const SOURCES = [
  [here, /^(css|js)\/|^(build|fonts)\.mjs$|^package-lock\.json$|\.svg$/],
  [join(root, "templates"), /\.html$/],
  [join(root, "web"), /\.py$/],
];

function walk(folder, prefix = "") {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const name = prefix + entry.name;
    if (["node_modules", "dist", "__pycache__"].includes(entry.name)) return [];
    return entry.isDirectory() ? walk(join(folder, entry.name), `${name}/`) : [name];
  });
}

function digest() {
  const hash = createHash("sha256");
  for (const [folder, pattern] of SOURCES) {
    for (const name of walk(folder).filter((file) => pattern.test(file)).sort()) {
      hash.update(name).update(readFileSync(join(folder, name)));
    }
  }
  return hash.digest("hex");
}

function styles() {
  const require = createRequire(import.meta.url);
  const tool = join(dirname(require.resolve("@tailwindcss/cli/package.json")), "dist/index.mjs");
  const args = [tool, "--input", "css/app.css", "--output", join(dist, "app.css"), "--minify"];
  execFileSync(process.execPath, args, { cwd: here, stdio: ["ignore", "ignore", "inherit"] });
}

async function scripts() {
  await esbuild.build({
    absWorkingDir: here,
    entryPoints: SCRIPTS.map((name) => `js/${name}`),
    outdir: dist,
    bundle: true,
    minify: true,
    format: "esm",
    target: ["chrome111", "firefox114", "safari16.4"],
    legalComments: "none",
    logLevel: "warning",
  });
}

function report() {
  for (const [name, limit] of Object.entries(LIMITS)) {
    const size = gzipSync(readFileSync(join(dist, name)), { level: 9 }).length / 1024;
    console.log(`${name.padEnd(10)} ${size.toFixed(1)} KB gzip`);
    if (size > limit) throw new Error(`${name} is over its budget of ${limit} KB`);
  }
  for (const name of readdirSync(join(dist, "fonts"))) {
    console.log(`${name.padEnd(26)} ${(statSync(join(dist, "fonts", name)).size / 1024).toFixed(1)} KB`);
  }
}

async function build(force) {
  const now = digest();
  if (!force && existsSync(stamp) && readFileSync(stamp, "utf8") === now) {
    console.log("assets: nothing changed");
    return;
  }
  rmSync(stamp, { force: true });
  mkdirSync(dist, { recursive: true });
  for (const name of ["icons.svg", "logo.svg"]) cpSync(join(here, name), join(dist, name));
  await buildFonts(join(dist, "fonts"), watching);
  await scripts();
  styles();
  report();
  writeFileSync(stamp, now);
}

function follow() {
  let waiting;
  const again = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => build(false).catch((error) => console.error(error.message)), 200);
  };
  for (const folder of ["css", "js"]) watch(join(here, folder), { recursive: true }, again);
  for (const folder of ["templates", "web"]) watch(join(root, folder), { recursive: true }, again);
}

await build(process.argv.includes("--force"));
if (watching) follow();
