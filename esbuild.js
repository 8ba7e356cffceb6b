// Bundles the parts that run in different places: the extension (extension host), the agent (inside the engine),
// the watchdog (a detached process beside the extension host) and the webview (a browser frame); and the SDK of object
// storages and age, which the extension reads from files of their own when it needs them.
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

/** Parts of dockerode that we never reach, megabytes of them: see src/engine/notBundled.ts. */
const notBundled = ['@grpc/grpc-js', '@grpc/proto-loader', 'protobufjs', 'ssh2', 'tar-fs', '@balena/dockerignore'];

/** Large, and not always used: an `import()` of one becomes a `require` of a file that stands beside the extension's. */
const ownFiles = { './sdk': 'objectStorage', './library': 'age' };
const inOwnFiles = {
  name: 'in-own-files',
  setup: (build) =>
    build.onResolve({ filter: /^\.\/(sdk|library)$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path: `./${ownFiles[path]}.js`, external: true } : undefined,
    ),
};

/** The extension host of the oldest supported VS Code is Node 20. */
const host = {
  ...node,
  target: 'node20',
  external: ['vscode'],
  alias: Object.fromEntries(notBundled.map((name) => [name, './src/engine/notBundled.ts'])),
};

/**
 * koffi's JavaScript is bundled (its CommonJS entry; the other needs import.meta), its binary is not: instead of a
 * package of binaries it gets what src/agent/koffiBinary.ts finds beside the agent.
 */
const koffi = {
  alias: {
    koffi: require.resolve('koffi'),
    '@koromix/koffi-linux-x64': './src/agent/koffiBinary.ts',
    '@koromix/koffi-linux-arm64': './src/agent/koffiBinary.ts',
  },
  // The packages for other systems: koffi tries to load the one of its own, inside try.
  external: ['@koromix/*'],
};

const targets = [
  {
    ...host,
    entryPoints: { extension: 'src/extension.ts', watchdog: 'src/engine/watchdog/main.ts' },
    outdir: 'dist',
    plugins: [inOwnFiles],
    supported: { 'dynamic-import': false },
  },
  {
    ...node,
    target: 'node20',
    entryPoints: { objectStorage: 'src/destinations/s3/sdk.ts', age: 'src/destinations/age/library.ts' },
    outdir: 'dist',
  },
  { ...node, ...koffi, target: 'node22', entryPoints: { agent: 'src/agent/main.ts' }, outdir: 'dist' },
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
  copyNative();
}

/** The agent's binary for this machine's architecture, where agents run by tests look for it. */
function copyNative() {
  const binary = `node_modules/@koromix/koffi-linux-${process.arch}/linux_${process.arch}/koffi.node`;
  if (!fs.existsSync(binary)) return;
  const folder = `dist/native/linux-${process.arch}`;
  fs.mkdirSync(folder, { recursive: true });
  fs.copyFileSync(binary, `${folder}/koffi.node`);
}

main().catch((error) => {
  console.error(error.message ?? error);
  process.exit(1);
});
