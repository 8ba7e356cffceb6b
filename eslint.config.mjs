import path from 'node:path';
import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Who may import whom, and which packages belong to whom (ARCHITECTURE.md, layers). A rule keeps it, not memory. */
const layers = {
  core: { imports: [], packages: [] },
  agent: { imports: ['core'], packages: ['koffi', 'unbzip2-stream', 'xz-decompress', 'picomatch'] },
  engine: { imports: ['core'], packages: ['dockerode', 'docker-modem'] },
  destinations: { imports: ['core'], packages: ['@aws-sdk', 'age-encryption', '@noble'] },
  ui: { imports: ['core'], packages: ['vscode'] },
  features: { imports: ['core', 'engine', 'destinations', 'ui'], packages: ['vscode', 'yaml'] },
  webview: { imports: ['core'], packages: ['uplot'] },
  'extension.ts': { imports: ['core', 'engine', 'destinations', 'ui', 'features'], packages: ['vscode'] },
};
const ownedPackages = [
  'vscode',
  'dockerode',
  'docker-modem',
  '@aws-sdk',
  'age-encryption',
  '@noble',
  'koffi',
  'unbzip2-stream',
  'xz-decompress',
  'picomatch',
  'uplot',
  'yaml',
];

const layersRule = {
  create(context) {
    const source = path.join(import.meta.dirname, 'src');
    const layerOf = (file) => path.relative(source, file).split(path.sep)[0];
    const own = layerOf(context.filename);
    const layer = layers[own];
    if (!layer) return {};
    const check = ({ source: from }) => {
      if (!from) return;
      if (typeof from.value !== 'string') {
        context.report({ node: from, message: 'What is imported is written out, so that its layer can be checked.' });
        return;
      }
      const name = from.value;
      const owned = ownedPackages.find((each) => name === each || name.startsWith(`${each}/`));
      if (owned && !layer.packages.includes(owned)) {
        context.report({ node: from, message: `src/${own} does not know ${owned} (ARCHITECTURE.md, layers).` });
      }
      if (owned === 'koffi' && !context.filename.endsWith('libc.ts')) {
        context.report({ node: from, message: 'Only src/agent/libc.ts declares libc (ARCHITECTURE.md, layers).' });
      }
      if (!name.startsWith('.')) return;
      const target = layerOf(path.resolve(path.dirname(context.filename), name)).replace(/^extension$/, 'extension.ts');
      if (target !== own && target in layers && !layer.imports.includes(target)) {
        context.report({ node: from, message: `src/${own} does not know src/${target} (ARCHITECTURE.md, layers).` });
      }
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'node_modules/', '.vscode-test/'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['**/*.{mjs,cjs,js}'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'Buffer',
          'URL',
          'setTimeout',
          'clearTimeout',
          'setInterval',
          'clearInterval',
          'setImmediate',
          'require',
          'module',
          '__dirname',
          'fetch',
          'performance',
          'AbortController',
          'AbortSignal',
          'window',
          'document',
          'Element',
          'globalThis',
          'structuredClone',
        ].map((name) => [name, 'readonly']),
      ),
    },
    rules: { 'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }] },
  },
  {
    // mocha's describe/it return values and expression assertions are idiomatic in tests.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { house: { rules: { layers: layersRule } } },
    rules: { 'house/layers': 'error' },
  },
);
