import assert from 'node:assert/strict';
import type { PassResult } from '../../src/core/agentProtocol';
import { Cancelled } from '../../src/core/failure';
import { agreedBudget } from '../../src/core/operations/freezeBudget';
import type { Host, LongFreeze } from '../../src/core/operations';
import { estimatedMs, isWorthAnother } from '../../src/core/operations/runningPasses';

/** Milliseconds of scan and copy. */
const pass = (scanMs: number, copyMs: number) => ({ scanMs, totalMs: scanMs + copyMs }) as PassResult;

describe('the passes while the app runs', () => {
  const cases: [string, PassResult[], boolean][] = [
    ['one is enough when little was copied', [pass(200, 40)], false],
    ['another follows a long copy', [pass(200, 4_000)], true],
    ['and another as long as they become shorter', [pass(200, 40_000), pass(200, 4_000)], true],
    ['but not when the app writes as fast as we copy', [pass(200, 40_000), pass(200, 30_000)], false],
    ['nor when little is left', [pass(200, 40_000), pass(200, 100)], false],
    ['nor for ever', [9, 8, 7, 6, 5].map((n) => pass(100, 10 ** n)), false],
  ];
  for (const [what, passes, expected] of cases) it(what, () => assert.equal(isWorthAnother(passes), expected));

  it('tell how long the last one will take', () => {
    assert.equal(estimatedMs([pass(200, 40_000)]), 200, 'nothing is known of how much changes');
    assert.equal(estimatedMs([pass(200, 9_800), pass(200, 800)]), 200 + 80, 'a tenth of the time, a tenth of the copy');
  });
});

describe('the budget of a freeze', () => {
  const hostWith = (agrees: boolean, asked: LongFreeze[] = []) =>
    ({
      settings: { freezeBudgetMs: 1_000 },
      confirmLongFreeze: async (freeze: LongFreeze) => {
        asked.push(freeze);
        return agrees;
      },
    }) as Pick<Host, 'confirmLongFreeze'> & { settings: { freezeBudgetMs: number } } as Host;
  const db = [{ name: 'db' }] as unknown as Parameters<typeof agreedBudget>[2];

  it('is the setting, and nobody is asked, when the estimate is within it', async () => {
    const asked: LongFreeze[] = [];
    assert.equal(await agreedBudget(hostWith(false, asked), [[pass(900, 10)], [pass(300, 10)]], db), 1_000);
    assert.deepEqual(asked, []);
  });

  it('is what the user agrees to when it is not: the longest of all volumes, with some leeway', async () => {
    const asked: LongFreeze[] = [];
    assert.equal(await agreedBudget(hostWith(true, asked), [[pass(100, 10)], [pass(2_000, 10)]], db), 6_000);
    assert.deepEqual(asked, [{ seconds: 2, containers: ['db'] }]);
  });

  it('is none when the user does not', async () => {
    await assert.rejects(agreedBudget(hostWith(false), [[pass(2_000, 10)]], db), Cancelled);
  });
});
