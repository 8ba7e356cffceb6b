import assert from 'node:assert/strict';
import { suggestedName, volumeNameProblem } from '../../src/features/snapshots/volumeName';

describe('the name of a new volume', () => {
  for (const name of ['db', 'shop_db-2', 'a.b', '0x', 'A'.repeat(255)]) {
    it(`may be ${name.slice(0, 20)}`, () => assert.equal(volumeNameProblem(name, []), undefined));
  }
  for (const name of ['', 'a', '-db', '_db', '.db', 'a b', 'a/b', 'ä1', '$(id)', 'db\n', '<img src=x>']) {
    it(`may not be ${JSON.stringify(name)}`, () => assert.equal(volumeNameProblem(name, []), 'malformed'));
  }
  it('may not be that of another volume', () => assert.equal(volumeNameProblem('db', ['db']), 'taken'));

  it('is suggested as the old one where that is free', () => {
    assert.equal(suggestedName('db', ['web']), 'db');
    assert.equal(suggestedName('db', ['db']), 'db-2');
    assert.equal(suggestedName('db', ['db', 'db-2']), 'db-3');
  });
});
