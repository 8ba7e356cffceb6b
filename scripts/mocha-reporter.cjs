// @ts-check
const fs = require('node:fs');
const mocha = /** @type {any} */ (require('mocha'));
const { Spec } = (mocha.default ?? mocha).reporters; // mocha 12 is an ES module

/** Elsewhere (in an extension host) others' promises are rejected too. */
const isMochaItself = /mocha\.js$/.test(process.argv[1] ?? '');

/**
 * Mocha's own spec reporter; its numbers go to the file named in VFD_RESULT_FILE: a run that ends without it has crashed.
 */
module.exports = class extends Spec {
  /** @param {any} runner @param {any} options */
  constructor(runner, options) {
    super(runner, options);
    const result = { passed: 0, failed: 0, skipped: 0 };
    runner.on('pass', () => result.passed++);
    runner.on('fail', () => result.failed++); // a failed hook counts too
    runner.on('pending', () => result.skipped++);
    if (isMochaItself) {
      // Mocha passes over it; outside of tests it would end the process.
      process.on('unhandledRejection', (reason) => {
        console.error('A rejection that nobody handled:', reason);
        result.failed++;
      });
    }
    runner.once('end', () => {
      if (process.env.VFD_RESULT_FILE) {
        fs.writeFileSync(process.env.VFD_RESULT_FILE, JSON.stringify(result));
      }
    });
  }
};
