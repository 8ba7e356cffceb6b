import { configuration } from './vscodeWords';
import assert from 'node:assert/strict';
import type { SecretStorage } from 'vscode';
import { Destinations } from '../../src/features/backups/destinations';

describe('a destination that gets another name', () => {
  const keys = { accessKeyId: 'id', secretAccessKey: 'secret' };
  const opening = { identities: ['AGE-SECRET-KEY-1'], passphrases: [] };
  const named = (name: string) => ({ name, type: 's3', bucket: 'bucket' }) as const;
  const { update } = configuration;
  let kept: Map<string, string>;
  let destinations: Destinations;
  beforeEach(async () => {
    kept = new Map();
    configuration.values = {};
    destinations = new Destinations({
      get: (name: string) => Promise.resolve(kept.get(name)),
      store: (name: string, value: string) => Promise.resolve(void kept.set(name, value)),
      delete: (name: string) => Promise.resolve(void kept.delete(name)),
    } as unknown as SecretStorage);
    await destinations.save(named('old'), { keys, opening });
  });
  afterEach(() => void (configuration.update = update));

  it('keeps its secrets under the new one, and none under the old one', async () => {
    await destinations.save(named('new'), { keys }, 'old');
    assert.deepEqual(await destinations.keysOf('new'), keys);
    assert.deepEqual(await destinations.openingOf('new'), opening);
    assert.equal(kept.size, 2);
    assert.deepEqual(configuration.values['destinations'], [named('new')]);
  });

  it('has them at every moment of it: its settings may not be writable', async () => {
    configuration.update = () => Promise.reject(new Error('read-only'));
    await assert.rejects(destinations.save(named('new'), { keys }, 'old'), /read-only/);
    assert.deepEqual(await destinations.keysOf('old'), keys);
    assert.deepEqual(await destinations.openingOf('old'), opening);
  });
});
