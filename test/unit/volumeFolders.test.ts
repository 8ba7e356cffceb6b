import assert from 'node:assert/strict';
import type { Volume } from '../../src/core/engine';
import { aliasesOf } from '../../src/core/volumeFolders';

function volume(name: string, options: Record<string, string> = {}): Volume {
  const mountpoint = `/var/lib/docker/volumes/${name}/_data`;
  return { name, createdAt: '', driver: 'local', labels: {}, options, mountpoint, scope: 'local' };
}

describe('volumes with the same files', () => {
  const bind = (device: string) => ({ type: 'none', o: 'bind', device });
  const nfs = (device: string, addr = '10.0.0.1') => ({ type: 'nfs', o: `addr=${addr},rw`, device });
  const cases: [string, Record<string, string>, Record<string, string>, boolean][] = [
    ['two plain ones', {}, {}, false],
    ['binds of one folder', bind('/srv/data'), bind('/srv/data'), true],
    ['binds of a folder and one in it', bind('/srv/data'), bind('/srv/data/db'), true],
    ['binds of folders of similar names', bind('/srv/data'), bind('/srv/data2'), false],
    ['a plain one and a bind of its folder', {}, bind('/var/lib/docker/volumes/a/_data'), true],
    ['a plain one and a bind above its folder', {}, bind('/var/lib/docker'), true],
    ['one share', nfs(':/data'), nfs(':/data'), true],
    ['shares of two servers', nfs(':/data'), nfs(':/data', '10.0.0.2'), false],
    ['two memory file systems', { type: 'tmpfs', device: 'tmpfs' }, { type: 'tmpfs', device: 'tmpfs' }, false],
  ];
  for (const [what, a, b, same] of cases) {
    it(`${what}: ${same ? 'yes' : 'no'}`, () => {
      assert.deepEqual(aliasesOf(volume('a', a), [volume('a', a), volume('b', b)]), same ? ['b'] : []);
    });
  }
});
