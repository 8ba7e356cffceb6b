import assert from 'node:assert/strict';
import { basesOf, buildingOn, type Named } from '../../src/core/backup/builtOn';

const backup = (volume: string, day: number, since?: number): Named => ({
  volume,
  time: new Date(2026, 5, day),
  ...(since !== undefined && { since: new Date(2026, 5, since) }),
});

describe('backups that build on one another', () => {
  const [full, second, third] = [backup('a', 1), backup('a', 2, 1), backup('a', 3, 2)];
  const [next, afterNext] = [backup('a', 4), backup('a', 5, 4)];
  const other = backup('b', 2, 1);
  const all = [afterNext, third, other, full, next, second];

  it('are found from the later to the earlier, by volume and time', () => {
    assert.deepEqual(basesOf(third, all), [second]);
    assert.deepEqual(basesOf(full, all), []);
    assert.deepEqual(basesOf(other, all), []);
  });

  it('are found from the earlier to all later ones', () => {
    assert.deepEqual(new Set(buildingOn([full], all)), new Set([second, third]));
    assert.deepEqual(buildingOn([full, second], all), [third]);
    assert.deepEqual(buildingOn([third], all), []);
  });

  it('are found among those of one second', () => {
    const [first, again] = [backup('a', 1), backup('a', 1, 1)];
    assert.deepEqual(basesOf(again, [first, again]), [first]);
    assert.deepEqual(buildingOn([first], [first, again]), [again]);
  });
});
