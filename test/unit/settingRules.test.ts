import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { problemOf, settingRules, usable, type SettingName } from '../../src/ui/settingRules';

interface Property {
  type: 'string' | 'boolean' | 'number' | 'integer' | 'array';
  default: unknown;
  scope?: string;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  items?: { type: string };
}
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  contributes: { configuration: { properties: Record<string, Property> } };
};
const { properties } = manifest.contributes.configuration;
const names = Object.keys(settingRules) as SettingName[];

describe('the settings', () => {
  it('are those of package.json, with the same defaults', () => {
    const defaults = names.map((name) => [`dockerVolumes.${name}`, settingRules[name].otherwise]);
    const described = Object.entries(properties).map(([name, property]) => [name, property.default]);
    assert.deepEqual(defaults, described);
  });

  it('by which something is removed cannot be set by a workspace', () => {
    const removing = names.filter((name) => /^(safetySnapshots|trash|timings)\./.test(name));
    assert.equal(removing.length, 5);
    for (const name of removing) assert.equal(properties[`dockerVolumes.${name}`]?.scope, 'machine', name);
  });

  for (const name of names) {
    const property = properties[`dockerVolumes.${name}`]!;

    it(`take for ${name} what package.json allows`, () => {
      for (const value of allowedFor(property))
        assert.deepEqual([usable(name, value), problemOf(name, value)], [value, undefined]);
    });

    for (const value of refusedFor(property)) {
      it(`use the default for ${name} where it is ${JSON.stringify(value)}, and say so`, () => {
        assert.deepEqual(usable(name, value), property.default);
        const said = problemOf(name, value) ?? '';
        assert.ok(said.startsWith(`dockerVolumes.${name}: `), said);
        assert.ok(said.endsWith(`; ${JSON.stringify(property.default)} is used`), said);
      });
    }
  }

  it('that are not set are no problem', () => {
    for (const name of names)
      assert.deepEqual(
        [usable(name, undefined), problemOf(name, undefined)],
        [settingRules[name].otherwise, undefined],
      );
  });

  it('say nothing of what is in a value that is no text, number or yes and no', () => {
    assert.equal(problemOf('engine', { password: 'secret' })?.includes('secret'), false);
  });
});

function allowedFor({ type, enum: choices, minimum, maximum, items, ...rest }: Property): unknown[] {
  if (choices) return choices;
  if (type === 'boolean') return [true, false];
  if (type === 'array') return [[], items?.type === 'string' ? ['any'] : [{}]];
  return type === 'string' ? ['', 'any'] : [minimum, maximum, rest.default];
}

function refusedFor({ type, enum: choices, minimum, maximum, items }: Property): unknown[] {
  const wrongTypes = [null, [], {}, type === 'string' ? 5 : 'many', type === 'boolean' ? 1 : true];
  if (type === 'array') return [null, {}, 'many', 5, true, ...(items?.type === 'string' ? [[''], ['any', 5]] : [])];
  if (choices) return [...wrongTypes, 'unheard-of', ''];
  const wholeOnly = type === 'integer' ? [1.5] : [];
  return minimum === undefined || maximum === undefined
    ? wrongTypes
    : [...wrongTypes, minimum - 1, maximum + 1, ...wholeOnly];
}
