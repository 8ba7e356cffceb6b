import { backupsSuite } from './backups';
import { chineseSuite } from './chinese';
import { closeStage, openStage, tidyUp } from './stage';
import { copiesSuite } from './copies';
import { connectionSuite } from './connection';
import { extensionHostKilledSuite } from './extensionHostKilled';
import { keyboardSuite } from './keyboard';
import { literalTextSuite } from './literalText';
import { lookingSuite } from './looking';
import { paletteSuite } from './palette';
import { timingsPageSuite } from './timingsPage';
import { snapshotAndRestoreSuite } from './snapshotAndRestore';

/** The workbench, driven as a person would, on a real engine. All suites share one start of it, so the order matters. */
describe('user interface', function () {
  before(openStage);
  after(closeStage);
  afterEach(function () {
    return tidyUp(this.currentTest);
  });

  connectionSuite(); // begins without an engine
  snapshotAndRestoreSuite();
  copiesSuite();
  backupsSuite();
  paletteSuite();
  lookingSuite();
  timingsPageSuite();
  keyboardSuite();
  literalTextSuite();
  extensionHostKilledSuite(); // ends with a reload
  chineseSuite();
});
