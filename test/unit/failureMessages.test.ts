import './vscodeWords';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as os from 'node:os';
import { Failure, type FailureCode, type FailureDetails, type ImageProblem } from '../../src/core/failure';
import { messageOf } from '../../src/ui/failureMessages';

const engine = { endpoint: 'the-endpoint', context: 'the-context', reason: 'the-reason', message: 'the-message' };
const holder = { operation: 'snapshot', host: 'the-host', pid: 4711, window: 'the-window' } as const;
const volume = 'the-volume';
const container = 'the-container';
const snapshot = 'the-snapshot';
const reason = 'the-reason';

/** Each failure with all the details that it is ever made with. */
const failures: { [Code in FailureCode]: Required<FailureDetails<Code>> } = {
  engineNotFound: { ...engine, setting: true },
  enginePermissionDenied: { ...engine, advice: 'group', group: 'docker' },
  engineNotAnswering: { ...engine, setting: true, seconds: 5 },
  engineWindowsContainers: engine,
  engineLost: { ...engine, restore: 'notDone' },
  engineError: { ...engine, status: 500 },
  volumeNotFound: { volume },
  volumeRecreated: { volume },
  volumeExists: { volume },
  volumeInUse: { volume, containers: [container] },
  volumeNotEmpty: { volume },
  volumeSecretUnknown: { volume },
  volumesAreOne: { volume, other: 'another' },
  syncHalted: { source: 'another', target: volume, why: { rule: 'sourceEmpty', targetEntries: 3 } },
  onOtherEngine: { engine: 'far', code: 'volumeBusy' },
  engineIsTheSame: { engine: 'far' },
  standbyInUse: { volume: 'db', engine: 'far', primary: 'near', containers: ['web'] },
  engineIsAnother: { expected: 'far', found: 'near' },
  primaryIsBack: { volume: 'db', engine: 'far', since: '2026-01-01T00:00:00Z' },
  standbyEmpty: { engine: 'far' },
  failOverRefused: { container: 'web', reason: 'no such program' },
  transferDamaged: { reason: 'another object than is expected' },
  volumeNotMountable: { volume, reason },
  volumeBusy: { volume, ...holder },
  freezeBusy: { volume, dead: false, ...holder },
  journalUnreadable: { journal: 'the-journal' },
  freezeOverBudget: { seconds: 10 },
  freezeUndone: { container },
  containerCannotPause: { container },
  containerPausedByUser: { container, sharesWith: 'another' },
  containerWouldBeRemoved: { container },
  containerIsOurs: { container },
  labelInvalid: { label: 'the-label', value: 'the-value', on: container },
  hookFailed: { container, label: 'the-label', output: 'the-output', exitCode: 1, seconds: 30 },
  databaseNotPrepared: { container, database: 'postgresql', output: 'the-output', exitCode: 1, seconds: 30 },
  containerPathNotFolder: { container, path: '/the-path', why: 'missing' },
  containerPathMounted: { container, path: '/the-path', at: '/the-path/below' },
  containerTied: { container, others: ['another'], by: 'link' },
  replacementNotUp: { container, why: 'refused', reason, output: 'the end of its log' },
  replacementIncomplete: { container },
  containerNotReplaced: { container },
  copyConflict: { volume, path: 'the-path' },
  folderNotOnEngine: { folder: '/the/folder' },
  containerServesEngine: { container },
  containerIsManaged: { container, by: 'Swarm' },
  databaseVersionDiffers: {
    volume,
    then: { kind: 'postgresql', version: '15' },
    now: { kind: 'postgresql', version: '17' },
    users: [container],
  },
  agentImageMissing: { image: 'the-image', why: 'denied', reason },
  agentLost: { reason, stderr: 'the-words', restore: 'done' },
  agentFailed: { message: 'the-message' },
  storeFull: { needed: 2, free: 1 },
  volumeFull: { needed: 2, free: 1 },
  backupDamaged: { file: '/the/file', reason },
  backupWithoutProof: { file: '/the/file' },
  backupChainBroken: { file: '/the/file', link: 'the-link', reason: 'the-reason' },
  backupTooNew: { file: '/the/file', tool: 'the-tool' },
  backupLocked: { file: '/the/file', lock: 'key', isTried: true },
  snapshotNotWhole: { volume, losses: [{ kind: 'xattr', count: 2, path: 'the-path' }], consistency: 'live' },
  oldVolumeStays: { volume, name: 'another', reason },
  backupThere: { file: 'the-file' },
  backupNotReadable: { file: '/the/file', reason },
  folderNotReadable: { file: '/the/file', reason },
  destinationFull: { file: '/the/file' },
  destinationNotReached: { destination: 's3://the-bucket', reason: 'the reason' },
  destinationRefused: { destination: 's3://the-bucket', reason: 'the reason' },
  destinationNotWritable: { file: '/the/file', reason },
  spaceNotFreed: { volume, reason },
  snapshotNotFound: { volume, snapshot },
  storeDamaged: { volume, object: 'the/object' },
  snapshotDamaged: { snapshot, reason, path: 'the-path' },
  restorePending: { volume, snapshot, container },
  restoreIncomplete: { volume, path: 'the-path', reason },
  restoreTurnedBack: { volume, path: 'the-path', reason },
  volumeChangedDuringRestore: { container },
  volumeChangedMeanwhile: { volume, path: 'the-path' },
};

