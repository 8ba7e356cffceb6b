import assert from 'node:assert/strict';
import { forNotification, forQuickPick } from '../../src/ui/plainText';

describe("other people's text", () => {
  it('cannot be a link that runs a command in a notification', () => {
    const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)/; // what VS Code makes a link of
    const text = forNotification('[click me](command:workbench.action.quit)');
    assert.doesNotMatch(text, link);
    assert.equal(text.replaceAll('\u2060', ''), '[click me](command:workbench.action.quit)');
  });

  it('cannot be an icon in a quick pick', () => {
    assert.equal(forQuickPick('$(trash) mine'), '\\$(trash) mine');
  });

  it('shows control and right-to-left characters escaped', () => {
    assert.equal(forNotification('a\u202eb\n\x1b[31m'), 'a\\u{202e}b\\x0a\\x1b[31m');
    assert.equal(forQuickPick('a\tb'), 'a\\x09b');
  });
});
