import './vscodeWords';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { FailureDetails } from '../../src/core/failure';
import { detailsAsText, failureMessages } from '../../src/ui/failureMessages';

/** What the failures of these codes are made with, wherever they are thrown. */
const details: FailureDetails = {
  container: 'the-container',
  holder: 'the-holder',
  image: 'the-image',
  message: 'the-message',
  reason: 'the-reason',
  seconds: 10,
  volume: 'the-volume',
};

interface Manifest {
  contributes: { commands: { command: string }[]; configuration: { properties: Record<string, unknown> } };
}
const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const ours = new Set(contributes.commands.map(({ command }) => command));

describe('the catalogue of failures', () => {
  for (const [code, messageOf] of Object.entries(failureMessages)) {
    it(`has one sentence and one action for ${code}`, () => {
      const { text, action } = messageOf(detailsAsText(details));
      assert.match(text, /^[A-Z].*[.…\w”]$/);
      assert.doesNotMatch(text, /…|undefined|\[object/, 'a detail is missing in the text');
      assert.ok(action.title);
      const command = action.command;
      assert.ok(!command.startsWith('dockerVolumes.') || ours.has(command), `${command} is not contributed`);
      if (command === 'workbench.action.openSettings') {
        assert.ok(String(action.args?.[0]) in contributes.configuration.properties);
      }
    });

    it(`needs no detail to say ${code}`, () => {
      assert.doesNotMatch(messageOf(detailsAsText({})).text, /undefined/);
    });
  }
});