interface Manifest {
  contributes: { commands: { command: string }[]; configuration: { properties: Record<string, unknown> } };
}
const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const ours = new Set(contributes.commands.map(({ command }) => command));

describe('the catalogue of failures', () => {
  for (const code of Object.keys(failures) as FailureCode[]) {
    it(`has one sentence and one action for ${code}`, () => {
      const { text, action } = messageOf(new Failure(code, failures[code]));
      assert.match(text, /^[A-Z].*[.…\w”]$/);
      assert.doesNotMatch(text, /…|undefined|\[object/, 'a detail is missing in the text');
      assert.ok(action.title);
      const command = action.command;
      assert.ok(!command.startsWith('dockerVolumes.') || ours.has(command), `${command} is not contributed`);
      if (command === 'dockerVolumes.openSetting') {
        assert.ok(String(action.args?.[0]) in contributes.configuration.properties);
      }
    });
  }

  it('names who holds a lock', () => {
    const { text } = messageOf(new Failure('volumeBusy', failures.volumeBusy));
    assert.match(text, /\(Snapshot, window “the-window”, process 4711 on the-host\)/);
    const ours = messageOf(new Failure('volumeBusy', { volume, host: os.hostname(), pid: process.pid }));
    assert.match(ours.text, /\(this window\)/);
  });

  const problems: ImageProblem[] = ['notFound', 'denied', 'unreachable', 'notPulled', 'noNode', 'architecture'];
  for (const why of problems) {
    it(`says at which step an image of the agent fails that is ${why}, and a way out`, () => {
      for (const said of ['', reason]) {
        const { text, action } = messageOf(new Failure('agentImageMissing', { image: 'node:24', why, reason: said }));
        assert.match(text, /could not be (pulled|started|put into).*“node:24”|“node:24”.*could not be pulled/);
        assert.match(text, / [Ss]et (another|one) .*\.$|Set another one\.$/);
        assert.doesNotMatch(text, /\(\)|: \.|undefined/);
        assert.deepEqual(action.args, ['dockerVolumes.agentImage']);
      }
    });
  }

  it('are logged without what a file name could fake or break a line with', () => {
    const path = 'a\n\x1b[31mfake\x9b2K\u202e';
    const { message } = new Failure('restoreIncomplete', { volume, path });
    assert.match(message, /fake/);
    assert.doesNotMatch(message, /[\p{Cc}\p{Cf}]/u);
  });

  it('says how much room is needed and free', () => {
    const { text } = messageOf(new Failure('storeFull', { needed: 34e6, free: 5e6 }));
    assert.match(text, /34 MB are needed and 5 MB are free/);
  });
});
