import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

type Words = Record<string, string>;

describe('words', () => {
  it('of the code are all in the bundle for translators, and no others', () => {
    const bundle = readJson<Words>('l10n/bundle.l10n.json');
    const used = sources('src').flatMap((file) => wordsIn(readFileSync(file, 'utf8')));
    assert.ok(used.length > 100);
    const hint = 'run: npx @vscode/l10n-dev export --outDir ./l10n ./src';
    assert.deepEqual([...new Set(used)].sort(), Object.keys(bundle).sort(), hint);
  });

  it('of package.json are all in package.nls.json, and no others', () => {
    const used = [...readFileSync('package.json', 'utf8').matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key);
    assert.deepEqual([...new Set(used)].sort(), Object.keys(readJson<Words>('package.nls.json')).sort());
  });

  for (const [translated, original] of [
    ['l10n/bundle.l10n.zh-cn.json', 'l10n/bundle.l10n.json'],
    ['package.nls.zh-cn.json', 'package.nls.json'],
  ] as const) {
    it(`of ${translated} are all that there are, and no others`, () => {
      const [words, texts] = [readJson<Words>(original), readJson<Words>(translated)];
      const missing = Object.keys(words).filter((key) => !(key in texts));
      assert.deepEqual(missing, [], `add a Chinese text to ${translated} for: ${missing.join(' | ')}`);
      const unknown = Object.keys(texts).filter((key) => !(key in words));
      assert.deepEqual(unknown, [], `remove from ${translated}: ${unknown.join(' | ')}`);
    });

    it(`of ${translated} are Chinese, with the values, icons, code and links of the English ones`, () => {
      const words = readJson<Words>(original);
      for (const [key, text] of Object.entries(readJson<Words>(translated))) {
        assert.ok(isChinese(text), `${translated}: ${key}: ${text}`);
        assert.deepEqual(keptIn(text), keptIn(words[key] ?? ''), `${translated}: ${key}: ${text}`);
      }
    });
  }

  it('of package.json that have markup are shown as such', () => {
    const manifest = readFileSync('package.json', 'utf8');
    const plain = [...manifest.matchAll(/"(?:d|enumD)escriptions?": (\[[^\]]*\]|"[^"]*")/g)].map(([, value]) => value);
    const words = Object.entries(readJson<Words>('package.nls.json'));
    const shownRaw = words.filter(
      ([key, text]) => text.includes('`') && plain.some((part) => part?.includes(`%${key}%`)),
    );
    assert.deepEqual(shownRaw, []);
  });

  it('of package.json that people see are none of its own, but for the name of the extension', () => {
    const { displayName: _, ...manifest } = readJson<Words>('package.json');
    const shown = shownIn(manifest);
    assert.ok(shown.length > 60);
    assert.deepEqual(
      shown.filter((text) => !/^%[^%]+%$/.test(text)),
      [],
    );
  });
});

const shownKeys = /^(title|category|contents|contextualTitle|label|(markdown)?(enum)?descriptions?)$/i;

/** What VS Code shows of a manifest; `name` is shown of a view only. */
function shownIn(value: unknown, key = '', inView = false): string[] {
  if (typeof value === 'string') return shownKeys.test(key) || (inView && key === 'name') ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((each) => shownIn(each, key, inView));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => shownIn(part, name, inView || name === 'views'));
}

/** First arguments of `vscode.l10n.t(…)`; each is one string literal, or it could not be extracted. */
function wordsIn(source: string): string[] {
  const calls = source.match(/l10n\.t\(/g)?.length ?? 0;
  const literals = [...source.matchAll(/l10n\.t\(\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")/g)].map(
    ([, text]) => text ?? '',
  );
  assert.equal(literals.length, calls, 'every call has a literal');
  return literals.map((text) => text.slice(1, -1).replace(/\\(.)/g, '$1'));
}

/** Names, which are the same in all languages. */
const names = ['Git', 'Volumes for Docker'];

function isChinese(text: string): boolean {
  const words = text.replace(/{\d+}/g, '');
  return names.includes(text) || /\p{Script=Han}/u.test(words) || (text !== '' && !/\p{Letter}/u.test(words));
}

/** What a translation takes over as it is: `{0}`, `$(icon)`, code in backticks, and where links lead. */
function keptIn(text: string): string[] {
  return (text.match(/{\d+}|\$\([^)]*\)|`[^`]*`|\]\([^)]*\)/g) ?? []).sort();
}

function sources(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true }).map(String);
  return names.filter((name) => name.endsWith('.ts')).map((name) => path.join(folder, name));
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
