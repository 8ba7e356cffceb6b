// @ts-check
const fs = require('node:fs');
const mocha = /** @type {any} */ (require('mocha'));
const { Spec } = (mocha.default ?? mocha).reporters; // mocha 12 is an ES module

/**
 * Mocha's own spec reporter; then the line `N passed, N failed` alone, which is what a reader or a script looks for.
 * The same numbers go to the file named in VFD_RESULT_FILE: a run that ends without it has crashed.
 */
module.exports = class extends Spec {
  /** @param {any} runner @param {any} options */
  constructor(runner, options) {
    super(runner, options);
    const result = { passed: 0, failed: 0, skipped: 0 };
    runner.on('pass', () => result.passed++);
    runner.on('fail', () => result.failed++); // a failed hook counts too
    runner.on('pending', () => result.skipped++);
    runner.once('end', () => {
      console.log(summary(result));
      if (process.env.VFD_RESULT_FILE) {
        fs.writeFileSync(process.env.VFD_RESULT_FILE, JSON.stringify(result));
      }
    });
  }
};

/** @param {{ passed: number, failed: number, skipped: number }} result */
function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
}
