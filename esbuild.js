// Bundles the parts that run in different places: the extension (extension host), the agent (inside the engine),
// the watchdog (a detached process beside the extension host) and the webview (a browser frame).
const { build, context } = require('esbuild');
const fs = require('node:fs');
const path = require('node:path');

const watch = process.argv.includes('--watch');
const tests = process.argv.includes('--tests');
const production = process.argv.includes('--production');

const node = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  sourcemap: !production,
  minify: production,
  logLevel: 'warning',
};

/** The extension host of the oldest supported VS Code is Node 20; native parts of ssh2 are optional and stay out. */
const host = {
  ...node,
  target: 'node20',
  external: ['vscode', 'cpu-features', './crypto/build/Release/sshcrypto.node'],
};

const targets = [
  { ...host, entryPoints: { extension: 'src/extension.ts', watchdog: 'src/engine/watchdog/main.ts' }, outdir: 'dist' },
  { ...node, target: 'node22', entryPoints: { agent: 'src/agent/main.ts' }, outdir: 'dist', external: ['*.node'] },
  {
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    minify: production,
    sourcemap: production ? false : 'inline',
    logLevel: 'warning',
    entryPoints: { 'webview/timings': 'src/webview/timings.ts' },
    outdir: 'dist',
  },
];

if (tests) {
  targets.push({
    ...node,
    target: 'node20',
    packages: 'external',
    external: ['vscode'],
    entryPoints: testFiles('test'),
    outbase: 'test',
    outdir: 'out/test',
    sourcemap: true,
    minify: false,
  });
}

/** Every test file and the entry point of the extension-host suite; what they import is bundled into them. */
function testFiles(folder) {
  return fs.readdirSync(folder, { recursive: true }).flatMap((name) => {
    const file = path.join(folder, String(name));
    return /\.(test|main)\.ts$/.test(file) || /vscode[\\/]index\.ts$/.test(file) ? [file] : [];
  });
}

async function main() {
  fs.rmSync('dist', { recursive: true, force: true });
  if (tests) fs.rmSync('out', { recursive: true, force: true });
  const present = targets.filter((t) => Object.values(t.entryPoints).every((file) => fs.existsSync(file)));
  if (watch) {
    for (const target of present) await (await context(target)).watch();
    return;
  }
  await Promise.all(present.map((target) => build(target)));
}

main().catch((error) => {
  console.error(error.message ?? error);
  process.exit(1);
});
