import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Forbids imports, so that the layers of ARCHITECTURE.md (invariant 7) are kept by a rule and not by memory. */
const layer = (files, patterns, ignores = []) => ({
  files,
  ignores,
  rules: {
    'no-restricted-imports': ['error', { patterns: patterns.map(([regex, message]) => ({ regex, message })) }],
  },
});

const noVscode = ['^vscode$', 'Only features, ui and extension.ts know vscode (ARCHITECTURE.md, layers).'];
const noDockerode = ['^(dockerode|docker-modem)$', 'Only src/engine knows dockerode (ARCHITECTURE.md, layers).'];
const noKoffi = ['^koffi$', 'Only src/agent/libc.ts declares libc (ARCHITECTURE.md, layers).'];
const noUpward = (names) => [`/(${names})(/|$)`, 'A layer does not import from the layers above it (ARCHITECTURE.md).'];

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
        ['process', 'console', 'Buffer', 'URL', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'require', 'module', '__dirname', 'fetch', 'performance', 'AbortController', 'AbortSignal', 'window', 'document', 'Element', 'globalThis', 'structuredClone'].map((name) => [name, 'readonly']),
      ),
    },
    rules: { 'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }] },
  },
  {
    // mocha's describe/it return values and expression assertions are idiomatic in tests.
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off', '@typescript-eslint/unbound-method': 'off' },
  },
  layer(['src/core/**'], [noVscode, noDockerode, noKoffi, noUpward('agent|engine|features|ui|webview')]),
  layer(['src/agent/**'], [noVscode, noDockerode, noUpward('engine|features|ui|webview')]),
  layer(['src/agent/**'], [noVscode, noDockerode, noKoffi, noUpward('engine|features|ui|webview')], ['src/agent/libc.ts']),
  layer(['src/engine/**'], [noVscode, noKoffi, noUpward('features|ui|webview|agent')]),
  layer(['src/ui/**'], [noDockerode, noKoffi, noUpward('features|webview|agent')]),
  layer(['src/features/**', 'src/extension.ts'], [noDockerode, noKoffi, noUpward('agent')]),
);
