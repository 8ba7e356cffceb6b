import assert from 'node:assert/strict';
import { inOrder } from '../../scripts/in-order.mjs';

describe('what several write at a time', () => {
  let shown = '';
  beforeEach(() => (shown = ''));
  const output = () => inOrder((text) => (shown += text));

  it('is shown as it comes from the first, and held back from the others until it is their turn', () => {
    const { add } = output();
    const [first, second, third] = [add(), add(), add()];
    second.write('2a ');
    first.write('1a ');
    assert.equal(shown, '1a ');
    third.write('3a ');
    third.end();
    first.write('1b ');
    first.end();
    assert.equal(shown, '1a 1b 2a ');
    second.write('2b ');
    second.end();
    assert.equal(shown, '1a 1b 2a 2b 3a ');
  });

  it('is shown once, also from one that is added when all the others have ended', () => {
    const { add } = output();
    const first = add();
    first.write('1 ');
    first.end();
    const second = add();
    second.write('2 ');
    second.end();
    assert.equal(shown, '1 2 ');
  });
});
